"""The search finds what it looks for: a canary in every kind of place and in every spelling. It could fail."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import nats
import nats.errors
import psycopg
import pytest
from nats.js import JetStreamContext
from openpyxl import Workbook

from tests.security import search
from tests.security.search import Needles, Unsearched

PHONE, NAME = "13866660001", "金丝雀甲"
NEEDLES = Needles({"phone": PHONE, "name": NAME})


def workbook(value: str) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.worksheets[0].append(["手机号", value])
    book.save(file)
    return file.getvalue()


def cursor(value: str) -> bytes:
    """As a list's cursor is made: base64 of JSON, without padding."""
    return base64.urlsafe_b64encode(json.dumps(["x", value], ensure_ascii=False).encode()).rstrip(b"=")


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in JSON": lambda value: json.dumps({"a": value}).encode(),
    "in an address": lambda value: f"/api/search?q={quote(value)}&limit=5".encode(),
    "in an address, in small letters": lambda value: quote(value).lower().encode(),
    "in an address within an address": lambda value: quote(f"/search?q={quote(value)}", safe="").encode(),
    "in a cursor": cursor,
    "as hexadecimal": lambda value: b"\\x" + f"... {value} ...".encode().hex().encode(),
    "in UTF-16": lambda value: value.encode("utf-16-le"),
    "in UTF-16, big-endian": lambda value: value.encode("utf-16-be"),
    "as Python shows bytes": lambda value: repr(value.encode()).encode(),
    "compressed": lambda value: gzip.compress(value.encode()),
    "in a spreadsheet": workbook,
    "in a compressed spreadsheet": lambda value: gzip.compress(workbook(value)),
}


@pytest.mark.parametrize("value", [PHONE, NAME])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found(spelling: str, value: str) -> None:
    data = SPELLINGS[spelling](value)
    if not data.startswith((b"PK", b"\x1f\x8b")):
        data = b"something before " + data + b" something behind"
    found = NEEDLES.anywhere([("here", data)])
    assert [NEEDLES.values[hit.what] for hit in found] == [value]


@pytest.mark.parametrize("shift", range(3))
def test_base64_is_found_wherever_it_begins(shift: int) -> None:
    data = base64.b64encode(b"x" * shift + PHONE.encode() + "，".encode())
    assert [hit.spelling for hit in NEEDLES.anywhere([("here", data)])] == ["base64"]


@pytest.mark.parametrize("written", ["138 6666 0001", "138-6666-0001", "+8613866660001", "0086 138 6666 0001"])
def test_phone_is_found_as_people_write_it(written: str) -> None:
    assert NEEDLES.anywhere([("here", written.encode())])


def test_nothing_is_found_where_nothing_is() -> None:
    data = json.dumps({"phone": "138****0001", "name": "金丝雀乙", "other": "13866660002"}).encode()
    assert NEEDLES.anywhere([("here", data), ("there", workbook("13866660002"))]) == []


def test_canary_in_a_file_or_in_its_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "web.log").write_text(f'{{"event": "x", "q": "{PHONE}"}}\n')
    (tmp_path / f"{NAME}.png").write_bytes(b"")
    found = {hit.what: hit.place for hit in NEEDLES.anywhere(search.files("log", tmp_path))}
    assert found == {"phone": "log:deep/web.log", "name": f"log:{NAME}.png"}


def test_canary_in_a_row_is_found_whatever_its_column(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("searched").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        for name, kind in (("plain", "text"), ("packed", "bytea"), ("nested", "jsonb"), ("listed", "text[]")):
            connection.execute(f"CREATE TABLE {name} (id int, value {kind})".encode())
        document = json.dumps({"a": [{"phone": PHONE}]}).encode()
        connection.execute("INSERT INTO plain VALUES (1, %s)", [PHONE])
        connection.execute("INSERT INTO packed VALUES (1, %s)", [document])
        connection.execute("INSERT INTO nested VALUES (1, %s)", [document.decode()])
        connection.execute("INSERT INTO listed VALUES (1, %s)", [["x", PHONE]])
        found = {hit.place for hit in NEEDLES.anywhere(search.rows(connection, "searched"))}
    assert found == {f"table:searched.{name}" for name in ("plain", "packed", "nested", "listed")}


@pytest.fixture
def searched(nats_url: str) -> Iterator[str]:
    """The address of a server with a stream SEARCHED, of which two messages hold a canary."""

    async def publish() -> None:
        client = await nats.connect(nats_url)
        js = client.jetstream()
        await js.add_stream(name="SEARCHED", subjects=["searched.>"])
        for number in range(3):
            await js.publish("searched.a", f"nothing {number}".encode())
        await js.publish("searched.b", json.dumps({"data": {"name": NAME}}).encode())
        await js.publish("searched.c", b"", headers={"X-Query": f"/search?q={PHONE}"})
        await client.close()

    async def remove() -> None:
        client = await nats.connect(nats_url)
        await client.jetstream().delete_stream("SEARCHED")
        await client.close()

    asyncio.run(publish())
    yield nats_url
    asyncio.run(remove())


def test_canary_in_a_message_its_headers_or_subject_is_found(searched: str) -> None:
    places = [(place, data) for place, data in search.messages(searched) if place == "stream:SEARCHED"]

    assert {hit.what for hit in NEEDLES.anywhere(places)} == {"phone", "name"}


def test_a_stream_that_was_not_read_to_its_end_is_not_called_searched(
    searched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_comes(*_: object, **__: object) -> None:
        raise nats.errors.TimeoutError

    monkeypatch.setattr(JetStreamContext.PullSubscription, "fetch", nothing_comes)

    with pytest.raises(Unsearched):
        search.messages(searched)


def test_canary_in_metrics_and_answers_is_found() -> None:
    request = httpx.Request("GET", "http://127.0.0.1/api/players")
    refused = httpx.Response(400, json={"detail": f"{PHONE} is no phone"}, request=request)
    answered = httpx.Response(200, headers={"Location": f"/players?q={PHONE}"}, request=request)
    mine = httpx.Response(200, json={"phone": PHONE}, request=request)
    found = [hit.place for hit in NEEDLES.anywhere(search.answers([refused, answered, mine]))]
    assert found == ["answer:GET 400 /api/players", "answer:GET 200 /api/players"], "an answer may hold what was asked"
    metric = f'http_request_seconds_count{{operation="{PHONE}"}} 1.0'.encode()
    assert NEEDLES.anywhere([("metrics:gateway", metric)])
