"""Answers to incidents, and the tickets that they go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import jobs
from sqlalchemy import Connection, Row, Select, exists, func, insert, literal, select, union_all, update

from gamedesk_tickets.model.incidents import IncidentAnswer, Outcome, Progress
from gamedesk_tickets.tables import incident_answer_tickets, incident_answers, tickets

# How long after a failure it is tried again, too.
_LEASE_SECONDS = 60
MOST_NAMED = 100  # tickets that an answer could not get to


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
    total, done, failed, last = tx.execute(progress_query(answer_id)).one()
    failed_ids = tuple(tx.execute(failed_query(answer_id)).scalars()) if failed else ()
    return Progress(total, done, failed, last if done == total else None, failed_ids)


def progress_query(answer_id: UUID) -> Select[int, int, int, Any]:
    rows = incident_answer_tickets
    failed = func.count().filter(rows.c.outcome == "failed")
    query = select(func.count(), func.count(rows.c.answered_at), failed, func.max(rows.c.answered_at))
    return query.where(rows.c.answer_id == answer_id)


def failed_query(answer_id: UUID) -> Select[UUID]:
    rows = incident_answer_tickets
    query = select(rows.c.ticket_id).where(rows.c.answer_id == answer_id, rows.c.outcome == "failed")
    return query.order_by(rows.c.ticket_id).limit(MOST_NAMED)


def claim_waiting(tx: Connection, limit: int) -> list[Row[Any]]:
    """Up to `limit` rows (answer_id, ticket_id, attempts) that this worker is to work off now."""
    rows = incident_answer_tickets
    return jobs.claim(
        tx, rows, rows.c.outcome.is_(None), limit=limit, lease_seconds=_LEASE_SECONDS, order_by=rows.c.answer_id
    )


def settle(tx: Connection, claimed: Row[Any], outcome: Outcome, moment: datetime) -> bool:
    """Note what became of a claimed row; False, and nothing written, if it is not this worker's any more."""
    return jobs.settle(tx, incident_answer_tickets, claimed, {"outcome": outcome, "answered_at": moment})


def uncount(tx: Connection, claimed: Row[Any]) -> None:
    """Say of a claimed row that this was no attempt; its lease, and so the wait, stays."""
    rows = incident_answer_tickets
    ours = rows.c.answer_id == claimed.answer_id, rows.c.ticket_id == claimed.ticket_id
    still = rows.c.leased_until == claimed.leased_until
    tx.execute(update(rows).where(*ours, still).values(attempts=rows.c.attempts - 1))


def blank(tx: Connection, player_id: UUID, moment: datetime) -> None:
    """Take out what was answered to an erased player's incidents; whom it has not got to, it does not get to."""
    answer_ids = list(tx.execute(answers_query(player_id)).scalars())
    if not answer_ids:
        return
    answers, rows = incident_answers, incident_answer_tickets
    tx.execute(update(answers).where(answers.c.answer_id.in_(answer_ids)).values(text="", solution=None))
    waiting = rows.c.answer_id.in_(answer_ids), rows.c.outcome.is_(None)
    tx.execute(update(rows).where(*waiting).values(outcome="skipped", answered_at=moment, leased_until=None))


def answers_query(player_id: UUID) -> Select[UUID]:
    """The answers to a player's incidents that still hold a text."""
    query = select(incident_answers.c.answer_id).join(tickets, tickets.c.ticket_id == incident_answers.c.ticket_id)
    return query.where(tickets.c.player_id == player_id, incident_answers.c.text != "")
