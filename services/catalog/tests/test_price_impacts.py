"""What new prices do to packs, before and after: B1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_catalog.__main__ import apply_due_prices, forget_impacts
from gamedesk_catalog.commands import pulls
from gamedesk_catalog.pauses import Pauses
from gamedesk_catalog.quotes import HoldFactors, Quote
from gamedesk_catalog.tables import pending_prices
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text, update

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]
NOBODY = "019aa000-0000-7000-8000-000000000000"


def preview(client: ApiClient, *changes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = client.post("/price-impacts", {"game_id": "xiyou", "changes": list(changes), **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def game_price(code: str, price_fen: int) -> dict[str, Any]:
    return {"code": code, "game_price_fen": price_fen}


def own_price(code: str, price_fen: int | None) -> dict[str, Any]:
    return {"code": code, "override_price_fen": price_fen}


def recorded(client: ApiClient, **query: Any) -> list[dict[str, Any]]:
    return client.get("/price-impacts", **query).json()["items"]


def packs_of(client: ApiClient, impact: dict[str, Any]) -> list[dict[str, Any]]:
    return client.get(f"/price-impacts/{impact['impact_id']}/packs", limit=200).json()["items"]


def override(client: ApiClient, item: dict[str, Any], price_fen: int | None) -> None:
    path, body = f"/items/{item['item_id']}", {"override_price_fen": price_fen, "reason": "周末"}
    assert client.patch(path, body, version=item["version"]).status_code == 200


def test_a_preview_shows_each_pack_before_and_after__B1(as_agent: As, new_pack: NewPack) -> None:
    one = new_pack({"XIYOU-1": 2, "XIYOU-2": 1}, 1000)
    new_pack({"XIYOU-3": 1}, 0)

    shown = preview(as_agent("KF002"), game_price("XIYOU-1", 1333), game_price("XIYOU-9", 5), game_price("XIYOU-3", 99))

    assert shown["packs"] == [
        {
            "pack_id": one["pack_id"],
            "code": one["code"],
            "name": "周末礼包",
            "created_by": "KF003",
            "old_list_price_fen": 2250,
            "new_list_price_fen": 2916,  # 2 × 1000 + 250, 2 × 1333 + 250
            "old_price_fen": 2025,
            "new_price_fen": 2624,  # less 10 %: 2624.4
            "old_state": "active",
            "new_state": "active",
            "breaks": None,
        }
    ]
    assert shown["total"] == 1
    assert shown["summary"] == {
        "items_changed": 1,
        "items_unchanged": 1,
        "items_held": 0,
        "items_unknown": 1,
        "packs_changed": 1,
        "packs_to_review": 0,
    }


def test_a_preview_changes_nothing__B1(as_agent: As, new_pack: NewPack, item_of: ItemOf, database: Database) -> None:
    pack, item = new_pack({"XIYOU-1": 1}), item_of("XIYOU-1")

    preview(as_agent("KF002"), game_price("XIYOU-1", 1333))

    assert item_of("XIYOU-1") == item
    assert as_agent("KF003").get(f"/packs/{pack['code']}").json() == pack
    assert recorded(as_agent("KF003")) == []


def test_a_preview_says_what_a_lead_would_be_asked_first__B1_R30(as_agent: As, new_pack: NewPack) -> None:
    new_pack({"XIYOU-1": 1})
    new_pack({"XIYOU-3": 1}, 0)
    changes = [game_price("XIYOU-1", 5001), game_price("XIYOU-3", 0)]

    held = preview(as_agent("KF002"), *changes)
    confirmed = preview(as_agent("KF002"), *changes, as_confirmed=True)

    assert (held["packs"], held["summary"]["items_held"], held["summary"]["items_changed"]) == ([], 2, 0)
    assert [(p["new_price_fen"], p["new_state"], p["breaks"]) for p in confirmed["packs"]] == [
        (0, "review", "lowest_price"),
        (4501, "active", None),
    ], "broken ones first"
    assert (confirmed["summary"]["items_held"], confirmed["summary"]["packs_to_review"]) == (0, 1)


def test_agents_preview_their_fine_tuning_within_their_allowance__B1_R22(as_agent: As, new_pack: NewPack) -> None:
    new_pack({"XIYOU-1": 1}, 3000)
    agent = as_agent("KF003")

    (pack,) = preview(agent, own_price("XIYOU-1", 800))["packs"]
    assert (pack["old_price_fen"], pack["new_price_fen"], pack["new_state"], pack["breaks"]) == (
        *(700, 560),
        *("review", "discount"),
    )
    assert preview(agent, own_price("XIYOU-1", None))["summary"]["items_unchanged"] == 1
    body = {"game_id": "xiyou", "changes": [own_price("XIYOU-2", 250), own_price("XIYOU-1", 699)]}
    refused = agent.post("/price-impacts", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/changes/1/override_price_fen")
    assert as_agent("KF002").post("/price-impacts", body).status_code == 200, "a lead may go further"
    assert agent.post("/price-impacts", {"game_id": "xiyou", "changes": [game_price("XIYOU-1", 1)]}).status_code == 403


def test_a_preview_that_makes_no_sense_is_refused__B1(as_agent: As) -> None:
    lead = as_agent("KF002")

    def refused(*changes: dict[str, Any], game_id: str = "xiyou") -> tuple[int, str]:
        answer = lead.post("/price-impacts", {"game_id": game_id, "changes": list(changes)})
        return answer.status_code, answer.json()["type"].removeprefix("urn:gamedesk:problem:")

    one = game_price("XIYOU-1", 1)
    assert refused(one, own_price("XIYOU-1", 2)) == (422, "item-twice")
    assert refused(one, game_id="nosuch") == (422, "unknown-game")
    assert refused()[0] == refused({"code": "XIYOU-1"})[0] == 400
    assert refused({**one, "override_price_fen": 1})[0] == 400
    assert refused(*[game_price(f"C-{n}", 1) for n in range(5001)])[0] == 400


def test_what_was_previewed_is_what_happens__B1(as_agent: As, new_pack: NewPack, item_of: ItemOf, game: Game) -> None:
    """Packs in every state, an override that hides the game's price, a price that is held."""
    lead = as_agent("KF002")
    override(as_agent("KF003"), item_of("XIYOU-1"), 700)
    carried_by_override = new_pack({"XIYOU-1": 1}, 0)
    for discount_bp in (0, 1000, 2999, 3000, 5000):
        new_pack({"XIYOU-1": 1, "XIYOU-2": 3}, discount_bp)
        new_pack({"XIYOU-2": 1, "XIYOU-3": 7}, discount_bp)
    retired = new_pack({"XIYOU-2": 1})
    assert as_agent("KF003").post(f"/packs/{retired['code']}/retire", version=1).status_code == 200
    changes = [("XIYOU-1", 1200), ("XIYOU-2", 333), ("XIYOU-3", 600)]

    shown = preview(lead, *[game_price(code, fen) for code, fen in changes])
    game.push(*[price(code, fen, 2) for code, fen in changes], event_id="event-1")

    (impact,) = recorded(lead, cause_id="event-1")
    happened = packs_of(lead, impact)
    assert sorted(shown["packs"], key=lambda pack: pack["pack_id"]) == happened
    assert {name: impact[name] for name in ("items_changed", "packs_changed", "packs_to_review")} == {
        name: shown["summary"][name] for name in ("items_changed", "packs_changed", "packs_to_review")
    }
    assert (impact["packs_changed"], impact["items_changed"], shown["summary"]["items_held"]) == (11, 2, 1)
    broken = next(pack for pack in happened if pack["pack_id"] == carried_by_override["pack_id"])
    assert (broken["old_price_fen"], broken["new_price_fen"]) == (700, 700)
    assert (broken["old_state"], broken["new_state"], broken["breaks"]) == ("active", "review", "discount")
    for pack in happened:
        now_shown = lead.get(f"/packs/{pack['pack_id']}").json()
        assert [now_shown[name] for name in ("list_price_fen", "price_fen", "state")] == [
            pack[f"new_{name}"] for name in ("list_price_fen", "price_fen", "state")
        ]


