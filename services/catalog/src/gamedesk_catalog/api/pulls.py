"""Reading a game's whole price list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import pulls
from gamedesk_catalog.errors import UnknownGame
from gamedesk_catalog.queries import pulls as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.pulls import pull_view


def request_item_pull(body: dict[str, Any]) -> Answer:
    r = resources()
    if body["game_id"] not in r.push_keys:
        raise UnknownGame("Choose a configured game.", pointer="/game_id")
    outcome = create_once(
        r.database,
        idempotency_keys,
        body,
        lambda tx, caller: pulls.request_pull(tx, caller.id, body["game_id"]),
    )
    return _pull(UUID(outcome.resource_id), outcome.status)


def list_item_pulls(game_id: str | None = None, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_pulls, game_id, cursor, limit)
    return answer({"items": [pull_view(pull) for pull in found], "next_cursor": next_cursor})


def get_item_pull(pull_id: str) -> Answer:
    return _pull(UUID(pull_id))


def _pull(pull_id: UUID, status: int = 200) -> Answer:
    return answer(pull_view(resources().database.read(queries.get_pull, pull_id)), status)
