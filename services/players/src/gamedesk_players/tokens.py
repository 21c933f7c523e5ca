"""Tokens: short-lived access tokens signed with EdDSA, and random refresh tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import ALGORITHM, AUDIENCE, ISSUER
from gamedesk_chassis.secret_settings import raw_key
from gamedesk_chassis.watched_file import WatchedFile

from gamedesk_players.model.agents import Agent

ACCESS_LIFETIME = timedelta(minutes=30)
REFRESH_LIFETIME = timedelta(days=14)


class TokenIssuer:
    """Signs access tokens with the private key in `key_file` (a JWK with a kid)."""

    def __init__(self, key_file: Path) -> None:
        self._signing = WatchedFile(key_file, "signing key", _signing_key)

    def access_token(self, agent: Agent, moment: datetime) -> tuple[str, datetime]:
        """The token and the time it ends."""
        key_id, key = self._signing.current()
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


def _signing_key(text: str) -> tuple[str, Any]:
    jwk = json.loads(text)
    raw_key(jwk["d"])
    return jwk["kid"], jwt.PyJWK(jwk).key


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(refresh_token: str) -> str:
    """What is stored of a refresh token; it is random, so a plain hash is enough."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
