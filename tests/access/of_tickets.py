"""A valid request of every operation of tickets: `make(world, whose, by)`, about something that is `whose`."""

from __future__ import annotations

import io
import secrets
from typing import Any

from PIL import Image

from tests.access.dead_letters import of_a_letter
from tests.access.of_players import player
from tests.access.world import Call, World

DAYS = {"from": "2026-11-01", "to": "2026-11-30"}
SHIFTS = [["09:00", "12:00"], ["13:30", "18:00"]]
TARGETS = {
    priority: {"first_response_minutes": 30, "resolution_minutes": 480}
    for priority in ("low", "normal", "high", "urgent")
}
RULES = {
    "zone": "Asia/Shanghai",
    "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), SHIFTS),
    "special_days": [],
    "targets": TARGETS,
}


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()


PICTURE = picture()
_PLAYERS: dict[str, str] = {}


def some_player(world: World, whose: str) -> str:
    """A player of that agent, the same each time."""
    if whose not in _PLAYERS:
        _PLAYERS[whose] = player(world, whose)["player_id"]
    return _PLAYERS[whose]


def ticket(world: World, whose: str, **fields: Any) -> dict[str, Any]:
    """A new ticket that this agent opened for a player of his."""
    body = {"player_id": some_player(world, whose), "detail": "充值未到账", "despite_open_ticket": True, **fields}
    return world.do("tickets", "POST", "/tickets", whose, body)


def of_a_ticket(world: World, whose: str, by: str) -> Call:
    return Call({"ticket_id": ticket(world, whose)["ticket_id"]})


def add_attachment(world: World, whose: str, by: str) -> Call:
    ids = {"ticket_id": ticket(world, whose)["ticket_id"]}
    return Call(ids, query={"purpose": "problem"}, content=PICTURE, media="image/png")


def of_an_attachment(world: World, whose: str, by: str) -> Call:
    made = world.do(
        "tickets",
        "POST",
        f"/tickets/{ticket(world, whose)['ticket_id']}/attachments",
        whose,
        content=PICTURE,
        params={"purpose": "problem"},
        headers={"Content-Type": "image/png"},
    )
    return Call({"attachment_id": made["attachment_id"]})


def category(world: World, whose: str, by: str) -> Call:
    name = f"c{secrets.token_hex(6)}"
    return Call(body={"category_id": name, "name_zh": name, "name_en": name})


def edit_ticket_category(world: World, whose: str, by: str) -> Call:
    made = world.do("tickets", "POST", "/ticket-categories", "KF001", category(world, whose, by).body)
    return Call({"category_id": made["category_id"]}, {"default_priority": "high"}, version=made["version"])


def append_entry(world: World, whose: str, by: str) -> Call:
    return Call(of_a_ticket(world, whose, by).ids, {"kind": "note", "text": "在查"})


def attach_children(world: World, whose: str, by: str) -> Call:
    return Call(of_a_ticket(world, whose, by).ids, {"ticket_ids": [ticket(world, whose)["ticket_id"]]})


def detach_child(world: World, whose: str, by: str) -> Call:
    call = attach_children(world, whose, by)
    world.do("tickets", "POST", f"/tickets/{call.ids['ticket_id']}/children", whose, call.body)
    return Call({**call.ids, "child_id": call.body["ticket_ids"][0]})


def answer_incident(world: World, whose: str, by: str) -> Call:
    return Call({"ticket_id": detach_child(world, whose, by).ids["ticket_id"]}, {"text": "已修复"})


def get_incident_answer(world: World, whose: str, by: str) -> Call:
    call = answer_incident(world, whose, by)
    made = world.do("tickets", "POST", f"/tickets/{call.ids['ticket_id']}/incident-answers", whose, call.body)
    return Call({"answer_id": made["answer_id"]})


def save_service_rules(world: World, whose: str, by: str) -> Call:
    version = world.do("tickets", "GET", "/service-rules", "KF001")["revision"]
    minutes = 31 + version
    targets = {**TARGETS, "low": {"first_response_minutes": minutes, "resolution_minutes": 480}}
    return Call(body={**RULES, "targets": targets}, version=version)


def template(personal: bool = True) -> dict[str, Any]:
    return {"title": secrets.token_hex(6), "text": "您好", "personal": personal}


def of_a_template(world: World, whose: str, by: str) -> Call:
    made = world.do("tickets", "POST", "/reply-templates", whose, template())
    return Call({"template_id": made["template_id"]}, version=made["version"])


def edit_reply_template(world: World, whose: str, by: str) -> Call:
    call = of_a_template(world, whose, by)
    return Call(call.ids, {"text": "您好啊"}, version=call.version)


def edit_ticket(world: World, whose: str, by: str) -> Call:
    made = ticket(world, whose)
    return Call({"ticket_id": made["ticket_id"]}, {"title": "充值"}, version=made["version"])


def move_ticket(world: World, whose: str, by: str) -> Call:
    made = ticket(world, whose)
    return Call({"ticket_id": made["ticket_id"]}, {"to": "done", "solution": "已补发"}, version=made["version"])


def transfer_tickets(world: World, whose: str, by: str) -> Call:
    made = ticket(world, whose)
    named = [{"ticket_id": made["ticket_id"], "version": made["version"]}]
    return Call(body={"tickets": named, "to_agent_id": "KF022", "note": "请接手"})


def create_ticket(world: World, whose: str, by: str) -> Call:
    return Call(body={"player_id": some_player(world, whose), "detail": "卡顿", "despite_open_ticket": True})


REQUESTS = {
    "list_dead_letters": lambda *_: Call(),
    "replay_dead_letter": of_a_letter("tickets"),
    "add_attachment": add_attachment,
    "get_attachment": of_an_attachment,
    "remove_attachment": of_an_attachment,
    "get_attachment_thumbnail": of_an_attachment,
    "list_ticket_categories": lambda *_: Call(),
    "create_ticket_category": category,
    "edit_ticket_category": edit_ticket_category,
    "list_entries": of_a_ticket,
    "append_entry": append_entry,
    "attach_children": attach_children,
    "detach_child": detach_child,
    "answer_incident": answer_incident,
    "get_incident_answer": get_incident_answer,
    "get_response_kpi": lambda *_: Call(query=DAYS),
    "list_response_kpi_tickets": lambda *_: Call(query={**DAYS, "figure": "reopened"}),
    "list_player_entries": lambda world, whose, by: Call(query={"player_id": some_player(world, whose)}),
    "get_service_rules": lambda *_: Call(),
    "save_service_rules": save_service_rules,
    "list_service_rules": lambda *_: Call(),
    "list_reply_templates": lambda *_: Call(),
    "create_reply_template": lambda *_: Call(body=template()),
    "get_reply_template": of_a_template,
    "edit_reply_template": edit_reply_template,
    "delete_reply_template": of_a_template,
    "list_tickets": lambda *_: Call(),
    "create_ticket": create_ticket,
    "get_ticket": of_a_ticket,
    "edit_ticket": edit_ticket,
    "move_ticket": move_ticket,
    "transfer_tickets": transfer_tickets,
}
