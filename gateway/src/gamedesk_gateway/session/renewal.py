"""Renewing access tokens at half of their life, once for all requests that come with the same cookie."""

from __future__ import annotations

import asyncio
import time

import orjson
from gamedesk_chassis.errors import NotAuthenticated
from gamedesk_chassis.http_client import CallFailed

from gamedesk_gateway import deadlines
from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.session.cookie import Session, session_of
from gamedesk_gateway.upstream import Upstream

# For how long the owner accepts a refresh token that was just rotated (decision 29); requests that left the browser
# before the new cookie reached it get the same new tokens until then.
GRACE_SECONDS = 10.0
# An answer that got lost may have rotated the token: the call that repeats it ends within the grace too.
CALL_SECONDS = 3.0
RETRY_SECONDS = 2.0
_PATIENCE_SECONDS = 1.0
_SHARE = 0.3
# Longer than any answer that was under way when its session was signed out.
_REVOKED_SECONDS = 60.0


class SessionEnded(NotAuthenticated):
    slug = "session-ended"
    title = "This session has ended; sign in again"


class Renewer:
    def __init__(self, players: Upstream) -> None:
        self._players = players
        self._flights: dict[str, asyncio.Task[Session]] = {}
        self._revoked: set[str] = set()

    def revoke(self, session: Session) -> None:
        """Signing out ends this session and what a renewal under way makes of it."""
        self._remember_revoked(session.refresh_token)
        flight = self._flights.get(session.refresh_token)
        if flight is not None:
            flight.add_done_callback(self._revoke_renewed)

    def is_revoked(self, session: Session) -> bool:
        return session.refresh_token in self._revoked

    def _revoke_renewed(self, flight: asyncio.Task[Session]) -> None:
        if not flight.cancelled() and flight.exception() is None:
            self._remember_revoked(flight.result().refresh_token)

    def _remember_revoked(self, refresh_token: str) -> None:
        self._revoked.add(refresh_token)
        asyncio.get_running_loop().call_later(_REVOKED_SECONDS, self._revoked.discard, refresh_token)

    async def fresh(self, session: Session, *, is_change: bool = False) -> Session:
        """`session` itself in the first half of its life, else a renewed one.

        Raises SessionEnded when renewing is refused, or after sign-out. When it cannot be asked for, an access token
        that still holds is used on; one that does not raises Unavailable, which says of a change that it was not done.
        """
        if self.is_revoked(session):
            raise SessionEnded()
        if time.time() < session.renew_at:
            return session
        flight = self._flight(session.refresh_token)
        # With a token that still holds, most of the request's time is for what was asked.
        share = _SHARE if time.time() < session.expires_at else 1.0
        await asyncio.wait({flight}, timeout=share * deadlines.seconds_left(_PATIENCE_SECONDS))
        why: CallFailed | None = None
        if flight.done():
            try:
                return flight.result()
            except CallFailed as failed:
                why = failed
        if time.time() < session.expires_at:
            return session
        raise not_answering("players", why, is_change=is_change, begun=False)

    def _flight(self, refresh_token: str) -> asyncio.Task[Session]:
        flight = self._flights.get(refresh_token)
        if flight is None:
            with deadlines.within(None):  # it is for all who wait, and goes on after the one who was first
                flight = self._flights[refresh_token] = asyncio.create_task(self._renew(refresh_token))
            flight.add_done_callback(lambda done: self._landed(refresh_token, done))
        return flight

    def _landed(self, refresh_token: str, flight: asyncio.Task[Session]) -> None:
        if flight.cancelled():
            self._flights.pop(refresh_token, None)
            return
        again = isinstance(flight.exception(), CallFailed)
        seconds = RETRY_SECONDS if again else GRACE_SECONDS
        asyncio.get_running_loop().call_later(seconds, self._flights.pop, refresh_token, None)

    async def _renew(self, refresh_token: str) -> Session:
        reply = await self._players.call(
            "POST",
            b"/sessions/refresh",
            headers={"content-type": "application/json"},
            body=orjson.dumps({"refresh_token": refresh_token}),
            deadline=CALL_SECONDS,
            repeatable=True,  # the token just rotated is honoured for a while
        )
        if reply.status in (400, 401):
            raise SessionEnded()
        if reply.status != 201:
            raise reply.failure()
        return session_of(reply.json())
