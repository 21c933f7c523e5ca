"""Passwords: argon2id hashes with the library's recommended cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gamedesk_chassis.errors import Unavailable

_hasher = PasswordHasher()
# Verified against when there is no such agent, so that both refusals take the same time.
_NOBODY = _hasher.hash("nobody has this password")
_AT_ONCE = BoundedSemaphore(4)  # each check takes 64 MiB and a core for a moment
_WAIT_SECONDS = 0.5  # in a thread that others need too


@contextmanager
def one_of_few() -> Iterator[None]:
    """A place among the few that check a password at once. Raises Unavailable when too many others wait."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable("Too many are signing in at this moment.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; None (no such agent) takes as long and is False."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
