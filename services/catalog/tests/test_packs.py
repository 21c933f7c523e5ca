"""Packs through the API: R23, R24."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_catalog.commands.packs import create_pack
from gamedesk_catalog.model.packs import NewPack as New
from gamedesk_catalog.repository import items
from gamedesk_chassis.auth import Principal
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_price_is_the_discounted_sum_of_the_items__R23(new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 2, "XIYOU-3": 5}, 1500, name="大圣礼包")

    assert (pack["list_price_fen"], pack["price_fen"]) == (2495, 2121), "2120.75 is rounded half up"
    assert (pack["state"], pack["revision"], pack["version"], pack["game_id"]) == ("active", 1, 1, "xiyou")
    assert [(c["code"], c["quantity"], c["unit_price_fen"]) for c in pack["contents"]] == [
        ("XIYOU-1", 2, 1000),
        ("XIYOU-3", 5, 99),
    ]
    assert pack["created_by"] == "KF003"


def test_an_override_counts_in_the_price__R22_R23(as_agent: As, item_of: ItemOf, new_pack: NewPack) -> None:
    path = f"/items/{item_of('XIYOU-1')['item_id']}"
    as_agent("KF003").patch(path, {"override_price_fen": 800, "reason": "周末"}, version=1)

    assert new_pack({"XIYOU-1": 1}, 0)["price_fen"] == 800


def test_a_pack_is_found_by_id_and_by_code_in_any_case__R19_R24(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1})

    for name in (pack["pack_id"], pack["code"], pack["code"].lower()):
        answer = as_agent("KF004").get(f"/packs/{name}")
        assert (answer.status_code, answer.json()["pack_id"]) == (200, pack["pack_id"])
        assert answer.headers["etag"] == '"1"'
    assert as_agent("KF004").get("/packs/AAAAA").status_code == 404
    assert as_agent("KF004").get("/packs/AAAA").status_code == 400


@pytest.mark.parametrize(
    ("discount_bp", "by", "state"),
    [
        (3000, "KF003", "active"),
        (3001, "KF003", "pending_approval"),
        (5000, "KF002", "active"),
        (5001, "KF002", "pending_approval"),
        (7000, "KF001", "active"),
    ],
)
def test_within_the_allowance_active_beyond_it_pending__R23(
    new_pack: NewPack, discount_bp: int, by: str, state: str
) -> None:
    assert new_pack({"XIYOU-1": 1}, discount_bp, by)["state"] == state


def test_what_nobody_may_allow_is_refused__R23(as_agent: As, item_of: ItemOf) -> None:
    lines = [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}]
    for by, discount_bp in (("KF003", 7001), ("KF001", 7001), ("KF001", 10000)):
        answer = as_agent(by).post("/packs", {"name": "礼包", "discount_bp": discount_bp, "contents": lines})
        assert slug(answer) == (422, "discount-not-allowed")
    assert as_agent("KF003").get("/packs").json()["items"] == []


def test_a_game_may_have_a_rule_of_its_own__R23(new_pack: NewPack, as_agent: As, database: Database) -> None:
    with database.begin() as tx:
        rule = "INSERT INTO discount_rules VALUES (uuidv7(), 'agent', 'sanguo', 500, 4800)"
        tx.execute(text(rule))

    assert new_pack({"SANGUO-1": 1}, 600)["state"] == "pending_approval"
    assert new_pack({"SANGUO-1": 1}, 450)["state"] == "pending_approval", "4775 is below the lowest price"
    assert new_pack({"SANGUO-1": 1}, 400)["state"] == "active"
    assert new_pack({"XIYOU-1": 1}, 600)["state"] == "active"
    rules = as_agent("KF003").get("/discount-rules").json()["items"]
    assert [(r["role"], r["game_id"], r["max_discount_bp"]) for r in rules] == [
        ("agent", None, 3000),
        ("lead", None, 5000),
        ("admin", None, 7000),
        ("agent", "sanguo", 500),
    ]


def test_another_person_with_the_allowance_approves__R23(as_agent: As, new_pack: NewPack) -> None:
    by_agent, by_lead = new_pack({"XIYOU-1": 1}, 4000), new_pack({"XIYOU-1": 1}, 6000, "KF002")
    own, others = f"/packs/{by_lead['code']}/approve", f"/packs/{by_agent['pack_id']}/approve"

    assert as_agent("KF004").post(others, version=1).status_code == 403
    assert as_agent("KF002").post(others).status_code == 428
    assert slug(as_agent("KF002").post(own, version=1)) == (422, "own-work")
    assert slug(as_agent("KF005").post(own, version=1)) == (422, "allowance-exceeded")
    approved = as_agent("KF002").post(others, version=1).json()
    assert (approved["state"], approved["approved_by"], approved["version"], approved["revision"]) == (
        "active",
        "KF002",
        2,
        1,
    )
    assert as_agent("KF001").post(own, version=1).json()["state"] == "active"
    assert slug(as_agent("KF005").post(others, version=2)) == (422, "nothing-to-approve")
    assert slug(as_agent("KF005").post(others, version=1)) == (412, "stale-version")


def test_a_lead_who_revised_a_pack_does_not_approve_it__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    path = f"/packs/{pack['code']}"
    revised = as_agent("KF002").patch(path, {"discount_bp": 6000}, version=1).json()
    assert revised["state"] == "pending_approval"

    assert slug(as_agent("KF002").post(f"{path}/approve", version=2)) == (422, "own-work")
    assert as_agent("KF001").post(f"{path}/approve", version=2).json()["state"] == "active"


@pytest.mark.parametrize(
    ("bend", "status", "expected"),
    [
        (lambda i: {"contents": []}, 400, "validation"),
        (lambda i: {"contents": [{"item_id": i("XIYOU-1"), "quantity": 0}]}, 400, "validation"),
        (lambda i: {"contents": [{"item_id": "nonsense", "quantity": 1}]}, 400, "validation"),
        (lambda i: {"contents": [{"item_id": i("XIYOU-1"), "quantity": 1.5}]}, 400, "validation"),
        (lambda i: {"discount_bp": 10001}, 400, "validation"),
        (lambda i: {"discount_bp": 1000.0}, 400, "malformed-json"),
        (lambda i: {"valid_until": "0001-01-01T00:00:00+14:00"}, 400, "validation"),
        (lambda i: {"name": "  "}, 400, "validation"),
        (lambda i: {"price_fen": 1}, 400, "validation"),
        (lambda i: {"valid_until": "2026-01-01"}, 400, "validation"),
        (lambda i: {"valid_until": "2020-01-01T00:00:00Z"}, 422, "valid-until-passed"),
        (lambda i: {"contents": [{"item_id": i("XIYOU-1"), "quantity": 1}] * 2}, 422, "item-twice"),
        (lambda i: {"contents": [{"item_id": i(c), "quantity": 1} for c in ("XIYOU-1", "SANGUO-1")]}, 422,
         "one-game-per-pack"),
        (lambda i: {"contents": [{"item_id": "019aa000-0000-7000-8000-000000000000", "quantity": 1}]}, 422,
         "unknown-item"),
    ],
)  # fmt: skip
def test_a_wrong_pack_is_refused_and_nothing_kept__R23(
    as_agent: As, item_of: ItemOf, bend: Any, status: int, expected: str
) -> None:
    ids = {code: item_of(code)["item_id"] for code in ("XIYOU-1", "SANGUO-1")}
    body = {"name": "礼包", "discount_bp": 1000, "contents": [{"item_id": ids["XIYOU-1"], "quantity": 1}]}

    answer = as_agent("KF003").post("/packs", {**body, **bend(ids.__getitem__)})

    assert slug(answer) == (status, expected)
    assert as_agent("KF003").get("/packs").json()["items"] == []


def test_a_pack_too_dear_to_be_meant_is_refused__R23(as_agent: As, item_of: ItemOf) -> None:
    lines = [{"item_id": item_of("SANGUO-1")["item_id"], "quantity": 1_000_000}]
    assert new_price(as_agent, lines).status_code == 200
    dear = [{"item_id": item_of("SANGUO-1")["item_id"], "quantity": 1_000_000}]
    as_agent("KF003").patch(f"/items/{dear[0]['item_id']}", {"override_price_fen": 100_000, "reason": "贵"}, version=1)
    assert slug(new_price(as_agent, dear)) == (422, "price-too-high")


def test_a_pack_that_prices_made_too_dear_says_so_at_no_field_that_was_not_sent__R23(
    as_agent: As, new_pack: NewPack, item_of: ItemOf
) -> None:
    pack = new_pack({"SANGUO-1": 1_000_000}, 0)
    path = f"/items/{item_of('SANGUO-1')['item_id']}"
    assert as_agent("KF003").patch(path, {"override_price_fen": 20_000, "reason": "贵"}, version=1).status_code == 200

    refused = as_agent("KF003").patch(f"/packs/{pack['code']}", {"name": "改名"}, version=2)
    assert slug(refused) == (422, "price-too-high")
    assert "errors" not in refused.json() or "pointer" not in refused.json()["errors"][0]


def new_price(as_agent: As, lines: list[dict[str, Any]], discount_bp: int = 0) -> Any:
    return as_agent("KF003").post("/pack-prices", {"discount_bp": discount_bp, "contents": lines})


@pytest.mark.parametrize(
    ("discount_bp", "price_fen", "allowed", "needs_approval"),
    [(3000, 2100, True, False), (3001, 2100, False, True), (8000, 600, False, False)],
)
def test_a_preview_says_what_it_would_cost_and_who_may__R23(
    as_agent: As, item_of: ItemOf, discount_bp: int, price_fen: int, allowed: bool, needs_approval: bool
) -> None:
    lines = [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 3}]

    preview = new_price(as_agent, lines, discount_bp).json()

    assert (preview["allowed"], preview["needs_approval"]) == (allowed, needs_approval)
    assert (preview["list_price_fen"], preview["price_fen"]) == (3000, price_fen)
    assert preview["contents"][0]["name"] == "如意金箍棒"
    assert as_agent("KF003").get("/packs").json()["items"] == []


def test_same_key_makes_one_pack__I7(as_agent: As, item_of: ItemOf) -> None:
    body = {"name": "礼包", "discount_bp": 0, "contents": [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}]}
    first, again = (as_agent("KF003").post("/packs", body, key="key-12345") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["pack_id"] == again.json()["pack_id"]
    other = as_agent("KF003").post("/packs", {**body, "discount_bp": 1}, key="key-12345")
    assert slug(other) == (422, "idempotency-key-reused")


def test_a_taken_code_is_not_given_twice__R24(database: Database, new_pack: NewPack, item_of: ItemOf) -> None:
    taken = new_pack({"XIYOU-1": 1})["code"]
    codes = iter([taken, taken, "22222"])
    with database.begin() as tx:
        line = (items.lock_codes(tx, "xiyou", ["XIYOU-1"])["XIYOU-1"].item_id, 1)
        caller = Principal("KF003", "agent", "A")
        create_pack(tx, caller, New("礼包", 0, (line,)), lambda: next(codes))
        found = tx.execute(text("SELECT count(*) FROM packs WHERE code IN (:taken, '22222')"), {"taken": taken})
        assert found.scalar_one() == 2


def test_list_by_state_game_maker_and_text__R24(as_agent: As, new_pack: NewPack) -> None:
    mine, pending, other = (
        new_pack({"XIYOU-1": 1}, name="周末礼包"),
        new_pack({"XIYOU-1": 1}, 4000, name="国庆大礼"),
        new_pack({"SANGUO-1": 1}, by="KF004", name="三国周年"),
    )

    def listed(**filters: Any) -> list[str]:
        return [pack["code"] for pack in as_agent("KF003").get("/packs", **filters).json()["items"]]

    assert listed() == [other["code"], pending["code"], mine["code"]]
    assert listed(state="pending_approval") == [pending["code"]]
    assert listed(game_id="sanguo") == [other["code"]]
    assert listed(created_by="KF003") == [pending["code"], mine["code"]]
    assert listed(q="礼") == [pending["code"], mine["code"]]
    assert listed(q="周年") == [other["code"]]
    assert listed(q=mine["code"].lower()) == [mine["code"]]
    assert listed(q="礼", created_by="KF003", state="active") == [mine["code"]]
    page = as_agent("KF003").get("/packs", limit=2).json()
    rest = as_agent("KF003").get("/packs", limit=2, cursor=page["next_cursor"]).json()
    assert [pack["code"] for pack in rest["items"]] == [mine["code"]]


def test_an_edit_is_a_new_revision_priced_anew__R23(as_agent: As, new_pack: NewPack, item_of: ItemOf) -> None:
    pack = new_pack({"XIYOU-1": 1})
    path = f"/packs/{pack['code']}"
    lines = [{"item_id": item_of("XIYOU-2")["item_id"], "quantity": 4}]
    until = rfc3339(now() + timedelta(days=1))

    edited = (
        as_agent("KF003")
        .patch(path, {"name": "新名字", "discount_bp": 2000, "contents": lines, "valid_until": until}, version=1)
        .json()
    )

    assert (edited["revision"], edited["version"], edited["name"]) == (2, 2, "新名字")
    assert (edited["list_price_fen"], edited["price_fen"], edited["state"]) == (1000, 800, "active")
    assert edited["valid_until"] is not None
    cleared = as_agent("KF003").patch(path, {"valid_until": None}, version=2).json()
    assert (cleared["valid_until"], cleared["revision"]) == (None, 3)
    stale = as_agent("KF003").patch(path, {"name": "旧"}, version=1)
    assert (stale.status_code, stale.json()["current"]["revision"]) == (412, 3)
    assert as_agent("KF003").patch(path, {}, version=3).status_code == 400


def test_only_its_maker_or_a_lead_of_his_team_changes_a_pack__R23(as_agent: As, new_pack: NewPack) -> None:
    path = f"/packs/{new_pack({'XIYOU-1': 1})['code']}"

    assert as_agent("KF004").patch(path, {"name": "别人的"}, version=1).status_code == 403
    assert as_agent("KF004").post(f"{path}/retire", version=1).status_code == 403
    assert as_agent("KF006").patch(path, {"name": "别组的"}, version=1).status_code == 403
    assert as_agent("KF006").post(f"{path}/retire", version=1).status_code == 403
    assert as_agent("KF002").patch(path, {"name": "组长改"}, version=1).status_code == 200
    assert as_agent("KF001").post(f"{path}/retire", version=2).status_code == 200


def test_more_discount_than_allowed_waits_again_and_a_new_name_does_not__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    path = f"/packs/{pack['code']}"
    as_agent("KF002").post(f"{path}/approve", version=1)

    renamed = as_agent("KF003").patch(path, {"name": "换个名字"}, version=2).json()
    assert (renamed["state"], renamed["approved_by"]) == ("active", "KF002")
    deeper = as_agent("KF003").patch(path, {"discount_bp": 4500}, version=3).json()
    assert (deeper["state"], deeper["approved_by"]) == ("pending_approval", None)


def test_a_retired_pack_stays_as_it_is__R23(as_agent: As, new_pack: NewPack, game: Game) -> None:
    path = f"/packs/{new_pack({'XIYOU-1': 1}, 0)['code']}"
    assert as_agent("KF003").post(f"{path}/retire").status_code == 428
    assert as_agent("KF003").post(f"{path}/retire", version=1).json()["state"] == "retired"

    assert slug(as_agent("KF003").patch(path, {"name": "再来"}, version=2)) == (422, "pack-retired")
    assert slug(as_agent("KF003").post(f"{path}/retire", version=2)) == (422, "pack-retired")
    game.push(price("XIYOU-1", 1200, 2))
    pack = as_agent("KF003").get(path).json()
    assert (pack["price_fen"], pack["version"]) == (1000, 2)


def test_each_change_of_a_pack_leaves_one_event__I1(
    as_agent: As, new_pack: NewPack, game: Game, database: Database
) -> None:
    pack = new_pack({"XIYOU-1": 1}, 0)
    as_agent("KF003").patch(f"/packs/{pack['code']}", {"name": "改名"}, version=1)
    game.push(price("XIYOU-1", 1100, 2))
    as_agent("KF003").post(f"/packs/{pack['code']}/retire", version=3)

    with database.begin() as tx:
        query = text("SELECT version, actor, payload FROM outbox WHERE aggregate_id = :id ORDER BY id")
        rows = tx.execute(query, {"id": pack["pack_id"]}).all()
    assert [(r.version, r.actor, r.payload["price_fen"], r.payload["state"]) for r in rows] == [
        (1, "KF003", 1000, "active"),
        (2, "KF003", 1000, "active"),
        (3, None, 1100, "active"),
        (4, "KF003", 1100, "retired"),
    ]


def test_a_longer_life_is_judged_again_and_a_shorter_one_is_not__R23(as_agent: As, new_pack: NewPack) -> None:
    soon, later = (rfc3339(now() + timedelta(days=days)) for days in (2, 3))
    path = f"/packs/{new_pack({'XIYOU-1': 1}, 4000, valid_until=later)['code']}"
    as_agent("KF002").post(f"{path}/approve", version=1)

    shorter = as_agent("KF003").patch(path, {"valid_until": soon}, version=2).json()
    assert (shorter["state"], shorter["approved_by"]) == ("active", "KF002")
    longer = as_agent("KF003").patch(path, {"valid_until": later}, version=3).json()
    assert (longer["state"], longer["approved_by"]) == ("pending_approval", None)
    as_agent("KF002").post(f"{path}/approve", version=4)
    endless = as_agent("KF003").patch(path, {"valid_until": None}, version=5).json()
    assert endless["state"] == "pending_approval"
    as_agent("KF002").post(f"{path}/approve", version=6)
    assert as_agent("KF003").patch(path, {"valid_until": soon}, version=7).json()["state"] == "active"
    by_lead = as_agent("KF005").patch(path, {"valid_until": None}, version=8).json()
    assert by_lead["state"] == "active", "a lead may allow it"


def test_a_life_within_ones_own_allowance_may_be_lengthened__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 3000, valid_until=rfc3339(now() + timedelta(days=2)))

    assert (
        as_agent("KF003").patch(f"/packs/{pack['code']}", {"valid_until": None}, version=1).json()["state"] == "active"
    )
