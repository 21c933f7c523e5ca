"""Every page in both languages and both themes: accessible, without complaints, with nothing cut or from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Request, expect

from tests.browser.conftest import SCREENSHOTS, Browsers, Console, new_context
from tests.browser.pages import PAGES, Page
from tests.browser.team import LEAD, Team, at_work
from tests.conftest import Site, started
from tests.desk import Desk

pytestmark = [pytest.mark.product, pytest.mark.browser]
AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What can differ between two themes of a page that was looked at as a whole.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LOOK = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})
  .then(found => found.violations)"""
THEMES = {"zh": ("light", "dark"), "en": ("dark", "light")}  # the first is there from the start, the other is chosen
IN_FOUR_LOOKS = {"home", "player", "tickets", "kpi"}
NOBODY_YET = "the server responded with a status of 401"  # asking who is signed in, before anybody is
LOADING = "[data-status=loading]:not([data-testid=player-timeline])"  # the timeline loads when it comes into sight
# The numbers, times and amounts of which a part is out of sight, in a box that does not scroll. What says by
# gd-ellipsis that it may be cut, may.
CUT = """() => {
  const cut = []
  for (const one of document.querySelectorAll('.gd-mono, .gd-num, time, td.end')) {
    const isShown = one.textContent.trim() && one.getClientRects().length
    if (!isShown || one.closest('.gd-hidden, .gd-ellipsis, input, textarea')) continue
    const range = document.createRange()
    range.selectNodeContents(one)
    const text = range.getBoundingClientRect()
    for (let box = one; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box)
      if (['auto', 'scroll'].includes(style.overflowX)) break
      if (!['hidden', 'clip'].includes(style.overflowX)) continue
      const { left, right } = box.getBoundingClientRect()
      if (text.right > right - parseFloat(style.paddingRight) + 1 || text.left < left - 1) {
        cut.push(`${one.textContent.trim()} (${Math.round(text.right - right + parseFloat(style.paddingRight))} px)`)
        break
      }
    }
  }
  return cut
}"""


# Messages that were not found are shown as their keys.
KEYS = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const keys = []
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim()
    if (/^[a-z][a-zA-Z]+(\.[a-zA-Z_][\w-]*)+$/.test(text)) keys.push(text)
  }
  return keys
}"""


@dataclass(frozen=True)
class Shown:
    """A page in a window, ready; `strangers` is what it asked for from elsewhere, `policy` what the server allows."""

    name: str
    language: str
    window: Console
    strangers: list[str]
    policy: str

    @property
    def page(self) -> Any:
        return self.window.page


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, new_state_dir: Callable[[str], Path]) -> Iterator[Site]:
    """A product of its own: other tests count what is there."""
    if os.environ.get("GAMEDESK_E2E_URL"):
        yield request.getfixturevalue("site")
        return
    with started(new_state_dir("every-page")) as site:
        yield site


@pytest.fixture(scope="module")
def team(place: Site, eventually: Callable[..., Any]) -> Iterator[Team]:
    with Desk(place.url, place.simulator_url, eventually) as desk:
        yield at_work(place, desk)


@pytest.fixture(scope="module")
def desks(place: Site, team: Team, browsers: Browsers, eventually: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`desks(language, who)`: their browser's cookies and storage, signed in once."""
    known: dict[tuple[str, str], BrowserContext] = {}
    cookies: dict[str, list[Any]] = {"nobody": []}
    with Desk(place.url, place.simulator_url, eventually) as desk:
        for who, agent_id in (("lead", LEAD), ("admin", place.admin_id)):
            [(name, value)] = desk.sign_in(agent_id, team.password).http.cookies.items()
            cookies[who] = [{"name": name, "value": value, "url": place.url}]

        def at(language: str, who: str) -> BrowserContext:
            if (language, who) not in known:
                context = new_context(browsers, {"zh": "zh-CN", "en": "en-GB"}[language], motion="reduce")
                context.add_init_script(f"localStorage.setItem('gamedesk:theme', '{THEMES[language][0]}')")
                if cookies[who]:
                    context.add_cookies(cookies[who])
                known[language, who] = context
            return known[language, who]

        yield at
        for context in known.values():
            context.close()


