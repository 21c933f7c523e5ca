"""The background job that asks the games for players' profiles.

Claim (transaction) → ask the game (no transaction) → apply the answer (transaction). Each game has threads of its
own, so that a slow one holds up nobody else's players.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import structlog
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import Remote

from gamedesk_players.clients.game_server import GameServer
from gamedesk_players.commands import profiles as commands
from gamedesk_players.repository.profiles import Sync

log = structlog.get_logger(__name__)

_THREADS_PER_GAME = 4
# Claims are handed out only while a game has room for them, so that no lease runs out in a queue.
_QUEUE_PER_GAME = 8


class ProfileSync:
    """`run` is called by the worker every fraction of a second and returns at once."""

    def __init__(self, database: Database, games: Mapping[str, Remote], refresh_after: timedelta) -> None:
        self._database, self._refresh_after = database, refresh_after
        self._servers = {game_id: GameServer(game) for game_id, game in games.items()}
        self._pools = {g: ThreadPoolExecutor(_THREADS_PER_GAME, thread_name_prefix=f"sync-{g}") for g in games}
        self._running: dict[str, set[Future[None]]] = {game_id: set() for game_id in games}

    def run(self) -> None:
        """Claim due syncs of the games that have room, and start them."""
        for game_id, running in self._running.items():
            running.difference_update([future for future in running if future.done()])
            room = _QUEUE_PER_GAME - len(running)
            if room <= 0:
                continue
            for sync in self._database.transact(commands.claim_syncs, game_id, room):
                running.add(self._pools[game_id].submit(self._sync, sync))

    def plan_missing(self) -> None:
        """Plan the first question to games that were configured after a player was created."""
        games, after = list(self._servers), None
        while after := self._database.transact(commands.plan_missing, games, after):
            pass

    def _sync(self, sync: Sync) -> None:
        try:
            self._ask_and_apply(sync)
        except Exception as error:
            log.error("sync_failed", game=sync.game_id, error=type(error).__name__, exc_info=True)
            self._settle_as_failed(sync)

    def _settle_as_failed(self, sync: Sync) -> None:
        try:
            self._database.transact(commands.apply_failure, sync, "internal")
        except Exception as error:  # the lease runs out and the sync is claimed again
            log.error("sync_not_settled", game=sync.game_id, error=type(error).__name__)

    def _ask_and_apply(self, sync: Sync) -> None:
        try:
            accounts = self._servers[sync.game_id].accounts_of(sync.phone)
        except CallFailed as failure:
            log.warning("game_did_not_answer", game=sync.game_id, reason=failure.reason, status=failure.status)
            self._database.transact(commands.apply_failure, sync, failure.reason, failure.retry_after)
            return
        self._database.transact(commands.apply_answer, sync, accounts, self._refresh_after)
