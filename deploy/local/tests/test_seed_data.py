"""Demo data are the same at every run: their keys only protect against repetition when their bodies agree."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import phonenumbers
import pytest
from gamedesk_local.seed_data import AGENTS, PACKS, SIZES, players
from gamedesk_local.seed_history import DAYS, PLAIN, SALES, SHANGHAI, Contact, Sale
from gamedesk_local.seed_tickets import ANSWER_WITHIN, FATES, MINUTES_OPEN, OPENS_AT, Ticket

ANCHOR = datetime(2026, 11, 1, 8, tzinfo=UTC)
SMALL = list(players(SIZES["small"], ANCHOR))
TICKETS = [ticket for player in SMALL for ticket in player.tickets]
STEPS = [step for player in SMALL for step in player.history.steps]
CONTACTS = [step for step in STEPS if isinstance(step, Contact)]
SOLD = [step for step in STEPS if isinstance(step, Sale)]


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
    assert {ticket.fate for ticket in TICKETS} == set(FATES)
    said = {contact.body["outcome"] for contact in CONTACTS}
    assert said == {"lost", "thinking", "no_reply", "do_not_contact"}
    assert {sale.fate for sale in SOLD} == {fate for _, fate in (*SALES, *PLAIN)}


def test_sales_and_contacts_spread_over_weeks() -> None:
    weeks = {(ANCHOR - sale.paid_at).days // 7 for sale in SOLD}
    weeks |= {(ANCHOR - datetime.fromisoformat(contact.body["occurred_at"])).days // 7 for contact in CONTACTS}
    assert weeks >= set(range(DAYS // 7 - 1))


def test_some_prices_are_promised_for_long_and_some_are_over_soon() -> None:
    minutes = [player.history.quote.valid_minutes for player in SMALL if player.history.quote]
    assert min(minutes) == 1
    assert max(minutes) > 60


def test_minors_are_sold_nothing() -> None:
    minors = [player for player in SMALL if player.body["minor_band"] != "none"]
    assert {player.body["minor_band"] for player in minors} == {"16_17", "8_15", "under_8"}
    assert not any(isinstance(step, Sale) for player in minors for step in player.history.steps)


def test_nothing_follows_a_wish_to_be_left_alone() -> None:
    left_alone = [player.history for player in SMALL if player.history.left_alone]
    assert left_alone
    for history in left_alone:
        last = history.steps[-1]
        assert isinstance(last, Contact)
        assert last.body["outcome"] == "do_not_contact"
        assert history.quote is None


def test_every_pack_that_is_offered_is_there() -> None:
    chosen = {step.pack for step in STEPS if step.pack is not None}
    assert chosen <= set(range(len(PACKS)))


def test_questions_of_a_player_are_of_different_categories() -> None:
    for player in SMALL:
        categories = [ticket.body["category"] for ticket in player.tickets]
        assert len(set(categories)) == len(categories)


def test_first_players_have_names_of_their_own() -> None:
    assert len({player.body["wechat_name"] for player in SMALL}) == len(SMALL)


def answered(ticket: Ticket) -> datetime | None:
    times = [step.body["happened_at"] for step in ticket.steps if "happened_at" in step.body]
    return datetime.fromisoformat(times[0]) if times else None


def test_some_answers_are_in_time_and_some_are_late() -> None:
    in_time = [
        (at - datetime.fromisoformat(ticket.body["asked_at"])).total_seconds() / 60
        <= ANSWER_WITHIN[ticket.body["priority"]]
        for ticket in TICKETS
        if (at := answered(ticket))
    ]
    assert 1 < in_time.count(False) < in_time.count(True)


@pytest.mark.parametrize("hour", range(24))
def test_questions_and_answers_fall_into_working_hours_of_the_past(hour: int) -> None:
    now = ANCHOR.replace(hour=hour)
    some = players(replace(SIZES["small"], players=100), now)
    for ticket in (ticket for player in some for ticket in player.tickets):
        for at in (datetime.fromisoformat(ticket.body["asked_at"]), answered(ticket)):
            if at is not None:
                assert at <= now
                there = at.astimezone(SHANGHAI)
                assert 0 <= (there.hour - OPENS_AT) * 60 + there.minute < MINUTES_OPEN


def test_nothing_has_happened_in_the_future() -> None:
    for player in SMALL:
        times = [ticket.body["asked_at"] for ticket in player.tickets]
        assert all(datetime.fromisoformat(time) <= ANCHOR for time in times)
    assert all(datetime.fromisoformat(contact.body["occurred_at"]) <= ANCHOR for contact in CONTACTS)
    assert all(sale.paid_at <= ANCHOR for sale in SOLD)


def test_thinking_players_are_followed_up_from_the_anchors_day_on() -> None:
    dates = [contact.body["follow_up_on"] for contact in CONTACTS if "follow_up_on" in contact.body]
    assert min(dates) == "2026-11-01"
