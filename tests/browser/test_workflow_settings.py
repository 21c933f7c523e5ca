"""The settings that everything starts from: agents and their passwords, rules, templates, reasons, stand-ins."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import enter, notice, refused
from tests.desk import Desk, Person, new_phone
from tests.e2e.shop import today

pytestmark = [pytest.mark.product, pytest.mark.browser]


def change_password(page: Page, current: str, new: str) -> None:
    for name, value in (("current", current), ("next", new), ("again", new)):
        page.get_by_test_id(f"password-{name}").fill(value)
    page.get_by_test_id("password-form-save").click()


def test_an_admin_makes_an_agent_who_changes_the_first_password__R20_R21(
    console: Callable[..., Console], admin: Person
) -> None:
    agent_id = f"KF{secrets.randbelow(10**9):09}"
    window, theirs = console(), console()
    page = enter(window, admin, "/settings/agents")

    page.get_by_test_id("new-agent").click()
    for field, value in {
        "id": agent_id,
        "name": "新来的",
        "team": "B",
        "wechat-id": f"wx_{agent_id}",
        "wechat-name": "新客服微信",
        "password": "the very first",
    }.items():
        page.get_by_test_id(f"agent-form-{field}").fill(value)
    page.get_by_test_id("new-agent-form-save").click()
    expect(page.get_by_test_id("agent-panel")).to_contain_text("新客服微信")
    expect(page.get_by_test_id("agent-bindings").get_by_test_id("binding")).to_contain_text(f"wx_{agent_id}")

    theirs.sign_in(agent_id, "the very first")
    other = theirs.page
    other.goto(f"{theirs.url}/settings/password")
    change_password(other, "not the first one", "a better password")
    expect(other.get_by_test_id("password-current")).to_have_attribute("aria-invalid", "true", timeout=15_000)
    refused(theirs, 401)  # which does not end the session
    other.reload()
    expect(other.get_by_test_id("password-form")).to_be_visible()
    change_password(other, "the very first", "a better password")
    other.get_by_test_id("agent-id").wait_for()  # every session has ended
    theirs.sign_in(agent_id, "a better password")
    expect(other.get_by_test_id("search")).to_be_visible()
    assert (window.faults, theirs.faults) == ([], [])


def test_all_players_of_an_agent_are_handed_off_with_progress__R4_R21(
    console: Callable[..., Console], admin: Person, hire: Callable[..., Person], desk: Desk
) -> None:
    leaving, staying = hire(), hire()
    for number in range(3):
        leaving.create_player(wechat_name=f"要转走的{number}")
    window = console()
    page = enter(window, admin, f"/settings/agents?agent={leaving.agent_id}")

    page.get_by_test_id("agent-handoff").click()
    page.get_by_test_id("handoff-to").select_option(staying.agent_id)
    reason = f"离职{secrets.token_hex(3)}"
    page.get_by_test_id("handoff-reason").fill(reason)
    page.get_by_test_id("handoff-form-save").click()

    handoff = page.get_by_test_id("handoffs").get_by_test_id("handoff").filter(has_text=reason)
    expect(handoff).to_have_attribute("data-state", "done", timeout=30_000)
    expect(handoff).to_contain_text("3")
    assert len(staying.get("/players", owner=staying.agent_id).json()["items"]) == 3
    page.get_by_test_id("agent-deactivate").click()
    page.get_by_test_id("agent-deactivate-yes").click()
    expect(page.get_by_test_id("agent-activate")).to_be_visible()
    assert window.faults == []


def test_the_service_rules_get_a_new_revision_that_says_what_changed__R20(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    window = console()
    page = enter(window, hire("lead"), "/settings/service-rules")
    page.get_by_test_id("revision").first.wait_for()
    page.get_by_test_id("service-rules-edit").click()
    field = page.get_by_test_id("resolution-low")
    was = int(field.input_value())
    field.fill(str(was + 1))
    expect(page.get_by_test_id("what-changes")).to_be_visible()
    page.get_by_test_id("service-rules-form-save").click()

    expect(page.get_by_test_id("service-rules-form")).to_have_count(0)
    newest = page.get_by_test_id("revision").first
    expect(newest.locator("ins")).to_have_count(1)
    page.get_by_test_id("service-rules-edit").click()  # others go by the rules as they were
    page.get_by_test_id("resolution-low").fill(str(was))
    page.get_by_test_id("service-rules-form-save").click()
    expect(page.get_by_test_id("service-rules-form")).to_have_count(0)
    assert window.faults == []


def test_a_template_with_placeholders_is_made_previewed_and_removed__B11(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    title = f"补偿说明{secrets.token_hex(3)}"
    window = console()
    page = enter(window, hire(), "/settings/templates")
    page.get_by_test_id("template-new").click()
    page.get_by_test_id("template-title").fill(title)
    page.get_by_test_id("template-text").fill("您好")
    page.get_by_test_id("insert-player_name").click()
    expect(page.get_by_test_id("template-text")).to_have_value("您好{player_name}")
    expect(page.get_by_test_id("template-preview")).not_to_contain_text("{player_name}")
    page.get_by_test_id("new-template-save").click()

    row = page.get_by_test_id("template").filter(has_text=title)
    expect(row).to_be_visible()
    row.get_by_test_id("template-delete").click()
    row.get_by_test_id("template-delete-yes").click()
    expect(row).to_have_count(0)
    assert window.faults == []


def test_a_lost_reason_is_added_renamed_and_switched_off__R18(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    name = f"换了手机{secrets.token_hex(3)}"
    window = console()
    page = enter(window, hire("lead"), "/settings/lost-reasons")
    page.get_by_test_id("new-reason-name").fill(name)
    page.get_by_test_id("new-reason-note").check()
    page.get_by_test_id("new-reason-save").click()
    row = page.get_by_test_id("reason").filter(has_text=name)
    expect(row).to_have_attribute("data-active", "true")

    row.get_by_test_id("reason-active").click()
    expect(row).to_have_attribute("data-active", "false")
    page.get_by_test_id("undo").click()
    expect(row).to_have_attribute("data-active", "true")
    row.get_by_test_id("reason-active").click()
    expect(row).to_have_attribute("data-active", "false")
    assert window.faults == []


def test_a_discount_rule_is_made_and_taken_away__R23(console: Callable[..., Console], admin: Person) -> None:
    ends = (today() + timedelta(days=400)).isoformat()
    window = console()
    page = enter(window, admin, "/settings/discount-rules")
    rules = page.get_by_test_id("discount-rule")
    page.get_by_test_id("discount-changes").wait_for()
    page.get_by_test_id("discount-new").click()
    page.get_by_test_id("discount-role").select_option("agent")
    page.get_by_test_id("discount-game").select_option("sanguo")
    page.get_by_test_id("discount-max").fill("12.5")
    page.get_by_test_id("discount-lowest").fill("6")
    page.get_by_test_id("discount-starts").fill((today() + timedelta(days=390)).isoformat())
    page.get_by_test_id("discount-ends").fill(ends)
    page.get_by_test_id("new-discount-save").click()
    rule = rules.filter(has_text="8.75 折")
    expect(rule).to_contain_text("三国志战")

    rule.get_by_test_id("discount-delete").click()
    rule.get_by_test_id("discount-delete-yes").click()
    expect(rule).to_have_count(0)
    assert window.faults == []


def test_a_lead_names_who_stands_in_and_ends_it__R15(
    console: Callable[..., Console], hire: Callable[..., Person]
) -> None:
    team = f"T{secrets.randbelow(10**9):09}"
    away, covering, lead = hire("agent", team), hire("agent", team), hire("lead", team)
    window = console()
    page = enter(window, lead, "/settings/stand-ins")
    page.get_by_test_id("stand-in-new").click()
    page.get_by_test_id("stand-in-owner").select_option(away.agent_id)
    page.get_by_test_id("stand-in-who").select_option(covering.agent_id)
    page.get_by_test_id("stand-in-from").fill(today().isoformat())
    page.get_by_test_id("stand-in-until").fill((today() + timedelta(days=3)).isoformat())
    page.get_by_test_id("stand-in-reason").fill("年假")
    page.get_by_test_id("new-stand-in-save").click()

    row = page.get_by_test_id("stand-in-list").get_by_test_id("row").filter(has_text=away.agent_id[-3:]).first
    expect(row).to_contain_text("年假")
    row.get_by_test_id("stand-in-end").click()
    row.get_by_test_id("stand-in-end-yes").click()
    expect(row).not_to_contain_text("代班中")
    assert window.faults == []


def test_a_category_asks_for_what_its_form_says__R20(
    console: Callable[..., Console], admin: Person, hire: Callable[..., Person]
) -> None:
    category = f"c{secrets.token_hex(4)}"
    window = console()
    page = enter(window, admin, "/settings/categories")
    page.get_by_test_id("category-new").click()
    page.get_by_test_id("category-id").fill(category)
    page.get_by_test_id("category-name-zh").fill(f"外挂举报{category}")
    page.get_by_test_id("category-name-en").fill(f"Cheating {category}")
    page.get_by_test_id("field-add").click()
    page.get_by_test_id("field-zh").fill("被举报人")
    page.get_by_test_id("field-en").fill("Who")
    page.get_by_test_id("field-key").fill("who")
    page.get_by_test_id("field-required").check()
    page.get_by_test_id("new-category-save").click()
    expect(page.get_by_test_id("category").filter(has_text=category)).to_be_visible()

    player = admin.create_player(wechat_name="举报的人")
    page.goto(f"{window.url}/?player={player['player_id']}")
    composer = page.get_by_test_id("ticket-composer")
    composer.get_by_test_id("ticket-category").select_option(category)
    composer.get_by_test_id("ticket-detail").fill("有人开挂")
    expect(composer.get_by_test_id("ticket-save")).to_be_disabled()
    composer.get_by_test_id("form-who").fill("无双行者")
    composer.get_by_test_id("ticket-save").click()
    expect(page.get_by_test_id("ticket-answers")).to_contain_text("无双行者")

    page.goto(f"{window.url}/settings/categories")
    page.get_by_test_id("category").filter(has_text=category).get_by_test_id("category-edit").click()
    page.get_by_test_id("category-active").uncheck()
    page.get_by_test_id("category-form-save").click()
    notice(page, "已保存")
    assert window.faults == []


def test_a_spreadsheet_of_players_is_checked_first_and_the_good_rows_run__B11(
    console: Callable[..., Console], hire: Callable[..., Person], desk: Desk
) -> None:
    phones = new_phone(), new_phone()
    lines = ["手机,微信号,微信昵称,等级", f"{phones[0]},wx_{phones[0]},表格里的甲,大R", f"{phones[1]},,表格里的乙,"]
    bad = ["12345,,号码不对,", f"{phones[0]},,重复的,"]
    agent = hire()
    window = console()
    page = enter(window, agent, "/imports")

    file = {"name": "players.csv", "mimeType": "text/csv", "buffer": "\n".join(lines + bad).encode("utf-8-sig")}
    page.get_by_test_id("upload-file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_test_id("import-state")).to_have_attribute("data-state", "checked", timeout=30_000)
    rows = page.get_by_test_id("import-rows").get_by_test_id("row")
    expect(rows).to_have_count(4)
    wrong = rows.filter(has_text="号码不对")
    expect(wrong).to_contain_text("手机")
    wrong.locator("[data-row-link]").click()
    expect(page.get_by_test_id("row-detail")).to_contain_text("12345")
    page.get_by_test_id("run-good").click()
    page.get_by_test_id("run-good-yes").click()

    expect(page.get_by_test_id("import-state")).to_have_attribute("data-state", "done", timeout=30_000)
    expect(page.get_by_test_id("count-created")).to_contain_text("2")
    rows.filter(has_text="表格里的甲").get_by_test_id("row-player").click()
    expect(page.get_by_test_id("player-name")).to_have_text("表格里的甲")
    assert window.faults == []
