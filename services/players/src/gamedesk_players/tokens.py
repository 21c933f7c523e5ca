"""Tokens: short-lived access tokens signed with EdDSA, and random refresh tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import structlog
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import ALGORITHM, AUDIENCE, ISSUER
from gamedesk_chassis.secret_settings import raw_key

from gamedesk_players.model.agents import Agent

log = structlog.get_logger(__name__)

ACCESS_LIFETIME = timedelta(minutes=30)
REFRESH_LIFETIME = timedelta(days=14)
_FILE_CHECK_SECONDS = 1.0


class TokenIssuer:
    """Signs access tokens with the private key in `key_file` (a JWK with a kid).

    The file is read again when it changes; a broken one keeps the key known so far.
    """

    def __init__(self, key_file: Path) -> None:
        self._file = key_file
        self._stamp: tuple[int, int] | None = None
        self._checked = 0.0
        self._signing: tuple[str, Any] | None = None
        self._reload()

    def _reload(self) -> None:
        self._checked = time.monotonic()
        try:
            found = self._file.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp == self._stamp:
                return
            jwk = json.loads(self._file.read_text())
            raw_key(jwk["d"])
            key_id, key = jwk["kid"], jwt.PyJWK(jwk).key
        except (OSError, ValueError, KeyError, jwt.PyJWTError) as error:
            if self._signing is None:
                raise SystemExit(f"The signing key {self._file} cannot be read: {error}") from None
            log.error("signing_key_not_read", file=str(self._file), error=type(error).__name__)
            return
        self._signing, self._stamp = (key_id, key), stamp

    def access_token(self, agent: Agent, moment: datetime) -> tuple[str, datetime]:
        """The token and the time it ends."""
        if time.monotonic() - self._checked > _FILE_CHECK_SECONDS:
            self._reload()
        assert self._signing is not None
        key_id, key = self._signing
        expires_at = (moment + ACCESS_LIFETIME).replace(microsecond=0)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": agent.agent_id,
            "role": agent.role,
            "team": agent.team,
            "typ": "access",
            "iat": int(moment.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": str(new_id()),
        }
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": key_id}), expires_at


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(refresh_token: str) -> str:
    """What is stored of a refresh token; it is random, so a plain hash is enough."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
