"""Asking the games about every player again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_players.api.resources import resources
from gamedesk_players.commands import resyncs
from gamedesk_players.queries import resyncs as queries
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.views import resyncs as views


def create_resync(body: dict[str, Any]) -> Answer:
    r = resources()
    wanted = body.get("game_ids") or list(r.games)
    outcome = create_once(
        r.database,
        idempotency_keys,
        body,
        lambda tx, caller: resyncs.request_resync(tx, caller, wanted, r.games),
    )
    return answer(views.resync(r.database.read(queries.get_resync, UUID(outcome.resource_id))), 202)


def list_resyncs(limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_resyncs, cursor, limit)
    return answer({"items": [views.resync(resync) for resync in found], "next_cursor": next_cursor})


def get_resync(resync_id: str) -> Answer:
    return answer(views.resync(resources().database.read(queries.get_resync, UUID(resync_id))))
