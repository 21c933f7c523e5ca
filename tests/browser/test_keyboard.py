"""The console without a mouse: every step by keys, the focus always somewhere and seen (WCAG 2.1.1, 2.4.3, 2.4.7)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.hands import Hands
from tests.browser.shop import pack_on_sale
from tests.browser.steps import enter, of_player
from tests.desk import Desk, Person, new_phone

pytestmark = [pytest.mark.product, pytest.mark.browser]

# A press of a mouse button is what no test here makes; a click that a key causes has no pointer.
# Tab goes round in the dialog, by way of the browser's own parts, for which the page has the body.
IN_DIALOG = "() => [null, document.querySelector('dialog[open]')].includes(document.activeElement.closest('dialog'))"
WATCH = "() => addEventListener('pointerdown', () => { window.moused = true }, true)"


def test_a_whole_shift_by_keyboard_alone__R25_to_R29(
    console: Callable[..., Console], hire: Callable[..., Person], admin: Person, desk: Desk
) -> None:
    agent = hire()
    pack = pack_on_sale(admin, desk)
    phone = new_phone()
    player = agent.create_player(phone, wechat_name="孙悟空", wechat_id=f"wx_{phone}")
    window = console()
    page, hands = window.page, Hands(window.page)
    page.add_init_script(f"({WATCH})()")

    # Sign in
    page.goto(window.url)
    page.get_by_test_id("agent-id").wait_for()
    hands.expect_at("agent-id")
    hands.type(agent.agent_id)
    hands.press("Tab")
    hands.type(agent.password)
    hands.press("Enter")
    page.get_by_test_id("search").wait_for()
    window.faults.clear()

    # Skip link: the first stop on the page
    hands.press("Tab")
    hands.expect_at("skip-link")
    hands.expect_focus()
    hands.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    # Find and open
    hands.press("/")
    hands.expect_at("search")
    hands.type(f"wx_{phone}")
    hands.press("Enter")
    hands.expect_at("ticket-detail")

    # New ticket
    hands.type("昨晚充值 648 元未到账")
    hands.press("Control+Enter")
    ticket = page.locator("[data-testid=ticket]").first
    expect(ticket).to_have_attribute("data-state", "pending")
    expect(ticket).to_have_attribute("aria-label", re.compile("T-"))  # it is saved
    hands.expect_at("ticket-detail")
    hands.press("Escape")
    hands.expect_focus()

    # Status and solution
    hands.press("s")
    expect(ticket).to_have_attribute("data-state", "in_progress")
    hands.expect_focus()
    hands.press("r")
    hands.expect_at("solution-text")
    hands.press("Escape")
    expect(page.get_by_test_id("solution-form")).to_have_count(0)
    hands.expect_focus()
    hands.press("s")  # done needs a solution
    hands.expect_at("solution-text")
    hands.type("财务确认后补发")
    hands.press("Control+Enter")
    expect(ticket).to_have_attribute("data-state", "done")
    expect(page.get_by_test_id("solution-form")).to_have_count(0)
    hands.expect_focus()

    # Contact
    hands.press("l")
    expect(page.locator("[data-testid=touch-form] input:focus")).to_have_value("lost")
    hands.expect_focus()
    hands.press("Escape")
    expect(page.get_by_test_id("touch-form")).to_have_count(0)
    hands.expect_focus()
    hands.press("l")
    expect(page.locator("[data-testid=touch-form] input:focus")).to_have_value("lost")
    hands.press("ArrowRight")
    hands.press("ArrowRight")  # lost, thinking, no reply
    hands.tab_to("touch-situation")
    hands.type("晚上再联系")
    hands.press("Control+Enter")
    expect(page.locator("[data-testid=touch]").first).to_contain_text("晚上再联系")
    expect(page.get_by_test_id("touch-form")).to_have_count(0)
    hands.expect_focus()

    # Order
    expect(page.locator("[data-testid=profile][data-state=ok]")).to_have_count(3, timeout=30_000)
    hands.press("o")
    hands.expect_at("order-pack")
    hands.type(pack["code"])
    hands.press("Enter")
    hands.expect_at("order-transaction")
    hands.type(f"42000{phone}")
    hands.press("Control+Enter")
    expect(page.locator("[data-testid=order]")).to_contain_text(pack["code"])
    expect(page.get_by_test_id("order-form")).to_have_count(0)
    hands.expect_focus()

    # A quote by its button, and back with Esc
    hands.tab_to("new-quote", key="Shift+Tab")
    hands.press("Enter")
    expect(page.get_by_test_id("quote-form").locator("input:focus")).to_have_count(1)
    hands.press("Escape")
    hands.expect_at("new-quote")

    # Palette: another page, and back to where the focus was
    hands.press("Control+k")
    hands.expect_at("palette-input")
    hands.press("Tab")
    hands.press("Tab")
    hands.press("Tab")
    assert page.evaluate(IN_DIALOG)
    hands.press("Escape")
    hands.expect_at("new-quote")
    hands.press("Control+k")
    hands.expect_at("palette-input")
    hands.type("工单")
    expect(page.get_by_test_id("choice").first).to_contain_text("工单")
    hands.press("Enter")
    expect(page).to_have_url(re.compile("/tickets"))
    page.get_by_test_id("ticket-list").wait_for()
    expect(page.locator("#main")).to_be_focused()

    # Help
    hands.press("?")
    page.get_by_test_id("shortcut-help").wait_for()
    hands.expect_focus()
    hands.press("Escape")
    expect(page.get_by_test_id("shortcut-help")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()

    # Settings
    hands.press("8")
    page.get_by_test_id("settings-page").wait_for()
    expect(page.locator("#main")).to_be_focused()
    hands.tab_to("settings-password")
    hands.press("Enter")
    page.get_by_test_id("password-form").wait_for()
    hands.expect_focus()

    # Sign out
    hands.tab_to("agent-menu", key="Shift+Tab")
    hands.press("Enter")
    hands.tab_to("sign-out")
    hands.press("Escape")
    hands.expect_at("agent-menu")
    hands.press("Enter")
    hands.tab_to("sign-out")
    assert page.evaluate("() => window.moused === undefined")  # signing out loads the page anew
    assert window.faults == []
    hands.press("Enter")
    page.get_by_test_id("sign-in").wait_for()
    hands.expect_focus()
    assert agent.get("/touches", player_id=player["player_id"]).json()["items"]


def _composing(page: Page, key: str) -> None:
    """A key as an input method sends it while it composes."""
    page.evaluate(
        """(key) => {
          const field = document.activeElement
          field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
          field.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true }))
          field.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: 229, bubbles: true, cancelable: true }))
        }""",
        key,
    )


def test_single_keys_are_off_while_typing_composing_and_when_switched_off__R29(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空", wechat_id=f"wx_{new_phone()}")
    ticket = agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"}).json()
    window = console()
    page = enter(window, agent, of_player(player))
    hands = Hands(page)
    row = page.locator(f"[data-ticket='{ticket['ticket_id']}']")
    row.wait_for()

    hands.press("n")
    hands.expect_at("ticket-detail")
    hands.type("slron123?")  # text like any other
    expect(page.get_by_test_id("ticket-detail")).to_have_value("slron123?")
    _composing(page, "Escape")  # belongs to the input method
    hands.expect_at("ticket-detail")
    _composing(page, "Enter")
    assert page.get_by_test_id("ticket").count() == 1
    hands.press("Escape")
    hands.expect_focus()
    _composing(page, "s")
    expect(row).to_have_attribute("data-state", "pending")

    hands.press("?")
    page.get_by_test_id("shortcut-help").wait_for()
    hands.press("s")  # nothing behind a dialog
    hands.tab_to("single-keys")
    hands.press("Space")
    hands.press("Escape")
    for key in ("s", "l", "n", "o", "2", "?"):
        hands.press(key)
    expect(page.get_by_test_id("touch-form")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?player="))
    expect(row).to_have_attribute("data-state", "pending")
    hands.press("Control+k")  # not a single key
    hands.expect_at("palette-input")
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["state"] == "pending"
    assert window.faults == []
