"""What an agent's hands do at the console: keys alone, counted; and where the focus is afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

_FOCUS = """() => {
  const one = document.activeElement
  const style = getComputedStyle(one)
  const around = one.closest('label, tr, ul, .segments')
  const ring = (element) => element && getComputedStyle(element).outlineStyle !== 'none'
  const ringed = ring(one) || ring(around) || ring(one.closest('tr')) || ring(one.closest('label'))
  return {
    tag: one.tagName.toLowerCase(),
    name: (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40),
    seen: ringed || style.borderStyle !== 'none' && one.matches('input, select, textarea, button'),
    container: one.id === 'main',
  }
}"""


class Hands:
    """Counts each key chord, each typing of a text, each paste as one action; knows no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    def press(self, chord: str) -> None:
        self.actions.append(chord)
        self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        self.actions.append(f"“{text}”")
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        self.actions.append(f"paste “{text}”")
        self.page.keyboard.insert_text(text)

    def tab_to(self, testid: str, key: str = "Tab", most: int = 60) -> None:
        """Tab on until the element with this handle has the focus; every stop on the way is one that can be seen."""
        wanted = self.page.get_by_test_id(testid).first
        wanted.wait_for()
        for _ in range(most):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{testid} was not reached with {most} times {key}; the focus is on {self.focus()}")

    def focus(self) -> dict[str, Any]:
        return self.page.evaluate(_FOCUS)

    def expect_at(self, testid: str) -> None:
        expect(self.page.get_by_test_id(testid).first).to_be_focused()

    def expect_focus(self) -> None:
        """The focus is somewhere, and shown: a container that was brought to the front needs no ring."""
        self.page.wait_for_function("() => document.activeElement !== document.body")
        found = self.focus()
        assert found["container"] or found["seen"], f"the focus cannot be seen: {found}"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says a figure that was measured, also of a test that passes."""

    def tell(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return tell
