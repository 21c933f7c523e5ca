"""Who was overtaken sees both texts; his own is kept until he decides (R13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.shop import pack_on_sale
from tests.browser.steps import enter, of_player, refused
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.browser]
MINE, THEIRS = "我写的内容", "同事写的内容"


@dataclass
class Edit:
    """Something that two edit at once: where, how the form opens, its field, and what is stored."""

    path: str
    clicks: tuple[str, ...]
    field: str
    save: str
    address: str
    name: str

    def stored(self, who: Person) -> str:
        return self._read(who)[self.name]

    def colleague_saves(self, who: Person, **change: Any) -> None:
        found = self._read(who)
        answer = who.patch(self.address, change or {self.name: THEIRS}, found["version"])
        assert answer.status_code == 200, answer.text

    def _read(self, who: Person) -> dict[str, Any]:
        if not self.address.startswith("/reply-templates"):
            return who.get(self.address).json()
        listed = who.get("/reply-templates").json()["items"]
        return next(one for one in listed if self.address.endswith(one["template_id"]))


def _player(lead: Person, _admin: Person, _desk: Desk) -> Edit:
    player = lead.create_player(wechat_name="孙悟空")
    return Edit(
        of_player(player),
        ("edit-player",),
        "[data-testid=player-edit] textarea",
        "player-save",
        f"/players/{player['player_id']}",
        "note",
    )


def _ticket_of(lead: Person) -> tuple[str, str]:
    player = lead.create_player(wechat_name="孙悟空")
    ticket = lead.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"}).json()
    return of_player(player), f"/tickets/{ticket['ticket_id']}"


def _ticket(lead: Person, _admin: Person, _desk: Desk) -> Edit:
    path, address = _ticket_of(lead)
    return Edit(path, ("edit-ticket",), "[data-testid=edit-detail]", "edit-save", address, "detail")


def _solution(lead: Person, _admin: Person, _desk: Desk) -> Edit:
    path, address = _ticket_of(lead)
    return Edit(path, ("edit-solution",), "[data-testid=solution-text]", "solution-save", address, "solution")


def _pack(_lead: Person, admin: Person, desk: Desk) -> Edit:
    pack = pack_on_sale(admin, desk)
    return Edit(
        f"/packs/{pack['code']}/edit",
        (),
        "[data-testid=pack-name]",
        "pack-save",
        f"/packs/{pack['pack_id']}",
        "name",
    )


def _template(lead: Person, _admin: Person, _desk: Desk) -> Edit:
    title = f"模板{lead.agent_id}"
    body = {"title": title, "text": "您好", "category_id": None, "position": 10, "personal": True}
    answer = lead.post("/reply-templates", body)
    assert answer.status_code == 201, answer.text
    return Edit(
        "/settings/templates",
        ("template-edit",),
        "[data-testid=template-text]",
        "template-form-save",
        f"/reply-templates/{answer.json()['template_id']}",
        "text",
    )


EDITS = {"player": _player, "ticket": _ticket, "solution": _solution, "pack": _pack, "template": _template}


def _open(page: Page, edit: Edit) -> None:
    for testid in edit.clicks:
        page.get_by_test_id(testid).first.click()
    page.locator(edit.field).wait_for()


@pytest.fixture
def lead(hire: Callable[..., Person]) -> Person:
    return hire("lead")


@pytest.mark.parametrize("kind", EDITS)
def test_a_conflict_shows_both_texts_and_lets_mine_win_or_theirs__R13(
    kind: str, console: Callable[..., Console], lead: Person, admin: Person, desk: Desk
) -> None:
    edit = EDITS[kind](lead, admin, desk)
    colleague = lead if kind == "template" else admin  # nobody else sees one's own templates
    editor = admin if kind == "pack" else lead
    window = console()
    page = enter(window, editor, edit.path)
    for decision in ("keep", "take"):
        _open(page, edit)
        page.locator(edit.field).fill(f"{MINE} {decision}")
        edit.colleague_saves(colleague)
        page.get_by_test_id(edit.save).click()

        expect(page.get_by_test_id("conflict-theirs")).to_contain_text(THEIRS)
        expect(page.get_by_test_id("conflict-mine")).to_contain_text(f"{MINE} {decision}")
        expect(page.locator(edit.field)).to_have_value(f"{MINE} {decision}")
        assert edit.stored(colleague) == THEIRS
        page.get_by_test_id(f"conflict-{decision}").click()
        expect(page.get_by_test_id("conflict")).to_have_count(0)
        wanted = f"{MINE} keep" if decision == "keep" else THEIRS
        desk.eventually(lambda wanted=wanted: edit.stored(colleague) == wanted)
        if decision == "keep":
            edit.colleague_saves(colleague, **{edit.name: "第三份内容"})
            page.goto(window.url + edit.path)
    refused(window, 412)


@pytest.mark.parametrize("kind", ["player", "ticket", "solution"])
def test_a_draft_that_comes_back_with_a_reload_still_notices_what_was_saved_meanwhile__R13(
    kind: str, console: Callable[..., Console], lead: Person, admin: Person, desk: Desk
) -> None:
    edit = EDITS[kind](lead, admin, desk)
    window = console()
    page = enter(window, lead, edit.path)
    _open(page, edit)
    page.locator(edit.field).fill(MINE)
    edit.colleague_saves(admin)
    page.reload()

    expect(page.locator(edit.field)).to_have_value(MINE)
    if kind == "solution":  # the form that comes back also closes the ticket
        page.locator(edit.field).press("Control+Enter")
    else:
        page.get_by_test_id(edit.save).click()
    expect(page.get_by_test_id("conflict-theirs")).to_contain_text(THEIRS)
    assert edit.stored(admin) == THEIRS
    page.get_by_test_id("conflict-keep").click()
    desk.eventually(lambda: edit.stored(admin) == MINE)


def test_a_colleague_who_changes_something_else_is_no_conflict__R13(
    console: Callable[..., Console], lead: Person, admin: Person, desk: Desk
) -> None:
    edit = _player(lead, admin, desk)
    window = console()
    page = enter(window, lead, edit.path)
    _open(page, edit)
    page.locator(edit.field).fill(MINE)
    edit.colleague_saves(admin, tier="whale")
    page.reload()  # what the form showed before is not written back over what he changed
    page.get_by_test_id("player-save").click()

    expect(page.get_by_test_id("player-edit")).to_have_count(0)
    expect(page.get_by_test_id("conflict")).to_have_count(0)
    found = admin.get(edit.address).json()
    assert (found["note"], found["tier"]) == (MINE, "whale")


def test_a_player_who_exists_is_offered_instead_of_entered_twice__R2(
    console: Callable[..., Console], lead: Person, admin: Person
) -> None:
    player = admin.create_player(wechat_name="白龙马")
    window = console()
    page = enter(window, lead)
    page.get_by_test_id("new-player").click()
    page.get_by_test_id("new-player-phone").fill(player["phone"].removeprefix("+86"))
    page.get_by_test_id("new-player-save").click()

    page.get_by_test_id("open-existing").click()
    expect(page.get_by_test_id("player-name")).to_contain_text("白龙马")
    refused(window, 409)
