"""Players to be won back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import ProposalNotFound
from gamedesk_sales.model.recovery_proposals import ProposalState, RecoveryProposal
from gamedesk_sales.repository import recovery_proposals


def get_proposal(tx: Connection, proposal_id: UUID) -> RecoveryProposal:
    found = recovery_proposals.get(tx, proposal_id)
    if found is None:
        raise ProposalNotFound()
    return found


def list_proposals(
    tx: Connection,
    state: ProposalState,
    agent_id: str | None,
    team: str | None,
    due_to: date | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[RecoveryProposal], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = recovery_proposals.list_page(tx, state, agent_id, team, before[0] if before else None, limit + 1, due_to)
    return page(found, limit, lambda proposal: [proposal.proposal_id])
