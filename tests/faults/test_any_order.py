"""Any duplication or reordering of a history gives the same copies (I10): every consumer, on its real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import psycopg
import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_local.state import REPOSITORY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = REPOSITORY / "contracts" / "examples"
MOMENT = datetime(2026, 11, 20, 8, tzinfo=UTC)
IDS = [str(UUID(int=n, version=4)) for n in (1, 2, 3)]
AGENTS = ["KF003", "KF004"]

# What is compared, and emptied between two histories. `now()` and ids of one's own differ each time.
COPIES = {
    "tickets-players": ["player_copies", "profile_copies", "agent_copies"],
    "tickets-sales": ["delivery_tickets"],
    "sales-players": ["player_copies", "profile_copies", "agent_copies"],
    "sales-catalog": ["item_copies", "pack_copies", "campaign_copies"],
    "sales-tickets": ["ticket_copies"],
    "catalog-players": ["agent_copies"],
}
MADE_BESIDES = {
    "tickets": ["tickets", "delivery_tickets", "inbox", "outbox", "dead_letter"],
    "sales": ["recovery_proposals", "campaign_draws", "campaign_calls", "inbox", "outbox", "dead_letter"],
    "catalog": ["inbox", "dead_letter"],
}
# What is no copy: an id of this run's own, and whether there is one where the delivery was heard of before its delay.
NOT_COPIED = {"delivery_tickets": ["ticket_id"]}

# What changes from version to version, by the type of the event. Of the players, one is merged into another at times.
CHANGING: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "players.player.updated.v1": {
        "owner_agent_id": st.sampled_from(AGENTS),
        "tier": st.sampled_from(["none", "big", "whale"]),
        "merged_into": st.sampled_from([None, IDS[0]]),
    },
    "players.profile.synced.v1": {
        "player_id": st.just(IDS[1]),
        "server": st.sampled_from(["一区", "二区"]),
        "state": st.sampled_from(["ok", "stale"]),
    },
    "players.agent.updated.v1": {"role": st.sampled_from(["agent", "lead"]), "active": st.booleans()},
    "catalog.item.updated.v1": {"price_fen": st.integers(1, 9), "name": st.sampled_from(["仙丹", "蟠桃"])},
    "catalog.pack.updated.v1": {"price_fen": st.integers(1, 9), "state": st.sampled_from(["active", "review"])},
    "catalog.campaign.updated.v1": {"state": st.sampled_from(["running", "ended"]), "name": st.sampled_from("甲乙")},
    "tickets.ticket.updated.v1": {
        "done_at": st.sampled_from([None, "2026-11-22T09:30:00Z"]),
        "category": st.sampled_from(["payment", "bug"]),
    },
    "sales.order.updated.v1": {
        "delivery_state": st.sampled_from(["queued", "delivered", "failed"]),
        "delivery_overdue_since": st.sampled_from([None, "2026-11-22T10:31:00Z"]),
    },
}
ID_FIELDS = {
    "players.player.updated.v1": "player_id",
    "players.profile.synced.v1": "profile_id",
    "players.agent.updated.v1": "agent_id",
    "catalog.item.updated.v1": "item_id",
    "catalog.pack.updated.v1": "pack_id",
    "catalog.campaign.updated.v1": "campaign_id",
    "tickets.ticket.updated.v1": "ticket_id",
    "sales.order.updated.v1": "order_id",
}


def _types(consumer: str) -> list[str]:
    _, owner = consumer.split("-")
    listener = consumer.split("-")[0]
    heard = import_module(f"gamedesk_{listener}.__main__").SERVICE.listeners[consumer]
    return [type for type in CHANGING if type.startswith(f"{owner}.") and type in heard]


@st.composite
def histories(draw: st.DrawFn, consumer: str) -> tuple[list[Event], list[list[Event]]]:
    """A history in its order, and batches in which it arrives: some of it more than once, in any order."""
    history: list[Event] = []
    for type in _types(consumer):
        example = json.loads((EXAMPLES / type / "typical.json").read_text(encoding="utf-8"))
        for number in range(draw(st.integers(1, 2))):
            subject = AGENTS[number] if type == "players.agent.updated.v1" else IDS[number]
            data = {**example["data"], ID_FIELDS[type]: subject, **_unique(type, number)}
            for version in range(1, draw(st.integers(1, 4)) + 1):
                changes = {field: draw(values) for field, values in CHANGING[type].items()}
                data = _consistent(type, {**data, **changes})
                history.append(_event(type, subject, version, data))
    erased = draw(st.booleans()) and [
        e for e in history if e.type == "players.player.updated.v1" and e.subject == IDS[1]
    ]
    if erased:
        last = {**erased[-1].data, "erased": True}
        history.append(_event("players.player.erased.v1", IDS[1], erased[-1].aggregateversion + 1, last))
    newest = {event.subject: event for event in history}
    again = [_event(e.type, e.subject, e.aggregateversion, e.data, republication=True) for e in newest.values()]
    arrivals = draw(st.permutations([*history, *draw(st.lists(st.sampled_from(history))), *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(arrivals)))) | {len(arrivals)})
    return history, [arrivals[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]


def _unique(type: str, number: int) -> dict[str, Any]:
    return {"code": f"PACK{number}"} if type == "catalog.pack.updated.v1" else {}


def _consistent(type: str, data: dict[str, Any]) -> dict[str, Any]:
    """Nobody is merged into himself; what is done has a time, and what has none is not."""
    if type == "players.player.updated.v1" and data["player_id"] == IDS[0]:
        return {**data, "merged_into": None}
    if type == "tickets.ticket.updated.v1":
        return {**data, "state": "done" if data["done_at"] else "pending"}
    return data


def _event(type: str, subject: str, version: int, data: dict[str, Any], *, republication: bool = False) -> Event:
    return Event(
        id=new_id(),
        source=f"/{type.split('.')[0]}",
        type=type,
        subject=subject,
        time=MOMENT,
        aggregateversion=version,
        data=data,
        republication=republication,
    )


def _owed(history: list[Event]) -> set[str]:
    """The orders whose newest event of an overdue delivery says that it is owed."""
    newest = {event.subject: event.data["delivery_state"] for event in history if event.data["delivery_overdue_since"]}
    return {order_id for order_id, state in newest.items() if state in ("queued", "failed")}


class Listener:
    """One durable consumer on a database of its own."""

    def __init__(self, consumer: str, fresh_database: Callable[..., str]) -> None:
        self._consumer, self._service = consumer, consumer.split("-")[0]
        service = import_module(f"gamedesk_{self._service}.__main__").SERVICE
        url = fresh_database(self._service)
        migrate(url, service.migrations)
        self._database = Database(url, pool_size=1)
        self._processor = Processor(self._database, consumer, service.listeners[consumer])
        self._sql = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def copies_after(self, batches: list[list[Event]]) -> dict[str, Any]:
        """What the copies hold when these have arrived, after nothing else."""
        tables = {*COPIES[self._consumer], *MADE_BESIDES[self._service]}
        self._sql.execute(f"TRUNCATE {', '.join(sorted(tables))} CASCADE".encode())
        for batch in batches:
            deliveries = [Delivery(event.type, event.to_bytes()) for event in batch]
            assert self._processor.process(deliveries) == [Verdict.DONE] * len(batch)
        assert self._rows("dead_letter") == []
        return {table: self._rows(table) for table in COPIES[self._consumer]}

    def orders_with_a_ticket(self) -> set[str]:
        query = "SELECT order_id::text FROM delivery_tickets JOIN tickets USING (ticket_id)"
        return {row[0] for row in self._sql.execute(query)}

    def close(self) -> None:
        self._sql.close()
        self._database.dispose()

    def _rows(self, table: str) -> list[Any]:
        query = f"SELECT to_jsonb({table}) - %s::text[] FROM {table} ORDER BY 1"
        return [row[0] for row in self._sql.execute(query.encode(), [NOT_COPIED.get(table, [])]).fetchall()]


@pytest.mark.large
@pytest.mark.parametrize("consumer", COPIES)
def test_any_order_and_repetition_gives_the_same_copies__I10(consumer: str, fresh_database: Any) -> None:
    listener = Listener(consumer, fresh_database)

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(histories(consumer))
    def holds(arrived: tuple[list[Event], list[list[Event]]]) -> None:
        history, batches = arrived
        copies = listener.copies_after(batches)
        if consumer == "tickets-sales":
            assert _owed(history) <= listener.orders_with_a_ticket()
        assert copies == listener.copies_after([[event] for event in history])

    try:
        holds()
    finally:
        listener.close()


def test_every_consumer_of_every_service_is_tried() -> None:
    services = [
        import_module(f"gamedesk_{name}.__main__").SERVICE for name in ("players", "tickets", "sales", "catalog")
    ]
    assert {consumer for service in services for consumer in service.listeners} == COPIES.keys()
