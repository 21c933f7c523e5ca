"""Tickets, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, func, insert, select, text, union_all, update

from gamedesk_tickets.model.tickets import STATES, Ticket, Wanted
from gamedesk_tickets.tables import player_copies, tickets

_NOT_EDITABLE = {"ticket_id", "number", "player_id", "reopens_ticket_id", "player_tier", "created_by", "created_at"}
_NOT_A_COLUMN = {"owner_agent_id"}


def _tickets() -> Select[Any]:
    """Tickets with the owner of their player."""
    owner = player_copies.c.player_id == tickets.c.player_id
    return select(tickets, player_copies.c.owner_agent_id).outerjoin(player_copies, owner)


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(**row._mapping)


def get(tx: Connection, ticket_id: UUID) -> Ticket | None:
    row = tx.execute(_tickets().where(tickets.c.ticket_id == ticket_id)).one_or_none()
    return _ticket(row) if row else None


def lock(tx: Connection, ticket_id: UUID) -> Ticket | None:
    """The ticket as its latest committed change left it; others who want to change it wait."""
    query = _tickets().where(tickets.c.ticket_id == ticket_id).with_for_update(of=tickets)
    row = tx.execute(query).one_or_none()
    return _ticket(row) if row else None


def list_page(tx: Connection, wanted: Wanted, shown: UUID | None, limit: int) -> list[Ticket]:
    """In the order of recording (ids are made in the order of time), from behind the ticket `shown` last."""
    return [_ticket(row) for row in tx.execute(list_query(wanted, shown, limit))]


def list_query(wanted: Wanted, shown: UUID | None, limit: int) -> Select[Any]:
    """Each branch is a range of one index, read from one end and no further than a page; the database merges them."""
    branches = [_branch(wanted, conditions, shown, limit) for conditions in _conditions(wanted)]
    merged = union_all(*(select(branch) for branch in branches)).subquery()
    return select(merged).order_by(_ordered(wanted, merged.c.ticket_id)).limit(limit)


def _branch(wanted: Wanted, conditions: Sequence[ColumnElement[bool]], shown: UUID | None, limit: int) -> Subquery:
    ticket_id = tickets.c.ticket_id
    query = _tickets().where(*conditions).order_by(_ordered(wanted, ticket_id)).limit(limit)
    if shown is not None:
        query = query.where(ticket_id > shown if wanted.order == "oldest" else ticket_id < shown)
    return query.subquery()


def _ordered(wanted: Wanted, ticket_id: ColumnElement[UUID]) -> ColumnElement[UUID]:
    return ticket_id.asc() if wanted.order == "oldest" else ticket_id.desc()


def _conditions(wanted: Wanted) -> list[list[ColumnElement[bool]]]:
    """The filter as alternatives that have no ticket in common."""
    common: list[ColumnElement[bool]] = []
    if wanted.number is not None:
        common.append(tickets.c.number == wanted.number)
    if wanted.player_ids:
        common.append(tickets.c.player_id.in_(wanted.player_ids))
    if wanted.waiting_on is not None:  # the second condition lets the planner see that the partial index holds them
        common += [tickets.c.waiting_on == wanted.waiting_on, tickets.c.waiting_on != text("'none'")]
    if wanted.assignee is not None:
        common.append(tickets.c.assignee_agent_id == wanted.assignee)
    by_agent: list[list[ColumnElement[bool]]] = [common]
    if wanted.responsible is not None:
        unassigned = tickets.c.assignee_agent_id.is_(None)
        of_his_players = player_copies.c.owner_agent_id == wanted.responsible
        by_agent = [
            [*common, tickets.c.assignee_agent_id == wanted.responsible],
            [*common, unassigned, of_his_players],
        ]
    narrowed = bool(wanted.assignee or wanted.responsible)
    states = wanted.states or (STATES if narrowed and not wanted.player_ids else ())
    if not states:
        return by_agent
    return [[*conditions, tickets.c.state == state] for conditions in by_agent for state in states]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Ticket]:
    query = _tickets().order_by(tickets.c.ticket_id).limit(limit)
    query = query if after is None else query.where(tickets.c.ticket_id > after)
    return [_ticket(row) for row in tx.execute(query)]


def open_ticket(tx: Connection, player_id: UUID, category: str) -> UUID | None:
    """The player's newest ticket of this category that is not done."""
    query = select(tickets.c.ticket_id).where(
        tickets.c.player_id == player_id, tickets.c.category == category, tickets.c.state != "done"
    )
    return tx.execute(query.order_by(tickets.c.ticket_id.desc()).limit(1)).scalar_one_or_none()


def next_number(tx: Connection) -> int:
    """The next ticket number; one that is not used in the end leaves a gap."""
    return tx.execute(select(func.nextval("tickets_number_seq"))).scalar_one()


def insert_ticket(tx: Connection, ticket: Ticket) -> None:
    tx.execute(insert(tickets).values({k: v for k, v in asdict(ticket).items() if k not in _NOT_A_COLUMN}))


def save(tx: Connection, ticket: Ticket) -> None:
    values = {k: v for k, v in asdict(ticket).items() if k not in _NOT_EDITABLE | _NOT_A_COLUMN}
    tx.execute(update(tickets).where(tickets.c.ticket_id == ticket.ticket_id).values(values))
