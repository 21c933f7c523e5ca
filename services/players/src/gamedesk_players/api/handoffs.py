"""Handing all players of an agent to another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_players.api.resources import resources
from gamedesk_players.commands import handoffs
from gamedesk_players.queries import handoffs as queries
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.views.handoffs import handoff_view


def create_handoff(body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: handoffs.request_handoff(tx, caller, **body),
    )
    return _handoff(outcome.resource_id, outcome.status)


def list_handoffs(limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_handoffs, cursor, limit)
    return answer({"items": [handoff_view(handoff) for handoff in found], "next_cursor": next_cursor})


def get_handoff(handoff_id: str) -> Answer:
    return _handoff(handoff_id)


def _handoff(handoff_id: str, status: int = 200) -> Answer:
    return answer(handoff_view(resources().database.read(queries.get_handoff, UUID(handoff_id))), status)
