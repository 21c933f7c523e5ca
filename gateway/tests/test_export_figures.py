"""The KPI board and the records behind its figures as spreadsheets (B11, B8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import PLAYER_ID, Gateway
from .export_sheets import ASKED, export_desk, exported, sheet_of, slug
from .test_home import card, page

PERIOD = {"from": "2026-10-05", "to": "2026-10-07"}
ANSWERS = {"opened": 3, "done": 2, "first_response": {"median_seconds": 95, "missed": 1}, "reopen_rate_bp": 2_500}
SELLS = {"touches": 7, "deals": 3, "revenue_fen": 123_450, "touch_to_deal_bp": 4_285}


@pytest.fixture(scope="module")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], export_folder: Path) -> Gateway:
    return gateway_with(export_dir=export_folder)


@pytest.fixture
def desk(gateway: Gateway, export_folder: Path) -> Iterator[Gateway]:
    gateway.stubs["tickets"].answers["/kpi/response"] = response("KF003", "KF004", None)
    gateway.stubs["sales"].answers["/sales-kpi"] = sales("KF002", "KF003")
    gateway.stubs["players"].answers["/agents"] = page({"agent_id": "KF003", "name": "小王"})
    with export_desk(gateway, export_folder) as desk:
        yield desk


def response(*keys: str | None) -> tuple[int, Any]:
    return 200, {"total": {**ANSWERS, "opened": 9}, "groups": [{"key": key, **ANSWERS} for key in keys]}


def sales(*keys: str | None, more: bool = False, label: str | None = None) -> tuple[int, Any]:
    groups = [{"key": key, "label": label, **SELLS} for key in keys]
    return 200, {"total": {**SELLS, "touches": 21}, "groups": groups, "more": more}


def board(client: httpx.Client, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/exports/kpi-board", params={"lang": "en", **PERIOD, **query})
    header, *rows = sheet_of(answer)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_board_has_a_row_for_each_group_and_the_total__B8_B11(desk: Gateway, agent: httpx.Client) -> None:
    rows = board(agent, group_by="agent", clock="elapsed", team="A")

    named = [(row["Group"], row["Name"], row["New tickets"], row["Contacts"]) for row in rows]
    assert named == [
        ("KF002", "KF002", None, 7),
        ("KF003", "小王", 3, 7),
        ("KF004", "KF004", 3, None),
        ("(none)", None, 3, None),
        ("Total", None, 9, 21),
    ]
    assert rows[1]["First reply, median"] == timedelta(seconds=95)
    assert (rows[1]["Revenue (CNY)"], rows[1]["Deal rate"], rows[1]["Reopen rate"]) == (1_234.5, 0.4285, 0.25)
    [asked] = desk.stubs["tickets"].asked("/kpi/response")
    assert asked.target == "/kpi/response?from=2026-10-05&to=2026-10-07&team=A&group_by=agent&clock=elapsed"


def test_tiers_are_words_and_campaigns_have_their_names__B8_B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/kpi/response"] = response()
    desk.stubs["sales"].answers["/sales-kpi"] = sales("whale", None)
    assert [row["Group"] for row in board(agent, group_by="tier")] == ["Whale", "(none)", "Total"]

    desk.stubs["sales"].answers["/sales-kpi"] = sales("c1", label="国庆")
    assert next((row["Group"], row["Name"]) for row in board(agent, group_by="campaign")) == ("c1", "国庆")


@pytest.mark.parametrize("service", ["tickets", "sales"])
def test_a_board_with_half_of_its_figures_is_no_file__B11(desk: Gateway, agent: httpx.Client, service: str) -> None:
    assert board(agent)
    desk.servers[service].stop()

    answer = agent.get("/api/exports/kpi-board", params=PERIOD)

    assert (answer.status_code, slug(answer), answer.json()["service"]) == (503, "unavailable", service)


def test_a_board_with_more_groups_than_it_shows_is_too_large__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["sales"].answers["/sales-kpi"] = sales("KF002", more=True)

    answer = agent.get("/api/exports/kpi-board", params={**PERIOD, "group_by": "agent"})

    assert (answer.status_code, slug(answer)) == (422, "export-too-large")


@pytest.mark.parametrize(
    ("query", "pointer"), [({"from": "2026-10-05"}, "/query/to"), ({**PERIOD, "13912345678": "red"}, "/query")]
)
def test_what_is_no_question_to_the_board_is_refused__B11(
    desk: Gateway, agent: httpx.Client, query: dict[str, str], pointer: str
) -> None:
    answer = agent.get("/api/exports/kpi-board", params=query)

    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (400, [pointer])
    assert desk.stubs["sales"].received == []


def test_what_is_behind_a_figure_is_exported_with_who_it_was__B8_B11(desk: Gateway, agent: httpx.Client) -> None:
    ticket = {"number": "T-000001", "player_id": PLAYER_ID, "category": "payment", "seconds": 5_400, "missed": True}
    desk.stubs["tickets"].answers["/kpi/response/tickets"] = page({**ticket, "opened_at": ASKED})
    sale = {"kind": "quote", "player_id": PLAYER_ID, "state": "expired", "outcome": None, "tier": "whale"}
    desk.stubs["sales"].answers["/sales-kpi/records"] = page({**sale, "amount_fen": 100, "happened_at": ASKED})

    slow = exported(agent, "response-kpi-tickets", figure="resolution", **PERIOD)
    promised = exported(agent, "sales-kpi-records", figure="quotes", **PERIOD)

    assert (slow["Took"], slow["Missed"], slow["Category"]) == (timedelta(minutes=90), "yes", "Payment")
    assert slow["Asked"] == datetime(2026, 11, 20, 18, 0, 0, 123_000)
    assert (promised["Kind"], promised["State"], promised["Tier then"]) == ("Quote", "Expired", "Whale")
    assert slow["Player"] == promised["Player"] == card(PLAYER_ID)["wechat_name"]
    [asked] = desk.stubs["sales"].asked("/sales-kpi/records")
    assert asked.target == "/sales-kpi/records?figure=quotes&from=2026-10-05&to=2026-10-07&limit=200"
