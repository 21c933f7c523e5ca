"""What this service publishes satisfies the contract, and every example of what it listens to is understood."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database, row_to_dict
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import republish
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import examples_of, schema_of
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.consumers import FROM_PLAYERS
from gamedesk_tickets.events import TICKET_UPDATED
from gamedesk_tickets.tables import agent_copies, player_copies, profile_copies
from sqlalchemy import func, select, text

from .conftest import PLAYER_OF_KF003, NewTicket, hear_of_player

EXAMPLES = [path for type in FROM_PLAYERS if ".digest." not in type for path in examples_of(type)]
DIGESTS = examples_of("players.digest.computed.v1")
# The copy that an event becomes, and the key of it.
COPIES = {
    "players.player.created.v1": (player_copies, "player_id"),
    "players.player.updated.v1": (player_copies, "player_id"),
    "players.player.merged.v1": (player_copies, "player_id"),
    "players.player.erased.v1": (player_copies, "player_id"),
    "players.profile.synced.v1": (profile_copies, "profile_id"),
    "players.agent.updated.v1": (agent_copies, "agent_id"),
}


def deliver(database: Database, *messages: bytes) -> None:
    """As the worker does; none of them may end among the dead letters."""
    processor = Processor(database, "tickets-players", FROM_PLAYERS)
    deliveries = [Delivery(json.loads(message)["type"], message) for message in messages]
    assert processor.process(deliveries) == [Verdict.DONE] * len(messages)
    with database.begin() as tx:
        assert tx.execute(text("SELECT error FROM dead_letter")).all() == []


def test_published_tickets_satisfy_the_schema(
    agent: ApiClient, new_ticket: NewTicket, database: Database, published: Callable[[], list[Any]]
) -> None:
    ticket = new_ticket(assignee_agent_id="KF004")
    path = f"/tickets/{ticket['ticket_id']}"
    agent.post(f"{path}/entries", {"kind": "reply", "text": "请稍等"})
    agent.post(f"{path}/entries", {"kind": "consultation", "text": "?", "department": "tech"})
    agent.post(f"{path}/transitions", {"to": "done", "solution": "补发"}, version=1)
    new_ticket()
    republish(database, SERVICE.republish)

    schema, events = schema_of(TICKET_UPDATED), [json.loads(outbox.to_event(row).to_bytes()) for row in published()]

    assert len(events) == 7
    for envelope in events:
        schema.validate(envelope["data"])
        assert (envelope["type"], envelope["source"]) == (TICKET_UPDATED, "/tickets")
        assert envelope["subject"] == envelope["data"]["ticket_id"]


def test_republication_repeats_the_present_state_of_every_ticket__I6(
    agent: ApiClient, new_ticket: NewTicket, database: Database, published: Callable[[], list[Any]]
) -> None:
    changed, _ = new_ticket(), new_ticket()
    agent.patch(f"/tickets/{changed['ticket_id']}", {"priority": "high"}, version=1)
    before = published()

    republish(database, SERVICE.republish)

    latest = {row.aggregate_id: (row.version, row.payload) for row in before}
    assert {row.aggregate_id: (row.version, row.payload) for row in published() if row.republication} == latest


@pytest.mark.parametrize("path", examples_of(TICKET_UPDATED), ids=lambda p: p.stem)
def test_our_examples_satisfy_our_schema(path: Path) -> None:
    schema_of(TICKET_UPDATED).validate(json.loads(path.read_text(encoding="utf-8"))["data"])


def test_there_are_examples_of_all_that_is_listened_to() -> None:
    assert {path.parent.name for path in [*EXAMPLES, *DIGESTS]} == set(FROM_PLAYERS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_example_becomes_the_copy_that_it_describes(database: Database, path: Path) -> None:
    message = path.read_bytes()
    event = Event.from_bytes(message)

    deliver(database, message)

    table, key = COPIES[event.type]
    with database.begin() as tx:
        copy = row_to_dict(tx.execute(select(table).where(table.c[key] == event.data[key])).one())
    assert copy.pop("version") == event.aggregateversion
    assert {name: str(value) for name, value in copy.items()} == {name: str(event.data[name]) for name in copy}


def test_any_order_and_repetition_of_the_examples_gives_the_same_copies__I10(database: Database) -> None:
    messages = [path.read_bytes() for path in EXAMPLES]

    def copies() -> list[Any]:
        with database.begin() as tx:
            return [
                tx.execute(select(table).order_by(*table.c)).all()
                for table in (player_copies, profile_copies, agent_copies)
            ]

    deliver(database, *reversed(messages))
    once = copies()
    deliver(database, *messages, *messages)
    for message in messages:
        deliver(database, message)

    assert copies() == once


def test_an_older_event_gives_no_work_back_to_the_former_owner__I5(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    new_ticket()
    hear_of_player(database, PLAYER_OF_KF003, "KF004", version=3)
    hear_of_player(database, PLAYER_OF_KF003, "KF003", version=2)

    assert agent.get("/tickets", responsible="KF003").json()["items"] == []
    with database.begin() as tx:
        assert tx.execute(select(func.max(player_copies.c.version))).scalar_one() == 3


def test_digests_are_compared_with_the_copies__I6(database: Database) -> None:
    for path in DIGESTS:
        deliver(database, replace(Event.from_bytes(path.read_bytes()), time=now()).to_bytes())
    with database.begin() as tx:
        rows = tx.execute(text("SELECT consumer, kind, after_key, owner_count FROM copy_difference"))
        assert sorted(tuple(row) for row in rows) == [
            ("tickets-players", "agent", "", 0),
            ("tickets-players", "profile", "019aa1b2-0000-7000-8000-0000000000a1", 5000),
            ("tickets-players", "profile", "019aa1b2-0000-7000-8000-0000000000a9", 12),
        ]
