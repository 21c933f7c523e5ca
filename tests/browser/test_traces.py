"""What a browser keeps when an agent is done: no address, title or storage with anybody's contacts in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.desk import Person, new_phone
from tests.security.search import Needles

pytestmark = [pytest.mark.product, pytest.mark.browser]

_KEPT = """async () => ({
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
  cookie: document.cookie,
  history: history.state,
  address: location.href,
  title: document.title,
})"""


def kept(page: Page) -> dict[str, Any]:
    return page.evaluate(_KEPT)


def test_nothing_in_the_browser_tells_whose_contacts_were_looked_at(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    phone = new_phone()
    wechat = f"wx_{phone[::-1]}"
    text = f"他的电话 {phone[::-1]}"
    contacts = Needles({"phone": phone, "WeChat id": wechat, "a draft": text})
    window = console()
    page = window.page
    told: list[str] = []
    page.on("framenavigated", lambda frame: told.append(frame.url))
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    window.sign_in(agent.agent_id, agent.password)

    page.keyboard.press("/")
    page.get_by_test_id("search").fill(phone)
    page.get_by_test_id("new-player-form").wait_for()
    page.get_by_test_id("new-player-wechat-id").fill(wechat)
    page.get_by_test_id("new-player-wechat-name").fill("孙悟空")
    page.get_by_test_id("new-player-save").click()
    expect(page.get_by_test_id("player-name")).to_contain_text("孙悟空")
    page.get_by_test_id("ticket-detail").fill(text)
    while_there = kept(page)
    page.goto(f"{window.url}/tickets?q={phone}")  # as somebody pasted it
    expect(page).to_have_url(f"{window.url}/tickets")
    after = kept(page)
    page.get_by_test_id("agent-menu").click()
    page.get_by_test_id("sign-out").click()
    page.get_by_test_id("agent-id").wait_for()
    at_the_end = kept(page)

    assert list(contacts.hits("session", json.dumps(while_there["session"]).encode())), "a draft lives until it is sent"
    for moment, state in (("while there", while_there), ("after", after), ("at the end", at_the_end)):
        # Until he signs out, a tab keeps his drafts and, for Back, what he searched for.
        state = state if moment == "at the end" else {**state, "session": None, "history": None}
        assert not list(contacts.hits(moment, json.dumps(state).encode()))
    assert (at_the_end["databases"], at_the_end["caches"], at_the_end["cookie"]) == ([], [], "")
    pasted = [address for address in told if phone in address]
    assert set(pasted) <= {f"{window.url}/tickets?q={phone}"}, "nowhere but in what was pasted"
    assert not [address for address in told if wechat in address]
