"""Drafts, approvals by another person, revisions and copies of packs: R23, R24."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import Game, price

As = Callable[[str], ApiClient]
NewPack = Callable[..., dict[str, Any]]
ADMIN, LEAD, AGENT, COLLEAGUE, LEAD2, LEAD_B = "KF001", "KF002", "KF003", "KF004", "KF005", "KF006"


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


def path_of(pack: dict[str, Any]) -> str:
    return f"/packs/{pack['code']}"


def test_a_draft_is_not_judged_before_it_is_submitted__R23(as_agent: As, new_pack: NewPack) -> None:
    within, beyond, never = (new_pack({"XIYOU-1": 1}, bp, draft=True) for bp in (3000, 4000, 9000))
    assert {(p["state"], p["floor_fen"], p["approved_by"]) for p in (within, beyond, never)} == {("draft", None, None)}

    assert as_agent(COLLEAGUE).post(f"{path_of(within)}/submit", version=1).status_code == 403
    submitted = as_agent(AGENT).post(f"{path_of(within)}/submit", version=1).json()
    assert (submitted["state"], submitted["floor_fen"], submitted["version"], submitted["revision"]) == (
        "active", 700, 2, 1,
    )  # fmt: skip
    assert as_agent(AGENT).post(f"{path_of(beyond)}/submit", version=1).json()["state"] == "pending_approval"
    assert slug(as_agent(AGENT).post(f"{path_of(never)}/submit", version=1)) == (422, "discount-not-allowed")
    assert slug(as_agent(AGENT).post(f"{path_of(within)}/submit", version=2)) == (422, "not-a-draft")
    assert slug(as_agent(AGENT).post(f"{path_of(never)}/submit", version=9)) == (412, "stale-version")


def test_an_edited_draft_stays_a_draft_and_follows_prices__R23(as_agent: As, new_pack: NewPack, game: Game) -> None:
    pack = new_pack({"XIYOU-1": 1}, 1000, draft=True)

    edited = as_agent(AGENT).patch(path_of(pack), {"discount_bp": 8000, "description": "给老玩家"}, version=1).json()
    assert (edited["state"], edited["price_fen"], edited["description"]) == ("draft", 200, "给老玩家")
    game.push(price("XIYOU-1", 1100, 2))

    followed = as_agent(AGENT).get(path_of(pack)).json()
    assert (followed["state"], followed["price_fen"], followed["review_reason"]) == ("draft", 220, None)


def test_what_waits_is_listed_with_what_the_approver_may__R23(
    as_agent: As, new_pack: NewPack, game: Game, database: Database
) -> None:
    falling = new_pack({"XIYOU-2": 1}, 0)
    deep, own = new_pack({"XIYOU-1": 1}, 4000), new_pack({"SANGUO-1": 1}, 6000, LEAD)
    new_pack({"XIYOU-1": 1}, 0)
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET lowest_price_fen = 200 WHERE role = 'agent'"))
    game.push(price("XIYOU-2", 150, 2))

    def waiting(by: str, **filters: Any) -> list[tuple[str, bool, str | None, int | None]]:
        found = as_agent(by).get("/pack-approvals", **filters).json()["items"]
        return [
            (p["code"], p["decision"]["may_approve"], p["decision"]["because"], p["decision"]["floor_fen"])
            for p in found
        ]

    assert waiting(LEAD) == [
        (deep["code"], True, None, 500),
        (own["code"], False, "own_work", 2500),
        (falling["code"], True, None, 75),
    ], "the one that went to review last waits shortest"
    assert waiting(LEAD2)[1] == (own["code"], False, "discount", 2500)
    assert waiting(ADMIN)[1] == (own["code"], True, None, 1500)
    assert [code for code, *_ in waiting(ADMIN, game_id="sanguo")] == [own["code"]]
    page = as_agent(LEAD).get("/pack-approvals", limit=2).json()
    rest = as_agent(LEAD).get("/pack-approvals", limit=2, cursor=page["next_cursor"]).json()
    assert [p["code"] for p in rest["items"]] == [falling["code"]]
    assert rest["items"][0]["review_reason"] == "lowest_price"
    assert as_agent(AGENT).get("/pack-approvals").status_code == 403


def test_a_rejected_pack_is_a_draft_that_says_why__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    reject = f"{path_of(pack)}/reject"
    assert as_agent(COLLEAGUE).post(reject, {"reason": "太低"}, version=1).status_code == 403
    assert as_agent(LEAD).post(reject, {"reason": " "}, version=1).status_code == 400
    assert as_agent(LEAD).post(reject, {"reason": "太低"}).status_code == 428

    rejected = as_agent(LEAD).post(reject, {"reason": "太低"}, version=1).json()
    assert (rejected["state"], rejected["rejection"]) == ("draft", {"by": LEAD, "reason": "太低"})
    assert as_agent(LEAD).get("/pack-approvals").json()["items"] == []
    assert slug(as_agent(LEAD).post(reject, {"reason": "太低"}, version=2)) == (422, "nothing-to-approve")
    edited = as_agent(AGENT).patch(path_of(pack), {"discount_bp": 3000}, version=2).json()
    assert (edited["state"], edited["rejection"]) == ("draft", {"by": LEAD, "reason": "太低"})
    submitted = as_agent(AGENT).post(f"{path_of(pack)}/submit", version=3).json()
    assert (submitted["state"], submitted["rejection"]) == ("active", None)


def test_nobody_rejects_or_approves_what_he_ever_revised__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    path = path_of(pack)
    as_agent(LEAD).patch(path, {"discount_bp": 6000}, version=1)
    as_agent(AGENT).patch(path, {"name": "改名", "discount_bp": 5000}, version=2)

    assert slug(as_agent(LEAD).post(f"{path}/approve", version=3)) == (422, "own-work"), "though revised since"
    assert slug(as_agent(LEAD).post(f"{path}/reject", {"reason": "x"}, version=3)) == (422, "own-work")
    assert as_agent(LEAD_B).post(f"{path}/approve", version=3).json()["state"] == "active"


def test_what_has_ended_is_not_approved__R23(as_agent: As, new_pack: NewPack, database: Database) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000, valid_until=rfc3339(now() + timedelta(days=1)))
    with database.begin() as tx:
        tx.execute(text("UPDATE packs SET valid_until = now() - interval '1 s'"))

    assert slug(as_agent(LEAD).post(f"{path_of(pack)}/approve", version=1)) == (422, "valid-until-passed")
    assert as_agent(LEAD).post(f"{path_of(pack)}/reject", {"reason": "过期"}, version=1).status_code == 200


def test_an_end_before_the_beginning_is_refused_at_what_was_sent__R23(as_agent: As, new_pack: NewPack) -> None:
    soon, later, last = (rfc3339(now() + timedelta(days=days)) for days in (1, 2, 3))
    pack = new_pack({"XIYOU-1": 1}, valid_from=later, valid_until=last)

    for sent, pointer in (
        ({"valid_until": soon}, "/valid_until"),
        ({"valid_from": last}, "/valid_from"),
        ({"valid_from": later, "valid_until": soon}, "/valid_from"),
    ):
        refused = as_agent(AGENT).patch(path_of(pack), sent, version=1)
        assert slug(refused) == (422, "valid-from-after-end")
        assert refused.json()["errors"][0]["pointer"] == pointer


def test_two_who_decide_at_once_one_does__R13_R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)

    def decide(by: str) -> int:
        if by == ADMIN:
            return as_agent(by).post(f"{path_of(pack)}/reject", {"reason": "x"}, version=1).status_code
        return as_agent(by).post(f"{path_of(pack)}/approve", version=1).status_code

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(decide, [LEAD, LEAD2, ADMIN]))

    assert answers == [200, 412, 412]
    assert as_agent(AGENT).get(path_of(pack)).json()["version"] == 2


def test_every_revision_is_kept_as_it_was__R23(as_agent: As, new_pack: NewPack, game: Game) -> None:
    pack = new_pack({"XIYOU-1": 2}, 1000, name="第一版")
    path = path_of(pack)
    game.push(price("XIYOU-1", 1100, 2))
    as_agent(LEAD).patch(path, {"name": "第二版", "discount_bp": 2000}, version=2)
    game.push(price("XIYOU-1", 1200, 3))

    page = as_agent(COLLEAGUE).get(f"{path}/revisions").json()["items"]

    assert [(r["revision"], r["name"], r["discount_bp"], r["price_fen"], r["made_by"]) for r in page] == [
        (2, "第二版", 2000, 1760, LEAD),
        (1, "第一版", 1000, 1800, AGENT),
    ]
    assert [r["contents"][0]["unit_price_fen"] for r in page] == [1100, 1000]
    first = as_agent(AGENT).get(f"{path}/revisions", limit=1).json()
    rest = as_agent(AGENT).get(f"{path}/revisions", limit=1, cursor=first["next_cursor"]).json()
    assert ([r["revision"] for r in rest["items"]], rest["next_cursor"]) == ([1], None)


def test_a_revision_says_who_approved_it_after_the_next_edit__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    path, maker = path_of(pack), as_agent(AGENT)
    as_agent(LEAD).post(f"{path}/approve", version=1)
    assert maker.patch(path, {"name": "改名"}, version=2).json()["approved_by"] == LEAD
    assert maker.patch(path, {"discount_bp": 1000}, version=3).json()["approved_by"] is None

    third, second, first = maker.get(f"{path}/revisions").json()["items"]

    assert [r["approved_by"] for r in (third, second, first)] == [None, LEAD, LEAD]
    assert first["made_at"] <= first["approved_at"] == second["approved_at"] < second["made_at"]
    assert third["approved_at"] is None


def test_what_is_as_it_was_makes_no_revision__R23(as_agent: As, new_pack: NewPack, item_of: Any) -> None:
    until = rfc3339(now() + timedelta(days=3))
    pack = new_pack({"XIYOU-1": 2}, 1000, name="周末", valid_until=until)
    path, maker = path_of(pack), as_agent(AGENT)
    contents = [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 2}]
    same = {"name": "周末", "discount_bp": 1000, "contents": contents, "valid_until": until, "player_id": None}

    answers = [maker.patch(path, {name: value}, version=1) for name, value in same.items()]

    assert [(a.status_code, a.json()["version"], a.json()["revision"]) for a in answers] == [(200, 1, 1)] * len(same)
    assert maker.patch(path, same, version=1).json() == maker.get(path).json()
    assert as_agent(COLLEAGUE).patch(path, same, version=1).status_code == 403
    assert len(maker.get(f"{path}/revisions").json()["items"]) == 1
    assert maker.patch(path, {**same, "name": "周日"}, version=1).json()["revision"] == 2


def test_a_pack_in_review_is_judged_again_without_a_revision__R23(
    as_agent: As, new_pack: NewPack, database: Database, game: Game
) -> None:
    pack = new_pack({"XIYOU-1": 1}, 2500)
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET max_discount_bp = 2000 WHERE role = 'agent'"))
    game.push(price("XIYOU-1", 1100, 2))
    assert as_agent(AGENT).get(path_of(pack)).json()["state"] == "review"

    again = as_agent(AGENT).patch(path_of(pack), {"discount_bp": 2500}, version=2).json()

    assert (again["state"], again["revision"], again["version"]) == ("pending_approval", 1, 3)


def test_a_copy_is_a_new_draft_at_todays_prices__R15_R23(
    as_agent: As, new_pack: NewPack, game: Game, new_campaign: Callable[..., str]
) -> None:
    campaign, until = new_campaign("xiyou"), rfc3339(now() + timedelta(days=3))
    pack = new_pack({"XIYOU-1": 2, "XIYOU-3": 1}, 2000, name="国庆", player_id=str(uuid4()), valid_until=until)
    game.push(price("XIYOU-1", 1100, 2))
    as_agent(AGENT).post(f"{path_of(pack)}/retire", version=2)

    copied = as_agent(COLLEAGUE).post(f"{path_of(pack)}/copies", {"name": "双十一", "campaign_id": campaign})

    copy = copied.json()
    assert copied.status_code == 201
    assert (copy["name"], copy["state"], copy["created_by"], copy["campaign_id"]) == (
        "双十一", "draft", COLLEAGUE, campaign,
    )  # fmt: skip
    assert (copy["player_id"], copy["valid_until"], copy["revision"], copy["price_fen"]) == (None, None, 1, 1839)
    assert [(c["code"], c["quantity"]) for c in copy["contents"]] == [("XIYOU-1", 2), ("XIYOU-3", 1)]
    at_once = as_agent(AGENT).post(f"{path_of(pack)}/copies", {"draft": False}).json()
    assert (at_once["state"], at_once["name"]) == ("active", "国庆")
    again = [as_agent(AGENT).post(f"{path_of(pack)}/copies", {}, key="copy-12345").json()["code"] for _ in range(2)]
    assert again[0] == again[1]
    assert slug(as_agent(AGENT).post("/packs/22222/copies", {})) == (404, "not-found")


def test_a_pack_may_begin_later_and_ends_after_that__R23(as_agent: As, new_pack: NewPack, item_of: Any) -> None:
    begin, end = (rfc3339(now() + timedelta(days=days)) for days in (1, 2))
    pack = new_pack({"XIYOU-1": 1}, 0, valid_from=begin, valid_until=end)
    assert pack["valid_from"] is not None

    lines = [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}]
    body = {"name": "礼包", "discount_bp": 0, "contents": lines, "valid_from": end, "valid_until": begin}
    assert slug(as_agent(AGENT).post("/packs", body)) == (422, "valid-from-after-end")
    assert slug(as_agent(AGENT).patch(path_of(pack), {"valid_from": end}, version=1)) == (422, "valid-from-after-end")


def test_for_another_player_or_campaign_what_is_beyond_ones_allowance_waits_again__R23(
    as_agent: As, new_pack: NewPack, new_campaign: Callable[..., str]
) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000, player_id=str(uuid4()))
    path = path_of(pack)
    assert as_agent(LEAD).post(f"{path}/approve", version=1).json()["state"] == "active"

    for_all = as_agent(AGENT).patch(path, {"player_id": None}, version=2).json()
    assert (for_all["state"], for_all["player_id"]) == ("pending_approval", None)
    as_agent(LEAD).post(f"{path}/approve", version=3)
    into = {"campaign_id": new_campaign("xiyou")}
    assert as_agent(AGENT).patch(path, into, version=4).json()["state"] == "pending_approval"


def test_a_pack_is_of_a_campaign_of_its_game_that_has_not_ended__R15_R23(
    as_agent: As, new_pack: NewPack, new_campaign: Callable[..., str]
) -> None:
    campaign, ended = new_campaign("xiyou"), new_campaign("xiyou")
    pack = new_pack({"XIYOU-1": 1}, 0, campaign_id=ended)
    assert as_agent(ADMIN).post(f"/campaigns/{ended}/end", version=1).status_code == 200

    for wrong in (str(uuid4()), new_campaign("sanguo")):
        assert slug(as_agent(AGENT).patch(path_of(pack), {"campaign_id": wrong}, version=1)) == (
            422,
            "unknown-campaign",
        )
    assert slug(as_agent(AGENT).post(f"{path_of(pack)}/copies", {"campaign_id": ended})) == (422, "unknown-campaign")
    moved = as_agent(AGENT).patch(path_of(pack), {"name": "改名"}, version=1).json()
    assert (moved["campaign_id"], moved["name"]) == (ended, "改名"), "of the one that ended it stays"
    assert as_agent(AGENT).patch(path_of(pack), {"campaign_id": campaign}, version=2).json()["campaign_id"] == campaign


def test_an_approved_pack_keeps_the_rounding_of_its_rule_when_renamed__R23(
    as_agent: As, new_pack: NewPack, database: Database
) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET rounding = 'yuan' WHERE role = 'lead'"))
    pack = new_pack({"XIYOU-3": 5}, 4000)
    assert pack["price_fen"] == 297

    approved = as_agent(LEAD).post(f"{path_of(pack)}/approve", version=1).json()
    assert (approved["price_fen"], approved["rounding"], approved["floor_fen"]) == (300, "yuan", 200)
    renamed = as_agent(AGENT).patch(path_of(pack), {"name": "改名"}, version=2).json()
    assert (renamed["price_fen"], renamed["rounding"], renamed["state"]) == (300, "yuan", "active")


def test_a_code_with_look_alikes_says_that_no_code_has_them__R19_R24(as_agent: As) -> None:
    for code in ("0ABCD", "abcdo", "1ABCD", "iABCD", "ABCDl"):
        problem = as_agent(AGENT).get(f"/packs/{code}").json()
        assert (problem["status"], problem["detail"]) == (
            404, "Pack codes have no 0, O, 1, I or L: look at it again.",
        )  # fmt: skip
    assert "look" not in as_agent(AGENT).get("/packs/ABCDE").text
