"""Where each kind of write leaves its effect, found without the idempotency table, which may be what is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """A kind of write.

    `effects`: a query of the owner's database that takes an array of markers and gives (marker, id) for each effect.
    `told`: the field of the answer that names what came to be, empty when the answer is what was changed.
    `keyed`: whether it has an Idempotency-Key; otherwise it has the version that it changes, or signs its own id.
    """

    service: str
    effects: str
    told: str = ""
    keyed: bool = True


def _text(service: str, table: str, id: str, marker: str) -> Operation:
    """A write that makes a row, with its marker in a column of text."""
    return Operation(service, f"SELECT {marker}, {id}::text FROM {table} WHERE {marker} = ANY(%s)", told=id)


def _of_ticket(field: str) -> Operation:
    """A change of a ticket's field, as its timeline keeps it."""
    changes = "entries CROSS JOIN jsonb_array_elements(changes) c"
    value = "c ->> 'after'"
    return Operation(
        "tickets",
        f"SELECT {value}, entry_id::text FROM {changes} WHERE c ->> 'field' = '{field}' AND {value} = ANY(%s)",
        keyed=False,
    )


OPERATIONS: dict[str, Operation] = {
    "create_player": _text("players", "players", "player_id", "wechat_name"),
    "merge_players": Operation(
        "players",
        "SELECT loser_id::text, merge_id::text FROM merges WHERE loser_id = ANY(%s::uuid[])",
        told="merge_id",
    ),
    "create_handoff": _text("players", "handoffs", "handoff_id", "reason"),
    "create_ticket": _text("tickets", "tickets", "ticket_id", "detail"),
    "append_entry": _text("tickets", "entries", "entry_id", "text"),
    "create_reply_template": _text("tickets", "reply_templates", "template_id", "title"),
    "edit_ticket": _of_ticket("title"),
    "move_ticket": _of_ticket("solution"),
    "record_touch": _text("sales", "touches", "touch_id", "situation"),
    "create_quote": _text("sales", "quotes", "quote_id", "note"),
    "create_order": _text("sales", "orders", "order_id", "transaction_id"),
    "create_refund": _text("sales", "refunds", "refund_id", "reason"),
    "verify_order": Operation(
        "sales",
        "SELECT order_id::text, order_id::text FROM orders WHERE verified_by <> '' AND order_id = ANY(%s::uuid[])",
        keyed=False,
    ),
    "create_pack": _text("catalog", "packs", "pack_id", "description"),
    "edit_pack": Operation(
        "catalog", "SELECT name, pack_id::text FROM pack_revisions WHERE name = ANY(%s)", keyed=False
    ),
    "override_price": Operation(
        "catalog", "SELECT reason, change_id::text FROM item_price_changes WHERE reason = ANY(%s)", keyed=False
    ),
    # A push may change nothing; what it does change, it changes once: see checks.money.
    "push_prices": Operation(
        "catalog", "SELECT event_id, event_id FROM price_pushes WHERE event_id = ANY(%s)", keyed=False
    ),
}
