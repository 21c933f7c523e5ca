"""Game profiles: applying what a game answered, or that it did not (R5)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.http_client import CallFailed
from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.commands.players import index_names
from gamedesk_players.commands.syncs import pending_profile
from gamedesk_players.model.profiles import Account, Profile, changes_between, united
from gamedesk_players.repository import gates, history, syncs
from gamedesk_players.repository import profiles as repository
from gamedesk_players.repository.syncs import Sync

_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=10)
# Statuses with which a game refuses this one question, and is well: nothing changes by repeating it soon.
_REFUSALS = (400, 409, 422)
_NEXT_DAY = timedelta(days=1)
# A resync waits no longer for whom a game has failed to answer so often; he is asked about again as anybody else is.
_FAILURES_THAT_SETTLE = 5
_TOO_MANY = 429


def apply_answer(tx: Connection, sync: Sync, answers: Sequence[Sequence[Account]], refresh_after: timedelta) -> None:
    """Bring the player's profiles in one game in line with the accounts that the game reported for each phone.

    None: not_found. Several of one phone: all of them, each ambiguous; otherwise ok. An account that the game no
    longer names stays, as not_found. An event is published, and history written, only where something but the time
    of the sync changed. Whose lease ran out comes too late: another worker asks. The next time comes before
    `refresh_after`, spread so that those who came together do not stay together.
    """
    moment = now()
    next_due_at = moment + refresh_after * random.uniform(0.8, 1.0)  # noqa: S311 (no secret)
    if syncs.settle_sync(tx, sync, next_due_at, answered=True):
        _store_answer(tx, sync.player_id, sync.game_id, answers, moment)
        index_names(tx, sync.player_id)
    gates.record_answer(tx, sync.game_id)


def apply_failure(tx: Connection, sync: Sync, failure: CallFailed) -> None:
    """The game did not answer: what is known stays, a profile never seen turns to error; try again later.

    A refusal of this question says that the game is well, any other failure counts for its circuit.
    """
    refused = failure.status in _REFUSALS
    _settle_as_failed(tx, sync, failure.reason, _NEXT_DAY if refused else _pause(sync, failure), final=refused)
    if refused:
        gates.record_answer(tx, sync.game_id)
        return
    gate, moment = gates.lock(tx, sync.game_id)
    pause = timedelta(seconds=failure.retry_after) if failure.retry_after else None
    gates.save(tx, gate.failed(moment, failure.reason, pause, at_once=failure.status == _TOO_MANY))


def apply_fault(tx: Connection, sync: Sync) -> None:
    """It failed here, not at the game."""
    _settle_as_failed(tx, sync, "internal", _pause(sync))


def _pause(sync: Sync, failure: CallFailed | None = None) -> timedelta:
    pause = min(_FIRST_RETRY * 2 ** min(sync.attempts - 1, 12), _LONGEST_RETRY)
    wanted = timedelta(seconds=failure.retry_after) if failure and failure.retry_after else timedelta(0)
    return min(max(pause, wanted), _LONGEST_RETRY)


def _settle_as_failed(tx: Connection, sync: Sync, reason: str, pause: timedelta, *, final: bool = False) -> None:
    moment = now()
    given_up = sync.attempts >= _FAILURES_THAT_SETTLE
    if not syncs.settle_sync(tx, sync, moment + pause, answered=final, given_up=given_up):
        return
    for profile in repository.of_game(tx, sync.player_id, sync.game_id):
        state = "error" if profile.state == "pending" else profile.state
        failed = replace(profile, state=state, attempted_at=moment, error=reason)
        if state != profile.state:
            failed = replace(failed, version=profile.version + 1)
            events.profile_synced(tx, failed)
        repository.upsert(tx, failed)


def _store_answer(
    tx: Connection, player_id: UUID, game_id: str, answers: Sequence[Sequence[Account]], moment: datetime
) -> None:
    known = repository.of_game(tx, player_id, game_id)
    by_account = {p.account.game_account_id: p for p in known if p.account}
    spare = [p for p in known if not p.account]
    kept: set[UUID] = set()
    for account, state in united(answers):
        place = by_account.get(account.game_account_id) or (spare.pop() if spare else None)
        profile = place or pending_profile(player_id, game_id)
        kept.add(profile.profile_id)
        _store(tx, profile, replace(profile, state=state, account=account, error=None), moment, is_new=place is None)
    for profile in known:
        if profile.profile_id not in kept:
            _store(tx, profile, replace(profile, state="not_found", error=None), moment)


def _store(tx: Connection, before: Profile, after: Profile, moment: datetime, *, is_new: bool = False) -> None:
    after = replace(after, synced_at=moment, attempted_at=moment)
    changed = is_new or (before.state, before.account) != (after.state, after.account)
    if changed:
        after = replace(after, version=before.version if is_new else before.version + 1)
        events.profile_synced(tx, after)
    repository.upsert(tx, after)
    for kind, details in changes_between(before, after):
        history.record(tx, after.player_id, kind, details, profile_id=after.profile_id, happened_at=moment)
