"""A real Chromium, driven by Playwright, in front of the whole product with the built console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.conftest import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("GAMEDESK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("No Chromium: install it, name it in GAMEDESK_CHROMIUM, or run with --no-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


class Console:
    """One agent's browser window at the console; `faults` collects what the page complained about."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def sign_in(self, agent_id: str, password: str) -> None:
        self.page.goto(self.url)
        self.page.get_by_test_id("agent-id").fill(agent_id)
        self.page.get_by_test_id("password").fill(password)
        self.page.get_by_test_id("sign-in-submit").click()
        self.page.get_by_test_id("search").wait_for()
        self.faults.clear()  # asking who is signed in, before anybody is, is answered 401

    def shot(self, name: str) -> None:
        """A screenshot into docs/screenshots when GAMEDESK_SCREENSHOTS is set; otherwise it is only taken."""
        keep = os.environ.get("GAMEDESK_SCREENSHOTS")
        self.page.screenshot(path=str(SCREENSHOTS / f"{name}.png") if keep else None)


@pytest.fixture
def console(browser: Browser, site: Site) -> Iterator[Callable[..., Console]]:
    """`console(locale="zh-CN")`: a new browser window."""
    contexts: list[BrowserContext] = []

    def open_window(locale: str = "zh-CN", scheme: Any = "light") -> Console:
        context = browser.new_context(
            locale=locale, color_scheme=scheme, timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Console(context, site.url)

    yield open_window
    for context in contexts:
        context.close()
