"""Players: finding, creating, changing them (R1–R6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version

from gamedesk_players.api.resources import resources
from gamedesk_players.commands import players
from gamedesk_players.model.players import NewPlayer
from gamedesk_players.queries import players as queries
from gamedesk_players.tables import idempotency_keys


def list_players(q: str | None = None, owner: str | None = None, limit: int = 50, cursor: str | None = None) -> Answer:
    r = resources()
    if q is not None:
        found = r.database.transact(queries.find_players, q, owner, limit)
    else:
        found = r.database.transact(queries.list_players, owner, cursor, limit)
    return answer(r.views.page(found))


def list_player_cards(ids: list[str]) -> Answer:
    r = resources()
    return answer(r.views.page(r.database.transact(queries.cards, [UUID(i) for i in ids])))


def create_player(body: dict[str, Any]) -> Answer:
    r = resources()
    owner = body.get("owner_agent_id") or current_principal().id
    new = NewPlayer(**{**body, "owner_agent_id": owner})
    outcome = create_once(
        r.database,
        idempotency_keys,
        body,
        lambda tx, caller: players.create_player(tx, caller, new, list(r.games)),
    )
    return player_answer(UUID(outcome.resource_id), outcome.status)


def get_player(player_id: str) -> Answer:
    return player_answer(UUID(player_id))


def edit_player(player_id: str, body: dict[str, Any]) -> Answer:
    r, caller = resources(), current_principal()
    try:
        r.database.transact(players.edit_player, caller, UUID(player_id), expected_version(), body, list(r.games))
    except StaleVersion as stale:
        stale.extra["current"] = player_answer(UUID(player_id))[0]
        raise
    return player_answer(UUID(player_id))


def reveal_contacts(player_id: str, body: dict[str, Any]) -> Answer:
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: players.reveal_contacts(tx, caller, UUID(player_id), body["reason"]),
    )
    # A replay shows nothing: it is not recorded, and who owns the player may have changed since.
    return player_answer(UUID(player_id), outcome.status, revealed=not outcome.replayed)


def player_answer(player_id: UUID, status: int = 200, *, revealed: bool = False) -> Answer:
    """The player as the caller may see him: contacts whole for his owner, or once revealed."""
    r = resources()
    found = r.database.transact(queries.get_player, player_id)
    masked = not revealed and found.player.owner_agent_id != current_principal().id
    return answer(r.views.details(found, now(), masked=masked), status, version=found.player.version)
