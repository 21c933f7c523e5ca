"""What sales knows of players, agents, items, packs and tickets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from gamedesk_chassis.active_callers import Standing
from sqlalchemy import Column, Connection, Row, Select, func, select, union

from gamedesk_sales.model.packs import Item, Pack, PackLine
from gamedesk_sales.model.players import Agent, Player, Profile
from gamedesk_sales.model.sell_safe import OpenTicket
from gamedesk_sales.tables import agent_copies, item_copies, pack_copies, player_copies, profile_copies, ticket_copies


def lock_player(tx: Connection, player_id: UUID) -> Player | None:
    """What is sold and said to one player is recorded one after the other.

    Who was merged into another is that other, as soon as his copy has come.
    """
    return _person(tx, player_id, select(player_copies).with_for_update())


def lock_root(tx: Connection, player_id: UUID) -> UUID | None:
    """His own id, or that of whom he was merged into; None if no copy has come. Locked as by lock_player."""
    root = func.coalesce(player_copies.c.merged_into, player_copies.c.player_id)
    query = select(root).where(player_copies.c.player_id == player_id)
    return tx.execute(query.with_for_update()).scalar_one_or_none()


def find_player(tx: Connection, player_id: UUID) -> Player | None:
    """As lock_player, to read only."""
    return _person(tx, player_id, select(player_copies))


def _person(tx: Connection, player_id: UUID, query: Select[Any]) -> Player | None:
    row = tx.execute(query.where(player_copies.c.player_id == player_id)).one_or_none()
    if row is not None and row.merged_into is not None:
        row = tx.execute(query.where(player_copies.c.player_id == row.merged_into)).one_or_none() or row
    if row is None:
        return None
    ids = tuple(same_person(tx, [row.player_id]))
    return Player(row.player_id, row.owner_agent_id, row.erased, row.tier, row.minor_band, ids)


def owner_of(tx: Connection, player_id: UUID) -> str:
    """The agent of a player, or of the one whom he was merged into; empty if no copy has come."""
    return _of_person(tx, player_copies.c.owner_agent_id, player_id) or ""


def minor_band_of(tx: Connection, player_id: UUID) -> str:
    """The age band of a player, or of the one whom he was merged into; none if no copy has come."""
    return _of_person(tx, player_copies.c.minor_band, player_id) or "none"


def _of_person(tx: Connection, column: Column[str], player_id: UUID) -> str | None:
    root = select(func.coalesce(player_copies.c.merged_into, player_copies.c.player_id))
    root = root.where(player_copies.c.player_id == player_id).scalar_subquery()
    return tx.execute(select(column).where(player_copies.c.player_id == root)).scalar_one_or_none()


def same_person(tx: Connection, player_ids: Iterable[UUID]) -> list[UUID]:
    """These players, those whom they were merged into, and all who were merged into one of them."""
    asked = list(player_ids)
    root = func.coalesce(player_copies.c.merged_into, player_copies.c.player_id)
    roots = select(root.label("player_id")).where(player_copies.c.player_id.in_(asked)).cte("roots")
    merged = select(player_copies.c.player_id).join(roots, player_copies.c.merged_into == roots.c.player_id)
    found = tx.execute(union(select(roots.c.player_id), merged)).scalars()
    return sorted({*asked, *found})


def is_erased(tx: Connection, player_id: UUID) -> bool:
    """False for a player whose copy has not come. Until the transaction ends, nobody erases him."""
    query = select(player_copies.c.erased).where(player_copies.c.player_id == player_id)
    return tx.execute(query.with_for_update(read=True)).scalar_one_or_none() is True


def profiles_of(tx: Connection, player_ids: Iterable[UUID]) -> list[Profile]:
    """The accounts of one person; one that two of his records know counts once."""
    query = select(profile_copies).where(profile_copies.c.player_id.in_(list(player_ids)))
    found: dict[tuple[str, str | UUID], Profile] = {}
    for row in tx.execute(query.order_by(profile_copies.c.profile_id)):
        found.setdefault((row.game_id, row.game_account_id or row.profile_id), _profile(row))
    return list(found.values())


def profile(tx: Connection, profile_id: UUID) -> Profile | None:
    """None: this service has not heard of it yet."""
    row = tx.execute(select(profile_copies).where(profile_copies.c.profile_id == profile_id)).one_or_none()
    return _profile(row) if row else None


def _profile(row: Row[Any]) -> Profile:
    fields = (row.game_id, row.server, row.game_account_id, row.state, row.server_id)
    return Profile(row.profile_id, row.player_id, *fields)


def agent(tx: Connection, agent_id: str) -> Agent | None:
    row = tx.execute(select(agent_copies).where(agent_copies.c.agent_id == agent_id)).one_or_none()
    return Agent(row.agent_id, row.role, row.team, row.active) if row else None


def team_of(tx: Connection, agent_id: str) -> str | None:
    """None for an agent of whom this service has not heard yet."""
    found = agent(tx, agent_id)
    return found.team if found else None


def members_of(tx: Connection, team: str) -> list[str]:
    """The agents who are of a team now."""
    return list(tx.execute(select(agent_copies.c.agent_id).where(agent_copies.c.team == team)).scalars())


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


def ticket_version(tx: Connection, ticket_id: UUID) -> int | None:
    return tx.execute(
        select(ticket_copies.c.version).where(ticket_copies.c.ticket_id == ticket_id)
    ).scalar_one_or_none()


def lock_ticket(tx: Connection, ticket_id: UUID) -> tuple[bool, OpenTicket | None]:
    """Whether a copy has come, and the ticket itself unless it is done. Of one ticket, the events that find a copy are
    handled one after the other."""
    query = select(ticket_copies).where(ticket_copies.c.ticket_id == ticket_id).with_for_update()
    row = tx.execute(query).one_or_none()
    if row is None or row.state == "done":
        return row is not None, None
    return True, OpenTicket(row.ticket_id, row.number, row.category, row.asked_at)


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
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        campaign_id=row.campaign_id,
        player_id=row.player_id,
        updated_at=row.updated_at,
        version=row.version if row.own_version is None else row.own_version,
    )
