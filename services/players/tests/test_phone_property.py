"""Phones: every spelling of a number is that number, and nothing else is a Chinese mobile (R2)."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from gamedesk_players import phone
from hypothesis import example, given
from hypothesis import strategies as st

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
# Whatever phonenumbers itself gives as an example of a country's mobiles.
REGIONS = ["US", "JP", "KR", "HK", "TW", "MO", "SG", "MY", "TH", "VN", "GB", "DE", "FR", "RU", "AU", "BR", "IN"]
FOREIGN = st.sampled_from(
    [
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for region in REGIONS
        if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
    ]
)
SEPARATORS = ["", "", " ", "-", "‐", "–", ".", "(", ")", "\t", "\u3000", "\u00a0"]
FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


@st.composite
def spelt(draw: st.DrawFn, plain: str) -> str:
    """`plain` with separators anywhere, perhaps in full width."""
    between = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(plain), max_size=len(plain)))
    text = "".join(char + separator for char, separator in zip(plain, between, strict=True))
    return text.translate(FULL_WIDTH) if draw(st.booleans()) else text


@given(st.data(), MOBILES, st.sampled_from(["", "+86", "0086", "86", "0"]))
def test_every_spelling_of_a_chinese_mobile_is_that_mobile__R2(data: st.DataObject, mobile: str, before: str) -> None:
    assert phone.normalise(data.draw(spelt(before + mobile))) == f"+86{mobile}"


@given(st.data(), FOREIGN, st.sampled_from(["+", "00"]))
def test_every_spelling_of_a_foreign_number_is_that_number__R2(data: st.DataObject, e164: str, before: str) -> None:
    assert phone.normalise(data.draw(spelt(before + e164[1:]))) == e164


@given(st.text(alphabet="0123456789+- ０１３８", max_size=22) | MOBILES | FOREIGN)
def test_what_is_normal_stays_as_it_is_and_so_does_what_is_shown__R2(text: str) -> None:
    number = phone.parse(text)

    if number is not None:
        assert phone.normalise(number) == number
        assert phone.normalise(phone.shown(number)) == number


@example("", "1795113800138000")  # a carrier's code before it
@given(st.sampled_from(["", "+86", "0086"]), st.from_regex(r"1[0-9]{2,19}", fullmatch=True) | MOBILES)
def test_a_chinese_mobile_has_eleven_digits_from_13_to_19_on__R2(before: str, digits: str) -> None:
    mobile = f"+86{digits}" if re.fullmatch(r"1[3-9][0-9]{9}", digits) else None

    assert phone.parse(before + digits) == mobile


@given(st.data(), MOBILES, st.integers(5, 11), st.sampled_from(["", "+86", "0086"]))
def test_what_begins_a_mobile_in_any_spelling_begins_its_e164__R6(
    data: st.DataObject, mobile: str, typed: int, before: str
) -> None:
    text = data.draw(spelt(before + mobile[:typed]))

    assert any(f"+86{mobile}".startswith(prefix) for prefix in phone.prefixes(text))


@pytest.mark.parametrize("text", ["1380", "+861", "0086", "８６１３", "abc", "13800x", "", "+", "1" * 21])
def test_too_little_begins_no_number__R6(text: str) -> None:
    assert phone.prefixes(text) == []
