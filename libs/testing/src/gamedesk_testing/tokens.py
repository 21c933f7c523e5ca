"""Signing keys as players makes them, and access tokens as players issues them."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

ISSUER = "gamedesk"
AUDIENCE = "gamedesk"


@dataclass(frozen=True)
class Keys:
    """A signing key and the public keys that go with it, in memory and as files."""

    private_key: Ed25519PrivateKey
    kid: str
    signing_key_file: Path
    jwks_file: Path
    gateway_key: str = "the key that gateway and players share"

    def token(
        self,
        agent_id: str = "KF001",
        role: str = "agent",
        team: str = "A",
        *,
        expires_in: float = 1800,
        **claims: Any,
    ) -> str:
        """An access token; further `claims` replace or, when None, remove the usual ones."""
        now = time.time()
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": agent_id,
            "role": role,
            "team": team,
            "name": agent_id,
            "typ": "access",
            "iat": int(now),
            "exp": int(now + expires_in),
            "jti": str(uuid.uuid4()),
        }
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(payload, self.private_key, algorithm="EdDSA", headers={"kid": self.kid})


def make_keys(folder: Path, kid: str = "test") -> Keys:
    """Write `signing.jwk.json` and `jwks.json` into `folder`."""
    private_key = Ed25519PrivateKey.generate()
    common = {"kid": kid, "alg": "EdDSA", "use": "sig"}
    private = {**OKPAlgorithm.to_jwk(private_key, as_dict=True), **common}
    public = {**OKPAlgorithm.to_jwk(private_key.public_key(), as_dict=True), **common}
    folder.mkdir(parents=True, exist_ok=True)
    keys = Keys(private_key, kid, folder / "signing.jwk.json", folder / "jwks.json")
    keys.signing_key_file.write_text(json.dumps(private))
    keys.signing_key_file.chmod(0o600)
    keys.jwks_file.write_text(json.dumps({"keys": [public]}))
    return keys
