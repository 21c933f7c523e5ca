"""Items through the API: R22."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.quotes import Quote
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("wanted", ["XIYOU-1", "xiyou-1", "金", "箍棒", "如意金箍棒", "如意", " 金箍棒 "])
def test_find_by_beginning_of_code_or_part_of_name__R22(as_agent: As, wanted: str) -> None:
    found = as_agent("KF003").get("/items", q=wanted).json()["items"]

    assert [item["code"] for item in found] == ["XIYOU-1"]


def test_wildcards_are_plain_characters_and_filters_narrow__R22(as_agent: As) -> None:
    for wanted in ("%", "_", "如%", "\\", "没有"):
        assert as_agent("KF003").get("/items", q=wanted).json()["items"] == []
    assert as_agent("KF003").get("/items", q="   ").status_code == 400
    found = as_agent("KF003").get("/items", game_id="sanguo").json()
    assert ([item["code"] for item in found["items"]], found["next_cursor"]) == (["SANGUO-1"], None)


def test_list_pages_by_game_and_code__R22(as_agent: As) -> None:
    agent, seen, cursor = as_agent("KF003"), [], {}
    while True:
        page = agent.get("/items", limit=2, **cursor).json()
        seen += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == ["SANGUO-1", "XIYOU-1", "XIYOU-2", "XIYOU-3"]


@pytest.mark.parametrize("role", ["KF001", "KF002", "KF003"])
def test_agents_fine_tune_prices_and_take_it_back__R22(as_agent: As, item_of: ItemOf, role: str) -> None:
    path = f"/items/{item_of('XIYOU-1')['item_id']}"

    tuned = as_agent(role).patch(path, {"override_price_fen": 900, "reason": "周末"}, version=1).json()
    assert (tuned["price_fen"], tuned["game_price_fen"], tuned["differs"], tuned["version"]) == (900, 1000, True, 2)
    again = as_agent(role).patch(path, {"override_price_fen": 900, "reason": "周末"}, version=2).json()
    assert again["version"] == 2, "nothing changed"
    back = as_agent(role).patch(path, {"override_price_fen": None, "reason": "周一"}, version=2).json()
    assert (back["price_fen"], back["override_price_fen"], back["differs"]) == (1000, None, False)


def test_only_the_version_one_saw_is_changed__R13(as_agent: As, item_of: ItemOf) -> None:
    path, body = f"/items/{item_of('XIYOU-1')['item_id']}", {"override_price_fen": 900, "reason": "周末"}

    assert as_agent("KF003").patch(path, body, version=None).status_code == 428
    assert as_agent("KF003").patch(path, body, version=1).status_code == 200
    stale = as_agent("KF004").patch(path, {**body, "override_price_fen": 1}, version=1)
    assert (stale.status_code, stale.json()["current"]["override_price_fen"]) == (412, 900)
    unknown = as_agent("KF003").patch("/items/019aa000-0000-7000-8000-000000000000", body, version=1)
    assert unknown.status_code == 404


def test_a_push_never_erases_an_override_and_shows_where_they_differ__R22_R30(
    as_agent: As, item_of: ItemOf, game: Game
) -> None:
    path = f"/items/{item_of('XIYOU-1')['item_id']}"
    as_agent("KF003").patch(path, {"override_price_fen": 1200, "reason": "周末"}, version=1)
    as_agent("KF003").patch(
        f"/items/{item_of('XIYOU-2')['item_id']}", {"override_price_fen": 250, "reason": "一样"}, version=1
    )

    game.push(price("XIYOU-1", 1100, 2))

    item = item_of("XIYOU-1")
    assert (item["game_price_fen"], item["override_price_fen"], item["price_fen"], item["differs"]) == (
        1100,
        1200,
        1200,
        True,
    )
    differing = as_agent("KF003").get("/items", differs=True).json()["items"]
    assert [item["code"] for item in differing] == ["XIYOU-1"]
    same = as_agent("KF003").get("/items", differs=False, game_id="xiyou").json()["items"]
    assert [item["code"] for item in same] == ["XIYOU-2", "XIYOU-3"]


def test_history_tells_who_changed_a_price_why_and_when__R22(as_agent: As, item_of: ItemOf, game: Game) -> None:
    item_id = item_of("XIYOU-1")["item_id"]
    path = f"/items/{item_id}"
    as_agent("KF003").patch(path, {"override_price_fen": 900, "reason": "周末"}, version=1)
    game.push(price("XIYOU-1", 1100, 2))
    game.push(price("XIYOU-1", 90000, 3))
    as_agent("KF002").post(f"{path}/pending-price", {"decision": "discard", "reason": "打错了"}, version=4)

    first = as_agent("KF003").get(f"{path}/history", limit=3).json()
    rest = as_agent("KF003").get(f"{path}/history", limit=3, cursor=first["next_cursor"]).json()

    seen = [
        (c["source"], c["old_game_price_fen"], c["new_game_price_fen"], c["new_override_price_fen"], c["actor"])
        for c in first["items"] + rest["items"]
    ]
    assert seen == [
        ("discard", 1100, 1100, 900, "KF002"),
        ("push", 1000, 1100, 900, None),
        ("override", 1000, 1000, 900, "KF003"),
        ("pull", None, 1000, None, None),
    ]
    assert first["items"][0]["reason"] == "打错了"
    assert rest["next_cursor"] is None
    assert as_agent("KF003").get("/items/019aa000-0000-7000-8000-000000000000/history").status_code == 404


def test_each_change_of_an_item_leaves_one_event__I1(as_agent: As, item_of: ItemOf, database: Database) -> None:
    item_id = item_of("XIYOU-1")["item_id"]
    as_agent("KF003").patch(f"/items/{item_id}", {"override_price_fen": 900, "reason": "周末"}, version=1)

    with database.begin() as tx:
        query = text("SELECT version, type, actor, payload FROM outbox WHERE aggregate_id = :id ORDER BY id")
        rows = tx.execute(query, {"id": item_id}).all()
    assert [(row.version, row.type, row.actor) for row in rows] == [
        (1, "catalog.item.updated.v1", None),
        (2, "catalog.item.updated.v1", "KF003"),
    ]
    assert (rows[1].payload["price_fen"], rows[1].payload["game_price_fen"]) == (900, 1000)


def test_a_renamed_item_is_found_by_its_new_name_and_named_so_in_packs__R22(
    as_agent: As, item_of: ItemOf, new_pack: NewPack, database: Database
) -> None:
    pack = new_pack({"XIYOU-1": 1})
    quote = Quote("XIYOU-1", 1000, 1, now(), "定海神针")
    database.transact(apply_quotes, "xiyou", [quote], Origin("pull"), 5)

    assert item_of("神针")["code"] == "XIYOU-1"
    assert as_agent("KF003").get("/items", q="金箍").json()["items"] == []
    renamed = as_agent("KF003").get(f"/packs/{pack['pack_id']}").json()
    assert (renamed["contents"][0]["name"], renamed["version"], renamed["revision"]) == ("定海神针", 2, 1)


@pytest.mark.parametrize(("by", "lowest"), [("KF003", 700), ("KF002", 500), ("KF001", 300)])
def test_nobody_overrides_further_below_the_games_price_than_his_discount_goes__R22_R23(
    as_agent: As, item_of: ItemOf, by: str, lowest: int
) -> None:
    path = f"/items/{item_of('XIYOU-1')['item_id']}"

    refused = as_agent(by).patch(path, {"override_price_fen": lowest - 1, "reason": "周末"}, version=1)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:override-not-allowed")
    assert refused.json()["errors"][0]["pointer"] == "/override_price_fen"
    assert as_agent(by).patch(path, {"override_price_fen": lowest, "reason": "周末"}, version=1).status_code == 200
    back = as_agent("KF003").patch(path, {"override_price_fen": None, "reason": "周一"}, version=2)
    assert back.status_code == 200, "the game's own price is anybody's"
