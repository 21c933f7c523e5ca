"""Spreadsheets of players, read in a process of their own.

What a hostile file still does to a parser, it does to that process, which may take little memory and time and knows
no secret of the worker's.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from itertools import islice
from typing import Any

import structlog
from gamedesk_chassis.text_search import key

from gamedesk_players import spreadsheets
from gamedesk_players.model.imports import HEADER_WITHIN, MAX_ROWS, SheetRow, field_of, new_player
from gamedesk_players.spreadsheets import NotASpreadsheet

READ_SECONDS = 90.0
"""By the clock; less than the lease of an import, so that no second worker reads the same file meanwhile."""
READ_CPU_SECONDS = 30
"""50,000 rows take about 5."""
READ_BYTES = 320 * 1024 * 1024

# What a small file can stand for (one long text in many cells) has to fit into memory and database.
_MAX_CHARACTERS = 16_000_000

_OUT_OF_MEMORY = 77
# How the limits end the reading. The kernel kills for time at the hard limit, and when the machine's memory is out.
_LIMITS = (_OUT_OF_MEMORY, -signal.SIGXCPU, -signal.SIGKILL)

log = structlog.get_logger(__name__)

Columns = list[tuple[str, str | None]]


def read_apart(content: bytes) -> tuple[Columns, list[SheetRow]]:
    """`read_players` in another process, within the limits above.

    Raises NotASpreadsheet; RuntimeError if it was ended by something else than the file, such as a worker's stop.
    """
    command = [sys.executable, "-I", "-m", __name__, str(READ_BYTES), str(READ_CPU_SECONDS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, env={}, timeout=READ_SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("spreadsheet_reader_timed_out")
        raise _too_much() from None
    if done.returncode != 0:
        log.warning("spreadsheet_reader_died", returncode=done.returncode)
        if done.returncode in _LIMITS:
            raise _too_much()
        raise RuntimeError(f"the reader of spreadsheets ended with {done.returncode} ({_error_in(done.stderr)})")
    said: dict[str, Any] = json.loads(done.stdout)
    if "rule" in said:
        raise NotASpreadsheet(said["rule"], said["message"])
    return [tuple(column) for column in said["columns"]], [SheetRow(*row) for row in said["rows"]]


def _error_in(stderr: bytes) -> str:
    """The name of the error alone: what it says may be from the file."""
    lines = stderr.decode(errors="replace").splitlines()
    name = re.match(r"[A-Za-z_.]+", lines[-1]) if lines else None
    return name[0] if name else "no error"


def _too_much() -> NotASpreadsheet:
    return NotASpreadsheet("too-much-to-read", "Reading the file takes too much memory or time; save it as csv.")


def _main() -> None:
    """Read a file from standard input; print what `read_players` made of it, or what is wrong."""
    most_bytes, seconds = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        json.dump(_answer(sys.stdin.buffer.read()), sys.stdout)
    except MemoryError:
        sys.exit(_OUT_OF_MEMORY)


def _answer(content: bytes) -> dict[str, Any]:
    try:
        columns, rows = read_players(content)
    except NotASpreadsheet as fault:
        return {"rule": fault.rule, "message": fault.message}
    return {"columns": columns, "rows": [astuple(row) for row in rows]}


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


if __name__ == "__main__":
    _main()
