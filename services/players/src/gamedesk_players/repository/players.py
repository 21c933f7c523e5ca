"""Players, their phones, WeChat ids and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import text_search
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.players import Player
from gamedesk_players.tables import contact_reveals, player_phones, player_wechat_ids, players


def _player(row: Row[Any], phones: Sequence[str], aliases: Sequence[str], merged_from: Sequence[UUID]) -> Player:
    return Player(
        player_id=row.player_id,
        owner_agent_id=row.owner_agent_id,
        wechat_id=row.wechat_id,
        wechat_name=row.wechat_name,
        tier=row.tier,
        minor_band=row.minor_band,
        note=row.note,
        tags=tuple(row.tags),
        merged_into=row.merged_into,
        erased=row.erased_at is not None,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        phones=tuple(phones),
        wechat_aliases=tuple(aliases),
        merged_from=tuple(merged_from),
    )


def _load(tx: Connection, query: Select[Any]) -> list[Player]:
    """Players of `query` in its order, with phones and former WeChat ids, those of the players merged into them
    after their own: four reads, whatever their number."""
    rows = tx.execute(query).all()
    ids = [row.player_id for row in rows]
    if not ids:
        return []
    losers = losers_of(tx, ids)
    members = list({*ids, *(loser for several in losers.values() for loser in several)})
    phones = _by_player(
        tx, select(player_phones).where(player_phones.c.player_id.in_(members)).order_by(player_phones.c.position)
    )
    wechat_ids = _by_player(
        tx,
        select(player_wechat_ids)
        .where(player_wechat_ids.c.player_id.in_(members))
        .order_by(player_wechat_ids.c.since.desc()),
    )
    found: list[Player] = []
    for row in rows:
        family = [row.player_id, *losers[row.player_id]]
        numbers = [held.phone for member in family for held in phones[member]]
        known = [held.wechat_id for member in family for held in wechat_ids[member]]
        found.append(_player(row, numbers, [w for w in known if w != row.wechat_id], family[1:]))
    return found


def _by_player(tx: Connection, query: Select[Any]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.player_id].append(row)
    return found


def losers_of(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Who was merged into each of these, in the order of ids."""
    query = select(players.c.player_id, players.c.merged_into).where(players.c.merged_into.in_(ids))
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in tx.execute(query.order_by(players.c.player_id)):
        found[row.merged_into].append(row.player_id)
    return found


def root_of(tx: Connection, player_id: UUID) -> UUID:
    """Who took his place, or he himself."""
    root = func.coalesce(players.c.merged_into, players.c.player_id)
    return tx.execute(select(root).where(players.c.player_id == player_id)).scalar_one()


def get(tx: Connection, player_id: UUID) -> Player | None:
    found = _load(tx, select(players).where(players.c.player_id == player_id))
    return found[0] if found else None


def lock(tx: Connection, player_id: UUID) -> Player | None:
    """Nobody else changes the player before this transaction ends; rows that refer to him may be added."""
    found = _load(tx, select(players).where(players.c.player_id == player_id).with_for_update(key_share=True))
    return found[0] if found else None


def lock_families(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, Player]:
    """Like `lock`, for these players and all who were merged into them; in the order of ids, so that two who do
    this at once wait in no circle. Where somebody was merged meanwhile, all are let go and locked anew."""
    wanted = set(ids)
    while True:
        wanted.update(loser for several in losers_of(tx, list(wanted)).values() for loser in several)
        query = select(players).where(players.c.player_id.in_(wanted)).order_by(players.c.player_id)
        attempt = tx.begin_nested()
        found = {player.player_id: player for player in _load(tx, query.with_for_update(key_share=True))}
        if all(wanted.issuperset(player.merged_from) for player in found.values()):
            attempt.commit()
            return found
        attempt.rollback()


