"""Finding players by phone, WeChat id and name, and the index of their names.

Each way of finding is a statement of its own that stops at `_ROWS` rows: however many players match, none of them
reads, sorts or compares more. Rows stay with the player they were recorded for; a merged player's show the survivor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from gamedesk_chassis import text_search
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.search import Hit, Match
from gamedesk_players.tables import player_names, player_phones, player_wechat_ids, players

MATCHES_SHOWN = 50
# One more than shown, and room for players with several matching names.
_ROWS = 2 * (MATCHES_SHOWN + 1)
# What all ids begin with that WeChat gave out itself tells nobody apart.
_FIRST_OF_MANY = "wxid_"
_IN_WECHAT_ID = re.compile(r"[a-z0-9_-]{1,32}")
_NAMES_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('player_names:' || :player_id, 0))")
_BY_INDEX = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)"
)

Statement = tuple[Match, Select[UUID]]


def plan_by_index(tx: Connection) -> None:
    """For the rest of the transaction, plan each query for its own values, through an index.

    A plan kept for all values, or a guess that a match is soon met by reading on, is right for a common name and
    reads the whole table for a rare one.
    """
    tx.execute(_BY_INDEX)


def statements(
    *,
    phone: str | None,
    last_four: str | None,
    phone_prefixes: Sequence[str],
    words: str,
    owner: str | None,
    caller: str,
) -> Iterator[Statement]:
    """Every way to find players, exact ones first, then by prefix, then by part.

    `phone` is E.164, `phone_prefixes` beginnings of it; `words` is what was typed, a WeChat id or name or part of
    one. With `owner` only his players. A contact is found by its beginning or part among the players of `caller`
    alone: of others he sees it masked, and must not guess it one character after the other (decision 15).
    """
    key = text_search.key(words)
    wechat_key, name_key = player_wechat_ids.c.wechat_key, player_names.c.name_key
    within_wechat_id = _IN_WECHAT_ID.fullmatch(key) is not None
    starts_wechat_id = within_wechat_id and key[0].isalpha()
    if phone:
        yield "phone", _find(player_phones, player_phones.c.phone == phone, owner)
    if starts_wechat_id:
        yield "wechat_id", _find(player_wechat_ids, and_(wechat_key == key, _is_current()), owner)
        yield "former_wechat_id", _find(player_wechat_ids, wechat_key == key, owner)
    yield "name", _find(player_names, name_key == key, owner)
    if last_four:
        yield "last_four", _find(player_phones, player_phones.c.last_four == last_four, owner)
    sees_contacts = owner in (None, caller)
    if sees_contacts:
        for prefix in phone_prefixes:
            yield "phone_prefix", _find(player_phones, _starts(player_phones.c.phone, prefix), caller)
    if sees_contacts and starts_wechat_id:
        yield "wechat_prefix", _find(player_wechat_ids, _starts(wechat_key, key), caller)
    yield "name_prefix", _find(player_names, _starts(name_key, key), owner)
    grams = text_search.infix_query(key)
    if sees_contacts and grams and within_wechat_id and key not in _FIRST_OF_MANY:
        yield "wechat_part", _find(player_wechat_ids, wechat_key.contains(key, autoescape=True), caller)
    if grams:
        part = and_(player_names.c.grams.contains(grams), name_key.contains(key, autoescape=True))
        yield "name_part", _find(player_names, part, owner)


def find(tx: Connection, wanted: Iterable[Statement]) -> tuple[list[Hit], bool]:
    """Up to MATCHES_SHOWN + 1 players, each once by the first way that finds him, of one way the newest first; and
    whether there may be more."""
    plan_by_index(tx)
    found: dict[UUID, Match] = {}
    cut = False
    for match, statement in wanted:
        ids = list(tx.execute(statement).scalars())
        cut = cut or len(ids) == _ROWS
        found |= dict.fromkeys(sorted(set(ids) - found.keys(), reverse=True), match)
        if len(found) > MATCHES_SHOWN:
            break
    hits = [Hit(player_id, match) for player_id, match in found.items()]
    return hits[: MATCHES_SHOWN + 1], cut


def lock_names(tx: Connection, player_id: UUID) -> None:
    """No other transaction changes the index of the player's names before this one ends."""
    tx.execute(_NAMES_LOCK, {"player_id": str(player_id)})


def set_names(tx: Connection, player_id: UUID, names: Sequence[str]) -> None:
    """Make the player findable by these names (WeChat name and nicknames), and by no other."""
    of_player = player_names.c.player_id == player_id
    known = set(tx.execute(select(player_names.c.name_key).where(of_player)).scalars())
    wanted = set(filter(None, map(text_search.key, names)))
    if known - wanted:
        tx.execute(delete(player_names).where(of_player, player_names.c.name_key.in_(known - wanted)))
    rows = [
        {"player_id": player_id, "name_key": key, "grams": text_search.infix_grams(key)}
        for key in sorted(wanted - known)
    ]
    if rows:
        tx.execute(pg_insert(player_names).on_conflict_do_nothing(), rows)


def _is_current() -> ColumnElement[bool]:
    """Whether a WeChat id is the one that the player, or who took his place, has now: it may be a merged one's."""
    root = players.alias("root")
    shown = func.coalesce(players.c.merged_into, players.c.player_id)
    return exists().where(root.c.player_id == shown, func.lower(root.c.wechat_id) == player_wechat_ids.c.wechat_key)


def _find(table: Table, matches: ColumnElement[bool], owner: str | None) -> Select[UUID]:
    query = (
        select(func.coalesce(players.c.merged_into, players.c.player_id))
        .select_from(table)
        .join(players, players.c.player_id == table.c.player_id)
        .where(matches, players.c.erased_at.is_(None))
        .limit(_ROWS)
    )
    # Whoever is merged has the owner of his survivor.
    return query if owner is None else query.where(players.c.owner_agent_id == owner)


def _starts(column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    return column.startswith(prefix, autoescape=True)
