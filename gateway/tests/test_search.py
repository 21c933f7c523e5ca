"""Players by what names them (R6), tickets by that or by their number (R8)."""

from __future__ import annotations

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway, in_a_hurry
from .servers import Received
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


@pytest.mark.parametrize("typed", ["t-000123", "T123", "#123", "123", " #000123 "])
def test_a_ticket_number_finds_that_ticket(gateway: Gateway, agent: httpx.Client, typed: str) -> None:
    gateway.stubs["players"].answers["/player-cards"] = cards_of
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(123, FOUND))

    found = agent.get("/api/ticket-search", params={"q": typed}).json()

    assert found["items"][0]["player"]["wechat_name"] == "孙悟空"
    digits = typed.strip().removeprefix("#").lower().removeprefix("t").removeprefix("-")
    assert gateway.stubs["tickets"].received[0].target == f"/tickets?number={digits}"


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


@pytest.mark.parametrize("typed", ["T-１２３", "5678", "13800"])
def test_what_may_be_digits_of_a_phone_and_what_is_no_plain_number_is_no_tickets_number(
    gateway: Gateway, agent: httpx.Client, typed: str
) -> None:
    gateway.stubs["players"].answers["/players"] = page()

    agent.get("/api/ticket-search", params={"q": typed})

    assert gateway.stubs["tickets"].received == []


def test_nobody_found_asks_for_no_tickets(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page()

    assert agent.get("/api/ticket-search", params={"q": "nobody"}).json() == {"items": [], "refine": False}
    assert gateway.stubs["tickets"].received == []


def test_without_players_there_is_no_search_by_name(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].fault = "500"

    response = agent.get("/api/ticket-search", params={"q": "孙悟空"})

    assert (response.status_code, response.json()["service"]) == (503, "players")


def test_the_filters_of_the_list_narrow_the_tickets_found__R8(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page(card(PLAYER_ID))
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(1, FOUND))
    filters = {"state": "pending,in_progress", "category": "payment", "server": "花果山", "overdue": "true"}

    found = agent.get("/api/ticket-search", params={"q": "孙悟空", **filters})

    assert found.status_code == 200
    asked = httpx.QueryParams(gateway.stubs["tickets"].received[0].target.partition("?")[2])
    assert dict(asked) == {"player_id": PLAYER_ID, "limit": "100", **filters}
    assert agent.get("/api/ticket-search", params={"q": "孙悟空", "colour": "red"}).status_code == 400


def test_a_refused_filter_is_refused_to_the_caller_too(gateway: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:validation", "title": "no", "status": 400}
    gateway.stubs["players"].answers["/players"] = page(card(PLAYER_ID))
    gateway.stubs["tickets"].answers["/tickets"] = (400, problem)

    response = agent.get("/api/ticket-search", params={"q": "孙悟空", "priority": "none"})

    assert (response.status_code, response.json()["type"]) == (400, problem["type"])


def test_a_ticket_of_somebody_merged_has_a_card_as_well__R8(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page(card(PLAYER_ID))
    gateway.stubs["players"].answers["/player-cards"] = cards_of
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(1, FOUND), ticket(2, FOUND, OTHER_ID))

    found = agent.get("/api/ticket-search", params={"q": "138 0013 8000"}).json()

    assert [t["player"]["player_id"] for t in found["items"]] == [PLAYER_ID, OTHER_ID]
    assert [r.target for r in gateway.stubs["players"].asked("/player-cards")] == [f"/player-cards?ids={OTHER_ID}"]


def matched(player_id: str, match: str) -> dict[str, object]:
    return {**card(player_id), "match": match}


def test_one_box_finds_the_ticket_of_a_number_and_then_players__R6_R8(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["players"].answers["/players"] = page(matched(OTHER_ID, "wechat_prefix"))
    gateway.stubs["players"].answers["/player-cards"] = cards_of
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(123, FOUND))

    found = agent.get("/api/search", params={"q": " t000123 "}).json()

    assert [(item["kind"], item["match"], item["player"]["player_id"]) for item in found["items"]] == [
        ("ticket", "number", PLAYER_ID),
        ("player", "wechat_prefix", OTHER_ID),
    ]
    assert (found["items"][0]["ticket"]["number"], found["items"][1]["ticket"]) == ("T-000123", None)
    assert (found["refine"], found["missing"]) == (False, [])


def test_one_box_asks_for_tickets_only_by_number__R6(gateway: Gateway, agent: httpx.Client) -> None:
    status, players = page(matched(PLAYER_ID, "name"))
    gateway.stubs["players"].answers["/players"] = (status, {**players, "refine": True})

    found = agent.get("/api/search", params={"q": "孙悟空"}).json()

    assert ([item["match"] for item in found["items"]], found["refine"], found["missing"]) == (["name"], True, [])
    assert gateway.stubs["tickets"].received == []


@in_a_hurry
@pytest.mark.parametrize("fault", ["500", "slow", "broken"])
def test_what_does_not_answer_is_missing_and_the_rest_is_found(
    gateway: Gateway, agent: httpx.Client, fault: str
) -> None:
    gateway.stubs["players"].answers["/players"] = page(matched(PLAYER_ID, "wechat_id"))
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(123, FOUND))

    gateway.stubs["tickets"].fault = fault
    found = agent.get("/api/search", params={"q": "T-123"}).json()
    assert ([item["kind"] for item in found["items"]], found["missing"]) == (["player"], ["tickets"])

    gateway.stubs["tickets"].fault, gateway.stubs["players"].fault = None, fault
    found = agent.get("/api/search", params={"q": "T-123"}).json()
    assert ([item["kind"] for item in found["items"]], found["missing"]) == (["ticket"], ["players"])
    assert found["items"][0]["player"] is None


def test_who_is_not_let_in_finds_nothing(gateway: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:not-authenticated", "title": "no", "status": 401}

    def refuse(_: Received) -> tuple[int, object]:
        return 401, problem

    gateway.stubs["players"].answers["/players"] = refuse

    assert agent.get("/api/search", params={"q": "孙悟空"}).status_code == 401
