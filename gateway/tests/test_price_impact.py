"""What a price change does to packs, with the quotes that are open for them (B1)."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from gamedesk_chassis.errors import Unavailable
from gamedesk_chassis.http_client import CallFailed, Reply
from gamedesk_gateway.price_impact import PriceImpactView
from gamedesk_gateway.sections import Caller, Remembered
from gamedesk_gateway.upstream import Upstream

from .conftest import Gateway, in_a_hurry
from .servers import Received
from .test_home import page
from .test_proxy import slug

IMPACT_ID = "019aa000-0000-7000-8000-00000000aaaa"
RECORDED = f"/api/price-impact-views/{IMPACT_ID}"
PREVIEW = "/api/price-impact-views"
QUESTION = {"game_id": "xiyou", "changes": [{"code": "xd", "game_price_fen": 200}]}
SUMMARY = {"items_changed": 1, "packs_changed": 2, "packs_to_review": 1}


def pack_id(number: int) -> str:
    return f"019aa000-0000-7000-8000-{number:012}"


def changed(number: int) -> dict[str, Any]:
    return {"pack_id": pack_id(number), "old_price_fen": 100, "new_price_fen": 200, "breaks": None}


def counts(request: Received) -> Any:
    """Every pack has as many open quotes as its number says."""
    [ids] = parse_qs(urlsplit(request.target).query)["pack_ids"]
    return page(*({"pack_id": each, "open_quotes": int(each[-4:]), "amount_fen": 100} for each in ids.split(",")))


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    packs = {"items": [changed(1), changed(2)], "next_cursor": "more"}
    gateway.stubs["catalog"].answers |= {
        f"/price-impacts/{IMPACT_ID}": (200, {"impact_id": IMPACT_ID, "packs_changed": 2}),
        f"/price-impacts/{IMPACT_ID}/packs": (200, packs),
        "/price-impacts": (200, {"packs": [changed(3), changed(0)], "total": 2, "summary": SUMMARY}),
    }
    gateway.stubs["sales"].answers["/quote-counts"] = counts
    return gateway


def quoted(packs: list[dict[str, Any]]) -> list[int | None]:
    return [pack["quotes"] and pack["quotes"]["open_quotes"] for pack in packs]


def test_each_pack_of_a_change_with_its_open_quotes__B1(desk: Gateway, agent: httpx.Client) -> None:
    found = agent.get(RECORDED, params={"limit": 2, "cursor": "before"}).json()

    assert (found["impact"]["impact_id"], found["next_cursor"]) == (IMPACT_ID, "more")
    assert quoted(found["items"]) == [1, 2]
    assert found["items"][0] == {**changed(1), "quotes": found["items"][0]["quotes"]}
    assert {source["status"] for source in found["sources"].values()} == {"ok"}
    [asked] = desk.stubs["catalog"].asked(f"/price-impacts/{IMPACT_ID}/packs")
    assert asked.target.endswith("?limit=2&cursor=before")


def test_a_preview_shows_the_quotes_that_would_hold_the_old_price__B1(desk: Gateway, agent: httpx.Client) -> None:
    found = agent.post(PREVIEW, json=QUESTION).json()

    assert (quoted(found["packs"]), found["total"], found["summary"]) == ([3, 0], 2, SUMMARY)
    [asked] = desk.stubs["catalog"].asked("/price-impacts")
    assert (asked.method, orjson.loads(asked.body)) == ("POST", QUESTION)
    assert asked.headers["authorization"] == agent.headers["authorization"]


def test_many_packs_are_counted_a_hundred_at_a_time__B1(desk: Gateway, agent: httpx.Client) -> None:
    packs = [changed(n) for n in range(1, 251)]
    desk.stubs["catalog"].answers["/price-impacts"] = (200, {"packs": packs, "total": 900, "summary": SUMMARY})

    found = agent.post(PREVIEW, json=QUESTION).json()

    assert quoted(found["packs"]) == list(range(1, 251))
    assert len(desk.stubs["sales"].asked("/quote-counts")) == 3


def test_a_change_of_no_pack_needs_no_quotes__B1(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["catalog"].answers["/price-impacts"] = (200, {"packs": [], "total": 0, "summary": SUMMARY})

    found = agent.post(PREVIEW, json=QUESTION).json()

    assert (found["packs"], found["sources"]["sales"]["status"]) == ([], "ok")
    assert desk.stubs["sales"].received == []


@in_a_hurry
@pytest.mark.parametrize("fault", ["500", "slow"])
def test_without_sales_there_is_a_view_that_says_what_is_missing__B9(desk: Gateway, token_for: Any, fault: str) -> None:
    desk.stubs["sales"].fault = fault
    with desk.as_agent(token_for(f"KF-impact-{fault}")) as agent:
        for found in (agent.get(RECORDED).json(), agent.post(PREVIEW, json=QUESTION).json()):
            assert quoted(found.get("items") or found["packs"]) == [None, None]
            assert found["sources"]["catalog"]["status"] == "ok"
            assert found["sources"]["sales"]["status"] == "unavailable"
            assert found["sources"]["sales"]["problem"]["service"] == "sales"


@pytest.mark.parametrize("asked", ["recorded", "preview"])
def test_a_slow_catalog_leaves_time_for_the_quotes__B9(asked: str) -> None:
    allowed: list[float] = []

    class Slow:
        async def call(self, method: str, target: bytes, *, deadline: float, **_: Any) -> Reply:
            allowed.append(deadline)
            raise CallFailed("timeout")

    view = PriceImpactView({"catalog": cast("Upstream", Slow())}, Remembered(), 10.0)
    caller = Caller("KF003", {})
    with pytest.raises(Unavailable):
        asyncio.run(view.preview(caller, {}) if asked == "preview" else view.recorded(caller, IMPACT_ID, 50, None))

    assert allowed
    assert max(allowed) <= 6.5, "so that sales has a third of the deadline"


def test_without_catalog_there_is_none(desk: Gateway, token_for: Any) -> None:
    desk.servers["catalog"].stop()
    with desk.as_agent(token_for("KF-no-catalog")) as agent:
        for answer in (agent.get(RECORDED), agent.post(PREVIEW, json=QUESTION)):
            assert (answer.status_code, slug(answer), answer.json()["service"]) == (503, "unavailable", "catalog")


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_what_catalog_refuses_is_refused(desk: Gateway, agent: httpx.Client, status: int) -> None:
    problem = {"type": "urn:gamedesk:problem:override-not-allowed", "title": "no", "status": status}
    refused = (status, problem, {"content-type": "application/problem+json"})
    desk.stubs["catalog"].answers |= {f"/price-impacts/{IMPACT_ID}": refused, "/price-impacts": refused}

    for answer in (agent.get(RECORDED), agent.post(PREVIEW, json=QUESTION)):
        assert (answer.status_code, answer.json()) == (status, problem)


def test_nobody_looks_without_a_session(desk: Gateway) -> None:
    assert desk.http.get(RECORDED).status_code == 401
    assert desk.http.post(PREVIEW, json=QUESTION).status_code == 401


def test_a_push_of_five_thousand_prices_can_be_asked_about__B1(desk: Gateway, agent: httpx.Client) -> None:
    changes = [{"code": f"item_{n:06}_with_a_long_code", "game_price_fen": 100_000_000} for n in range(5_000)]

    answer = agent.post(PREVIEW, json={**QUESTION, "changes": changes})

    assert answer.status_code == 200, answer.text
    assert len(orjson.loads(desk.stubs["catalog"].asked("/price-impacts")[0].body)["changes"]) == 5_000
