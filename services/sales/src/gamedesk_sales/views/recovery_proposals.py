"""Proposals to win players back."""

from __future__ import annotations

from datetime import date
from typing import Any

from gamedesk_sales.model.recovery_proposals import RecoveryProposal


def proposal_view(proposal: RecoveryProposal, today: date) -> dict[str, Any]:
    return {
        "proposal_id": proposal.proposal_id,
        "player_id": proposal.player_id,
        "owner_agent_id": proposal.owner_agent_id,
        "ticket_id": proposal.ticket_id,
        "ticket_number": proposal.ticket_number,
        "category": proposal.category,
        "state": proposal.state,
        "due_on": proposal.due_on,
        "overdue": proposal.is_overdue(today),
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
        "dismiss_reason": proposal.dismiss_reason,
        "closed_by": proposal.closed_by,
        "proposed_at": proposal.proposed_at,
        "version": proposal.version,
    }
