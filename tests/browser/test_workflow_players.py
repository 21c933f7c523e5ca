"""Players from end to end in the page: entered from a search, found by whatever one has, shown with everything."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Console
from tests.browser.steps import clipboard, enter, live, notice, of_player, refused
from tests.desk import Desk, Person, new_phone

pytestmark = [pytest.mark.product, pytest.mark.browser]


def search(page: Page, text: str) -> None:
    page.keyboard.press("Escape")
    page.get_by_test_id("search").fill(text)
    page.get_by_test_id("search").press("Enter")


def test_a_search_without_match_becomes_a_player_whose_profiles_come_by_themselves__R1_R2_R3_R4_R5(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    window = console()
    page = enter(window, agent)
    phone = new_phone()

    page.keyboard.press("/")
    page.keyboard.type(f" +86 {phone[:3]}-{phone[3:7]}-{phone[7:]} ")  # as it was copied from somewhere
    form = page.get_by_test_id("new-player-form")
    form.wait_for()
    expect(form).to_contain_text(agent.agent_id)
    form.get_by_test_id("new-player-wechat-id").fill(f"wx_{phone}")
    form.get_by_test_id("new-player-wechat-name").fill("齐天大圣")
    form.get_by_test_id("new-player-wechat-name").press("Control+Enter")

    card = page.get_by_test_id("player-card")
    expect(card.get_by_test_id("player-name")).to_have_text("齐天大圣")
    expect(card.get_by_test_id("wechat-id")).to_have_text(f"wx_{phone}")
    expect(card.get_by_test_id("phones")).to_contain_text(re.compile(phone[-4:]))
    expect(card).to_contain_text(f"wx_{agent.agent_id}")  # whose WeChat he is on, filled in
    profiles = card.locator("[data-testid=profile][data-state=ok]")
    expect(profiles).to_have_count(3, timeout=30_000)
    for game in ("xiyou", "sanguo", "xinghe"):
        row = card.locator(f"[data-testid=profile][data-game={game}]")
        expect(row.locator("td").nth(0)).not_to_have_text("—")  # nickname
        expect(row.locator("td").nth(1)).not_to_have_text("—")  # server

    card.get_by_test_id("wechat-id").get_by_role("button").click()
    notice(page, "已复制")
    assert clipboard(page) == f"wx_{phone}"
    assert window.faults == []


def test_whoever_is_known_already_is_opened_instead_of_entered_again__R2(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    phone = new_phone()
    known = agent.create_player(phone, wechat_id=f"wx_{phone}", wechat_name="老熟人")
    window = console()
    page = enter(window, agent)

    page.get_by_test_id("new-player").click()
    page.get_by_test_id("new-player-phone").fill(f"0086 {phone}")
    page.get_by_test_id("new-player-save").click()
    page.get_by_test_id("open-existing").click()

    expect(page.get_by_test_id("player-view")).to_have_attribute("data-player", known["player_id"])
    refused(window, 409)


def test_a_number_that_is_none_is_said_at_its_field__R2(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    window = console()
    page = enter(window, hire())

    page.get_by_test_id("new-player").click()
    page.get_by_test_id("new-player-phone").fill("12345")
    page.get_by_test_id("new-player-save").click()

    expect(page.get_by_test_id("new-player-phone")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("new-player-form")).to_contain_text("手机")
    refused(window, 422)


@pytest.mark.parametrize("by", ["phone", "spelled", "last_four", "wechat_id", "former_wechat_id", "nickname", "ticket"])
def test_a_player_is_found_by_whatever_one_has_and_shown_with_tickets_and_sales__R6_R8_R25_R26(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk, by: str
) -> None:
    agent = hire()
    phone = new_phone(f"{secrets.randbelow(10**4):04}" if by == "last_four" else "1111")
    name = f"wx_{phone}"
    former = f"{name}_old" if by == "former_wechat_id" else None
    player = agent.create_player(phone, wechat_id=former or name, wechat_name=f"悟空{phone[-6:-2]}")
    player_id = player["player_id"]
    if former:
        assert agent.patch(f"/players/{player_id}", {"wechat_id": name}, player["version"]).status_code == 200
    ticket = agent.post("/tickets", {"player_id": player_id, "detail": "昨晚掉线"}).json()
    touch = {"player_id": player_id, "outcome": "no_reply", "situation": "没有回复"}
    desk.eventually(lambda: agent.post("/touches", touch).status_code == 201)
    wanted: dict[str, Any] = {
        "phone": phone,
        "spelled": f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}",
        "last_four": phone[-4:],
        "wechat_id": name.upper(),
        "former_wechat_id": former,
        "ticket": ticket["number"],
    }
    if by == "nickname":
        profiles = desk.eventually(
            lambda: [one for one in agent.get(f"/players/{player_id}").json()["profiles"] if one["nickname"]], within=20
        )
        wanted["nickname"] = profiles[0]["nickname"]
    window = console()
    page = enter(window, agent)

    page.keyboard.press("/")
    page.keyboard.type(wanted[by])
    kind = "attention-row" if by == "ticket" else "player-row"
    found = page.get_by_test_id(kind)
    if by in ("last_four", "nickname"):  # others have them too
        mine = page.locator(f"[data-testid=player-row][data-player='{player_id}']")
        expect(mine).to_be_visible()
        mine.click()
    else:
        expect(found).to_have_count(1)
        page.keyboard.press("Enter")

    expect(page.get_by_test_id("player-view")).to_have_attribute("data-player", player_id)
    expect(page.get_by_test_id("ticket")).to_have_attribute("data-ticket", ticket["ticket_id"])
    expect(page.get_by_test_id("touch")).to_have_attribute("data-outcome", "no_reply")
    if by == "ticket":
        expect(page.locator("[data-testid=ticket]:focus")).to_contain_text(ticket["number"])
    assert window.faults == []


def test_what_changes_while_a_player_is_being_opened_is_not_missed__B12(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="白龙马")
    window = console()
    page = enter(window, agent)
    live(page)

    def slowly(route: Route) -> None:
        """The answer is of before the change, and comes after the page has heard of it."""
        answer = route.fetch()
        assert colleague.post("/tickets", {"player_id": player["player_id"], "detail": "刚刚记下的"}).status_code == 201
        with page.expect_response(re.compile("/api/home(\\?|$)")):  # what needs attention, asked for by the change
            pass
        route.fulfill(response=answer)

    page.route("**/api/home/players/*", slowly)
    page.locator(f"[data-player='{player['player_id']}']").click()

    expect(page.get_by_test_id("ticket")).to_contain_text("刚刚记下的")
    assert window.faults == []


def test_the_choice_and_the_search_survive_back_and_a_reload__R25(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    players = [agent.create_player(wechat_name=f"取经人{number}") for number in range(3)]
    window = console()
    page = enter(window, agent)
    page.locator(f"[data-player='{players[0]['player_id']}']").click()
    expect(page.get_by_test_id("player-name")).to_have_text("取经人0")
    page.locator(f"[data-player='{players[1]['player_id']}']").click()
    expect(page.get_by_test_id("player-name")).to_have_text("取经人1")

    page.go_back()
    expect(page.get_by_test_id("player-name")).to_have_text("取经人0")
    page.reload()

    expect(page.get_by_test_id("player-name")).to_have_text("取经人0")
    assert page.url.endswith(of_player(players[0]))
    assert window.faults == []
