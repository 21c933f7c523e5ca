"""Players: one with everything, pages, and finding them (R6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_players import phone
from gamedesk_players.errors import PlayerNotFound
from gamedesk_players.model.agents import Agent
from gamedesk_players.model.players import Player
from gamedesk_players.model.profiles import Profile
from gamedesk_players.queries.agents import get_agent
from gamedesk_players.repository import players, profiles

MATCHES_SHOWN = 50


@dataclass(frozen=True)
class PlayerDetails:
    player: Player
    owner: Agent
    profiles: list[Profile]


@dataclass(frozen=True)
class PlayerPage:
    """`profiles` by player id; `refine`: there were more matches than are shown."""

    players: list[Player]
    profiles: dict[UUID, list[Profile]]
    next_cursor: str | None = None
    refine: bool = False


def get_player(tx: Connection, player_id: UUID) -> PlayerDetails:
    player = players.get(tx, player_id)
    if player is None:
        raise PlayerNotFound()
    owner = get_agent(tx, player.owner_agent_id)
    return PlayerDetails(player, owner, profiles.of_players(tx, [player_id]).get(player_id, []))


def list_players(tx: Connection, owner: str | None, cursor: str | None, limit: int) -> PlayerPage:
    before = decode_cursor(cursor, [UUID])
    found = players.list_page(tx, owner, before[0] if before else None, limit + 1)
    shown, next_cursor = page(found, limit, lambda player: [player.player_id])
    return PlayerPage(shown, _profiles(tx, shown), next_cursor)


def cards(tx: Connection, ids: Sequence[UUID]) -> PlayerPage:
    found = players.by_ids(tx, ids)
    return PlayerPage(found, _profiles(tx, found))


def find_players(tx: Connection, text: str, owner: str | None, limit: int) -> PlayerPage:
    """Exact matches (phone, current or former WeChat id) first, then last four digits, WeChat id prefix, and
    names that contain the text; at most 50."""
    text = text.strip()
    if not text:
        return PlayerPage([], {})
    limit = min(limit, MATCHES_SHOWN)
    number = phone.parse(text)
    ids = players.find_phone(tx, number, owner, 1) if number else []
    ids += players.find_wechat_id(tx, text, owner, 1)
    if re.fullmatch(r"\d{4}", text):
        ids += players.find_last_four(tx, text, owner, limit + 1)
    if re.fullmatch(r"[A-Za-z][\w-]{1,31}", text, re.ASCII):
        ids += players.find_wechat_prefix(tx, text, owner, limit + 1)
    ids += players.find_name(tx, text, owner, limit + 1)
    ordered = list(dict.fromkeys(ids))
    by_id = {player.player_id: player for player in players.by_ids(tx, ordered[:limit])}
    shown = [by_id[i] for i in ordered[:limit]]
    return PlayerPage(shown, _profiles(tx, shown), refine=len(ordered) > limit)


def _profiles(tx: Connection, found: Sequence[Player]) -> dict[UUID, list[Profile]]:
    return profiles.of_players(tx, [player.player_id for player in found]) if found else {}
