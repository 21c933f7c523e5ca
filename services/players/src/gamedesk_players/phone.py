"""Phone numbers: read in any spelling, kept in E.164, shown masked."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from gamedesk_players.errors import PhoneNotValid

HOME_REGION = "CN"
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
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s\-‐-―.()/]+", "", plain)
    if not re.fullmatch(r"\+?\d{3,20}", plain):
        return None
    plain = re.sub(r"^00", "+", plain)
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


def masked(e164: str) -> str:
    """`138****1234` for a Chinese mobile; otherwise country code and the last four digits."""
    if _CHINESE_MOBILE.fullmatch(e164):
        return f"{e164[3:6]}****{e164[-4:]}"
    return f"{e164[:3]}****{e164[-4:]}"


def shown(e164: str) -> str:
    """As agents write it: without +86 for Chinese mobiles."""
    return e164[3:] if _CHINESE_MOBILE.fullmatch(e164) else e164
