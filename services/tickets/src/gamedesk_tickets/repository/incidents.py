"""Answers to incidents, and the tickets that they go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, exists, func, insert, literal, select, union_all, update

from gamedesk_tickets.model.incidents import IncidentAnswer, Outcome, Progress
from gamedesk_tickets.tables import incident_answer_tickets, incident_answers, tickets


def parents_among(tx: Connection, ticket_ids: Sequence[UUID]) -> set[UUID]:
    """Those that tickets hang on."""
    return set(tx.execute(parents_query(ticket_ids)).scalars())


def parents_query(ticket_ids: Sequence[UUID]) -> Select[Any]:
    """One child of each is enough to know, however many there are."""
    child = tickets.alias("child")
    has_children = exists().where(child.c.parent_ticket_id == tickets.c.ticket_id)
    return select(tickets.c.ticket_id).where(tickets.c.ticket_id.in_(ticket_ids), has_children)


def insert_answer(tx: Connection, answer: IncidentAnswer) -> None:
    """With a row for the incident and for each of its tickets that is not done."""
    tx.execute(insert(incident_answers).values(asdict(answer)))
    parent = select(literal(answer.answer_id), literal(answer.ticket_id))
    children = select(literal(answer.answer_id), tickets.c.ticket_id).where(
        tickets.c.parent_ticket_id == answer.ticket_id, tickets.c.state != "done"
    )
    names = ["answer_id", "ticket_id"]
    tx.execute(insert(incident_answer_tickets).from_select(names, union_all(parent, children)))


def get(tx: Connection, answer_id: UUID) -> IncidentAnswer | None:
    row = tx.execute(select(incident_answers).where(incident_answers.c.answer_id == answer_id)).one_or_none()
    return IncidentAnswer(**row._mapping) if row else None


def progress(tx: Connection, answer_id: UUID) -> Progress:
    total, done, last = tx.execute(progress_query(answer_id)).one()
    return Progress(total, done, last if done == total else None)


def progress_query(answer_id: UUID) -> Select[int, int, Any]:
    rows = incident_answer_tickets
    query = select(func.count(), func.count(rows.c.answered_at), func.max(rows.c.answered_at))
    return query.where(rows.c.answer_id == answer_id)


def claim_waiting(tx: Connection, limit: int) -> list[tuple[UUID, UUID]]:
    """Up to `limit` pairs of answer and ticket that are still to be worked off, and are no other worker's."""
    return [(row.answer_id, row.ticket_id) for row in tx.execute(waiting_query(limit))]


def waiting_query(limit: int) -> Select[Any, Any]:
    rows = incident_answer_tickets
    query = select(rows.c.answer_id, rows.c.ticket_id).where(rows.c.outcome.is_(None))
    return query.order_by(rows.c.answer_id, rows.c.ticket_id).limit(limit).with_for_update(skip_locked=True)


def settle(tx: Connection, answer_id: UUID, ticket_id: UUID, outcome: Outcome, moment: datetime) -> None:
    rows = incident_answer_tickets
    statement = update(rows).where(rows.c.answer_id == answer_id, rows.c.ticket_id == ticket_id)
    tx.execute(statement.values(outcome=outcome, answered_at=moment))
