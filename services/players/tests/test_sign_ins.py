"""Guessing passwords is slow, whichever replica is asked, and stops nobody at his own desk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from gamedesk_chassis import deadlines
from gamedesk_chassis.client_address import HEADER, sealed
from gamedesk_chassis.database import Database
from gamedesk_players import passwords
from gamedesk_players.app import create_app
from gamedesk_players.commands import sign_ins
from gamedesk_players.commands.sign_ins import FREE_OF_ADDRESS, FREE_OF_AGENT
from gamedesk_players.repository import sign_ins as repository
from gamedesk_players.settings import Settings
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import PASSWORD

DESK, ELSEWHERE = "192.0.2.10", "203.0.113.5"
Attempt = Callable[..., Any]


@pytest.fixture
def attempt(anonymous: ApiClient, settings: Settings) -> Attempt:
    """`attempt("KF003", "guess", DESK)`: a sign-in from there, as the gateway passes it on."""

    def attempt(agent_id: str, password: str, address: str, client: ApiClient = anonymous) -> Any:
        headers = {HEADER: sealed(settings.gateway_key.get_secret_value(), address)}
        return client.request("POST", "/sessions", json={"agent_id": agent_id, "password": password}, headers=headers)

    return attempt


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of numbers: comparing passwords takes no time."""
    monkeypatch.setattr(passwords, "matches", lambda stored, password: stored is not None and password == PASSWORD)


def hours_pass(database: Database, hours: float) -> None:
    with database.begin() as tx:
        for column in ("last_at", "blocked_until", "signed_in_at"):
            statement = f"UPDATE sign_in_counts SET {column} = {column} - make_interval(secs => :seconds)"
            tx.execute(text(statement), {"seconds": hours * 3600})


def most_counted(database: Database, many: int) -> list[int]:
    with database.begin() as tx:
        failures = text("SELECT failures FROM sign_in_counts ORDER BY failures DESC LIMIT :many")
        return list(tx.execute(failures, {"many": many}).scalars())


def test_after_five_failures_each_guess_waits_twice_as_long_as_the_one_before(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    assert [attempt("KF003", "guess", ELSEWHERE).status_code for _ in range(5)] == [401] * 5
    waits = []
    for _ in range(11):
        refused = attempt("kf003", PASSWORD, ELSEWHERE)
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:gamedesk:problem:too-many-requests")
        waits.append(int(refused.headers["Retry-After"]))
        hours_pass(database, waits[-1] / 3600)
        assert attempt("KF003", "guess", ELSEWHERE).status_code == 401

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 900], "one was forgiven in the first quarter of an hour"
    hours_pass(database, 24.1)
    assert attempt("KF003", "guess", ELSEWHERE).status_code == 401
    assert attempt("KF003", "guess", ELSEWHERE).status_code == 401, "after a quiet day it begins anew"


def test_limits_hold_across_replicas_and_parallel_guesses(
    attempt: Attempt, settings: Settings, quick_hash: None
) -> None:
    replicas = [ApiClient(create_app(settings)) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        guesses = [pool.submit(attempt, "KF003", "guess", ELSEWHERE, replicas[n % 2]) for n in range(30)]
        statuses = [guess.result().status_code for guess in guesses]

    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) <= FREE_OF_AGENT + 2, "the first waits are short"
    assert statuses.count(401) + statuses.count(503) >= FREE_OF_AGENT, "503: too many at once, and not counted"


def test_a_guess_that_waited_for_another_one_counts_once(database: Database) -> None:
    with database.begin() as earlier:
        earlier.execute(text("SELECT now()"))
        database.transact(lambda later: repository.take(later, "agent KF003", FREE_OF_AGENT))
        assert repository.take(earlier, "agent KF003", FREE_OF_AGENT) is None

    with database.begin() as tx:
        row = tx.execute(text("SELECT failures, now() - last_at < interval '1 minute' FROM sign_in_counts")).one()
    assert tuple(row) == (2, True)


def test_a_stranger_does_not_lock_an_agent_out_at_his_own_desk(attempt: Attempt, quick_hash: None) -> None:
    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", ELSEWHERE)
    assert attempt("KF003", PASSWORD, ELSEWHERE).status_code == 429
    assert attempt("KF003", PASSWORD, "198.51.100.7").status_code == 429, "strangers are counted together"

    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    assert attempt("KF003", PASSWORD, ELSEWHERE).status_code == 429, "which does not help the stranger"


