"""Back keeps what was chosen and where the agent was, on every list; a page part that is gone is fetched anew."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, of_player
from tests.conftest import Site
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.browser]

# As wide as WCAG 1.4.12 asks for; by way of a sheet that the page's policy allows.
SPACED = """() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(
    '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }')
  document.adoptedStyleSheets.push(sheet)
}"""
# Every list page: its address with filters that are kept, and its list.
LISTS = (
    ("/tickets?state=pending,in_progress", "ticket-list"),
    ("/sales/follow-ups?view=proposals", "proposal-list"),
    ("/sales/contacts?outcome=lost", "contact-list"),
    ("/sales/quotes?state=held", "quote-list"),
    ("/orders?state=paid", "order-list"),
    ("/orders/refunds", "refund-list"),
    ("/orders/deliveries", "delivery-list"),
    ("/campaigns?state=running", "campaign-list"),
    ("/packs?state=active", "pack-list"),
    ("/items?game_id=xiyou", "item-list"),
    ("/price-impacts", "impact-list"),
    ("/imports", "import-list"),
)


def test_back_keeps_filters_scroll_and_row__R28(console: Callable[..., Console], hire: Callable[..., Person]) -> None:
    agent = hire()
    for number in range(30):
        player = agent.create_player(wechat_name=f"玩家{number}")
        agent.post("/tickets", {"player_id": player["player_id"], "detail": f"问题 {number}"})
    window = console()
    page = enter(window, agent, f"/tickets?responsible={agent.agent_id}&state=pending")
    rows = page.get_by_test_id("row")
    expect(rows).to_have_count(30)
    page.keyboard.press("j")
    for _ in range(25):
        page.keyboard.press("j")
    focused = page.locator("[data-row-link]:focus")
    expect(focused).to_be_visible()
    number, scrolled = focused.inner_text(), _scrolled(page)
    assert scrolled > 0
    page.keyboard.press("Enter")
    page.get_by_test_id("player-view").wait_for()

    page.go_back()

    expect(page).to_have_url(re.compile(f"responsible={agent.agent_id}&state=pending"))
    expect(focused).to_have_text(number)
    assert abs(_scrolled(page) - scrolled) < 60
    assert window.faults == []


def _scrolled(page: Page) -> float:
    return page.locator("[data-testid=ticket-list] .viewport").evaluate("(box) => box.scrollTop")


def test_every_list_keeps_its_filters_and_its_row_with_back__R28(
    console: Callable[..., Console], admin: Person, site: Site
) -> None:
    window = console()
    page = enter(window, admin)
    for path, name in LISTS:
        page.goto(site.url + path)
        listed = page.locator(f"[data-testid={name}][data-status=ok]")
        listed.wait_for()
        address = page.url
        rows = listed.get_by_test_id("row")
        row = rows.last if rows.count() else None
        key = row.get_attribute("data-key") if row else None
        if row:
            row.locator("[data-row-link]").focus()
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("1")
        expect(page).not_to_have_url(address)
        page.go_back()
        expect(page).to_have_url(address)
        if key:
            expect(listed.locator(f"[data-key='{key}'] [data-row-link]")).to_be_focused()
    assert window.faults == []


def test_a_file_that_stays_away_does_not_reload_for_ever__R29(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    window = console()
    page = enter(window, hire())
    loaded: list[str] = []
    page.on("load", lambda one: loaded.append(one.url))
    page.route(re.compile(r"/assets/Tickets-.*\.js"), lambda route: route.fulfill(status=404, body=""))
    page.get_by_test_id("nav-tickets").click()

    page.get_by_test_id("page-missing").wait_for()
    assert len(loaded) == 1
    page.unroute_all()
    page.get_by_test_id("reload").click()
    page.get_by_test_id("ticket-list").wait_for()


def test_nothing_is_cut_off_at_four_hundred_per_cent__R29(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账" * 20})
    window = console()
    page = enter(window, agent, of_player(player))
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_test_id("ticket").wait_for()
    _fits(page)
    page.get_by_test_id("ticket-detail").click()
    page.evaluate(SPACED)
    _fits(page)
    page.goto(f"{window.url}/tickets")
    page.get_by_test_id("ticket-list").wait_for()
    _fits(page)
    page.goto(window.url)
    page.get_by_test_id("search").wait_for()
    _fits(page)
    assert window.faults == []


def _fits(page: Page) -> None:
    """No scrolling in two directions, but inside of tables (WCAG 1.4.10); what can be typed into is in sight."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=15_000)
    box = page.locator("#main").bounding_box()
    assert box is not None
    assert box["width"] <= 320
    assert box["height"] > 100


def test_forced_colours_and_reduced_motion_are_respected__R29(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"})
    window = console()
    page = enter(window, agent, of_player(player))
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.get_by_test_id("ticket").wait_for()

    moving = page.evaluate(
        "() => document.getAnimations().filter((one) => one.playState === 'running')"
        ".filter((one) => one.effect.getTiming().duration > 1).length"
    )
    assert moving == 0
    page.get_by_test_id("ticket-detail").focus()
    chosen = page.locator("[data-testid=state-pending]")
    others = page.locator("[data-testid=state-done]")
    look = (
        "(one) => { const style = getComputedStyle(one); "
        "return [style.backgroundColor, style.fontWeight, style.borderColor].join() }"
    )
    assert chosen.evaluate(look) != others.evaluate(look)  # the state is not told by a soft colour alone
