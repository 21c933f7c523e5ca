"""Players: finding, creating, changing them (R1–R6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, date_of, expected_version

from gamedesk_players.api.profiles import hasten_when_stale
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import players
from gamedesk_players.model.players import MinorBand, NewPlayer, Tier
from gamedesk_players.model.profiles import ProfileState
from gamedesk_players.model.search import Sort, Wanted
from gamedesk_players.queries import players as queries
from gamedesk_players.queries.search import find_players
from gamedesk_players.tables import idempotency_keys


def list_players(
    q: str | None = None,
    owner: str | None = None,
    tier: Tier | None = None,
    tag: str | None = None,
    minor_band: MinorBand | None = None,
    game: str | None = None,
    server: str | None = None,
    profile_state: ProfileState | None = None,
    created_from: str | None = None,
    created_to: str | None = None,
    sort: Sort = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    r = resources()
    if server is not None and game is None:
        raise InvalidInput("Name the game of the server too.", pointer="/query/server")
    wanted = Wanted(
        owner=owner,
        tier=tier,
        tag=tag,
        minor_band=minor_band,
        game=game,
        server=server,
        profile_state=profile_state,
        created_from=date_of(created_from, "/query/created_from") if created_from else None,
        created_to=date_of(created_to, "/query/created_to") if created_to else None,
        sort=sort,
        stale_after=r.views.stale_after,
    )
    if q is None:
        return answer(r.views.page(r.database.read(queries.list_players, wanted, cursor, limit)))
    if wanted.narrowed_beyond_owner or cursor is not None:
        raise InvalidInput("A search goes with owner and limit only.", pointer="/query/q")
    caller = current_principal().id
    return answer(r.views.page(r.database.read(find_players, q, owner, limit, caller=caller)))


def list_player_cards(ids: list[str]) -> Answer:
    r = resources()
    return answer(r.views.page(r.database.read(queries.cards, [UUID(i) for i in ids])))


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
    shown = player_answer(UUID(player_id))
    hasten_when_stale(shown[0])
    return shown


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
    found = r.database.read(queries.get_player, player_id)
    masked = not revealed and found.player.owner_agent_id != current_principal().id
    return answer(r.views.details(found, now(), masked=masked), status, version=found.player.version)
