"""Offers: R19, typing a pack id fills in the pack's data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]


def test_the_pack_id_in_any_case_gives_all_of_the_pack__R19(as_agent: As, pack: dict[str, Any]) -> None:
    expected = {
        "pack_code": "7K2QX",
        "pack_id": pack["pack_id"],
        "name": "周末礼包",
        "revision": 1,
        "state": "active",
        "list_price_fen": 10_000,
        "discount_bp": 2000,
        "price_fen": 8_000,
        "currency": "CNY",
        "contents": [{**line, "current_item_price_fen": None} for line in pack["contents"]],
        "sellable": True,
        "why_not": None,
        "valid_from": None,
        "valid_until": None,
        "campaign_id": None,
        "player_id": None,
        "accounts": None,
        "as_of": pack["updated_at"],
    }
    for typed in ("7K2QX", "7k2qx", "7k2Qx"):
        assert as_agent("KF003").get(f"/offers/{typed}").json() == expected


def test_a_pack_that_sales_has_not_heard_of_is_not_found__R19(as_agent: As) -> None:
    unknown = as_agent("KF003").get("/offers/ZZZZZ")
    assert (unknown.status_code, unknown.json().get("detail", "")) == (404, "")
    for typed in ("ZZZZ0", "zzzzl", "OZZZZ", "ZZ1ZZ", "zzizz"):
        assert "no 0, O, 1, I or L" in as_agent("KF003").get(f"/offers/{typed}").json()["detail"]
    assert as_agent("KF003").get("/offers/7K%202").status_code == 400


def test_a_pack_made_for_another_player_is_not_offered_to_this_one__R19(
    as_agent: As, known_pack: Callable[..., Any], known_player: Callable[..., str], player: str
) -> None:
    other = known_player()
    known_pack(code="MADE4", player_id=player)

    def offered(**query: str) -> tuple[bool, str | None]:
        offer = as_agent("KF003").get("/offers/MADE4", **query).json()
        return offer["sellable"], offer["why_not"]

    assert (offered(), offered(player_id=player)) == ((True, None), (True, None))
    assert offered(player_id=other) == (False, "for_another")
    known_player(player_id=other, version=2, merged_into=player)
    assert offered(player_id=other) == (True, None), "merged records are one person"
    assert as_agent("KF003").get("/offers/MADE4", player_id="x").status_code == 400


WHY_NOT: list[tuple[dict[str, Any], str | None]] = [
    ({"state": "draft"}, "draft"),
    ({"state": "pending_approval"}, "pending_approval"),
    ({"state": "review"}, "in_review"),
    ({"state": "retired"}, "retired"),
    ({"valid_until": "2026-01-01T00:00:00Z"}, "expired"),
    ({"valid_until": "2999-01-01T00:00:00Z"}, None),
    ({"valid_from": "2999-01-01T00:00:00Z"}, "not_yet_valid"),
    ({"valid_from": "2026-01-01T00:00:00Z"}, None),
]


def test_an_offer_says_why_it_is_not_for_sale__R19(as_agent: As, known_pack: Callable[..., Any]) -> None:
    for number, (fields, why_not) in enumerate(WHY_NOT):
        known_pack(code=f"PACK{number}", **fields)
        offer = as_agent("KF003").get(f"/offers/PACK{number}").json()
        assert (offer["sellable"], offer["why_not"]) == (why_not is None, why_not)


def test_items_show_the_name_and_price_of_today_where_they_differ__R19(
    as_agent: As, pack: dict[str, Any], feed: Any
) -> None:
    same, dearer = pack["contents"]
    for line, name, price in ((same, "昊天令", 4_000), (dearer, "九转金丹", 2_500)):
        item = {
            "item_id": line["item_id"],
            "game_id": "xiyou",
            "code": line["code"],
            "name": name,
            "game_price_fen": price,
            "override_price_fen": None,
            "price_fen": price,
            "currency": "CNY",
            "source_version": 7,
            "updated_at": "2026-11-02T00:00:00Z",
        }
        feed("catalog.item.updated.v1", line["item_id"], item)

    contents = as_agent("KF003").get("/offers/7K2QX").json()["contents"]

    assert [(c["name"], c["unit_price_fen"], c["current_item_price_fen"]) for c in contents] == [
        ("昊天令", 4_000, None),
        ("九转金丹", 2_000, 2_500),
    ]


def test_an_offer_says_whether_the_player_has_an_account_to_deliver_to__B7(
    as_agent: As, pack: dict[str, Any], player: str, known_player: Callable[..., str], known_profile: Callable[..., str]
) -> None:
    def accounts(**query: str) -> int | None:
        return as_agent("KF003").get(f"/offers/{pack['code']}", **query).json()["accounts"]

    loser = known_player(merged_into=player)
    known_profile(player, "sanguo")
    known_profile(player, state="not_found", game_account_id=None)
    assert (accounts(), accounts(player_id=player)) == (None, 0), "of another game, or not known"
    known_profile(loser)
    assert accounts(player_id=player) == accounts(player_id=loser) == 1, "merged records are one person"
    assert as_agent("KF003").get(f"/offers/{pack['code']}", player_id=player).json()["sellable"], "it warns only"
