"""Proposals to win players back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.follow_ups import Reminder
from gamedesk_sales.model.recovery_proposals import UNANSWERED, ClosedTicket, ProposalState, RecoveryProposal
from gamedesk_sales.tables import agent_copies, player_copies, recovery_proposals

_T = recovery_proposals.c
_SHOWN_OF_A_PLAYER = 20


def _proposals() -> Select[Any]:
    """The player's copy may come after the ticket's."""
    owner = player_copies.c.owner_agent_id
    query = select(recovery_proposals, owner)
    return query.outerjoin(player_copies, player_copies.c.player_id == _T.player_id)


def _proposal(row: Row[Any]) -> RecoveryProposal:
    return RecoveryProposal(**{field.name: getattr(row, field.name) for field in fields(RecoveryProposal)})


def get(tx: Connection, proposal_id: UUID) -> RecoveryProposal | None:
    row = tx.execute(_proposals().where(_T.proposal_id == proposal_id)).one_or_none()
    return _proposal(row) if row else None


def lock(tx: Connection, proposal_id: UUID) -> RecoveryProposal | None:
    query = select(_T.proposal_id).where(_T.proposal_id == proposal_id).with_for_update()
    return get(tx, proposal_id) if tx.execute(query).one_or_none() else None


def unanswered_of(tx: Connection, player_ids: Sequence[UUID]) -> list[RecoveryProposal]:
    """A person's, the newest first."""
    query = _proposals().where(_T.player_id.in_(player_ids), _T.state.in_(UNANSWERED))
    query = query.order_by(_T.proposal_id.desc()).limit(_SHOWN_OF_A_PLAYER)
    return [_proposal(row) for row in tx.execute(query)]


def list_page(
    tx: Connection,
    state: ProposalState,
    agent_id: str | None,
    team: str | None,
    before: UUID | None,
    limit: int,
    due_to: date | None = None,
) -> list[RecoveryProposal]:
    """The newest first; `agent_id` and `team` own the player now, `due_to` is the last day that counts."""
    query = list_query(state, agent_id, team, before, limit)
    return [_proposal(row) for row in tx.execute(query if due_to is None else query.where(_T.due_on <= due_to))]


def list_query(
    state: ProposalState, agent_id: str | None, team: str | None, before: UUID | None, limit: int
) -> Select[Any]:
    query = _proposals().where(_T.state == state).order_by(_T.proposal_id.desc()).limit(limit)
    if agent_id is not None:
        query = query.where(player_copies.c.owner_agent_id == agent_id)
    if team is not None:
        of_team = select(agent_copies.c.agent_id).where(agent_copies.c.team == team)
        query = query.where(player_copies.c.owner_agent_id.in_(of_team))
    if before is not None:
        query = query.where(_T.proposal_id < before)
    return query


def propose(tx: Connection, ticket: ClosedTicket, at: datetime) -> None:
    """Once for each closing of a ticket."""
    statement = insert(recovery_proposals).values(
        proposal_id=new_id(),
        player_id=ticket.player_id,
        ticket_id=ticket.ticket_id,
        ticket_number=ticket.number,
        category=ticket.category,
        cycle=ticket.cycle,
        state="open",
        proposed_at=at,
        version=1,
    )
    tx.execute(statement.on_conflict_do_nothing(index_elements=[_T.ticket_id, _T.cycle]))


def withdraw(tx: Connection, ticket_id: UUID) -> None:
    """The ticket is open again."""
    query = update(recovery_proposals).where(_T.ticket_id == ticket_id, _T.state.in_(UNANSWERED))
    tx.execute(query.values(state="withdrawn", version=_T.version + 1))


def close_unanswered(tx: Connection, player_ids: Sequence[UUID], closed_by: UUID) -> None:
    query = update(recovery_proposals).where(_T.player_id.in_(player_ids), _T.state.in_(UNANSWERED))
    tx.execute(query.values(state="done", closed_by=closed_by, version=_T.version + 1))


def decide(tx: Connection, proposal_id: UUID, state: ProposalState, *, by: str, at: datetime, **fields: Any) -> None:
    """`fields`: due_on and reminded_on, or dismiss_reason."""
    query = update(recovery_proposals).where(_T.proposal_id == proposal_id)
    tx.execute(query.values(state=state, decided_by=by, decided_at=at, version=_T.version + 1, **fields))


def claim_due(tx: Connection, today: date, limit: int) -> list[Reminder]:
    """Taken ones whose day has come and of which nobody was reminded for that day; from now on somebody was."""
    due = select(_T.proposal_id).where(
        _T.state == "taken", _T.reminded_on.is_distinct_from(_T.due_on), _T.due_on <= today
    )
    due = due.order_by(_T.due_on).limit(limit).with_for_update(skip_locked=True)
    claimed = update(recovery_proposals).where(_T.proposal_id.in_(due)).values(reminded_on=_T.due_on)
    claimed = claimed.returning(_T.player_id, _T.decided_by.label("agent_id"), _T.due_on, _T.proposal_id)
    return [Reminder(**row._mapping) for row in tx.execute(claimed)]
