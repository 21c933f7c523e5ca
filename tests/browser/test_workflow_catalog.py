"""Prices and packs in the page: pulled, fine-tuned, held, built, approved, and what a change of price does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, live
from tests.desk import Desk, Person
from tests.e2e.shop import GAME, Shop, open_shop

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def of_item(page: Page, item: dict[str, Any]) -> Any:
    return page.get_by_test_id("item-list").get_by_test_id("row").filter(has_text=item["code"])


def build(page: Page, item: dict[str, Any], quantity: int, discount: str) -> None:
    """Fills in the pack builder, up to its live price."""
    page.get_by_test_id("item-search").fill(item["code"])
    page.get_by_test_id("item-search-found").first.click()
    line = page.locator(f"[data-testid=pack-line][data-key='{item['item_id']}']")
    line.get_by_test_id("quantity").fill(str(quantity))
    page.get_by_test_id("pack-name").fill("周末礼包")
    page.get_by_test_id("pack-discount").fill(discount)
    expect(page.get_by_test_id("price-box")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_test_id("live-price")).to_be_visible()


def test_a_games_price_list_is_pulled_with_progress__R22(console: Callable[..., Console], shop: Shop) -> None:
    [item] = shop.items(64, 1)
    change = {"changes": [{"code": item["code"], "price_fen": item["game_price_fen"] + 100}], "push": False}
    shop.desk.games("POST", f"/games/{GAME}/prices", change)
    window = console()
    page = enter(window, shop.lead, f"/items?game_id={GAME}&q={item['code']}")
    price = of_item(page, item)
    expect(price).to_contain_text(f"{item['game_price_fen'] / 100:,.2f}")

    page.get_by_test_id("open-pulls").click()
    page.get_by_test_id("pull-game").select_option(GAME)
    page.get_by_test_id("pull-start").click()

    pull = page.get_by_test_id("pull").first
    expect(pull).to_have_attribute("data-state", "done", timeout=30_000)
    expect(pull).to_contain_text(shop.lead.agent_id[-3:])  # by whom, and how much has changed
    expect(price).to_contain_text(f"{(item['game_price_fen'] + 100) / 100:,.2f}")
    assert window.faults == []


def test_a_price_is_fine_tuned_after_seeing_what_it_does_and_a_broken_pack_comes_to_its_maker_live__R22_B1(
    console: Callable[..., Console], shop: Shop
) -> None:
    [item] = shop.items(66, 1)
    if item["override_price_fen"] is not None:  # from an earlier run
        body = {"override_price_fen": None, "reason": "重新开始"}
        assert shop.lead.patch(f"/items/{item['item_id']}", body, item["version"]).status_code == 200
    pack = shop.pack((item, 10))
    makers, window = console(), console()
    home = enter(makers, shop.agent)
    live(home)
    page = enter(window, shop.lead, f"/items?game_id={GAME}&q={item['code']}")

    of_item(page, item).get_by_test_id("tune").click()
    page.get_by_test_id("tune-price").fill(f"{item['game_price_fen'] * 6 // 10 / 100:.2f}")
    expect(page.get_by_test_id("impact-pack").filter(has_text=pack["code"])).to_be_visible()
    page.get_by_test_id("tune-reason").fill("周末活动价")
    page.get_by_test_id("tune-save").click()
    expect(page.get_by_test_id("fine-tune")).to_have_count(0)
    tuned = shop.agent.get(f"/items/{item['item_id']}").json()
    expect(of_item(page, item)).to_contain_text(f"{tuned['override_price_fen'] / 100:,.2f}")

    page.goto(f"{window.url}/price-impacts?game_id={GAME}")
    page.get_by_test_id("impact-list").get_by_test_id("row").first.get_by_role("link").click()  # the last change
    row = page.get_by_test_id("impact-packs").get_by_test_id("row").filter(has_text=pack["code"])
    expect(row).to_contain_text("复核中")
    attention = home.locator("[data-testid=attention-row][data-kind=pack_review]").filter(has_text=pack["code"])
    expect(attention).to_be_visible(timeout=15_000)  # by itself
    attention.click()
    expect(home.get_by_test_id("pack")).to_contain_text("复核中")
    assert (window.faults, makers.faults) == ([], [])


def test_a_pack_beyond_the_allowance_is_rejected_with_a_reason_mended_and_approved__R23_R24(
    console: Callable[..., Console], shop: Shop
) -> None:
    [item] = shop.items(68, 1)
    window, leads = console(), console()
    page = enter(window, shop.agent, "/packs/new")

    build(page, item, 5, "10")
    expect(page.get_by_test_id("price-box")).to_have_attribute("data-verdict", "allowed")
    page.get_by_test_id("pack-discount").fill("40")
    expect(page.get_by_test_id("price-box")).to_have_attribute("data-verdict", "needsApproval")
    expect(page.get_by_test_id("pack-save")).to_contain_text("审批")
    page.get_by_test_id("pack-save").click()
    expect(page.get_by_test_id("pack")).to_contain_text("待审批")
    code = page.url.rsplit("/", 1)[1]
    lead = enter(leads, shop.lead, "/approvals")
    row = lead.get_by_test_id("approval-list").get_by_test_id("row").filter(has_text=code)
    row.get_by_test_id("reject").click()
    row.get_by_test_id("reject-reason").fill("折扣太大，最多六五折")
    row.get_by_test_id("reject-save").click()
    expect(row).to_have_count(0)

    expect(page.get_by_test_id("rejection")).to_contain_text("折扣太大，最多六五折")  # by itself
    page.get_by_test_id("pack-edit").click()
    page.get_by_test_id("pack-discount").fill("35")
    expect(page.get_by_test_id("price-box")).to_have_attribute("aria-busy", "false")
    page.get_by_test_id("pack-save").click()
    expect(page.get_by_test_id("pack")).to_contain_text("待审批")
    row.get_by_test_id("approve").click()

    expect(page.get_by_test_id("pack")).to_contain_text("在售")
    expect(page.get_by_test_id("approver")).to_contain_text(shop.lead.agent_id[-3:])
    assert (window.faults, leads.faults) == ([], [])


def test_a_pack_is_copied_and_retired__R24(console: Callable[..., Console], shop: Shop) -> None:
    pack = shop.pack((shop.items(70, 1)[0], 3))
    window = console()
    page = enter(window, shop.agent, f"/packs/{pack['code']}")
    expect(page.get_by_test_id("pack-price")).to_contain_text(f"{pack['price_fen'] / 100:,.2f}")

    page.get_by_test_id("pack-copy").click()
    expect(page.get_by_test_id("quantity")).to_have_value("3")  # the copy is at hand to be changed
    expect(page.get_by_test_id("pack-draft")).to_be_visible()
    assert pack["code"] not in page.url
    page.goto(f"{window.url}/packs/{pack['code']}")
    page.get_by_test_id("pack-retire").click()
    page.get_by_test_id("pack-retire-yes").click()

    expect(page.get_by_test_id("pack")).to_contain_text("已下架")
    page.goto(f"{window.url}/packs?created_by={shop.agent.agent_id}")
    expect(page.get_by_test_id("pack-list").get_by_test_id("row")).to_have_count(2)
    assert window.faults == []


def test_extreme_prices_are_held_and_decided_together_by_a_lead__R30(
    console: Callable[..., Console], shop: Shop
) -> None:
    items = shop.items(72, 2)
    answer = shop.desk.push_prices(GAME, {item["code"]: item["game_price_fen"] * 100 for item in items})
    assert {result["fate"] for result in answer["results"]} == {"held"}
    window = console()
    page = enter(window, shop.lead, f"/items?game_id={GAME}&pending=held")
    for item in items:
        of_item(page, item).get_by_test_id("row-select").click()
    bulk = page.get_by_test_id("bulk")
    expect(bulk).to_contain_text("2")

    bulk.get_by_test_id("held-reason").fill("多打了两个零")
    bulk.get_by_test_id("held-discard").click()

    expect(bulk).to_have_count(0)
    for item in items:
        expect(of_item(page, item)).to_have_count(0)
        now = shop.agent.get(f"/items/{item['item_id']}").json()
        assert now["game_price_fen"] == item["game_price_fen"]
    assert window.faults == []