def test_a_fine_tuning_previewed_is_what_happens__B1_R22(as_agent: As, new_pack: NewPack, item_of: ItemOf) -> None:
    agent = as_agent("KF003")
    for discount_bp in (0, 3000):
        new_pack({"XIYOU-1": 1, "XIYOU-2": 1}, discount_bp)

    shown = preview(agent, own_price("XIYOU-1", 750))
    override(agent, item_of("XIYOU-1"), 750)

    (impact,) = recorded(agent)
    assert (impact["cause"], impact["actor"], impact["packs_to_review"]) == ("override", "KF003", 1)
    assert sorted(shown["packs"], key=lambda pack: pack["pack_id"]) == packs_of(agent, impact)
    history = agent.get(f"/items/{item_of('XIYOU-1')['item_id']}/history").json()["items"]
    assert history[0]["cause_id"] == impact["cause_id"] is not None


def test_every_way_that_a_price_comes_leaves_its_cause__B1(
    as_agent: As, new_pack: NewPack, item_of: ItemOf, game: Game, database: Database
) -> None:
    lead = as_agent("KF002")
    new_pack({"XIYOU-1": 1}, 0)

    game.push(price("XIYOU-1", 1100, 2), event_id="at-once")
    tomorrow = rfc3339(now() + timedelta(days=1)) or ""
    game.push(price("XIYOU-1", 1200, 3, tomorrow), event_id="for-later")
    assert item_of("XIYOU-1")["pending_price"]["cause_id"] == "for-later"
    with database.begin() as tx:
        tx.execute(update(pending_prices).values(effective_at=now() - timedelta(seconds=1)))
    apply_due_prices(database, HoldFactors(5), Pauses())
    game.push(price("XIYOU-1", 9000, 4), event_id="too-much")
    item = item_of("XIYOU-1")
    assert (item["pending_price"]["state"], item["pending_price"]["cause_id"]) == ("held", "too-much")
    decided = lead.post(
        "/item-decisions",
        {"items": [{"item_id": item["item_id"], "version": item["version"]}], "decision": "apply", "reason": "新版本"},
    ).json()
    pull = lead.post("/item-pulls", {"game_id": "xiyou"}).json()
    claimed = database.transact(pulls.claim_pull, "xiyou")
    assert claimed is not None
    database.transact(pulls.apply_page, claimed, [Quote("XIYOU-1", 8000, 5, now(), "如意金箍棒")], None, 5)

    causes = [
        ("pull", pull["pull_id"], None),
        ("confirm", decided["decision_id"], "KF002"),
        ("push", "for-later", None),
        ("push", "at-once", None),
    ]
    assert [(impact["cause"], impact["cause_id"], impact["actor"]) for impact in recorded(lead)] == causes
    history = lead.get(f"/items/{item['item_id']}/history").json()["items"]
    assert [(c["source"], c["cause_id"], c["actor"]) for c in history[:4]] == causes
    prices = [packs_of(lead, impact)[0] for impact in recorded(lead)]
    assert [(p["old_price_fen"], p["new_price_fen"]) for p in prices] == [
        (9000, 8000),
        (1200, 9000),
        (1100, 1200),
        (1000, 1100),
    ]
    assert decided == lead.get(f"/item-decisions/{decided['decision_id']}").json()


