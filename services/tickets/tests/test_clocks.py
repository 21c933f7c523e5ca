"""The clocks of a ticket through the API: deadlines, pauses, cycles (B6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.commands import entries as entry_commands
from gamedesk_tickets.commands import tickets as ticket_commands
from gamedesk_tickets.views import tickets as ticket_views
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, NewTicket, hear_of_player

As = Callable[[str], ApiClient]
At = Callable[[str], None]

# The first rules of service: every day 09:00–21:00 in Shanghai; normal tickets are answered within an hour and solved
# within 24 hours of work. 2026-11-02 is a Monday; its times below are those of Shanghai.
DAY = "2026-11-02"


def shanghai(moment: str) -> datetime:
    """`"10:30"` on the first day, `"+1 10:30"` on the next."""
    days, clock = moment.split(" ") if " " in moment else ("+0", moment)
    return datetime.fromisoformat(f"{DAY}T{clock}:00+08:00").astimezone(UTC) + timedelta(days=int(days))


def spelled(moment: str) -> str:
    return shanghai(moment).isoformat().replace("+00:00", "Z")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """`at("10:30")`: the service takes it to be that time."""

    def set_clock(moment: str) -> None:
        for module in (ticket_commands, entry_commands, ticket_views):
            monkeypatch.setattr(module, "now", lambda: shanghai(moment))

    return set_clock


@pytest.fixture
def kpi_at(monkeypatch: pytest.MonkeyPatch) -> At:
    """`kpi_at("10:30")`: figures are asked for at that time."""
    return lambda moment: monkeypatch.setattr("gamedesk_tickets.api.kpi.now", lambda: shanghai(moment))


@pytest.fixture
def desk(agent: ApiClient, new_ticket: NewTicket, at: At) -> Desk:
    return Desk(agent, new_ticket, at)


class Desk:
    """A ticket and what is done about it at which time."""

    def __init__(self, agent: ApiClient, new_ticket: NewTicket, at: At) -> None:
        self._agent, self._new_ticket, self._at = agent, new_ticket, at
        self.path = ""

    def asked(self, moment: str, *, recorded: str | None = None, **fields: Any) -> None:
        self._at(recorded or moment)
        ticket = self._new_ticket(asked_at=spelled(moment), **fields)
        self.path = f"/tickets/{ticket['ticket_id']}"

    def replied(self, moment: str, *, recorded: str | None = None, client: ApiClient | None = None) -> None:
        self._at(recorded or moment)
        body = {"kind": "reply", "text": "已处理", "happened_at": spelled(moment)}
        assert (client or self._agent).post(f"{self.path}/entries", body).status_code == 201

    def edited(self, moment: str, **fields: Any) -> None:
        self._at(moment)
        assert self._agent.patch(self.path, fields, version=self.ticket["version"]).status_code == 200

    def moved(self, moment: str, to: str, client: ApiClient | None = None) -> None:
        self._at(moment)
        body = {"to": to, "solution": "补发", "reason": "又来了"}
        answer = (client or self._agent).post(f"{self.path}/transitions", body, version=self.ticket["version"])
        assert answer.status_code == 200, answer.text

    def clock_at(self, moment: str) -> dict[str, Any]:
        self._at(moment)
        return self.clock

    @property
    def ticket(self) -> dict[str, Any]:
        return self._agent.get(self.path).json()

    @property
    def clock(self) -> dict[str, Any]:
        return self.ticket["clock"]


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


def numbers(agent: ApiClient, **filters: Any) -> list[str]:
    answer = agent.get("/tickets", **filters)
    assert answer.status_code == 200, answer.text
    return [ticket["number"] for ticket in answer.json()["items"]]


def test_lists_by_what_is_due_first_page_to_the_end(desk: Desk, agent: ApiClient) -> None:
    desk.asked("10:00")  # due 11:00
    desk.asked("10:00", priority="urgent")  # due 10:15
    desk.asked("10:00")
    desk.replied("10:10")
    desk.edited("10:20", waiting_on="player")  # no deadline
    desk.asked("09:00")
    desk.moved("09:30", "done")
    desk.asked("10:00", priority="high")  # due 10:30
    desk.asked("10:00")
    desk.replied("10:10")
    desk.edited("10:20", waiting_on="player")  # no deadline

    expected = ["T-000002", "T-000005", "T-000001", "T-000003", "T-000006"]
    assert numbers(agent, order="due") == expected
    for limit in (1, 2, 3):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = agent.get("/tickets", order="due", limit=limit, responsible="KF003", **cursor).json()
            seen += [ticket["number"] for ticket in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == expected
    assert numbers(agent, order="due", state="done") == []


def test_lists_of_what_is_overdue(desk: Desk, agent: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.asked("10:00")
    desk.asked("10:00", priority="urgent")
    desk.asked("10:00", priority="urgent")
    desk.replied("10:10")

    monkeypatch.setattr("gamedesk_tickets.api.tickets.now", lambda: shanghai("10:30"))

    assert numbers(agent, overdue="true") == ["T-000002"]
    assert numbers(agent, overdue="true", priority="normal") == []


def test_lists_by_the_day_of_asking_in_shanghai(desk: Desk, agent: ApiClient) -> None:
    desk.asked("00:00", recorded="+1 10:00")
    desk.asked("-1 23:59", recorded="+1 10:00")
    desk.asked("23:59", recorded="+1 10:00")
    desk.asked("+1 00:00", recorded="+1 10:00")

    assert numbers(agent, asked_from=DAY, asked_to=DAY) == ["T-000003", "T-000001"]
    assert numbers(agent, asked_to=DAY, order="oldest") == ["T-000002", "T-000001", "T-000003"]
    assert numbers(agent, asked_from=DAY) == ["T-000004", "T-000003", "T-000001"]
    page = agent.get("/tickets", asked_from=DAY, limit=2).json()
    assert numbers(agent, asked_from=DAY, cursor=page["next_cursor"]) == ["T-000001"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_no_failure(agent: ApiClient, day: str) -> None:
    for name in ("asked_from", "asked_to"):
        assert agent.get("/tickets", **{name: day}).status_code in (200, 400)


def test_lists_by_what_a_ticket_is_about(
    desk: Desk, agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    first, second = new_ticket(category="bug", priority="high"), new_ticket(category="refund")
    assign = "UPDATE tickets SET game_id = 'xiyou', server = '一区', parent_ticket_id = :parent WHERE ticket_id = :id"
    with database.begin() as tx:
        tx.execute(text(assign), {"id": first["ticket_id"], "parent": second["ticket_id"]})

    for filters in (
        {"category": "bug"},
        {"priority": "high"},
        {"game": "xiyou"},
        {"game": "xiyou", "server": "一区"},
        {"parent": second["ticket_id"]},
    ):
        assert numbers(agent, **filters) == [first["number"]], filters
    assert numbers(agent, game="xiyou", server="二区") == []
    assert agent.get("/tickets", server="一区").json()["errors"][0]["pointer"] == "/query/server"
    assert agent.get(f"/tickets/{second['ticket_id']}").json()["children"] == {"open": 1, "done": 0}


def test_lists_by_tier_follow_the_player(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    ticket = new_ticket()
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=5, tier="whale")
    later = new_ticket()
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=4, tier="small")

    assert numbers(agent, tier="whale") == [later["number"], ticket["number"]]
    assert numbers(agent, tier="none") == []
