"""The page of tickets by keyboard alone: find, select, hand over, take back, open, come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_tickets_are_handed_over_and_taken_back_by_keyboard_alone__R13(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    for number in range(8):
        player = agent.create_player(wechat_name=f"玩家{number}")
        agent.post("/tickets", {"player_id": player["player_id"], "detail": f"问题 {number}"})
    window = console()
    window.sign_in(agent.agent_id, agent.password)
    page, keys = window.page, window.page.keyboard
    page.goto(f"{window.url}/tickets?responsible={agent.agent_id}")
    rows = page.get_by_test_id("row")
    expect(rows).to_have_count(8)

    keys.press("j")  # into the list
    keys.press("x")
    keys.press("Shift+J")
    keys.press("Shift+J")
    expect(page.get_by_test_id("bulk")).to_contain_text("3")
    keys.press("t")
    expect(page.get_by_test_id("bulk-to")).to_be_focused()
    expect(page.get_by_test_id("bulk-to").locator(f"option[value={colleague.agent_id}]")).to_be_attached()
    page.get_by_test_id("bulk-to").select_option(colleague.agent_id)  # a native list: its keys are the browser's
    keys.press("Tab")
    keys.type("请接手")
    keys.press("Control+Enter")
    expect(page.get_by_test_id("notices")).to_contain_text("3 个工单已转交")
    expect(rows).to_have_count(5)

    keys.press("z")
    expect(rows).to_have_count(8)

    keys.press("j")
    keys.press("j")
    focused = page.locator("[data-row-link]:focus")
    number = focused.inner_text()
    keys.press("Enter")
    expect(page.locator("[data-testid=ticket]:focus")).to_contain_text(number)
    page.go_back()
    expect(page).to_have_url(re.compile(f"responsible={agent.agent_id}"))
    expect(focused).to_have_text(number)
    assert window.faults == []


def test_another_agents_ticket_comes_into_the_list_by_itself__B12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="唐僧")
    window = console()
    window.sign_in(agent.agent_id, agent.password)
    window.page.goto(f"{window.url}/tickets?responsible={agent.agent_id}")
    expect(window.page.get_by_test_id("list-empty")).to_be_visible()
    expect(window.page.locator("[data-testid=live][data-state=live]")).to_be_visible()

    colleague.post("/tickets", {"player_id": player["player_id"], "detail": "同事记录的问题"})

    expect(window.page.get_by_test_id("row")).to_contain_text("同事记录的问题")


def test_the_list_is_exported_with_its_filters__B11(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="沙悟净")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "导出我"})
    window = console()
    window.sign_in(agent.agent_id, agent.password)
    window.page.goto(f"{window.url}/tickets?responsible={agent.agent_id}")
    expect(window.page.get_by_test_id("row")).to_have_count(1)

    with window.page.expect_download() as download:
        window.page.get_by_test_id("export").click()

    assert download.value.suggested_filename.endswith(".xlsx")
    assert window.faults == []
