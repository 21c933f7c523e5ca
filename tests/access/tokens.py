"""Tokens that are nobody's: each is refused like none at all."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gamedesk_testing.tokens import Keys

from tests.access.world import GONE
from tests.contract.conftest import SECRET

ADMIN = ("KF001", "admin", "A")


def bad_tokens(keys: Keys) -> dict[str, str | None]:
    """What is wrong → a bearer token that is right but for that; None: no token at all."""
    good = keys.token(*ADMIN)
    head, payload, signature = good.split(".")
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    public = json.loads(keys.jwks_file.read_text())["keys"][0]["x"]
    stranger = Ed25519PrivateKey.generate()

    def signed(key: Any, algorithm: str = "EdDSA", kid: str | None = keys.kid) -> str:
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)

    return {
        "anonymous": None,
        "no token at all": "abc",
        "a game's key": SECRET,
        "expired": keys.token(*ADMIN, expires_in=-120),
        "from the future": keys.token(*ADMIN, iat=int(time.time() + 86_400)),
        "not valid yet": keys.token(*ADMIN, nbf=int(time.time() + 86_400)),
        "another audience": keys.token(*ADMIN, aud="another"),
        "several audiences": keys.token(*ADMIN, aud=["gamedesk", "another"]),
        "another issuer": keys.token(*ADMIN, iss="another"),
        "no expiry": keys.token(*ADMIN, exp=None),
        "nobody in particular": keys.token(*ADMIN, sub=None),
        "no access token": keys.token(*ADMIN, typ="refresh"),
        "a role that does not exist": keys.token("KF001", "owner", "A"),
        "algorithm none": signed("", "none"),
        "signed with the public key as a secret": signed(public, "HS256"),
        "signed by a stranger": signed(stranger),
        "a key that nobody knows": signed(keys.private_key, kid="another"),
        "no key named": signed(keys.private_key, kid=None),
        "another's words": ".".join((head, _coded({**claims, "sub": "KF002"}), signature)),
        "a tampered signature": good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:],
        "a signature left out": f"{head}.{payload}.",
        "a header that is nested too deep": ".".join((_raw(b"[" * 4000), payload, signature)),
        "deactivated": keys.token(GONE, "agent", "A"),
    }


def _coded(content: Any) -> str:
    return _raw(json.dumps(content).encode())


def _raw(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
