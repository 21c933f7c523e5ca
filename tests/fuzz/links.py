"""What no field's name says: bodies that an operation can grant only when their parts fit each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.fuzz.memory import Memory
from tests.fuzz.world import CALLERS, ITEMS, PASSWORD

Body = dict[str, Any]
# Changes a case's body, and what else of the case it needs.
Link = Callable[[Any, Body, Memory, Random], None]


def _phone(random: Random) -> str:
    return f"13{random.randrange(10**9):09}"


def _ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _player(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["phone"] = _phone(random)
    if body.get("wechat_id"):
        body["wechat_id"] = f"wx_{random.randrange(10**9)}"


def _phones(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    if body.get("phones"):
        body["phones"] = [_phone(random)]


def _agent(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["agent_id"] = f"KF{random.randrange(10**6, 10**7)}"
    body["wechat_id"] = f"wx_{random.randrange(10**9)}"
    body["password"] = PASSWORD


def _stays(case: Any, body: Body, _memory: Memory, _random: Random) -> None:
    """The callers keep role, team and place: the walk needs them."""
    agent_id = case.path_parameters["agent_id"]
    if agent_id in CALLERS:
        role, team = CALLERS[agent_id]
        body.update({"role": role, "team": team, "active": True})


def _same_password(_case: Any, body: Body, _memory: Memory, _random: Random) -> None:
    body["new_password"] = PASSWORD


def _sign_in(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body.update({"agent_id": random.choice(list(CALLERS)), "password": PASSWORD})


def _ticket(_case: Any, body: Body, memory: Memory, random: Random) -> None:
    body["category"] = "payment" if random.random() < 0.4 else memory.one("category_id")
    body["despite_open_ticket"] = True
    for name in ("form", "profile_id", "game_id", "reopens_ticket_id"):
        body.pop(name, None)


def _category(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["category_id"] = f"c{random.randrange(10**6)}"
    body["name_zh"] = f"类{random.randrange(10**6)}"
    body["name_en"] = f"kind {random.randrange(10**6)}"
    body.pop("form", None)


def _named(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["name"] = f"n {random.randrange(10**6)}"


def _pack(_case: Any, body: Body, memory: Memory, random: Random) -> None:
    body["discount_bp"] = random.choice([0, 100, 500, 8000])
    item = memory.one("item_id")
    if item is not None:
        body["contents"] = [{"item_id": item, "quantity": random.randrange(1, 4)}]
    for name in ("campaign_id", "player_id", "valid_from", "valid_until"):
        body.pop(name, None)
    body["draft"] = random.random() < 0.4


def _edited_pack(case: Any, body: Body, memory: Memory, random: Random) -> None:
    draft = body.get("draft")
    _pack(case, body, memory, random)
    del body["draft"]
    if draft is not None:
        body["draft"] = draft


def _copied_pack(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    for name in ("campaign_id", "player_id", "valid_from", "valid_until"):
        body.pop(name, None)
    body["draft"] = random.random() < 0.5


def _quote(_case: Any, body: Body, memory: Memory, _random: Random) -> None:
    code = memory.one("pack_code")
    if code is not None:
        body.update({"pack_code": code, "pack_revision": memory.versions.get(code, 1)})
        body["price_fen"] = memory.prices.get(code, body["price_fen"])
        body["valid_minutes"] = 60
    for name in ("campaign_id", "profile_id", "expires_at"):
        body.pop(name, None)


def _order(_case: Any, body: Body, memory: Memory, random: Random) -> None:
    for name in ("quote_id", "campaign_id", "profile_id", "difference_reason"):
        body.pop(name, None)
    code = memory.one("pack_code")
    if code is not None:
        price = memory.prices.get(code, 1000)
        body.update({"pack_code": code, "pack_revision": memory.versions.get(code, 1)})
        body.update({"price_fen": price, "amount_paid_fen": price, "transaction_id": f"t{random.randrange(10**9)}"})
        body.update({"paid_at": _ago(minutes=random.randrange(60, 90)), "method": "bank_transfer"})


def _refund(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["amount_fen"] = random.choice([1, 10, 100])
    body["refunded_at"] = _ago(minutes=random.randrange(1, 30))
    if body.get("transaction_id"):
        body["transaction_id"] = f"r{random.randrange(10**9)}"


def _touch(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    for name in ("campaign_id", "quote_id", "pack_code", "reason_id", "follow_up_on"):
        body.pop(name, None)
    if random.random() < 0.8:
        body["outcome"] = random.choice(["thinking", "no_reply", "no_reply", "do_not_contact"])
    if body["outcome"] == "thinking":
        body["follow_up_on"] = str((datetime.now(UTC) + timedelta(days=3)).date())


def _entry(_case: Any, body: Body, _memory: Memory, _random: Random) -> None:
    for name in ("department", "consultation_entry_id", "set_waiting"):
        body.pop(name, None)
    body["kind"] = "note"


def _move(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["to"] = random.choice(["in_progress", "done", "done"])
    body.update({"solution": "it was solved", "reason": "it came back"})


def _same_rules(_case: Any, body: Body, memory: Memory, _random: Random) -> None:
    now = memory.answers.get("get_service_rules", {})
    body.update({name: value for name, value in now.items() if name in body})


def _draw(_case: Any, body: Body, memory: Memory, _random: Random) -> None:
    running = memory.one("running_campaign")
    if running is not None:
        body["campaign_id"] = running


def _prices(_case: Any, body: Body, _memory: Memory, random: Random) -> None:
    body["event_id"] = f"e{random.randrange(10**12)}"
    for number, price in enumerate(body["prices"]):
        price.update({"code": ITEMS[(number + random.randrange(3) * 5) % len(ITEMS)], "currency": "CNY"})
        price["price_fen"] = random.randrange(100, 100_000)
        price["version"] = random.randrange(1, 10**6)


def _erased(case: Any, _body: Body, _memory: Memory, random: Random) -> None:
    """Seldom somebody who exists: too much would be about nobody."""
    if random.random() < 0.8:
        case.path_parameters["player_id"] = f"019aa000-0000-7000-8000-{random.getrandbits(48):012x}"


def _distinct(first: str, second: str) -> Link:
    def link(_case: Any, body: Body, memory: Memory, _random: Random) -> None:
        for _ in range(5):
            if body.get(first) != body.get(second):
                return
            body[second] = memory.one(second)

    return link


def _campaign(_case: Any, body: Body, memory: Memory, _random: Random) -> None:
    body["game_ids"] = ["xiyou"]
    body["pack_ids"] = [pack] if (pack := memory.one("pack_id")) else []
    body.pop("segment", None)


def _rule(_case: Any, body: Body, _memory: Memory, _random: Random) -> None:
    body["max_discount_bp"] = 1000
    for name in ("campaign_id", "starts_on", "ends_on"):
        body.pop(name, None)


LINKS: Mapping[str, Link] = {
    "create_player": _player,
    "edit_player": _phones,
    "create_agent": _agent,
    "edit_agent": _stays,
    "change_password": _same_password,
    "sign_in": _sign_in,
    "erase_player": _erased,
    "create_handoff": _distinct("from_agent_id", "to_agent_id"),
    "create_ticket": _ticket,
    "create_ticket_category": _category,
    "create_lost_reason": _named,
    "create_pack": _pack,
    "edit_pack": _edited_pack,
    "copy_pack": _copied_pack,
    "preview_pack_price": lambda case, body, memory, random: _preview(case, body, memory, random),
    "create_quote": _quote,
    "create_order": _order,
    "create_refund": _refund,
    "record_touch": _touch,
    "append_entry": _entry,
    "move_ticket": _move,
    "save_service_rules": _same_rules,
    "draw_campaign": _draw,
    "push_prices": _prices,
    "create_campaign": _campaign,
    "create_discount_rule": _rule,
    "create_stand_in": _distinct("owner_agent_id", "stand_in_agent_id"),
}


def _preview(case: Any, body: Body, memory: Memory, random: Random) -> None:
    _pack(case, body, memory, random)
    for name in body.keys() - {"discount_bp", "contents"}:
        del body[name]


def learn_more(operation: str, case: Any, answer: Any, memory: Memory) -> None:
    """What an answer's fields do not say by themselves."""
    memory.answers[operation] = answer
    body = case.body if isinstance(case.body, dict) else {}
    if operation == "erase_player":
        memory.forget("player_id", case.path_parameters["player_id"])
    elif operation == "merge_players":
        memory.forget("player_id", body.get("loser_id"))
    elif operation == "launch_campaign":
        memory.teach("running_campaign", answer["campaign_id"])
    elif operation == "end_campaign":
        memory.forget("running_campaign", answer["campaign_id"])


def sheet(random: Random) -> bytes:
    """A csv with a player."""
    return f"手机,微信名\n{_phone(random)},某人\n".encode()
