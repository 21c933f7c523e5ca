"""One service down: the rest of each page works, the part says so, and heals when the service is back: B9."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, of_player
from tests.conftest import Site, started
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.browser]
LATE = 90_000  # milliseconds, for what heals by itself within the minute
LACKING = "提醒暂时读不到"  # of the left column: all of what waits for the agent, or some of it


@pytest.fixture(scope="module")
def site(new_state_dir: Callable[[str], Path]) -> Iterator[Site]:
    """A product of its own, for its parts are killed."""
    with started(new_state_dir("down")) as site:
        yield site


@pytest.fixture
def admin(site: Site, desk: Desk, eventually: Callable[..., Any]) -> Person:
    """Once players is asked again, which the test before may have killed."""
    return eventually(lambda: desk.sign_in(site.admin_id, site.admin_password), within=60, every=0.5)


# Each service, the part of home that needs it, one that does not, and a list page of its own.
DOWN = {
    "sales": ("sales-panel", "tickets-panel", "/orders", "order-list"),
    "tickets": ("tickets-panel", "player-card", "/tickets", "ticket-list"),
    "players": ("player-card", "tickets-panel", "/campaigns", "campaign-list"),
    "catalog": (None, "sales-panel", "/packs", "pack-list"),
}


@pytest.mark.parametrize("service", DOWN)
def test_a_service_that_is_down_takes_its_own_part_alone_and_heals_by_itself__B9(
    service: str, console: Callable[..., Console], hire: Callable[..., Person], site: Site
) -> None:
    part, other, path, name = DOWN[service]
    agent = hire()
    player = agent.create_player(wechat_name="沙悟净")
    window = console()
    page = enter(window, agent, of_player(player))
    page.get_by_test_id("player-name").wait_for()
    reminders = page.get_by_test_id("attention")
    site.product.kill(service)
    try:
        page.goto(window.url + of_player(player))
        if part:
            panel = page.get_by_test_id(part)
            expect(panel).to_have_attribute("data-status", re.compile("error|stale"), timeout=30_000)
            expect(panel.get_by_role("button", name=re.compile("重试|刷新")).first).to_be_visible()
        expect(page.get_by_test_id(other)).to_have_attribute("data-status", re.compile("ok|stale"))
        if service != "players":  # of whom nothing waits for this agent
            expect(reminders).to_contain_text(LACKING, timeout=30_000)
        page.get_by_test_id("ticket-detail").fill("我正在写的内容")
        if service == "tickets":  # what cannot be saved is kept
            page.get_by_test_id("ticket-save").click()
            expect(page.get_by_test_id("problem")).to_be_visible(timeout=60_000)
        expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")
    finally:
        site.product.restart(service)
    if part:
        expect(page.get_by_test_id(part)).to_have_attribute("data-status", "ok", timeout=LATE)
    expect(reminders).not_to_contain_text(LACKING, timeout=LATE)
    expect(reminders).to_have_attribute("data-status", "ok", timeout=LATE)
    expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")
    page.goto(window.url + path)
    page.locator(f"[data-testid={name}][data-status=ok]").wait_for()


def test_a_page_outlasts_the_gateways_restart__B9(
    console: Callable[..., Console], hire: Callable[..., Person], site: Site, desk: Desk
) -> None:
    agent = hire()
    player = agent.create_player(wechat_name="沙悟净")
    window = console()
    page = enter(window, agent, of_player(player))
    live = page.get_by_test_id("live")
    expect(live).to_have_attribute("data-state", "live")
    page.get_by_test_id("ticket-detail").fill("我正在写的内容")
    site.product.kill("gateway")
    expect(live).to_have_attribute("data-state", "off")
    expect(live).to_contain_text("已断开")
    site.product.restart("gateway")

    expect(live).to_have_attribute("data-state", "live", timeout=30_000)
    expect(page.get_by_test_id("ticket-detail")).to_have_value("我正在写的内容")
    page.get_by_test_id("ticket-save").click()
    expect(page.get_by_test_id("ticket")).to_contain_text("我正在写的内容")
