"""The agent's page, as far as the console goes: sign in, find a player, see everything, write a ticket, sell a pack."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.conftest import Site
from tests.desk import Desk, Person, new_phone

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def pack(admin: Person, desk: Desk) -> dict[str, Any]:
    """A pack on sale, of items that came from the game."""

    def items() -> list[dict[str, Any]]:
        return admin.get("/items", game_id="xiyou", limit=50).json()["items"]

    first = desk.eventually(lambda: items(), within=30)[0]
    body = {"name": "周末礼包", "discount_bp": 2000, "contents": [{"item_id": first["item_id"], "quantity": 2}]}
    pack = admin.post("/packs", body).json()
    desk.eventually(lambda: admin.get(f"/offers/{pack['code']}").status_code == 200)
    return pack


def test_a_day_at_the_home_page__R25_to_R29(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk, pack: dict[str, Any]
) -> None:
    agent = hire()
    window = console()
    page = window.page
    window.sign_in(agent.agent_id, agent.password)
    phone = new_phone()

    page.keyboard.press("/")
    page.get_by_test_id("search").fill(phone)
    page.get_by_test_id("new-player-form").wait_for()
    expect(page.get_by_test_id("new-player-phone")).to_have_value(phone)  # no match offers a new player
    page.get_by_test_id("new-player-wechat-id").fill(f"wx_{phone}")
    page.get_by_test_id("new-player-wechat-name").fill("孙悟空")
    page.get_by_test_id("new-player-save").click()
    expect(page.get_by_test_id("player-name")).to_contain_text("孙悟空")
    expect(page.locator("[data-testid=profile][data-state=ok]")).to_have_count(3, timeout=30_000)

    page.get_by_test_id("ticket-detail").fill("昨晚充值 648 元未到账")
    page.get_by_test_id("ticket-detail").press("Control+Enter")
    ticket = page.locator("[data-testid=ticket]").first
    expect(ticket).to_have_attribute("data-state", "pending")
    ticket.get_by_test_id("state-in_progress").click()
    expect(ticket).to_have_attribute("data-state", "in_progress")
    ticket.get_by_test_id("state-done").click()
    ticket.get_by_test_id("solution-text").fill("财务确认后补发")
    ticket.get_by_test_id("solution-save").click()
    expect(ticket).to_have_attribute("data-state", "done")

    page.get_by_test_id("new-order").click()
    page.get_by_test_id("order-pack").fill(pack["code"])
    expect(page.get_by_test_id("offer-price")).to_contain_text(f"{pack['price_fen'] / 100:,.2f}")
    page.get_by_test_id("order-transaction").fill(f"42000{phone}")
    page.get_by_test_id("order-save").click()
    expect(page.locator("[data-testid=order]")).to_have_attribute("data-state", re.compile("paid|delivered"))
    assert window.faults == []


def test_another_agents_ticket_appears_by_itself__B12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="猪八戒")
    window = console()
    window.sign_in(agent.agent_id, agent.password)
    window.page.goto(f"{window.url}/?player={player['player_id']}")
    expect(window.page.locator("[data-testid=live][data-state=live]")).to_be_visible()
    window.page.get_by_test_id("ticket-detail").fill("我正在写的内容")

    colleague.post("/tickets", {"player_id": player["player_id"], "detail": "同事记录的问题"})

    expect(window.page.locator("[data-testid=ticket]")).to_contain_text("同事记录的问题")
    expect(window.page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "dark"), ("en-GB", "light"), ("en-GB", "dark")])
def test_the_page_speaks_both_languages_in_both_themes(
    console: Callable[..., Console], hire: Callable[..., Person], locale: str, scheme: str
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空", tier="whale")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"})
    window = console(locale, scheme)
    window.sign_in(agent.agent_id, agent.password)
    window.page.goto(f"{window.url}/?player={player['player_id']}")

    expect(window.page.get_by_test_id("player-name")).to_contain_text("孙悟空")
    language = "en" if locale.startswith("en") else "zh"
    expect(window.page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    assert window.faults == []


def test_a_service_that_is_down_leaves_the_rest_of_the_page__B9(
    console: Callable[..., Console], hire: Callable[..., Person], site: Site, desk: Desk
) -> None:
    if site.product is None:
        pytest.skip("this product was started elsewhere, its processes are not ours to kill")
    agent = hire()
    player = agent.create_player(wechat_name="沙悟净")
    window = console()
    window.sign_in(agent.agent_id, agent.password)
    site.product.kill("sales")
    try:
        window.page.goto(f"{window.url}/?player={player['player_id']}")
        expect(window.page.get_by_test_id("player-name")).to_contain_text("沙悟净")
        expect(window.page.get_by_test_id("sales-panel")).to_have_attribute("data-status", re.compile("error|stale"))
        expect(window.page.get_by_test_id("tickets-panel")).to_have_attribute("data-status", "ok")
    finally:
        site.product.restart("sales")
        desk.eventually(lambda: agent.get("/touches", player_id=player["player_id"]).status_code == 200)
