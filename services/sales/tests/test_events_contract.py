"""What this service publishes satisfies the contract, and every example of what it listens to is understood."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now, parse_rfc3339
from gamedesk_chassis.database import Database, row_to_dict
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import republish
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_sales import tables
from gamedesk_sales.__main__ import SERVICE
from gamedesk_sales.commands.quotes import expire_quotes
from gamedesk_sales.events import ORDER_UPDATED, QUOTE_UPDATED, TOUCH_RECORDED
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import examples_of, schema_of
from sqlalchemy import Table, select, text

HEARD = {type: durable for durable, handlers in SERVICE.listeners.items() for type in handlers}
DIGESTS = [type for type in HEARD if ".digest." in type]
COPIES: dict[str, tuple[Table, str]] = {
    "players.player.created.v1": (tables.player_copies, "player_id"),
    "players.player.updated.v1": (tables.player_copies, "player_id"),
    "players.player.merged.v1": (tables.player_copies, "player_id"),
    "players.player.erased.v1": (tables.player_copies, "player_id"),
    "players.profile.synced.v1": (tables.profile_copies, "profile_id"),
    "players.agent.updated.v1": (tables.agent_copies, "agent_id"),
    "catalog.item.updated.v1": (tables.item_copies, "item_id"),
    "catalog.pack.updated.v1": (tables.pack_copies, "pack_id"),
    "catalog.campaign.updated.v1": (tables.campaign_copies, "campaign_id"),
    "tickets.ticket.updated.v1": (tables.ticket_copies, "ticket_id"),
}


def examples(*types: str) -> list[Path]:
    return [path for type in types for path in examples_of(type)]


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def deliver(database: Database, path: Path) -> Event:
    """As the worker does; it may not end among the dead letters."""
    received = replace(Event.from_bytes(path.read_bytes()), time=now())  # digests of long ago are not compared
    durable = HEARD[received.type]
    processor = Processor(database, durable, SERVICE.listeners[durable])
    assert processor.process([Delivery(received.type, received.to_bytes())]) == [Verdict.DONE]
    with database.begin() as tx:
        assert tx.execute(text("SELECT error FROM dead_letter")).all() == []
    return received


@pytest.fixture
def history(
    database: Database,
    as_agent: Callable[[str], ApiClient],
    order_body: Callable[..., dict[str, Any]],
    player: str,
    pack: dict[str, Any],
    reasons: dict[str, dict[str, Any]],
) -> None:
    """Every kind of touch, orders and quotes in every state that they can have."""
    agent = as_agent("KF003")
    promise = {"pack_code": pack["code"], "pack_revision": 1, "price_fen": 8_000, "note": "秘密的话"}
    for end in ("withdraw", "extend", "expire", "sell"):
        made = agent.post("/quotes", {"player_id": player, **promise}).json()
        path = f"/quotes/{made['quote_id']}"
        if end == "sell":
            sold = order_body(quote_id=made["quote_id"], pack_code=None, pack_revision=None)
            assert agent.post("/orders", sold).status_code == 201
        elif end == "expire":
            with database.begin() as tx:
                tx.execute(text("UPDATE quotes SET expires_at = now() WHERE state = 'open'"))
            database.transact(expire_quotes)
        elif end == "withdraw":
            assert agent.post(f"{path}/withdraw", {"reason": "秘密的话"}, version=1).status_code == 200
        else:
            until = {"expires_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(), "reason": "秘密的话"}
            assert as_agent("KF002").post(f"{path}/extend", until, version=1).status_code == 200
            assert agent.post(f"{path}/withdraw", {"reason": "秘密的话"}, version=2).status_code == 200
    lost = {"outcome": "lost", "reason_id": reasons["其他"]["reason_id"], "situation": "秘密的话", "pack_code": "7K2QX"}
    for fields in (lost, {"outcome": "no_reply"}, {"outcome": "thinking", "follow_up_on": "2999-01-01"}):
        assert agent.post("/touches", {"player_id": player, **fields}).status_code == 201
    for method in ("bank_transfer", "alipay"):
        body = order_body(method=method, amount_paid_fen=1, difference_reason="秘密的话")
        path = f"/orders/{agent.post('/orders', body).json()['order_id']}"
        if method == "bank_transfer":
            assert as_agent("KF002").post(f"{path}/verify", version=1).status_code == 200
        else:
            assert as_agent("KF002").post(f"{path}/cancel", {"reason": "秘密的话"}, version=1).status_code == 200
    assert agent.post("/touches", {"player_id": player, "outcome": "do_not_contact"}).status_code == 201


@pytest.mark.usefixtures("history")
def test_what_is_published_satisfies_the_schemas(database: Database, published: Callable[[], list[Any]]) -> None:
    republish(database, SERVICE.republish)

    envelopes = [json.loads(outbox.to_event(row).to_bytes()) for row in published()]

    ids = {TOUCH_RECORDED: "touch_id", ORDER_UPDATED: "order_id", QUOTE_UPDATED: "quote_id"}
    for envelope in envelopes:
        schema_of(envelope["type"]).validate(envelope["data"])
        assert envelope["source"] == "/sales"
        assert envelope["subject"] == envelope["data"][ids[envelope["type"]]]
        assert "秘密" not in json.dumps(envelope, ensure_ascii=False)
    assert [envelope["type"] for envelope in envelopes].count(TOUCH_RECORDED) == 7 * 2
    assert [envelope["type"] for envelope in envelopes].count(ORDER_UPDATED) == 5 + 3
    assert [envelope["type"] for envelope in envelopes].count(QUOTE_UPDATED) == 9 + 4


@pytest.mark.usefixtures("history")
def test_republication_repeats_the_present_state_of_every_touch_quote_and_order__I6(
    database: Database, published: Callable[[], list[Any]]
) -> None:
    before = published()

    republish(database, SERVICE.republish)

    latest = {row.aggregate_id: (row.type, row.version, row.payload) for row in before}
    again = {row.aggregate_id: (row.type, row.version, row.payload) for row in published() if row.republication}
    assert again == latest


@pytest.mark.parametrize("path", examples(TOUCH_RECORDED, ORDER_UPDATED, QUOTE_UPDATED), ids=name)
def test_our_examples_satisfy_our_schemas(path: Path) -> None:
    received = Event.from_bytes(path.read_bytes())
    assert received.type == path.parent.name
    schema_of(received.type).validate(received.data)


def test_there_are_examples_of_all_that_is_listened_to() -> None:
    assert {path.parent.name for path in examples(*HEARD)} == set(HEARD) == {*COPIES, *DIGESTS}


@pytest.mark.parametrize("path", examples(*COPIES), ids=name)
def test_every_example_becomes_the_copy_that_it_describes(database: Database, path: Path) -> None:
    received = deliver(database, path)

    table, key = COPIES[received.type]
    with database.begin() as tx:
        copy = row_to_dict(tx.execute(select(table).where(table.c[key] == received.data[key])).one())
    assert copy.pop("version") == received.aggregateversion
    for column, value in copy.items():
        assert plain(value) == said(received.data, column), column


def plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, list, dict)) or value is None else str(value)


def said(data: dict[str, Any], column: str) -> Any:
    """A field of the event in the form that a copy has."""
    value = data[column.removeprefix("own_")]
    if column in ("updated_at", "valid_from", "valid_until", "asked_at", "done_at"):
        return plain(parse_rfc3339(value))
    if column == "contents":
        fields = ("item_id", "game_id", "code", "name", "quantity", "unit_price_fen")
        return [{field: line[field] for field in fields} for line in value]
    return value


def test_any_order_and_repetition_of_the_examples_gives_the_same_copies__I10(database: Database) -> None:
    def copies() -> list[Any]:
        with database.begin() as tx:
            return [tx.execute(select(table).order_by(table.c[key])).all() for table, key in COPIES.values()]

    for path in reversed(examples(*HEARD)):
        deliver(database, path)
    once = copies()
    for path in examples(*HEARD) * 2:
        deliver(database, path)

    assert copies() == once


def test_digests_are_compared_with_the_copies__I6(database: Database) -> None:
    for path in examples(*DIGESTS):
        deliver(database, path)
    with database.begin() as tx:
        rows = tx.execute(text("SELECT consumer, kind, after_key, owner_count FROM copy_difference"))
        assert sorted(tuple(row) for row in rows) == [
            ("sales-catalog", "campaign", "019aa1b2-0000-7000-8000-0000000000a1", 5000),
            ("sales-catalog", "campaign", "019aa1b2-0000-7000-8000-0000000000a9", 12),
            ("sales-players", "agent", "", 0),
            ("sales-players", "profile", "019aa1b2-0000-7000-8000-0000000000a1", 5000),
            ("sales-players", "profile", "019aa1b2-0000-7000-8000-0000000000a9", 12),
            ("sales-tickets", "ticket", "019aa1b2-0000-7000-8000-0000000000a1", 5000),
            ("sales-tickets", "ticket", "019aa1b2-0000-7000-8000-0000000000a9", 12),
        ]
