"""Settings that are secrets: placeholders and weak ones are refused, and so are files that others may read."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, SecretStr

LEAST_LENGTH = 12
_LEAST_DIFFERENT = 5  # characters
_READ_BY_OTHERS = stat.S_IWGRP | stat.S_IRWXO
_NOT_A_LETTER = re.compile(r"[^a-z]")
_BLANK = re.compile(r"<.*>|\{.*\}|\$\{?\w+\}?|%\w+%")  # what a template leaves where nobody filled it in
_COMMON = re.compile(
    r"(change|replace|insert|enter|choose)(me|this|it|your|with|before|here|a|the).*"
    r"|[a-z]{0,12}(password|passwd|passphrase|secret|secretkey)"  # whatever it is the password of
    r"|(your|my|the|a|our|some|any|this|is|gamedesk|desk|postgres|postgresql|nats|database|db|example|sample|demo"
    r"|test|testing|default|dummy|fake|placeholder|todo|fixme|insecure|not|very|super|so|admin|root|user|login|master"
    r"|service|gateway|api|secret|secretkey|pass|passwd|password|passphrase|key|token"
    r"|value|string|random|long|here|none|null|empty|unset|letmein|welcome|qwerty|qwertyuiop|abc|abcd|abcdef|xx+)+"
)


def weakness(secret: str) -> str | None:
    """Why `secret` must not be used, as the end of a sentence; None for one that may be. Never repeats it."""
    if not secret.strip():
        return "is empty"
    if _BLANK.fullmatch(secret.strip()) or _COMMON.fullmatch(_NOT_A_LETTER.sub("", secret.lower()) or "-"):
        return "is a placeholder"
    if len(secret) < LEAST_LENGTH:
        return f"is shorter than {LEAST_LENGTH} characters"
    if len(set(secret)) < _LEAST_DIFFERENT:
        return "repeats the same few characters"
    return None


_PUBLISHED = ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",)  # the example of RFC 8037


def raw_key(text: str) -> bytes:
    """The 32 random bytes that base64url `text` stands for.

    Raises ValueError, without repeating it: it is no such thing, a text, a pattern, or an example that everybody knows.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise ValueError("a key is not base64") from None
    if len(raw) != 32:
        raise ValueError(f"a key has {len(raw)} bytes, not 32")
    if raw.isascii() or len(set(raw)) < 16 or raw.hex() in _PUBLISHED:
        raise ValueError("a key is not random")
    return raw


def may_be_read_by_others(file: Path) -> bool:
    """Whether the mode of `file` lets strangers read it, or a group write it. (A group may have to read it: that is
    how secrets are mounted for a container's own user.)"""
    return bool(file.stat().st_mode & _READ_BY_OTHERS)


def _without_weak_passwords(addresses: str) -> str:
    for address in addresses.split(","):
        try:
            password = urlsplit(address).password
        except ValueError:
            continue  # whoever connects will say what is wrong with it
        reason = None if password is None else weakness(unquote(password))
        if reason:
            raise ValueError(f"the password in it {reason}; {HOW_TO_MEND}")
    return addresses


def _strong(secret: SecretStr) -> SecretStr:
    reason = weakness(secret.get_secret_value())
    if reason:
        raise ValueError(f"it {reason}; {HOW_TO_MEND}")
    return secret


class PrivateFile:
    """Marks a setting that names a file with a secret: `settings.load` refuses one that others may read."""


HOW_TO_MEND = "take a random one, such as `openssl rand -hex 20` prints"
SecretAddresses = Annotated[str, AfterValidator(_without_weak_passwords)]
"""One address or several with commas between; a password in them may be none that can be guessed."""
StrongSecret = Annotated[SecretStr, AfterValidator(_strong)]
SecretFile = Annotated[Path, PrivateFile()]
