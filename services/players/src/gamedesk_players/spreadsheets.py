"""Spreadsheets, read and written: xlsx and csv as rows of plain texts.

A file comes from anywhere, so nothing in it is trusted: its parts unpacked, its lines, rows and columns are bounded,
XML entities are refused, formulas are never calculated (what Excel last calculated counts). What still takes too much
memory or time is for the caller to bound (gamedesk_players.player_sheets reads in a process of its own).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MAX_COLUMNS = 60
MAX_TEXT = 4001  # one more than the longest field may have, so that it is still seen to be too long
_MAX_LINES = 200_000  # blank ones included
_MIB = 1024 * 1024
_MAX_UNPACKED = 128 * _MIB
_MAX_PART = 100 * _MIB
_MAX_PARTS = 2_000
# What openpyxl loads whole, before the first row: as a tree of objects, and as a list.
_MAX_SIZES = [
    (
        re.compile(r"(.*/)?(styles|workbook|\[content_types\])\.xml|.*\.rels|(.*/)?(theme|chartsheets|docprops)/.*"),
        2 * _MIB,
    ),
    (re.compile(r"(.*/)?sharedstrings\.xml"), 24 * _MIB),
]
_MAX_RECORD = 300_000  # characters of a csv's row; 60 columns of 4,000 are less
_MAX_DELIMITERS = 20_000  # in a csv's row; Excel has 16,384 columns

Row = tuple[int, Sequence[str]]  # its number as people see it, and the text of each cell


class NotASpreadsheet(Exception):
    """`rule` is a stable name of what is wrong, `message` says how to mend it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule, self.message = rule, message


def read(content: bytes) -> Iterator[Row]:
    """The rows of the first sheet that are not blank; what the content is decides, not what it is called.

    Raises NotASpreadsheet, at once or on the way.
    """
    if content.startswith(b"PK\x03\x04"):
        rows = _xlsx(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotASpreadsheet("old-format", "This is an old or encrypted Excel file; save it as .xlsx.")
    else:
        rows = _csv(content)
    for number, cells in enumerate(rows, 1):
        if number > _MAX_LINES:
            raise NotASpreadsheet("too-many-rows", f"The sheet has more than {_MAX_LINES} lines, blank ones included.")
        texts = [_text(cell) for cell in _without_empty_end(cells)]
        if texts := _without_empty_end(texts):
            yield number, texts


def _without_empty_end(cells: Sequence[Any]) -> Sequence[Any]:
    width = len(cells)
    while width and _is_empty(cells[width - 1]):
        width -= 1
    if width > MAX_COLUMNS:
        raise NotASpreadsheet("too-many-columns", f"The sheet has more than {MAX_COLUMNS} columns.")
    return cells[:width]


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = next(s for s in book.worksheets if s.sheet_state == "visible")
        sheet.reset_dimensions()  # a file may state fewer rows than it has
        yield from sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
    except MemoryError:
        raise
    except Exception:  # whatever a parser makes of hostile or broken XML
        raise NotASpreadsheet("not-readable", "The file is damaged; open it in Excel and save it again.") from None


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [(part.filename.casefold(), part.file_size) for part in packed.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise NotASpreadsheet("not-readable", "The file is damaged; open it in Excel and save it again.") from None
    unpacked = sum(size for _, size in parts)
    if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or any(size > _max_size(name) for name, size in parts):
        raise NotASpreadsheet("too-large-unpacked", "Unpacked, the file is too large; split it.")


def _max_size(name: str) -> int:
    return next((most for pattern, most in _MAX_SIZES if pattern.fullmatch(name)), _MAX_PART)


def _csv(content: bytes) -> Iterator[list[str]]:
    lines = io.TextIOWrapper(io.BytesIO(content), _encoding(content), newline="")
    first = lines.read(_MAX_RECORD).lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines.seek(0)
    record = _Record(lines, delimiter)
    try:
        for cells in csv.reader(record, delimiter=delimiter):
            yield cells
            record.ended()
    except csv.Error:
        raise NotASpreadsheet("not-readable", "A line of the csv cannot be read; check its quotes.") from None


class _Record:
    """The lines of a csv, each and all that quotes join to one row bounded before they are split into cells."""

    def __init__(self, lines: io.TextIOWrapper, delimiter: str) -> None:
        self._lines, self._delimiter = lines, delimiter
        self.ended()

    def ended(self) -> None:
        self._characters = self._delimiters = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._lines.readline(_MAX_RECORD + 1):
            self._characters += len(line)
            self._delimiters += line.count(self._delimiter)
            if "\0" in line:
                raise NotASpreadsheet("not-readable", "This is neither xlsx nor csv.")
            if self._characters > _MAX_RECORD or self._delimiters > _MAX_DELIMITERS:
                raise NotASpreadsheet("line-too-long", "A line of the csv is too long; check its quotes.")
            yield line


def _encoding(content: bytes) -> str:
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if utf_16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise NotASpreadsheet("encoding", "The csv is neither UTF-8 nor GB18030; save it as .xlsx.")


def _text(value: Any) -> str:
    """A cell as people see it. Excel keeps a phone as the number 13800138000.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return "".join(c for c in str(value)[:MAX_TEXT] if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()


def write(sheets: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> bytes:
    """A small workbook of texts: (sheet's name, rows), the first row of each a header."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append(list(row))
        for column, title in enumerate(rows[0], 1):
            sheet.cell(1, column).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(column)].width = max(18, 2 * len(title))
            sheet.column_dimensions[get_column_letter(column)].number_format = "@"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
