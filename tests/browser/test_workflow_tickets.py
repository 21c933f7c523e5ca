"""A ticket from the player's question to its end, and what may be taken up again, in the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Console
from tests.browser.steps import clipboard, enter, notice, of_player, pictured, refused, segment
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def local(minutes_ago: int) -> str:
    """What is typed into a field of date and time; a fresh ticket waits for an hour at most before it is late."""
    moment = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=minutes_ago)
    return moment.strftime("%Y-%m-%dT%H:%M")


def entry(ticket: Locator, kind: str) -> Locator:
    return ticket.locator(f"[data-testid=entry][data-kind={kind}]")


def add_entry(ticket: Locator, kind: str, text: str) -> None:
    segment(ticket.get_by_test_id("entry-form"), kind)
    ticket.get_by_test_id("entry-text").fill(text)
    ticket.get_by_test_id("entry-text").press("Control+Enter")
    expect(entry(ticket, kind).last).to_contain_text(text)


class Held:
    """Requests to `address` wait until they are let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._waiting: list[Route] = []
        self._open = False
        page.route(address, self._asked)

    def _asked(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        self._open = True
        for route in self._waiting:
            route.continue_()


def test_a_ticket_is_composed_with_its_time_and_screenshots__R7_R9_R27(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="红孩儿")
    window = console()
    page = enter(window, agent, of_player(player))
    composer = page.get_by_test_id("ticket-composer")

    page.keyboard.press("n")
    expect(composer.get_by_test_id("ticket-detail")).to_be_focused()
    page.keyboard.type("充值 648 元，元宝没有到账")
    composer.get_by_test_id("ticket-category").select_option("payment")
    composer.get_by_test_id("ticket-priority").select_option("urgent")
    composer.get_by_test_id("ticket-asked-at-change").click()
    composer.get_by_test_id("ticket-asked-at").fill(local(50))
    assert pictured(composer.get_by_test_id("ticket-detail"), "paste", "screenshot.png"), "the page took it"
    assert pictured(composer, "drop", "order.png"), "the page took it, too"
    expect(composer.get_by_test_id("composer-pictures").get_by_role("button")).to_have_count(2)
    held = Held(page, "**/attachments?*")
    for field in composer.locator("[data-testid^=form-]").all():  # what this category asks for besides
        if field.evaluate("one => one.required"):
            field.fill("648")
    composer.get_by_test_id("ticket-save").click()

    ticket = page.get_by_test_id("ticket")
    expect(ticket).to_have_attribute("data-state", "pending")
    expect(ticket.get_by_test_id("ticket-text")).to_have_text("充值 648 元，元宝没有到账")
    expect(ticket).to_contain_text("紧急")
    expect(ticket).to_contain_text(re.compile("5[01]分钟前"))
    sending = ticket.locator("[data-testid=upload][data-state=sending]")
    expect(sending).to_have_count(2)
    expect(sending.first.get_by_role("progressbar")).to_be_visible()
    held.let_go()
    expect(ticket.get_by_test_id("picture")).to_have_count(2)
    expect(sending).to_have_count(0)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=picture] img')].every((one) => one.naturalWidth > 0)"
    )
    expect(composer.get_by_test_id("ticket-detail")).to_have_value("")
    assert window.faults == []


def test_a_template_is_filled_in_and_on_the_clipboard_and_the_reply_counts__B11_R11(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="紫霞")
    made = agent.post("/tickets", {"player_id": player["player_id"], "detail": "礼包没到"}).json()
    text = "您好{player_name}，{ticket_number} 已经在查，区服 {server}"
    template = {"title": "正在查", "text": text, "personal": True}
    assert agent.post("/reply-templates", template).status_code == 201
    window = console()
    page = enter(window, agent, of_player(player))
    ticket = page.get_by_test_id("ticket")
    expect(ticket).to_contain_text("未首次回复")
    expect(page.locator("[data-testid=profile][data-state=ok]")).to_have_count(3, timeout=30_000)

    page.keyboard.press("h")
    expect(ticket.get_by_test_id("entry-text")).to_be_focused()
    ticket.get_by_test_id("template").select_option(label="正在查")
    ticket.get_by_test_id("template-account").select_option(index=1)  # the server depends on which account is meant
    filled = re.compile(f"^您好紫霞，{made['number']} 已经在查，区服 [^{{}}]+$")
    expect(ticket.get_by_test_id("entry-text")).to_have_value(filled)
    notice(page, "已复制")
    assert filled.match(clipboard(page))
    ticket.get_by_test_id("entry-text").fill("您好紫霞，已经在查")
    ticket.get_by_test_id("entry-at-change").click()
    ticket.get_by_test_id("entry-at").fill(local(0))
    ticket.get_by_test_id("entry-save").click()

    expect(entry(ticket, "reply")).to_contain_text("您好紫霞，已经在查")
    expect(ticket).not_to_contain_text("未首次回复")
    assert window.faults == []


