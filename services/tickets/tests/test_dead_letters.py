"""Leads see what tickets could not handle, without what it says, and have it handled again once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from gamedesk_chassis import inbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.consumers import LISTENERS
from sqlalchemy import text

As = Callable[[str], ApiClient]
AGENT_UPDATED = "players.agent.updated.v1"
LETTERS = "/tickets-dead-letters"


def event(**data: Any) -> bytes:
    said = Event(
        id=new_id(), source="/players", type=AGENT_UPDATED, subject="KF009", time=now(), aggregateversion=1, data=data
    )
    return said.to_bytes()


@pytest.fixture
def bury(database: Database) -> Callable[[bytes], None]:
    def deliver(payload: bytes) -> None:
        processor = Processor(database, "tickets-players", LISTENERS["tickets-players"])
        assert processor.process([Delivery(AGENT_UPDATED, payload, str(uuid4()))]) == [Verdict.DONE]

    return deliver


@pytest.fixture
def lead(as_agent: As) -> ApiClient:
    return as_agent("KF002")


def test_a_lead_sees_what_waits_and_not_what_it_says__I9(lead: ApiClient, bury: Any) -> None:
    assert lead.get(LETTERS).json() == {"items": [], "next_cursor": None, "waiting": 0}
    bury(event(agent_id="KF009", secret="13800001111"))
    bury(b"no event, but 13800001111")
    answer = lead.get(LETTERS)
    assert "13800001111" not in answer.text
    first, second = answer.json()["items"]
    assert (first["consumer"], first["type"], first["about"]) == ("tickets-players", AGENT_UPDATED, "KF009")
    assert (first["error"], second["error"], second["about"]) == ("KeyError", "PoisonEvent", None)


def test_they_come_page_by_page_the_oldest_first(lead: ApiClient, bury: Any) -> None:
    for _ in range(3):
        bury(event())
    first = lead.get(LETTERS, limit=2).json()
    rest = lead.get(LETTERS, limit=2, cursor=first["next_cursor"]).json()
    ids = [letter["letter_id"] for letter in [*first["items"], *rest["items"]]]
    assert (ids, rest["next_cursor"], rest["waiting"]) == (sorted(ids), None, 3)
    assert lead.get(LETTERS, cursor="nonsense").status_code == 400
    assert lead.post(f"{LETTERS}/999999/replay").status_code == 404


def test_one_is_handled_again_once_after_its_cause_was_mended__I4(
    lead: ApiClient, bury: Any, database: Database
) -> None:
    bury(event(agent_id="KF009", role="agent", team="A"))
    (letter,) = lead.get(LETTERS).json()["items"]
    path = f"{LETTERS}/{letter['letter_id']}/replay"

    failed = lead.post(path)
    assert (failed.status_code, failed.json()["type"].rpartition(":")[2]) == (409, "dead-letter-fails-again")
    assert failed.json()["detail"] == "KeyError"
    assert lead.get(LETTERS).json()["waiting"] == 1

    with database.begin() as tx:  # what the event lacked is there now
        mended = event(agent_id="KF009", role="agent", team="A", active=True)
        tx.execute(inbox.DEAD_LETTER.update().values(payload=mended))
    assert lead.post(path).status_code == 204
    with database.begin() as tx:
        assert tx.execute(text("SELECT team FROM agent_copies WHERE agent_id = 'KF009'")).scalar_one() == "A"
    assert lead.get(LETTERS).json()["waiting"] == 0
    again = lead.post(path)
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "dead-letter-not-waiting")


def test_agents_have_no_part_in_it(agent: ApiClient) -> None:
    assert agent.get(LETTERS).status_code == 403
    assert agent.post(f"{LETTERS}/1/replay").status_code == 403
