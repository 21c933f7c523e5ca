"""What an agent does on each page while it is measured: one scripted session a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from bench.browser import Window

ROWS = 50
PLAYERS = 20
SCROLLED = 2000  # rows of a list that are scrolled through, there and back
_WHEEL = 1600  # pixels a turn
_TYPED = "昨晚八点充值六百四十八元没有到账，已经重启过游戏，截图在微信里。"


@dataclass(frozen=True)
class Visit:
    """A page: `ready` is there once it shows its data. `{player}` stands for a player of the agent's."""

    name: str
    path: str
    ready: str
    session: Callable[[Window], None]


def bare(window: Window) -> None:
    """The same keys and wheels on a page without a script: a field, and a list of plain rows."""
    window.page.evaluate(
        """(rows) => {
          const line = (n) => { const li = document.createElement('li'); li.textContent = `第 ${n} 行`; return li }
          const list = Object.assign(document.createElement('ol'), { id: 'rows' })
          list.style.cssText = 'height: 700px; overflow: auto'
          list.append(...Array.from({ length: rows }, (_, n) => line(n)))
          document.body.replaceChildren(document.createElement('input'), list)
        }""",
        SCROLLED,
    )
    with window.step("typing") as page:
        page.locator("input").click()
        page.keyboard.type("dragon12" * 8, delay=40)
    with window.step("scrolling") as page:
        _over(page, "#rows")
        _scroll(page, lambda: page.evaluate("rows.scrollHeight - rows.scrollTop - rows.clientHeight < 2"), _WHEEL)
        _scroll(page, lambda: page.evaluate("rows.scrollTop < 2"), -_WHEEL)


def home(window: Window) -> None:
    with window.step("search") as page:
        for words in ("dragon12", "wxid_a", "王小"):
            page.keyboard.press("/")
            page.keyboard.type(words, delay=90)
            expect(page.locator("[data-testid=player-row]").first).to_be_visible()
            for _ in words:
                page.keyboard.press("Backspace", delay=20)
            page.keyboard.press("Escape")
        expect(page.get_by_test_id("attention")).to_be_visible()
    _rows(window, "player-row")
    with window.step("scroll") as page:
        _through(page, "ul#player-list", "[data-testid=player-row]")
    with window.step("filters") as page:
        for name in ("owner-all", "owner-me", "owner-all", "owner-me"):
            page.get_by_test_id(name).click()
            expect(page.locator("[data-testid=player-row]").first).to_be_visible()
    with window.step("new player") as page:
        page.get_by_test_id("new-player").click()
        page.get_by_test_id("new-player-phone").press_sequentially("13800138000", delay=60)
        page.get_by_test_id("new-player").click()
    _palette(window)


def player(window: Window) -> None:
    with window.step("open players") as page:
        page.locator("main").focus()
        for _ in range(PLAYERS):
            before = page.get_by_test_id("player-view").get_attribute("data-player")
            page.locator("body").press("j")
            page.evaluate("document.activeElement.blur()")
            page.keyboard.press("Enter")
            page.locator(f"[data-testid=player-view]:not([data-player='{before}']) [data-testid=pitch]").wait_for()
    with window.step("composer") as page:
        page.get_by_test_id("ticket-detail").click()
        page.keyboard.type(_TYPED, delay=40)
        page.get_by_test_id("ticket-category").select_option(index=2)
        page.get_by_test_id("ticket-priority").select_option(index=1)
    with window.step("forms") as page:
        for name in ("new-touch", "new-order", "new-quote"):
            page.get_by_test_id(name).click()
            page.get_by_test_id(name).click()
        page.get_by_test_id("new-touch").click()
        page.get_by_test_id("touch-situation").press_sequentially(_TYPED, delay=40)
        page.keyboard.press("Escape")
    _palette(window)


def tickets(window: Window) -> None:
    with window.step("filters") as page:
        for name in ("view-mine", "view-overdue", "view-open", "view-all"):
            _view(page, name, "ticket-list")
        page.get_by_test_id("more-filters").click()
        page.get_by_test_id("filter-category").select_option(index=2)
        page.wait_for_url("**category=*")
        _settled(page, "ticket-list")
        _view(page, "view-all", "ticket-list")
    with window.step("search") as page:
        page.keyboard.press("/")
        with page.expect_response("**/api/ticket-search?*q=dragon12*"):
            page.keyboard.type("dragon12", delay=90)
        _settled(page, "ticket-list")
        _view(page, "view-all", "ticket-list")
    _rows(window, "row")
    with window.step("scroll") as page:
        _through(page, "[data-testid=ticket-list] table", "[data-testid=row]")
    with window.step("select") as page:
        for _ in range(10):
            page.keyboard.press("x")
            page.keyboard.press("j")
        page.get_by_test_id("bulk-clear").click()
        page.get_by_test_id("select-all").click()
        page.get_by_test_id("bulk-clear").click()
    _palette(window)