def test_what_changes_no_pack_is_not_kept__B1(
    as_agent: As, new_pack: NewPack, item_of: ItemOf, game: Game, database: Database
) -> None:
    new_pack({"XIYOU-1": 1})
    override(as_agent("KF003"), item_of("XIYOU-1"), 1000)

    game.push(price("XIYOU-1", 1100, 2), price("XIYOU-2", 300, 2))

    assert recorded(as_agent("KF003")) == [], "the override hides the one, no pack has the other"


def test_impacts_of_a_pack_say_what_they_did_to_it__B1(as_agent: As, new_pack: NewPack, game: Game) -> None:
    agent = as_agent("KF003")
    pack, other = new_pack({"XIYOU-1": 2}, 0), new_pack({"XIYOU-1": 1, "XIYOU-2": 1}, 0)
    game.push(price("XIYOU-1", 1100, 2))
    game.push(price("XIYOU-2", 300, 2))
    game.push(price("XIYOU-1", 1200, 3))

    found = recorded(agent, pack_id=pack["pack_id"])

    assert [(each["pack"]["old_price_fen"], each["pack"]["new_price_fen"]) for each in found] == [
        (2200, 2400),
        (2000, 2200),
    ]
    assert {each["pack"]["code"] for each in found} == {pack["code"]}
    assert len(recorded(agent, pack_id=other["pack_id"], game_id="xiyou")) == 3
    assert recorded(agent, pack_id=NOBODY) == []
    first = agent.get("/price-impacts", pack_id=pack["pack_id"], limit=1).json()
    rest = agent.get("/price-impacts", pack_id=pack["pack_id"], limit=1, cursor=first["next_cursor"]).json()
    assert first["items"] + rest["items"] == found
    assert "pack" not in recorded(agent)[0]


