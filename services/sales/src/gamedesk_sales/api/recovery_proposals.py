"""Players to be won back (B3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_sales.api.fields import day, required_day
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import recovery_proposals as commands
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.recovery_proposals import ProposalState, WantedProposals
from gamedesk_sales.queries import recovery_proposals as queries
from gamedesk_sales.views.recovery_proposals import proposal_view


def list_recovery_proposals(
    state: ProposalState = "open",
    agent: str | None = None,
    team: str | None = None,
    due_to: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    wanted = WantedProposals(state, agent, team, day(due_to, "/query/due_to"))
    found, next_cursor = resources().database.read(queries.list_proposals, wanted, cursor, limit)
    today = business_day(now())
    return answer({"items": [proposal_view(one, today) for one in found], "next_cursor": next_cursor})


def take_recovery_proposal(proposal_id: str, body: dict[str, Any]) -> Answer:
    return _decided(commands.take_proposal, UUID(proposal_id), required_day(body["due_on"], "/due_on"))


def dismiss_recovery_proposal(proposal_id: str, body: dict[str, Any]) -> Answer:
    return _decided(commands.dismiss_proposal, UUID(proposal_id), body.get("reason"))


def _decided(command: Callable[..., None], proposal_id: UUID, argument: Any) -> Answer:
    try:
        resources().database.transact(command, current_principal(), proposal_id, expected_version(), argument)
    except StaleVersion as stale:
        stale.extra["current"] = _proposal(proposal_id)[0]
        raise
    return _proposal(proposal_id)


def _proposal(proposal_id: UUID) -> Answer:
    found = resources().database.read(queries.get_proposal, proposal_id)
    return answer(proposal_view(found, business_day(now())), version=found.version)
