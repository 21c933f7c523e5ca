"""A page part whose file is gone after an update is fetched anew, and nothing that was being written is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, of_player
from tests.desk import Person

pytestmark = [pytest.mark.product, pytest.mark.browser]


def test_a_page_part_that_is_gone_after_an_update_is_fetched_with_one_reload__R29(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="孙悟空")
    window = console()
    page = enter(window, agent, of_player(player))
    page.get_by_test_id("player-view").wait_for()
    gone: list[str] = []

    def lost(route: Route) -> None:  # a file of an older version, however often it is asked for
        gone.append(route.request.url)
        route.fulfill(status=404, body="")

    page.route(re.compile(r"/assets/TouchForm.*\.js"), lost)
    page.get_by_test_id("ticket-detail").fill("我正在写的内容")
    page.get_by_test_id("new-touch").click()
    expect(page.get_by_test_id("reload")).to_be_visible()
    assert gone
    page.unroute_all()
    with page.expect_navigation():
        page.get_by_test_id("reload").click()

    expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")
    page.get_by_test_id("new-touch").click()
    page.get_by_test_id("touch-form").wait_for()

    gone.clear()

    def answer(route: Route) -> None:  # gone for the old page, there for the new one
        if gone:
            route.continue_()
        else:
            lost(route)

    page.route(re.compile(r"/assets/Tickets-.*\.js"), answer)
    page.goto(window.url)
    page.get_by_test_id("nav-tickets").click()
    page.get_by_test_id("ticket-list").wait_for()
    assert len(gone) == 1
