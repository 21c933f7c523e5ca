"""An order after it was typed in: the difference, the confirmation, the delivery, and the money back, in the page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, live, notice, of_player
from tests.desk import Desk, Person
from tests.e2e.shop import GAME, Shop, open_shop

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def sell(page: Page, player: dict[str, Any], pack: dict[str, Any], method: str = "wechat_pay") -> str:
    """Types an order in, up to the transaction, which it returns."""
    page.get_by_test_id("new-order").click()
    page.get_by_test_id("order-pack").fill(pack["code"])
    expect(page.get_by_test_id("offer")).to_have_attribute("data-sellable", "true")
    page.get_by_test_id("order-profile").select_option(player["account"]["profile_id"])
    page.get_by_test_id("order-method").select_option(method)
    transaction = f"42000{secrets.token_hex(6)}"
    page.get_by_test_id("order-transaction").fill(transaction)
    return transaction


def story(page: Page, what: str) -> Any:
    return page.locator(f"[data-testid=happened][data-what={what}]")


def test_an_order_below_its_price_needs_a_reason_and_shows_it__R17_R19(
    console: Callable[..., Console], shop: Shop
) -> None:
    player, pack = shop.player(), shop.pack((shop.items(52, 1)[0], 2))
    window = console()
    page = enter(window, shop.agent, of_player(player))

    sell(page, player, pack)
    expect(page.get_by_test_id("offer")).to_contain_text("周末礼包")
    page.get_by_test_id("order-amount").fill(f"{(pack['price_fen'] - 100) / 100:.2f}")
    expect(page.get_by_test_id("order-save")).to_be_disabled()
    page.get_by_test_id("order-difference").fill("抹零")
    page.get_by_test_id("order-save").click()

    order = page.get_by_test_id("order")
    expect(order).to_contain_text("抹零")
    expect(order).to_contain_text("待确认")  # what was given away is confirmed by another
    order.get_by_role("link").click()
    expect(page.get_by_test_id("order-payment")).to_contain_text(f"{(pack['price_fen'] - 100) / 100:,.2f}")
    assert window.faults == []


def test_a_bank_transfer_is_delivered_once_a_lead_has_confirmed_it__R17_B7_B12(
    console: Callable[..., Console], shop: Shop
) -> None:
    player, pack = shop.player(), shop.pack((shop.items(54, 1)[0], 1))
    window, leads = console(), console()
    page = enter(window, shop.agent, of_player(player))
    live(page)

    transaction = sell(page, player, pack, "bank_transfer")
    page.get_by_test_id("order-save").click()
    order = page.get_by_test_id("order")
    expect(order).to_have_attribute("data-state", "paid")
    expect(order).to_contain_text("待确认")
    lead = enter(leads, shop.lead, "/orders/confirm")
    row = lead.get_by_test_id("confirm-list").get_by_test_id("row").filter(has_text=transaction)
    row.get_by_test_id("verify").click()
    row.get_by_test_id("verify-save").click()

    notice(lead, "到账")
    expect(row).to_have_count(0)
    expect(order).to_have_attribute("data-state", "delivered", timeout=30_000)  # by itself
    order.get_by_role("link").click()
    for what in ("paid", "verified", "delivered"):
        expect(story(page, what)).to_be_visible()
    expect(page.get_by_test_id("order-refused")).to_contain_text("退款")  # the seller gives nothing back
    assert (window.faults, leads.faults) == ([], [])


def test_a_lead_gives_some_back_and_then_the_rest__R17(console: Callable[..., Console], shop: Shop) -> None:
    player, pack = shop.player(), shop.pack((shop.items(56, 1)[0], 1))
    order = shop.delivered(shop.sell(player, pack))
    window = console()
    page = enter(window, shop.lead, f"/orders/{order['order_id']}")

    for part, state in (("1.00", "部分退款"), (f"{(pack['price_fen'] - 100) / 100:.2f}", "已退款")):
        page.get_by_test_id("order-refund").click()
        page.get_by_test_id("refund-form-amount").fill(part)
        page.get_by_test_id("refund-form-reason").fill("少发一件")
        page.get_by_test_id("refund-form-save").click()
        expect(page.get_by_test_id("refund-form")).to_have_count(0)
        expect(page.get_by_test_id("order-page")).to_contain_text(state)

    expect(story(page, "refunded")).to_have_count(2)
    expect(page.get_by_test_id("order-refund")).to_have_count(0)
    page.goto(f"{window.url}/orders/refunds")
    expect(page.get_by_test_id("refund-list").get_by_test_id("row").filter(has_text=order["number"])).to_have_count(2)
    assert window.faults == []


def test_a_payment_that_never_came_is_cancelled_with_a_reason__R17(console: Callable[..., Console], shop: Shop) -> None:
    player, pack = shop.player(), shop.pack((shop.items(58, 1)[0], 1))
    body = shop.sale(player, pack["price_fen"], method="bank_transfer", pack_code=pack["code"])
    body["pack_revision"] = shop.offer(pack)["revision"]
    order = shop.desk.eventually(lambda: (made := shop.agent.post("/orders", body)).status_code == 201 and made.json())
    window = console()
    page = enter(window, shop.agent, f"/orders/{order['order_id']}")

    page.get_by_test_id("order-cancel").click()
    expect(page.get_by_test_id("cancel-form-save")).to_be_disabled()
    page.get_by_test_id("cancel-form-reason").fill("玩家没有转账")
    page.get_by_test_id("cancel-form-save").click()

    expect(story(page, "cancelled")).to_contain_text("玩家没有转账")
    expect(page.get_by_test_id("order-payment")).to_be_visible()
    assert window.faults == []


def test_what_the_game_refused_to_deliver_is_tried_again_by_a_person__B7(
    console: Callable[..., Console], shop: Shop
) -> None:
    player, pack = shop.player(), shop.pack((shop.items(60, 1)[0], 1))
    shop.fault("error", error_status=422)
    order = shop.sell(player, pack)
    shop.desk.eventually(lambda: shop.order(order)["delivery"]["state"] == "failed")
    window = console()
    page = enter(window, shop.agent, "/orders/deliveries")
    row = page.get_by_test_id("delivery-list").get_by_test_id("row").filter(has_text=order["number"])
    expect(row).to_contain_text("失败")
    shop.fault("none")

    row.get_by_test_id("retry").click()
    page.get_by_test_id("retry-form-save").click()

    expect(row).to_contain_text("已发货", timeout=30_000)
    page.goto(f"{window.url}/orders/{order['order_id']}")
    expect(story(page, "delivered")).to_be_visible()
    assert len(shop.grants(order)) == 1, f"{GAME} gave it once"
    assert window.faults == []
