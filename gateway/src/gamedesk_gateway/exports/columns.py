"""What a list that can be exported is, and the columns that several of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gamedesk_gateway.exports.words import Words

Language = Literal["zh", "en"]
Kind = Literal["text", "number", "money", "percent", "duration", "time", "date", "yes_no", "words", "faults"]


@dataclass(frozen=True)
class Column:
    """`path`: where in a row its value is, parts separated by dots; money in fen, percent in basis points, duration in
    seconds, faults as in a row of an import.

    `words` translate a value, or each of several, or name the lookup (`agent`, `game`, `category`, `campaign`)
    that does.
    """

    path: str
    zh: str
    en: str
    kind: Kind = "text"
    words: Words | Literal["agent", "game", "category", "campaign"] | None = None
    width: int = 14

    def title(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class ExportedList:
    """The list that GET `target` of `service` pages through; a name in braces there is a filter that has to be given.
    `names_players`: rows get the card of their `player_id` as `player`."""

    service: str
    target: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    names_players: bool = False


PLAYER = (
    Column("player.wechat_name", "玩家", "Player", width=18),
    Column("player.wechat_id", "微信号", "WeChat ID"),
    Column("player.phone", "手机号", "Phone"),
    Column("player.owner_agent_id", "负责客服", "Owner"),
)
CAMPAIGN = Column("campaign_id", "活动", "Campaign", "words", "campaign", width=20)
PLAYER_ID = Column("player_id", "玩家 ID", "Player ID", width=38)


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """What stands in `row` at `path`; None if a part of the way is missing or null."""
    found: Any = row
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found
