"""Erasing a player on request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, create_once

from gamedesk_players.api.players import player_answer
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import erasures
from gamedesk_players.tables import idempotency_keys


def erase_player(player_id: str, body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: erasures.erase_player(tx, caller, UUID(player_id), body["reason"]),
    )
    return player_answer(UUID(player_id), outcome.status)
