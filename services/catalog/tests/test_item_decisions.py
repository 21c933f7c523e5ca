"""Deciding on many held prices at once, lists of what waits, and each game's own factor: R22, R30."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gamedesk_catalog.app import create_app
from gamedesk_catalog.settings import Settings
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Engine, event, text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]
NOBODY = "019aa000-0000-7000-8000-000000000000"


def hold(game: Game, *codes: str) -> None:
    assert set(game.fates(*[price(code, 90_000, 2) for code in codes])) == {"held"}


def seen(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"item_id": item["item_id"], "version": item["version"]} for item in items]


def test_one_decision_on_many_held_prices_tells_the_fate_of_each__R30(
    as_agent: As, item_of: ItemOf, game: Game, new_pack: NewPack
) -> None:
    pack = new_pack({"XIYOU-1": 1, "XIYOU-2": 1}, 0)
    hold(game, "XIYOU-1", "XIYOU-2")
    one, two, three = (item_of(f"XIYOU-{n}") for n in (1, 2, 3))
    lead = as_agent("KF002")
    asked = [*seen(one, {**two, "version": 1}, three), {"item_id": NOBODY, "version": 1}]

    answer = lead.post("/item-decisions", {"items": asked, "decision": "apply", "reason": "新版本"})

    assert answer.status_code == 201
    decision = answer.json()
    assert [result["fate"] for result in decision["results"]] == ["applied", "stale", "no_price_held", "unknown_item"]
    assert (decision["decision"], decision["decided_by"], decision["reason"]) == ("apply", "KF002", "新版本")
    assert [item_of(f"XIYOU-{n}")["price_fen"] for n in (1, 2, 3)] == [90_000, 250, 99]
    followed = lead.get(f"/packs/{pack['code']}").json()
    assert (followed["price_fen"], followed["version"]) == (90_250, 2)
    refused = lead.post("/item-decisions", {"items": seen(two), "decision": "discard"}).json()
    assert refused["results"] == [{"item_id": two["item_id"], "fate": "discarded"}]
    assert item_of("XIYOU-2")["pending_price"] is None


def test_a_repeated_decision_gets_the_first_answer__R30(as_agent: As, item_of: ItemOf, game: Game) -> None:
    hold(game, "XIYOU-1")
    body = {"items": seen(item_of("XIYOU-1")), "decision": "apply"}
    lead = as_agent("KF002")

    first, again = (lead.post("/item-decisions", body, key="the-same-key-for-both") for _ in range(2))

    assert (first.status_code, again.json()) == (201, first.json())
    assert again.json()["results"][0]["fate"] == "applied"


def test_a_decision_over_games_costs_few_statements_and_one_event_each__R30_I1(
    as_agent: As, item_of: ItemOf, game: Game, database: Database, anonymous: ApiClient, new_pack: NewPack
) -> None:
    new_pack({"XIYOU-1": 1})
    new_pack({"SANGUO-1": 1})
    hold(game, "XIYOU-1", "XIYOU-2", "XIYOU-3")
    assert Game(anonymous, "sanguo").fates(price("SANGUO-1", 90_000, 2), secret="sanguo_secret") == ["held"]
    found = [item_of(code) for code in ("XIYOU-1", "XIYOU-2", "XIYOU-3", "SANGUO-1")]
    counts = [statements_of(lambda asked=asked: decide(as_agent("KF002"), asked)) for asked in (found[:1], found[1:])]

    assert counts[1] <= counts[0], "whatever their number"
    impacts = as_agent("KF003").get("/price-impacts").json()["items"]
    assert [(impact["game_id"], impact["packs_changed"]) for impact in impacts] == [("sanguo", 1), ("xiyou", 1)]
    with database.begin() as tx:
        twice = text("SELECT 1 FROM outbox GROUP BY aggregate_id HAVING count(*) <> max(version)")
        assert tx.execute(twice).all() == []


def decide(lead: ApiClient, found: list[dict[str, Any]]) -> None:
    results = lead.post("/item-decisions", {"items": seen(*found), "decision": "apply"}).json()["results"]
    assert {result["fate"] for result in results} == {"applied"}


def statements_of(act: Callable[[], object]) -> int:
    made: list[str] = []

    def count(*call: Any) -> None:
        made.append(call[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(made)


def test_who_decides_and_what_is_refused__R30(as_agent: As, item_of: ItemOf, game: Game) -> None:
    hold(game, "XIYOU-1")
    asked = seen(item_of("XIYOU-1"))
    lead = as_agent("KF002")

    assert as_agent("KF003").post("/item-decisions", {"items": asked, "decision": "apply"}).status_code == 403
    twice = lead.post("/item-decisions", {"items": asked * 2, "decision": "apply"})
    assert (twice.status_code, twice.json()["type"]) == (422, "urn:gamedesk:problem:item-twice")
    for bad in ([], asked * 201):
        assert lead.post("/item-decisions", {"items": bad, "decision": "apply"}).status_code == 400
    assert lead.post("/item-decisions", {"items": asked, "decision": "later"}).status_code == 400
    assert lead.get(f"/item-decisions/{NOBODY}").status_code == 404
    assert item_of("XIYOU-1")["pending_price"]["state"] == "held"


def test_lists_of_what_waits_and_of_what_is_overridden__R22_R30(as_agent: As, item_of: ItemOf, game: Game) -> None:
    agent = as_agent("KF003")
    hold(game, "XIYOU-2")
    game.push(price("XIYOU-3", 100, 2, rfc3339(now() + timedelta(days=1)) or ""))
    path = f"/items/{item_of('XIYOU-1')['item_id']}"
    agent.patch(path, {"override_price_fen": 1000, "reason": "一样"}, version=1)

    def codes(**query: Any) -> list[str]:
        return [item["code"] for item in agent.get("/items", **query).json()["items"]]

    assert codes(pending="held") == ["XIYOU-2"]
    assert codes(pending="scheduled") == ["XIYOU-3"]
    assert codes(pending="held", game_id="sanguo") == []
    assert codes(overridden=True) == ["XIYOU-1"]
    assert codes(overridden=False) == ["SANGUO-1", "XIYOU-2", "XIYOU-3"]
    assert codes(differs=True) == [], "the same price as the game's"


def test_the_last_changed_items_of_a_game_first__R22(as_agent: As, item_of: ItemOf, game: Game) -> None:
    agent, found, cursor = as_agent("KF003"), [], {}
    for code in ("XIYOU-3", "XIYOU-1", "XIYOU-2"):
        game.push(price(code, item_of(code)["price_fen"] + 1, 2))

    while True:
        page = agent.get("/items", sort="recent", game_id="xiyou", limit=1, **cursor).json()
        found += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert found == ["XIYOU-2", "XIYOU-1", "XIYOU-3"]
    refused = agent.get("/items", sort="recent")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:sort-needs-game")


@pytest.mark.parametrize(("factor", "fate"), [(2, "held"), (9, "applied")])
def test_a_game_may_have_its_own_factor_beyond_which_a_price_is_held__R30(
    settings: Settings, games_file: Path, factor: int, fate: str
) -> None:
    own = games_file.with_name(f"games-{factor}.yaml")
    games = games_file.read_text("utf-8")
    own.write_text(games.replace("name: 西游传说", f"name: 西游传说\n    hold_factor: {factor}"), "utf-8")
    app = create_app(settings.model_copy(update={"games_file": own}))

    assert Game(ApiClient(app)).fates(price("XIYOU-1", 1000 * (factor - 1) + 1500, 2)) == ["held"]
    assert Game(ApiClient(app)).fates(price("XIYOU-2", 250 * 4, 2)) == [fate]
    assert Game(ApiClient(app), "sanguo").fates(price("SANGUO-1", 25_000, 2), secret="sanguo_secret") == ["applied"]
