"""What a body names is checked like what a path names: nobody reaches another's things by way of his own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from gamedesk_testing.tokens import Keys

from tests.access import of_players, of_sales, of_tickets
from tests.access.world import PASSWORD, World

AGENT, COLLEAGUE, STRANGER, LEAD, LEAD_B = "KF012", "KF013", "KF022", "KF011", "KF021"


@pytest.fixture
def post(world: World) -> Any:
    """`post("sales", "/orders", body, by="KF012")`: status and slug of the answer."""

    def post(unit: str, path: str, body: Any, by: str, version: int | None = None) -> tuple[int, str]:
        return verdict(send(world, unit, path, body, world.token(by), version))

    return post


def send(world: World, unit: str, path: str, body: Any, token: str, version: int | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return world.clients[unit].post(path, json=body, headers=headers)


def verdict(response: httpx.Response) -> tuple[int, str]:
    slug = response.json()["type"].removeprefix("urn:gamedesk:problem:") if response.status_code >= 400 else ""
    return response.status_code, slug


def test_anothers_player_is_not_merged_into_ones_own(world: World, post: Any) -> None:
    own, others = of_players.player(world, AGENT), of_players.player(world, STRANGER)
    body = {"loser_id": others["player_id"], "loser_version": others["version"]}

    for by in (AGENT, LEAD):
        assert post("players", f"/players/{own['player_id']}/merges", body, by, 1) == (403, "forbidden")


def test_a_lead_hands_off_and_replaces_nobody_of_another_team(world: World, post: Any) -> None:
    handoff = {"from_agent_id": STRANGER, "to_agent_id": AGENT, "reason": "太忙了"}
    assert post("players", "/handoffs", handoff, LEAD) == (403, "forbidden")
    place = {"from_on": of_sales.day(0), "until_on": of_sales.day(1), "reason": "休假", "stand_in_agent_id": AGENT}
    assert post("sales", "/stand-ins", {**place, "owner_agent_id": STRANGER}, LEAD) == (403, "forbidden")


def test_an_order_names_no_quote_and_no_account_of_anothers_player(world: World, post: Any) -> None:
    own = of_sales.order_body(world, of_tickets.some_player(world, AGENT))
    others = of_sales.quote(world, STRANGER)
    of_a_quote = {k: v for k, v in own.items() if k not in ("pack_code", "pack_revision")}

    by_quote = post("sales", "/orders", {**of_a_quote, "quote_id": others["quote_id"]}, AGENT)
    for_him = post("sales", "/orders", {**of_a_quote, **{k: others[k] for k in ("quote_id", "player_id")}}, AGENT)
    account = of_sales.retry_delivery(world, STRANGER, STRANGER).body["profile_id"]

    assert by_quote[0] == 422, by_quote
    assert for_him == (403, "not-your-player")
    assert post("sales", "/orders", {**own, "profile_id": account}, AGENT)[0] == 422
    mine = of_sales.retry_delivery(world, AGENT, AGENT)
    path = f"/orders/{mine.ids['order_id']}/delivery/retry"
    assert post("sales", path, {"profile_id": account}, AGENT, mine.version)[0] == 422


def test_a_contact_names_no_quote_of_anothers_player(world: World, post: Any) -> None:
    body = {"player_id": of_tickets.some_player(world, AGENT), "outcome": "thinking", "follow_up_on": of_sales.day(2)}
    others = of_sales.quote(world, STRANGER)

    assert post("sales", "/touches", {**body, "quote_id": others["quote_id"]}, AGENT)[0] == 422


def test_a_ticket_and_its_entries_name_nothing_of_another_one(world: World, post: Any) -> None:
    account = of_sales.retry_delivery(world, STRANGER, STRANGER).body["profile_id"]
    body = {"player_id": of_tickets.some_player(world, AGENT), "detail": "卡顿", "despite_open_ticket": True}
    assert post("tickets", "/tickets", {**body, "game_id": "xiyou", "profile_id": account}, AGENT)[0] == 422
    one, other = of_tickets.ticket(world, AGENT), of_tickets.ticket(world, STRANGER)
    asked = {"kind": "consultation", "text": "请看", "department": "tech"}
    entry = world.do("tickets", "POST", f"/tickets/{other['ticket_id']}/entries", STRANGER, asked)
    answered = {"kind": "answer", "text": "好", "consultation_entry_id": entry["entry_id"]}

    assert post("tickets", f"/tickets/{one['ticket_id']}/entries", answered, AGENT)[0] == 422


def test_agents_make_no_template_for_all(world: World, post: Any) -> None:
    assert post("tickets", "/reply-templates", of_tickets.template(personal=False), AGENT) == (403, "forbidden")


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_leads_allow_themselves_no_discount(world: World, post: Any, role: str) -> None:
    body = {"role": role, "max_discount_bp": 9000, "lowest_price_fen": 1}

    assert post("catalog", "/discount-rules", body, LEAD)[0] == 403


def test_who_was_promoted_decides_about_no_work_of_his_own(
    world: World, post: Any, keys: Keys, eventually: Any
) -> None:
    """The same person in another role: what he sold as an agent waits for somebody else."""
    new = {**of_players.new_agent(), "team": "A"}
    agent_id = new["agent_id"]
    world.do("players", "POST", "/agents", "KF001", new)
    world.pump()
    player = of_players.player(world, agent_id)["player_id"]
    sold = send(
        world,
        "sales",
        "/orders",
        of_sales.order_body(world, player, "bank_transfer"),
        keys.token(agent_id, "agent", "A"),
    ).json()
    world.do("players", "PATCH", f"/agents/{agent_id}", "KF001", {"role": "lead"}, version=1)
    world.pump()
    promoted, path = keys.token(agent_id, "lead", "A"), f"/orders/{sold['order_id']}/verify"
    other = of_sales.order(world, AGENT, "bank_transfer")

    def decides_about_others() -> bool:
        verified = send(world, "sales", f"/orders/{other['order_id']}/verify", None, promoted, other["version"])
        return verified.status_code == 200

    eventually(decides_about_others)
    assert verdict(send(world, "sales", path, None, promoted, sold["version"])) == (403, "own-order")
    assert post("sales", path, None, LEAD_B, sold["version"]) == (403, "forbidden")
    assert post("sales", path, None, LEAD, sold["version"]) == (200, "")


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(world: World) -> None:
    tokens = world.do("players", "POST", "/sessions", AGENT, {"agent_id": AGENT, "password": PASSWORD})
    asked = world.clients["players"].get("/games", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})
    unlike = tokens["access_token"]
    renewed = world.clients["players"].post("/sessions/refresh", json={"refresh_token": unlike})

    assert (asked.status_code, renewed.status_code) == (401, 400)