def test_impacts_are_listed_by_game_in_pages__B1(as_agent: As, new_pack: NewPack, game: Game) -> None:
    agent = as_agent("KF003")
    for _ in range(3):
        new_pack({"XIYOU-1": 1})
    new_pack({"SANGUO-1": 1})
    for version in (2, 3, 4):
        game.push(price("XIYOU-1", 1000 + version, version))
    override(as_agent("KF003"), agent.get("/items", q="SANGUO-1").json()["items"][0], 4000)

    def pages(path: str, **query: Any) -> list[list[Any]]:
        found, cursor = [], None
        while True:
            page = agent.get(path, limit=2, **query, **({"cursor": cursor} if cursor else {})).json()
            found.append(page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    assert [len(page) for page in pages("/price-impacts")] == [2, 2]
    of_game = [impact for page in pages("/price-impacts", game_id="xiyou") for impact in page]
    assert [impact["packs_changed"] for impact in of_game] == [3, 3, 3]
    assert [impact["at"] for impact in of_game] == sorted((impact["at"] for impact in of_game), reverse=True)
    path = f"/price-impacts/{of_game[0]['impact_id']}"
    assert [len(page) for page in pages(f"{path}/packs")] == [2, 1]
    assert agent.get(path).json() == of_game[0]
    assert agent.get(f"/price-impacts/{NOBODY}").status_code == 404
    assert agent.get(f"/price-impacts/{NOBODY}/packs").status_code == 404


def test_a_preview_shows_five_hundred_packs_and_counts_all__B1(
    as_agent: As, new_pack: NewPack, item_of: ItemOf, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.views.impacts.SHOWN_PACKS", 2)
    for _ in range(3):
        new_pack({"XIYOU-1": 1})

    shown = preview(as_agent("KF002"), game_price("XIYOU-1", 1100))

    assert (len(shown["packs"]), shown["total"], shown["summary"]["packs_changed"]) == (2, 3, 3)


def test_impacts_and_decisions_are_forgotten_after_their_time__B1(
    as_agent: As,
    new_pack: NewPack,
    item_of: ItemOf,
    game: Game,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gamedesk_catalog.repository.impacts._PURGED_IMPACTS", 1)
    new_pack({"XIYOU-1": 1})
    game.push(price("XIYOU-1", 9000, 2))
    item = item_of("XIYOU-1")
    path, lead = f"/items/{item['item_id']}/pending-price", as_agent("KF002")
    assert lead.post(path, {"decision": "apply"}, version=item["version"]).status_code == 200
    (impact,) = recorded(lead)
    assert lead.get(f"/item-decisions/{impact['cause_id']}").json()["results"] == [
        {"item_id": item["item_id"], "fate": "applied"}
    ]

    forget_impacts(database, timedelta(days=400))
    assert recorded(lead) == [impact]
    game.push(price("XIYOU-1", 9100, 3))
    game.push(price("XIYOU-1", 9200, 4))
    forget_impacts(database, timedelta())

    assert recorded(lead) == []
    with database.begin() as tx:
        assert tx.execute(text("SELECT count(*) FROM price_impact_packs")).scalar_one() == 0
    assert lead.get(f"/item-decisions/{impact['cause_id']}").status_code == 404
    assert UUID(impact["cause_id"])