def orders(window: Window) -> None:
    _list(window, "order-list", ("view-mine", "view-unverified", "view-delivered", "view-all"))
    with window.step("open") as page:
        page.locator("[data-testid=order-list] [data-testid=row] a").first.click()
        page.get_by_test_id("order-page").wait_for()
        page.go_back()
        _settled(page, "order-list")


def packs(window: Window) -> None:
    _list(window, "pack-list", ())
    with window.step("builder") as page:
        page.get_by_test_id("new-pack").click()
        page.get_by_test_id("price-box").wait_for()
        page.get_by_test_id("pack-name").press_sequentially("周末狂欢礼包", delay=60)
        page.get_by_test_id("item-search").press_sequentially("BULK-12", delay=90)
        page.get_by_test_id("item-search-found").first.wait_for()
        page.go_back()
        _settled(page, "pack-list")


def follow_ups(window: Window) -> None:
    _list(window, "follow-up-list", ("view-mine", "view-overdue", "view-done", "view-open"))
    with window.step("forms") as page:
        page.get_by_test_id("postpone").first.click()
        page.get_by_test_id("day-form").wait_for()
        page.get_by_test_id("day-form-reason").press_sequentially("玩家说下周再聊", delay=40)
        page.keyboard.press("Escape")


def kpi(window: Window) -> None:
    with window.step("filters") as page:
        for by in ("agent", "day"):
            page.get_by_test_id("filter-group_by").select_option(by)
            page.locator("[data-testid=chart-response][data-drawn=true]").wait_for()
    _palette(window)


VISITS = (
    Visit("home", "/", "[data-testid=player-row]", home),
    Visit("home with a player", "/?player={player}", "[data-testid=pitch]", player),
    Visit("tickets", "/tickets", "[data-testid=ticket-list][data-status=ok] [data-testid=row]", tickets),
    Visit("orders", "/orders", "[data-testid=order-list][data-status=ok] [data-testid=row]", orders),
    Visit("packs", "/packs", "[data-testid=pack-list][data-status=ok] [data-testid=row]", packs),
    Visit(
        "follow-ups",
        "/sales/follow-ups",
        "[data-testid=follow-up-list][data-status=ok] [data-testid=row]",
        follow_ups,
    ),
    Visit("kpi", "/kpi?left=tickets", "[data-testid=chart-response][data-drawn=true]", kpi),
)
BARE = Visit("a line of text", "/bench.txt", "pre", bare)


def _list(window: Window, testid: str, views: tuple[str, ...]) -> None:
    """What can be done with every list."""
    with window.step("filters") as page:
        for name in views:
            _view(page, name, testid)
    _rows(window, "row")
    with window.step("scroll") as page:
        _through(page, f"[data-testid={testid}] table", f"[data-testid={testid}] [data-testid=row]")
    _palette(window)


def _rows(window: Window, testid: str) -> None:
    """Down and up with J and K."""
    with window.step("j and k") as page:
        page.locator(f"[data-testid={testid}]").first.wait_for()
        page.evaluate("document.activeElement.blur()")
        for key in ("j", "k"):
            for _ in range(ROWS):
                page.keyboard.press(key)


def _palette(window: Window) -> None:
    with window.step("palette") as page:
        for _ in range(2):
            page.keyboard.press("Control+k")
            page.get_by_test_id("palette-input").wait_for()
            page.keyboard.type("dingdan", delay=60)
            page.keyboard.press("Escape")
            page.get_by_test_id("palette").wait_for(state="detached")


def _view(page: Page, name: str, testid: str) -> None:
    """One of the views that stand above a list."""
    page.get_by_test_id(name).click()
    page.locator(f"[data-testid={name}][aria-current=true]").wait_for()
    _settled(page, testid)


def _settled(page: Page, testid: str) -> None:
    page.locator(f"[data-testid={testid}][data-status=ok][aria-busy=false]").wait_for()


def _over(page: Page, selector: str) -> None:
    """The pointer over the part that scrolls."""
    box = page.locator(selector).first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, max(box["y"], 0) + 300)


def _through(page: Page, selector: str, row: str) -> None:
    """With the wheel to the end of a list, or past SCROLLED rows, and back."""
    _over(page, selector)
    scroller = page.locator(selector).locator("xpath=..")
    position = "(box) => [box.scrollTop, box.scrollHeight - box.clientHeight, box.scrollHeight]"
    row_height = (page.locator(row).first.bounding_box() or {"height": 40})["height"]
    calm = 0

    def at_end() -> bool:
        nonlocal calm
        top, last, height = scroller.evaluate(position)
        calm = calm + 1 if top >= last - 2 else 0
        return calm > 20 or top > SCROLLED * row_height or height < top

    _scroll(page, at_end, _WHEEL)
    _scroll(page, lambda: scroller.evaluate("(box) => box.scrollTop < 2"), -_WHEEL)


def _scroll(page: Page, there: Callable[[], bool], by: int) -> None:
    for _ in range(2000):
        if there():
            return
        page.mouse.wheel(0, by)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError("the list has no end")
