"""What becomes of a player after he was entered: changed, looked up, handed over, merged, erased, in the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, notice, of_player
from tests.desk import Person, new_phone

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_a_player_is_edited_and_found_by_his_former_wechat_id__R3(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    phone = new_phone()
    player = agent.create_player(phone, wechat_id=f"old_{phone}", wechat_name="卷帘大将")
    window = console()
    page = enter(window, agent, of_player(player))
    card = page.get_by_test_id("player-card")

    card.get_by_test_id("edit-player").click()
    form = card.get_by_test_id("player-edit")
    form.get_by_label("微信号").fill(f"new_{phone}")
    form.get_by_label("消费等级").select_option("whale")
    form.get_by_test_id("edit-tags").fill("周末在线 爱冲榜")
    form.get_by_label("备注").fill("只在晚上回复")
    form.get_by_label("备注").press("Control+Enter")

    expect(card.get_by_test_id("wechat-id")).to_have_text(f"new_{phone}")
    expect(card).to_contain_text(f"old_{phone}")  # kept as an alias
    for shown in ("周末在线", "爱冲榜", "只在晚上回复"):
        expect(card).to_contain_text(shown)
    card.get_by_test_id("act-history").click()
    expect(card.locator("[data-testid=change][data-kind=tier_changed]")).to_be_visible()
    page.get_by_test_id("search").fill(f"old_{phone}")
    expect(page.get_by_test_id("player-row")).to_have_count(1)
    assert window.faults == []


def test_contacts_of_a_colleagues_player_are_masked_until_somebody_says_why__R2(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    owner, colleague, lead = hire(), hire(), hire("lead")
    phone = new_phone()
    player = owner.create_player(phone, wechat_name="文殊")
    window = console()
    page = enter(window, colleague, of_player(player))
    card = page.get_by_test_id("player-card")
    expect(card.get_by_test_id("phones")).to_contain_text(f"{phone[:3]}****{phone[-4:]}")
    expect(card.get_by_test_id("edit-player")).to_have_count(0)

    card.get_by_test_id("reveal").click()
    card.get_by_test_id("reveal-identity").click()

    expect(card.get_by_test_id("phones")).to_have_text(re.compile(phone))
    assert window.faults == []
    [reveal] = lead.get(f"/players/{player['player_id']}/reveals").json()["items"]
    assert reveal["agent_id"] == colleague.agent_id
    card.get_by_test_id("act-history").click()
    expect(card.locator("[data-testid=change][data-kind=contacts_revealed]")).to_be_visible()


def test_a_player_is_handed_over_with_his_open_work__R4(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="普贤")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "改名卡没用"})
    window = console()
    page = enter(window, agent, of_player(player))
    card = page.get_by_test_id("player-card")

    card.get_by_test_id("act-handOver").click()
    card.get_by_test_id("hand-over-to").select_option(colleague.agent_id)
    card.get_by_test_id("hand-over-save").click()

    notice(page, "玩家已转交给")
    expect(card).to_contain_text(f"wx_{colleague.agent_id}")
    expect(page.get_by_test_id("ticket")).to_contain_text(colleague.agent_id)  # follows its player's owner
    assert window.faults == []


def test_two_records_of_one_person_are_merged_and_parted_again__R6(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    phones = new_phone(), new_phone()
    player = agent.create_player(phones[0], wechat_name="二郎神", tier="small")
    other = agent.create_player(phones[1], wechat_name="杨二郎", tier="whale")
    agent.post("/tickets", {"player_id": other["player_id"], "detail": "另一份里的工单"})
    window = console()
    page = enter(window, agent, of_player(player))
    card = page.get_by_test_id("player-card")
    expect(page.get_by_test_id("ticket")).to_have_count(0)

    card.get_by_test_id("act-merge").click()
    form = card.get_by_test_id("player-merge")
    form.get_by_test_id("merge-find").fill(phones[1])
    form.get_by_test_id("merge-search").click()
    form.get_by_test_id("merge-choose").click()
    form.get_by_test_id("merge-tier").locator("label:has(input[value=loser])").click()
    form.get_by_test_id("merge-save").click()

    notice(page, "两份资料已合并")
    expect(card.get_by_test_id("phones")).to_contain_text(phones[1])
    expect(card).to_contain_text("超R")
    expect(page.get_by_test_id("ticket")).to_contain_text("另一份里的工单")
    page.goto(window.url + of_player(other))
    expect(page.get_by_test_id("player-view")).to_have_attribute("data-player", player["player_id"])
    card.get_by_test_id("act-merge").click()
    card.get_by_test_id("merge-undo").click()
    card.get_by_test_id("merge-undo-yes").click()

    notice(page, "合并已撤销")
    expect(card.get_by_test_id("phones")).not_to_contain_text(phones[1])
    page.goto(window.url + of_player(other))
    expect(page.get_by_test_id("player-name")).to_have_text("杨二郎")
    assert window.faults == []


def test_a_player_is_erased_on_request_and_the_books_stay__R6(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    team = "erasures"
    agent, lead = hire("agent", team), hire("lead", team)
    phone = new_phone()
    player = agent.create_player(phone, wechat_name="要求删除的人")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "请删除我的资料"})
    window = console()
    page = enter(window, lead, of_player(player))
    card = page.get_by_test_id("player-card")

    card.get_by_test_id("act-erase").click()
    card.get_by_test_id("erase-reason").fill("玩家要求删除")
    card.get_by_test_id("erase").click()
    card.get_by_test_id("erase-yes").click()

    expect(page.get_by_test_id("erased")).to_be_visible()
    expect(page.get_by_test_id("player-name")).not_to_have_text("要求删除的人")
    expect(page.get_by_test_id("ticket-composer")).to_have_count(0)
    page.get_by_test_id("search").fill(phone)
    expect(page.get_by_test_id("new-player-form")).to_be_visible()
    assert window.faults == []
