"""Four databases that fit together, small enough to be read: what the checks find nothing wrong with.

An agent sold a pack of two items to a player, who has asked something and got some money back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID, uuid5

import psycopg
from gamedesk_chassis.migrate import migrate
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.faults.harness.checks import copies
from tests.faults.harness.checks.evidence import OWNED, Evidence, Published
from tests.faults.harness.ledger import Write

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NAMES = UUID("11111111-1111-4111-8111-111111111111")
AGENT = "KF003"


def id_of(name: str) -> UUID:
    """The id that goes by this name in the small world."""
    return uuid5(NAMES, name)


PLAYER, PROFILE, TICKET, ORDER = (id_of(name) for name in ("player", "profile", "ticket", "order"))
TOUCH, REFUND, PACK, ITEM, CAMPAIGN = (id_of(name) for name in ("touch", "refund", "pack", "item", "campaign"))
POISON = id_of("poison")

# Event → (type, the aggregate, its version); its id is id_of(name).
EVENTS: dict[str, tuple[str, str, int]] = {
    "agent v1": ("players.agent.updated.v1", AGENT, 1),
    "player v1": ("players.player.created.v1", str(PLAYER), 1),
    "player v2": ("players.player.updated.v1", str(PLAYER), 2),
    "profile v1": ("players.profile.synced.v1", str(PROFILE), 1),
    "ticket v1": ("tickets.ticket.updated.v1", str(TICKET), 1),
    "touch v1": ("sales.touch.recorded.v1", str(TOUCH), 1),
    "order v1": ("sales.order.updated.v1", str(ORDER), 1),
    "order v2": ("sales.order.updated.v1", str(ORDER), 2),
    "item v1": ("catalog.item.updated.v1", str(ITEM), 1),
    "pack v1": ("catalog.pack.updated.v1", str(PACK), 1),
    "campaign v1": ("catalog.campaign.updated.v1", str(CAMPAIGN), 1),
}
PLAYERS = ("players.agent", "players.player", "players.profile")
LISTENS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tickets-players": ("tickets", tuple(t for t, _, _ in EVENTS.values() if t.startswith(PLAYERS))),
    "tickets-sales": ("tickets", ("sales.order.updated.v1",)),
    "sales-players": ("sales", tuple(t for t, _, _ in EVENTS.values() if t.startswith(PLAYERS))),
    "sales-catalog": ("sales", tuple(t for t, _, _ in EVENTS.values() if t.startswith("catalog."))),
    "sales-tickets": ("sales", ("tickets.ticket.updated.v1",)),
    "catalog-players": ("catalog", ("players.agent.updated.v1",)),
}

_SAID = {"created_at": NOW, "updated_at": NOW}
_COPIED_AGENT = {"agent_id": AGENT, "role": "agent", "team": "A", "active": True, "version": 1}
_COPIED_PLAYER = {
    "player_id": PLAYER, "owner_agent_id": AGENT, "tier": "big", "minor_band": "none", "erased": False, "version": 2,
}  # fmt: skip
_PROFILE = {"profile_id": PROFILE, "player_id": PLAYER, "game_id": "xiyou", "version": 1}
_PACK = {
    "pack_id": PACK, "code": "ABCDE", "name": "周末礼包", "state": "active", "discount_bp": 1000, "list_price_fen": 200,
    "price_fen": 180, "currency": "CNY", "revision": 1, "version": 1, "updated_at": NOW,
}  # fmt: skip
_LINE = {
    "item_id": str(ITEM), "game_id": "xiyou", "code": "i1", "name": "仙丹", "quantity": 2, "unit_price_fen": 100,
}  # fmt: skip
_CAMPAIGN = {
    "campaign_id": CAMPAIGN, "name": "活动", "state": "running", "team": "A", "starts_on": NOW.date(),
    "ends_on": NOW.date(), "version": 1,
}  # fmt: skip
_ORDER = {
    "order_id": ORDER, "player_id": PLAYER, "seller_agent_id": AGENT, "pack_id": PACK, "pack_code": "ABCDE",
    "pack_name": "周末礼包", "pack_revision": 1, "pack_version": 1, "discount_bp": 1000, "list_price_fen": 200,
    "contents": Jsonb([_LINE]), "amount_due_fen": 180, "amount_paid_fen": 180, "currency": "CNY",
    "method": "wechat_pay", "transaction_id": "M-ORDER", "paid_at": NOW, "state": "refunded_partly", "verified": True,
    "refunded_fen": 50, "version": 2, **_SAID,
}  # fmt: skip

Rows = list[tuple[str, dict[str, Any]]]

_TABLES: dict[str, Rows] = {
    "players": [
        ("agents", {"agent_id": AGENT, "name": "小唐", "password_hash": "x", **_SAID, **_COPIED_AGENT}),
        ("players", {**{k: v for k, v in _COPIED_PLAYER.items() if k != "erased"}, "note": "", "tags": [], **_SAID}),
        ("profiles", {**_PROFILE, "state": "ok", "game_account_id": "g1", "server_id": "s1", "server_name": "一区"}),
    ],
    "tickets": [
        ("agent_copies", _COPIED_AGENT),
        ("player_copies", _COPIED_PLAYER),
        ("profile_copies", {**_PROFILE, "server": "一区"}),
        (
            "tickets",
            {
                "ticket_id": TICKET,
                "player_id": PLAYER,
                "state": "pending",
                "detail": "M-TICKET",
                "category": "payment",
                "priority": "normal",
                "waiting_on": "none",
                "player_tier": "big",
                "created_by": AGENT,
                "asked_at": NOW,
                "version": 1,
                "revision": 1,
                **_SAID,
            },
        ),
    ],
    "sales": [
        ("agent_copies", _COPIED_AGENT),
        ("player_copies", _COPIED_PLAYER),
        (
            "profile_copies",
            {**_PROFILE, "server": "一区", "game_account_id": "g1", "server_id": "s1", "state": "ok"},
        ),
        (
            "item_copies",
            {
                "item_id": ITEM,
                "game_id": "xiyou",
                "code": "i1",
                "name": "仙丹",
                "price_fen": 100,
                "currency": "CNY",
                "version": 1,
            },
        ),
        ("pack_copies", {**_PACK, "contents": Jsonb([_LINE])}),
        ("campaign_copies", {**_CAMPAIGN, "segment": Jsonb({}), "game_ids": Jsonb(["xiyou"])}),
        (
            "ticket_copies",
            {
                "ticket_id": TICKET,
                "player_id": PLAYER,
                "number": "T-000001",
                "category": "payment",
                "state": "pending",
                "asked_at": NOW,
                "version": 1,
            },
        ),
        ("orders", _ORDER),
        ("deliveries", {"order_id": ORDER, "state": "delivered", "game_id": "xiyou"}),
        (
            "refunds",
            {
                "refund_id": REFUND,
                "order_id": ORDER,
                "player_id": PLAYER,
                "amount_fen": 50,
                "currency": "CNY",
                "reason": "M-REFUND",
                "method": "wechat_pay",
                "refunded_at": NOW,
                "refunded_by": "KF002",
                "recorded_at": NOW,
            },
        ),
        (
            "touches",
            {
                "touch_id": TOUCH,
                "player_id": PLAYER,
                "agent_id": AGENT,
                "outcome": "no_reply",
                "situation": "M-TOUCH",
                "player_state": "",
                "campaign_id": CAMPAIGN,
                "occurred_at": NOW,
                "recorded_at": NOW,
            },
        ),
        (
            "campaign_calls",
            {
                "campaign_id": CAMPAIGN,
                "player_id": PLAYER,
                "owner_agent_id": AGENT,
                "tier_then": "big",
                "rank": 1,
                "state": "no_reply",
                "touches": 1,
                "updated_at": NOW,
            },
        ),
    ],
    "catalog": [
        ("agent_copies", _COPIED_AGENT),
        (
            "items",
            {
                "item_id": ITEM,
                "game_id": "xiyou",
                "code": "i1",
                "name": "仙丹",
                "code_key": "i1",
                "name_key": "仙丹",
                "name_grams": [],
                "game_price_fen": 100,
                "currency": "CNY",
                "source_version": 1,
                "version": 1,
                **_SAID,
            },
        ),
        (
            "packs",
            {
                **_PACK,
                "name_key": "周末礼包",
                "name_grams": [],
                "game_id": "xiyou",
                "created_by": AGENT,
                "revised_by": AGENT,
                "created_at": NOW,
            },
        ),
        ("pack_contents", {"pack_id": PACK, "item_id": ITEM, "position": 0, "quantity": 2, "unit_price_fen": 100}),
        (
            "campaigns",
            {
                **_CAMPAIGN,
                "theme": "",
                "game_ids": ["xiyou"],
                "pack_ids": [],
                "segment": Jsonb({}),
                "note": "",
                "created_by": AGENT,
                **_SAID,
            },
        ),
    ],
}

# (operation, marker and key, the effect's id, the money in it)
WRITES = (
    ("create_ticket", "M-TICKET", TICKET, 0),
    ("record_touch", "M-TOUCH", TOUCH, 0),
    ("create_order", "M-ORDER", ORDER, 180),
    ("create_refund", "M-REFUND", REFUND, 50),
)
_KEYED_IN = {"create_ticket": "tickets", "record_touch": "sales", "create_order": "sales", "create_refund": "sales"}


def write(operation: str, marker: str, outcome: Any, told: UUID | None = None, fen: int = 0) -> Write:
    """A write as the ledger has it."""
    return Write(
        key=marker, operation=operation, caller=AGENT, method="POST", path="/", body={}, marker=marker, fen=fen,
        outcome=outcome, told=str(told) if told else None,
    )  # fmt: skip


def make(fresh_database: Callable[..., str]) -> Evidence:
    """A small world of one's own, to be spoilt."""
    return Evidence(
        databases={service: fresh_database(service, _FILLED[service]) for service in OWNED},
        writes=[
            *(write(operation, marker, "ok", id, fen) for operation, marker, id, fen in WRITES),
            write("create_ticket", "M-REFUSED", "fail"),
        ],
        published=[
            *(Published(type.split(".")[0].upper(), str(id_of(name)), type) for name, (type, _, _) in EVENTS.items()),
            Published("TICKETS", str(POISON), "tickets.ticket.updated.v1"),
        ],
        listens=LISTENS,
        poison={"sales-tickets": {POISON}},
        grants=[{"order_id": str(ORDER)}],
    )


