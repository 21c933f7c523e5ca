"""Working hours and targets are settings: who may set them, what is refused, and that revisions never change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.repository import service_rules
from sqlalchemy import text

NO_SHIFTS: dict[str, list[Any]] = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
TARGETS = {
    priority: {"first_response_minutes": 30, "resolution_minutes": 480}
    for priority in ("low", "normal", "high", "urgent")
}
NATIONAL_DAY = {"date": "2026-10-01", "name": "国庆节", "shifts": []}
LONG_HOLIDAYS = [date(2100, 1, 1) + timedelta(days=n) for n in range(400)]
MAKE_UP_DAY = {"date": "2026-10-10", "name": "国庆节调休", "shifts": OFFICE}


def rules(**changes: Any) -> dict[str, Any]:
    weekly = {**NO_SHIFTS, **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)}
    special_days = [NATIONAL_DAY, MAKE_UP_DAY]
    body = {"zone": "Asia/Shanghai", "weekly": weekly, "special_days": special_days, "targets": TARGETS}
    return {**body, **changes}


@pytest.fixture
def lead(as_agent: Callable[[str], ApiClient]) -> ApiClient:
    return as_agent("KF002")


def test_a_new_desk_works_every_day_from_nine_to_nine_in_shanghai__R20(agent: ApiClient) -> None:
    found = agent.get("/service-rules")

    assert found.headers["ETag"] == '"1"'
    body = found.json()
    assert (body["revision"], body["zone"], body["created_by"]) == (1, "Asia/Shanghai", None)
    assert body["weekly"] == {day: [["09:00", "21:00"]] for day in NO_SHIFTS}
    assert body["targets"]["urgent"] == {"first_response_minutes": 15, "resolution_minutes": 240}


def test_a_lead_sets_the_rules_and_everybody_reads_them__R20(lead: ApiClient, agent: ApiClient) -> None:
    saved = lead.put("/service-rules", rules(), version=1)

    assert saved.status_code == 200, saved.text
    assert saved.json().items() >= {**rules(), "revision": 2, "created_by": "KF002"}.items()
    assert saved.headers["ETag"] == '"2"'
    assert agent.get("/service-rules").json() == saved.json()


def test_an_agent_sets_no_rules__R20(agent: ApiClient) -> None:
    assert agent.put("/service-rules", rules(), version=1).status_code == 403


def test_a_revision_stays_as_it_was_and_saving_the_same_makes_none(lead: ApiClient, database: Database) -> None:
    first = lead.get("/service-rules").json()
    second = lead.put("/service-rules", rules(), version=1).json()

    assert lead.put("/service-rules", rules(), version=2).json() == second
    page = lead.get("/service-rules/revisions", limit=1).json()
    assert page["items"] == [second]
    assert lead.get("/service-rules/revisions", cursor=page["next_cursor"]).json() == {
        "items": [first],
        "next_cursor": None,
    }
    with database.begin() as tx:
        assert service_rules.of_revision(tx, 1).working_time is service_rules.of_revision(tx, 1).working_time
        assert service_rules.current(tx).targets["normal"].first_response_seconds == 1800


def test_shifts_and_special_days_are_put_in_order(lead: ApiClient) -> None:
    backwards = {**NO_SHIFTS, "mon": [["13:30", "24:00"], ["00:00", "12:00"]]}
    saved = lead.put(
        "/service-rules", rules(weekly=backwards, special_days=[MAKE_UP_DAY, NATIONAL_DAY]), version=1
    ).json()

    assert saved["weekly"]["mon"] == [["00:00", "12:00"], ["13:30", "24:00"]]
    assert saved["special_days"] == [NATIONAL_DAY, MAKE_UP_DAY]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_zones_are_those_of_places(lead: ApiClient, zone: str) -> None:
    assert lead.put("/service-rules", rules(zone=zone), version=1).json()["zone"] == zone


def test_who_saves_over_an_older_revision_gets_the_one_he_has_not_seen__R13(lead: ApiClient) -> None:
    assert lead.put("/service-rules", rules()).status_code == 428
    second = lead.put("/service-rules", rules(), version=1).json()

    late = lead.put("/service-rules", rules(zone="Asia/Tokyo"), version=1)

    assert late.status_code == 412
    assert late.json()["current"] == second


def test_of_many_who_save_at_once_one_does__R13(lead: ApiClient) -> None:
    def save(minutes: int) -> int:
        targets = {**TARGETS, "urgent": {"first_response_minutes": minutes, "resolution_minutes": 60}}
        return lead.put("/service-rules", rules(targets=targets), version=1).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(save, range(1, 9)))

    assert answers == [200, *[412] * 7]
    assert lead.get("/service-rules").json()["revision"] == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        *(({"zone": zone}, "/zone") for zone in ("Mars/Olympus", "Factory", "localtime", "Etc/GMT+12", "Asia")),
        ({"weekly": NO_SHIFTS}, "/weekly"),
        ({"weekly": NO_SHIFTS, "special_days": [MAKE_UP_DAY]}, "/weekly"),
        ({"weekly": {**NO_SHIFTS, "tue": [["09:00", "12:00"], ["11:59", "13:00"]]}}, "/weekly/tue"),
        ({"weekly": {**NO_SHIFTS, "tue": [["22:00", "06:00"]]}}, "/weekly/tue"),
        ({"weekly": {**NO_SHIFTS, "sun": [["24:00", "24:00"]]}}, "/weekly/sun"),
        ({"special_days": [{**MAKE_UP_DAY, "shifts": [["09:00", "09:00"]]}]}, "/special_days/0/shifts"),
        ({"special_days": [MAKE_UP_DAY, NATIONAL_DAY, MAKE_UP_DAY]}, "/special_days/2/date"),
        (
            {"targets": {**TARGETS, "low": {"first_response_minutes": 30, "resolution_minutes": 29}}},
            "/targets/low/resolution_minutes",
        ),
        # A minute on Mondays, 52 in a year; and holidays of more than a year that are still to come.
        ({"weekly": {**NO_SHIFTS, "mon": [["09:00", "09:01"]]}}, "/targets/low/resolution_minutes"),
        ({"special_days": [{**NATIONAL_DAY, "date": f"{day}"} for day in LONG_HOLIDAYS]}, "/weekly"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_where_they_are_wrong(
    lead: ApiClient, changes: dict[str, Any], pointer: str
) -> None:
    refused = lead.put("/service-rules", rules(**changes), version=1)

    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "urn:gamedesk:problem:service-rules"
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert lead.get("/service-rules").json()["revision"] == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"weekly": {**NO_SHIFTS, "mon": [["09:00", "25:00"]]}}, "/weekly/mon/0/1"),
        ({"weekly": {**NO_SHIFTS, "mon": [["9:00", "12:00"]]}}, "/weekly/mon/0/0"),
        ({"weekly": {**NO_SHIFTS, "mon": [["09:00"]]}}, "/weekly/mon/0"),
        ({"weekly": {**NO_SHIFTS, "mon": [[f"{hour:02d}:00", f"{hour:02d}:30"] for hour in range(7)]}}, "/weekly/mon"),
        ({"weekly": {"mon": OFFICE}}, "/weekly/tue"),
        ({"special_days": [{**NATIONAL_DAY, "date": "2026-02-30"}]}, "/special_days/0/date"),
        ({"special_days": [{**NATIONAL_DAY, "date": "9999-12-31"}]}, "/special_days/0/date"),
        ({"special_days": [NATIONAL_DAY] * 401}, "/special_days"),
        ({"targets": {"low": TARGETS["low"]}}, "/targets/normal"),
    ],
)
def test_rules_of_the_wrong_shape_are_refused(lead: ApiClient, changes: dict[str, Any], pointer: str) -> None:
    refused = lead.put("/service-rules", rules(**changes), version=1)

    assert refused.status_code == 400, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_pages_of_revisions_are_read_from_the_key(database: Database) -> None:
    query = service_rules.page_query(9_000, 10).compile(database.engine, compile_kwargs={"literal_binds": True})
    with database.begin() as tx:
        tx.execute(
            text(
                "INSERT INTO service_rules SELECT n, zone, weekly, special_days, targets, created_by, created_at"
                " FROM service_rules, generate_series(2, 10000) AS n"
            )
        )
        tx.execute(text("ANALYZE service_rules"))
        plan = tx.execute(text(f"EXPLAIN {query}")).scalars().all()
        tx.rollback()

    assert any("Index Scan Backward using pk_service_rules" in line for line in plan)
