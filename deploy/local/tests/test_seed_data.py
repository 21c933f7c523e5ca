"""Demo data are the same at every run: their keys only protect against repetition when their bodies agree."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import phonenumbers
from gamedesk_local.seed_data import AGENTS, SIZES, players

ANCHOR = datetime(2026, 11, 1, 8, tzinfo=UTC)
SMALL = list(players(SIZES["small"], ANCHOR))


def test_repetition_gives_the_same() -> None:
    assert list(players(SIZES["small"], ANCHOR)) == SMALL


def test_small_is_the_beginning_of_large() -> None:
    assert list(islice(players(SIZES["large"], ANCHOR), 40)) == SMALL


def test_phones_are_valid_chinese_numbers_and_differ() -> None:
    bodies = [player.body for player in players(replace(SIZES["large"], players=3000), ANCHOR)]
    phones = [phonenumbers.parse(body["phone"], "CN") for body in bodies]
    assert all(phonenumbers.is_valid_number(phone) for phone in phones)
    assert len({phone.national_number for phone in phones}) == 3000
    assert len({body["wechat_id"] for body in bodies}) == 3000


def test_wechat_ids_keep_wechats_rules() -> None:
    ids = [player.body["wechat_id"] for player in SMALL] + [agent.body("x")["wechat_id"] for agent in AGENTS]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{5,19}", wechat_id) for wechat_id in ids)


def test_every_state_and_outcome_is_shown() -> None:
    assert {ticket.state for player in SMALL for ticket in player.tickets} == {"pending", "in_progress", "done"}
    assert {touch["outcome"] for player in SMALL for touch in player.touches} >= {"lost", "thinking"}
    assert any(player.sale is not None for player in SMALL)


def test_questions_of_a_player_are_of_different_categories() -> None:
    for player in SMALL:
        categories = [ticket.body["category"] for ticket in player.tickets]
        assert len(set(categories)) == len(categories)


def test_nothing_has_happened_in_the_future() -> None:
    for player in SMALL:
        times = [ticket.body["asked_at"] for ticket in player.tickets]
        times += [touch["occurred_at"] for touch in player.touches]
        assert all(datetime.fromisoformat(time) <= ANCHOR for time in times)


def test_thinking_players_are_followed_up_after_the_anchor() -> None:
    dates = [touch["follow_up_on"] for player in SMALL for touch in player.touches if "follow_up_on" in touch]
    assert all(date >= (ANCHOR - timedelta(days=1)).date().isoformat() for date in dates)
