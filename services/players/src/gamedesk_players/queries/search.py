"""Finding players by what was typed (R6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection

from gamedesk_players import phone
from gamedesk_players.model.search import Match
from gamedesk_players.queries.players import PlayerPage, profiles_of
from gamedesk_players.repository import players, search
from gamedesk_players.repository.search import MATCHES_SHOWN, Statement


def find_players(tx: Connection, text: str, owner: str | None, limit: int, *, caller: str) -> PlayerPage:
    """Players whom `text` names, or may become the name of: exact matches first, then by the beginning of a phone,
    WeChat id or name, then by a part of it; at most 50. By part of a phone or WeChat id only players of `caller`."""
    if not text.strip():
        return PlayerPage([], {})
    limit = min(limit, MATCHES_SHOWN)
    hits, cut = search.find(tx, statements(text, owner, caller))
    shown: dict[UUID, Match] = {hit.player_id: hit.match for hit in hits[:limit]}
    by_id = {player.player_id: player for player in players.by_ids(tx, list(shown))}
    found = [by_id[player_id] for player_id in shown if not by_id[player_id].erased]
    return PlayerPage(found, profiles_of(tx, found), refine=cut or len(hits) > limit, matches=shown)


def statements(text: str, owner: str | None, caller: str) -> Iterator[Statement]:
    """The ways in which `text` may name a player to `caller`."""
    digits = unicodedata.normalize("NFKC", text).strip()
    return search.statements(
        phone=phone.parse(text),
        last_four=digits if re.fullmatch(r"[0-9]{4}", digits) else None,
        phone_prefixes=phone.prefixes(text),
        words=text,
        owner=owner,
        caller=caller,
    )
