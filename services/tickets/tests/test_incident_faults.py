"""Answers to incidents when something is wrong: one bad ticket, a stop, an erased player."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets import incident_jobs
from gamedesk_tickets.commands import incidents as commands
from gamedesk_tickets.repository import incidents
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket, Timeline
from .test_incidents import Ticket, attach, end_leases, incident, kinds, order, read, slug  # noqa: F401 - two fixtures
from .test_merged_and_erased_players import erase

Read = Callable[[Ticket], Ticket]


def progress_of(client: ApiClient, ordered: Any) -> dict[str, Any]:
    return client.get(f"/incident-answers/{ordered.json()['answer_id']}").json()


@pytest.fixture
def broken(incident: tuple[Ticket, ...], monkeypatch: pytest.MonkeyPatch) -> Ticket:  # noqa: F811
    """A ticket of the incident that no answer can be written to."""
    answer = commands._answer

    def break_at_one(tx: Any, told: Any, ticket: Any, moment: Any) -> None:
        if str(ticket.ticket_id) == incident[1]["ticket_id"]:
            tx.execute(text("SELECT 1 / 0"))
        answer(tx, told, ticket, moment)

    monkeypatch.setattr(commands, "_answer", break_at_one)
    return incident[1]


def test_a_ticket_that_cannot_be_answered_keeps_no_other_from_its_answer(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    broken: Ticket,
    timeline: Timeline,
) -> None:
    ordered = order(agent, incident[0])

    incident_jobs.answer_all(database)

    assert [kinds(timeline(ticket)).count("incident_answer") for ticket in incident] == [1, 0, 1]
    assert (progress_of(agent, ordered)["done"], progress_of(agent, ordered)["state"]) == (2, "running")


def test_it_is_tried_again_and_given_up_in_the_end(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    broken: Ticket,
) -> None:
    ordered = order(agent, incident[0])

    for _ in range(5):
        assert progress_of(agent, ordered)["failed"] == 0
        incident_jobs.answer_all(database)
        end_leases(database)

    progress = progress_of(agent, ordered)
    assert (progress["total"], progress["done"], progress["failed"], progress["state"]) == (3, 3, 1, "done")


def test_the_tickets_that_it_could_not_get_to_are_named(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    broken: Ticket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incident_jobs, "_MOST_ATTEMPTS", 1)
    ordered = order(agent, incident[0])
    assert ordered.json()["failed_ticket_ids"] == []

    incident_jobs.answer_all(database)

    assert progress_of(agent, ordered)["failed_ticket_ids"] == [broken["ticket_id"]]


def test_no_more_than_a_hundred_of_them_are_named(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incidents, "MOST_NAMED", 1)
    ordered = order(agent, incident[0])
    with database.begin() as tx:
        tx.execute(text("UPDATE incident_answer_tickets SET outcome = 'failed', answered_at = now()"))

    progress = progress_of(agent, ordered)
    assert (progress["failed"], len(progress["failed_ticket_ids"])) == (3, 1)


def test_a_database_in_trouble_has_no_answer_given_up(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ordered = order(agent, incident[0])
    troubles = itertools.cycle(
        [
            "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$",  # a lock that was not free in time
            "DO $$ BEGIN RAISE SQLSTATE '57014'; END $$",  # a statement that took too long
        ]
    )
    with monkeypatch.context() as in_trouble:
        in_trouble.setattr(commands, "_answer", lambda tx, *_: tx.execute(text(next(troubles))))
        for _ in range(7):
            incident_jobs.answer_all(database)
            end_leases(database)
        in_trouble.setattr(commands, "_answer", lambda tx, *_: tx.execute(text("SELECT 1 / 0")))
        for _ in range(4):
            incident_jobs.answer_all(database)
            end_leases(database)
    assert (progress_of(agent, ordered)["done"], progress_of(agent, ordered)["failed"]) == (0, 0)

    incident_jobs.answer_all(database)

    assert (progress_of(agent, ordered)["done"], progress_of(agent, ordered)["failed"]) == (3, 0)


def test_what_failed_for_the_moment_is_answered_later(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    broken: Ticket,
    timeline: Timeline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order(agent, incident[0])
    incident_jobs.answer_all(database)
    monkeypatch.undo()

    end_leases(database)
    incident_jobs.answer_all(database)

    assert [kinds(timeline(ticket)).count("incident_answer") for ticket in incident] == [1, 1, 1]


def test_a_run_ends_so_that_a_worker_can_stop(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incident_jobs, "_AT_ONCE", 1)
    monkeypatch.setattr(incident_jobs, "_ROUNDS", 2)
    ordered = order(agent, incident[0])

    incident_jobs.answer_all(database)
    assert progress_of(agent, ordered)["done"] == 2
    incident_jobs.answer_all(database)
    assert progress_of(agent, ordered)["state"] == "done"


# Erased players


def test_an_answer_that_waits_is_told_to_nobody_once_the_incidents_player_is_erased__erasure(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    timeline: Timeline,
    new_ticket: NewTicket,
) -> None:
    others = new_ticket(player_id=PLAYER_OF_KF004)
    attach(agent, incident[0], others)
    ordered = order(agent, incident[0], close=True, solution="已补发")
    claimed = database.transact(incidents.claim_waiting, 10)

    erase(database, PLAYER_OF_KF003)
    for row in claimed:
        database.transact(commands.answer_ticket, row)

    assert kinds(timeline(others))[-1] == "edit"
    progress = progress_of(agent, ordered)
    assert (progress["text"], progress["solution"], progress["state"]) == ("", None, "done")


def test_an_incident_of_an_erased_player_takes_neither_answers_nor_tickets__erasure(
    agent: ApiClient,
    database: Database,
    incident: tuple[Ticket, ...],  # noqa: F811
    new_ticket: NewTicket,
) -> None:
    other = new_ticket(player_id=PLAYER_OF_KF004)
    erase(database, PLAYER_OF_KF003)

    assert slug(order(agent, incident[0])) == "player-erased"
    assert slug(attach(agent, incident[0], other)) == "player-erased"


def test_a_ticket_of_an_erased_player_that_cannot_be_attached_is_named__erasure(
    agent: ApiClient, database: Database, new_ticket: NewTicket
) -> None:
    parent, one = new_ticket(player_id=PLAYER_OF_KF004), new_ticket(player_id=PLAYER_OF_KF004)
    kept, erased = new_ticket(), new_ticket()
    attach(agent, parent, kept)
    erase(database, PLAYER_OF_KF003)

    refused = attach(agent, parent, one, kept, erased)

    assert (refused.status_code, slug(refused)) == (422, "not-attachable")
    assert refused.json()["errors"][0]["pointer"] == "/ticket_ids/2"
    assert attach(agent, parent, one, kept).json()["children"] == {"open": 1, "done": 1}
