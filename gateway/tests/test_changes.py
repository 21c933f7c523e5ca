"""What pages hear of an event: its kind, ids and whom it concerns, never what is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_gateway.live.changes import Change, bounded, change_of
from gamedesk_testing.contracts import examples_of


@pytest.mark.parametrize("path", examples_of("sales.quote.updated.v1"), ids=lambda path: path.stem)
def test_a_quote_is_told_by_its_ids_to_its_seller_and_the_players_owner__B12(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert (change.player_id, change.agents) == (event.data["player_id"], frozenset({event.data["agent_id"]}))
    assert not change.for_everybody
    assert orjson.loads(change.message.partition(b"data: ")[2]) == {
        "kind": "quote",
        "type": "sales.quote.updated.v1",
        "ids": {"player_id": event.data["player_id"], "quote_id": event.data["quote_id"]},
        "version": event.aggregateversion,
        "actor": event.actor,
    }


def test_pages_get_the_version_that_they_read_though_the_owner_was_put_back_from_a_backup__B12() -> None:
    path = next(iter(examples_of("sales.quote.updated.v1")))
    event = Event.from_bytes(path.read_bytes())
    base = 28_000_000

    change = change_of(replace(event, aggregateversion=base + event.aggregateversion, versionbase=base))

    assert change is not None
    assert orjson.loads(change.message.partition(b"data: ")[2])["version"] == event.aggregateversion


@pytest.mark.parametrize("path", examples_of("sales.follow_up.due.v1"), ids=lambda path: path.stem)
def test_a_follow_up_that_is_due_is_told_by_its_ids_to_whom_it_is_due__B12(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert (change.player_id, change.agents) == (event.data["player_id"], frozenset({event.data["agent_id"]}))
    told = orjson.loads(change.message.partition(b"data: ")[2])
    named = {name for name in ("player_id", "touch_id", "proposal_id") if event.data[name]}
    assert (told["kind"], set(told["ids"])) == ("follow_up", named)


@pytest.mark.parametrize("path", examples_of("sales.follow_up.changed.v1"), ids=lambda path: path.stem)
def test_what_is_decided_about_taking_a_player_up_is_told_to_his_owner__B12(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert (change.player_id, change.agents, change.for_everybody) == (event.data["player_id"], frozenset(), False)
    told = orjson.loads(change.message.partition(b"data: ")[2])
    named = {name for name in ("player_id", "touch_id", "proposal_id") if event.data[name]}
    assert (told["kind"], set(told["ids"])) == ("follow_up", named)


@pytest.mark.parametrize("path", examples_of("sales.sell_safe.changed.v1"), ids=lambda path: path.stem)
def test_a_pitch_that_warns_is_told_to_the_players_owner__B3_B12(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert (change.player_id, change.agents, change.for_everybody) == (event.data["player_id"], frozenset(), False)
    told = orjson.loads(change.message.partition(b"data: ")[2])
    assert (told["kind"], set(told["ids"])) == ("sell_safe", {"player_id", "ticket_id"})


@pytest.mark.parametrize("path", examples_of("catalog.campaign.updated.v1"), ids=lambda path: path.stem)
def test_a_campaign_is_told_to_everybody__B12(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert (change.for_everybody, change.as_notice) == (True, None)
    told = orjson.loads(change.message.partition(b"data: ")[2])
    assert (told["kind"], told["ids"]) == ("campaign", {"campaign_id": event.data["campaign_id"]})


@pytest.mark.parametrize("path", examples_of("catalog.pack.updated.v1"), ids=lambda path: path.stem)
def test_a_pack_is_told_to_everybody_and_one_in_review_is_a_notice_to_its_maker__B1(path: Path) -> None:
    event = Event.from_bytes(path.read_bytes())

    change = change_of(event)

    assert change is not None
    assert change.for_everybody
    if event.data["state"] == "review":
        assert change.agents == frozenset({event.data["created_by"]})
        assert change.as_notice is not None
        head, _, data = change.as_notice.partition(b"data: ")
        assert head == b"event: notice\n"
        assert (orjson.loads(data)["notice"], orjson.loads(data)["ids"]) == (
            "pack_review",
            {"pack_id": event.data["pack_id"]},
        )
    else:
        assert (change.agents, change.as_notice) == (frozenset(), None)


def test_of_a_push_that_changes_many_packs_those_in_review_are_still_told__B1() -> None:
    def pack(number: int, **data: Any) -> Change:
        event = Event(
            id=new_id(), source="/catalog", type="catalog.pack.updated.v1", subject="x", time=datetime.now(UTC),
            data={"pack_id": f"p{number}", "created_by": "KF003", **data}, aggregateversion=1,
        )  # fmt: skip
        change = change_of(event)
        assert change is not None
        return change

    few = [pack(n) for n in range(9)] + [pack(9, state="review")]
    assert bounded(few) == few

    catalog, notice = bounded([pack(n) for n in range(60)] + [pack(60, state="review")])

    assert (catalog.for_everybody, b"catalog.changed.v1" in catalog.message) == (True, True)
    assert (notice.for_everybody, notice.message, notice.agents) == (False, b"", frozenset({"KF003"}))
    assert notice.as_notice is not None
    assert b"p60" in notice.as_notice


def test_some_published_example_is_of_a_pack_in_review() -> None:
    states = [Event.from_bytes(path.read_bytes()).data["state"] for path in examples_of("catalog.pack.updated.v1")]
    assert {"review", "active"} <= set(states)
