"""A real Chromium, driven by Playwright, in front of the whole product with the built console."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, expect, sync_playwright

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
expect.set_options(timeout=15_000)  # ms; a busy machine takes longer than the 5 s that Playwright gives
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


class Browsers:
    """One Chromium for each language, started when it is first asked for: its own date fields speak no other."""

    def __init__(self, chromium: BrowserType, path: str) -> None:
        self._chromium, self._path = chromium, path
        self._running: dict[str, Browser] = {}

    def __call__(self, locale: str) -> Browser:
        if locale not in self._running:
            language = locale.replace("-", "_")
            spoken: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": language, "LANG": f"{language}.UTF-8"}
            flags = [*FLAGS, f"--lang={locale}"]
            self._running[locale] = self._chromium.launch(executable_path=self._path, args=flags, env=spoken)
        return self._running[locale]

    def close(self) -> None:
        for browser in self._running.values():
            browser.close()


# Not for the session: Playwright's event loop runs in this thread until it ends, and other tests run their own.
@pytest.fixture(scope="package")
def browsers() -> Iterator[Browsers]:
    path = os.environ.get("GAMEDESK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("No Chromium: install it, name it in GAMEDESK_CHROMIUM, or run with --no-browser")
    with sync_playwright() as playwright:
        browsers = Browsers(playwright.chromium, path)
        yield browsers
        browsers.close()


def new_context(browsers: Browsers, locale: str, scheme: Any = "light", motion: Any = None) -> BrowserContext:
    """A window's cookies and storage, on a desk in China; `motion="reduce"` for one where nothing fades."""
    context = browsers(locale).new_context(
        locale=locale,
        color_scheme=scheme,
        reduced_motion=motion,
        timezone_id="Asia/Shanghai",
        viewport={"width": 1440, "height": 900},
    )
    context.set_default_timeout(15_000)
    return context


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
        """A screenshot into docs/screenshots when GAMEDESK_SCREENSHOTS is set, with few enough colours to be small."""
        if os.environ.get("GAMEDESK_SCREENSHOTS"):
            picture = Image.open(io.BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
            small = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            small.save(SCREENSHOTS / f"{name}.png", optimize=True)


@pytest.fixture
def console(browsers: Browsers, site: Site) -> Iterator[Callable[..., Console]]:
    """`console(locale="zh-CN")`: a new browser window."""
    contexts: list[BrowserContext] = []

    def open_window(locale: str = "zh-CN", scheme: Any = "light") -> Console:
        contexts.append(new_context(browsers, locale, scheme))
        return Console(contexts[-1], site.url)

    yield open_window
    for context in contexts:
        context.close()
