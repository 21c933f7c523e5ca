"""Reply templates, filled in for one player's ticket (B11)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .test_home import card

TEMPLATE_ID = "019aa000-0000-7000-8000-00000000000a"
TICKET_ID = "019aa000-0000-7000-8000-00000000000b"
PROFILE_ID = "019aa000-0000-7000-8000-00000000000c"
NOT_FOUND = (404, {"type": "urn:gamedesk:problem:not-found", "title": "There is no such ticket", "status": 404})
ALL = (
    "{player_name}（{nickname}，{game} {server}）您好，我是{agent_name}，微信 {agent_wechat_name}："
    "工单 {ticket_number} {ticket_title}"
)


def profile(profile_id: str, game_id: str, nickname: str | None) -> dict[str, Any]:
    return {
        "profile_id": profile_id,
        "game_id": game_id,
        "game_name": f"《{game_id}》",
        "nickname": nickname,
        "server": "一区",
    }


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    """A template with every placeholder, a ticket about one of a player's two games."""
    ticket = {
        "ticket_id": TICKET_ID,
        "number": "T-000007",
        "title": "充值未到账",
        "player_id": PLAYER_ID,
        "game_id": "xiyou",
        "profile_id": None,
        "server": None,
    }
    player = {
        **card(PLAYER_ID),
        "profiles": [profile(PROFILE_ID, "xiyou", "大圣"), profile(OTHER_ID, "sanguo", "子龙")],
    }
    gateway.stubs["tickets"].answers |= {
        f"/reply-templates/{TEMPLATE_ID}": (200, {"template_id": TEMPLATE_ID, "text": ALL}),
        f"/tickets/{TICKET_ID}": (200, ticket),
    }
    gateway.stubs["players"].answers |= {
        f"/players/{PLAYER_ID}": (200, player),
        "/agents/KF003": (200, {"agent_id": "KF003", "name": "小王", "wechat_name": "客服小王"}),
    }
    return gateway


def known(desk: Gateway, service: str, path: str) -> dict[str, Any]:
    """What a stand-in answers there, to be changed by a test."""
    answer: Any = desk.stubs[service].answers[path]
    return answer[1]


def rendered(agent: httpx.Client) -> httpx.Response:
    return agent.get("/api/reply-texts", params={"template_id": TEMPLATE_ID, "ticket_id": TICKET_ID})


def test_every_placeholder_is_filled_in__B11(desk: Gateway, agent: httpx.Client) -> None:
    assert rendered(agent).json() == {
        "text": "孙悟空（大圣，《xiyou》 一区）您好，我是小王，微信 客服小王：工单 T-000007 充值未到账",
        "missing": [],
    }


def test_the_ticket_says_which_profile_and_server_are_meant__B11(desk: Gateway, agent: httpx.Client) -> None:
    known(desk, "tickets", f"/reply-templates/{TEMPLATE_ID}")["text"] = "{nickname} {server}"
    known(desk, "tickets", f"/tickets/{TICKET_ID}").update(profile_id=OTHER_ID, server="合服三区")

    assert rendered(agent).json() == {"text": "子龙 合服三区", "missing": []}


def test_what_is_not_known_stays_in_the_text_and_is_named__B11(desk: Gateway, agent: httpx.Client) -> None:
    known(desk, "tickets", f"/reply-templates/{TEMPLATE_ID}")["text"] = "{nickname}，{ticket_title}：{nickname}"
    known(desk, "tickets", f"/tickets/{TICKET_ID}").update(game_id=None, title=None)

    assert rendered(agent).json() == {
        "text": "{nickname}，{ticket_title}：{nickname}",
        "missing": ["nickname", "ticket_title"],
    }


def test_a_value_is_never_taken_for_a_placeholder(desk: Gateway, agent: httpx.Client) -> None:
    known(desk, "players", f"/players/{PLAYER_ID}")["wechat_name"] = "{agent_name}"

    assert rendered(agent).json()["text"].startswith("{agent_name}（大圣")


def test_nothing_is_asked_that_the_text_does_not_need(desk: Gateway, agent: httpx.Client) -> None:
    known(desk, "tickets", f"/reply-templates/{TEMPLATE_ID}")["text"] = "工单 {ticket_number}"

    assert rendered(agent).json()["text"] == "工单 T-000007"
    assert desk.stubs["players"].received == []


def test_without_players_there_is_a_text_to_complete__B9(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["players"].fault = "500"
    known(desk, "tickets", f"/reply-templates/{TEMPLATE_ID}")["text"] = "{server}，工单 {ticket_number}"
    known(desk, "tickets", f"/tickets/{TICKET_ID}")["player_id"] = OTHER_ID

    assert rendered(agent).json() == {"text": "{server}，工单 T-000007", "missing": ["server"]}


def test_unknown_templates_and_tickets_are_the_services_404(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers[f"/tickets/{TICKET_ID}"] = NOT_FOUND

    assert (rendered(agent).status_code, rendered(agent).json()["title"]) == (404, "There is no such ticket")


def test_without_tickets_there_is_no_text(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].fault = "500"

    assert (rendered(agent).status_code, rendered(agent).json()["service"]) == (503, "tickets")


@pytest.mark.parametrize("params", [{}, {"template_id": TEMPLATE_ID}, {"template_id": "x", "ticket_id": TICKET_ID}])
def test_both_ids_are_needed(desk: Gateway, agent: httpx.Client, params: dict[str, str]) -> None:
    assert agent.get("/api/reply-texts", params=params).status_code == 400
