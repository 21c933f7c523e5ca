"""Tokens: short-lived access tokens signed with EdDSA, and the key files that they are signed and verified with."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import ALGORITHM, AUDIENCE, ISSUER
from jwt.algorithms import OKPAlgorithm

from gamedesk_players.model.agents import Agent

ACCESS_LIFETIME = timedelta(minutes=30)
REFRESH_LIFETIME = timedelta(days=14)


class TokenIssuer:
    """Signs access tokens with the private key in `key_file` (a JWK with a kid)."""

    def __init__(self, key_file: Path) -> None:
        try:
            jwk = json.loads(key_file.read_text())
            self._key_id, self._key = jwk["kid"], jwt.PyJWK(jwk).key
        except (OSError, ValueError, KeyError, jwt.PyJWTError) as error:
            raise SystemExit(f"The signing key {key_file} cannot be read: {error}") from None

    def access_token(self, agent: Agent, moment: datetime) -> tuple[str, datetime]:
        """The token and the time it ends."""
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
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._key_id}), expires_at


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(refresh_token: str) -> str:
    """What is stored of a refresh token; it is random, so a plain hash is enough."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def make_key_files(folder: Path) -> None:
    """Write signing.jwk.json (private, mode 0600) and jwks.json (public). An existing pair stays."""
    private_file, public_file = folder / "signing.jwk.json", folder / "jwks.json"
    if private_file.exists() and public_file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    key_id = secrets.token_hex(8)
    private_file.touch(mode=0o600)
    private_file.write_text(json.dumps(_jwk(private, key_id)))
    public_file.write_text(json.dumps({"keys": [_jwk(private.public_key(), key_id)]}))


def _jwk(key: Any, key_id: str) -> dict[str, Any]:
    return {**OKPAlgorithm.to_jwk(key, as_dict=True), "kid": key_id, "use": "sig", "alg": ALGORITHM}