def _filled(service: str) -> Callable[[str], None]:
    def fill(url: str) -> None:
        migrate(url, import_module(f"gamedesk_{service}.__main__").SERVICE.migrations)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            for table, row in [*_TABLES[service], *_events(service), *_keys(service)]:
                _insert(connection, table, row)
        copies.watch({service: url})

    return fill


_FILLED = {service: _filled(service) for service in OWNED}


def _events(service: str) -> Rows:
    """The outbox of what it owns, the inbox of what it listens to, and the dead letter of the poison."""
    outbox = [
        (
            "outbox",
            {
                "event_id": id_of(name), "aggregate_id": aggregate, "version": version, "type": type,
                "source": f"/{service}", "payload": Jsonb({}), "published_at": NOW,
            },
        )
        for name, (type, aggregate, version) in EVENTS.items()
        if type.startswith(f"{service}.")
    ]  # fmt: skip
    inbox = [
        ("inbox", {"consumer": consumer, "event_id": id_of(name)})
        for consumer, (listener, types) in LISTENS.items()
        for name, (type, _, _) in EVENTS.items()
        if listener == service and type in types
    ]
    letter = {"consumer": "sales-tickets", "event_id": POISON, "subject": "x", "payload": b"{}", "error": "KeyError"}
    return [*outbox, *inbox, *([("dead_letter", letter)] if service == "sales" else [])]


def _keys(service: str) -> Rows:
    return [
        (
            "idempotency_keys",
            {
                "caller": AGENT, "operation": operation, "key": marker, "body_hash": b"x", "status": 201,
                "resource_id": str(id), "created_at": NOW,
            },
        )
        for operation, marker, id, _ in WRITES
        if _KEYED_IN[operation] == service
    ]  # fmt: skip


def _insert(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    connection.execute(statement, list(row.values()))