@pytest.fixture(
    scope="module",
    params=[(page, language) for language in THEMES for page in PAGES],
    ids=lambda param: f"{param[0].name}-{param[1]}",
)
def shown(request: pytest.FixtureRequest, place: Site, team: Team, desks: Callable[..., Any]) -> Iterator[Shown]:
    page, language = request.param
    window = Console(desks(language, page.who), place.url)
    strangers: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((place.url, "blob:")):
            strangers.append(request.url)

    window.page.on("request", asked)
    answer = window.page.goto(place.url + page.path.format(**team.ids))
    assert answer is not None
    take_steps(window, page, team)
    yield Shown(page.name, language, window, strangers, answer.headers["content-security-policy"])
    window.page.close()


def take_steps(window: Console, page: Page, team: Team) -> None:
    for step in page.steps:
        if isinstance(step, str):
            window.page.locator(step).first.click()
        else:
            where, text = step
            window.page.locator(where).first.fill(text.format(**team.ids))
    window.page.locator(page.ready).first.wait_for()
    if page.who != "nobody":
        window.page.locator("[data-testid=live][data-state=live]").wait_for()
    expect(window.page.locator(LOADING)).to_have_count(0)


def violations(shown: Shown, rules: dict[str, Any]) -> list[str]:
    found: list[dict[str, Any]] = shown.page.evaluate(LOOK, rules)
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}" for one in found]


def test_every_page_is_accessible_in_both_languages_and_themes(shown: Shown) -> None:
    problems: dict[str, list[str]] = {}
    shown.page.evaluate(AXE.read_text())
    for theme in THEMES[shown.language]:
        if (shown.page.locator("html.dark").count() == 1) != (theme == "dark"):
            shown.page.evaluate("document.querySelector('[data-testid=theme]').click()")  # a dialog may lie above it
            expect(shown.page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
        if (shown.language, theme) == ("zh", "light") or shown.name in IN_FOUR_LOOKS:
            shown.window.shot(f"{shown.name}.{shown.language}.{theme}")
        problems[theme] = violations(shown, OF_COLOURS if problems else RULES)
    assert problems == {theme: [] for theme in THEMES[shown.language]}


def test_every_page_fits_a_small_window_and_cuts_no_number(shown: Shown) -> None:
    shown.page.set_viewport_size({"width": 1280, "height": 800})
    width = shown.page.evaluate("document.documentElement.scrollWidth")
    assert (width, shown.page.evaluate(CUT)) == (1280, [])


def test_every_page_has_all_its_words(shown: Shown) -> None:
    assert shown.page.evaluate(KEYS) == []


def test_every_page_is_quiet_and_asks_for_nothing_from_elsewhere(shown: Shown) -> None:
    assert "default-src 'none'" in shown.policy
    assert "unsafe" not in shown.policy
    signed_out = shown.name == "sign-in"
    faults = [fault for fault in shown.window.faults if not (signed_out and NOBODY_YET in fault)]
    assert (faults, shown.strangers) == ([], [])


def screenshots() -> str:
    """What docs/screenshots holds, as its README says it."""
    lines = ["# Screenshots", "", "Every page as the tests saw it, 1440 × 900, in Chinese and light.", ""]
    for page in PAGES:
        others = [look for look in ("zh.dark", "en.light", "en.dark") if page.name in IN_FOUR_LOOKS]
        links = "".join(f" · [{look}]({page.name}.{look}.png)" for look in others)
        lines.append(f"- [{page.shows}]({page.name}.zh.light.png){links}")
    return "\n".join(lines) + "\n"


def test_the_screenshots_are_listed() -> None:
    listing = SCREENSHOTS / "README.md"
    if os.environ.get("GAMEDESK_SCREENSHOTS"):
        listing.write_text(screenshots(), encoding="utf-8")
    assert listing.read_text(encoding="utf-8") == screenshots()
