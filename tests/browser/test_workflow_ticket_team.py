"""Tickets among several: handed over, moved together, and one incident that is answered once for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, live, notice, of_player, toggle
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def tickets(agent: Person, *details: str, category: str = "bug") -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for detail in details:
        player = agent.create_player(wechat_name=f"玩家{len(made)}")
        body = {"player_id": player["player_id"], "detail": detail, "category": category}
        answer = agent.post("/tickets", body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return made


def test_a_ticket_goes_to_a_colleague_who_sees_it_at_once_and_comes_back_by_undo__R11_R13_B12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    [ticket] = tickets(agent, "装备强化失败")
    theirs = console()
    other = enter(theirs, colleague, f"/tickets?responsible={colleague.agent_id}")
    expect(other.get_by_test_id("list-empty")).to_be_visible()
    live(other)
    window = console()
    page = enter(window, agent, of_player(ticket))
    row = page.get_by_test_id("ticket")

    row.get_by_test_id("transfer-ticket").click()
    row.get_by_test_id("transfer-to").select_option(colleague.agent_id)
    row.get_by_test_id("transfer-note").fill("你负责装备，请接手")
    row.get_by_test_id("transfer-save").click()
    notice(page, ticket["number"])
    page.get_by_test_id("undo").hover()  # what is pointed at stays
    expect(row).to_contain_text(colleague.agent_id)
    expect(other.get_by_test_id("row")).to_contain_text(ticket["number"])
    page.get_by_test_id("undo").click()

    expect(row).to_contain_text(agent.agent_id)
    row.get_by_test_id("toggle-timeline").click()
    expect(row.locator("[data-testid=entry][data-kind=transfer]")).to_have_count(2)
    expect(row.get_by_test_id("timeline")).to_contain_text("你负责装备，请接手")
    assert (window.faults, theirs.faults) == ([], [])


def test_several_tickets_are_taken_up_put_back_and_ended_together_with_one_solution__R10(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    tickets(agent, "停服补偿没收到", "补偿没到", "没有补偿邮件")
    window = console()
    page = enter(window, agent, f"/tickets?responsible={agent.agent_id}&state=pending")
    rows = page.get_by_test_id("row")
    expect(rows).to_have_count(3)

    page.get_by_test_id("select-all").click()
    page.get_by_test_id("bulk-in_progress").click()
    expect(rows).to_have_count(0)
    page.get_by_test_id("undo").click()
    expect(rows).to_have_count(3)
    page.get_by_test_id("select-all").click()
    page.get_by_test_id("bulk-done").click()
    expect(page.get_by_test_id("bulk-save")).to_be_disabled()  # none of them has a solution
    page.get_by_test_id("bulk-solution").fill("统一补发邮件")
    page.get_by_test_id("bulk-save").click()
    expect(rows).to_have_count(0)
    toggle(page, "state", "pending")
    toggle(page, "state", "done")
    expect(rows).to_have_count(3)
    assert window.faults == []


def test_one_incident_is_answered_once_for_all_its_tickets_and_says_how_far_it_is__R11(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    parent, *children = tickets(agent, "全服掉线", "进不去游戏", "一直转圈", "登录失败")
    window = console()
    page = enter(window, agent, f"/tickets/{parent['ticket_id']}")
    incident = page.get_by_test_id("incident")

    incident.get_by_test_id("child-numbers").fill("T-999999999")
    incident.get_by_test_id("child-add").click()
    expect(incident).to_contain_text("没有找到 T-999999999")
    incident.get_by_test_id("child-numbers").fill("，".join(one["number"] for one in children))
    incident.get_by_test_id("child-add").click()
    expect(incident.get_by_test_id("child")).to_have_count(3)
    incident.get_by_test_id("child").filter(has_text=children[2]["number"]).get_by_test_id("child-detach").click()
    expect(incident.get_by_test_id("child")).to_have_count(2)
    page.get_by_test_id("undo").click()
    expect(incident.get_by_test_id("child")).to_have_count(3)

    incident.get_by_test_id("answer-text").fill("服务器已恢复，补偿稍后发放")
    incident.get_by_test_id("answer-close").check()
    expect(incident.get_by_test_id("answer-save")).to_contain_text("4")
    incident.get_by_test_id("answer-save").click()
    progress = incident.get_by_test_id("answer-progress")
    expect(progress).to_have_attribute("data-state", "done", timeout=30_000)
    expect(progress).to_contain_text("全部答复完毕")
    expect(incident.locator("[data-testid=child][data-state=done]")).to_have_count(3)
    expect(page.get_by_test_id("ticket")).to_have_attribute("data-state", "done")

    incident.get_by_role("link", name=children[0]["number"]).click()
    expect(page.get_by_test_id("ticket-solution")).to_contain_text("服务器已恢复，补偿稍后发放")
    expect(page.get_by_test_id("timeline")).to_contain_text("服务器已恢复")
    page.get_by_test_id("ticket-parent").click()
    expect(page.get_by_test_id("child")).to_have_count(3)
    assert window.faults == []
