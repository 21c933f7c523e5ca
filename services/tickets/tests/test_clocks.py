"""The clocks of a ticket through the API: deadlines, pauses, cycles (B6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .clocked_desk import DAY, At, Desk, shanghai, spelled

As = Callable[[str], ApiClient]


@pytest.fixture
def kpi_at(monkeypatch: pytest.MonkeyPatch) -> At:
    """`kpi_at("10:30")`: figures are asked for at that time."""
    return lambda moment: monkeypatch.setattr("gamedesk_tickets.api.kpi.now", lambda: shanghai(moment))


def rows(database: Database, desk: Desk) -> list[dict[str, Any]]:
    """The cycles of the desk's ticket."""
    query = text("SELECT * FROM cycles WHERE ticket_id = :id ORDER BY cycle")
    with database.begin() as tx:
        return [dict(row._mapping) for row in tx.execute(query, {"id": desk.path.removeprefix("/tickets/")})]


def test_a_new_ticket_has_deadlines_in_working_time__B6(desk: Desk) -> None:
    desk.asked("20:30")

    assert desk.ticket["cycle"] == 1
    assert desk.clock == {
        "first_response_due_at": spelled("+1 09:30"),
        "first_response_seconds": None,
        "resolution_due_at": spelled("+2 20:30"),
        "next_due_at": spelled("+1 09:30"),
        "resolution_seconds": None,
        "paused_since": None,
        "paused_seconds": 0,
        "overdue": None,
        "rules_revision": 1,
    }


def test_the_clock_runs_from_asking_and_late_recording_is_flagged__B6(desk: Desk) -> None:
    desk.asked("10:00", recorded="10:16")
    assert (desk.ticket["asked_late"], desk.clock["first_response_due_at"]) == (True, spelled("11:00"))

    desk.asked("10:00", recorded="10:15")
    assert desk.ticket["asked_late"] is False


def test_first_response_is_the_earliest_reply_whenever_it_is_recorded__B6(desk: Desk, database: Database) -> None:
    desk.asked("08:00")
    desk.replied("10:30")
    assert (desk.ticket["first_replied_at"], desk.clock["first_response_seconds"]) == (spelled("10:30"), 5400)

    desk.replied("09:10", recorded="12:00")
    desk.replied("11:00", recorded="12:00")

    assert (desk.ticket["first_replied_at"], desk.clock["first_response_seconds"]) == (spelled("09:10"), 600)
    assert desk.clock["first_response_due_at"] == spelled("10:00")


@pytest.mark.parametrize("kind", ["note", "consultation", "answer"])
def test_what_the_player_does_not_see_is_no_response__B6(desk: Desk, agent: ApiClient, kind: str) -> None:
    desk.asked("10:00")
    body = {"kind": kind, "text": "查一下"} | ({} if kind == "note" else {"department": "tech"})

    assert agent.post(f"{desk.path}/entries", body).status_code == 201

    assert (desk.ticket["first_replied_at"], desk.clock["first_response_seconds"]) == (None, None)


def test_waiting_for_the_player_pauses_the_resolution_but_not_the_first_response(desk: Desk) -> None:
    desk.asked("10:00")
    desk.edited("11:00", waiting_on="player")

    paused = desk.clock
    assert (paused["paused_since"], paused["resolution_due_at"]) == (spelled("11:00"), None)
    assert (paused["first_response_due_at"], paused["overdue"]) == (spelled("11:00"), None)
    assert desk.clock_at("11:01")["overdue"] == "first_response"

    desk.edited("+1 10:00", waiting_on="none")  # ten hours of work on the first day, one on the next
    resumed = desk.clock
    assert (resumed["paused_since"], resumed["paused_seconds"]) == (None, 11 * 3600)
    assert resumed["resolution_due_at"] == spelled("+2 21:00")


@pytest.mark.parametrize("waiting_on", ["tech", "product", "finance", "copywriting"])
def test_waiting_for_a_department_pauses_nothing(desk: Desk, waiting_on: str) -> None:
    desk.asked("10:00")
    before = desk.clock
    desk.edited("11:00", waiting_on=waiting_on)

    assert desk.clock == before


def test_a_department_asked_while_waiting_for_the_player_ends_the_pause(desk: Desk, agent: ApiClient, at: At) -> None:
    desk.asked("10:00")
    desk.edited("11:00", waiting_on="player")
    at("12:00")
    agent.post(f"{desk.path}/entries", {"kind": "consultation", "text": "?", "department": "tech"})

    assert (desk.clock["paused_since"], desk.clock["paused_seconds"]) == (None, 3600)


