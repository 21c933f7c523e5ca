"""The call list of a campaign, with the cards of whom to call (R15)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .test_home import cards_of
from .test_proxy import slug

CAMPAIGN_ID = "019aa000-0000-7000-8000-00000000cccc"
CALLS = "/api/campaign-call-list"
WANTED = {"campaign_id": CAMPAIGN_ID}


def call(player_id: str, situation: str | None = None) -> dict[str, Any]:
    said = {"situation": situation} if situation else None
    return {"campaign_id": CAMPAIGN_ID, "player_id": player_id, "state": "open", "last_touch": said}


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    calls = {"items": [call(OTHER_ID, "嫌贵"), call(PLAYER_ID)], "next_cursor": "more"}
    gateway.stubs["sales"].answers["/campaign-calls"] = (200, calls)
    gateway.stubs["players"].answers["/player-cards"] = cards_of
    return gateway


def test_each_call_with_who_he_is_and_what_was_said_last__R15_R18(desk: Gateway, agent: httpx.Client) -> None:
    found = agent.get(CALLS, params={**WANTED, "agent": "KF003", "state": "open", "cursor": "before"}).json()

    assert [item["player"]["player_id"] for item in found["items"]] == [OTHER_ID, PLAYER_ID], "in the list's order"
    assert found["items"][0]["last_touch"] == {"situation": "嫌贵"}
    assert found["items"][0]["player"]["phone"] == "138****1234"
    assert found["next_cursor"] == "more"
    assert {source["status"] for source in found["sources"].values()} == {"ok"}
    [asked] = desk.stubs["sales"].asked("/campaign-calls")
    assert {name: values[0] for name, values in parse_qs(urlsplit(asked.target).query).items()} == {
        **WANTED, "agent": "KF003", "state": "open", "cursor": "before", "limit": "50",
    }  # fmt: skip
    assert len(desk.stubs["players"].received) == 1, "one batch"


def test_an_empty_list_asks_for_no_cards(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["sales"].answers["/campaign-calls"] = (200, {"items": [], "next_cursor": None})

    found = agent.get(CALLS, params=WANTED).json()

    assert (found["items"], found["sources"]["players"]["status"]) == ([], "ok")
    assert desk.stubs["players"].received == []


def test_without_players_the_calls_are_there_without_names__B9(desk: Gateway, token_for: Any) -> None:
    desk.stubs["players"].fault = "500"
    with desk.as_agent(token_for("KF-calls-nameless")) as agent:
        found = agent.get(CALLS, params=WANTED).json()

    assert [(item["player_id"], item["player"]) for item in found["items"]] == [(OTHER_ID, None), (PLAYER_ID, None)]
    assert found["sources"]["players"]["problem"]["service"] == "players"
    assert found["sources"]["sales"]["status"] == "ok"


def test_without_sales_the_last_list_is_shown_with_its_age_or_none__B9(desk: Gateway, token_for: Any) -> None:
    with desk.as_agent(token_for("KF-calls-before")) as agent:
        before = agent.get(CALLS, params=WANTED).json()
        desk.stubs["sales"].fault = "500"
        found = agent.get(CALLS, params=WANTED).json()
        assert (found["items"], found["sources"]["sales"]["status"]) == (before["items"], "stale")
        answer = agent.get(CALLS, params={**WANTED, "state": "won"})
        assert (answer.status_code, slug(answer), answer.json()["service"]) == (503, "unavailable", "sales")


def test_what_sales_refuses_is_refused(desk: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:campaign-not-found", "title": "no", "status": 404}
    desk.stubs["sales"].answers["/campaign-calls"] = (404, problem, {"content-type": "application/problem+json"})

    answer = agent.get(CALLS, params=WANTED)

    assert (answer.status_code, answer.json()) == (404, problem)
    assert desk.http.get(CALLS, params=WANTED).status_code == 401
    assert agent.get(CALLS).status_code == 400
    assert agent.get(CALLS, params={**WANTED, "limit": 101}).status_code == 400
