"""Every page in both languages and both themes: accessible, without complaints, and with nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Request, Response

from tests.browser.conftest import Console
from tests.browser.pages import PAGES, Page
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]
AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("zh-CN", "light"), ("zh-CN", "dark"), ("en-GB", "light"), ("en-GB", "dark")]


@pytest.fixture
def agent(hire: Callable[..., Person]) -> Person:
    """A lead with some work on record, so that pages have something to show."""
    agent = hire("lead")
    work = (
        ("充值 648 元未到账", "payment", "urgent", "whale"),
        ("登录时提示账号异常", "account", "high", "big"),
        ("建议增加好友上限", "suggestion", "low", "none"),
    )
    for number, (detail, category, priority, tier) in enumerate(work):
        player = agent.create_player(wechat_name=f"玩家{number}", tier=tier)
        ticket = {"player_id": player["player_id"], "detail": detail, "category": category, "priority": priority}
        assert agent.post("/tickets", ticket).status_code == 201
    return agent


@pytest.fixture
def open_page(console: Callable[..., Console], agent: Person) -> Callable[..., tuple[Console, list[str]]]:
    """`open_page(page, locale, scheme)`: a window at a page, and what was asked for from elsewhere."""

    def open_page(page: Page, locale: str, scheme: str) -> tuple[Console, list[str]]:
        window = console(locale, scheme)
        strangers: list[str] = []

        def asked(request: Request) -> None:
            if not request.url.startswith((window.url, "blob:")):
                strangers.append(request.url)

        window.page.on("request", asked)
        window.sign_in(agent.agent_id, agent.password)
        answer: Response | None = window.page.goto(window.url + page.path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        for wanted in page.clicks:
            window.page.locator(wanted).first.click()
        window.page.locator(page.ready).first.wait_for()
        return window, strangers

    return open_page


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_accessible_and_quiet_in_both_languages_and_themes(
    open_page: Callable[..., tuple[Console, list[str]]], page: Page, locale: str, scheme: str
) -> None:
    window, strangers = open_page(page, locale, scheme)
    window.shot(f"{page.name}.{'en' if locale.startswith('en') else 'zh'}.{scheme}")
    window.page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = window.page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(found => found.violations)", RULES
    )
    problems = [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}" for one in found
    ]
    assert problems == []
    assert (window.faults, strangers) == ([], [])
