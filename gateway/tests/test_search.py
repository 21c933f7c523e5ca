"""Tickets by the player's phone, WeChat id or name, or by their number (R8)."""

from __future__ import annotations

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .test_home import card, cards_of, page, ticket

FOUND = "2026-11-20T10:00:00Z"


def test_a_phone_finds_the_players_tickets__R8(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page(card(PLAYER_ID), card(OTHER_ID))
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(1, FOUND), ticket(2, FOUND, OTHER_ID))

    found = agent.get("/api/ticket-search", params={"q": "138 0013 8000"}).json()

    assert [t["number"] for t in found["items"]] == ["T-000001", "T-000002"]
    assert [t["player"]["player_id"] for t in found["items"]] == [PLAYER_ID, OTHER_ID]
    assert gateway.stubs["players"].received[0].target == "/players?q=138+0013+8000"
    assert gateway.stubs["tickets"].received[0].target == f"/tickets?player_id={PLAYER_ID},{OTHER_ID}&limit=100"


def test_a_ticket_number_finds_that_ticket(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/player-cards"] = cards_of
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(123, FOUND))

    found = agent.get("/api/ticket-search", params={"q": "t-000123"}).json()

    assert found["items"][0]["player"]["wechat_name"] == "孙悟空"
    assert gateway.stubs["tickets"].received[0].target == "/tickets?number=t-000123"


@pytest.mark.parametrize("number", ["t8888888", "T-8888888"])
def test_what_is_no_tickets_number_may_be_a_players_wechat_id(
    gateway: Gateway, agent: httpx.Client, number: str
) -> None:
    gateway.stubs["players"].answers["/players"] = page(card(PLAYER_ID))
    gateway.stubs["tickets"].answers["/tickets"] = lambda request: (
        page() if "number=" in request.target else page(ticket(1, FOUND))
    )

    found = agent.get("/api/ticket-search", params={"q": number}).json()

    assert [t["number"] for t in found["items"]] == ["T-000001"]


def test_only_plain_digits_make_a_tickets_number(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page()

    agent.get("/api/ticket-search", params={"q": "T-１２３"})

    assert gateway.stubs["tickets"].received == []


def test_nobody_found_asks_for_no_tickets(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page()

    assert agent.get("/api/ticket-search", params={"q": "nobody"}).json() == {"items": [], "refine": False}
    assert gateway.stubs["tickets"].received == []


def test_without_players_there_is_no_search_by_name(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].fault = "500"

    response = agent.get("/api/ticket-search", params={"q": "孙悟空"})

    assert (response.status_code, response.json()["service"]) == (503, "players")
