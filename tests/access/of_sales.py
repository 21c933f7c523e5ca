"""A valid request of every operation of sales: `make(world, whose, by)`, about something that is `whose`.

An order, a quote or a contact of an agent is about a player of his own.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.access.dead_letters import of_a_letter
from tests.access.of_catalog import of_a_campaign, pack, running_campaign
from tests.access.of_players import player
from tests.access.of_tickets import some_player
from tests.access.world import Call, World

DAYS = {"from": "2026-11-01", "to": "2026-11-30"}
REASON = {"reason": "顾客要求"}
SEGMENT = {
    "tiers": [],
    "game_id": None,
    "server": None,
    "not_contacted_days": None,
    "bought_within_days": None,
    "bought_min_orders": None,
    "spent_min_fen": None,
    "never_bought": False,
}
_PACKS: list[dict[str, Any]] = []


def day(offset: int) -> str:
    return ((datetime.now(UTC) + timedelta(hours=8)).date() + timedelta(days=offset)).isoformat()


def moment(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def some_pack(world: World) -> dict[str, Any]:
    """One on sale, the same each time."""
    if not _PACKS:
        _PACKS.append(pack(world, "KF001"))
    return _PACKS[0]


def paid(method: str = "wechat_pay") -> dict[str, Any]:
    return {"method": method, "transaction_id": f"42000{uuid4().int % 10**20}", "paid_at": moment(minutes=-1)}


def order_body(world: World, player_id: str, method: str = "wechat_pay") -> dict[str, Any]:
    sold = some_pack(world)
    what = {"pack_code": sold["code"], "pack_revision": sold["revision"], "amount_paid_fen": sold["price_fen"]}
    return {"player_id": player_id, **what, **paid(method)}


def order(world: World, whose: str, method: str = "wechat_pay") -> dict[str, Any]:
    body = order_body(world, some_player(world, whose), method)
    return world.do("sales", "POST", "/orders", whose, body)


def quote_body(world: World, player_id: str) -> dict[str, Any]:
    sold = some_pack(world)
    return {
        "player_id": player_id,
        "pack_code": sold["code"],
        "pack_revision": sold["revision"],
        "price_fen": sold["price_fen"],
    }


def quote(world: World, whose: str) -> dict[str, Any]:
    return world.do("sales", "POST", "/quotes", whose, quote_body(world, player(world, whose)["player_id"]))


def touch(world: World, whose: str) -> dict[str, Any]:
    body = {"player_id": player(world, whose)["player_id"], "outcome": "thinking", "follow_up_on": day(2)}
    return world.do("sales", "POST", "/touches", whose, body)


def record_touch(world: World, whose: str, by: str) -> Call:
    return Call(body={"player_id": some_player(world, whose), "outcome": "thinking", "follow_up_on": day(2)})


def of_an_order(world: World, whose: str, by: str) -> Call:
    return Call({"order_id": order(world, whose)["order_id"]})


def of_a_transfer(world: World, whose: str, by: str) -> Call:
    made = order(world, whose, "bank_transfer")
    return Call({"order_id": made["order_id"]}, version=made["version"])


def with_reason(world: World, whose: str, by: str) -> Call:
    call = of_a_transfer(world, whose, by)
    return Call(call.ids, REASON, version=call.version)


def retry_delivery(world: World, whose: str, by: str) -> Call:
    """It stands still until somebody says which of two accounts is his."""
    new = player(world, whose)["player_id"]
    made = world.do("sales", "POST", "/orders", whose, order_body(world, new))
    profile_id = str(uuid4())
    data = {
        "profile_id": profile_id,
        "player_id": made["player_id"],
        "game_id": "xiyou",
        "server": "一区",
        "game_account_id": f"x-{profile_id[-6:]}",
        "state": "ambiguous",
        "synced_at": "2026-11-01T00:00:00Z",
    }
    world.hear("players.profile.synced.v1", profile_id, data)
    return Call({"order_id": made["order_id"]}, {"profile_id": profile_id}, version=made["version"])


def create_refund(world: World, whose: str, by: str) -> Call:
    made = order(world, whose)
    body = {"amount_fen": 100, "reason": "退", "method": "other", "refunded_at": made["paid_at"]}
    return Call({"order_id": made["order_id"]}, body)


def of_a_quote(world: World, whose: str, by: str) -> Call:
    made = quote(world, whose)
    return Call({"quote_id": made["quote_id"]}, version=made["version"])


def withdraw_quote(world: World, whose: str, by: str) -> Call:
    call = of_a_quote(world, whose, by)
    return Call(call.ids, REASON, version=call.version)


def extend_quote(world: World, whose: str, by: str) -> Call:
    call = of_a_quote(world, whose, by)
    return Call(call.ids, {"expires_at": moment(hours=48), **REASON}, version=call.version)


def postpone_follow_up(world: World, whose: str, by: str) -> Call:
    made = touch(world, whose)
    found = world.do("sales", "GET", "/follow-ups", "KF001", params={"limit": 200})["items"]
    version = next(item["version"] for item in found if item["touch_id"] == made["touch_id"])
    return Call({"touch_id": made["touch_id"]}, {"due_on": day(5)}, version=version)


def proposal(world: World, whose: str) -> dict[str, Any]:
    player_id, ticket_id = player(world, whose)["player_id"], str(uuid4())
    data = {
        "ticket_id": ticket_id,
        "number": "T-000123",
        "player_id": player_id,
        "state": "done",
        "category": "payment",
        "asked_at": "2026-11-01T00:00:00Z",
        "done_at": moment(),
        "cycle": 1,
    }
    world.hear("tickets.ticket.updated.v1", ticket_id, data)
    found = world.do("sales", "GET", "/recovery-proposals", "KF001", params={"limit": 200})["items"]
    return next(item for item in found if item["player_id"] == player_id)


def take_recovery_proposal(world: World, whose: str, by: str) -> Call:
    made = proposal(world, whose)
    return Call({"proposal_id": made["proposal_id"]}, {"due_on": day(1)}, version=made["version"])


def dismiss_recovery_proposal(world: World, whose: str, by: str) -> Call:
    made = proposal(world, whose)
    return Call({"proposal_id": made["proposal_id"]}, REASON, version=made["version"])


def blocked_player(world: World, whose: str, by: str) -> Call:
    player_id = player(world, whose)["player_id"]
    world.do("sales", "POST", "/touches", whose, {"player_id": player_id, "outcome": "do_not_contact"})
    return Call({"player_id": player_id}, REASON)


def save_contact_rules(world: World, whose: str, by: str) -> Call:
    rules = world.do("sales", "GET", "/contact-rules", "KF001")
    names = ("max_touches", "per_days", "warning_categories", "tier_thresholds")
    body = {**{name: rules[name] for name in names}, "max_touches": 2 + rules["version"] % 20}
    return Call(body=body, version=rules["version"])


def lost_reason(world: World, whose: str, by: str) -> Call:
    return Call(body={"name": secrets.token_hex(8)})


def edit_lost_reason(world: World, whose: str, by: str) -> Call:
    made = world.do("sales", "POST", "/lost-reasons", "KF001", lost_reason(world, whose, by).body)
    return Call({"reason_id": made["reason_id"]}, {"name": secrets.token_hex(8)}, version=made["version"])


def edit_minor_cap(world: World, whose: str, by: str) -> Call:
    cap = world.do("sales", "GET", "/minor-caps/8_15", "KF001")
    body = {"per_order_fen": 1000 + cap["version"], "per_month_fen": 5000}
    return Call({"band": "8_15"}, body, version=cap["version"])


def stand_in(world: World, whose: str, by: str) -> Call:
    other = "KF013" if whose != "KF013" else "KF012"
    world.run("sales", "DELETE FROM stand_ins")  # one at a time
    days = {"from_on": day(0), "until_on": day(1)}
    return Call(body={"owner_agent_id": whose, "stand_in_agent_id": other, **days, "reason": "休假"})


def of_a_stand_in(world: World, whose: str, by: str) -> Call:
    made = world.do("sales", "POST", "/stand-ins", "KF001", stand_in(world, whose, by).body)
    return Call({"stand_in_id": made["stand_in_id"]}, version=made["version"])


def draw_campaign(world: World, whose: str, by: str) -> Call:
    return Call(body={"campaign_id": running_campaign(world, whose)[0]})


def get_campaign_draw(world: World, whose: str, by: str) -> Call:
    return Call({"campaign_id": running_campaign(world, whose)[0]})


def of_calls(world: World, whose: str, by: str) -> Call:
    return Call(query={"campaign_id": of_a_campaign(world, whose, by).ids["campaign_id"]})


REQUESTS = {
    "list_dead_letters": lambda *_: Call(),
    "replay_dead_letter": of_a_letter("sales"),
    "list_campaign_calls": of_calls,
    "get_campaign_progress": of_calls,
    "draw_campaign": draw_campaign,
    "get_campaign_draw": get_campaign_draw,
    "preview_campaign_audience": lambda *_: Call(body={"segment": SEGMENT}),
    "get_contact_block": blocked_player,
    "lift_contact_block": blocked_player,
    "get_contact_rules": lambda *_: Call(),
    "save_contact_rules": save_contact_rules,
    "list_deliveries": lambda *_: Call(),
    "retry_delivery": retry_delivery,
    "list_follow_ups": lambda *_: Call(),
    "postpone_follow_up": postpone_follow_up,
    "get_sales_kpi": lambda *_: Call(query=DAYS),
    "list_sales_kpi_records": lambda *_: Call(query={**DAYS, "figure": "orders"}),
    "list_lost_reasons": lambda *_: Call(),
    "create_lost_reason": lost_reason,
    "edit_lost_reason": edit_lost_reason,
    "list_minor_caps": lambda *_: Call(),
    "get_minor_cap": lambda *_: Call({"band": "8_15"}),
    "edit_minor_cap": edit_minor_cap,
    "get_offer": lambda world, whose, by: Call({"pack_code": some_pack(world)["code"]}),
    "list_orders": lambda *_: Call(),
    "create_order": lambda world, whose, by: Call(body=order_body(world, some_player(world, whose))),
    "get_order": of_an_order,
    "verify_order": of_a_transfer,
    "reject_payment": with_reason,
    "cancel_order": with_reason,
    "get_pitch": lambda world, whose, by: Call({"player_id": some_player(world, whose)}),
    "list_player_records": lambda world, whose, by: Call(query={"player_id": some_player(world, whose)}),
    "list_quotes": lambda *_: Call(),
    "create_quote": lambda world, whose, by: Call(body=quote_body(world, player(world, whose)["player_id"])),
    "get_quote": of_a_quote,
    "withdraw_quote": withdraw_quote,
    "extend_quote": extend_quote,
    "count_quotes": lambda world, whose, by: Call(query={"pack_ids": some_pack(world)["pack_id"]}),
    "list_recovery_proposals": lambda *_: Call(),
    "take_recovery_proposal": take_recovery_proposal,
    "dismiss_recovery_proposal": dismiss_recovery_proposal,
    "list_refunds": lambda *_: Call(),
    "create_refund": create_refund,
    "list_stand_ins": lambda *_: Call(),
    "create_stand_in": stand_in,
    "end_stand_in": of_a_stand_in,
    "list_touches": lambda *_: Call(),
    "record_touch": record_touch,
}
