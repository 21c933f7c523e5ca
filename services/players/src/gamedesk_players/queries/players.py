"""Players: one with everything, and pages of them (R6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_players.errors import PlayerNotFound
from gamedesk_players.model.agents import Agent
from gamedesk_players.model.players import Player
from gamedesk_players.model.profiles import Profile
from gamedesk_players.model.search import Match, Wanted
from gamedesk_players.queries.agents import get_agent
from gamedesk_players.repository import lists, players, profiles


@dataclass(frozen=True)
class PlayerDetails:
    """`redirected_from`: the player asked for, who was merged into this one."""

    player: Player
    owner: Agent
    profiles: list[Profile]
    redirected_from: UUID | None = None


@dataclass(frozen=True)
class PlayerPage:
    """`profiles` by player id; of a search, `matches` too, and `refine`: there may be more than are shown."""

    players: list[Player]
    profiles: dict[UUID, list[Profile]]
    next_cursor: str | None = None
    refine: bool = False
    matches: dict[UUID, Match] = field(default_factory=dict)


def get_player(tx: Connection, player_id: UUID) -> PlayerDetails:
    """Everything about a player; of one who was merged, about the one who took his place."""
    player = asked = players.get(tx, player_id)
    if asked and asked.merged_into:
        player = players.get(tx, asked.merged_into)
    if player is None:
        raise PlayerNotFound()
    owner = get_agent(tx, player.owner_agent_id)
    redirected_from = None if player is asked else player_id
    return PlayerDetails(player, owner, profiles_of(tx, [player])[player.player_id], redirected_from)


def list_players(tx: Connection, wanted: Wanted, cursor: str | None, limit: int) -> PlayerPage:
    last = decode_cursor(cursor, [UUID])
    found = lists.list_page(tx, wanted, last[0] if last else None, limit + 1)
    shown, next_cursor = page(found, limit, lambda player: [player.player_id])
    return PlayerPage(shown, profiles_of(tx, shown), next_cursor)


def cards(tx: Connection, ids: Sequence[UUID]) -> PlayerPage:
    """The card of one who was merged shows, under his id, the player who took his place."""
    found = {player.player_id: player for player in players.by_ids(tx, ids)}
    roots = {player.merged_into for player in found.values() if player.merged_into}
    survivors = {player.player_id: player for player in players.by_ids(tx, list(roots))} if roots else {}
    shown = {asked: survivors.get(p.merged_into or asked, p) for asked, p in found.items()}
    known = profiles_of(tx, list(shown.values()))
    return PlayerPage(
        [replace(player, player_id=asked) for asked, player in shown.items()],
        {asked: known[player.player_id] for asked, player in shown.items()},
    )


def profiles_of(tx: Connection, found: Sequence[Player]) -> dict[UUID, list[Profile]]:
    """Each player's profiles, with those of the players merged into him."""
    families = {player.player_id: (player.player_id, *player.merged_from) for player in found}
    known = profiles.of_players(tx, [member for family in families.values() for member in family]) if found else {}
    return {
        root: _each_once([profile for member in family for profile in known.get(member, ())])
        for root, family in families.items()
    }


def _each_once(known: Sequence[Profile]) -> list[Profile]:
    """A game account that several know is shown once, and a place without an account only where the game has none."""
    accounts = {(p.game_id, p.account.game_account_id): p for p in reversed(known) if p.account}
    with_account = {game_id for game_id, _ in accounts}
    empty = {p.game_id: p for p in reversed(known) if not p.account and p.game_id not in with_account}
    shown = {p.profile_id for p in (*accounts.values(), *empty.values())}
    return sorted((p for p in known if p.profile_id in shown), key=lambda p: p.game_id)
