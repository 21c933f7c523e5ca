"""Imports as the API shows them."""

from __future__ import annotations

from typing import Any

from gamedesk_players import phone, spreadsheets
from gamedesk_players.model.imports import COLUMNS, Import, ImportRow
from gamedesk_players.names import masked_wechat_id
from gamedesk_players.queries.imports import RowPage

_HIDDEN = ("run_by", "columns")
_ROW_HIDDEN = ("phone_key", "wechat_key")
_HINTS = {
    "phone": "必填；任何写法，+86 可省略 / required, any spelling",
    "wechat_id": "6–20 位，字母开头 / 6 to 20 characters, starts with a letter",
    "wechat_name": "最多 64 字 / at most 64 characters",
    "owner_agent_id": "客服编号，如 KF001；空着则归导入的人 / agent id; the importer, if empty",
    "tier": "未消费、小R、中R、大R、超R / none, small, medium, big, whale",
    "minor_band": "成年、8岁以下、8-15、16-17 / none, under_8, 8_15, 16_17",
    "tags": "用逗号分开，最多 20 个 / separated by commas, at most 20",
    "note": "最多 4000 字 / at most 4000 characters",
}


def shown(found: Import) -> dict[str, Any]:
    view = {name: getattr(found, name) for name in Import.__dataclass_fields__ if name not in _HIDDEN}
    return {**view, "columns": [{"header": header, "column": column} for header, column in found.columns if header]}


def shown_rows(found: RowPage) -> list[dict[str, Any]]:
    return [_shown_row(row, found) for row in found.rows]


def _shown_row(row: ImportRow, found: RowPage) -> dict[str, Any]:
    """Who has this row's phone or WeChat id is named to whom he belongs; of others', masked elsewhere, the owner is."""
    view = {name: getattr(row, name) for name in ImportRow.__dataclass_fields__ if name not in _ROW_HIDDEN}
    owner = found.owners.get(row.existing_player_id) if row.existing_player_id else None
    if owner != found.importer:
        view["existing_player_id"] = None
    return {**view, "existing_owner_agent_id": owner, "values": _masked(row) if found.masked else row.values}


def _masked(row: ImportRow) -> dict[str, str]:
    """What cannot be read as a phone or WeChat id may still be one with a slip in it."""
    shown = {
        "phone": phone.masked(row.phone_key) if row.phone_key else "****",
        "wechat_id": masked_wechat_id(row.wechat_key) if row.wechat_key and len(row.wechat_key) > 5 else "****",
    }
    return {**row.values, **{column: text for column, text in shown.items() if column in row.values}}


def template() -> bytes:
    """An empty workbook to fill in, with an explanation on its second sheet."""
    header = [names[0] for names in COLUMNS.values()]
    explained = [[names[0], column, _HINTS[column]] for column, names in COLUMNS.items()]
    return spreadsheets.write(
        [("玩家", [header]), ("说明", [["列", "column", "怎么填 / how to fill it in"], *explained])]
    )
