"""The live connection: one for all tabs of a browser; when it breaks, the page says so and catches up (B12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cable import Cable
from tests.browser.conftest import Console
from tests.browser.steps import enter, live, of_player
from tests.conftest import Site
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def cable(site: Site) -> Iterator[Cable]:
    with Cable(site.url) as cable:
        yield cable


def _state(page: Page, state: str, text: str) -> None:
    """In words, not in colour alone."""
    shown = page.locator(f"[data-testid=live][data-state={state}]")
    expect(shown).to_contain_text(text, timeout=20_000)


def test_what_happened_while_the_connection_was_away_is_there_without_a_reload__B12(
    console: Callable[..., Console], hire: Callable[..., Person], cable: Cable
) -> None:
    agent, colleague = hire(), hire()
    player = agent.create_player(wechat_name="沙悟净")
    window = console()
    window.url = cable.url
    page = enter(window, agent, of_player(player))
    _state(page, "live", "实时")
    page.evaluate("() => { window.notReloaded = true }")
    page.get_by_test_id("ticket-detail").fill("我正在写的内容")

    cable.cut()
    _state(page, "off", "已断开")
    colleague.post("/tickets", {"player_id": player["player_id"], "detail": "断开期间的问题"})
    expect(page.get_by_test_id("ticket")).to_have_count(0)
    cable.mend()

    _state(page, "live", "实时")
    expect(page.get_by_test_id("ticket")).to_contain_text("断开期间的问题")
    expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")
    assert page.evaluate("() => window.notReloaded")


def test_a_list_catches_up_after_an_outage__B12(
    console: Callable[..., Console], hire: Callable[..., Person], cable: Cable
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="沙悟净")
    window = console()
    window.url = cable.url
    page = enter(window, agent, f"/tickets?responsible={agent.agent_id}")
    expect(page.get_by_test_id("list-empty")).to_be_visible()
    _state(page, "live", "实时")

    cable.cut()
    _state(page, "off", "已断开")
    agent.post("/tickets", {"player_id": player["player_id"], "detail": "断开期间的问题"})
    cable.mend()

    _state(page, "live", "实时")
    expect(page.get_by_test_id("row")).to_have_count(1)


def test_all_tabs_share_one_connection_and_keep_it_when_the_first_closes__B12(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk, cable: Cable
) -> None:
    agent, colleague = hire(), hire()
    players = [agent.create_player(wechat_name=name) for name in ("孙悟空", "猪八戒", "沙悟净")]
    window = console()
    window.url = cable.url
    first = enter(window, agent, of_player(players[0]))
    live(first)
    others = [window.page.context.new_page() for _ in players[1:]]
    for page, player in zip(others, players[1:], strict=True):
        page.goto(cable.url + of_player(player))
        live(page)
    desk.eventually(lambda: cable.streams == 1)

    first.close()
    for page, player in zip(others, players[1:], strict=True):
        colleague.post("/tickets", {"player_id": player["player_id"], "detail": f"问题：{player['wechat_name']}"})
        expect(page.get_by_test_id("ticket")).to_contain_text(f"问题：{player['wechat_name']}")
        live(page)
    desk.eventually(lambda: cable.streams == 1)

    for page in others:
        page.close()
    desk.eventually(lambda: cable.streams == 0)
