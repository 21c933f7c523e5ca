"""Keys and tokens have the form that the chassis verifies."""

from __future__ import annotations

import json
from collections.abc import Callable

import jwt
from gamedesk_testing import Keys


def verify(token: str, keys: Keys) -> dict[str, object]:
    """As a service does it: by the public key file alone."""
    public = jwt.PyJWKSet.from_dict(json.loads(keys.jwks_file.read_text()))
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.decode(
        token,
        public[kid].key,
        algorithms=["EdDSA"],
        audience="gamedesk",
        issuer="gamedesk",
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )


def test_token_carries_agent_role_and_team(keys: Keys, token_for: Callable[..., str]) -> None:
    claims = verify(token_for("KF007", "lead", "B"), keys)
    assert (claims["sub"], claims["role"], claims["team"], claims["typ"]) == ("KF007", "lead", "B", "access")


def test_claims_can_be_replaced_and_left_out(keys: Keys, token_for: Callable[..., str]) -> None:
    claims = verify(token_for("KF007", typ="refresh", name=None), keys)
    assert claims["typ"] == "refresh"
    assert "name" not in claims


def test_public_key_file_holds_no_private_key(keys: Keys) -> None:
    assert [key.get("d") for key in json.loads(keys.jwks_file.read_text())["keys"]] == [None]
    assert "d" in json.loads(keys.signing_key_file.read_text())
    assert keys.signing_key_file.stat().st_mode & 0o777 == 0o600
