"""The background job that asks the games for players' profiles.

Claim (transaction) → ask the game (no transaction) → apply the answer (transaction). Each game has threads of its
own, so that a slow one holds up nobody else's players; how many questions it gets is decided at its gate, which all
workers share (commands.syncs.claim_syncs).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import UUID

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import Remote

from gamedesk_players.clients.game_server import GameServer
from gamedesk_players.commands import profiles, resyncs, syncs
from gamedesk_players.repository.syncs import Sync

log = structlog.get_logger(__name__)

# What a job does before it comes back, so that a worker that is told to stop soon does.
_TRANSACTIONS_A_TURN = 10
_SECONDS_A_THREAD_GOES_ON = 1.0
_PAUSE_OF_PLANNING = timedelta(hours=1)
_PAUSE_OF_COUNTING = timedelta(minutes=1)


class ProfileSync:
    """`run` is called by the worker every fraction of a second and returns at once."""

    def __init__(self, database: Database, games: Mapping[str, Remote], refresh_after: timedelta) -> None:
        self._database, self._games, self._refresh_after = database, games, refresh_after
        self._servers = {game_id: GameServer(game) for game_id, game in games.items()}
        self._pools = {
            game_id: ThreadPoolExecutor(game.sync.concurrency, thread_name_prefix=f"sync-{game_id}")
            for game_id, game in games.items()
        }
        self._running: dict[str, set[Future[None]]] = {game_id: set() for game_id in games}
        self._closing = Event()
        self._planned_after: UUID | None = None
        self._plan_again_at = self._count_again_at = now()

    def run(self) -> None:
        """Claim what is due and may be asked now, and start it; no more than there are threads, so that no lease
        runs out in a queue."""
        for game_id, running in self._running.items():
            running.difference_update([future for future in running if future.done()])
            limits = self._games[game_id].sync
            if room := limits.concurrency - len(running):
                for sync in self._database.transact(syncs.claim_syncs, game_id, limits, room):
                    running.add(self._pools[game_id].submit(self._go_on, sync))

    def close(self) -> None:
        """Ask nothing more; comes back when what is under way is settled."""
        self._closing.set()
        for pool in self._pools.values():
            pool.shutdown()

    def plan_missing(self) -> None:
        """Plan the first question to games that were configured after a player was created: through all players, some
        at each turn, and then not again for an hour."""
        if now() < self._plan_again_at:
            return
        for _ in range(_TRANSACTIONS_A_TURN):
            self._planned_after = self._database.transact(syncs.plan_missing, list(self._servers), self._planned_after)
            if self._planned_after is None:
                self._plan_again_at = now() + _PAUSE_OF_PLANNING
                return

    def run_resyncs(self) -> None:
        """Plan some more of the resyncs that were asked for, and see how far the planned ones are."""
        for _ in range(_TRANSACTIONS_A_TURN):
            if not self._database.transact(resyncs.plan_page):
                break
        count = now() >= self._count_again_at
        self._database.transact(resyncs.measure, list(self._servers), count=count)
        if count:
            self._count_again_at = now() + _PAUSE_OF_COUNTING

    def _go_on(self, sync: Sync) -> None:
        """Ask, and then the next question to the same game if it may begin: a thread that is free waits for no turn."""
        until = time.monotonic() + _SECONDS_A_THREAD_GOES_ON
        self._sync(sync)
        while time.monotonic() < until and not self._closing.is_set():
            limits = self._games[sync.game_id].sync
            try:
                claimed = self._database.transact(syncs.claim_syncs, sync.game_id, limits, 1)
            except Exception as error:  # nothing is claimed: the next turn goes on
                log.error("sync_not_claimed", game=sync.game_id, error=type(error).__name__, exc_info=True)
                return
            if not claimed:
                return
            self._sync(claimed[0])

    def _sync(self, sync: Sync) -> None:
        try:
            self._ask_and_apply(sync)
        except Exception as error:
            log.error("sync_failed", game=sync.game_id, error=type(error).__name__, exc_info=True)
            self._settle_as_failed(sync)

    def _settle_as_failed(self, sync: Sync) -> None:
        try:
            self._database.transact(profiles.apply_fault, sync)
        except Exception as error:  # the lease runs out and the sync is claimed again
            log.error("sync_not_settled", game=sync.game_id, error=type(error).__name__)

    def _ask_and_apply(self, sync: Sync) -> None:
        try:
            answers = self._servers[sync.game_id].accounts_of_each(sync.phones)
        except CallFailed as failure:
            log.warning("game_did_not_answer", game=sync.game_id, reason=failure.reason, status=failure.status)
            self._database.transact(profiles.apply_failure, sync, failure)
            return
        self._database.transact(profiles.apply_answer, sync, answers, self._refresh_after)
