"""One incident hitting many players: a parent whose answer goes to all its tickets."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets import incident_jobs
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.commands import incidents as commands
from gamedesk_tickets.repository import incidents, tickets
from gamedesk_tickets.settings import Settings
from sqlalchemy import text

from .conftest import PLAYER_OF_KF004, NewTicket, Timeline

As = Callable[[str], ApiClient]
Ticket = dict[str, Any]


def ago(**amount: float) -> str:
    return (datetime.now(UTC) - timedelta(**amount)).isoformat().replace("+00:00", "Z")


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def attach(client: ApiClient, parent: Ticket, *children: Ticket) -> Any:
    body = {"ticket_ids": [child["ticket_id"] for child in children]}
    return client.post(f"/tickets/{parent['ticket_id']}/children", body)


def detach(client: ApiClient, parent: Ticket, child: Ticket) -> Any:
    return client.request("DELETE", f"/tickets/{parent['ticket_id']}/children/{child['ticket_id']}")


def order(client: ApiClient, parent: Ticket, **fields: Any) -> Any:
    return client.post(f"/tickets/{parent['ticket_id']}/incident-answers", {"text": "已修复，请重启游戏", **fields})


def end_leases(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE incident_answer_tickets SET leased_until = now() WHERE outcome IS NULL"))


@pytest.fixture
def read(agent: ApiClient) -> Callable[[Ticket], Ticket]:
    return lambda ticket: agent.get(f"/tickets/{ticket['ticket_id']}").json()


@pytest.fixture
def incident(agent: ApiClient, new_ticket: NewTicket) -> tuple[Ticket, Ticket, Ticket]:
    """A parent and two children, asked two hours ago; the second is another agent's player's."""
    asked = ago(hours=2)
    parent, first = new_ticket(asked_at=asked), new_ticket(asked_at=asked)
    second = new_ticket(asked_at=asked, player_id=PLAYER_OF_KF004)
    assert attach(agent, parent, first, second).status_code == 200
    return parent, first, second


def kinds(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["kind"] for entry in entries]


def test_tickets_are_attached_to_an_incident_and_listed_by_it(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline, read: Callable[[Ticket], Ticket]
) -> None:
    parent, child, other = new_ticket(), new_ticket(), new_ticket()

    attached = attach(agent, parent, child)
    again = attach(agent, parent, child)

    assert attached.json()["children"] == again.json()["children"] == {"open": 1, "done": 0}
    assert read(child)["parent_ticket_id"] == parent["ticket_id"]
    assert (read(child)["version"], read(child)["revision"]) == (1, 2)
    assert kinds(timeline(child)) == ["created", "edit"]
    assert timeline(child)[-1]["changes"] == [{"field": "parent", "before": None, "after": parent["number"]}]
    listed = agent.get("/tickets", parent=parent["ticket_id"]).json()["items"]
    assert [ticket["ticket_id"] for ticket in listed] == [child["ticket_id"]]
    assert detach(agent, parent, other).status_code == 404
    assert detach(agent, parent, child).status_code == 204
    assert detach(agent, parent, child).status_code == 404
    assert read(child)["parent_ticket_id"] is None
    assert read(parent)["children"] == {"open": 0, "done": 0}


def test_the_many_that_are_done_hide_none_that_is_open(
    agent: ApiClient,
    new_ticket: NewTicket,
    database: Database,
    read: Callable[[Ticket], Ticket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tickets, "MOST_COUNTED", 2)
    parent, *children = (new_ticket() for _ in range(5))
    attach(agent, parent, *children)
    close = (
        "UPDATE tickets SET state = 'done', done_at = now(), solution = 'x', next_due_at = NULL WHERE ticket_id = :id"
    )
    with database.begin() as tx:
        for child in children[:3]:
            tx.execute(text(close), {"id": child["ticket_id"]})

    assert read(parent)["children"] == {"open": 1, "done": 2}


def test_an_incident_belongs_to_no_other_one_and_nothing_to_itself(
    agent: ApiClient, new_ticket: NewTicket, incident: tuple[Ticket, ...], unknown_id: str
) -> None:
    parent, child, _ = incident
    single, another = new_ticket(), new_ticket()

    refused = {
        "itself": (attach(agent, single, another, single), "/ticket_ids/1"),
        "an incident": (attach(agent, single, another, parent), "/ticket_ids/1"),
        "of another incident": (attach(agent, single, child), "/ticket_ids/0"),
        "unknown": (attach(agent, single, {"ticket_id": unknown_id}), "/ticket_ids/0"),
    }

    for why, (response, pointer) in refused.items():
        assert (response.status_code, slug(response)) == (422, "not-attachable"), why
        assert response.json()["errors"][0]["pointer"] == pointer, why
    assert slug(attach(agent, child, single)) == "not-attachable"
    assert attach(agent, {"ticket_id": unknown_id}, single).status_code == 404
    assert agent.get("/tickets", parent=single["ticket_id"]).json()["items"] == []


def test_two_tickets_attached_to_each_other_at_once_make_one_incident(agent: ApiClient, new_ticket: NewTicket) -> None:
    for _ in range(5):
        one, two = new_ticket(), new_ticket()
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda pair: attach(agent, *pair).status_code, [(one, two), (two, one)]))
        assert sorted(answers) == [200, 422]


def test_a_reply_to_an_incident_is_the_first_response_of_each_ticket(
    agent: ApiClient,
    as_agent: As,
    database: Database,
    settings: Settings,
    incident: tuple[Ticket, ...],
    timeline: Timeline,
    read: Callable[[Ticket], Ticket],
) -> None:
    replied_at = ago(minutes=30)

    (job,) = [job for job in SERVICE.jobs(settings, database) if job.name == "incident_answers"]
    ordered = order(as_agent("KF002"), incident[0], replied_at=replied_at)
    assert (ordered.status_code, ordered.json()["state"]) == (202, "running")
    assert (ordered.json()["total"], ordered.json()["done"], ordered.json()["finished_at"]) == (3, 0, None)
    job.run()

    path = f"/incident-answers/{ordered.json()['answer_id']}"
    progress = agent.get(path).json()
    assert (progress["total"], progress["done"], progress["state"]) == (3, 3, "done")
    assert progress["finished_at"] is not None
    for ticket in incident:
        entry = timeline(ticket)[-1]
        assert (entry["kind"], entry["agent_id"], entry["text"]) == ("reply", "KF002", "已修复，请重启游戏")
        assert entry["happened_at"] == read(ticket)["first_replied_at"] == replied_at
        assert (read(ticket)["state"], read(ticket)["version"]) == ("pending", 1)
        assert read(ticket)["clock"]["first_response_seconds"] is not None


def test_an_answer_that_no_player_saw_yet_counts_for_no_clock(
    agent: ApiClient, database: Database, incident: tuple[Ticket, ...], new_ticket: NewTicket, timeline: Timeline,
    read: Callable[[Ticket], Ticket],
) -> None:  # fmt: skip
    asked_later = new_ticket(asked_at=ago(minutes=5))
    attach(agent, incident[0], asked_later)

    order(agent, incident[0])
    incident_jobs.answer_all(database)
    order(agent, incident[0], replied_at=ago(minutes=30))
    incident_jobs.answer_all(database)

    assert kinds(timeline(incident[1]))[-2:] == ["incident_answer", "reply"]
    assert kinds(timeline(asked_later))[-2:] == ["incident_answer", "incident_answer"]
    assert read(asked_later)["first_replied_at"] is None
    assert read(asked_later)["clock"]["first_response_seconds"] is None


def test_closing_an_incident_closes_its_tickets_and_takes_them_from_nobody__R10(
    agent: ApiClient, as_agent: As, database: Database, incident: tuple[Ticket, ...], timeline: Timeline,
    read: Callable[[Ticket], Ticket],
) -> None:  # fmt: skip
    parent, first, second = incident
    agent.patch(f"/tickets/{first['ticket_id']}", {"solution": "已补发元宝"}, version=1)

    order(as_agent("KF002"), parent, replied_at=ago(minutes=1), close=True)
    incident_jobs.answer_all(database)

    assert [read(ticket)["state"] for ticket in incident] == ["done"] * 3
    assert read(first)["solution"] == "已补发元宝"
    assert read(second)["solution"] == "已修复，请重启游戏"
    assert read(second)["responsible_agent_id"] == "KF004"
    assert kinds(timeline(second))[-2:] == ["reply", "transition"]
    assert read(parent)["children"] == {"open": 0, "done": 2}


def test_the_solution_of_an_incident_comes_before_a_tickets_own(
    agent: ApiClient, database: Database, incident: tuple[Ticket, ...], read: Callable[[Ticket], Ticket]
) -> None:
    agent.patch(f"/tickets/{incident[1]['ticket_id']}", {"solution": "草稿"}, version=1)

    order(agent, incident[0], close=True, solution="热更新 1.2.3")
    incident_jobs.answer_all(database)

    assert {read(ticket)["solution"] for ticket in incident} == {"热更新 1.2.3"}


def test_what_is_done_or_attached_later_is_left_alone(
    agent: ApiClient, database: Database, incident: tuple[Ticket, ...], new_ticket: NewTicket, timeline: Timeline
) -> None:
    parent, early, late = incident
    joined = new_ticket()
    agent.post(f"/tickets/{early['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)

    ordered = order(agent, parent).json()
    agent.post(f"/tickets/{late['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)
    attach(agent, parent, joined)
    incident_jobs.answer_all(database)

    assert agent.get(f"/incident-answers/{ordered['answer_id']}").json()["total"] == 2
    assert kinds(timeline(parent)) == ["created", "incident_answer"]
    for ticket in (early, late, joined):
        assert "incident_answer" not in kinds(timeline(ticket))


def test_each_ticket_gets_an_answer_once_whoever_dies_when(
    agent: ApiClient, database: Database, incident: tuple[Ticket, ...], timeline: Timeline,
    published: Callable[[], list[Any]],
) -> None:  # fmt: skip
    first = order(agent, incident[0])

    class Died(Exception):
        pass

    def die_before_the_commit() -> None:
        claimed = database.transact(incidents.claim_waiting, 2)
        with database.begin() as tx:
            commands.answer_ticket(tx, claimed[0])
            raise Died

    with pytest.raises(Died):
        die_before_the_commit()
    end_leases(database)
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda _: incident_jobs.answer_all(database), range(3)))

    for ticket in incident:
        assert kinds(timeline(ticket)).count("incident_answer") == 1
    keys = [(row.aggregate_id, row.version) for row in published()]
    assert len(keys) == len(set(keys))
    assert agent.get(f"/incident-answers/{first.json()['answer_id']}").json()["state"] == "done"


def test_the_same_request_orders_one_answer(agent: ApiClient, database: Database, incident: tuple[Ticket, ...]) -> None:
    path, body = f"/tickets/{incident[0]['ticket_id']}/incident-answers", {"text": "稍候"}

    first, again = (agent.post(path, body, key="one-answer").json() for _ in range(2))

    assert first["answer_id"] == again["answer_id"]
    with database.begin() as tx:
        assert tx.execute(text("SELECT count(*) FROM incident_answers")).scalar_one() == 1


def test_what_cannot_be_an_answer_is_refused(
    agent: ApiClient, new_ticket: NewTicket, incident: tuple[Ticket, ...], unknown_id: str
) -> None:
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    assert slug(order(agent, incident[0], replied_at=future)) == "time-not-possible"
    assert slug(order(agent, incident[0], solution="?")) == "entry-field"
    assert slug(order(agent, new_ticket())) == "not-an-incident"
    assert order(agent, {"ticket_id": unknown_id}).status_code == 404
    assert agent.get(f"/incident-answers/{unknown_id}").status_code == 404
    assert order(agent, incident[0], replied_at=None).status_code == 202


def test_an_answer_to_an_incident_takes_nobodys_first_response__B6(
    agent: ApiClient, as_agent: As, incident: tuple[Ticket, ...], read: Callable[[Ticket], Ticket], database: Database
) -> None:
    parent, child, _ = incident
    path, owner = f"/tickets/{child['ticket_id']}", as_agent("KF004")
    assert owner.post(f"{path}/entries", {"kind": "reply", "text": "已处理"}).status_code == 201
    assert owner.post(f"{path}/transitions", {"to": "done", "solution": "x"}, version=1).status_code == 200
    assert owner.post(f"{path}/transitions", {"to": "in_progress", "reason": "x"}, version=2).status_code == 200

    assert order(agent, parent, replied_at=ago(hours=1)).status_code == 202
    incident_jobs.answer_all(database)

    with database.begin() as tx:
        found = tx.execute(text("SELECT first_replied_by FROM cycles WHERE ticket_id = :id ORDER BY cycle"),
                           {"id": child["ticket_id"]})  # fmt: skip
        assert found.scalars().all() == ["KF004", None]
    assert read(parent)["first_replied_at"] is not None