def test_a_department_is_consulted_answers_and_the_ticket_ends_with_a_solution__R10_R11_R12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="铁扇公主")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "扇子道具失效"})
    window = console()
    page = enter(window, agent, of_player(player))
    ticket = page.get_by_test_id("ticket")

    ticket.get_by_test_id("toggle-timeline").click()
    segment(ticket.get_by_test_id("entry-form"), "consultation")
    ticket.get_by_test_id("entry-department").select_option("tech")
    ticket.get_by_test_id("entry-text").fill("请看道具日志")
    ticket.get_by_test_id("entry-save").click()
    expect(entry(ticket, "consultation")).to_contain_text("技术")
    expect(ticket.get_by_test_id("waiting-on")).to_have_value("tech")  # whoever is asked is waited for
    segment(ticket.get_by_test_id("entry-form"), "answer")
    ticket.get_by_test_id("entry-text").fill("版本更新时丢了标记，已补")
    ticket.get_by_test_id("entry-save").click()
    expect(entry(ticket, "answer")).to_contain_text("版本更新时丢了标记，已补")
    ticket.get_by_test_id("waiting-on").select_option("player")
    expect(ticket.get_by_test_id("waiting-on")).to_have_value("player")
    add_entry(ticket, "note", "等他确认")

    ticket.get_by_test_id("state-in_progress").click()
    expect(ticket).to_have_attribute("data-state", "in_progress")
    ticket.get_by_test_id("state-done").click()
    expect(ticket.get_by_test_id("solution-text")).to_be_focused()  # no end without a solution
    expect(ticket.get_by_test_id("solution-save")).to_be_disabled()
    assert pictured(ticket.get_by_test_id("solution-text"), "paste", "fixed.png")
    page.keyboard.type("补发扇子，玩家已确认")
    page.keyboard.press("Control+Enter")

    expect(ticket).to_have_attribute("data-state", "done")
    expect(ticket.get_by_test_id("ticket-solution")).to_contain_text("补发扇子，玩家已确认")
    expect(ticket.get_by_test_id("picture")).to_contain_text("解决方案")
    expect(entry(ticket, "transition").last).to_contain_text("完成")
    assert window.faults == []


def test_what_came_back_is_taken_up_again_with_a_reason__R10_R12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="蜘蛛精")
    made = agent.post("/tickets", {"player_id": player["player_id"], "detail": "掉线"}).json()
    done = {"to": "done", "solution": "重启路由器"}
    assert agent.post(f"/tickets/{made['ticket_id']}/transitions", done, version=made["version"]).status_code == 200
    window = console()
    page = enter(window, agent, of_player(player))
    page.get_by_test_id("more-tickets").or_(page.get_by_test_id("ticket")).first.wait_for()
    if page.get_by_test_id("ticket").count() == 0:
        page.get_by_test_id("more-tickets").click()
    ticket = page.get_by_test_id("ticket")

    expect(ticket.get_by_test_id("state-pending")).to_be_disabled()
    ticket.get_by_test_id("state-in_progress").click()
    expect(ticket.get_by_test_id("reopen-reason")).to_be_focused()
    page.keyboard.type("今天又掉线了")
    page.keyboard.press("Enter")

    expect(ticket).to_have_attribute("data-state", "in_progress")
    ticket.get_by_test_id("toggle-timeline").click()
    expect(ticket.get_by_test_id("timeline")).to_contain_text("今天又掉线了")
    expect(ticket.get_by_test_id("ticket-solution")).to_contain_text("重启路由器")
    assert window.faults == []


def test_a_second_ticket_on_the_same_subject_is_offered_the_first__R12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="牛魔王")
    first = agent.post("/tickets", {"player_id": player["player_id"], "detail": "掉线", "category": "bug"}).json()
    window = console()
    page = enter(window, agent, of_player(player))
    composer = page.get_by_test_id("ticket-composer")

    composer.get_by_test_id("ticket-category").select_option("bug")
    composer.get_by_test_id("ticket-detail").fill("又掉线")
    composer.get_by_test_id("ticket-save").click()
    composer.get_by_test_id("show-existing-ticket").click()
    expect(page.locator("[data-testid=ticket]:focus-within")).to_contain_text(first["number"])
    composer.get_by_test_id("record-anyway").click()

    expect(page.get_by_test_id("ticket")).to_have_count(2)
    refused(window, 409)


def test_a_colleagues_solution_is_not_overwritten_by_mine__R13(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="白骨精")
    made = agent.post("/tickets", {"player_id": player["player_id"], "detail": "账号被盗"}).json()
    window = console()
    page = enter(window, agent, of_player(player))
    ticket = page.get_by_test_id("ticket")
    ticket.get_by_test_id("edit-solution").click()
    ticket.get_by_test_id("solution-text").fill("我写的方案")

    theirs = colleague.patch(f"/tickets/{made['ticket_id']}", {"solution": "同事写的方案"}, made["version"])
    assert theirs.status_code == 200
    ticket.get_by_test_id("solution-save").click()

    expect(ticket.get_by_test_id("conflict-theirs")).to_contain_text("同事写的方案")
    expect(ticket.get_by_test_id("solution-text")).to_have_value("我写的方案")
    ticket.get_by_test_id("conflict-keep").click()
    expect(ticket.get_by_test_id("ticket-solution")).to_contain_text("我写的方案")
    refused(window, 412)
