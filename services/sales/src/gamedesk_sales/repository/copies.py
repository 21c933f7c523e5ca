"""What sales knows of players, agents, items and packs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from gamedesk_chassis.active_callers import Standing
from sqlalchemy import Connection, Row, select

from gamedesk_sales.model import Agent, Item, Pack, PackLine, Player, Profile
from gamedesk_sales.tables import agent_copies, item_copies, pack_copies, player_copies, profile_copies


def lock_player(tx: Connection, player_id: UUID) -> Player | None:
    """What is sold and said to one player is recorded one after the other."""
    query = select(player_copies.c.player_id, player_copies.c.owner_agent_id).where(
        player_copies.c.player_id == player_id
    )
    row = tx.execute(query.with_for_update()).one_or_none()
    return Player(row.player_id, row.owner_agent_id) if row else None


def profiles_of(tx: Connection, player_id: UUID) -> list[Profile]:
    query = select(profile_copies).where(profile_copies.c.player_id == player_id).order_by(profile_copies.c.profile_id)
    return [
        Profile(row.profile_id, row.game_id, row.server, row.game_account_id, row.state) for row in tx.execute(query)
    ]


def agent(tx: Connection, agent_id: str) -> Agent | None:
    row = tx.execute(select(agent_copies).where(agent_copies.c.agent_id == agent_id)).one_or_none()
    return Agent(row.agent_id, row.role, row.team, row.active) if row else None


def standing(tx: Connection, agent_id: str) -> Standing | None:
    """None: this service has not heard of the agent yet."""
    known = agent(tx, agent_id)
    return Standing(known.active, known.role, known.team) if known else None


def pack(tx: Connection, code: str) -> Pack | None:
    """`code` in its normal form."""
    row = tx.execute(select(pack_copies).where(pack_copies.c.code == code)).one_or_none()
    return _pack(row) if row else None


def items(tx: Connection, ids: Iterable[UUID]) -> dict[UUID, Item]:
    query = select(item_copies.c.item_id, item_copies.c.name, item_copies.c.price_fen)
    rows = tx.execute(query.where(item_copies.c.item_id.in_(list(ids))))
    return {row.item_id: Item(row.item_id, row.name, row.price_fen) for row in rows}


def lines(contents: Iterable[dict[str, Any]]) -> tuple[PackLine, ...]:
    """Pack contents as they are stored."""
    return tuple(PackLine(**line) for line in contents)


def _pack(row: Row[Any]) -> Pack:
    return Pack(
        pack_id=row.pack_id,
        code=row.code,
        name=row.name,
        state=row.state,
        discount_bp=row.discount_bp,
        list_price_fen=row.list_price_fen,
        price_fen=row.price_fen,
        currency=row.currency,
        contents=lines(row.contents),
        revision=row.revision,
        valid_until=row.valid_until,
        updated_at=row.updated_at,
        version=row.version,
    )
