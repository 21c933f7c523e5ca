"""Every cell of the table, at the services' own ports: who may, may; who may not is refused, and so is who is nobody.

What is expected is read from the table alone. Each cell that is allowed has to succeed with the very request that the
others are refused with: so no refusal comes from anything but who asks.
"""

from __future__ import annotations

from typing import Any

import pytest
from gamedesk_gateway.routes import service_of

from tests.access.requests import REQUESTS
from tests.access.rules import UNITS, Entry, table
from tests.access.world import CELLS, PEOPLE, Call, World
from tests.contract.test_hostile_requests import concrete

ENTRIES = [entry for entry in table(REQUESTS) if not entry.public]
every_operation = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.unit}-{e.name}")
THINGS: dict[tuple[str, str, str], Call] = {}


def the_call(world: World, entry: Entry, whose: str, by: str, *, used_up: bool) -> Call:
    """A request about a thing of `whose`; a new thing, if the request before changed it."""
    key = (entry.unit, entry.name, whose)
    if key not in THINGS or entry.operation.method != "GET":
        made = REQUESTS[entry.unit][entry.name](world, whose, by)
        if used_up:
            return made
        THINGS[key] = made
    return THINGS[key]


# The refusal comes from who asks, and is no other of that number.
DENIED = {403: (403, "forbidden"), 404: (404, "not-found"), 422: (422, "own-work")}
# … of those who have the role: what sales calls it otherwise, by whose the thing is.
_NO_SELLER = {"team": (403, "not-your-player"), "others": (403, "not-your-player")}
_OWN_ORDER = {"own": (403, "own-order")}
OTHERWISE = {
    **dict.fromkeys(("create_order", "create_quote", "postpone_follow_up"), _NO_SELLER),
    **dict.fromkeys(("take_recovery_proposal", "dismiss_recovery_proposal"), _NO_SELLER),
    **dict.fromkeys(("verify_order", "reject_payment", "create_refund"), _OWN_ORDER),
    "extend_quote": {"own": (403, "own-quote")},
}


def denied(entry: Entry, relation: str, role: str) -> tuple[int, str]:
    """Status and slug that a caller is refused with who may not."""
    if role not in entry.operation.roles:
        return DENIED[403]
    return OTHERWISE.get(entry.name, {}).get(relation, DENIED[entry.denied])


def slug(response: Any) -> tuple[int, str]:
    if response.status_code < 400:
        return response.status_code, "granted"
    document = response.json()
    return response.status_code, document["type"].removeprefix("urn:gamedesk:problem:")


def test_every_operation_is_walked() -> None:
    assert [f"{e.unit} {e.name}" for e in table(UNITS) if e.name not in REQUESTS[e.unit]] == []


@every_operation
def test_each_role_may_do_what_the_table_says_with_its_own_its_teams_and_others_things(
    world: World, entry: Entry
) -> None:
    wrong = []
    for (relation, role), (whose, by) in CELLS.items():
        may = entry.may(relation, role)
        call = the_call(world, entry, whose, by, used_up=may and entry.operation.method != "GET")
        response = world.send(entry, call, world.token(by))
        if may and response.status_code >= 300:
            wrong.append(f"{relation}/{role}: {response.status_code} {response.text}")
        elif not may:
            expected = denied(entry, relation, role)
            if slug(response) != expected:
                wrong.append(f"{relation}/{role}: {slug(response)} instead of {expected}")

    assert wrong == []


# Where the contract lists what there is, nothing is missing.
LISTED = ("{band}", "{list_name}")
NAMED = [
    entry
    for entry in ENTRIES
    if "{" in entry.operation.path and not any(listed in entry.operation.path for listed in LISTED)
]


@pytest.mark.parametrize("entry", NAMED, ids=lambda e: f"{e.unit}-{e.name}")
def test_what_does_not_exist_is_missing_for_those_who_may_and_forbidden_for_the_rest(
    world: World, entry: Entry
) -> None:
    call = the_call(world, entry, "KF012", "KF012", used_up=False)
    for role, by in (("agent", "KF012"), ("lead", "KF011"), ("admin", "KF001")):
        response = world.send(entry, call, world.token(by), path=concrete(entry.operation.path))

        assert slug(response) == ((404, "not-found") if entry.learns(role) else (403, "forbidden")), by


# At the gateway's door, a few of each kind: the services behind it see all of them at theirs.
AT_THE_DOOR = ("anonymous", "expired", "another audience", "algorithm none", "a tampered signature", "deactivated")


@every_operation
def test_who_is_nobody_is_refused_at_the_services_port_and_at_the_gateways(
    world: World, nobodies: dict[str, str | None], entry: Entry
) -> None:
    call, wrong = the_call(world, entry, "KF012", "KF012", used_up=False), []
    for what, token in nobodies.items():
        answers = {entry.unit: world.send(entry, call, token)}
        if what in AT_THE_DOOR and service_of(f"/api{entry.operation.path}") == entry.unit:
            answers["gateway"] = world.send(entry, call, token, unit="gateway")
        for where, response in answers.items():
            if slug(response) != (401, "unauthenticated") or response.headers["WWW-Authenticate"] != "Bearer":
                wrong.append(f"{what} at {where}: {response.status_code} {response.text}")

    assert wrong == []


PUBLIC = [entry for entry in table(REQUESTS) if entry.public]


@pytest.mark.parametrize("entry", PUBLIC, ids=lambda e: f"{e.unit}-{e.name}")
def test_what_is_public_asks_for_no_token_and_gains_nothing_by_one(world: World, entry: Entry) -> None:
    answers = []
    for token in (None, "abc", world.token("KF012"), world.token("KF001")):
        response = world.send(entry, REQUESTS[entry.unit][entry.name](world, "KF012", "KF012"), token)

        assert response.status_code < 300, response.text
        answers.append((response.status_code, set(response.headers), shape(response.json() if response.content else 0)))

    assert answers == answers[:1] * len(answers), "the same with a token as without"


def shape(answer: Any) -> Any:
    """An answer without what is new in each: ids, tokens and moments."""
    if isinstance(answer, dict):
        return {name: shape(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [shape(value) for value in answer]
    return type(answer)


def test_the_people_of_the_table_are_who_they_should_be() -> None:
    for (relation, role), (whose, by) in CELLS.items():
        same_team = PEOPLE[whose][1] == PEOPLE[by][1]
        assert PEOPLE[by][0] == role
        assert (relation == "own") == (whose == by)
        assert (relation == "others") == (not same_team)
