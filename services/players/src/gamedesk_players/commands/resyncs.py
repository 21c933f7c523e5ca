"""Asking the games about every player again: planned page by page, asked behind everything more urgent (R5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players.commands.syncs import PAGE, plan_games
from gamedesk_players.errors import ResyncRunning, UnknownGame
from gamedesk_players.model.profiles import Priority
from gamedesk_players.model.resyncs import Resync
from gamedesk_players.repository import gates, resyncs, syncs

_MEASURED = 100
# Few enough to be counted at every turn.
_FEW = 10_000


def request_resync(tx: Connection, caller: Principal, wanted: Sequence[str], configured: Collection[str]) -> Outcome:
    """Order a resync of all players with the `wanted` games. Raises UnknownGame, ResyncRunning (one at a time a game:
    a second one would only begin again what the first has done)."""
    for place, game_id in enumerate(wanted):
        if game_id not in configured:
            raise UnknownGame("Choose from the configured games.", pointer=f"/game_ids/{place}")
    for game_id in sorted(wanted):  # whoever orders one for the same game waits here
        gates.lock(tx, game_id)
    if running := resyncs.unfinished_of(tx, wanted):
        raise ResyncRunning("Wait until it is done.", resync_id=str(running))
    resync = Resync(
        resync_id=new_id(),
        game_ids=tuple(wanted),
        state="planning",
        planned_after=None,
        total=0,
        remaining=0,
        requested_by=caller.id,
        created_at=now(),
        finished_at=None,
    )
    resyncs.add(tx, resync)
    return Outcome(str(resync.resync_id))


def plan_page(tx: Connection) -> bool:
    """Plan the next players of the oldest resync that is being planned; whether there may be more to plan."""
    for resync in resyncs.lock_unfinished(tx, "planning", 1):
        page = syncs.page_of_players(tx, resync.planned_after, PAGE)
        planned = plan_games(tx, page, resync.game_ids, Priority.BACKGROUND, resync_id=resync.resync_id)
        last = len(page) < PAGE
        after = replace(
            resync,
            state="running" if last else "planning",
            planned_after=page[-1] if page else resync.planned_after,
            total=resync.total + planned,
            remaining=resync.remaining + planned,
        )
        resyncs.save(tx, after)
        return True
    return False


def measure(tx: Connection, configured: Collection[str], *, count: bool) -> None:
    """End the running resyncs that nothing is left of; a game that is configured no more is waited for no longer.

    How much is left of the others is counted, if it is not much or if told to `count`; above
    syncs.RESYNC_COUNTED it stays what it was.
    """
    for resync in resyncs.lock_unfinished(tx, "running", _MEASURED):
        asked = [game_id for game_id in resync.game_ids if game_id in configured]
        if not syncs.is_of_resync(tx, resync.resync_id, asked):
            resyncs.save(tx, replace(resync, remaining=0, state="done", finished_at=now()))
        elif count or resync.remaining <= _FEW:
            remaining = syncs.count_of_resync(tx, resync.resync_id, asked)
            if remaining < syncs.RESYNC_COUNTED:
                resyncs.save(tx, replace(resync, remaining=remaining))
