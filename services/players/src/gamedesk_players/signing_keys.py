"""The key files of access tokens, in one folder, and how a new key takes over while everything runs.

signing.jwk.json        private: what players signs with
signing.next.jwk.json   private: what it will sign with; there from `add` to `switch`
jwks.json               public: what every service verifies with; holds a key before it is used, and after
"""

from __future__ import annotations

import json
import secrets
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gamedesk_chassis.principal import ALGORITHM, LEEWAY
from jwt.algorithms import OKPAlgorithm

from gamedesk_players.tokens import ACCESS_LIFETIME

_SIGNING, _NEXT, _PUBLIC = "signing.jwk.json", "signing.next.jwk.json", "jwks.json"


class KeysNotReady(Exception):
    """This step has to wait, or another one comes first; the message says which."""


def make_key_files(folder: Path) -> None:
    """Write signing.jwk.json (private, mode 0600) and jwks.json (public). An existing pair stays."""
    if (folder / _SIGNING).exists() and (folder / _PUBLIC).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    private, public = _new_key()
    _write(folder / _SIGNING, private, mode=0o600)
    _write(folder / _PUBLIC, {"keys": [public]})


def add(folder: Path) -> str:
    """Make the next key and publish its public half; nothing is signed with it yet. Returns its id."""
    if (folder / _NEXT).exists():
        raise KeysNotReady("There is a next key already: switch to it.")
    private, public = _new_key()
    _write(folder / _PUBLIC, {"keys": [*_published(folder), public]})
    _write(folder / _NEXT, private, mode=0o600)
    return public["kid"]


def switch(folder: Path) -> str:
    """Sign with the next key from now on; tokens of the one before stay good. Returns its id."""
    if not (folder / _NEXT).exists():
        raise KeysNotReady("There is no next key: add one first.")
    key = json.loads((folder / _NEXT).read_text())
    if key["kid"] not in {known["kid"] for known in _published(folder)}:
        raise KeysNotReady(f"The next key is not in {_PUBLIC}: nobody could verify what it signs.")
    _write(folder / _SIGNING, key, mode=0o600)
    (folder / _NEXT).unlink()
    return key["kid"]


def retire(folder: Path, *, at_once: bool = False) -> list[str]:
    """Take keys that are signed with no more out of jwks.json; returns their ids.

    Raises KeysNotReady while tokens of theirs may still hold. `at_once`, for a key in wrong hands, signs out whoever
    has none of a newer key.
    """
    over = (folder / _SIGNING).stat().st_mtime + (ACCESS_LIFETIME + LEEWAY).total_seconds()
    left = over - time.time()
    if left > 0 and not at_once:
        until = datetime.fromtimestamp(over).astimezone()
        raise KeysNotReady(
            f"Tokens of the key before may hold for {left / 60:.0f} more minutes, until {until:%H:%M:%S %Z}."
        )
    used = {json.loads(file.read_text())["kid"] for file in (folder / _SIGNING, folder / _NEXT) if file.exists()}
    known = _published(folder)
    if not used <= {key["kid"] for key in known}:
        raise KeysNotReady(f"{_PUBLIC} lacks a key that is signed with: mend it first.")
    _write(folder / _PUBLIC, {"keys": [key for key in known if key["kid"] in used]})
    return [key["kid"] for key in known if key["kid"] not in used]


def _published(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / _PUBLIC).read_text())["keys"]


def _new_key() -> tuple[dict[str, Any], dict[str, Any]]:
    private = Ed25519PrivateKey.generate()
    common = {"kid": secrets.token_hex(8), "use": "sig", "alg": ALGORITHM}
    halves = (private, private.public_key())
    made = [{**OKPAlgorithm.to_jwk(half, as_dict=True), **common} for half in halves]
    return made[0], made[1]


def _write(file: Path, content: dict[str, Any], mode: int = 0o644) -> None:
    """Replace the file at once: who reads it finds the old or the new, whole."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=mode)
    draft.write_text(json.dumps(content))
    draft.rename(file)
