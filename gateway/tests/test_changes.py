"""What pages hear of an event: its kind, ids and whom it concerns, never what is in it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from gamedesk_chassis.events import Event
from gamedesk_gateway.live.changes import change_of
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