def keep_present(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Who of these is there and not erased; an erasure waits until this transaction ends, and finds what it adds."""
    if not ids:
        return set()
    query = select(players.c.player_id).where(players.c.player_id.in_(ids), players.c.erased_at.is_(None))
    return set(tx.execute(query.order_by(players.c.player_id).with_for_update(read=True)).scalars())


def by_ids(tx: Connection, ids: Sequence[UUID]) -> list[Player]:
    return _load(tx, select(players).where(players.c.player_id.in_(ids)).order_by(players.c.player_id.desc()))


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Player]:
    query = select(players).order_by(players.c.player_id).limit(limit)
    return _load(tx, query if after is None else query.where(players.c.player_id > after))


def insert_player(tx: Connection, player: Player) -> None:
    tx.execute(insert(players).values(**_columns(player), player_id=player.player_id, created_at=player.created_at))


def save(tx: Connection, player: Player) -> None:
    tx.execute(update(players).where(players.c.player_id == player.player_id).values(**_columns(player)))


def _columns(player: Player) -> dict[str, Any]:
    return {
        "owner_agent_id": player.owner_agent_id,
        "wechat_id": player.wechat_id,
        "wechat_name": player.wechat_name,
        "tier": player.tier,
        "minor_band": player.minor_band,
        "note": player.note,
        "tags": list(player.tags),
        "merged_into": player.merged_into,
        "version": player.version,
        "updated_at": player.updated_at,
    }


def claim_phone(tx: Connection, player_id: UUID, phone: str, position: int) -> UUID:
    """Give `phone` to the player unless somebody has it; returns whose it is. Waits for a concurrent claim."""
    values = {"phone": phone, "player_id": player_id, "position": position}
    holder = None
    while holder is None:  # who had it may give it up between the two statements
        tx.execute(pg_insert(player_phones).values(**values).on_conflict_do_nothing())
        query = select(player_phones.c.player_id).where(player_phones.c.phone == phone)
        holder = tx.execute(query).scalar_one_or_none()
    return holder


def phones_of(tx: Connection, ids: Sequence[UUID]) -> set[str]:
    return set(tx.execute(select(player_phones.c.phone).where(player_phones.c.player_id.in_(ids))).scalars())


def set_phones(tx: Connection, player_id: UUID, phones: Sequence[str]) -> None:
    """Put the player's phones (claimed before) into this order, and release the others."""
    own = player_phones.c.player_id == player_id
    tx.execute(delete(player_phones).where(own, player_phones.c.phone.not_in(phones)))
    for position, phone in enumerate(phones):
        tx.execute(update(player_phones).where(own, player_phones.c.phone == phone).values(position=position))


def claim_wechat_id(tx: Connection, player_id: UUID, wechat_id: str, moment: datetime) -> UUID:
    """Like `claim_phone`, for a current or former WeChat id; one's own former id becomes current again."""
    key = text_search.key(wechat_id)
    values = {"wechat_key": key, "wechat_id": wechat_id, "player_id": player_id, "since": moment}
    tx.execute(
        pg_insert(player_wechat_ids)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["wechat_key"],
            set_={"wechat_id": wechat_id, "since": moment},
            where=player_wechat_ids.c.player_id == player_id,
        )
    )
    return tx.execute(select(player_wechat_ids.c.player_id).where(player_wechat_ids.c.wechat_key == key)).scalar_one()


def holder_of_wechat_id(tx: Connection, wechat_id: str) -> UUID | None:
    """The player among whose current and former WeChat ids this one is."""
    query = select(player_wechat_ids.c.player_id).where(player_wechat_ids.c.wechat_key == text_search.key(wechat_id))
    return tx.execute(query).scalar_one_or_none()


def latest_wechat_id(tx: Connection, player_id: UUID) -> str | None:
    """The newest of his own, without those of players merged into him."""
    query = select(player_wechat_ids.c.wechat_id).where(player_wechat_ids.c.player_id == player_id)
    return tx.execute(query.order_by(player_wechat_ids.c.since.desc()).limit(1)).scalar_one_or_none()


def record_reveal(tx: Connection, player_id: UUID, agent_id: str, reason: str, moment: datetime) -> None:
    tx.execute(
        insert(contact_reveals).values(
            reveal_id=new_id(), player_id=player_id, agent_id=agent_id, reason=reason, revealed_at=moment
        )
    )
