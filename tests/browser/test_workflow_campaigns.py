"""A campaign in the page: planned with its audience, launched, drawn, called, and back at the same place."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, segment
from tests.desk import Desk, Person
from tests.e2e.shop import GAME, Shop, open_shop, today

pytestmark = [pytest.mark.product, pytest.mark.browser]


@pytest.fixture
def shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    return open_shop(desk, hire)


def test_a_campaign_is_planned_launched_and_drawn_and_its_calls_lead_home_and_back__R15_R16_R23(
    console: Callable[..., Console], shop: Shop
) -> None:
    for name in ("大圣", "沙师弟", "白龙"):
        shop.player(wechat_name=name, tier="whale")
    shop.player(wechat_name="闲客", tier="small")
    name = f"国庆促销{secrets.token_hex(3)}"
    window, agents = console(), console()
    lead = enter(window, shop.lead, "/campaigns/new")

    lead.get_by_test_id("campaign-name").fill(name)
    lead.get_by_test_id("campaign-theme").fill("超R专享")
    lead.get_by_test_id("campaign-starts-on").fill(today().isoformat())
    lead.get_by_test_id("campaign-ends-on").fill((today() + timedelta(days=7)).isoformat())
    lead.get_by_test_id(f"game-{GAME}").check()
    lead.get_by_test_id("tier-whale").check()
    expect(lead.locator("[data-testid=audience][data-status=ok]")).to_be_visible()
    expect(lead.get_by_test_id("audience-players")).to_contain_text(re.compile(r"[1-9]"))
    lead.get_by_test_id("campaign-save").click()
    expect(lead.get_by_test_id("campaign-state")).to_have_attribute("data-state", "draft")
    lead.get_by_test_id("launch").click()
    lead.get_by_test_id("launch-yes").click()
    expect(lead.get_by_test_id("campaign-state")).to_have_attribute("data-state", "running")
    expect(lead.get_by_test_id("draw")).to_have_attribute("data-state", "done", timeout=30_000)
    expect(lead.get_by_test_id("progress-total")).to_be_visible()
    campaign_id = lead.url.rsplit("/", 1)[1]

    page = enter(agents, shop.agent, f"/campaigns/{campaign_id}")
    page.get_by_test_id("open-calls").click()
    rows = page.get_by_test_id("call-list").get_by_test_id("row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="闲客")).to_have_count(0)
    page.get_by_test_id("filter-state").select_option("open")
    expect(page).to_have_url(re.compile("state=open"))
    address = page.url
    rows.filter(has_text="沙师弟").get_by_role("link").first.click()
    form = page.get_by_test_id("touch-form")  # opened for this campaign
    expect(form.get_by_test_id("campaign")).to_have_value(campaign_id)
    segment(form, "thinking")
    form.get_by_test_id("touch-situation").fill("周末再说")
    form.get_by_test_id("touch-follow-up").fill((today() + timedelta(days=2)).isoformat())
    form.get_by_test_id("touch-save").click()
    expect(page.locator("[data-testid=touch][data-outcome=thinking]")).to_be_visible()

    page.go_back()
    expect(page).to_have_url(address)
    expect(rows).to_have_count(2)  # who was called is open no more
    page.get_by_test_id("filter-state").select_option("thinking")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("周末再说")
    lead.reload()
    expect(lead.get_by_test_id("progress-row").filter(has_text=shop.agent.agent_id[-3:])).to_contain_text("1")
    assert (window.faults, agents.faults) == ([], [])
