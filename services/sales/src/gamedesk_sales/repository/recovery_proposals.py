"""Proposals to win players back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, Row, Select, case, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_sales.model.follow_ups import Reminder
from gamedesk_sales.model.recovery_proposals import (
    UNANSWERED,
    ClosedTicket,
    ProposalState,
    RecoveryProposal,
    WantedProposals,
)
from gamedesk_sales.repository.touches import taken_back
from gamedesk_sales.tables import agent_copies, recovery_proposals, ticket_copies

_T = recovery_proposals.c
_SHOWN_OF_A_PLAYER = 20


def _proposal(row: Row[Any]) -> RecoveryProposal:
    return RecoveryProposal(**{field.name: getattr(row, field.name) for field in fields(RecoveryProposal)})


def get(tx: Connection, proposal_id: UUID) -> RecoveryProposal | None:
    row = tx.execute(select(recovery_proposals).where(_T.proposal_id == proposal_id)).one_or_none()
    return _proposal(row) if row else None


def lock(tx: Connection, proposal_id: UUID) -> RecoveryProposal | None:
    query = select(_T.proposal_id).where(_T.proposal_id == proposal_id).with_for_update()
    return get(tx, proposal_id) if tx.execute(query).one_or_none() else None


def unanswered_of(tx: Connection, player_ids: Sequence[UUID]) -> list[RecoveryProposal]:
    """A person's, the newest first."""
    query = select(recovery_proposals).where(_T.player_id.in_(player_ids), _T.state.in_(UNANSWERED))
    query = query.order_by(_T.proposal_id.desc()).limit(_SHOWN_OF_A_PLAYER)
    return [_proposal(row) for row in tx.execute(query)]


def list_page(tx: Connection, wanted: WantedProposals, before: UUID | None, limit: int) -> list[RecoveryProposal]:
    """The newest first."""
    return [_proposal(row) for row in tx.execute(list_query(wanted, before, limit))]


def list_query(wanted: WantedProposals, before: UUID | None, limit: int) -> Select[Any]:
    """By index; of a team, those of each member merged."""
    query = select(recovery_proposals).where(_T.state == wanted.state)
    if wanted.due_to is not None:
        query = query.where(_T.due_on <= wanted.due_to)
    if before is not None:
        query = query.where(_T.proposal_id < before)
    if wanted.agent_id is not None:
        query = query.where(_T.owner_agent_id == wanted.agent_id)
    query = query.order_by(_T.proposal_id.desc()).limit(limit)
    if wanted.team is not None:
        members = select(agent_copies.c.agent_id).where(agent_copies.c.team == wanted.team).subquery()
        of_each = query.where(_T.owner_agent_id == members.c.agent_id).lateral()
        query = select(of_each).select_from(members.join(of_each, true()))
        query = query.order_by(of_each.c.proposal_id.desc()).limit(limit)
    return query


def propose(tx: Connection, ticket: ClosedTicket, owner_agent_id: str | None, at: datetime) -> UUID | None:
    """Its id, or None: once for each closing of a ticket. The player's copy, and so his owner, may come later."""
    statement = insert(recovery_proposals).values(
        proposal_id=new_id(),
        player_id=ticket.player_id,
        owner_agent_id=owner_agent_id,
        ticket_id=ticket.ticket_id,
        ticket_number=ticket.number,
        category=ticket.category,
        cycle=ticket.cycle,
        state="open",
        proposed_at=at,
        version=1,
    )
    statement = statement.on_conflict_do_nothing(index_elements=[_T.ticket_id, _T.cycle])
    return tx.execute(statement.returning(_T.proposal_id)).scalar_one_or_none()


def withdraw(tx: Connection, ticket_id: UUID) -> list[RecoveryProposal]:
    """Those that were unanswered until now."""
    query = update(recovery_proposals).where(_T.ticket_id == ticket_id, _T.state.in_(UNANSWERED))
    query = query.values(state="withdrawn", version=_T.version + 1).returning(recovery_proposals)
    return [_proposal(row) for row in tx.execute(query)]


def close_unanswered(tx: Connection, player_ids: Sequence[UUID], closed_by: UUID, until: datetime) -> None:
    """What was proposed until then."""
    query = update(recovery_proposals).where(_T.player_id.in_(player_ids), _T.state.in_(UNANSWERED))
    query = query.where(_T.proposed_at <= until)
    tx.execute(query.values(state="done", closed_by=closed_by, version=_T.version + 1))


def reopen(tx: Connection, player_ids: Sequence[UUID], answered_until: datetime | None, owner_agent_id: str) -> None:
    """What contacts answered that were taken back, if it was proposed after `answered_until`, and its ticket is still
    closed."""
    query = update(recovery_proposals).where(_T.closed_by.in_(taken_back(player_ids)), _T.state == "done")
    query = query.where(ticket_copies.c.ticket_id == _T.ticket_id, ticket_copies.c.state == "done")
    if answered_until is not None:
        query = query.where(_T.proposed_at > answered_until)
    before = case((_T.due_on.is_(None), "open"), else_="taken")
    tx.execute(query.values(state=before, closed_by=None, owner_agent_id=owner_agent_id, version=_T.version + 1))


def hand_over(tx: Connection, player_ids: Sequence[UUID], owner_agent_id: str) -> None:
    """What is unanswered goes with the player; the rest stays with who owned him then."""
    query = update(recovery_proposals).where(_T.player_id.in_(player_ids), _T.state.in_(UNANSWERED))
    tx.execute(query.where(_T.owner_agent_id.is_distinct_from(owner_agent_id)).values(owner_agent_id=owner_agent_id))


def lapse(tx: Connection, proposed_before: datetime, limit: int) -> list[RecoveryProposal]:
    """End the open ones that nobody took up in time, but for those that somebody decides about now."""
    old = to_lapse(proposed_before, limit).with_for_update(skip_locked=True)
    query = update(recovery_proposals).where(_T.proposal_id.in_(old))
    query = query.values(state="lapsed", version=_T.version + 1).returning(recovery_proposals)
    return [_proposal(row) for row in tx.execute(query)]


def to_lapse(proposed_before: datetime, limit: int) -> Select[Any]:
    old = select(_T.proposal_id).where(_T.state == "open", _T.proposed_at < proposed_before)
    return old.order_by(_T.proposed_at).limit(limit)


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
    claimed = claimed.returning(
        _T.player_id, func.coalesce(_T.owner_agent_id, _T.decided_by).label("agent_id"), _T.due_on, _T.proposal_id
    )
    return [Reminder(**row._mapping) for row in tx.execute(claimed)]
