"""Spreadsheets, read and written: xlsx and csv as rows of plain texts.

A file comes from anywhere, so nothing in it is trusted: its size unpacked, its rows and columns are bounded, XML
entities are refused, formulas are never calculated (what Excel last calculated counts).
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

log = structlog.get_logger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MAX_COLUMNS = 60
MAX_TEXT = 4001  # one more than the longest field may have, so that it is still seen to be too long
_MAX_LINES = 200_000  # blank ones included
_MAX_UNPACKED = 128 * 1024 * 1024
_MAX_PART = 100 * 1024 * 1024
_MAX_PARTS = 2_000

Row = tuple[int, list[str]]  # its number as people see it, and the text of each cell


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
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise NotASpreadsheet("too-many-columns", f"The sheet has more than {MAX_COLUMNS} columns.")
        if cells:
            yield number, cells


def _xlsx(content: bytes) -> Iterator[list[str]]:
    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = next(s for s in book.worksheets if s.sheet_state == "visible")
        sheet.reset_dimensions()  # a file may state fewer rows than it has
        for cells in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1):
            yield [_text(cell) for cell in cells]
    except Exception as error:  # whatever a parser makes of hostile or broken XML
        log.warning("spreadsheet_not_readable", error=type(error).__name__)
        raise NotASpreadsheet("not-readable", "The file is damaged; open it in Excel and save it again.") from None


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sizes = [part.file_size for part in packed.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise NotASpreadsheet("not-readable", "The file is damaged; open it in Excel and save it again.") from None
    if len(sizes) > _MAX_PARTS or sum(sizes) > _MAX_UNPACKED or max(sizes, default=0) > _MAX_PART:
        raise NotASpreadsheet("too-large-unpacked", "Unpacked, the file is too large; split it.")


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise NotASpreadsheet("not-readable", "This is neither xlsx nor csv.")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_text(cell) for cell in cells]
    except csv.Error:
        raise NotASpreadsheet("not-readable", "A line of the csv cannot be read; check its quotes.") from None


def _decoded(content: bytes) -> str:
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if utf_16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
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
