"""Spreadsheets as they come from people's machines, and from those who mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from gamedesk_players import player_sheets
from gamedesk_players.commands.imports import LEASE_SECONDS
from gamedesk_players.model.imports import new_player
from gamedesk_players.player_sheets import read_players
from gamedesk_players.spreadsheets import NotASpreadsheet
from gamedesk_players.views.imports import template
from openpyxl import Workbook, load_workbook
from structlog.testing import capture_logs

SHEET = "xl/worksheets/sheet1.xml"


def xlsx(*rows: list[Any], merge: str | None = None) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The file with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        new.writestr(name, part)
    return out.getvalue()


def values(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.row, row.values) for row in read_players(content)[1]]


def refused(content: bytes) -> str:
    with pytest.raises(NotASpreadsheet) as fault:
        read_players(content)
    return fault.value.rule


@pytest.mark.parametrize("header", [["手机", "微信名"], ["phone", "wechat_name"], ["手机号（必填）", " WeChat Name* "]])
def test_columns_are_known_in_chinese_and_english__B11(header: list[str]) -> None:
    assert values(xlsx(header, ["13800138000", "孙悟空"])) == [(2, {"phone": "13800138000", "wechat_name": "孙悟空"})]


def test_numbers_kept_as_floats_are_phones_again__B11() -> None:
    assert values(xlsx(["手机", "备注"], [13800138000.0, 5], [13900139000, True])) == [
        (2, {"phone": "13800138000", "note": "5"}),
        (3, {"phone": "13900139000", "note": "True"}),
    ]
    assert new_player({"phone": "13800138000.0"}, "KF003")[0].phone == "+8613800138000"  # pyright: ignore[reportOptionalMemberAccess]


def test_the_headings_of_an_export_are_understood__B11() -> None:
    exported = ["微信昵称", "微信号", "手机", "负责客服", "等级", "未成年", "标签"]
    row = ["孙悟空", "wx_sunwukong", "13800138000", "KF003", "大R", "无", "老客户"]
    [(_, found)] = values(xlsx(exported, row))
    assert len(found) == len(exported)
    assert found["owner_agent_id"] == "KF003"


def test_a_title_in_merged_cells_stands_above_the_header__B11() -> None:
    content = xlsx(
        ["八月新玩家", None, None], [None], ["手机", None, "备注"], ["13800138000", "?", "大方"], merge="A1:C1"
    )
    columns, _ = read_players(content)

    assert values(content) == [(4, {"phone": "13800138000", "note": "大方"})]
    assert columns == [("手机", "phone"), ("", None), ("备注", "note")]


def test_blank_rows_are_passed_over_and_rows_keep_their_numbers__B11() -> None:
    content = xlsx(["手机"], ["13800138000"], [None], ["   "], ["13900139000"])
    assert values(content) == [(2, {"phone": "13800138000"}), (5, {"phone": "13900139000"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_excel_writes_it__B11(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["手机", "微信名", "备注"]) + "\r\n" + delimiter.join(["13800138000", "孙悟空", '"两\r\n行"'])
    [(number, row)] = values(text.encode(encoding))
    assert (number, row["phone"], row["wechat_name"], row["note"].split()) == (2, "13800138000", "孙悟空", ["两", "行"])


def test_formulas_are_not_calculated__B11() -> None:
    content = xlsx(["手机", "备注"], ["13800138000", '=HYPERLINK("http://evil")'], ["13900139000", "=1+1"])
    assert [row for _, row in values(content)] == [{"phone": "13800138000"}, {"phone": "13900139000"}]

    part = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
      <row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>
      <row r="2"><c r="A2"><f>1+1</f><v>13800138000</v></c></row>
      <row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData></worksheet>"""
    calculated = with_part(content, SHEET, part)
    assert values(calculated) == [(2, {"phone": "13800138000"}), (3, {"phone": "#DIV/0!"})]
    assert new_player({"phone": "#DIV/0!"}, "KF003")[1][0]["rule"] == "calculation"


