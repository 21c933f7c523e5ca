"""How little an agent has to do, counted: each key chord, each typing of a text is one action. No mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.hands import Hands
from tests.browser.hands import tell as tell
from tests.browser.shop import pack_on_sale
from tests.browser.steps import enter
from tests.desk import Desk, Person, new_phone

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_a_player_who_writes_on_wechat_has_his_ticket_in_three_actions__R11(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk, tell: Callable[[str], None]
) -> None:
    agent = hire()
    wechat_id = f"wx_{new_phone()}"
    player = agent.create_player(wechat_name="孙悟空", wechat_id=wechat_id)
    window = console()
    page = enter(window, agent)
    hands = Hands(page)
    page.keyboard.press("/")
    page.keyboard.insert_text(wechat_id)  # pasted: from here on it is counted

    hands.press("Enter")
    expect(page.get_by_test_id("ticket-detail")).to_be_focused()
    hands.type("昨晚充值 648 元未到账")
    hands.press("Control+Enter")

    expect(page.locator("[data-testid=ticket][data-state=pending]")).to_contain_text("昨晚充值 648 元未到账")
    recorded = desk.eventually(lambda: agent.get("/tickets", player_id=player["player_id"]).json()["items"])
    assert [ticket["detail"] for ticket in recorded] == ["昨晚充值 648 元未到账"]
    tell(f"ticket recorded in {len(hands.actions)} actions after pasting the WeChat ID: {hands.actions}")
    assert len(hands.actions) <= 3


def test_a_sale_by_pack_id_takes_five_actions__R17_R19(
    console: Callable[..., Console],
    hire: Callable[..., Person],
    desk: Desk,
    admin: Person,
    tell: Callable[[str], None],
) -> None:
    pack = pack_on_sale(admin, desk)
    agent = hire()
    phone = new_phone()
    player = agent.create_player(phone, wechat_name="猪八戒")
    window = console()
    page = enter(window, agent)
    hands = Hands(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("player-name")).to_be_focused()  # the player is open: from here on it is counted
    expect(page.locator("[data-testid=profile][data-state=ok]")).to_have_count(3, timeout=30_000)

    hands.press("o")
    expect(page.get_by_test_id("order-pack")).to_be_focused()
    hands.type(pack["code"].lower())
    hands.press("Enter")  # on to what is still missing
    expect(page.get_by_test_id("order-transaction")).to_be_focused()
    hands.type(f"42000{phone}")
    hands.press("Enter")

    expect(page.locator("[data-testid=order]")).to_contain_text(pack["code"])
    sold = desk.eventually(lambda: agent.get("/orders", player_id=player["player_id"]).json()["items"])
    assert [order["amount_paid_fen"] for order in sold] == [pack["price_fen"]]
    tell(f"sale recorded in {len(hands.actions)} actions: {hands.actions}")
    assert len(hands.actions) <= 5
