"""The background job that reads the games' price lists.

Claim (transaction) → ask for a page (no transaction) → apply it and keep the cursor (transaction). A worker that
dies leaves a lease that runs out; the next one goes on from the cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database, took_too_long, will_pass
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import Remote
from sqlalchemy import Row

from gamedesk_catalog.clients.game_server import GameServer
from gamedesk_catalog.commands import pulls as commands
from gamedesk_catalog.settings import hold_factors

log = structlog.get_logger(__name__)


class ItemPull:
    """`run` is called by the worker twice a second and returns at once; each game has a thread of its own."""

    def __init__(self, database: Database, games: Mapping[str, Remote], hold_factor: int) -> None:
        self._database = database
        self._hold_factors = hold_factors(games.values(), hold_factor)
        self._servers = {game_id: GameServer(game) for game_id, game in games.items()}
        self._threads = ThreadPoolExecutor(max(1, len(games)), thread_name_prefix="item-pull")
        self._running: dict[str, Future[None]] = {}
        self._closing = Event()

    def run(self) -> None:
        """Claim the due pulls of games that none is running of, and start them."""
        for game_id in self._servers:
            running = self._running.get(game_id)
            if running is None or running.done():
                pull = self._database.transact(commands.claim_pull, game_id)
                if pull is not None:
                    self._running[game_id] = self._threads.submit(self._pull, pull)

    def close(self) -> None:
        """Ask for no further page; comes back when those under way are applied."""
        self._closing.set()
        self._threads.shutdown()

    def _pull(self, pull: Row[Any]) -> None:
        claimed: Row[Any] | None = pull
        try:
            while claimed is not None and self._one_page(claimed) and not self._closing.is_set():
                claimed = self._database.transact(commands.claim_pull, pull.game_id)
        except Exception as error:
            log.exception("item_pull_failed", game=pull.game_id)
            if claimed is not None and (took_too_long(error) or not will_pass(error)):
                self._give_up_page(claimed)

    def _give_up_page(self, pull: Row[Any]) -> None:
        """A page that cannot be applied counts as one that the game did not give, so that the pull ends some time; if
        the database is in trouble it is read again when its lease runs out."""
        try:
            self._database.transact(commands.apply_failure, pull, "not applied")
        except Exception:
            log.exception("item_pull_not_settled", game=pull.game_id)

    def _one_page(self, pull: Row[Any]) -> bool:
        """Whether there is another page to read now."""
        try:
            page = self._servers[pull.game_id].items(pull.cursor, now())
        except CallFailed as failure:
            log.warning("game_did_not_answer", game=pull.game_id, reason=failure.reason, status=failure.status)
            self._database.transact(
                commands.apply_failure,
                pull,
                f"{failure.reason} {failure.status or ''}".strip(),
                final=failure.status is not None and 400 <= failure.status < 500 and failure.status != 429,
                retry_after=failure.retry_after,
            )
            return False
        factor = self._hold_factors.of(pull.game_id)
        return self._database.transact(
            commands.apply_page, pull, page.quotes, page.next_cursor, factor, total=page.total
        )
