"""What this service publishes satisfies the contract, and every example of what it listens to is understood."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gamedesk_catalog.__main__ import SERVICE
from gamedesk_catalog.consumers import FROM_PLAYERS
from gamedesk_catalog.events import CAMPAIGN_UPDATED, ITEM_UPDATED, PACK_UPDATED
from gamedesk_catalog.model.prices import pack_price
from gamedesk_catalog.settings import Settings
from gamedesk_catalog.tables import agent_copies
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database, row_to_dict
from gamedesk_chassis.events import Event
from gamedesk_chassis.guard import republish
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_chassis.streams import load_declaration
from gamedesk_chassis.worker import check_listeners
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import examples_of, schema_of
from sqlalchemy import select, text

from .conftest import Game, price

As = Callable[[str], ApiClient]
NewPack = Callable[..., dict[str, Any]]
EXAMPLES = [path for type in FROM_PLAYERS if ".digest." not in type for path in examples_of(type)]
DIGESTS = examples_of("players.digest.computed.v1")
OURS = [path for type in (CAMPAIGN_UPDATED, ITEM_UPDATED, PACK_UPDATED) for path in examples_of(type)]
IDS = {CAMPAIGN_UPDATED: "campaign_id", ITEM_UPDATED: "item_id", PACK_UPDATED: "pack_id"}


def published(database: Database) -> list[Event]:
    with database.begin() as tx:
        return [outbox.to_event(row) for row in tx.execute(select(OUTBOX).order_by(OUTBOX.c.id))]


def change_everything(as_agent: As, game: Game, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1, "XIYOU-2": 3}, valid_until="2999-01-01T00:00:00+08:00")
    as_agent("KF003").patch(f"/packs/{pack['code']}", {"name": "改名", "valid_until": None}, version=1)
    item_id = pack["contents"][0]["item_id"]
    as_agent("KF003").patch(f"/items/{item_id}", {"override_price_fen": 900, "reason": "周末"}, version=1)
    game.push(price("XIYOU-2", 300, 2), price("XIYOU-1", 100_000, 2))
    new_pack({"XIYOU-3": 1}, 4000)
    plan = {"name": "周末", "theme": "坐骑", "starts_on": "2026-11-20", "ends_on": "2999-01-01", "game_ids": ["xiyou"]}
    segment = {"tiers": ["big"], "not_contacted_days": 7, "bought_within_days": 90, "spent_min_fen": 50_000}
    campaign = as_agent("KF002").post("/campaigns", {**plan, "segment": segment, "pack_ids": [pack["pack_id"]]}).json()
    as_agent("KF002").post(f"/campaigns/{campaign['campaign_id']}/launch", version=1)


def test_published_events_satisfy_their_schemas(
    as_agent: As, game: Game, new_pack: NewPack, database: Database
) -> None:
    change_everything(as_agent, game, new_pack)
    republish(database, SERVICE.republish)

    events = published(database)

    assert {event.type for event in events} == {CAMPAIGN_UPDATED, ITEM_UPDATED, PACK_UPDATED}
    for event in events:
        envelope = json.loads(event.to_bytes())
        schema_of(event.type).validate(envelope["data"])
        assert envelope["source"] == "/catalog"
        assert envelope["subject"] == envelope["data"][IDS[event.type]]


def test_republication_repeats_the_present_state_of_everything__I6(
    as_agent: As, game: Game, new_pack: NewPack, database: Database
) -> None:
    change_everything(as_agent, game, new_pack)
    latest = {event.subject: (event.aggregateversion, event.data) for event in published(database)}

    republish(database, SERVICE.republish)

    repeated = [event for event in published(database) if event.republication]
    assert {event.subject: (event.aggregateversion, event.data) for event in repeated} == latest
    assert len(repeated) == len(latest) == 7


def test_a_pack_in_review_and_a_rejected_one_satisfy_the_schema(
    as_agent: As, game: Game, new_pack: NewPack, database: Database
) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET lowest_price_fen = 500"))
    path = f"/packs/{new_pack({'XIYOU-1': 1}, 0, player_id='019aa000-0000-7000-8000-000000000001')['code']}"
    game.push(price("XIYOU-1", 400, 2))
    as_agent("KF002").post(f"{path}/reject", {"reason": "太低"}, version=2)

    said = [event.data for event in published(database) if event.type == PACK_UPDATED]

    for data in said:
        schema_of(PACK_UPDATED).validate(data)
    shown = [(data["state"], data["review_reason"], data["floor_fen"], data["created_by"]) for data in said]
    assert shown == [
        ("active", None, 700, "KF003"),
        ("review", "lowest_price", 500, "KF003"),
        ("draft", None, None, "KF003"),
    ]
    assert "太低" not in str(said), "texts stay here"


@pytest.mark.parametrize("path", OURS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_our_examples_satisfy_our_schemas(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    schema_of(event.type).validate(event.data)
    if event.type == PACK_UPDATED:
        lines = [(line["unit_price_fen"], line["quantity"]) for line in event.data["contents"]]
        assert pack_price(lines, event.data["discount_bp"]) == (event.data["list_price_fen"], event.data["price_fen"])
        assert event.data["version"] == event.aggregateversion


def test_there_are_examples_of_all_that_is_published_and_listened_to() -> None:
    assert {path.parent.name for path in [*EXAMPLES, *DIGESTS]} == set(FROM_PLAYERS)
    assert {path.parent.name for path in OURS} == {CAMPAIGN_UPDATED, ITEM_UPDATED, PACK_UPDATED}


def deliver(database: Database, *messages: bytes) -> None:
    """As the worker does; none of them may end among the dead letters."""
    processor = Processor(database, "catalog-players", FROM_PLAYERS)
    deliveries = [Delivery(json.loads(message)["type"], message) for message in messages]
    assert processor.process(deliveries) == [Verdict.DONE] * len(messages)
    with database.begin() as tx:
        assert tx.execute(text("SELECT error FROM dead_letter")).all() == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_example_becomes_the_copy_that_it_describes(database: Database, path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    deliver(database, path.read_bytes())

    with database.begin() as tx:
        query = select(agent_copies).where(agent_copies.c.agent_id == event.data["agent_id"])
        assert row_to_dict(tx.execute(query).one()) == {**event.data, "version": event.aggregateversion}


def test_any_order_and_repetition_of_the_examples_gives_the_same_copies__I10(database: Database) -> None:
    messages = [path.read_bytes() for path in EXAMPLES]

    def copies() -> list[Any]:
        with database.begin() as tx:
            return list(tx.execute(select(agent_copies).order_by(agent_copies.c.agent_id)).all())

    deliver(database, *reversed(messages))
    once = copies()
    deliver(database, *messages, *messages)

    assert copies() == once


def test_the_worker_finds_a_consumer_for_every_handler_and_its_jobs(settings: Settings, database: Database) -> None:
    check_listeners(SERVICE, load_declaration(SERVICE.jetstream_file))

    for job in SERVICE.jobs(settings, database):
        job.run()


def test_a_deactivated_agent_may_do_nothing_here__R21(database: Database, as_agent: As) -> None:
    event = json.loads(EXAMPLES[0].read_bytes())
    event["data"] |= {"agent_id": "KF004", "active": False}
    deliver(database, json.dumps({**event, "subject": "KF004"}).encode())

    assert as_agent("KF004").get("/items").status_code == 401
    assert as_agent("KF003").get("/items").status_code == 200


def test_digests_of_what_is_copied_here_are_compared__I6(database: Database) -> None:
    """Of agents alone; the others' rows are not kept here."""
    for path in DIGESTS:
        deliver(database, replace(Event.from_bytes(path.read_bytes()), time=now()).to_bytes())
    with database.begin() as tx:
        rows = tx.execute(text("SELECT consumer, kind, after_key, owner_count FROM copy_difference"))
        assert [tuple(row) for row in rows] == [("catalog-players", "agent", "", 0)]