def test_a_bomb_is_not_unpacked__B11() -> None:
    bomb = with_part(xlsx(["phone"]), SHEET, b" " * (101 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert refused(bomb) == "too-large-unpacked"


@pytest.mark.parametrize(
    ("part", "filler", "most"),
    [
        ("xl/styles.xml", b"<xf/>", 2),
        ("xl/workbook.xml", b"<x/>", 2),
        ("xl/_rels/workbook.xml.rels", b"<x/>", 2),
        ("[Content_Types].xml", b"<x/>", 2),
        ("xl/theme/theme1.xml", b"<x/>", 2),
        ("xl/sharedStrings.xml", b"<si><t>x</t></si>", 24),
    ],
)
def test_parts_that_are_read_whole_are_small__B11(part: str, filler: bytes, most: int) -> None:
    small = xlsx(["phone"])
    bomb = with_part(small, part, filler * (most * 1024 * 1024 // len(filler) + 1))
    assert len(bomb) < 200_000
    assert refused(bomb) == "too-large-unpacked"


@pytest.mark.parametrize("line", [b"," * 20_001, b"x" * 300_001, b'"\n",' * 30_000])
def test_a_line_of_a_csv_is_bounded_before_it_is_split__B11(line: bytes) -> None:
    assert refused(b"phone\n" + line) == "line-too-long"


def test_a_long_line_of_a_csv_within_bounds_is_blank_or_has_too_many_columns__B11() -> None:
    blank = b"phone\n" + b"," * 16_000 + b"\n13800138000" + b"," * 16_000
    assert values(blank) == [(3, {"phone": "13800138000"})]
    assert refused(b"phone\n" + b"," * 16_000 + b"x") == "too-many-columns"


def strings_in_a_sheets_place(mib: int) -> bytes:
    """A file whose shared strings are where the limits expect a sheet."""
    content, types = xlsx(["phone"]), "[Content_Types].xml"
    stated = zipfile.ZipFile(io.BytesIO(content)).read(types)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/worksheets/s0.xml" ContentType="' + kind + b'"/></Types>'
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    strings = head + b"<si><t>abcdefgh</t></si>" * (mib * 1024 * 1024 // 24) + b"</sst>"
    return with_part(with_part(content, types, stated.replace(b"</Types>", override)), "xl/worksheets/s0.xml", strings)


def test_what_still_takes_too_much_memory_or_time_ends_alone__B11(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = strings_in_a_sheets_place(12)
    monkeypatch.setattr(player_sheets, "READ_BYTES", 72 * 1024 * 1024)
    assert len(player_sheets.read_apart(xlsx(["phone"], ["13800138000"]))[1]) == 1
    assert refused_apart(bomb) == "too-much-to-read"
    monkeypatch.undo()
    monkeypatch.setattr(player_sheets, "READ_CPU_SECONDS", 1)
    assert refused_apart(bomb) == "too-much-to-read"
    monkeypatch.undo()
    monkeypatch.setattr(player_sheets, "READ_SECONDS", 0.01)
    assert refused_apart(xlsx(["phone"])) == "too-much-to-read"


def refused_apart(content: bytes) -> str:
    with pytest.raises(NotASpreadsheet) as fault:
        player_sheets.read_apart(content)
    return fault.value.rule


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("kill -XCPU $$", NotASpreadsheet),
        ("kill -KILL $$", NotASpreadsheet),
        ("kill -TERM $$", RuntimeError),
        ("echo 'ImportError: 13800138000' >&2; exit 1", RuntimeError),
    ],
)
def test_only_what_the_limits_end_is_the_files_fault__B11(
    end: str, outcome: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "reader"
    reader.write_text(f"#!/bin/sh\ncat >/dev/null\n{end}\n")
    reader.chmod(0o700)
    monkeypatch.setattr(player_sheets.sys, "executable", str(reader))

    with capture_logs() as logs:
        monkeypatch.setattr(player_sheets, "log", structlog.get_logger())
        with pytest.raises(outcome) as fault:
            player_sheets.read_apart(b"phone\n13800138000\n")

    assert logs[0]["returncode"] != 0
    assert "13800138000" not in f"{logs} {fault.value}"


def test_another_process_reads_the_same__B11() -> None:
    content = xlsx(["手机", "微信名", "?"], ["13800138000", "孙悟空😀", 1], ["138 0013 8000", None, None])
    assert player_sheets.read_apart(content) == read_players(content)
    assert refused_apart(b"phone\x00,1") == "not-readable"
    assert player_sheets.READ_SECONDS < LEASE_SECONDS


def test_one_long_text_in_many_cells_is_too_much__B11() -> None:
    note = "长" * 4000
    assert len(read_players(xlsx(["手机", "备注"], *([["1", note]] * 100)))[1]) == 100
    assert refused(("phone,note\n" + f"1,{'x' * 4000}\n" * 4100).encode()) == "too-large-unpacked"


def test_entities_are_not_expanded__B11() -> None:
    part = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "13800138000">]>
      <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
      <c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""
    assert refused(with_part(xlsx(["phone"]), SHEET, part)) == "not-readable"


def test_a_row_number_of_a_billion_ends_the_reading__B11() -> None:
    part = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
      <row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>
      <row r="1000000000"><c r="A1000000000"><v>1</v></c></row></sheetData></worksheet>"""
    assert refused(with_part(xlsx(["phone"]), SHEET, part)) == "too-many-rows"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "header-missing"),
        (b"PK\x03\x04 and no zip", "not-readable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", "encoding"),
        (b"phone\x00,1", "not-readable"),
        ("微信名,备注\n孙悟空,好".encode(), "header-missing"),
        ("手机,phone\n1,2".encode(), "header-twice"),
        (("手机" + "," * 60 + "备注\n1").encode(), "too-many-columns"),
    ],
)
def test_what_is_no_list_of_players_is_refused_with_its_reason__B11(content: bytes, rule: str) -> None:
    assert refused(content) == rule


def test_no_more_than_50000_players_at_once__B11() -> None:
    lines = ["手机", *(f"138{n:08}" for n in range(50_001))]
    assert len(read_players("\n".join(lines[:-1]).encode())[1]) == 50_000
    assert refused("\n".join(lines).encode()) == "too-many-rows"


def test_a_row_with_an_earlier_rows_phone_or_wechat_id_is_a_duplicate__B11() -> None:
    text = "手机,微信号\n13800138000,sun_wukong\n+86 138-0013-8000,\n13900139000,SUN_WUKONG\n13700137000,zhu_bajie"
    assert [row.duplicate_of_row for row in read_players(text.encode())[1]] == [None, 2, 2, None]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("tier", "大R", "big"),
        ("tier", "whale", "whale"),
        ("tier", "未消费", "none"),
        ("minor_band", "8–15岁", "8_15"),
        ("minor_band", f"{date(2026, 8, 15)}", "8_15"),
        ("minor_band", "否", "none"),
        ("tags", "爱聊天，周末在线、 爱聊天", ("爱聊天", "周末在线")),
        ("owner_agent_id", "KF004", "KF004"),
        ("wechat_id", "wxid_abc", "wxid_abc"),
    ],
)
def test_words_as_people_write_them__B11(column: str, text: str, value: Any) -> None:
    player, problems = new_player({"phone": "13800138000", column: text}, "KF003")
    assert problems == []
    assert getattr(player, column) == value


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("phone", "1.38E+10", "phone-rounded"),
        ("phone", "1380013", "phone-not-valid"),
        ("wechat_id", "孙悟空", "pattern"),
        ("wechat_name", "长" * 65, "maxLength"),
        ("tier", "土豪", "enum"),
        ("minor_band", "是", "enum"),
        ("tags", "长" * 25, "maxLength"),
        ("note", "长" * 4001, "maxLength"),
    ],
)
def test_a_wrong_cell_is_named_with_its_rule_and_not_repeated__B11(column: str, text: str, rule: str) -> None:
    player, [problem] = new_player({"phone": "13800138000", column: text}, "KF003")
    assert (player, problem["column"], problem["rule"]) == (None, column, rule)
    assert text not in problem["message"]


def test_the_template_can_be_filled_in_and_read_back__B11() -> None:
    book = load_workbook(io.BytesIO(template()))
    book.worksheets[0].append(["13800138000", "sun_wukong", "孙悟空", "KF003", "大R", "无", "VIP", "大方"])
    file = io.BytesIO()
    book.save(file)
    [(number, row)] = values(file.getvalue())
    assert (number, len(row)) == (2, 8)
