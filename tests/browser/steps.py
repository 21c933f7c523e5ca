"""What the walks through the pages have in common: a window where somebody has signed in, and a picture to paste."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Download, ElementHandle, Locator, Page, expect

from tests.browser.conftest import Console
from tests.desk import Person

# Chromium says so of every answer from 400 on.
REFUSED = "Failed to load resource: the server responded with a status of"

PASTE = """(target, [event, name]) => new Promise((done) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 200 })
  const pen = canvas.getContext('2d')
  pen.fillStyle = '#1d5fd1'
  pen.fillRect(20, 20, 200, 120)
  pen.fillText(name, 40, 180)
  canvas.toBlob((blob) => {
    const data = new DataTransfer()
    data.items.add(new File([blob], name, { type: 'image/png' }))
    const made = event === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
    done(!target.dispatchEvent(made))
  }, 'image/png')
})"""


def enter(window: Console, person: Person, path: str = "/") -> Page:
    """The window at `path`, with the session that `person` has already, and with the clipboard at hand."""
    [(name, value)] = person.http.cookies.items()
    host = urlsplit(window.url)
    context = window.page.context
    context.add_cookies([{"name": name, "value": value, "domain": host.hostname or "", "path": "/"}])
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=window.url)
    window.page.goto(window.url + path)
    window.page.get_by_test_id("agent-menu").wait_for()
    return window.page


def live(page: Page) -> None:
    """Changes arrive by themselves from now on."""
    expect(page.locator("[data-testid=live][data-state=live]")).to_be_visible()


def of_player(player: dict[str, Any]) -> str:
    """The address of a player on the home page."""
    return f"/?player={player['player_id']}"


def pictured(where: Locator, event: str, name: str = "screenshot.png") -> bool:
    """Pastes or drops a picture there; whether the page took it, instead of the browser."""
    element: ElementHandle | None = where.element_handle()
    assert element is not None
    return element.evaluate(PASTE, [event, name])


def clipboard(page: Page) -> str:
    return page.evaluate("() => navigator.clipboard.readText()")


def segment(where: Locator, value: str) -> None:
    """Chooses one of a few, whose radio button is hidden behind its label."""
    where.locator(f"label:has(input[value={value}])").first.click()


def toggle(page: Page, name: str, value: str) -> None:
    """One of a filter's choices, whose box is hidden behind its label."""
    page.locator(f"label:has([data-testid=filter-{name}-{value}])").click()


def notice(page: Page, text: str) -> None:
    expect(page.get_by_test_id("notices")).to_contain_text(text)


def refused(window: Console, status: int) -> None:
    """Nothing was complained about but answers of this status, which the test brought about."""
    assert window.faults, f"no answer was {status}"
    assert [fault for fault in window.faults if not fault.startswith(f"{REFUSED} {status}")] == []


def downloaded(page: Page, act: Callable[[], None]) -> Download:
    with page.expect_download() as download:
        act()
    return download.value


def rows_of(download: Download) -> list[dict[str, Any]]:
    """The rows of a spreadsheet by the names of its columns."""
    from openpyxl import load_workbook

    assert download.suggested_filename.endswith(".xlsx")
    with download.path().open("rb") as file:
        sheet = load_workbook(file).worksheets[0]
    names, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip([str(name) for name in names], row, strict=True)) for row in rows]