def test_closing_ends_the_pause_and_takes_it_off_the_resolution(desk: Desk, as_agent: As, database: Database) -> None:
    desk.asked("10:00")
    desk.replied("10:20")
    desk.edited("11:00", waiting_on="player")
    desk.moved("15:00", "done", as_agent("KF004"))

    clock = desk.clock
    assert (clock["resolution_due_at"], clock["paused_since"], clock["overdue"]) == (None, None, None)
    assert (clock["paused_seconds"], clock["resolution_seconds"]) == (4 * 3600, 3600)
    (cycle,) = rows(database, desk)
    assert (cycle["first_replied_by"], cycle["first_replied_team"]) == ("KF003", "A")
    assert (cycle["done_by"], cycle["done_team"], cycle["done_at"]) == ("KF004", "B", shanghai("15:00"))
    assert cycle["resolution_due_at"] == shanghai("+2 14:00")


def test_a_reopening_starts_a_cycle_and_rewrites_no_earlier_one__B6(desk: Desk, database: Database) -> None:
    desk.asked("10:00")
    desk.replied("10:20")
    desk.moved("11:00", "done")
    first = rows(database, desk)

    desk.moved("+1 12:00", "in_progress")
    assert (desk.ticket["cycle"], desk.clock["first_response_due_at"]) == (2, spelled("+1 13:00"))
    assert (desk.clock["first_response_seconds"], desk.clock["paused_seconds"]) == (None, 0)
    desk.edited("+1 12:01", priority="urgent", waiting_on="player")
    desk.replied("+1 12:10")
    desk.moved("+1 13:00", "done")

    again = rows(database, desk)
    assert again[:1] == [{**first[0], "reopened": True}]
    assert (again[1]["first_response_seconds"], again[1]["resolution_seconds"]) == (600, 60)
    assert desk.ticket["first_replied_at"] == spelled("10:20")


def test_a_forgotten_reply_counts_for_the_cycle_in_which_it_was_given__B6(desk: Desk, database: Database) -> None:
    desk.asked("10:00")
    desk.moved("11:00", "done")
    desk.moved("12:00", "in_progress")
    desk.replied("12:30")

    desk.replied("10:40", recorded="13:00")

    taken = [(cycle["first_response_seconds"], cycle["resolution_seconds"]) for cycle in rows(database, desk)]
    assert taken == [(2400, 3600), (1800, None)]
    assert (desk.ticket["first_replied_at"], desk.clock["first_response_seconds"]) == (spelled("10:40"), 1800)


def test_priority_moves_the_deadlines_that_are_not_met_yet(desk: Desk) -> None:
    desk.asked("10:00")
    desk.edited("10:05", priority="urgent")
    assert (desk.clock["first_response_due_at"], desk.clock["resolution_due_at"]) == (
        spelled("10:15"),
        spelled("14:00"),
    )

    desk.replied("10:30")
    desk.edited("10:40", priority="normal")

    assert desk.clock["first_response_due_at"] == spelled("10:15")
    assert desk.clock["resolution_due_at"] == spelled("+2 10:00")


def test_another_priority_takes_no_missed_deadline_back__B6(desk: Desk, agent: ApiClient, kpi_at: At) -> None:
    desk.asked("10:00", priority="urgent")
    desk.edited("10:16", priority="low")
    assert desk.clock["first_response_due_at"] == spelled("10:15")  # missed
    assert desk.clock["resolution_due_at"] == spelled("+5 10:00")  # not yet

    desk.edited("10:20", priority="urgent")
    desk.edited("14:01", priority="low")
    assert (desk.clock["resolution_due_at"], desk.clock["overdue"]) == (spelled("14:00"), "first_response")
    kpi_at("14:02")
    total = agent.get("/kpi/response", **{"from": DAY, "to": DAY}).json()["total"]
    assert (total["first_response"]["missed"], total["resolution"]["missed"], total["backlog_overdue"]) == (1, 1, 1)


def test_a_priority_raised_by_mistake_and_corrected_in_time_gives_its_deadline_back__B6(desk: Desk) -> None:
    desk.asked("10:00")
    desk.edited("10:50", priority="urgent")
    assert desk.clock_at("10:50")["overdue"] is None
    clock = desk.clock_at("10:51")
    assert (clock["first_response_due_at"], clock["overdue"]) == (spelled("10:50"), "first_response")  # not 10:15

    desk.edited("10:51", priority="high")
    assert desk.clock["first_response_due_at"] == spelled("10:50")
    desk.edited("10:52", priority="normal")
    assert (desk.clock["first_response_due_at"], desk.clock["overdue"]) == (spelled("11:00"), None)

    desk.edited("10:53", priority="urgent")
    desk.edited("11:01", priority="low")  # the old deadline is over
    assert (desk.clock["first_response_due_at"], desk.clock["overdue"]) == (spelled("10:53"), "first_response")


def test_nobody_escapes_a_missed_deadline_by_changing_the_priority_twice__B6(desk: Desk) -> None:
    desk.asked("10:00")
    desk.edited("11:01", priority="urgent")
    desk.edited("11:02", priority="low")
    assert desk.clock["first_response_due_at"] == spelled("11:00")

    desk.asked("10:00")
    desk.edited("10:05", priority="urgent")
    desk.edited("10:16", priority="normal")
    assert desk.clock["first_response_due_at"] == spelled("10:15")  # it could have been kept


