"""A small closed-loop load generator, in a process of its own: N keep-alive connections, one request in flight each.

    python -m bench.load URL SECONDS CONNECTIONS   (an Authorization header comes on standard input)

Prints one JSON object: requests, failures, seconds, latencies_ms (sorted).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit


async def _connection(host: str, port: int, request: bytes, ends: float, latencies: list[float]) -> int:
    """Repeat `request` until `ends`; returns how many answers were not 200."""
    reader, writer = await asyncio.open_connection(host, port)
    failures = 0
    while time.perf_counter() < ends:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_content_length(head))
        latencies.append((time.perf_counter() - started) * 1000)
        failures += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    return failures


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise ValueError("the answer has no Content-Length")


async def run(url: str, seconds: float, connections: int, authorization: str) -> dict[str, object]:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    request = (
        f"GET {parts.path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/json\r\n"
        f"Authorization: {authorization}\r\n\r\n"
    ).encode()
    latencies: list[float] = []
    started = time.perf_counter()
    clients = [_connection(host, port, request, started + seconds, latencies) for _ in range(connections)]
    failures = sum(await asyncio.gather(*clients))
    elapsed = time.perf_counter() - started
    return {
        "requests": len(latencies),
        "failures": failures,
        "seconds": elapsed,
        "latencies_ms": sorted(round(value, 3) for value in latencies),
    }


if __name__ == "__main__":
    _, target, for_seconds, with_connections = sys.argv
    result = asyncio.run(run(target, float(for_seconds), int(with_connections), sys.stdin.readline().strip()))
    print(json.dumps(result))
