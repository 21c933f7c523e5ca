"""A valid request of every operation of the gateway itself: `make(world, whose, by)`, about a thing of `whose`."""

from __future__ import annotations

from tests.access.of_catalog import of_a_campaign, of_an_impact, preview_price_impact
from tests.access.of_tickets import some_player, template, ticket
from tests.access.world import PASSWORD, Call, World


def get_reply_text(world: World, whose: str, by: str) -> Call:
    template_id = world.do("tickets", "POST", "/reply-templates", "KF001", template(personal=False))["template_id"]
    return Call(query={"template_id": template_id, "ticket_id": ticket(world, whose)["ticket_id"]})


def of_a_player(world: World, whose: str, by: str) -> Call:
    return Call({"player_id": some_player(world, whose)})


def calls(world: World, whose: str, by: str) -> Call:
    return Call(query={"campaign_id": of_a_campaign(world, whose, by).ids["campaign_id"]})


REQUESTS = {
    "get_session": lambda *_: Call(),
    "sign_in": lambda world, whose, by: Call(body={"agent_id": whose, "password": PASSWORD, "transport": "bearer"}),
    "sign_out": lambda *_: Call(),
    "export_list": lambda *_: Call({"list_name": "players"}),
    "follow_live": lambda *_: Call(),
    "get_openapi": lambda *_: Call(),
    "get_campaign_call_list": calls,
    "get_home": lambda *_: Call(),
    "get_home_player": of_a_player,
    "get_kpi_board": lambda *_: Call(query={"from": "2026-11-01", "to": "2026-11-30"}),
    "preview_price_impact_view": preview_price_impact,
    "get_price_impact_view": of_an_impact,
    "search": lambda *_: Call(query={"q": "KF001"}),
    "search_tickets": lambda *_: Call(query={"q": "KF001"}),
    "get_reply_text": get_reply_text,
    "get_timeline": of_a_player,
}
