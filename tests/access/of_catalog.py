"""A valid request of every operation of catalog: `make(world, whose, by)`, about something that is `whose`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from uuid import uuid4

from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.quotes import Quote
from gamedesk_chassis.clock import now

from tests.access.dead_letters import of_a_letter
from tests.access.world import Call, World
from tests.contract.conftest import SECRET

DAYS = {"starts_on": "2026-01-01", "ends_on": "2999-01-01"}
_numbers = itertools.count(1)
_FACTOR = 5  # what is dearer by more than this waits for a lead


def item(world: World, price_fen: int = 1000) -> dict[str, Any]:
    """A new item of the game, at that price."""
    code = f"ITEM-{next(_numbers)}"
    _quote(world, code, price_fen, 1)
    return find(world, code)


def held_item(world: World) -> dict[str, Any]:
    """A new item whose next price waits for a decision."""
    made = item(world)
    _quote(world, made["code"], 90_000, 2)
    return find(world, made["code"])


def find(world: World, code: str) -> dict[str, Any]:
    items = world.do("catalog", "GET", "/items", "KF001", params={"q": code, "limit": 200})["items"]
    return next(found for found in items if found["code"] == code)


def _quote(world: World, code: str, price_fen: int, version: int) -> None:
    quote = Quote(code, price_fen, version, now(), f"道具{code}")
    world.databases["catalog"].transact(apply_quotes, "xiyou", [quote], Origin("pull"), _FACTOR)


def contents(world: World) -> list[dict[str, Any]]:
    return [{"item_id": item(world)["item_id"], "quantity": 1}]


def pack_body(world: World) -> dict[str, Any]:
    return {"name": "周末礼包", "discount_bp": 1000, "contents": contents(world)}


def pack(world: World, whose: str, **fields: Any) -> dict[str, Any]:
    """A new pack that this agent made; on sale unless told otherwise."""
    made = world.do("catalog", "POST", "/packs", whose, {**pack_body(world), **fields})
    world.pump()
    return made


def of_a_pack(world: World, whose: str, by: str) -> Call:
    made = pack(world, whose)
    return Call({"pack_id_or_code": made["code"]}, version=made["version"])


def edit_pack(world: World, whose: str, by: str) -> Call:
    call = of_a_pack(world, whose, by)
    return Call(call.ids, {"description": "给老玩家"}, version=call.version)


def of_a_draft(world: World, whose: str, by: str) -> Call:
    made = pack(world, whose, draft=True)
    return Call({"pack_id_or_code": made["code"]}, version=made["version"])


def of_a_waiting_pack(world: World, whose: str, by: str) -> Call:
    """Beyond what an agent may allow himself; a lead's or an admin's waits for his own sake."""
    made = pack(world, whose)
    world.run("catalog", "UPDATE packs SET state = 'pending_approval' WHERE pack_id::text = :id", id=made["pack_id"])
    return Call({"pack_id_or_code": made["code"]}, version=made["version"])


def reject_pack(world: World, whose: str, by: str) -> Call:
    call = of_a_waiting_pack(world, whose, by)
    return Call(call.ids, {"reason": "太便宜"}, version=call.version)


def campaign(**fields: Any) -> dict[str, Any]:
    return {"name": "周年庆", "theme": "周年", "game_ids": ["xiyou"], **DAYS, **fields}


def of_a_campaign(world: World, whose: str, by: str) -> Call:
    """A draft of the team of `whose`: made by him, or by its lead."""
    maker = whose if whose != "KF012" else "KF011"
    made = world.do("catalog", "POST", "/campaigns", maker, campaign())
    world.pump()
    return Call({"campaign_id": made["campaign_id"]}, version=made["version"])


def edit_campaign(world: World, whose: str, by: str) -> Call:
    call = of_a_campaign(world, whose, by)
    return Call(call.ids, {"note": "早点开始"}, version=call.version)


def running_campaign(world: World, whose: str) -> tuple[str, int]:
    call = of_a_campaign(world, whose, whose)
    path = f"/campaigns/{call.ids['campaign_id']}/launch"
    made = world.do("catalog", "POST", path, "KF001", version=call.version)
    world.pump()
    return made["campaign_id"], made["version"]


def end_campaign(world: World, whose: str, by: str) -> Call:
    campaign_id, version = running_campaign(world, whose)
    return Call({"campaign_id": campaign_id}, version=version)


def discount_rule(world: World, whose: str, by: str) -> Call:
    """For agents in a campaign of its own: what leads may set."""
    campaign_id, _ = running_campaign(world, "KF001")
    body = {"role": "agent", "campaign_id": campaign_id, "max_discount_bp": 500, "lowest_price_fen": 900}
    return Call(body=body)


def of_a_discount_rule(world: World, whose: str, by: str) -> Call:
    made = world.do("catalog", "POST", "/discount-rules", "KF001", discount_rule(world, whose, by).body)
    return Call({"rule_id": made["rule_id"]}, version=made["version"])


def edit_discount_rule(world: World, whose: str, by: str) -> Call:
    call = of_a_discount_rule(world, whose, by)
    return Call(call.ids, {"max_discount_bp": 400}, version=call.version)


def of_an_impact(world: World, whose: str, by: str) -> Call:
    made = item(world)
    pack(world, whose, contents=[{"item_id": made["item_id"], "quantity": 1}])
    _quote(world, made["code"], 1100, 2)
    found = world.do("catalog", "GET", "/price-impacts", "KF001")["items"]
    return Call({"impact_id": found[0]["impact_id"]})


def preview_price_impact(world: World, whose: str, by: str) -> Call:
    return Call(body={"game_id": "xiyou", "changes": [{"code": item(world)["code"], "override_price_fen": 1000}]})


def override_price(world: World, whose: str, by: str) -> Call:
    made = item(world)
    return Call({"item_id": made["item_id"]}, {"override_price_fen": 990, "reason": "周末"}, version=made["version"])


def decide_held_price(world: World, whose: str, by: str) -> Call:
    made = held_item(world)
    return Call({"item_id": made["item_id"]}, {"decision": "apply"}, version=made["version"])


def decide_held_prices(world: World, whose: str, by: str) -> Call:
    made = held_item(world)
    return Call(body={"items": [{"item_id": made["item_id"], "version": made["version"]}], "decision": "apply"})


def get_item_decision(world: World, whose: str, by: str) -> Call:
    made = world.do("catalog", "POST", "/item-decisions", "KF001", decide_held_prices(world, whose, by).body)
    return Call({"decision_id": made["decision_id"]})


def copy_pack(world: World, whose: str, by: str) -> Call:
    return Call(of_a_pack(world, whose, by).ids, {"name": "下周礼包"})


def request_item_pull(world: World, whose: str, by: str) -> Call:
    world.run("catalog", "UPDATE item_pulls SET state = 'done'")  # one at a time
    return Call(body={"game_id": "xiyou"})


def get_item_pull(world: World, whose: str, by: str) -> Call:
    made = world.do("catalog", "POST", "/item-pulls", "KF001", request_item_pull(world, whose, by).body)
    return Call({"pull_id": made["pull_id"]})


def push_prices(world: World, whose: str, by: str) -> Call:
    """Signed as the game signs, whoever sends it."""
    event_id, timestamp = str(uuid4()), str(int(time.time()))
    price = {"code": item(world)["code"], "price_fen": 1001, "currency": "CNY", "version": 2}
    body = json.dumps({"event_id": event_id, "prices": [{**price, "effective_at": "2026-01-01T00:00:00Z"}]}).encode()
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(secret, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(digest).decode()
    headers = {"webhook-id": event_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    return Call({"game_id": "xiyou"}, content=body, headers=headers)


REQUESTS = {
    "list_dead_letters": lambda *_: Call(),
    "replay_dead_letter": of_a_letter("catalog"),
    "list_pack_approvals": lambda *_: Call(),
    "approve_pack": of_a_waiting_pack,
    "reject_pack": reject_pack,
    "list_campaigns": lambda *_: Call(),
    "create_campaign": lambda *_: Call(body=campaign()),
    "get_campaign": of_a_campaign,
    "edit_campaign": edit_campaign,
    "launch_campaign": of_a_campaign,
    "end_campaign": end_campaign,
    "list_campaign_packs": of_a_campaign,
    "list_discount_rules": lambda *_: Call(),
    "create_discount_rule": discount_rule,
    "get_discount_rule": of_a_discount_rule,
    "edit_discount_rule": edit_discount_rule,
    "delete_discount_rule": of_a_discount_rule,
    "list_discount_rule_changes": lambda *_: Call(),
    "list_price_impacts": lambda *_: Call(),
    "preview_price_impact": preview_price_impact,
    "get_price_impact": of_an_impact,
    "list_price_impact_packs": of_an_impact,
    "list_items": lambda *_: Call(),
    "get_item": lambda world, whose, by: Call({"item_id": item(world)["item_id"]}),
    "override_price": override_price,
    "list_item_history": lambda world, whose, by: Call({"item_id": item(world)["item_id"]}),
    "decide_held_price": decide_held_price,
    "decide_held_prices": decide_held_prices,
    "get_item_decision": get_item_decision,
    "list_packs": lambda *_: Call(),
    "create_pack": lambda world, whose, by: Call(body=pack_body(world)),
    "get_pack": of_a_pack,
    "edit_pack": edit_pack,
    "submit_pack": of_a_draft,
    "copy_pack": copy_pack,
    "list_pack_revisions": of_a_pack,
    "retire_pack": of_a_pack,
    "preview_pack_price": lambda world, whose, by: Call(body={"discount_bp": 0, "contents": contents(world)}),
    "list_item_pulls": lambda *_: Call(),
    "request_item_pull": request_item_pull,
    "get_item_pull": get_item_pull,
    "push_prices": push_prices,
}
