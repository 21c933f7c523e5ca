"""Looking for somebody's data wherever the product leaves bytes, in every spelling in which they may stand there.

A place is named `kind:where`. What is not searched: pages of PostgreSQL's own files (rows that are gone stay in them
until they are vacuumed, and in the write-ahead log until it is recycled), memory, and the games' servers, which are
not ours.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import nats
import nats.errors
import psycopg
from nats.js.api import AckPolicy, ConsumerConfig
from psycopg import sql

DATABASES = ("players", "tickets", "sales", "catalog")
_DEEPEST = 4  # packed things within packed things
_KEEP_AROUND = 60  # bytes of a find that are shown


@dataclass(frozen=True)
class Hit:
    """`what` was found in `place`, spelled as `spelling` says."""

    what: str
    place: str
    spelling: str
    around: str

    def __str__(self) -> str:
        return f"{self.what} in {self.place} ({self.spelling}): …{self.around}…"


class Needles:
    """What is looked for, by a name that tells whose it is."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self._exact = [(what, name, p) for what, value in values.items() for name, p in _exact(value)]
        self._folded = [(what, name, p.lower()) for what, value in values.items() for name, p in _folded(value)]

    def hits(self, place: str, data: bytes, depth: int = 0) -> Iterator[Hit]:
        """Every value that is in `data`, or in what is packed in it, once."""
        folded = data.lower()
        found: set[str] = set()
        for haystack, patterns in ((data, self._exact), (folded, self._folded)):
            for what, spelling, pattern in patterns:
                if what not in found and pattern in haystack:
                    found.add(what)
                    at = haystack.index(pattern)
                    around = data[max(0, at - _KEEP_AROUND) : at + len(pattern) + _KEEP_AROUND]
                    yield Hit(what, place, spelling, around.decode("utf-8", "replace"))
        if depth < _DEEPEST:
            for name, content in _unpacked(data):
                yield from self.hits(f"{place}!{name}", content, depth + 1)

    def anywhere(self, places: Iterable[tuple[str, bytes]]) -> list[Hit]:
        return [hit for place, data in places for hit in self.hits(place, data)]


def _exact(value: str) -> Iterator[tuple[str, bytes]]:
    """Spellings in which upper and lower case differ: base64 of it, wherever it begins among three bytes."""
    raw = value.encode()
    for shift in range(3):
        # Of the letters at both ends the neighbours decide some bits.
        packed = base64.b64encode(b"\0" * shift + raw)
        core = packed[(0, 2, 3)[shift] : len(packed) - (4 if (len(raw) + shift) % 3 else 0)]
        if len(core) >= 8:
            yield "base64", core
            yield "base64url", core.translate(bytes.maketrans(b"+/", b"-_"))


def _folded(value: str) -> Iterator[tuple[str, bytes]]:
    raw = value.encode()
    yield "as it is", raw
    yield "JSON escapes", json.dumps(value)[1:-1].encode()
    yield "percent-encoded", quote(value, safe="").encode()
    yield "percent-encoded twice", quote(quote(value, safe=""), safe="").encode()
    yield "hex", raw.hex().encode()
    yield "UTF-16", value.encode("utf-16-le")
    yield "UTF-16 big-endian", value.encode("utf-16-be")
    yield "escaped for a log", raw.decode("latin-1").encode("unicode_escape")
    yield "character references", "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in value).encode()
    if value.isdecimal() and len(value) == 11:  # a phone as people write it
        for gap in (" ", "-"):
            yield "in groups", gap.join((value[:3], value[3:7], value[7:])).encode()


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:4] == b"PK\x03\x04":  # xlsx, too
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, name.encode() + b"\n" + archive.read(name)
    if data[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield "gzip", gzip.decompress(data)


# Places


def files(kind: str, folder: Path, *, but_for: Iterable[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Every file below `folder`, with its name: `kind:path`."""
    left_out = set(but_for)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in left_out:
            try:
                yield f"{kind}:{file.relative_to(folder)}", file.name.encode() + b"\n" + file.read_bytes()
            except FileNotFoundError:  # gone meanwhile
                continue


def rows(connection: psycopg.Connection, database: str) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, one after the other: `table:database.table`. Bytes stand there as hexadecimal."""
    named = "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
    for (table,) in connection.execute(named).fetchall():
        query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
        yield f"table:{database}.{table}", "\n".join(row for (row,) in connection.execute(query)).encode()


class Unsearched(Exception):
    """A place could not be read to its end; the text says which and how much is left."""


def messages(url: str, patience: float = 20.0) -> list[tuple[str, bytes]]:
    """Every message of every stream, its subject and headers included: `stream:name`. `url`: the administrator's.

    Raises Unsearched if some have not come after `patience` seconds, unless they are gone meanwhile.
    """
    return asyncio.run(_messages(url, patience))


async def _messages(url: str, patience: float) -> list[tuple[str, bytes]]:
    client = await nats.connect(url)
    js = client.jetstream()
    found: list[tuple[str, bytes]] = []
    try:
        for stream in await js.streams_info():
            config = ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=60)
            name = stream.config.name or ""
            reading = await js.pull_subscribe("", stream=name, config=config)
            left, parts, read = stream.state.messages, [f"{name}: {stream.state.messages} messages".encode()], 0
            while left > 0:
                try:
                    batch = await reading.fetch(min(left, 500), timeout=patience)
                except nats.errors.TimeoutError:
                    told = await reading.consumer_info()
                    delivered = told.delivered.stream_seq if told.delivered else 0
                    if told.num_pending or delivered > read:
                        raise Unsearched(f"{left} messages of {name} have not come") from None
                    break
                left, read = left - len(batch), batch[-1].metadata.sequence.stream
                parts += [b"\n".join((m.subject.encode(), str(m.headers).encode(), m.data)) for m in batch]
            found.append((f"stream:{name}", b"\n".join(parts)))
            await reading.unsubscribe()
    finally:
        await client.close()
    return found


def metrics(urls: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """What each process tells of itself: `metrics:process`."""
    for process, url in urls.items():
        answer = httpx.get(f"{url}/metrics", timeout=20, trust_env=False)
        answer.raise_for_status()
        yield f"metrics:{process}", answer.content


def answers(responses: Iterable[httpx.Response]) -> Iterator[tuple[str, bytes]]:
    """The headers of every answer and the bodies of refusals: `answer:method path`. Bodies must have been read."""
    for response in responses:
        status, request = response.status_code, response.request
        head = "\n".join(f"{name}: {value}" for name, value in response.headers.items() if name != "set-cookie")
        body = response.content if status >= 400 else b""
        yield f"answer:{request.method} {status} {request.url.path}", head.encode() + b"\n\n" + body
