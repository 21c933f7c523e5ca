"""Keys of access tokens are taken and dropped while a service runs."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest
from gamedesk_chassis import watched_file
from gamedesk_chassis.auth import TokenVerifier
from gamedesk_testing.tokens import Keys, make_keys


def public(*keys: Keys) -> str:
    return json.dumps({"keys": [one for each in keys for one in json.loads(each.jwks_file.read_text())["keys"]]})


def test_a_token_holds_as_long_as_its_key_also_one_that_was_seen_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_file, "_CHECK_SECONDS", -1.0)
    old, new = make_keys(tmp_path / "old", "old"), make_keys(tmp_path / "new", "new")
    file = tmp_path / "jwks.json"
    file.write_text(public(old))
    verifier, token = TokenVerifier(file), old.token("KF003")
    assert verifier.principal(token).id == "KF003"
    with pytest.raises(jwt.InvalidKeyError):
        verifier.verify(new.token())

    file.write_text(public(old, new))
    assert verifier.principal(new.token("KF004")).id == "KF004"
    assert verifier.principal(token).id == "KF003"

    file.write_text("{}")
    assert verifier.principal(token).id == "KF003", "a broken file changes nothing"

    file.write_text(public(new))
    with pytest.raises(jwt.InvalidKeyError):
        verifier.verify(token)
