"""Cycles of tickets. They are read and written with the row of their ticket locked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from gamedesk_tickets.model.clocks import Cycle
from gamedesk_tickets.tables import cycles


def get(tx: Connection, ticket_id: UUID, cycle: int) -> Cycle:
    """A cycle that the ticket has."""
    return _cycle(tx.execute(select(cycles).where(*_key(ticket_id, cycle))).one())


def running_at(tx: Connection, ticket_id: UUID, moment: datetime) -> Cycle:
    """The cycle to which something belongs that happened at `moment`: the latest that had been opened by then."""
    begun = (cycles.c.opened_at <= moment) | (cycles.c.cycle == 1)
    query = select(cycles).where(cycles.c.ticket_id == ticket_id, begun)
    return _cycle(tx.execute(query.order_by(cycles.c.cycle.desc()).limit(1)).one())


def insert_cycle(tx: Connection, cycle: Cycle) -> None:
    tx.execute(insert(cycles).values(asdict(cycle)))


def save(tx: Connection, cycle: Cycle) -> None:
    tx.execute(update(cycles).where(*_key(cycle.ticket_id, cycle.cycle)).values(asdict(cycle)))


def mark_reopened(tx: Connection, ticket_id: UUID, cycle: int) -> None:
    """Say of a cycle that another one follows."""
    tx.execute(update(cycles).where(*_key(ticket_id, cycle)).values(reopened=True))


def void(tx: Connection, ticket_id: UUID, cycle: int) -> None:
    """Take a cycle out of every figure."""
    tx.execute(update(cycles).where(*_key(ticket_id, cycle)).values(voided=True))


def _key(ticket_id: UUID, cycle: int) -> tuple[Any, ...]:
    return cycles.c.ticket_id == ticket_id, cycles.c.cycle == cycle


def _cycle(row: Row[Any]) -> Cycle:
    return Cycle(**row._mapping)
