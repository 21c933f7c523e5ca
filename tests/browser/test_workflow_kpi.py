"""Both KPIs side by side, from a figure to the records behind it, and lists taken away as spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import downloaded, enter, rows_of
from tests.desk import Desk, Person
from tests.e2e.shop import Shop, open_shop

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


@pytest.fixture
def worked(shop: Shop) -> dict[str, Any]:
    """A day's work of one agent: two tickets, one of them answered, a refusal, and a sale."""
    player, pack = shop.player(tier="whale"), shop.pack((shop.items(62, 1)[0], 1))
    for detail in ("第一个问题", "第二个问题"):
        body = {"player_id": player["player_id"], "detail": detail}
        made = shop.agent.post("/tickets", body | {"despite_open_ticket": True})
        assert made.status_code == 201, made.text
    reply = {"kind": "reply", "text": "您好"}
    assert shop.agent.post(f"/tickets/{made.json()['ticket_id']}/entries", reply).status_code == 201
    reasons = shop.agent.get("/lost-reasons").json()["items"]
    reason = next(one for one in reasons if one["active"] and not one["needs_note"])
    touch = {"player_id": player["player_id"], "outcome": "lost", "reason_id": reason["reason_id"], "situation": "太贵"}
    assert shop.agent.post("/touches", touch).status_code == 201
    order = shop.delivered(shop.sell(player, pack))
    period = {"from": order["paid_at"][:10], "to": order["paid_at"][:10], "agent": shop.agent.agent_id}
    shop.desk.eventually(lambda: shop.lead.get("/sales-kpi", **period).status_code in (200, 422))
    return {"player": player, "pack": pack, "order": order, "reason": reason}


def test_each_figure_and_each_bar_leads_to_the_records_behind_it__B6_B8(
    console: Callable[..., Console], shop: Shop, worked: dict[str, Any]
) -> None:
    window = console()
    page = enter(window, shop.lead, f"/kpi?period=today&agent={shop.agent.agent_id}")
    board = page.get_by_test_id("kpi-board")
    expect(board.get_by_test_id("figure-opened").first).to_have_text("2")
    expect(board.get_by_test_id("figure-orders").first).to_have_text("1")

    board.get_by_test_id("figure-opened").first.click()
    rows = page.get_by_test_id("kpi-records").get_by_test_id("row")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("link").first.click()
    expect(page.get_by_test_id("ticket").first).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(2)
    page.go_back()
    board.get_by_test_id("figure-orders").first.click()
    expect(page.get_by_test_id("kpi-records").get_by_test_id("row")).to_contain_text(worked["pack"]["code"])
    page.go_back()

    chart = page.locator("[data-testid=chart-sales][data-drawn=true]")
    chart.scroll_into_view_if_needed()
    canvas = chart.locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.25, 0.8):  # somewhere down the middle is the only bar
        canvas.click(position={"x": box["width"] * 0.4, "y": box["height"] * share})
        with suppress(PlaywrightTimeout):
            page.wait_for_url("**/kpi/records**", timeout=1_000)
            break
    expect(page.get_by_test_id("kpi-records")).to_be_visible()
    assert window.faults == []


def test_the_board_is_split_by_whatever_is_asked__B8(
    console: Callable[..., Console], shop: Shop, worked: dict[str, Any]
) -> None:
    window = console()
    page = enter(window, shop.lead, f"/kpi?period=today&agent={shop.agent.agent_id}")
    table = page.get_by_test_id("kpi-table")
    expect(table.locator(f"[data-key='{shop.agent.agent_id}']")).to_be_visible()

    for by, shown in (("pack", worked["pack"]["code"]), ("reason", worked["reason"]["name"])):
        page.get_by_test_id("filter-group_by").select_option(by)
        expect(table).to_contain_text(shown)
    page.get_by_test_id("filter-group_by").select_option("day")
    expect(table.get_by_test_id("kpi-row")).to_have_count(1)
    page.reload()
    expect(table.get_by_test_id("kpi-row")).to_have_count(1)  # the address holds it
    assert window.faults == []


def test_lists_are_taken_away_with_their_filters__B11(
    console: Callable[..., Console], shop: Shop, worked: dict[str, Any]
) -> None:
    me = shop.agent.agent_id
    window = console()
    page = enter(window, shop.agent)
    for path, wanted, among in (
        (f"/tickets?responsible={me}", 2, "第一个问题"),
        (f"/orders?seller={me}", 1, worked["order"]["number"]),
        (f"/sales/contacts?agent={me}", 2, "太贵"),
        (f"/packs?created_by={me}", 1, worked["pack"]["code"]),
    ):
        page.goto(window.url + path)
        expect(page.get_by_test_id("row")).to_have_count(wanted)

        rows = rows_of(downloaded(page, page.get_by_test_id("export").click))

        assert len(rows) == wanted, path
        assert among in {value for row in rows for value in row.values()}
    assert window.faults == []
