"""What an agent is writing outlasts whatever happens around it, until he saves it or throws it away (R13, B12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, live, of_player, pictured
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_drafts_outlast_reload_language_and_the_end_of_the_session__R13(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空")
    window = console()
    page = enter(window, agent, of_player(player))
    page.get_by_test_id("ticket-detail").fill("我正在写的问题")
    page.get_by_test_id("new-touch").click()
    page.get_by_test_id("touch-situation").fill("我正在写的沟通")

    def kept() -> None:
        expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的问题")
        expect(page.get_by_test_id("touch-situation")).to_have_value("我正在写的沟通")

    page.reload()
    kept()
    page.get_by_test_id("language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    kept()

    address = page.url
    page.context.clear_cookies()  # the session is over: saving says so, if no other request has by now
    page.evaluate("document.querySelector('[data-testid=ticket-save]')?.click()")
    page.get_by_test_id("sign-in").wait_for()
    page.get_by_test_id("agent-id").fill(agent.agent_id)
    page.get_by_test_id("password").fill(agent.password)
    page.get_by_test_id("sign-in-submit").click()
    expect(page).to_have_url(address)
    kept()
    page.get_by_test_id("ticket-save").click()
    expect(page.get_by_test_id("ticket")).to_have_count(1)
    expect(page.get_by_test_id("ticket-detail")).to_have_value("")


def test_drafts_outlast_a_colleagues_update_and_another_player_and_go_when_thrown_away__R13(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    first, second = (agent.create_player(wechat_name=name) for name in ("孙悟空", "猪八戒"))
    ticket = agent.post("/tickets", {"player_id": first["player_id"], "detail": "充值未到账"}).json()
    window = console()
    page = enter(window, agent, of_player(first))
    live(page)
    page.get_by_test_id("edit-solution").click()
    page.get_by_test_id("solution-text").fill("我正在写的方案")

    change = {"waiting_on": "finance"}
    assert colleague.patch(f"/tickets/{ticket['ticket_id']}", change, ticket["version"]).status_code == 200
    expect(page.get_by_test_id("waiting-on")).to_have_value("finance")
    expect(page.get_by_test_id("solution-text")).to_have_value("我正在写的方案")

    page.locator(f"[data-player='{second['player_id']}']").click()
    expect(page.get_by_test_id("player-name")).to_contain_text("猪八戒")
    expect(page.get_by_test_id("solution-text")).to_have_count(0)
    page.go_back()
    expect(page.get_by_test_id("solution-text")).to_have_value("我正在写的方案")

    page.get_by_test_id("solution-text").press("Escape")  # put aside, not thrown away
    page.get_by_test_id("edit-solution").click()
    expect(page.get_by_test_id("solution-text")).to_have_value("我正在写的方案")
    page.get_by_test_id("solution-form").get_by_role("button", name="取消").click()
    page.get_by_test_id("edit-solution").click()
    expect(page.get_by_test_id("solution-text")).to_have_value("")
    assert window.faults == []


def test_pictures_that_wait_for_their_ticket_are_not_lost_without_a_word__R9(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    first, second = (agent.create_player(wechat_name=name) for name in ("孙悟空", "猪八戒"))
    window = console()
    page = enter(window, agent, of_player(first))
    detail = page.get_by_test_id("ticket-detail")
    detail.fill("截图如下")
    assert pictured(detail, "paste")
    waiting = page.get_by_test_id("composer-pictures")
    expect(waiting.get_by_role("button")).to_have_count(1)

    page.locator(f"[data-player='{second['player_id']}']").click()
    expect(page.get_by_test_id("player-name")).to_contain_text("猪八戒")
    expect(waiting).to_have_count(0)
    page.go_back()
    expect(waiting.get_by_role("button")).to_have_count(1)

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_function("() => true")
    page.get_by_test_id("ticket-save").click()
    page.get_by_test_id("upload").or_(page.get_by_test_id("picture")).first.wait_for()
    assert asked == ["beforeunload"]