def test_a_mistaken_priority_is_corrected_over_pauses_too__B6(desk: Desk) -> None:
    desk.asked("10:00")
    desk.replied("10:10")
    desk.edited("15:00", priority="urgent")
    assert desk.clock["resolution_due_at"] == spelled("15:00")
    desk.edited("15:01", waiting_on="player")
    assert desk.clock["overdue"] == "resolution"
    desk.edited("16:01", waiting_on="none")
    desk.edited("16:02", priority="normal")
    assert (desk.clock["resolution_due_at"], desk.clock["overdue"]) == (spelled("+2 11:00"), None)

    desk.edited("16:03", waiting_on="player")
    desk.edited("17:03", priority="urgent")
    assert (desk.clock["resolution_due_at"], desk.clock["overdue"]) == (None, None)
    desk.edited("18:03", waiting_on="none")
    assert desk.clock["resolution_due_at"] == spelled("17:03")
    desk.edited("18:04", priority="normal")
    assert desk.clock["resolution_due_at"] == spelled("+2 13:00")


def test_neither_a_pause_nor_another_priority_in_it_takes_a_missed_deadline_back__B6(
    desk: Desk, database: Database
) -> None:
    desk.asked("10:00", priority="urgent")
    desk.edited("15:00", waiting_on="player")
    desk.edited("16:00", priority="low")
    desk.edited("+1 16:00", waiting_on="none")

    assert rows(database, desk)[0]["resolution_due_at"] == shanghai("14:00")
    assert desk.clock["paused_seconds"] == 13 * 3600

    desk.asked("10:00", priority="urgent")
    desk.edited("13:00", waiting_on="player")  # with an hour left
    desk.edited("+1 09:00", priority="high")
    desk.edited("+1 10:00", waiting_on="none")

    assert desk.clock["resolution_due_at"] == spelled("+1 19:00")  # twelve hours, and nine of the pause
    assert rows(database, desk)[0]["first_response_due_at"] == shanghai("10:15")


def test_overdue_means_the_same_in_lists_tickets_and_figures__B6(
    desk: Desk, agent: ApiClient, kpi_at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in ("13:00", "14:01"):  # before the deadline of 14:00, and after it
        desk.asked("10:00", priority="urgent")
        desk.replied("10:10")
        desk.edited(moment, waiting_on="player")
    kpi_at("+1 10:00")
    monkeypatch.setattr("gamedesk_tickets.api.tickets.now", lambda: shanghai("+1 10:00"))

    clock = desk.clock_at("+1 10:00")
    assert (clock["next_due_at"], clock["resolution_due_at"], clock["overdue"]) == (
        spelled("14:00"),
        spelled("14:00"),
        "resolution",
    )
    listed = agent.get("/tickets", overdue="true").json()["items"]
    counted = agent.get("/kpi/response/tickets", figure="backlog_overdue", **{"from": DAY, "to": DAY}).json()["items"]
    assert [ticket["number"] for ticket in listed] == [ticket["number"] for ticket in counted] == ["T-000002"]


def test_overdue_names_the_missed_deadline(desk: Desk) -> None:
    desk.asked("10:00", priority="urgent")
    assert [desk.clock_at(moment)["overdue"] for moment in ("10:15", "10:16", "14:01")] == [
        None,
        "first_response",
        "first_response",
    ]

    desk.replied("10:30")
    assert [desk.clock_at(moment)["overdue"] for moment in ("14:00", "14:01")] == [None, "resolution"]


def test_changed_rules_count_for_new_cycles_only(desk: Desk, database: Database, as_agent: As) -> None:
    desk.asked("10:00")
    old = desk.path
    rules = as_agent("KF002").get("/service-rules").json()
    targets = rules["targets"] | {"normal": {"first_response_minutes": 5, "resolution_minutes": 10}}
    body = {name: rules[name] for name in ("zone", "weekly", "special_days")} | {"targets": targets}
    assert (
        as_agent("KF002")
        .request("PUT", "/service-rules", json=body, headers={"If-Match": f'"{rules["revision"]}"'})
        .is_success
    )

    desk.asked("10:00")
    assert (desk.clock["rules_revision"], desk.clock["first_response_due_at"]) == (2, spelled("10:05"))

    desk.path = old
    desk.edited("10:30", priority="high")
    assert (desk.clock["rules_revision"], desk.clock["first_response_due_at"]) == (1, spelled("10:30"))
    desk.moved("10:40", "done")
    desk.edited("10:45", priority="normal")
    assert desk.clock["resolution_seconds"] == 2400
    desk.moved("11:00", "in_progress")
    assert (desk.clock["rules_revision"], desk.clock["first_response_due_at"]) == (2, spelled("11:05"))
