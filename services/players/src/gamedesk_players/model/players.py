"""Players."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Tier = Literal["none", "small", "medium", "big", "whale"]
MinorBand = Literal["none", "under_8", "8_15", "16_17"]


@dataclass(frozen=True)
class Player:
    """`wechat_id` is the current one; former ones are `wechat_aliases`. `phones` are E.164, the first is primary.

    Phones and former WeChat ids include those of the players merged into him (`merged_from`), after his own.
    """

    player_id: UUID
    owner_agent_id: str
    wechat_id: str | None
    wechat_name: str | None
    tier: Tier
    minor_band: MinorBand
    note: str
    tags: tuple[str, ...]
    merged_into: UUID | None
    erased: bool
    version: int
    created_at: datetime
    updated_at: datetime
    phones: tuple[str, ...] = ()
    wechat_aliases: tuple[str, ...] = ()
    merged_from: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class NewPlayer:
    phone: str
    owner_agent_id: str
    wechat_id: str | None = None
    wechat_name: str | None = None
    tier: Tier = "none"
    minor_band: MinorBand = "none"
    note: str = ""
    tags: tuple[str, ...] = ()
