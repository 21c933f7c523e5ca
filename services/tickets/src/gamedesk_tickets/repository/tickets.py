"""Tickets, one at a time, and all of them in turn; lists are in `ticket_lists`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, ScalarSelect, Select, and_, exists, func, insert, select, update

from gamedesk_tickets.model.tickets import STATES, Children, State, Ticket
from gamedesk_tickets.tables import cycles, player_copies, tickets

MOST_COUNTED = 10_000  # children of an incident: a page shows how many there are

_OPEN: list[State] = [state for state in STATES if state != "done"]

_NOT_EDITABLE = {"ticket_id", "number", "player_id", "reopens_ticket_id", "created_by", "created_at"}
_OF_THE_CYCLE = (
    cycles.c.rules_revision,
    cycles.c.first_response_seconds,
    cycles.c.resolution_seconds,
    cycles.c.paused_seconds,
)
_NOT_A_COLUMN = {"player_tier", "owner_agent_id", "player_erased", *(column.name for column in _OF_THE_CYCLE)}


def whole_tickets() -> Select[Any]:
    """Tickets with the owner of their player and what their present cycle knows of the clock."""
    owner = player_copies.c.player_id == tickets.c.player_id
    present = and_(cycles.c.ticket_id == tickets.c.ticket_id, cycles.c.cycle == tickets.c.cycle)
    of_player = player_copies.c.owner_agent_id, player_copies.c.erased.label("player_erased")
    query = select(tickets, *of_player, *_OF_THE_CYCLE)
    return query.outerjoin(player_copies, owner).join(cycles, present)


def ticket_of(row: Row[Any]) -> Ticket:
    return Ticket(**row._mapping)


def get(tx: Connection, ticket_id: UUID) -> Ticket | None:
    row = tx.execute(whole_tickets().where(tickets.c.ticket_id == ticket_id)).one_or_none()
    return ticket_of(row) if row else None


def lock(tx: Connection, ticket_id: UUID) -> Ticket | None:
    """The ticket as its latest committed change left it; others who want to change it wait."""
    tx.execute(select(tickets.c.ticket_id).where(tickets.c.ticket_id == ticket_id).with_for_update())
    return get(tx, ticket_id)  # apart, so that the tables joined are read as of after the waiting


def lock_many(tx: Connection, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Those that there are, locked in the order of their ids, so that nobody waits for each other."""
    wanted = tickets.c.ticket_id.in_(ticket_ids)
    tx.execute(select(tickets.c.ticket_id).where(wanted).order_by(tickets.c.ticket_id).with_for_update())
    return [ticket_of(row) for row in tx.execute(whole_tickets().where(wanted))]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Ticket]:
    query = whole_tickets().order_by(tickets.c.ticket_id).limit(limit)
    query = query if after is None else query.where(tickets.c.ticket_id > after)
    return [ticket_of(row) for row in tx.execute(query)]


def open_ticket(tx: Connection, player_ids: Collection[UUID], category: str) -> UUID | None:
    """The newest ticket of these players and this category that is not done."""
    query = select(tickets.c.ticket_id).where(
        tickets.c.player_id.in_(player_ids), tickets.c.category == category, tickets.c.state != "done"
    )
    return tx.execute(query.order_by(tickets.c.ticket_id.desc()).limit(1)).scalar_one_or_none()


def next_number(tx: Connection) -> int:
    """The next ticket number; one that is not used in the end leaves a gap."""
    return tx.execute(select(func.nextval("tickets_number_seq"))).scalar_one()


def insert_ticket(tx: Connection, ticket: Ticket) -> None:
    """With the tier that the copy of the player has, which is locked (`copies.lock_player`); if it has not come, it
    brings the tier with it."""
    tier = select(player_copies.c.tier).where(player_copies.c.player_id == ticket.player_id).scalar_subquery()
    values = {k: v for k, v in asdict(ticket).items() if k not in _NOT_A_COLUMN}
    tx.execute(insert(tickets).values({**values, "player_tier": func.coalesce(tier, "none")}))


def follow_tier(tx: Connection, player_id: UUID) -> None:
    """Give the player's tickets the tier that his copy has; locked in the order of their ids, as everywhere."""
    tier = select(player_copies.c.tier).where(player_copies.c.player_id == player_id).scalar_subquery()
    others = tickets.c.player_id == player_id, tickets.c.player_tier != tier
    locked = select(tickets.c.ticket_id).where(*others).order_by(tickets.c.ticket_id).with_for_update()
    if ticket_ids := list(tx.execute(locked).scalars()):
        tx.execute(update(tickets).where(tickets.c.ticket_id.in_(ticket_ids)).values(player_tier=tier))


def lock_unerased(tx: Connection, player_id: UUID) -> list[Ticket]:
    """A player's tickets that still hold what was written about him (an erased one has no detail), locked."""
    of_him = and_(tickets.c.player_id == player_id, tickets.c.detail != "")
    tx.execute(select(tickets.c.ticket_id).where(of_him).order_by(tickets.c.ticket_id).with_for_update())
    return [ticket_of(row) for row in tx.execute(whole_tickets().where(of_him).order_by(tickets.c.ticket_id))]


def children(tx: Connection, ticket_id: UUID) -> Children:
    """Of an incident; of more than MOST_COUNTED open or done ones, as many."""
    return Children(*tx.execute(children_query(ticket_id)).one())


def children_query(ticket_id: UUID) -> Select[int, int]:
    """Each state counted apart, so that many of one hide none of the other."""
    return select(_counted(ticket_id, _OPEN), _counted(ticket_id, ["done"]))


def _counted(ticket_id: UUID, states: Sequence[State]) -> ScalarSelect[int]:
    of_it = select(tickets.c.ticket_id).where(tickets.c.parent_ticket_id == ticket_id, tickets.c.state.in_(states))
    return select(func.count()).select_from(of_it.limit(MOST_COUNTED).subquery()).scalar_subquery()


def has_open_child(tx: Connection, ticket_id: UUID) -> bool:
    of_it = tickets.c.parent_ticket_id == ticket_id, tickets.c.state.in_(_OPEN)
    return tx.execute(select(exists().where(*of_it))).scalar_one()


def save(tx: Connection, ticket: Ticket) -> None:
    values = {k: v for k, v in asdict(ticket).items() if k not in _NOT_EDITABLE | _NOT_A_COLUMN}
    tx.execute(update(tickets).where(tickets.c.ticket_id == ticket.ticket_id).values(values))
