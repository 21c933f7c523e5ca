"""Moving tickets through their three states (R10), and several agents at once (R13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, NewTicket, Timeline

As = Callable[[str], ApiClient]
EDITORS = 16
MANY_EDITORS = 50


def move(client: ApiClient, ticket: dict[str, Any], to: str, version: int, **fields: str) -> Any:
    return client.post(f"/tickets/{ticket['ticket_id']}/transitions", {"to": to, **fields}, version=version)


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_question_to_solution__R10_R11(as_agent: As, new_ticket: NewTicket, timeline: Timeline) -> None:
    helper = as_agent("KF004")
    ticket = new_ticket()

    started = move(helper, ticket, "in_progress", 1)
    assert (started.status_code, started.headers["ETag"]) == (200, '"2"')
    assert (started.json()["state"], started.json()["assignee_agent_id"]) == ("in_progress", "KF004")

    done = move(helper, ticket, "done", 2, solution="补发道具").json()
    assert (done["state"], done["solution"], done["done_at"]) == ("done", "补发道具", done["updated_at"])
    steps = [(e["kind"], e["from_state"], e["to_state"], e["agent_id"]) for e in timeline(ticket)]
    assert steps == [
        ("created", None, None, "KF003"),
        ("transition", "pending", "in_progress", "KF004"),
        ("transition", "in_progress", "done", "KF004"),
    ]


def test_done_ticket_needs_solution__R10(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()

    refused = move(agent, ticket, "done", 1)
    assert (refused.status_code, slug(refused)) == (422, "solution-required")
    assert refused.json()["errors"][0]["pointer"] == "/solution"

    agent.patch(f"/tickets/{ticket['ticket_id']}", {"solution": "补发"}, version=1)
    assert move(agent, ticket, "done", 2).json()["solution"] == "补发"
    taken_away = agent.patch(f"/tickets/{ticket['ticket_id']}", {"solution": None}, version=3)
    assert (taken_away.status_code, slug(taken_away)) == (422, "solution-required")


def test_releasing_gives_a_ticket_back_to_the_players_owner__R10(as_agent: As, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    move(as_agent("KF004"), ticket, "in_progress", 1)

    released = move(as_agent("KF004"), ticket, "pending", 2).json()

    assert (released["state"], released["assignee_agent_id"], released["responsible_agent_id"]) == (
        "pending",
        None,
        "KF003",
    )


def test_starting_keeps_the_assignee_whom_somebody_chose(as_agent: As, new_ticket: NewTicket) -> None:
    ticket = new_ticket(assignee_agent_id="KF002")

    assert move(as_agent("KF004"), ticket, "in_progress", 1).json()["assignee_agent_id"] == "KF002"


@pytest.mark.parametrize("to", ["pending", "done"])
def test_a_done_ticket_can_only_be_reopened(agent: ApiClient, new_ticket: NewTicket, to: str) -> None:
    ticket = new_ticket()
    move(agent, ticket, "done", 1, solution="补发")

    refused = move(agent, ticket, to, 2, solution="再来")

    assert (refused.status_code, slug(refused)) == (422, "transition-not-allowed")


def test_reopening_needs_a_reason_and_keeps_the_first_response(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    agent.post(f"{path}/entries", {"kind": "reply", "text": "已处理"})
    done = move(agent, ticket, "done", 1, solution="补发").json()

    assert slug(move(agent, ticket, "in_progress", 2)) == "reason-required"
    reopened = move(agent, ticket, "in_progress", 2, reason="又没到账").json()
    agent.post(f"{path}/entries", {"kind": "reply", "text": "再看看"})

    assert (reopened["state"], reopened["done_at"]) == ("in_progress", None)
    assert agent.get(path).json()["first_replied_at"] == done["first_replied_at"]
    moves = [(e["to_state"], e["text"], e["recorded_at"]) for e in timeline(ticket) if e["kind"] == "transition"]
    assert moves[0] == ("done", None, done["done_at"])
    assert moves[1][:2] == ("in_progress", "又没到账")


def test_a_reply_after_the_reopening_is_no_first_response_of_the_first_cycle__B6(
    agent: ApiClient, new_ticket: NewTicket
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    move(agent, ticket, "done", 1, solution="补发")
    move(agent, ticket, "in_progress", 2, reason="又没到账")

    agent.post(f"{path}/entries", {"kind": "reply", "text": "再看看"})
    assert agent.get(path).json()["first_replied_at"] is None

    late = {"kind": "reply", "text": "已处理", "happened_at": ticket["asked_at"]}
    agent.post(f"{path}/entries", late)
    assert agent.get(path).json()["first_replied_at"] == ticket["asked_at"]


def test_after_seven_days_a_reopening_is_a_new_ticket(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    ticket = new_ticket()
    move(agent, ticket, "done", 1, solution="补发")
    age = text("UPDATE tickets SET done_at = done_at - interval '7 days'")
    with database.begin() as tx:
        tx.execute(age)

    refused = move(agent, ticket, "in_progress", 2, reason="又来了")

    assert (refused.status_code, slug(refused)) == (422, "reopen-window-over")
    assert "reopens_ticket_id" in refused.json()["detail"]


def test_a_done_ticket_waits_for_nobody(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    agent.patch(path, {"waiting_on": "player"}, version=1)

    assert move(agent, ticket, "done", 2, solution="补发").json()["waiting_on"] == "none"
    assert slug(agent.patch(path, {"waiting_on": "tech"}, version=3)) == "ticket-done"


def test_edits_keep_what_was_there_before__R13(agent: ApiClient, new_ticket: NewTicket, timeline: Timeline) -> None:
    ticket = new_ticket(detail="第一版")
    agent.patch(f"/tickets/{ticket['ticket_id']}", {"detail": "第二版", "priority": "high"}, version=1)

    entry = timeline(ticket)[-1]

    assert entry["kind"] == "edit"
    assert entry["changes"] == [
        {"field": "detail", "before": "第一版", "after": "第二版"},
        {"field": "priority", "before": "normal", "after": "high"},
    ]


def test_who_edits_an_older_version_sees_the_current_one__R13(
    as_agent: As, agent: ApiClient, new_ticket: NewTicket
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    move(as_agent("KF004"), ticket, "in_progress", 1)

    for stale in (agent.patch(path, {"solution": "补发"}, version=1), move(agent, ticket, "in_progress", 1)):
        assert (stale.status_code, slug(stale)) == (412, "stale-version")
        assert (stale.json()["current"]["version"], stale.json()["current"]["assignee_agent_id"]) == (2, "KF004")
    assert agent.patch(path, {"solution": "补发"}, version=None).status_code == 428


def test_of_fifty_who_edit_one_version_one_wins_and_nothing_is_lost__R13(
    as_agent: As, new_ticket: NewTicket, timeline: Timeline, published: Callable[[], list[Any]]
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    clients = [as_agent("KF003") for _ in range(MANY_EDITORS)]

    def edit_until_saved(number: int) -> Counter[int]:
        """As an agent does: on 412, take the current state and add to that."""
        statuses: Counter[int] = Counter()
        version, solution = 1, ""
        while True:
            response = clients[number].patch(path, {"solution": f"{solution}[{number}]"}, version=version)
            statuses[response.status_code] += 1
            if response.status_code != 412:
                return statuses
            current = response.json()["current"]
            version, solution = current["version"], current["solution"] or ""

    with ThreadPoolExecutor(MANY_EDITORS) as threads:
        statuses = sum(threads.map(edit_until_saved, range(MANY_EDITORS)), Counter[int]())

    final = clients[0].get(path).json()
    assert set(statuses) == {200, 412}
    assert statuses[200] == MANY_EDITORS
    assert final["version"] == MANY_EDITORS + 1
    assert sorted(final["solution"].strip("[]").split("]["), key=int) == [str(n) for n in range(MANY_EDITORS)]
    edits = [entry["changes"][0] for entry in timeline(ticket) if entry["kind"] == "edit"]
    assert [edit["after"] for edit in edits[:-1]] == [edit["before"] for edit in edits[1:]]
    assert sorted(row.version for row in published()) == list(range(1, MANY_EDITORS + 2))


def test_of_many_who_start_one_ticket_one_gets_it__R13(as_agent: As, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    clients = [as_agent(agent_id) for agent_id in ("KF001", "KF002", "KF003", "KF004")] * (EDITORS // 4)

    with ThreadPoolExecutor(EDITORS) as threads:
        answers = list(threads.map(lambda client: move(client, ticket, "in_progress", 1), clients))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: EDITORS - 1}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    losers = [answer.json()["current"] for answer in answers if answer.status_code == 412]
    assert all(seen["assignee_agent_id"] == winner["assignee_agent_id"] for seen in losers)


def test_of_many_who_record_the_same_subject_one_does(as_agent: As) -> None:
    clients = [as_agent("KF003") for _ in range(EDITORS)]
    body = {"player_id": PLAYER_OF_KF003, "detail": "充值未到账", "category": "payment"}

    with ThreadPoolExecutor(EDITORS) as threads:
        answers = list(threads.map(lambda client: client.post("/tickets", body), clients))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: EDITORS - 1}
    created = next(answer.json()["ticket_id"] for answer in answers if answer.status_code == 201)
    assert {answer.json().get("existing_ticket_id", created) for answer in answers} == {created}


def test_appending_costs_no_editor_a_conflict_and_loses_no_entry__R13(
    as_agent: As, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    clients = [as_agent("KF004") for _ in range(EDITORS)]

    def work(number: int) -> int:
        if number == 0:
            return clients[0].patch(path, {"solution": "补发"}, version=1).status_code
        return clients[number].post(f"{path}/entries", {"kind": "note", "text": str(number)}).status_code

    with ThreadPoolExecutor(EDITORS) as threads:
        statuses = list(threads.map(work, range(EDITORS)))

    assert Counter(statuses) == {200: 1, 201: EDITORS - 1}
    notes = [entry["text"] for entry in timeline(ticket) if entry["kind"] == "note"]
    assert sorted(notes, key=int) == [str(n) for n in range(1, EDITORS)]
    assert clients[0].get(path).json()["version"] == 2
