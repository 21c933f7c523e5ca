"""The layer around everything under /api: a session cookie becomes a bearer token, renewed when it is time.

Beyond it nobody sees the cookie. A request that brings its own Authorization header passes as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from gamedesk_chassis.errors import DomainError, NotAllowed
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gamedesk_gateway.answers import problem_answer
from gamedesk_gateway.session.cookie import Session, SessionCookie
from gamedesk_gateway.session.renewal import Renewer, SessionEnded

SLOT = "gamedesk.session"
SESSION_PATH = "/api/session"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class CrossSite(NotAllowed):
    slug = "cross-site-request"
    title = "This request does not come from the console itself"


@dataclass
class Slot:
    """The request's session, in the ASGI scope. Operations may put another one in, or None to end it.

    `came_with`: the session in the request's cookie, of which `session` may be the renewal.
    """

    session: Session | None = None
    came_with: Session | None = None
    changed: bool = False

    def put(self, session: Session | None) -> None:
        self.session, self.changed = session, True


class SessionLayer:
    def __init__(self, app: ASGIApp, cookies: SessionCookie, renewer: Renewer) -> None:
        self._app, self._cookies, self._renewer = app, cookies, renewer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        slot = Slot()
        answering = self._with_cookie(send, slot)
        try:
            inner = await self._opened(scope, slot)
        except DomainError as error:
            await problem_answer(error)(scope, receive, answering)
        else:
            await self._app(inner, receive, answering)

    async def _opened(self, scope: Scope, slot: Slot) -> Scope:
        """The scope with the session's token in it; raises what forbids the request."""
        headers = Headers(scope=scope)
        inner: Scope = {**scope, SLOT: slot}
        session = self._cookies.of(headers) if "authorization" not in headers else None
        _refuse_cross_site(scope, headers, session)
        if scope["path"] == SESSION_PATH and scope["method"] in ("POST", "DELETE"):
            slot.session = session
            if session is not None and scope["method"] == "DELETE":
                self._renewer.revoke(session)
            return inner
        if session is None:
            return inner
        slot.came_with = session
        try:
            slot.session = await self._renewer.fresh(session, is_change=scope["method"] not in _SAFE_METHODS)
        except SessionEnded:
            slot.put(None)
            raise
        slot.changed = slot.session is not session
        bearer = (b"authorization", f"Bearer {slot.session.access_token}".encode())
        return {**inner, "headers": [*scope["headers"], bearer]}

    def _with_cookie(self, send: Send, slot: Slot) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and slot.changed:
                held = slot.session if self._holds(slot) else None
                value = self._cookies.cleared() if held is None else self._cookies.holding(held)
                MutableHeaders(scope=message).append("set-cookie", value)
            await send(message)

        return answer

    def _holds(self, slot: Slot) -> bool:
        """Whether to hand out the slot's session: not when the browser signed out while this was under way."""
        revoked = any(s is not None and self._renewer.is_revoked(s) for s in (slot.came_with, slot.session))
        return not revoked


def _refuse_cross_site(scope: Scope, headers: Headers, session: Session | None) -> None:
    """A change that rests on the cookie must show that it comes from the console's own page.

    Signing in and out must at least not come from a page of another site.
    """
    if scope["method"] in _SAFE_METHODS:
        return
    same = _same_site(headers)
    if same is False and (session is not None or scope["path"] == SESSION_PATH):
        raise CrossSite()
    if same is None and session is not None and scope["path"] != SESSION_PATH:
        raise CrossSite("Send Sec-Fetch-Site or Origin as browsers do, or a bearer token instead of the cookie.")


def _same_site(headers: Headers) -> bool | None:
    """Whether the browser says that our own page sent this; None if nothing says where it comes from."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return None if origin is None else urlsplit(origin).netloc == headers.get("host")
