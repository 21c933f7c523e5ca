"""What a page in a real Chromium says of its own speed.

Of loading: the largest contentful paint, and what was asked of the API, how often and how far in a row. Of use: how
long each interaction took until the next paint (event timing, in steps of 8 ms, from 16 ms on), and the longest
animation frame (from 50 ms on), which is how long something typed at that moment would have waited.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
SMALLEST = 16  # ms; what is faster is not told
FAR_MS = 400  # to the server and back: so far away, no request begins after another's answer unless it waits for it
_FOLLOWED = re.compile(r"/api/home/players/[^/]+")  # what a colleague changes before the stream's hello is told by none
_SETTLED_MS = 500  # without a larger paint
_WATCH = """
(() => {
  const seen = (window.benchSeen = { paint: 0, what: '', events: [], frames: [] })
  const watch = (type, each, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more })
  watch('largest-contentful-paint', (paint) => {
    seen.paint = paint.startTime
    seen.what = paint.element ? paint.element.outerHTML.slice(0, 120) : ''
  })
  watch('event', (event) => event.interactionId && seen.events.push([event.interactionId, event.name, event.duration]),
    { durationThreshold: 16 })
  watch('long-animation-frame', (frame) => seen.frames.push([frame.duration, frame.startTime]))
})()
"""
_ASKED = """
() => performance.getEntriesByType('resource')
  .filter(({ name }) => new URL(name).pathname.startsWith('/api/') && !name.endsWith('/api/events'))
  .map(({ name, initiatorType, startTime, responseEnd }) =>
    [name.replace(location.origin, ''), startTime, responseEnd, initiatorType === 'link'])
"""
_TAKE = """
() => {
  const { events, frames } = benchSeen
  benchSeen.events = []
  benchSeen.frames = []
  return [events, frames]
}
"""
_TWO_FRAMES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))"
)


@dataclass(frozen=True)
class Asked:
    """A request of the page, with milliseconds since it was opened."""

    path: str
    began: float
    ended: float
    beside: bool = False  # asked by the page itself, beside its script


@dataclass(frozen=True)
class Load:
    """A page that was opened."""

    paint_ms: float
    what: str
    asked: tuple[Asked, ...]


@dataclass
class Use:
    """Steps of a session, each with its worst interaction and its longest frame, in ms."""

    interactions: dict[str, float] = field(default_factory=dict)
    frames: dict[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        return max(self.interactions.values(), default=0)

    @property
    def longest(self) -> float:
        return max(self.frames.values(), default=0)


def in_a_row(asked: Sequence[Asked]) -> int:
    """How many requests of the script began one after the answer to another, at most."""
    asked = [request for request in asked if not request.beside]
    depths: list[int] = []
    for request in asked:
        before = (depth for other, depth in zip(asked, depths, strict=False) if other.ended <= request.began)
        depths.append(1 + max(before, default=0))
    return max(depths, default=0)


def twice(asked: Sequence[Asked]) -> list[str]:
    """What was asked more than once; a player's home may be again, when the stream begins to follow him."""
    paths = [request.path for request in asked]
    return sorted({path for path in paths if paths.count(path) > (2 if _FOLLOWED.fullmatch(path) else 1)})


def worst_of(events: Sequence[Sequence[Any]]) -> float:
    """Of `[interaction, event's name, duration]`: the longest. An interaction takes as long as its longest event."""
    return max((float(duration) for _, _, duration in events), default=0)


class Window:
    """A page that is watched."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.page.add_init_script(_WATCH)
        self.use = Use()
        self._url = url

    def far_away(self) -> Window:
        """The same window with a long line to the server; what the browser has kept costs nothing."""
        line = {"offline": False, "latency": FAR_MS, "downloadThroughput": -1, "uploadThroughput": -1}
        self.page.context.new_cdp_session(self.page).send("Network.emulateNetworkConditions", line)
        return self

    def open(self, path: str, ready: str) -> Load:
        """Load a page from the server and wait until `ready` is there and nothing larger is painted any more."""
        self.page.goto(self._url + path)
        self.page.locator(ready).first.wait_for()
        painted = -1.0
        while (paint := float(self.page.evaluate("benchSeen.paint"))) != painted or paint == 0:
            painted = paint
            self.page.wait_for_timeout(_SETTLED_MS)
        asked = sorted((Asked(*request) for request in self.page.evaluate(_ASKED)), key=lambda request: request.began)
        return Load(paint, self.page.evaluate("benchSeen.what"), tuple(asked))

    @contextmanager
    def step(self, name: str) -> Iterator[Page]:
        """What is done inside counts under this name."""
        self._take()
        yield self.page
        events, frames = self._take()
        self.use.interactions[name] = max(self.use.interactions.get(name, 0), worst_of(events))
        longest = max((float(duration) for duration, _ in frames), default=0)
        self.use.frames[name] = max(self.use.frames.get(name, 0), longest)

    def _take(self) -> tuple[list[Any], list[Any]]:
        self.page.evaluate(_TWO_FRAMES)
        events, frames = self.page.evaluate(_TAKE)
        return events, frames


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless, as the browser tests have it."""
    path = os.environ.get("GAMEDESK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, state: Any = None) -> BrowserContext:
    """A browser that knows nothing but `state`: its cache is empty."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}, storage_state=state
    )
    context.set_default_timeout(30_000)
    return context
