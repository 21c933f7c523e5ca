"""When the games are asked about players: planning, and claiming what is due (R5)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import product
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.remotes import SyncLimits
from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.errors import PlayerErased, PlayerNotFound
from gamedesk_players.model.profiles import Priority, Profile
from gamedesk_players.repository import gates, players, profiles, syncs
from gamedesk_players.repository.syncs import Pair, Sync

LEASE = timedelta(seconds=30)
PAGE = 500
# A game that was just configured does not get all players at one moment.
_NEW_GAME_SPREAD = timedelta(hours=1)
# Who was asked about since is not put first again, however often somebody presses the button.
_FIRST_AGAIN_AFTER = timedelta(minutes=1)


def plan_games(
    tx: Connection,
    player_ids: Sequence[UUID],
    game_ids: Sequence[str],
    priority: Priority,
    *,
    resync_id: UUID | None = None,
) -> int:
    """Have these games asked about players as soon as a worker is free; answers how many questions that is. Nobody is
    asked about who was erased since the ids were read."""
    return _plan(tx, dict.fromkeys(product(player_ids, game_ids), priority), resync_id=resync_id)


def request_sync(tx: Connection, player_id: UUID, game_ids: Sequence[str]) -> None:
    """Ask all games again about a player and whoever was merged into him: an agent waits for it.

    A game that answered within the last minute is asked behind everybody else; one that failed within it is tried
    again by itself. Raises PlayerNotFound, PlayerErased.
    """
    player = players.get(tx, player_id)
    if player is None:
        raise PlayerNotFound()
    root = player.merged_into or player_id
    survivor = players.lock_families(tx, [root])[root]  # all at once, in the order in which others lock them
    if player.erased or survivor.erased:
        raise PlayerErased("Nothing is kept or recorded about him any more.")
    ids = [survivor.player_id, *survivor.merged_from]
    asked = profiles.asked_since(tx, ids, now() - _FIRST_AGAIN_AFTER)
    pairs = [pair for pair in product(ids, game_ids) if asked.get(pair) is None]
    _plan(tx, {pair: Priority.BACKGROUND if pair in asked else Priority.AGENT_WAITS for pair in pairs})


def hasten_stale(tx: Connection, player_id: UUID, stale_after: timedelta) -> None:
    """Somebody looks at profiles older than `stale_after`: ask about them before the others."""
    syncs.hasten_stale(tx, player_id, now() - stale_after)


def plan_missing(tx: Connection, game_ids: Sequence[str], after: UUID | None) -> UUID | None:
    """Ask games that came later about the next players they were never asked about; answers where to go on."""
    page = syncs.page_of_players(tx, after, PAGE)
    known = syncs.planned_pairs(tx, page)
    missing = {pair: Priority.BACKGROUND for pair in product(page, game_ids) if pair not in known}
    _plan(tx, missing, spread=_NEW_GAME_SPREAD)
    return page[-1] if len(page) == PAGE else None


def claim_syncs(tx: Connection, game_id: str, limits: SyncLimits, room: int) -> list[Sync]:
    """Up to `room` questions that may begin now, as far as the game's gate lets them through.

    A player's further phones are questions too, taken from the next ones' share.
    """
    if not syncs.is_due(tx, game_id):
        return []
    gate, moment = gates.lock(tx, game_id)
    gate = gate.refilled(moment, limits.per_second)
    places = gate.places(moment, limits.concurrency, syncs.under_way(tx, game_id))
    claimed = syncs.claim_due(tx, game_id, LEASE, min(places, room)) if places else []
    if claimed:
        gates.save(tx, gate.taken(sum(len(sync.phones) for sync in claimed), moment + LEASE))
    return claimed


def pending_profile(player_id: UUID, game_id: str) -> Profile:
    """The place that a game's answer will take."""
    return Profile(
        profile_id=new_id(),
        player_id=player_id,
        game_id=game_id,
        state="pending",
        account=None,
        synced_at=None,
        attempted_at=None,
        error=None,
        version=1,
    )


def _plan(
    tx: Connection,
    pairs: Mapping[Pair, Priority],
    *,
    spread: timedelta = timedelta(0),
    resync_id: UUID | None = None,
) -> int:
    present = players.keep_present(tx, {player_id for player_id, _ in pairs})
    pairs = {pair: priority for pair, priority in pairs.items() if pair[0] in present}
    if not pairs:
        return 0
    moment = now()
    due = [(pair, pairs[pair], moment + spread * random.random()) for pair in sorted(pairs)]  # noqa: S311 (no secret)
    syncs.plan(tx, due, resync_id)
    known = profiles.pairs_of(tx, list(present))
    new = [pending_profile(*pair) for pair in sorted(pairs) if pair not in known]
    profiles.insert_many(tx, new)
    events.profiles_synced(tx, new)
    return len(pairs)
