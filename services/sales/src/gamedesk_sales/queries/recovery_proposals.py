"""Players to be won back."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.errors import InvalidInput
from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import ProposalNotFound
from gamedesk_sales.model.recovery_proposals import RecoveryProposal, WantedProposals
from gamedesk_sales.repository import recovery_proposals


def get_proposal(tx: Connection, proposal_id: UUID) -> RecoveryProposal:
    found = recovery_proposals.get(tx, proposal_id)
    if found is None:
        raise ProposalNotFound()
    return found


def list_proposals(
    tx: Connection, wanted: WantedProposals, cursor: str | None, limit: int
) -> tuple[list[RecoveryProposal], str | None]:
    """Raises InvalidInput."""
    if wanted.due_to is not None and wanted.state != "taken":
        raise InvalidInput("Only taken ones have a day that waits: ask for state=taken.", pointer="/query/due_to")
    before = decode_cursor(cursor, [UUID])
    found = recovery_proposals.list_page(tx, wanted, before[0] if before else None, limit + 1)
    return page(found, limit, lambda proposal: [proposal.proposal_id])
