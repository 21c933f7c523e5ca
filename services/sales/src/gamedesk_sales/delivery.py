"""The background job that has the games deliver what was paid (B7).

Claim (transaction) → ask the game (no transaction) → keep its answer (transaction). Whoever was asked about before is
looked up at the game first, and granted only if the game says that it has not. Each game has threads of its own. A
game that is away is left alone by this process for a while, longer each time; every delivery has its own pause beside
that, and none is ever given up because a game is down. An answer that is bad for one order is no game that is away:
the others are not to wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import Remote

from gamedesk_sales.clients.game_server import GameServer, GrantRefused, LookUpRefused
from gamedesk_sales.commands import deliveries
from gamedesk_sales.repository import deliveries as repository
from gamedesk_sales.repository.deliveries import Claim

log = structlog.get_logger(__name__)

_CONCURRENCY = 4
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_FIRST_RETRY_SECONDS = 2.0
_LONGEST_RETRY_SECONDS = 120.0
_LONGEST_RETRY_AFTER_SECONDS = 300.0
# Certain that nothing was granted by this call.
_NOT_GRANTED = (401, 403, 429)
# Whoever is asked for, the answer would be the same now: the key is wrong, there is too much, or nobody is there.
_AWAY = (401, 403, 408, 425, 429, 502, 503, 504)


class DeliveryJob:
    """`run` is called by the worker every fraction of a second and returns at once."""

    def __init__(self, database: Database, games: Mapping[str, Remote]) -> None:
        self._database = database
        self._lines = {game_id: _Line(database, game_id, GameServer(game)) for game_id, game in games.items()}

    def run(self) -> None:
        """Claim what is due at games that answer, and start it; no more than there are threads, so that no lease
        runs out in a queue."""
        for line in self._lines.values():
            line.start_due()

    def close(self) -> None:
        """Comes back when what is under way is settled."""
        for line in self._lines.values():
            line.close()


class _Line:
    """The way to one game."""

    def __init__(self, database: Database, game_id: str, server: GameServer) -> None:
        self._database, self._game_id, self._server = database, game_id, server
        self._pool = ThreadPoolExecutor(_CONCURRENCY, thread_name_prefix=f"deliver-{game_id}")
        self._running: set[Future[None]] = set()
        self._failures = 0
        self._paused_until = 0.0

    def start_due(self) -> None:
        self._running = {future for future in self._running if not future.done()}
        # After a failure one is sent ahead: whether the game is back is found out with one call, not with four.
        room = (1 if self._failures else _CONCURRENCY) - len(self._running)
        if room <= 0 or time.monotonic() < self._paused_until:
            return
        claims = self._database.transact(repository.claim_due, self._game_id, now(), room, deliveries.LEASE_SECONDS)
        self._running |= {self._pool.submit(self._settle, claim) for claim in claims}

    def close(self) -> None:
        self._pool.shutdown()

    def _settle(self, claim: Claim) -> None:
        try:
            self._ask_and_keep(claim)
        except Exception as error:  # the lease runs out, and the game is asked first
            log.error("delivery_not_settled", game=self._game_id, error=type(error).__name__, exc_info=True)

    def _ask_and_keep(self, claim: Claim) -> None:
        granting = False
        try:
            if claim.asked_before and self._server.was_granted(claim.order_id, claim.account, claim.contents):
                self._answered()
                self._database.transact(deliveries.granted, claim)
                return
            if claim.stopped:
                self._answered()
                self._database.transact(deliveries.refused, claim, "not granted")
                return
            if claim.asked_before:
                self._database.transact(deliveries.not_yet_granted, claim)
            granting = True
            self._server.grant(claim.order_id, claim.account, claim.contents)
        except GrantRefused as refusal:
            self._answered()
            log.warning("game_refused_grant", game=self._game_id, order_id=str(claim.order_id), reason=refusal.reason)
            self._database.transact(deliveries.refused, claim, refusal.reason)
        except LookUpRefused as refusal:
            self._answered()
            log.warning("game_refused_look_up", game=self._game_id, order_id=str(claim.order_id), reason=refusal.reason)
            self._database.transact(deliveries.not_told, claim, refusal.reason, _retry_after(claim))
        except CallFailed as failure:
            self._failed(failure)
            log.warning("game_did_not_answer", game=self._game_id, reason=failure.reason, status=failure.status)
            uncertain = not (granting and failure.status in _NOT_GRANTED)
            reason = f"{failure.reason} {failure.status or ''}".strip()
            pause = _retry_after(claim, failure)
            self._database.transact(deliveries.unanswered, claim, reason, pause, uncertain=uncertain)
        else:
            self._answered()
            self._database.transact(deliveries.granted, claim)

    def _answered(self) -> None:
        self._failures = 0

    def _failed(self, failure: CallFailed) -> None:
        if not _is_away(failure):
            self._answered()
            return
        self._failures += 1
        self._paused_until = time.monotonic() + _pause(
            _FIRST_PAUSE_SECONDS, self._failures, _LONGEST_PAUSE_SECONDS, failure.retry_after
        )


def _is_away(failure: CallFailed) -> bool:
    """Whether the game, or the way to it, is; else it has answered, and badly for this order alone."""
    status = failure.status
    return status is None or (failure.reason == "status" and (status in _AWAY or 300 <= status < 400))


def _retry_after(claim: Claim, failure: CallFailed | None = None) -> timedelta:
    asked_for = failure.retry_after if failure else None
    return timedelta(seconds=_pause(_FIRST_RETRY_SECONDS, claim.row.attempts, _LONGEST_RETRY_SECONDS, asked_for))


def _pause(first: float, times: int, longest: float, asked_for: float | None) -> float:
    """Doubled each time; as long as the game asks for, within reason."""
    doubled = min(first * 2 ** min(times - 1, 16), longest)
    return max(doubled, min(asked_for or 0.0, _LONGEST_RETRY_AFTER_SECONDS))
