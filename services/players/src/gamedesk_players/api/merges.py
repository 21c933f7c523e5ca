"""Merging players and undoing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_players.api.players import player_answer
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import merges
from gamedesk_players.commands.merges import MergeRequest
from gamedesk_players.queries import merges as queries
from gamedesk_players.tables import idempotency_keys
from gamedesk_players.views.merges import merge_view


def merge_players(player_id: str, body: dict[str, Any]) -> Answer:
    survivor_id, version = UUID(player_id), expected_version()
    request = MergeRequest(UUID(body["loser_id"]), body["loser_version"], body.get("keep", {}))
    try:
        outcome = create_once(
            resources().database,
            idempotency_keys,
            {**body, "version": version},
            lambda tx, caller: merges.merge_players(tx, caller, survivor_id, version, request),
        )
    except StaleVersion as stale:
        changed = request.loser_id if stale.pointer else survivor_id
        stale.extra["current"] = player_answer(changed)[0]
        raise
    return _merge(outcome.resource_id, outcome.status)


def undo_merge(merge_id: str, body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: merges.undo_merge(tx, caller, UUID(merge_id), body["reason"]),
    )
    return _merge(outcome.resource_id, outcome.status)


def list_merges(player_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_merges, UUID(player_id), cursor, limit)
    return answer({"items": [merge_view(merge) for merge in found], "next_cursor": next_cursor})


def _merge(merge_id: str, status: int = 200) -> Answer:
    return answer(merge_view(resources().database.read(queries.get_merge, UUID(merge_id))), status)
