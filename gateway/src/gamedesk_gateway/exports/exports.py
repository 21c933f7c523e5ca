"""Exporting a list: page through it with the caller's own rights, into a spreadsheet, then stream the file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar
from urllib.parse import urlencode

import structlog
from gamedesk_chassis.errors import RuleViolation, TooManyRequests, Unavailable
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.problems import InvalidRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gamedesk_gateway.answers import client_gone, not_answering
from gamedesk_gateway.exports.board import board_rows
from gamedesk_gateway.exports.columns import ExportedList, Language, value_at
from gamedesk_gateway.exports.kpi_lists import BOARD
from gamedesk_gateway.exports.lists import LISTS
from gamedesk_gateway.exports.words import Words
from gamedesk_gateway.exports.workbook import ListWorkbook
from gamedesk_gateway.kpi_board import KpiBoard
from gamedesk_gateway.sections import Caller
from gamedesk_gateway.upstream import Refused, Upstream

log = structlog.get_logger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 100_000
_MAX_CHARACTERS = 300_000_000
_PAGE = 200
_CARDS = 100
_AT_ONCE = 2
_WAITING = 4
_OPEN = 20
_WRITING_SECONDS = 300.0
_SENDING_SECONDS = 600.0
_CHUNK = 256 * 1024
_OURS = ("limit", "cursor")
_IN_TARGET = re.compile(r"\{(\w+)\}")
_AN_ID = re.compile(r"[0-9A-Za-z-]{1,36}")

Query = Sequence[tuple[str, str]]
Rows = list[dict[str, Any]]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class _Lookup:
    """What the words of a column come from: a list with an id, and names in Chinese and in English."""

    service: str
    target: str
    id: str
    zh: str
    en: str
    query: Query = ()


_LOOKUPS = {
    "agent": _Lookup("players", "/agents", "agent_id", "name", "name", [("limit", str(_PAGE))]),
    "game": _Lookup("players", "/games", "game_id", "name", "name"),
    "category": _Lookup("tickets", "/ticket-categories", "category_id", "name_zh", "name_en"),
    "campaign": _Lookup("catalog", "/campaigns", "campaign_id", "name", "name", [("limit", str(_PAGE))]),
}


class ExportTooLarge(RuleViolation):
    slug = "export-too-large"
    title = "This list is too large for one file"


class Exports:
    """`deadline` in seconds for each page; temporary files are made in `folder`.

    A replica writes two files at a time, and holds twenty that are on their way to somebody; an agent has one of them.
    """

    def __init__(
        self, upstreams: Mapping[str, Upstream], kpi_board: KpiBoard, deadline: float, folder: Path | None
    ) -> None:
        self._upstreams, self._kpi_board, self._deadline, self._folder = upstreams, kpi_board, deadline, folder
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._wanted = 0
        self._exporting: set[str] = set()

    def export(self, caller: Caller, name: str, filters: Query, language: Language) -> ExportAnswer:
        """The answer that writes and sends the list `name` with its own `filters`, whole. Raises InvalidRequest."""
        taken = [f for f, _ in filters if f in _OURS]
        if taken:
            faults = [{"pointer": f"/query/{f}", "rule": "unknown", "message": "has no meaning here"} for f in taken]
            raise InvalidRequest("An export is the whole list.", errors=faults)
        return ExportAnswer(self, caller, name, filters, language)

    @contextmanager
    def turn(self, caller: Caller) -> Iterator[None]:
        """An export of the caller, for the length of the block. Raises TooManyRequests."""
        if caller.id in self._exporting:
            raise TooManyRequests("Your last export is not finished yet.", retry_after=10)
        if len(self._exporting) >= _OPEN:
            raise TooManyRequests("Others are exporting just now.", retry_after=10)
        self._exporting.add(caller.id)
        try:
            yield
        finally:
            self._exporting.discard(caller.id)

    async def write(self, caller: Caller, name: str, filters: Query, language: Language) -> IO[bytes]:
        """The file, complete, for the caller to close.

        Raises Refused (the service's own refusal, for instance of a filter), ExportTooLarge, Unavailable,
        TooManyRequests.
        """
        try:
            async with asyncio.timeout(_WRITING_SECONDS), self._slot():
                file, rows = await self._write(caller, LISTS[name], filters, language)
        except TimeoutError:
            raise Unavailable("This takes too long. Narrow the list with filters, or try later.") from None
        log.info("exported", list=name, rows=rows, agent=caller.id)
        return file

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._wanted >= _AT_ONCE + _WAITING:
            raise TooManyRequests("Others are exporting just now.", retry_after=10)
        self._wanted += 1
        try:
            async with self._slots:
                yield
        finally:
            self._wanted -= 1

    async def _write(
        self, caller: Caller, wanted: ExportedList, filters: Query, language: Language
    ) -> tuple[IO[bytes], int]:
        title = wanted.zh if language == "zh" else wanted.en
        lookups: dict[str, Words] = {}
        total = 0
        with ListWorkbook(title, wanted.columns, language, lookups, self._folder) as book:
            async for rows in self._pages(caller, wanted, filters):
                total += len(rows)
                if total > MAX_ROWS or book.characters > _MAX_CHARACTERS:
                    raise ExportTooLarge(f"Narrow it with filters, to {MAX_ROWS} rows at most.", limit=MAX_ROWS)
                await self._look_up(caller, wanted, rows, lookups)
                await _in_thread(book.write, rows)
            return await _in_thread(book.finish), total

    async def _pages(self, caller: Caller, wanted: ExportedList, filters: Query) -> AsyncIterator[Rows]:
        if wanted.target == BOARD:
            yield await self._board(caller, filters)
            return
        target, filters = _placed(wanted.target, filters)
        cursor: str | None = None
        while True:
            query = [*filters, ("limit", str(_PAGE)), *([("cursor", cursor)] if cursor else [])]
            page = await self._get(caller, wanted.service, target, query)
            rows: Rows = page["items"]
            if page.get("refine") is True:
                raise ExportTooLarge("A search shows its first finds only. Use filters instead.", limit=len(rows))
            if wanted.names_players:
                cards = await self._cards(caller, {row["player_id"] for row in rows})
                rows = [{**row, "player": cards.get(row["player_id"])} for row in rows]
            yield rows
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def _cards(self, caller: Caller, player_ids: set[str]) -> dict[str, dict[str, Any]]:
        ids = sorted(player_ids)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), _CARDS):
            query = [("ids", ",".join(ids[start : start + _CARDS]))]
            page = await self._get(caller, "players", "/player-cards", query)
            found.update((card["player_id"], card) for card in page["items"])
        return found

    async def _board(self, caller: Caller, filters: Query) -> Rows:
        rows, more = await board_rows(self._kpi_board, caller, filters)
        if more:
            raise ExportTooLarge("There are more groups. Narrow it with filters, or to less days.", limit=len(rows))
        return rows

    async def _look_up(self, caller: Caller, wanted: ExportedList, rows: Rows, known: dict[str, Words]) -> None:
        """Add to `known` the words that these rows are the first to need. Without its service they stay ids: what is
        called what is not worth the whole list."""
        for column in wanted.columns:
            name = column.words
            if not isinstance(name, str) or name in known or all(value_at(row, column.path) is None for row in rows):
                continue
            lookup, words = _LOOKUPS[name], dict[str, tuple[str, str]]()
            known[name] = words
            try:
                async for one in self._all(caller, lookup.service, lookup.target, lookup.query):
                    words[one[lookup.id]] = (one[lookup.zh], one[lookup.en])
            except Unavailable:
                log.warning("exported_without_names", lookup=name)

    async def _all(self, caller: Caller, service: str, path: str, query: Query) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = await self._get(caller, service, path, [*query, *([("cursor", cursor)] if cursor else [])])
            for one in page["items"]:
                yield one
            cursor = page.get("next_cursor")

    async def _get(self, caller: Caller, service: str, path: str, query: Query) -> Any:
        target = f"{path}?{urlencode(query, safe=',')}" if query else path
        try:
            reply = await self._upstreams[service].call(
                "GET", target.encode(), headers=caller.headers, deadline=self._deadline
            )
            if reply.status == 200:
                return reply.json()
        except CallFailed as failed:
            raise not_answering(service, failed) from None
        if 400 <= reply.status < 500 and reply.status != 429:
            raise Refused(reply)
        raise not_answering(service, reply.failure())


def _placed(target: str, filters: Query) -> tuple[str, Query]:
    """`target` with the filters in it that it names, and the others. Raises InvalidRequest."""
    given = dict(filters)
    named = _IN_TARGET.findall(target)
    wrong = [name for name in named if not _AN_ID.fullmatch(given.get(name, ""))]
    if wrong:
        faults = [{"pointer": f"/query/{name}", "rule": "required", "message": "must be an id"} for name in wrong]
        raise InvalidRequest("It has to be said of which.", errors=faults)
    return target.format_map(given), [(name, value) for name, value in filters if name not in named]


class ExportAnswer(Response):
    """Writes the list into a temporary file and streams that; stops when the client goes.

    The file is closed whatever happens; it has no name, so then it is gone.
    """

    def __init__(self, exports: Exports, caller: Caller, name: str, filters: Query, language: Language) -> None:
        super().__init__(media_type=XLSX)
        self._exports, self._caller, self._name = exports, caller, name
        self._filters = filters
        self._language: Language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._exports.turn(self._caller):
            writing = self._exports.write(self._caller, self._name, self._filters, self._language)
            file = await _unless_gone(receive, writing)
            if file is None:
                return
            with file:
                async with asyncio.timeout(_SENDING_SECONDS):
                    await self._stream(file, send)

    async def _stream(self, file: IO[bytes], send: Send) -> None:
        size = file.seek(0, 2)
        file.seek(0)
        day = datetime.now(timezone(timedelta(hours=8))).strftime("%Y%m%d")
        headers = [
            (b"content-type", XLSX.encode()),
            (b"content-length", str(size).encode()),
            (b"content-disposition", f'attachment; filename="{self._name}-{day}.xlsx"'.encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        left = size
        while left > 0:
            chunk = await _in_thread(file.read, _CHUNK)
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})


async def _unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns or raises; None, and `work` ended, when the client goes before."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(client_gone(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.wait({working, leaving})


async def _in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """In a thread; who is cancelled meanwhile waits for its end, because he closes the file that it uses."""
    running = asyncio.create_task(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
