"""Phone numbers: read in any spelling, kept in E.164, shown masked."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from gamedesk_players.errors import PhoneNotValid

HOME_REGION = "CN"
_SHORTEST_PREFIX = 5
_CHINESE_MOBILE = re.compile(r"\+861[3-9]\d{9}")


def normalise(text: str, *, pointer: str = "/phone") -> str:
    """E.164 of a phone in any spelling: spaces, dashes, `0086`, full-width digits; +86 by default.

    Raises PhoneNotValid. Chinese mobiles have 11 digits and start with 13 to 19.
    """
    number = parse(text)
    if number is None:
        raise PhoneNotValid(
            "Chinese mobiles have 11 digits starting with 13 to 19; other numbers need +country code.",
            pointer=pointer,
        )
    return number


def parse(text: str) -> str | None:
    """Like `normalise`, with None for what is no phone number."""
    plain = _plain(text)
    if plain is None:
        return None
    if at_home := re.fullmatch(r"(?:\+86)?(1\d+)", plain):
        # Before a mobile, phonenumbers takes digits for a carrier's code and forgets them.
        mobile = f"+86{at_home[1]}"
        return mobile if _CHINESE_MOBILE.fullmatch(mobile) else None
    try:
        number = phonenumbers.parse(plain, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == 86:
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if _CHINESE_MOBILE.fullmatch(e164):
            return e164
        # A landline is possible, a mobile of the wrong length is not.
        return e164 if phonenumbers.is_valid_number(number) and not e164.startswith("+861") else None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def prefixes(text: str) -> list[str]:
    """Beginnings of the E.164 numbers that `text` may be the beginning of, in any spelling; none of less than five
    digits."""
    plain = _plain(text)
    if plain is None or len(plain.lstrip("+")) < _SHORTEST_PREFIX:
        return []
    if plain.startswith("+"):
        return [plain]
    # At home without the country code (and with a landline's 0), or abroad without the plus.
    at_home = f"+86{plain.removeprefix('0')}"
    return [at_home] if plain.startswith("0") else [at_home, f"+{plain}"]


def _plain(text: str) -> str | None:
    """Digits, with a plus before a country code; None for what is no phone number or part of one."""
    plain = re.sub(r"[\s\-‐-―.()/]+", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\+?[0-9]{3,20}", plain):
        return None
    return re.sub(r"^00", "+", plain)


def masked(e164: str) -> str:
    """`138****1234` for a Chinese mobile; otherwise country code and the last four digits."""
    if _CHINESE_MOBILE.fullmatch(e164):
        return f"{e164[3:6]}****{e164[-4:]}"
    return f"{e164[:3]}****{e164[-4:]}"


def national(e164: str) -> str:
    """The digits that are in every spelling, with or without country code."""
    return str(phonenumbers.parse(e164).national_number)


def shown(e164: str) -> str:
    """As agents write it: without +86 for Chinese mobiles."""
    return e164[3:] if _CHINESE_MOBILE.fullmatch(e164) else e164
