"""The gate before a game: rate, concurrency, and a circuit that leaves a broken game alone. R5."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players.commands import profiles, syncs
from gamedesk_players.model.gates import Gate
from gamedesk_testing.api_client import ApiClient
from hypothesis import given
from hypothesis import strategies as st

from .many_players import insert_players

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def failing(gate: Gate, times: int, moment: datetime = NOON) -> Gate:
    for _ in range(times):
        gate = gate.failed(moment, "timeout", None, at_once=False)
    return gate


@pytest.fixture
def gate() -> Gate:
    return Gate("xiyou", tokens=100, refilled_at=NOON)


def test_five_failures_in_a_row_open_the_circuit__R5(gate: Gate) -> None:
    assert failing(gate, 4).circuit(NOON) == "closed"
    opened = failing(gate, 5)
    assert (opened.circuit(NOON), opened.open_until) == ("open", NOON + 10 * SECOND)
    assert opened.places(NOON, concurrency=4, under_way=0) == 0


def test_what_was_under_way_when_it_opened_makes_the_pause_no_longer(gate: Gate) -> None:
    assert failing(gate, 9).open_until == NOON + 10 * SECOND


def test_an_open_circuit_lets_one_probe_through_at_a_time__R5(gate: Gate) -> None:
    later = NOON + 10 * SECOND
    opened = failing(gate, 5)
    assert (opened.circuit(later), opened.places(later, 4, 0)) == ("probing", 1)
    probed = opened.taken(1, probing_until=later + 30 * SECOND)
    assert probed.places(later, 4, 1) == 0
    assert probed.places(later + 30 * SECOND, 4, 0) == 1, "whoever asked is gone"


def test_the_pause_doubles_from_ten_seconds_to_five_minutes__R5(gate: Gate) -> None:
    moment, pauses, gate = NOON, [], failing(gate, 5)
    for _ in range(7):
        assert gate.open_until
        pauses.append((gate.open_until - moment).total_seconds())
        moment = gate.open_until
        gate = gate.failed(moment, "timeout", None, at_once=False)
    assert pauses == [10, 20, 40, 80, 160, 300, 300]


def test_a_game_that_asks_to_be_left_alone_is(gate: Gate) -> None:
    paused = gate.failed(NOON, "status", 42 * SECOND, at_once=True)
    assert paused.open_until == NOON + 42 * SECOND
    endless = gate.failed(NOON, "status", timedelta(days=9), at_once=True)
    assert endless.open_until == NOON + timedelta(minutes=5)


@given(
    per_second=st.floats(min_value=0.1, max_value=1000),
    pauses=st.lists(st.floats(min_value=0, max_value=3), min_size=1, max_size=50),
)
def test_never_more_questions_begin_than_the_rate_allows__R5(per_second: float, pauses: list[float]) -> None:
    gate, moment, begun = Gate("xiyou", tokens=0, refilled_at=NOON), NOON, 0
    for pause in pauses:
        moment += timedelta(seconds=pause)
        gate = gate.refilled(moment, per_second)
        places = gate.places(moment, concurrency=64, under_way=0)
        gate, begun = gate.taken(places, moment), begun + places
    passed = (moment - NOON).total_seconds()
    assert begun <= passed * per_second + 1e-6


def test_questions_under_way_and_begun_are_those_of_all_workers__R5(database: Database) -> None:
    database.transact(insert_players, 20)
    limits = SyncLimits(concurrency=3, per_second=1000)

    first = database.transact(syncs.claim_syncs, "xiyou", limits, 2)
    others = database.transact(syncs.claim_syncs, "xiyou", limits, 10)
    assert (len(first), len(others)) == (2, 1)
    database.transact(profiles.apply_answer, first[0], [[]], timedelta(hours=24))
    assert len(database.transact(syncs.claim_syncs, "xiyou", limits, 10)) == 1


def test_each_phone_of_a_player_is_a_question(database: Database, as_agent: Callable[[str], ApiClient]) -> None:
    agent = as_agent("KF003")
    player_id = agent.post("/players", {"phone": "13800138000"}).json()["player_id"]
    phones = [f"1380013800{n}" for n in range(5)]
    agent.patch(f"/players/{player_id}", {"phones": phones}, version=1)
    database.transact(insert_players, 5)
    limits = SyncLimits(concurrency=10, per_second=2)

    (first,) = database.transact(syncs.claim_syncs, "xiyou", limits, 1)

    assert len(first.phones) == 5
    assert database.transact(syncs.claim_syncs, "xiyou", limits, 10) == [], "the others wait until those are made good"


def test_while_a_circuit_is_open_nobody_is_asked_and_nothing_counts_as_an_attempt__R5(
    database: Database, as_agent: Callable[[str], ApiClient]
) -> None:
    database.transact(insert_players, 10)
    limits = SyncLimits(concurrency=5, per_second=100)
    for sync in database.transact(syncs.claim_syncs, "xiyou", limits, 5):
        database.transact(profiles.apply_failure, sync, CallFailed("timeout"))

    assert database.transact(syncs.claim_syncs, "xiyou", limits, 5) == []
    shown = {game["game_id"]: game["sync"] for game in as_agent("KF003").get("/games").json()["items"]}
    assert (shown["xiyou"]["circuit"], shown["xiyou"]["due"], shown["xiyou"]["last_reason"]) == ("open", 5, "timeout")
    assert shown["xiyou"]["open_until"]
    assert shown["sanguo"]["circuit"] == "closed"


def test_a_refused_question_says_nothing_against_the_game__R5(database: Database) -> None:
    database.transact(insert_players, 10)
    limits = SyncLimits(concurrency=6, per_second=100)
    for sync in database.transact(syncs.claim_syncs, "xiyou", limits, 6):
        database.transact(profiles.apply_failure, sync, CallFailed("status", 422))

    assert len(database.transact(syncs.claim_syncs, "xiyou", limits, 6)) == 4
