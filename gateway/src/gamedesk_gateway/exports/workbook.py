"""A list as an xlsx file, written row by row: memory stays flat, texts stay texts, times and amounts are real ones."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

from gamedesk_chassis.clock import parse_rfc3339
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from gamedesk_gateway.exports.columns import Column, Language, value_at
from gamedesk_gateway.exports.words import IMPORT_COLUMN, IMPORT_RULE, Words

_SHANGHAI = timezone(timedelta(hours=8))
_YES_NO = {True: ("是", "yes"), False: ("否", "no")}
_COLON = ("：", ": ")
_LONGEST_TEXT = 32_767  # what a cell of Excel holds
_SECONDS_OF_A_DAY = 86_400
_FIRST_YEAR = 1900  # before it a spreadsheet has no days
_LOOKS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS = {
    "number": "0",
    "money": "#,##0.00",
    "percent": "0.00%",
    "duration": "[h]:mm:ss",
    "time": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
}


class ListWorkbook:
    """One sheet with a header, in a nameless temporary file in `folder` that goes with its last user.

    `lookups`: words for the columns that name one. Use it as a context; `finish` gives the file.
    """

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        language: Language,
        lookups: Mapping[str, Words],
        folder: Path | None = None,
    ) -> None:
        self._columns, self._lookups = columns, lookups
        self._second = 0 if language == "zh" else 1
        self._scratch = tempfile.TemporaryDirectory(prefix="export-", dir=folder)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - handed on by `finish`
        self._book = Workbook(self._file, {"constant_memory": True, "tmpdir": self._scratch.name})
        self._formats = {kind: self._book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._sheet = self._book.add_worksheet(title)
        self._written = 0
        self.characters = 0
        self._write_header([column.title(language) for column in columns])

    def __enter__(self) -> ListWorkbook:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self._scratch.cleanup()
        if failure is not None:
            self._file.close()

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self._written += 1
            for position, column in enumerate(self._columns):
                self._write_cell(position, column, value_at(row, column.path))

    def finish(self) -> IO[bytes]:
        """The whole file, at its beginning; the caller closes it."""
        self._sheet.autofilter(0, 0, self._written, len(self._columns) - 1)
        self._book.close()
        self._file.seek(0)
        return self._file

    def _write_header(self, titles: Sequence[str]) -> None:
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet.freeze_panes(1, 0)
        for position, (column, title) in enumerate(zip(self._columns, titles, strict=True)):
            width = 17 if column.kind == "time" else column.width
            self._sheet.set_column(position, position, max(width, 2 * len(title)))
            self._sheet.write_string(0, position, title, bold)

    def _write_cell(self, position: int, column: Column, value: Any) -> None:
        if value is None:
            return
        style: Format | None = self._formats.get(column.kind)
        match column.kind:
            case "number":
                self._sheet.write_number(self._written, position, value, style)
            case "money":
                self._sheet.write_number(self._written, position, value / 100, style)
            case "percent":
                self._sheet.write_number(self._written, position, value / 10_000, style)
            case "duration":
                self._sheet.write_number(self._written, position, value / _SECONDS_OF_A_DAY, style)
            case "time" | "date":
                moment = _local_time(value) if column.kind == "time" else _midnight(value)
                if moment is None or moment.year < _FIRST_YEAR:
                    self._write_text(position, value)
                else:
                    self._sheet.write_datetime(self._written, position, moment, style)
            case "yes_no":
                self._write_text(position, _YES_NO[value][self._second])
            case "words":
                words = [self._word(column, one) for one in (value if isinstance(value, list) else [value])]
                self._write_text(position, "、".join(words))
            case "faults":
                self._write_text(position, "；".join(self._fault(fault) for fault in value))
            case "text":
                self._write_text(position, _text(value))

    def _word(self, column: Column, value: str) -> str:
        words = self._lookups.get(column.words, {}) if isinstance(column.words, str) else column.words or {}
        return words[value][self._second] if value in words else value

    def _fault(self, fault: Mapping[str, str]) -> str:
        column, rule = IMPORT_COLUMN.get(fault["column"]), IMPORT_RULE.get(fault["rule"])
        name, why = (names[self._second] if names else None for names in (column, rule))
        return f"{name or fault['column']}{_COLON[self._second]}{why or fault['message']}"

    def _write_text(self, position: int, text: str) -> None:
        """A text that looks like a formula stays a text even when somebody edits its cell."""
        text = text[:_LONGEST_TEXT]
        self.characters += len(text)
        style = self._quoted if text.startswith(_LOOKS_LIKE_A_FORMULA) else None
        self._sheet.write_string(self._written, position, text, style)


def _local_time(value: str) -> datetime | None:
    """In Shanghai; None if the calendar does not hold it there."""
    try:
        moment = parse_rfc3339(value)
        return moment and moment.astimezone(_SHANGHAI).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _midnight(value: str) -> datetime:
    return datetime.combine(date.fromisoformat(value), datetime.min.time())


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_text(part) for part in value)
    if isinstance(value, dict):  # a line of a pack's contents
        return f"{value['name']}×{value['quantity']}"
    return str(value)
