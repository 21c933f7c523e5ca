"""Game profiles: asking for a sync, and applying what a game answered (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from gamedesk_chassis.clock import now
from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.commands.players import index_names, pending_profile, plan_games
from gamedesk_players.errors import PlayerNotFound
from gamedesk_players.model.profiles import Account, Profile
from gamedesk_players.repository import players
from gamedesk_players.repository import profiles as repository
from gamedesk_players.repository.profiles import Sync

LEASE = timedelta(seconds=30)
_PAGE = 500
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=10)


def request_sync(tx: Connection, player_id: UUID, game_ids: Sequence[str]) -> None:
    """Ask all games about a player again, as soon as a worker is free."""
    if players.get(tx, player_id) is None:
        raise PlayerNotFound()
    plan_games(tx, player_id, game_ids)


def plan_missing(tx: Connection, game_ids: Sequence[str], after: UUID | None) -> UUID | None:
    """Ask games that came later about the next players who have no place for them; answers where to go on."""
    missing, last = repository.players_without_sync(tx, game_ids, after, _PAGE)
    for player_id in missing:
        plan_games(tx, player_id, repository.games_without_profile(tx, player_id, game_ids))
    return last


def claim_syncs(tx: Connection, game_id: str, limit: int) -> list[Sync]:
    return repository.claim_due(tx, game_id, LEASE, limit)


def apply_answer(tx: Connection, sync: Sync, accounts: Sequence[Account], refresh_after: timedelta) -> None:
    """Bring the player's profiles in one game in line with the accounts that the game reported.

    None: not_found. One: ok. Several: all of them, each ambiguous. An account that the game no longer names
    stays, as not_found. An event is published only where something but the time of the sync changed.
    Whose lease ran out comes too late: another worker asks.
    """
    moment, player_id, game_id = now(), sync.player_id, sync.game_id
    if not repository.settle_sync(tx, sync, moment + refresh_after, answered=True):
        return
    known = repository.of_game(tx, player_id, game_id)
    by_account = {p.account.game_account_id: p for p in known if p.account}
    spare = [p for p in known if not p.account]
    state = "ok" if len(accounts) == 1 else "ambiguous"
    kept: set[UUID] = set()
    for account in accounts:
        place = by_account.get(account.game_account_id) or (spare.pop() if spare else None)
        profile = place or pending_profile(player_id, game_id)
        kept.add(profile.profile_id)
        _store(tx, profile, replace(profile, state=state, account=account, error=None), moment, is_new=place is None)
    for profile in known:
        if profile.profile_id not in kept:
            _store(tx, profile, replace(profile, state="not_found", error=None), moment)
    index_names(tx, player_id)


def apply_failure(tx: Connection, sync: Sync, reason: str, retry_after: float | None = None) -> None:
    """The game did not answer: what is known stays, a profile never seen turns to error; try again later."""
    moment = now()
    delay = min(_FIRST_RETRY * 2 ** min(sync.attempts - 1, 12), _LONGEST_RETRY)
    if retry_after is not None:
        delay = max(delay, timedelta(seconds=min(retry_after, _LONGEST_RETRY.total_seconds())))
    if not repository.settle_sync(tx, sync, moment + delay, answered=False):
        return
    for profile in repository.of_game(tx, sync.player_id, sync.game_id):
        state = "error" if profile.state == "pending" else profile.state
        failed = replace(profile, state=state, attempted_at=moment, error=reason)
        if state != profile.state:
            failed = replace(failed, version=profile.version + 1)
            events.profile_synced(tx, failed)
        repository.upsert(tx, failed)


def _store(tx: Connection, before: Profile, after: Profile, moment: datetime, *, is_new: bool = False) -> None:
    after = replace(after, synced_at=moment, attempted_at=moment)
    changed = is_new or (before.state, before.account) != (after.state, after.account)
    if changed:
        after = replace(after, version=before.version if is_new else before.version + 1)
        events.profile_synced(tx, after)
    repository.upsert(tx, after)
