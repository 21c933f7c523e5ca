"""A request to an ASGI app in this process, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

Headers = list[tuple[bytes, bytes]]


async def exchange(
    app: Any, method: str, target: str, headers: Headers, body: bytes, *, hangs_up: bool = False
) -> tuple[int, Headers, bytes]:
    """Status, headers and body of the answer. `target` is path and query; `hangs_up`: the client goes at once."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"desk"), *((name.lower(), value) for name, value in headers)],
        "server": ("desk", 80),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    parts: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        if parts:
            return parts.pop()
        if hangs_up:
            return {"type": "http.disconnect"}
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], list(sent[0]["headers"]), content


def by_name(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, value in headers:
        named.setdefault(name.decode(), []).append(value.decode("latin-1"))
    return named
