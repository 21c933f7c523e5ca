"""The background job that goes through imported spreadsheets: first checks their rows, then creates the players."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import structlog
from gamedesk_chassis.database import Database
from gamedesk_chassis.text_search import key

from gamedesk_players import spreadsheets
from gamedesk_players.commands import imports as commands
from gamedesk_players.commands.imports import SheetRow, Work
from gamedesk_players.model.imports import HEADER_WITHIN, MAX_ROWS, field_of, new_player
from gamedesk_players.repository import imports
from gamedesk_players.spreadsheets import NotASpreadsheet

log = structlog.get_logger(__name__)

# What a small file can stand for (one long text in many cells) has to fit into memory and database.
_MAX_CHARACTERS = 16_000_000

Columns = list[tuple[str, str | None]]


class PlayerImports:
    """`run` is called by the worker every second; it goes on while there is work to do."""

    def __init__(self, database: Database, game_ids: Sequence[str]) -> None:
        self._database, self._game_ids = database, game_ids

    def run(self) -> None:
        while work := self._database.transact(commands.claim_import):
            if work.state == "running":
                self._create(work)
            else:
                self._check(work)

    def purge(self) -> None:
        while self._database.transact(commands.purge_imports):
            pass

    def _check(self, work: Work) -> None:
        try:
            if work.attempts > commands.MAX_ATTEMPTS:  # reading it ends the process again and again
                raise NotASpreadsheet("not-readable", "The file cannot be read; save it as csv and try again.")
            content = self._database.transact(imports.content_of, work.import_id)
            columns, rows = read_players(content or b"")
        except NotASpreadsheet as fault:
            self._database.transact(commands.fail_import, work, fault.rule, fault.message)
            return
        at: Work | None = self._database.transact(commands.begin_check, work, len(rows), columns)
        for start in range(work.checked, len(rows), commands.ROWS_A_CHECK):
            if at is None:
                return
            at = self._database.transact(commands.check_rows, at, rows[start : start + commands.ROWS_A_CHECK])
        if at is not None:
            self._database.transact(commands.end_check, at)

    def _create(self, work: Work) -> None:
        at: Work | None = work
        while at is not None:
            at = self._database.transact(commands.create_rows, at, self._game_ids)
        log.info("players_imported", import_id=str(work.import_id))


def read_players(content: bytes) -> tuple[Columns, list[SheetRow]]:
    """How the header was understood, and the rows under it. Raises NotASpreadsheet."""
    lines = spreadsheets.read(content)
    columns = _header(lines)
    fields = [field for _, field in columns]
    rows: list[SheetRow] = []
    characters = 0
    seen: dict[str, int] = {}
    for number, cells in lines:
        values = {f: cell for f, cell in zip(fields, cells, strict=False) if f and cell}
        if not values:
            continue
        characters += sum(map(len, values.values()))
        if characters > _MAX_CHARACTERS:
            raise NotASpreadsheet("too-large-unpacked", "The cells hold too much text; split the file.")
        if len(rows) == MAX_ROWS:
            raise NotASpreadsheet("too-many-rows", f"An import takes {MAX_ROWS} players at most; split the file.")
        rows.append(SheetRow(number, values, _seen_before(seen, number, values)))
    return columns, rows


def _header(lines: Iterator[spreadsheets.Row]) -> Columns:
    for _, cells in islice(lines, HEADER_WITHIN):
        columns = [(cell[:60], field_of(cell)) for cell in cells]
        fields = [field for _, field in columns if field]
        if "phone" not in fields:
            continue
        if len(set(fields)) < len(fields):
            raise NotASpreadsheet("header-twice", "Two columns hold the same; delete one of them.")
        return columns
    raise NotASpreadsheet("header-missing", "One of the first rows must be a header with the column 手机 or phone.")


def _seen_before(seen: dict[str, int], number: int, values: dict[str, str]) -> int | None:
    """The earlier row that has this row's phone or WeChat id; else this row is kept in `seen`."""
    player, _ = new_player({name: values[name] for name in ("phone", "wechat_id") if name in values}, "")
    if player is None:
        return None
    keys = [f"phone {player.phone}", *([f"wechat {key(player.wechat_id)}"] if player.wechat_id else [])]
    earlier = next((seen[k] for k in keys if k in seen), None)
    for k in keys:
        seen.setdefault(k, number)
    return earlier
