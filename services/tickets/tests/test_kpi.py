"""The KPI of response, by hand in Asia/Shanghai: shifts, a holiday, a make-up day, a pause and a reopening (B6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.api import kpi as kpi_api
from gamedesk_tickets.commands import entries, service_rules, tickets
from gamedesk_tickets.repository import cycles

from .conftest import PLAYER_OF_KF004, NewTicket

At = Callable[..., None]

OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = {day: OFFICE if day not in ("sat", "sun") else [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
HALF_AN_HOUR_AND_A_DAY = {"first_response_minutes": 30, "resolution_minutes": 480}
RULES = {
    "zone": "Asia/Shanghai",
    "weekly": WEEK,
    "special_days": [
        *({"date": f"2026-10-0{day}", "name": "国庆节", "shifts": []} for day in range(1, 8)),
        {"date": "2026-10-10", "name": "国庆节调休", "shifts": OFFICE},
    ],
    "targets": dict.fromkeys(("low", "normal", "high", "urgent"), HALF_AN_HOUR_AND_A_DAY),
}


def shanghai(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """`at(10, 8, 9, 12, 30)`: it is 09:12:30 of 8 October 2026 in Shanghai."""

    def set_clock(*parts: int) -> None:
        for module in (entries, kpi_api, service_rules, tickets):
            monkeypatch.setattr(module, "now", lambda: shanghai(*parts))

    return set_clock


@pytest.fixture
def example(at: At, as_agent: Callable[[str], ApiClient], new_ticket: NewTicket) -> dict[str, Any]:
    """Three tickets, as they stand on Tuesday, 13 October, at 10:00: `{first, unanswered, fresh}`.

    | | first, cycle 1 (KF003) | first, cycle 2 (KF004) | unanswered (of KF004's player) | fresh |
    |---|---|---|---|---|
    | opened | Wed 30 Sep 17:50:00 | Sun 11 Oct 20:00:00 | Mon 12 Oct 17:00:00 | Tue 13 Oct 09:50:00 |
    | answered | Thu 8 Oct 09:12:30 | Mon 12 Oct 09:40:05 | | |
    | paused | Thu 8 Oct 11:30 – Fri 9 Oct 14:00 | | | |
    | done | Sat 10 Oct 10:15:20 | Tue 13 Oct 09:00:10 | | |
    """
    at(9, 25, 12)
    assert as_agent("KF002").put("/service-rules", RULES, version=1).status_code == 200
    kf003, kf004 = as_agent("KF003"), as_agent("KF004")

    at(9, 30, 17, 55)
    first = new_ticket(asked_at=shanghai(9, 30, 17, 50).isoformat())
    path = f"/tickets/{first['ticket_id']}"

    def change(client: ApiClient, body: dict[str, Any]) -> None:
        version = client.get(path).json()["version"]
        send = client.post(f"{path}/transitions", body, version=version) if "to" in body else None
        done = send or client.patch(path, body, version=version)
        assert done.status_code == 200, done.text

    def reply(client: ApiClient, moment: datetime) -> None:
        body = {"kind": "reply", "text": "已处理", "happened_at": moment.isoformat()}
        assert client.post(f"{path}/entries", body).status_code == 201

    at(10, 8, 9, 20)
    reply(kf003, shanghai(10, 8, 9, 12, 30))
    at(10, 8, 11, 30)
    change(kf003, {"waiting_on": "player"})
    at(10, 9, 14)
    change(kf003, {"waiting_on": "none"})
    at(10, 10, 10, 15, 20)
    change(kf003, {"to": "done", "solution": "补发"})
    at(10, 11, 20)
    change(kf004, {"to": "in_progress", "reason": "仍未到账"})
    at(10, 12, 9, 41)
    reply(kf004, shanghai(10, 12, 9, 40, 5))
    at(10, 13, 9, 0, 10)
    change(kf004, {"to": "done"})
    unanswered = new_ticket(
        player_id=PLAYER_OF_KF004, category="payment", asked_at=shanghai(10, 12, 17).isoformat(), detail="x"
    )
    at(10, 13, 10)
    fresh = new_ticket(asked_at=shanghai(10, 13, 9, 50).isoformat(), assignee_agent_id="KF003")
    return {"first": first, "unanswered": unanswered, "fresh": fresh}


PERIOD = {"from": "2026-09-30", "to": "2026-10-13"}


def test_every_second_of_a_cycle_is_accounted_for__B6(example: dict[str, Any], database: Database) -> None:
    ticket_id = example["first"]["ticket_id"]
    with database.begin() as tx:
        first, second = (cycles.get(tx, ticket_id, number) for number in (1, 2))

    # Wednesday 17:50–18:00, no work from 1 to 7 October, Thursday 9:00–9:12:30.
    assert first.first_response_seconds == 600 + 750
    assert first.first_response_due_at == shanghai(10, 8, 9, 20)
    # The pause: half an hour and an afternoon on Thursday, a morning and half an hour on Friday.
    assert first.paused_seconds == 1800 + 16_200 + 10_800 + 1800
    # Ten minutes, Thursday, Friday, and the make-up Saturday until 10:15:20, without the pause.
    assert first.resolution_seconds == 600 + 27_000 + 27_000 + 4520 - 30_600
    assert first.resolution_due_at == shanghai(10, 10, 10, 20)
    # The second cycle begins with work on Monday; it leaves the first as it was.
    assert (second.opened_at, second.first_response_seconds) == (shanghai(10, 11, 20), 2405)
    assert second.first_response_due_at == shanghai(10, 12, 9, 30)
    assert second.resolution_seconds == 27_000 + 10


def test_the_figures_of_the_period_are_those_computed_by_hand__B6(example: dict[str, Any], agent: ApiClient) -> None:
    found = agent.get("/kpi/response", **PERIOD).json()

    assert found["total"] == {
        "opened": 4,
        "first_response": {
            "count": 2,
            "median_seconds": 1350,
            "p90_seconds": 2405,
            "met": 1,
            "missed": 2,  # the second cycle, and who still waits
            "open": 1,
            "late_recorded": 0,
        },
        "done": 2,
        "resolution": {
            "count": 2,
            "median_seconds": 27_010,
            "p90_seconds": 28_520,
            "met": 2,
            "missed": 0,
            "open": 2,
        },
        "reopened": 1,
        "reopen_rate_bp": 5000,
        "backlog": 2,
        "backlog_overdue": 1,
    }
    assert (found["from"], found["to"], found["clock"], found["groups"]) == ("2026-09-30", "2026-10-13", "working", [])


def test_the_wall_clock_counts_nights_and_pauses_and_judges_the_same__B6(
    example: dict[str, Any], agent: ApiClient
) -> None:
    total = agent.get("/kpi/response", **PERIOD, clock="elapsed").json()["total"]

    answered, solved = total["first_response"], total["resolution"]
    assert (answered["median_seconds"], answered["p90_seconds"]) == (49_205, 660_150)
    assert (solved["median_seconds"], solved["p90_seconds"]) == (133_210, 836_720)
    assert (answered["met"], answered["missed"], solved["met"]) == (1, 2, 2)


def groups(client: ApiClient, group_by: str, **filters: str) -> dict[str | None, dict[str, Any]]:
    found = client.get("/kpi/response", **PERIOD, group_by=group_by, **filters)
    assert found.status_code == 200, found.text
    return {group["key"]: group for group in found.json()["groups"]}


def test_days_are_those_of_asking_and_of_being_done__B6(example: dict[str, Any], agent: ApiClient) -> None:
    days = groups(agent, "day")

    assert len(days) == 14
    assert days["2026-09-30"]["first_response"]["median_seconds"] == 1350  # answered on 8 October
    assert (days["2026-10-08"]["opened"], days["2026-10-08"]["backlog"]) == (0, 1)
    assert (days["2026-10-10"]["done"], days["2026-10-10"]["reopened"], days["2026-10-10"]["backlog"]) == (1, 1, 0)
    assert (days["2026-10-11"]["opened"], days["2026-10-11"]["backlog"]) == (1, 1)
    assert (days["2026-10-12"]["backlog"], days["2026-10-12"]["backlog_overdue"]) == (2, 1)
    assert (days["2026-10-13"]["done"], days["2026-10-13"]["backlog"]) == (1, 2)


def test_credit_goes_to_who_answered_and_who_closed_else_to_who_is_responsible__B6(
    example: dict[str, Any], agent: ApiClient
) -> None:
    agents, teams = groups(agent, "agent"), groups(agent, "team")

    assert agents.keys() == {"KF003", "KF004"}
    assert agents["KF003"]["first_response"]["met"] == 1
    assert agents["KF003"]["first_response"]["open"] == 1
    assert agents["KF003"]["reopened"] == 1
    assert agents["KF004"]["first_response"]["missed"] == 2
    assert agents["KF004"]["resolution"]["median_seconds"] == 27_010
    assert {team: figures["done"] for team, figures in teams.items()} == {"A": 1, "B": 1}


def test_a_later_change_of_team_leaves_the_figures_where_they_were__B6(
    example: dict[str, Any], agent: ApiClient, database: Database
) -> None:
    from .conftest import hear_of_agent

    hear_of_agent(database, "KF004", "agent", "C", version=2)

    teams = groups(agent, "team")
    assert teams["B"]["done"] == 1
    assert teams["C"]["backlog"] == 1  # what he is responsible for has gone with him


def test_filters_narrow_to_the_group_of_the_same_name__B6(example: dict[str, Any], agent: ApiClient) -> None:
    for group_by, key in (("agent", "KF004"), ("team", "A"), ("category", "payment")):
        group = groups(agent, group_by)[key]
        total = agent.get("/kpi/response", **PERIOD, **{group_by: key}).json()["total"]
        assert {**group, "key": key} == {**total, "key": key}


def test_the_tickets_behind_a_figure_come_with_cycle_seconds_and_deadline__B6(
    example: dict[str, Any], agent: ApiClient
) -> None:
    def behind(figure: str, **filters: Any) -> list[tuple[str, int, int | None]]:
        items = agent.get("/kpi/response/tickets", figure=figure, **PERIOD, **filters).json()["items"]
        return [(item["ticket_id"], item["cycle"], item["seconds"]) for item in items]

    first, unanswered, fresh = (example[name]["ticket_id"] for name in ("first", "unanswered", "fresh"))
    assert behind("opened") == [(fresh, 1, None), (unanswered, 1, None), (first, 2, 2405), (first, 1, 1350)]
    assert behind("first_response_missed") == [(unanswered, 1, None), (first, 2, 2405)]
    assert behind("resolution", agent="KF003") == [(first, 1, 28_520)]
    assert behind("reopened") == [(first, 1, 28_520)]
    assert behind("backlog_overdue") == [(unanswered, 1, None)]

    page = agent.get("/kpi/response/tickets", figure="opened", **PERIOD, limit=2).json()
    rest = agent.get("/kpi/response/tickets", figure="opened", **PERIOD, cursor=page["next_cursor"]).json()
    assert [item["cycle"] for item in (*page["items"], *rest["items"])] == [1, 1, 2, 1]
    shown = page["items"][1]
    assert shown["number"] == example["unanswered"]["number"]
    assert shown["due_at"] == "2026-10-12T09:30:00Z"
    assert (shown["agent_id"], shown["team"], shown["missed"]) == ("KF004", "B", True)


def test_what_was_recorded_late_is_told_with_the_figure_that_it_improves__B6(
    example: dict[str, Any], agent: ApiClient, at: At
) -> None:
    path = f"/tickets/{example['unanswered']['ticket_id']}/entries"
    reply = {"kind": "reply", "text": "在查", "happened_at": shanghai(10, 12, 17, 20).isoformat()}
    at(10, 13, 10, 1)
    assert agent.post(path, reply).status_code == 201

    total = agent.get("/kpi/response", **PERIOD).json()["total"]["first_response"]
    assert (total["count"], total["met"], total["late_recorded"]) == (3, 2, 1)
    rows = agent.get("/kpi/response/tickets", figure="first_response", **PERIOD).json()["items"]
    assert [(row["asked_late"], row["late_recorded"]) for row in rows] == [(True, True), (False, False), (False, False)]


def test_a_changed_rule_counts_for_what_opens_afterwards__B6(
    example: dict[str, Any], as_agent: Callable[[str], ApiClient], new_ticket: NewTicket, at: At
) -> None:
    lead = as_agent("KF002")
    before = lead.get("/kpi/response", **PERIOD).json()["total"]
    strict = {key: {"first_response_minutes": 1, "resolution_minutes": 1} for key in RULES["targets"]}
    assert lead.put("/service-rules", {**RULES, "targets": strict}, version=2).status_code == 200

    assert lead.get("/kpi/response", **PERIOD).json()["total"] == before
    clock = new_ticket(asked_at=shanghai(10, 13, 9, 59).isoformat())["clock"]
    assert (clock["first_response_due_at"], clock["rules_revision"]) == ("2026-10-13T02:00:00Z", 3)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "2026-10-02", "to": "2026-10-01"}, "/query/to"),
        ({"from": "2026-01-01", "to": "2026-04-03"}, "/query/to"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "/query/from"),
        ({"from": "1999-01-01", "to": "2026-03-01"}, "/query/from"),
        ({"to": "2026-03-01"}, "/query/from"),
        ({"from": "2026-03-01", "to": "2026-03-01", "group_by": "moon"}, "/query/group_by"),
    ],
)
def test_a_period_that_cannot_be_shown_is_refused_with_its_place(
    agent: ApiClient, query: dict[str, str], pointer: str
) -> None:
    refused = agent.get("/kpi/response", **query)

    assert refused.status_code == 400, refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("days", [("2026-01-01", "2026-04-02"), ("2126-01-01", "2126-04-02")])
def test_ninety_two_days_without_anything_are_figures_of_nothing(agent: ApiClient, days: tuple[str, str]) -> None:
    found = agent.get("/kpi/response", **{"from": days[0], "to": days[1]}, group_by="day").json()

    assert len(found["groups"]) == 92
    nothing = {"count": 0, "median_seconds": None, "p90_seconds": None, "met": 0, "missed": 0, "open": 0}
    assert found["total"]["first_response"] == {**nothing, "late_recorded": 0}
    assert found["total"]["reopen_rate_bp"] is None
