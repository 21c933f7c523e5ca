"""Selling in the page: what to know before the pitch, every contact, promises kept, and the next time to talk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, notice, of_player, segment
from tests.desk import Desk, Person
from tests.e2e.shop import Shop, open_shop, today

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def contact(page: Page, outcome: str, **fields: str) -> None:
    """Records a contact; `fields` by the ends of their handles."""
    page.get_by_test_id("new-touch").click()
    form = page.get_by_test_id("touch-form")
    segment(form, outcome)
    for name, value in fields.items():
        field = form.get_by_test_id(f"touch-{name.replace('_', '-')}")
        if name == "reason":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.get_by_test_id("touch-save").click()
    expect(form).to_have_count(0)


def touches(page: Page, outcome: str) -> Any:
    return page.locator(f"[data-testid=touch][data-outcome={outcome}]")


def test_every_outcome_of_a_contact_asks_for_what_it_needs_and_is_on_record__R16_R18_R28(
    console: Callable[..., Console], shop: Shop
) -> None:
    player = shop.agent.create_player(wechat_name="沙僧", tier="whale")
    window = console()
    page = enter(window, shop.agent, of_player(player))
    page.get_by_test_id("sales-panel").wait_for()

    page.keyboard.press("l")
    form = page.get_by_test_id("touch-form")
    segment(form, "lost")
    expect(form.get_by_test_id("touch-save")).to_be_disabled()
    expect(form).to_contain_text("请选择未成交原因")
    form.get_by_test_id("touch-reason").select_option(label="其他")
    expect(form).to_contain_text("这个原因需要说明情况")
    segment(form, "thinking")
    expect(form).to_contain_text("请选择下次跟进日期")
    form.get_by_test_id("touch-save").locator("xpath=following-sibling::button[1]").click()

    contact(page, "no_reply", situation="发了两条没回")
    expect(touches(page, "no_reply")).to_contain_text("发了两条没回")
    contact(page, "thinking", situation="等发工资", follow_up=in_days(2), player_state="手头紧")
    expect(touches(page, "thinking")).to_contain_text("等发工资")
    expect(touches(page, "thinking")).to_contain_text("手头紧")
    contact(page, "lost", reason="价格太高", situation="只肯出五百", follow_up=in_days(9))
    expect(touches(page, "lost")).to_contain_text("价格太高")
    expect(page.get_by_test_id("last-lost")).to_contain_text("只肯出五百")  # where the next contact takes up
    expect(page.get_by_test_id("pitch")).to_contain_text("3")
    contact(page, "do_not_contact", situation="明确说不要再发")
    expect(page.get_by_test_id("do-not-contact")).to_be_visible()
    assert window.faults == []


def test_an_open_complaint_about_a_payment_warns_before_the_pitch_and_its_end_proposes_a_follow_up__B3(
    console: Callable[..., Console], shop: Shop
) -> None:
    player = shop.agent.create_player(wechat_name="李靖", tier="big")
    window = console()
    page = enter(window, shop.agent, of_player(player))
    expect(page.get_by_test_id("sell-unsafe")).to_have_count(0)

    composer = page.get_by_test_id("ticket-composer")
    composer.get_by_test_id("ticket-category").select_option("refund")
    composer.get_by_test_id("ticket-detail").fill("扣了两次款")
    for field in composer.locator("[data-testid^=form-][required]").all():
        field.fill("648")
    composer.get_by_test_id("ticket-save").click()
    ticket = page.get_by_test_id("ticket")
    expect(page.get_by_test_id("sell-unsafe")).to_contain_text("T-")
    ticket.get_by_test_id("state-done").click()
    ticket.get_by_test_id("solution-text").fill("已原路退回")
    ticket.get_by_test_id("solution-save").click()

    expect(page.get_by_test_id("sell-unsafe")).to_have_count(0)
    proposal = page.get_by_test_id("proposal")
    proposal.get_by_test_id("proposal-day").fill(in_days(1))
    proposal.get_by_test_id("proposal-take").click()
    expect(page.get_by_test_id("pitch")).to_be_visible()
    page.goto(f"{window.url}/sales/follow-ups?view=proposals&agent={shop.agent.agent_id}&state=taken")
    expect(page.get_by_test_id("proposal-list").get_by_test_id("row")).to_contain_text("李靖")
    assert window.faults == []


def test_proposals_are_taken_for_a_day_or_dismissed_with_a_reason__B3(
    console: Callable[..., Console], shop: Shop
) -> None:
    for name in ("杨戬", "哪吒"):
        player = shop.agent.create_player(wechat_name=name)
        body = {"player_id": player["player_id"], "detail": "没到账", "category": "refund"}
        made = shop.agent.post("/tickets", body)
        assert made.status_code == 201, made.text
        ticket = made.json()
        done = {"to": "done", "solution": "已补发"}
        path = f"/tickets/{ticket['ticket_id']}/transitions"
        assert shop.agent.post(path, done, version=ticket["version"]).status_code == 200
    window = console()
    listed = {"agent": shop.agent.agent_id}
    shop.desk.eventually(lambda: len(shop.agent.get("/recovery-proposals", **listed).json()["items"]) == 2)
    page = enter(window, shop.agent, f"/sales/follow-ups?view=proposals&agent={shop.agent.agent_id}")
    rows = page.get_by_test_id("proposal-list").get_by_test_id("row")

    rows.filter(has_text="杨戬").get_by_test_id("take").click()
    page.get_by_test_id("day-form-3").click()
    page.get_by_test_id("day-form-save").click()
    notice(page, "已接手")
    rows.filter(has_text="哪吒").get_by_test_id("dismiss").click()
    page.get_by_test_id("dismiss-form-reason").fill("本人不介意")
    page.get_by_test_id("dismiss-form-save").click()

    notice(page, "已标记为不跟进")
    expect(rows).to_have_count(0)
    page.get_by_test_id("filter-state").select_option("dismissed")
    expect(rows).to_contain_text("本人不介意")
    assert window.faults == []


def test_a_follow_up_is_postponed_with_a_reason_and_put_back__R18(console: Callable[..., Console], shop: Shop) -> None:
    player = shop.agent.create_player(wechat_name="太白金星")
    touch = {
        "player_id": player["player_id"],
        "outcome": "thinking",
        "situation": "问问家里",
        "follow_up_on": in_days(0),
    }
    shop.desk.eventually(lambda: shop.agent.post("/touches", touch).status_code == 201)
    window = console()
    page = enter(window, shop.agent, f"/sales/follow-ups?agent={shop.agent.agent_id}")
    row = page.get_by_test_id("follow-up-list").get_by_test_id("row").filter(has_text="太白金星")
    expect(row).to_contain_text("今天")

    row.get_by_test_id("postpone").click()
    page.get_by_test_id("day-form-7").click()
    page.get_by_test_id("day-form-reason").fill("他出差")
    page.get_by_test_id("day-form-save").click()
    expect(row).not_to_contain_text("今天")
    page.get_by_test_id("undo").click()

    expect(row).to_contain_text("今天")
    row.get_by_role("link").click()
    expect(page.get_by_test_id("player-name")).to_have_text("太白金星")
    assert window.faults == []


def test_a_promised_price_holds_and_is_sold_from_the_promise__B2_R17(
    console: Callable[..., Console], shop: Shop
) -> None:
    player = shop.player(tier="whale")
    [item] = shop.items(50, 1)
    pack = shop.pack((item, 2))
    window = console()
    page = enter(window, shop.agent, of_player(player))

    page.get_by_test_id("new-quote").click()
    page.get_by_test_id("quote-pack").fill(pack["code"].lower())
    price = f"{pack['price_fen'] / 100:,.2f}"
    expect(page.get_by_test_id("offer-price")).to_contain_text(price)
    page.get_by_test_id("quote-save").click()
    quote = page.get_by_test_id("quote")
    expect(quote).to_contain_text(price)
    dearer = {"override_price_fen": item["price_fen"] + 100, "reason": "涨价"}
    assert shop.lead.patch(f"/items/{item['item_id']}", dearer, item["version"]).status_code == 200
    shop.desk.eventually(lambda: shop.offer(pack)["price_fen"] != pack["price_fen"])

    quote.get_by_test_id("quote-sell").click()
    expect(page.get_by_test_id("order-quote")).to_be_visible()
    expect(page.get_by_test_id("offer-price")).to_contain_text(price)
    page.get_by_test_id("order-profile").select_option(player["account"]["profile_id"])
    page.get_by_test_id("order-transaction").fill(f"42000{player['player_id'][-12:]}")
    page.get_by_test_id("order-save").click()

    expect(page.get_by_test_id("order")).to_contain_text(price)
    expect(page.get_by_test_id("order")).to_have_attribute("data-state", "delivered", timeout=30_000)
    expect(quote).to_have_count(0)
    assert window.faults == []
