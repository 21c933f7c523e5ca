"""The session cookie. Only the gateway can read it, and any replica with the same keys can."""

from __future__ import annotations

import base64
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_chassis.secret_settings import raw_key
from gamedesk_chassis.watched_file import WatchedFile
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

NAME = "gamedesk_session"
PATH = "/api"
SECURE_NAME = f"__Host-{NAME}"  # browsers take it by TLS alone and from this very host, for all of its paths
LIFETIME = 14 * 24 * 3600  # as long as an unused refresh token is good for


@dataclass(frozen=True)
class Session:
    """What the cookie holds. Times in seconds since 1970; `agent` as it was at sign-in or the last renewal."""

    access_token: str
    refresh_token: str
    renew_at: float
    expires_at: float
    agent: dict[str, Any]


def session_of(tokens: dict[str, Any]) -> Session:
    """A session from what the owner of the sign-in answers; renewed after half of the access token's life."""
    moment = parse_rfc3339(tokens["expires_at"])
    assert moment is not None
    expires_at, now = moment.timestamp(), time.time()
    renew_at = now + (expires_at - now) / 2
    return Session(tokens["access_token"], tokens["refresh_token"], renew_at, expires_at, tokens["agent"])


class SessionKeys(WatchedFile[MultiFernet]):
    """Keys from a file, one a line, 32 random bytes as base64url: the first encrypts, all decrypt."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, "session key file", _session_keys)


def _session_keys(text: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(raw_key(line))) for line in text.split()])


class SessionCookie:
    """Makes and reads the cookie."""

    def __init__(self, keys: SessionKeys, *, secure: bool) -> None:
        self._keys = keys
        self._name, place = (SECURE_NAME, "Path=/; Secure") if secure else (NAME, f"Path={PATH}")
        self._attributes = f"; {place}; HttpOnly; SameSite=Strict"

    def of(self, headers: Headers) -> Session | None:
        """The session in a request's cookies; None if there is none, or none that these keys can read."""
        sent = cookie_parser(headers.get("cookie", ""))
        try:
            return Session(**orjson.loads(self._keys.current().decrypt(sent[self._name], ttl=LIFETIME)))
        except (KeyError, InvalidToken, TypeError, ValueError):
            return None

    def holding(self, session: Session) -> str:
        """The Set-Cookie header for a session."""
        value = self._keys.current().encrypt(orjson.dumps(asdict(session))).decode()
        return f"{self._name}={value}; Max-Age={LIFETIME}{self._attributes}"

    def cleared(self) -> str:
        """The Set-Cookie header that ends it."""
        return f"{self._name}=; Max-Age=0{self._attributes}"
