"""Standard Webhooks: who sent a body, and when (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamedesk_chassis.clock import now
from gamedesk_chassis.remotes import Remote
from starlette.datastructures import Headers

from gamedesk_catalog.errors import SignatureExpired, SignatureInvalid

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_SHORTEST_KEY = 24  # bytes; what Standard Webhooks asks for


def push_keys(games: Iterable[Remote]) -> dict[str, tuple[bytes, ...]]:
    """The keys behind each game's push secrets; a secret that is none ends the process with a sentence."""
    return {game.id: tuple(_key(game.id, secret) for secret in game.push_secrets) for game in games}


def _key(game_id: str, secret: str) -> bytes:
    try:
        if not secret.startswith(_PREFIX):
            raise ValueError
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        raise SystemExit(f"A push secret of the game {game_id} is not of the form {_PREFIX}<base64>") from None
    if len(key) < _SHORTEST_KEY:
        raise SystemExit(f"A push secret of the game {game_id} is shorter than {_SHORTEST_KEY} bytes; make a new one")
    return key


@dataclass(frozen=True)
class Signature:
    """The headers webhook-id, webhook-timestamp (Unix seconds) and webhook-signature (`v1,<base64>`, several
    separated by spaces)."""

    message_id: str
    timestamp: str
    signatures: str


def verify(keys: Sequence[bytes], signature: Signature, body: bytes, moment: datetime) -> None:
    """Check that one of `keys` signed the exact bytes `body` within 5 minutes of `moment`.

    Raises SignatureInvalid, SignatureExpired.
    """
    timestamp = signature.timestamp
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureInvalid()
    signed = f"{signature.message_id}.{timestamp}.".encode() + body
    wanted = [_signature(key, signed) for key in keys]
    given = [text.encode() for text in signature.signatures.split()]
    if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
        raise SignatureInvalid("Sign the exact bytes of the body with this game's secret.")
    if abs(moment.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise SignatureExpired("Sign each attempt anew, by a clock that is right.")


def check_of_pushes(keys_of: Mapping[str, Sequence[bytes]]) -> Callable[[str, Headers, bytes], None]:
    """Verifies a push by its path, whose end names the game, before its 2 MiB are parsed. Missing headers are left to
    the contract, which refuses them before the body."""

    def check(path: str, headers: Headers, body: bytes) -> None:
        given = [headers.get(name) for name in HEADERS]
        if all(given):
            keys = keys_of.get(path.rpartition("/")[2], ())
            verify(keys, Signature(*map(str, given)), body, now())

    return check


def _signature(key: bytes, signed: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
