"""Imports of players from spreadsheets: how a sheet's columns and words are understood, and what a row may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from gamedesk_chassis.text_search import key

from gamedesk_players import phone
from gamedesk_players.model.players import NewPlayer

ImportState = Literal["checking", "checked", "running", "done", "failed"]
RowResult = Literal["good", "bad", "duplicate", "created", "failed"]

MAX_ROWS = 50_000
HEADER_WITHIN = 10
"""The header is among the first rows; a title may stand above it."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "phone": ("手机号", "手机", "手机号码", "电话", "mobile"),
    "wechat_id": ("微信号", "微信id", "微信账号"),
    "wechat_name": ("微信昵称", "微信名", "微信名称"),
    "owner_agent_id": ("负责客服", "客服", "归属客服", "所属客服", "客服编号", "客服工号", "owner", "agent_id"),
    "tier": ("消费等级", "等级", "玩家等级"),
    "minor_band": ("年龄段", "未成年", "未成年人"),
    "tags": ("标签", "tag"),
    "note": ("备注", "notes"),
}
"""Field → what its column may be called, the first as in the template; a field's own name is understood too."""

TIERS = {
    "none": ("none", "无", "未消费", "普通", "no spend"),
    "small": ("small", "小r", "小"),
    "medium": ("medium", "中r", "中"),
    "big": ("big", "大r", "大"),
    "whale": ("whale", "超r", "超大r", "鲸鱼"),
}
MINOR_BANDS = {
    "none": ("none", "无", "否", "成年", "成年人", "adult"),
    "under_8": ("under_8", "8岁以下", "不满8岁", "under 8", "<8"),
    "8_15": ("8_15", "8-15", "8-15岁"),
    "16_17": ("16_17", "16-17", "16-17岁"),
}
_WECHAT_ID = re.compile(r"wxid_[A-Za-z0-9_-]{1,27}|[A-Za-z][A-Za-z0-9_-]{5,19}")
_LONGEST_WECHAT_ID = 32
_DATE_OF_8_15 = re.compile(r"\d{4}-08-15")  # what Excel makes of 8-15
_CALCULATION_FAILED = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_BETWEEN_TAGS = re.compile(r"[,，;；、|\n]")


@dataclass(frozen=True)
class Import:
    """`columns`: [header as it stands, field or None]; `problem`: why it failed, {rule, message}."""

    import_id: UUID
    file_name: str
    state: ImportState
    mode: Literal["all", "good"] | None
    total: int | None
    checked: int
    good: int
    bad: int
    duplicates: int
    created: int
    failed: int
    columns: list[list[str | None]]
    problem: dict[str, str] | None
    created_by: str
    run_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ImportRow:
    """`row` is its number in the sheet, `values` its cells by field as they were typed; the keys are `keys_of` them."""

    row: int
    values: dict[str, str]
    result: RowResult
    problems: list[dict[str, str]] = field(default_factory=list)
    existing_player_id: UUID | None = None
    duplicate_of_row: int | None = None
    player_id: UUID | None = None
    phone_key: str | None = None
    wechat_key: str | None = None


@dataclass(frozen=True)
class SheetRow:
    """A row before it is checked; `duplicate_of_row`: an earlier one with the same phone or WeChat id."""

    row: int
    values: dict[str, str]
    duplicate_of_row: int | None = None


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-—–~()（）*:：]+", "", unicodedata.normalize("NFKC", text).casefold())


_FIELD_OF = {_plain(name): column for column, names in COLUMNS.items() for name in (column, *names)}


def field_of(header: str) -> str | None:
    """The field that a column with this header holds."""
    return _FIELD_OF.get(_plain(re.sub(r"[(（].*?[)）]", "", header)))


def _words(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_plain(word): value for value, words in table.items() for word in words}


_TIER_OF, _BAND_OF = _words(TIERS), _words(MINOR_BANDS)


def new_player(values: Mapping[str, str], default_owner: str) -> tuple[NewPlayer | None, list[dict[str, str]]]:
    """The player that a row describes, his phone in E.164, or its problems: [{column, rule, message}]."""
    problems: list[dict[str, str]] = []
    read: dict[str, Any] = {}
    for column in COLUMNS:
        text = values.get(column, "")
        if not text:
            continue
        try:
            if _CALCULATION_FAILED.fullmatch(text):
                raise ValueError("calculation", "The formula in this cell has no result.")
            read[column] = _READERS[column](text)
        except ValueError as fault:
            problems.append({"column": column, "rule": fault.args[0], "message": fault.args[1]})
    if not values.get("phone"):
        problems.append({"column": "phone", "rule": "required", "message": "A player needs a phone."})
    if problems:
        return None, problems
    return NewPlayer(**{"owner_agent_id": default_owner, **read}), []


def keys_of(values: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Phone in E.164 and WeChat id as it is compared, each None if it is not there or none: whom a row is about,
    whatever else is wrong with it."""
    try:
        number = _phone(values.get("phone", ""))
    except ValueError:
        number = None
    wechat_key = key(values.get("wechat_id", ""))
    return number, wechat_key if 0 < len(wechat_key) <= _LONGEST_WECHAT_ID else None


def _phone(text: str) -> str:
    text = re.sub(r"\.0+$", "", text)  # a number that went through a spreadsheet
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", text):
        raise ValueError("phone-rounded", "Excel has rounded this number; format the column as text and type it anew.")
    number = phone.parse(text)
    if number is None:
        raise ValueError("phone-not-valid", "Chinese mobiles have 11 digits starting with 13 to 19; others need +.")
    return number


def _wechat_id(text: str) -> str:
    if not _WECHAT_ID.fullmatch(text):
        raise ValueError("pattern", "6 to 20 letters, digits, _ or -, starting with a letter.")
    return text


def _tags(text: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip() for tag in _BETWEEN_TAGS.split(text) if tag.strip()))
    if len(tags) > 20 or any(len(tag) > 24 for tag in tags):
        raise ValueError("maxLength", "At most 20 tags of at most 24 characters, separated by commas.")
    return tags


def _at_most(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError("maxLength", f"At most {length} characters.")
        return text

    return read


def _word(known: Mapping[str, str], shown: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        value = known.get(_plain(text))
        if value is None:
            raise ValueError("enum", f"One of: {shown}.")
        return value

    return read


def _minor_band(text: str) -> str:
    return _word(_BAND_OF, "成年, 8岁以下, 8-15, 16-17")("8-15" if _DATE_OF_8_15.fullmatch(text) else text)


_READERS: dict[str, Callable[[str], Any]] = {
    "phone": _phone,
    "wechat_id": _wechat_id,
    "wechat_name": _at_most(64),
    "owner_agent_id": _at_most(32),
    "tier": _word(_TIER_OF, "未消费, 小R, 中R, 大R, 超R"),
    "minor_band": _minor_band,
    "tags": _tags,
    "note": _at_most(4000),
}