def test_guesses_at_the_agents_desk_are_counted_too_and_forgotten_with_the_right_password(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", DESK)
    assert attempt("KF003", PASSWORD, DESK).status_code == 429
    hours_pass(database, 0.01)

    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    assert attempt("KF003", "guess", DESK).status_code == 401


def test_a_desk_that_was_not_used_for_a_month_is_no_usual_place(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    hours_pass(database, 31 * 24)
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", ELSEWHERE)

    assert attempt("KF003", PASSWORD, DESK).status_code == 429


def test_one_address_that_tries_many_agents_has_to_wait(attempt: Attempt, quick_hash: None) -> None:
    for number in range(FREE_OF_ADDRESS):
        assert attempt(f"KF9{number:03}", "guess", ELSEWHERE).status_code == 401

    assert attempt("KF003", PASSWORD, ELSEWHERE).status_code == 429
    assert attempt("KF003", PASSWORD, DESK).status_code == 201


def test_an_office_is_forgiven_its_typos(attempt: Attempt, database: Database, quick_hash: None) -> None:
    for day in range(60):
        assert attempt(f"KF9{day:03}", "typo", DESK).status_code == 401
        assert attempt("KF003", PASSWORD, DESK).status_code == 201
        hours_pass(database, 20)

    assert attempt("KF004", "typo", DESK).status_code == 401


def test_failures_are_forgiven_one_every_quarter_of_an_hour_however_often_others_fail(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    for number in range(2 * FREE_OF_ADDRESS):
        assert attempt(f"KF9{number:03}", "guess", ELSEWHERE).status_code == 401
        hours_pass(database, 10 / 60)


def test_what_others_fail_at_in_an_office_stops_no_agent_who_signs_in_there_usually(
    attempt: Attempt, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    for number in range(FREE_OF_ADDRESS):
        attempt(f"KF9{number:03}", "guess", DESK)

    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    assert attempt("KF004", PASSWORD, DESK).status_code == 429


def test_guesses_at_many_agents_usual_place_have_to_wait_too(
    attempt: Attempt, database: Database, quick_hash: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from behind a proxy that is not named, which is everybody's usual place."""
    monkeypatch.setattr(sign_ins, "FREE_OF_DESKS", 8)
    for agent in ("KF001", "KF003"):
        assert attempt(agent, PASSWORD, DESK).status_code == 201
    guesses = [("KF003", FREE_OF_AGENT), ("KF001", 3)]
    assert {attempt(agent, "guess", DESK).status_code for agent, many in guesses for _ in range(many)} == {401}

    assert attempt("KF001", PASSWORD, DESK).status_code == 429
    assert attempt("KF001", PASSWORD, ELSEWHERE).status_code == 201
    hours_pass(database, 0.01)
    assert attempt("KF001", PASSWORD, DESK).status_code == 201


def test_desks_do_not_collect_the_typos_of_those_who_then_sign_in(
    attempt: Attempt, quick_hash: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "FREE_OF_DESKS", 8)
    for _ in range(5):
        assert attempt("KF003", PASSWORD, DESK).status_code == 201
        assert [attempt("KF003", "typo", DESK).status_code for _ in range(4)] == [401] * 4


def test_who_signs_in_himself_does_not_erase_his_guesses_at_others_desks(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    for agent in ("KF001", "KF002", "KF003"):
        assert attempt(agent, PASSWORD, DESK).status_code == 201
    for agent in ("KF001", "KF002"):
        assert [attempt(agent, "guess", DESK).status_code for _ in range(3)] == [401] * 3
        assert attempt("KF003", "guess", DESK).status_code == 401
        assert [attempt("KF003", PASSWORD, DESK).status_code for _ in range(3)] == [201] * 3

    assert most_counted(database, 3) == [6, 3, 3], "of all desks, and of either agent's"


def test_what_a_desk_was_forgiven_by_time_is_not_given_back_once_more(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    """Failures in one's own name are no store to pay guesses at others with."""
    for agent in ("KF003", "KF004"):
        assert attempt(agent, PASSWORD, DESK).status_code == 201
        assert [attempt(agent, "guess", DESK).status_code for _ in range(4)] == [401] * 4
    hours_pass(database, 0.76)  # three are forgiven, to his desk as to all of them
    assert attempt("KF003", PASSWORD, DESK).status_code == 201

    assert most_counted(database, 2) == [4, 4], "of all desks, and of KF004's: what he guessed there is not erased"


def test_an_office_may_mistype_more_often_than_a_stranger() -> None:
    assert sign_ins.FREE_OF_DESKS > 2 * FREE_OF_ADDRESS


def test_right_passwords_do_not_count_against_an_office(attempt: Attempt, quick_hash: None) -> None:
    assert {attempt("KF003", PASSWORD, DESK).status_code for _ in range(FREE_OF_ADDRESS + 5)} == {201}


def test_an_unknown_agent_waits_just_as_a_known_one(attempt: Attempt, quick_hash: None) -> None:
    answers = [[attempt(agent, "guess", ELSEWHERE) for _ in range(7)] for agent in ("KF003", "KF777")]

    known, unknown = ([(a.status_code, a.json()["type"], a.json().get("detail")) for a in each] for each in answers)
    assert known == unknown


def test_what_was_tried_is_kept_nowhere(attempt: Attempt, database: Database, quick_hash: None) -> None:
    attempt("my_own_password", "guess", ELSEWHERE)
    attempt("KF003", PASSWORD, DESK)

    with database.begin() as tx:
        rows = tx.execute(text("SELECT string_agg(sign_in_counts::text, ' ') FROM sign_in_counts")).scalar_one()
    for tried in ("my_own_password", "MY_OWN_PASSWORD", "KF003", ELSEWHERE, DESK):
        assert tried not in rows


def test_an_address_that_no_gateway_sealed_counts_for_nothing(anonymous: ApiClient, quick_hash: None) -> None:
    """Who calls this service directly cannot choose where he seems to be."""

    def direct(agent_id: str, headers: dict[str, str]) -> int:
        body = {"agent_id": agent_id, "password": "guess"}
        return anonymous.request("POST", "/sessions", json=body, headers=headers).status_code

    for number in range(FREE_OF_ADDRESS // 2):
        assert direct(f"KF1{number}", {HEADER: f"192.0.2.{number} {'0' * 64}"}) == 401
        assert direct(f"KF2{number}", {"X-Forwarded-For": f"192.0.2.{number}"}) == 401

    assert direct("KF003", {HEADER: f"192.0.2.200 {'0' * 64}"}) == 429


def test_the_current_password_is_guessed_no_faster_with_a_stolen_token(
    as_agent: Callable[[str], ApiClient], quick_hash: None
) -> None:
    body = {"new_password": "a brand new password", "current_password": "guess"}
    statuses = [as_agent("KF003").put("/agents/KF003/password", body).status_code for _ in range(FREE_OF_AGENT + 1)]

    assert statuses == [401] * FREE_OF_AGENT + [429]


def test_a_change_of_password_counts_for_the_clients_address_that_the_gateway_sealed(
    attempt: Attempt, as_agent: Callable[[str], ApiClient], settings: Settings, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)

    def change(current: str, address: str) -> int:
        body = {"new_password": "a brand new password", "current_password": current}
        headers = {HEADER: sealed(settings.gateway_key.get_secret_value(), address)}
        return as_agent("KF003").request("PUT", "/agents/KF003/password", json=body, headers=headers).status_code

    assert [change("guess", ELSEWHERE) for _ in range(FREE_OF_AGENT + 1)] == [401] * FREE_OF_AGENT + [429]
    assert change(PASSWORD, DESK) == 204, "a thief elsewhere does not stop the agent at his desk"


def test_an_operator_lets_an_agent_sign_in_again_at_once(
    attempt: Attempt, database: Database, settings: Settings, quick_hash: None
) -> None:
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", ELSEWHERE)
    assert attempt("KF003", PASSWORD, DESK).status_code == 429

    database.transact(sign_ins.clear, settings.gateway_key.get_secret_value(), "KF003")

    assert attempt("KF003", PASSWORD, DESK).status_code == 201


def test_an_operator_lets_an_agent_in_at_his_usual_desk(
    attempt: Attempt, database: Database, settings: Settings, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    for _ in range(6):
        attempt("KF003", "guess", DESK)
        attempt("KF004", "guess", ELSEWHERE)
    assert attempt("KF003", PASSWORD, DESK).status_code == 429

    database.transact(sign_ins.clear, settings.gateway_key.get_secret_value(), "KF003")

    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    assert attempt("KF004", PASSWORD, ELSEWHERE).status_code == 429, "nobody else is meant"


def test_an_admins_new_password_lets_an_agent_in_at_once_at_his_desk_and_elsewhere(
    attempt: Attempt, as_agent: Callable[[str], ApiClient], database: Database, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    for agent, address in (("KF003", DESK), ("KF003", ELSEWHERE), ("KF004", ELSEWHERE)):
        for _ in range(FREE_OF_AGENT):
            attempt(agent, "guess", address)
    hours_pass(database, -0.1)  # their waits become minutes, however slow this machine is
    assert {attempt("KF003", PASSWORD, address).status_code for address in (DESK, ELSEWHERE)} == {429}

    assert as_agent("KF001").put("/agents/KF003/password", {"new_password": "a brand new password"}).status_code == 204

    assert attempt("KF003", PASSWORD, ELSEWHERE).status_code == 201
    assert attempt("KF003", PASSWORD, DESK).status_code == 201
    assert attempt("KF004", PASSWORD, ELSEWHERE).status_code == 429, "nobody else is meant"


def test_a_new_password_that_was_refused_lets_nobody_in(
    attempt: Attempt, as_agent: Callable[[str], ApiClient], database: Database, quick_hash: None
) -> None:
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", ELSEWHERE)
    hours_pass(database, -0.1)

    for agent in ("KF003", "KF002"):
        body = {"new_password": "a brand new password"}
        assert as_agent(agent).put("/agents/KF003/password", body).status_code in (401, 403)
    assert attempt("KF003", PASSWORD, ELSEWHERE).status_code == 429


def test_old_counts_are_deleted_and_usual_places_after_a_month(
    attempt: Attempt, database: Database, quick_hash: None
) -> None:
    attempt("KF003", PASSWORD, DESK)
    attempt("KF004", "guess", ELSEWHERE)
    hours_pass(database, 25)
    assert database.transact(repository.purge) == 4, "all but the usual place"
    hours_pass(database, 30 * 24)
    assert database.transact(repository.purge) == 1


def test_no_more_than_four_passwords_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.01)
    places = [passwords.one_of_few() for _ in range(4)]
    for place in places:
        place.__enter__()
    try:
        with pytest.raises(passwords.Unavailable), passwords.one_of_few():
            pass
    finally:
        for place in places:
            place.__exit__(None, None, None)
    with passwords.one_of_few():
        pass


def test_who_has_to_wait_for_his_next_guess_waits_for_no_place_and_who_gets_none_has_not_guessed(
    attempt: Attempt, quick_hash: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.01)
    for _ in range(FREE_OF_AGENT):
        attempt("KF003", "guess", ELSEWHERE)
    with ExitStack() as taken:
        for _ in range(4):
            taken.enter_context(passwords.one_of_few())
        assert attempt("KF003", "guess", ELSEWHERE).status_code == 429
        assert {attempt("KF004", PASSWORD, ELSEWHERE).status_code for _ in range(FREE_OF_AGENT + 1)} == {503}

    assert [attempt("KF004", "guess", ELSEWHERE).status_code for _ in range(FREE_OF_AGENT)] == [401] * FREE_OF_AGENT


def test_an_attempt_whose_password_was_not_read_has_not_guessed(database: Database, anonymous: ApiClient) -> None:
    """The database took too long over it."""
    body = {"agent_id": "KF003", "password": PASSWORD}
    with database.begin() as tx:
        tx.execute(text("LOCK TABLE agents IN ACCESS EXCLUSIVE MODE"))
        late = anonymous.request("POST", "/sessions", json=body, headers={deadlines.HEADER: "1000"})
    assert late.status_code == 503
    assert most_counted(database, 2) == [0, 0]
