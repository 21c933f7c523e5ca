"""Signing out ends the session at its owner too, even when that cannot be told at once."""

from __future__ import annotations

import asyncio

import orjson
import structlog
from gamedesk_chassis.http_client import CallFailed
from prometheus_client import Gauge
from starlette.datastructures import Headers

from gamedesk_gateway import deadlines
from gamedesk_gateway.proxy import outgoing_headers
from gamedesk_gateway.upstream import Upstream

log = structlog.get_logger(__name__)

CALL_SECONDS = 5.0
PAUSES = (1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60)  # seconds between the tries, some seven minutes together
MOST = 1000  # that wait to be told
_WAITING = Gauge("gamedesk_sign_outs_waiting", "Sessions that are signed out and not yet ended at players")


class SignOuts:
    """Revokes refresh tokens. What players does not take at once is told it again in the background for some minutes;
    what is given up, or is still waiting at shutdown, is in the log, and lives until it expires by itself."""

    def __init__(self, players: Upstream) -> None:
        self._players = players
        self._waiting: set[asyncio.Task[None]] = set()

    async def end(self, refresh_token: str) -> None:
        """Revoke the token's whole family, now or later."""
        fault, again = await self._tell(refresh_token)
        if again and len(self._waiting) < MOST:
            with deadlines.within(None):  # the request's own ends with its answer
                task = asyncio.create_task(self._keep_telling(refresh_token))
            self._waiting.add(task)
            _WAITING.inc()
            task.add_done_callback(self._over)
        elif fault:
            log.warning("session_not_revoked", reason=fault)

    async def aclose(self) -> None:
        """Try no more."""
        for task in self._waiting:
            task.cancel()
            log.warning("session_not_revoked", reason="shutdown")
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def _keep_telling(self, refresh_token: str) -> None:
        fault = ""
        for pause in PAUSES:
            await asyncio.sleep(pause)
            fault, again = await self._tell(refresh_token)
            if not again:
                break
        if fault:
            log.warning("session_not_revoked", reason=fault)

    async def _tell(self, refresh_token: str) -> tuple[str, bool]:
        """Why it was not done, empty if it was, and whether to try again."""
        try:
            reply = await self._players.call(
                "POST",
                b"/sessions/revoke",
                headers={**outgoing_headers(Headers()), "content-type": "application/json"},
                body=orjson.dumps({"refresh_token": refresh_token}),
                deadline=CALL_SECONDS,
                repeatable=True,  # once revoked is revoked
            )
        except CallFailed as failed:
            return failed.reason, True
        if reply.status == 204:
            return "", False
        return f"status {reply.status}", reply.status >= 500 or reply.status == 429

    def _over(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        _WAITING.dec()
