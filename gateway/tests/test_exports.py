"""Lists as spreadsheets (B11): whole or not at all, and only for whom they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_gateway.exports import exports
from gamedesk_testing import eventually

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .export_sheets import a_ticket, export_desk, exported, in_pages, sheet_of, slug
from .servers import Received
from .test_home import card, page


@pytest.fixture(scope="module")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], export_folder: Path) -> Gateway:
    return gateway_with(export_dir=export_folder)


@pytest.fixture
def desk(gateway: Gateway, export_folder: Path) -> Iterator[Gateway]:
    with export_desk(gateway, export_folder) as desk:
        yield desk


def test_all_pages_are_in_the_file_with_the_players_names__B11(desk: Gateway, agent: httpx.Client) -> None:
    tickets = [a_ticket(n, player_id=OTHER_ID if n % 2 else PLAYER_ID) for n in range(5)]
    desk.stubs["tickets"].answers["/tickets"] = in_pages(tickets, 2)

    response = agent.get("/api/exports/tickets", params={"state": "pending,done", "tier": "big"})

    header, *rows = sheet_of(response)
    assert header[:6] == ["编号", "玩家", "微信号", "手机号", "负责客服", "状态"]
    assert [row[0] for row in rows] == [f"T-{n:06}" for n in range(5)]
    assert [row[1] for row in rows] == [card(t["player_id"])["wechat_name"] for t in tickets]
    assert {row[header.index("分类")] for row in rows} == {"充值"}
    assert response.headers["content-disposition"].startswith('attachment; filename="tickets-2')
    targets = [request.target for request in desk.stubs["tickets"].asked("/tickets")]
    assert targets[0] == "/tickets?state=pending,done&tier=big&limit=200"
    assert targets[1] == "/tickets?state=pending,done&tier=big&limit=200&cursor=2"
    sent = desk.stubs["tickets"].asked("/tickets")[0].headers["authorization"]
    assert sent == agent.headers["authorization"], "with the caller's own rights"


def test_contacts_stay_as_masked_as_in_the_list__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["players"].answers["/players"] = page({**card(PLAYER_ID), "phone": "138****8000", "minor_band": "none"})

    header, row = sheet_of(agent.get("/api/exports/players"))

    assert row[header.index("手机号")] == "138****8000"


@pytest.mark.parametrize("name", sorted(exports.LISTS.keys() - {"kpi-board"}))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_can_be_exported_even_if_it_is_empty__B11(
    desk: Gateway, agent: httpx.Client, name: str, lang: str
) -> None:
    wanted = exports.LISTS[name]
    desk.stubs[wanted.service].answers[wanted.target.format(import_id="i")] = page()
    needed = {"import_id": "i"} if "import_id" in wanted.target else {}

    [header] = sheet_of(agent.get(f"/api/exports/{name}", params={"lang": lang, **needed}))

    assert len(header) == len(set(header)) == len(wanted.columns)


@pytest.mark.parametrize("name", ["touches", "follow-ups", "quotes", "orders", "campaign-calls"])
def test_without_catalog_the_lists_of_sales_are_exported_all_the_same__B9(
    desk: Gateway, agent: httpx.Client, name: str
) -> None:
    row = {"player_id": PLAYER_ID, "campaign_id": "c2"}
    desk.stubs["sales"].answers[exports.LISTS[name].target] = page(row)
    assert exported(agent, name)["Campaign"] == "双十一"
    desk.servers["catalog"].stop()

    found = exported(agent, name)

    assert (found["Campaign"], found["Player"]) == ("c2", card(PLAYER_ID)["wechat_name"]), "the id rather than nothing"


def test_the_names_of_campaigns_are_read_when_a_row_has_one__B11(desk: Gateway, agent: httpx.Client) -> None:
    rows = [{"player_id": PLAYER_ID, "campaign_id": c} for c in (None, None, "c1", "c2")]
    desk.stubs["sales"].answers["/touches"] = in_pages(rows[:2], 1)
    sheet_of(agent.get("/api/exports/touches"))
    assert desk.stubs["catalog"].received == []

    desk.stubs["sales"].answers["/touches"] = in_pages(rows, 1)
    header, *found = sheet_of(agent.get("/api/exports/touches"))

    assert [row[header.index("活动")] for row in found] == [None, None, "国庆", "双十一"]
    asked = [request.target for request in desk.stubs["catalog"].received]
    assert asked == ["/campaigns?limit=200", "/campaigns?limit=200&cursor=1"], "once"


def test_a_service_that_fails_midway_leaves_no_half_file__B11(desk: Gateway, agent: httpx.Client) -> None:
    tickets = in_pages([a_ticket(n) for n in range(5)], 2)

    def failing(request: Received) -> Any:
        return (500, {}) if "cursor=4" in request.target else tickets(request)

    desk.stubs["tickets"].answers["/tickets"] = failing
    response = agent.get("/api/exports/tickets")
    assert (response.status_code, slug(response), response.json()["service"]) == (503, "unavailable", "tickets")

    desk.stubs["tickets"].answers["/tickets"] = tickets
    desk.stubs["players"].fault = "500"
    assert agent.get("/api/exports/tickets").json()["service"] == "players"


def test_the_services_refusal_of_a_filter_is_the_answer__B11(desk: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:validation", "title": "no", "status": 400}
    desk.stubs["tickets"].answers["/tickets"] = (400, problem, {"content-type": "application/problem+json"})

    assert agent.get("/api/exports/tickets", params={"colour": "red"}).json() == problem
    assert agent.get("/api/exports/tickets", params={"limit": "5"}).json()["errors"][0]["pointer"] == "/query/limit"
    assert agent.get("/api/exports/passwords").status_code == 400
    assert agent.get("/api/exports/tickets", params={"lang": "fr"}).status_code == 400


def test_a_list_that_is_too_large_is_refused__B11(
    desk: Gateway, agent: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS", 4)
    desk.stubs["tickets"].answers["/tickets"] = in_pages([a_ticket(n) for n in range(5)], 2)
    response = agent.get("/api/exports/tickets")
    assert (response.status_code, slug(response), response.json()["limit"]) == (422, "export-too-large", 4)

    desk.stubs["tickets"].answers["/tickets"] = in_pages([a_ticket(n) for n in range(4)], 2)
    assert len(sheet_of(agent.get("/api/exports/tickets"))) == 5


def endless(_request: Received) -> Any:
    return 200, {"items": [a_ticket(1)], "next_cursor": "more"}


def test_a_list_is_read_no_further_when_its_reader_has_hung_up__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = endless
    with pytest.raises(httpx.ReadTimeout):
        agent.get("/api/exports/tickets", timeout=0.3)

    desk.stubs["tickets"].answers["/tickets"] = page(a_ticket(1))
    eventually(lambda: len(sheet_of(agent.get("/api/exports/tickets"))) == 2)


def test_a_list_that_takes_too_long_is_given_up__B11(
    desk: Gateway, agent: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_WRITING_SECONDS", 0.3)
    desk.stubs["tickets"].answers["/tickets"] = endless

    response = agent.get("/api/exports/tickets")

    assert (response.status_code, slug(response), response.headers["retry-after"]) == (503, "unavailable", "2")


def test_the_first_finds_of_a_search_are_no_list__B11(desk: Gateway, agent: httpx.Client) -> None:
    found = {**card(PLAYER_ID), "minor_band": "none"}
    desk.stubs["players"].answers["/players"] = (200, {"items": [found], "next_cursor": None, "refine": True})
    response = agent.get("/api/exports/players", params={"q": "王"})
    assert (response.status_code, slug(response), response.json()["limit"]) == (422, "export-too-large", 1)

    desk.stubs["players"].answers["/players"] = (200, {"items": [found], "next_cursor": None, "refine": False})
    assert len(sheet_of(agent.get("/api/exports/players", params={"q": "王小明"}))) == 2


def test_nobody_exports_without_a_session__B11(desk: Gateway) -> None:
    assert desk.http.get("/api/exports/players").status_code == 401
