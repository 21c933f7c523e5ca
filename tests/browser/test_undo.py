"""What can be taken back is offered so, and taken back with one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, notice, of_player
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_a_ticket_handed_over_comes_back_with_one_key__R13(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="孙悟空")
    ticket = agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"}).json()

    def responsible() -> str:
        return agent.get(f"/tickets/{ticket['ticket_id']}").json()["responsible_agent_id"]

    window = console()
    page = enter(window, agent, of_player(player))
    page.get_by_test_id("transfer-ticket").click()
    page.get_by_test_id("transfer-to").select_option(colleague.agent_id)
    page.get_by_test_id("transfer-note").fill("请接手")
    page.get_by_test_id("transfer-save").click()
    notice(page, ticket["number"])
    assert responsible() == colleague.agent_id
    page.keyboard.press("z")
    desk.eventually(lambda: responsible() == agent.agent_id)
    assert window.faults == []


def test_a_postponed_follow_up_and_a_template_switched_off_come_back__R18(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空")
    due = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    touch = {"player_id": player["player_id"], "outcome": "thinking", "follow_up_on": due}
    assert agent.post("/touches", touch).status_code == 201
    body = {"title": "问候", "text": "您好", "category_id": None, "position": 10, "personal": True}
    template = agent.post("/reply-templates", body).json()
    window = console()
    page = enter(window, agent, "/sales/follow-ups")

    page.get_by_test_id("postpone").click()
    page.get_by_test_id("day-form-7").click()
    page.get_by_test_id("day-form-save").click()
    notice(page, "撤销")
    page.locator("[data-row-link]:focus").wait_for()  # in its row again
    page.keyboard.press("z")
    expect(page.get_by_test_id("undo")).to_have_count(0)
    desk.eventually(lambda: agent.get("/follow-ups").json()["items"][0]["follow_up_on"] == due)

    page.goto(f"{window.url}/settings/templates")
    row = page.get_by_test_id("template").filter(has_text="问候")
    row.get_by_test_id("template-active").click()
    notice(page, "撤销")
    page.keyboard.press("z")

    def active() -> bool:
        listed = agent.get("/reply-templates").json()["items"]
        return next(one["active"] for one in listed if one["template_id"] == template["template_id"])

    desk.eventually(active)
    assert window.faults == []
