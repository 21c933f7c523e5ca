"""One timeline of everything about a player, of three services (B10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .servers import Received

TIMELINE = f"/api/home/players/{PLAYER_ID}/timeline"
WHEN = "2026-11-22T08:00:00Z"
WHO: dict[str, dict[str, str]] = {
    "touch": {"agent_id": "KF002"},
    "order": {"seller_agent_id": "KF003"},
    "quote": {"agent_id": "KF004"},
    "refund": {"refunded_by": "KF005"},
    "delivery": {"seller_agent_id": "KF003", "state": "delivered"},
}


def new_id(number: int) -> str:
    return f"019aa000-0000-7000-8000-{number:012}"


def history(number: int) -> dict[str, Any]:
    common = {"player_id": PLAYER_ID, "agent_id": None, "happened_at": WHEN}
    return {"history_id": new_id(number), "kind": "renamed", "details": {}, **common}


def entry(number: int) -> dict[str, Any]:
    return {"entry_id": new_id(number), "kind": "reply", "player_id": OTHER_ID, "agent_id": "KF1", "happened_at": WHEN}


def record(number: int, kind: str) -> dict[str, Any]:
    common = {"player_id": PLAYER_ID, "happened_at": WHEN, "recorded_at": WHEN}
    return {"record_id": new_id(number), "kind": kind, **dict.fromkeys(WHO), kind: WHO[kind], **common}


def recorded(entries: list[dict[str, Any]], key: str) -> Any:
    """A service that has these entries: the newest first, before a place, at most as many as asked for."""

    def answer(request: Received) -> tuple[int, Any]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        found = sorted((e for e in entries if e[key] < query.get("before", "f")), key=lambda e: e[key], reverse=True)
        return 200, {"items": found[: int(query["limit"])]}

    return answer


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    gateway.stubs["players"].answers[f"/players/{PLAYER_ID}/history"] = recorded([history(1), history(6)], "history_id")
    gateway.stubs["tickets"].answers["/player-entries"] = recorded([entry(2), entry(4)], "entry_id")
    records = [record(3, "touch"), record(5, "order")]
    gateway.stubs["sales"].answers["/player-records"] = recorded(records, "record_id")
    return gateway


def numbers(page: dict[str, Any]) -> list[int]:
    return [int(item["id"][-4:]) for item in page["items"]]


def test_all_services_in_one_order__whoever_recorded_it_and_under_whichever_id__B10(
    desk: Gateway, agent: httpx.Client
) -> None:
    page = agent.get(TIMELINE).json()

    assert numbers(page) == [6, 5, 4, 3, 2, 1]
    assert [item["source"] for item in page["items"]] == ["players", "sales", "tickets", "sales", "tickets", "players"]
    assert [item["agent_id"] for item in page["items"]] == [None, "KF003", "KF1", "KF002", "KF1", None]
    assert page["items"][2]["player_id"] == OTHER_ID
    assert page["next_before"] is None
    assert {source["status"] for source in page["sources"].values()} == {"ok"}


def test_quotes_refunds_and_deliveries_are_on_it__whoever_did_them__B10(desk: Gateway, agent: httpx.Client) -> None:
    records = [record(n, kind) for n, kind in enumerate(("quote", "order", "delivery", "refund"), 7)]
    desk.stubs["sales"].answers["/player-records"] = recorded(records, "record_id")

    items = agent.get(TIMELINE).json()["items"][:4]

    assert [(item["kind"], item["agent_id"]) for item in items] == [
        ("refund", "KF005"),
        ("delivery", None),
        ("order", "KF003"),
        ("quote", "KF004"),
    ]
    assert items[1]["data"] == WHO["delivery"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_hold_each_entry_once__B10(desk: Gateway, agent: httpx.Client, limit: int) -> None:
    seen: list[int] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = agent.get(TIMELINE, params=query).json()
        seen += numbers(page)
        if page["next_before"] is None:
            break
        query["before"] = page["next_before"]
    assert seen == [6, 5, 4, 3, 2, 1]


def test_a_service_that_is_down_is_missing_from_it_and_named__B9(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["sales"].fault = "500"
    page = agent.get(TIMELINE, params={"limit": 77}).json()  # never asked before: nothing is remembered

    assert numbers(page) == [6, 4, 2, 1]
    assert page["sources"]["sales"]["status"] == "unavailable"
    assert page["sources"]["sales"]["problem"]["service"] == "sales"
    assert page["sources"]["tickets"]["status"] == "ok"


def test_of_nobody_there_is_none(gateway: Gateway, agent: httpx.Client) -> None:
    answer = agent.get(TIMELINE)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:gamedesk:problem:not-found")


def test_an_impossible_place_is_refused(desk: Gateway, agent: httpx.Client) -> None:
    answer = agent.get(TIMELINE, params={"before": "yesterday"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/query/before"
