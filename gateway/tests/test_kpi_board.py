"""Both KPIs side by side, each failing alone, with links to what is behind them (B8)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .conftest import PLAYER_ID, Gateway
from .test_proxy import slug

BOARD = "/api/kpi-board"
PERIOD = {"from": "2026-10-05", "to": "2026-10-07"}
ANSWERS, SELLS = {"opened": 3, "done": 2}, {"touches": 7, "deals": 3}
REFUSED = {"type": "urn:gamedesk:problem:bad-request", "title": "Not a valid request", "status": 400}
PROBLEM = {"content-type": "application/problem+json"}


def response(*keys: str | None) -> tuple[int, Any]:
    return 200, {"total": {"opened": 9}, "groups": [{"key": key, **ANSWERS} for key in keys]}


def sales(*keys: str | None, more: bool = False) -> tuple[int, Any]:
    groups = [{"key": key, "label": None, **SELLS} for key in keys]
    return 200, {"total": {"touches": 21}, "groups": groups, "more": more}


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    gateway.stubs["tickets"].answers["/kpi/response"] = response("KF003", "KF004", None)
    gateway.stubs["sales"].answers["/sales-kpi"] = sales("KF002", "KF003")
    return gateway


def board(client: httpx.Client, **query: str) -> dict[str, Any]:
    answer = client.get(BOARD, params=PERIOD | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def asked(desk: Gateway, service: str, path: str) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(desk.stubs[service].asked(path)[-1].target).query).items()
    }


def query_of(link: str) -> tuple[str, dict[str, str]]:
    return urlsplit(link).path, {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def test_both_kpis_of_whom_either_knows__B8(desk: Gateway, agent: httpx.Client) -> None:
    found = board(agent, group_by="agent")

    assert [(g["key"], g["response"], g["sales"]) for g in found["groups"]] == [
        ("KF002", None, SELLS),
        ("KF003", ANSWERS, SELLS),
        ("KF004", ANSWERS, None),
        (None, ANSWERS, None),
    ]
    assert (found["total"]["response"], found["total"]["sales"]) == ({"opened": 9}, {"touches": 21})
    assert {source["status"] for source in found["sources"].values()} == {"ok"}
    assert (found["from"], found["to"], found["more"]) == (*PERIOD.values(), False)


def test_both_are_asked_about_the_same__B8(desk: Gateway, agent: httpx.Client) -> None:
    found = board(agent, group_by="day", agent="KF003", team="A", clock="elapsed")

    same = {**PERIOD, "group_by": "day", "agent": "KF003", "team": "A"}
    assert asked(desk, "tickets", "/kpi/response") == {**same, "clock": "elapsed"}
    assert asked(desk, "sales", "/sales-kpi") == same
    assert found["clock"] == "elapsed"


@pytest.mark.parametrize(
    ("service", "kpi", "other"), [("tickets", "response", "sales"), ("sales", "sales", "response")]
)
def test_each_fails_alone__B8(desk: Gateway, agent: httpx.Client, service: str, kpi: str, other: str) -> None:
    desk.servers[service].stop()

    found = board(agent, group_by="agent", team=f"without {service}")

    assert (found["sources"][kpi]["status"], found["sources"][kpi]["problem"]["service"]) == ("unavailable", service)
    assert found["sources"][other]["status"] == "ok"
    assert found["total"][kpi] is None
    assert found["total"][other] is not None
    assert found["groups"]
    assert all(group[kpi] is None and group[other] is not None for group in found["groups"])


def test_the_last_figures_are_shown_with_their_time_while_a_service_is_away__B8(
    desk: Gateway, agent: httpx.Client
) -> None:
    before = board(agent, group_by="agent")
    desk.servers["sales"].stop()

    found = board(agent, group_by="agent")

    assert found["groups"] == before["groups"]
    assert found["sources"]["sales"]["status"] == "stale"
    assert found["sources"]["sales"]["as_of"] <= before["sources"]["sales"]["as_of"]


@pytest.mark.parametrize(
    ("group_by", "key", "narrowed"),
    [
        ("agent", "KF003", {"agent": "KF003"}),
        ("team", "A 组", {"team": "A 组"}),
        ("day", "2026-10-06", {"from": "2026-10-06", "to": "2026-10-06"}),
    ],
)
def test_each_group_leads_to_what_is_behind_its_figures__B8(
    desk: Gateway, agent: httpx.Client, group_by: str, key: str, narrowed: dict[str, str]
) -> None:
    desk.stubs["tickets"].answers["/kpi/response"] = response(key)
    desk.stubs["sales"].answers["/sales-kpi"] = sales(key)

    found = board(agent, group_by=group_by, clock="elapsed")

    (group,) = found["groups"]
    assert query_of(group["links"]["sales"]) == ("/api/sales-kpi/records", {**PERIOD, **narrowed})
    tickets = ("/api/kpi/response/tickets", {**PERIOD, **narrowed, "clock": "elapsed"})
    assert query_of(group["links"]["response"]) == tickets
    assert query_of(found["total"]["links"]["sales"]) == ("/api/sales-kpi/records", PERIOD)


def test_what_no_team_is_credited_with_leads_to_sales_alone__B8(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/kpi/response"] = response(None)
    desk.stubs["sales"].answers["/sales-kpi"] = sales(None, more=True)

    found = board(agent, group_by="team")

    links = found["groups"][0]["links"]
    assert links["response"] is None
    assert query_of(links["sales"])[1] == {**PERIOD, "without": "team"}
    assert found["more"] is True


@pytest.mark.parametrize(
    ("group_by", "key"), [("campaign", PLAYER_ID), ("pack", "ABCDE"), ("tier", "whale"), ("reason", PLAYER_ID)]
)
def test_by_what_tickets_know_nothing_of_sales_stands_alone__B8(
    desk: Gateway, agent: httpx.Client, group_by: str, key: str
) -> None:
    desk.stubs["tickets"].answers["/kpi/response"] = response()
    groups = [{"key": key, "label": "双十一", **SELLS}, {"key": None, "label": None, **SELLS}]
    desk.stubs["sales"].answers["/sales-kpi"] = (200, {"total": {"touches": 21}, "groups": groups, "more": False})

    found = board(agent, group_by=group_by, team="A")

    assert [(g["key"], g["label"], g["response"], g["sales"]) for g in found["groups"]] == [
        (key, "双十一", None, SELLS),
        (None, None, None, SELLS),
    ]
    assert found["total"]["response"] == {"opened": 9}
    assert asked(desk, "tickets", "/kpi/response") == {**PERIOD, "team": "A", "group_by": "none", "clock": "working"}
    assert asked(desk, "sales", "/sales-kpi") == {**PERIOD, "team": "A", "group_by": group_by}
    links = [group["links"] for group in found["groups"]]
    assert [link["response"] for link in links] == [None, None]
    of_team = {**PERIOD, "team": "A"}
    assert [query_of(link["sales"])[1] for link in links] == [
        {**of_team, group_by: key},
        {**of_team, "without": group_by},
    ]


@pytest.mark.parametrize(("service", "path"), [("tickets", "/kpi/response"), ("sales", "/sales-kpi")])
def test_a_question_that_either_refuses_is_refused__B8(
    desk: Gateway, agent: httpx.Client, service: str, path: str
) -> None:
    desk.stubs[service].answers[path] = (400, REFUSED, PROBLEM)

    answer = agent.get(BOARD, params={"from": "2026-01-01", "to": "2026-12-31"})

    assert (answer.status_code, slug(answer)) == (400, "bad-request")


def test_who_is_not_let_in_sees_no_board(desk: Gateway, agent: httpx.Client) -> None:
    board(agent)
    problem = {"type": "urn:gamedesk:problem:not-authenticated", "title": "Sign in", "status": 401}
    desk.stubs["sales"].answers["/sales-kpi"] = (401, problem)

    assert agent.get(BOARD, params=PERIOD).status_code == 401
    assert desk.http.get(BOARD, params=PERIOD).status_code == 401
    assert agent.get(BOARD, params={**PERIOD, "group_by": "category"}).status_code == 400
    assert agent.get(BOARD, params={"from": "2026-10-05"}).status_code == 400
