"""Changing the key of the session cookie while everything runs, replica by replica."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from pathlib import Path

from gamedesk_gateway.session.cookie import LIFETIME


class KeysNotReady(Exception):
    """This step has to wait, or another one comes first; the message says which."""


def add(file: Path) -> None:
    """Add a key that reads; nothing is encrypted with it yet."""
    _write(file, [*_keys(file), secrets.token_urlsafe(32)])


def switch(file: Path) -> None:
    """Encrypt with the newest key from now on; what the others encrypted is read on."""
    keys = _keys(file)
    if len(keys) < 2:
        raise KeysNotReady("There is one key alone: add another one first.")
    _write(file, [keys[-1], *keys[:-1]])


def retire(file: Path, *, at_once: bool = False) -> int:
    """Keep only the key that encrypts; returns how many went.

    Raises KeysNotReady while cookies of theirs may still hold. `at_once`, for a key in wrong hands, signs out whoever
    has such a cookie.
    """
    keys = _keys(file)
    over = file.stat().st_mtime + LIFETIME
    left = over - time.time()
    if left > 0 and not at_once:
        until = datetime.fromtimestamp(over).astimezone()
        raise KeysNotReady(
            f"Cookies of the keys before may hold for {left / 86400:.1f} more days, until {until:%Y-%m-%d %H:%M:%S %Z}."
        )
    _write(file, keys[:1])
    return len(keys) - 1


def _keys(file: Path) -> list[str]:
    return file.read_text("ascii").split()


def _write(file: Path, keys: list[str]) -> None:
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text("\n".join(keys) + "\n")
    draft.rename(file)
