"""Quotes: a price promised on WeChat holds until it expires, whatever is pushed meanwhile (B2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Published = Callable[[], list[Any]]


def refusal(response: Any) -> tuple[int, str, str | None]:
    """(status, slug, pointer) of a problem."""
    body = response.json()
    pointer = body["errors"][0]["pointer"] if body.get("errors") else None
    return response.status_code, body["type"].removeprefix("urn:gamedesk:problem:"), pointer


def in_(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def test_a_quote_freezes_pack_and_price_for_a_day__B2(
    as_agent: As, quote_body: Body, pack: dict[str, Any], player: str
) -> None:
    response = as_agent("KF003").post("/quotes", quote_body(pack_code="7k2qx", note="  答应周五付款"))

    quote = response.json()
    assert (response.status_code, response.headers["ETag"]) == (201, '"1"')
    assert (quote["number"], quote["state"], quote["agent_id"]) == ("Q-000001", "open", "KF003")
    assert (quote["player_id"], quote["amount_fen"], quote["stand_in"]) == (player, 8_000, False)
    assert quote["pack"]["contents"] == pack["contents"]
    held = parse_rfc3339(quote["expires_at"]) - parse_rfc3339(quote["created_at"])  # type: ignore[operator]
    assert held == timedelta(hours=24)
    assert as_agent("KF004").get(f"/quotes/{quote['quote_id']}").json() == quote


def test_a_quote_is_sold_as_promised_whatever_is_pushed__B2(
    as_agent: As,
    promise: Callable[..., Any],
    sale_of: Body,
    pack: dict[str, Any],
    known_pack: Callable[..., Any],
    player: str,
) -> None:
    quote = promise()
    for version, changed in ((2, {"price_fen": 16_000, "list_price_fen": 20_000}), (3, {"state": "retired"})):
        known_pack(version=version, pack_id=pack["pack_id"], revision=version, contents=[], **changed)

    order = as_agent("KF003").post("/orders", sale_of(quote)).json()

    assert (order["amount_due_fen"], order["quote_id"], order["difference_reason"]) == (8_000, quote["quote_id"], None)
    assert order["pack"] == quote["pack"]
    sold = as_agent("KF003").get(f"/quotes/{quote['quote_id']}").json()
    assert (sold["state"], sold["order_id"], sold["version"]) == ("sold", order["order_id"], 2)
    won = as_agent("KF003").get("/touches", player_id=player).json()["items"][0]
    assert (won["outcome"], won["quote_id"]) == ("won", quote["quote_id"])
    again = as_agent("KF003").post("/orders", sale_of(quote))
    assert refusal(again) == (409, "quote-not-open", "/quote_id")
    assert (again.json()["state"], again.json()["order_id"]) == ("sold", order["order_id"])


def test_the_amount_paid_is_held_against_the_quote__B2(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    quote = promise()
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], price_fen=9_000)

    refused = as_agent("KF003").post("/orders", sale_of(quote, amount_paid_fen=9_000))

    assert refusal(refused) == (422, "difference-reason-required", "/difference_reason")
    assert refused.json()["amount_due_fen"] == 8_000


def test_a_quote_says_what_is_sold_so_the_order_does_not(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, order_body: Body, known_player: Callable[..., str]
) -> None:
    quote, agent = promise(), as_agent("KF003")
    for field, value in (("pack_code", "7K2QX"), ("pack_revision", 1), ("price_fen", 8_000)):
        assert refusal(agent.post("/orders", {**sale_of(quote), field: value})) == (400, "validation", f"/{field}")
    assert refusal(agent.post("/orders", order_body(pack_code=None))) == (400, "validation", "/pack_code")
    assert refusal(agent.post("/orders", order_body(pack_revision=None))) == (400, "validation", "/pack_revision")
    refused = agent.post("/orders", sale_of(quote, player_id=known_player()))
    assert refusal(refused) == (422, "quote-for-another", "/quote_id")
    assert agent.post("/orders", sale_of({"quote_id": "019aa1b4-00cc-7000-8000-00000000dead"})).status_code == 404


def test_a_quote_needs_what_the_seller_saw__B2(
    as_agent: As, quote_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any], published: Published
) -> None:
    agent = as_agent("KF003")
    assert refusal(agent.post("/quotes", quote_body(price_fen=7_999))) == (409, "pack-changed", "/price_fen")
    assert refusal(agent.post("/quotes", quote_body(pack_revision=2))) == (409, "pack-changed", "/pack_revision")
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], state="review")
    refused = agent.post("/quotes", quote_body())
    assert refusal(refused) == (409, "pack-changed", "/pack_code")
    assert refused.json()["offer"]["why_not"] == "in_review"
    assert published() == []


def test_a_pack_that_is_not_valid_yet_is_not_sold(
    as_agent: As, quote_body: Body, order_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], valid_from=in_(hours=1))
    assert refusal(as_agent("KF003").post("/quotes", quote_body())) == (409, "pack-changed", "/pack_code")
    refused = as_agent("KF003").post("/orders", order_body())
    assert refused.json()["offer"]["why_not"] == "not_yet_valid"
    known_pack(version=3, pack_id=pack["pack_id"], contents=pack["contents"], valid_from=in_(hours=-1))
    assert as_agent("KF003").post("/quotes", quote_body()).status_code == 201


def test_a_pack_made_for_one_player_is_sold_to_him_alone(
    as_agent: As,
    quote_body: Body,
    order_body: Body,
    player: str,
    pack: dict[str, Any],
    known_pack: Callable[..., Any],
    known_player: Callable[..., str],
) -> None:
    other = known_player()
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], player_id=other)

    for path, body in (("/quotes", quote_body()), ("/orders", order_body())):
        assert refusal(as_agent("KF003").post(path, body)) == (422, "pack-for-another", "/pack_code")
    assert as_agent("KF003").get("/offers/7K2QX").json()["player_id"] == other
    assert as_agent("KF003").post("/quotes", quote_body(player_id=other)).status_code == 201
    assert as_agent("KF003").post("/orders", order_body(player_id=other)).status_code == 201
    known_player(player_id=player, version=2, merged_into=other)
    assert as_agent("KF003").post("/orders", order_body()).status_code == 201, "they are one person"


def test_how_long_a_quote_holds(
    as_agent: As, quote_body: Body, pack: dict[str, Any], known_pack: Callable[..., Any]
) -> None:
    agent = as_agent("KF003")

    def refused(**fields: Any) -> tuple[int, str, str | None]:
        return refusal(agent.post("/quotes", quote_body(**fields)))

    assert refused(expires_at=in_(days=8)) == (422, "quote-too-long", "/expires_at")
    assert refused(valid_minutes=7 * 24 * 60 + 1) == (422, "quote-too-long", "/valid_minutes")
    assert refused(expires_at=in_(minutes=-1)) == (400, "validation", "/expires_at")
    assert refused(expires_at=in_(hours=1), valid_minutes=60) == (400, "validation", "/expires_at")
    assert refused(valid_minutes=0)[:2] == (400, "validation")
    until = in_(hours=2)
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], valid_until=until)
    assert refused(valid_minutes=121) == (422, "quote-too-long", "/valid_minutes")
    quote = agent.post("/quotes", quote_body()).json()
    assert parse_rfc3339(quote["expires_at"]) == parse_rfc3339(until), "no longer than the pack"


def test_one_open_quote_of_a_seller_for_player_and_pack(
    as_agent: As, promise: Callable[..., Any], quote_body: Body, end_at: Callable[..., None]
) -> None:
    first = promise()

    again = as_agent("KF003").post("/quotes", quote_body())
    assert refusal(again)[:2] == (409, "quote-exists")
    assert again.json()["existing_quote_id"] == first["quote_id"]
    promise("KF002")  # another seller's is his own

    end_at(first, minutes=-1)
    second = promise()
    assert as_agent("KF003").get(f"/quotes/{first['quote_id']}").json()["state"] == "expired"
    as_agent("KF003").post(f"/quotes/{second['quote_id']}/withdraw", {"reason": "改主意"}, version=1)
    promise()


def test_who_promises_prices_to_a_player(as_agent: As, quote_body: Body, promise: Callable[..., Any]) -> None:
    for seller, status in (("KF003", 201), ("KF002", 201), ("KF001", 201), ("KF004", 403), ("KF005", 403)):
        assert as_agent(seller).post("/quotes", quote_body()).status_code == status


def test_nobody_promises_prices_to_who_asked_to_be_left_alone(as_agent: As, quote_body: Body, player: str) -> None:
    as_agent("KF003").post("/touches", {"player_id": player, "outcome": "do_not_contact"})
    assert refusal(as_agent("KF003").post("/quotes", quote_body()))[:2] == (409, "do-not-contact")


def test_a_quote_goes_with_its_player_to_the_next_owner(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, player: str, known_player: Callable[..., str]
) -> None:
    quote = promise()
    known_player("KF004", player_id=player, version=2)

    assert refusal(as_agent("KF003").post("/orders", sale_of(quote))) == (403, "not-your-player", "/player_id")
    order = as_agent("KF004").post("/orders", sale_of(quote)).json()
    assert (order["seller_agent_id"], order["amount_due_fen"]) == ("KF004", 8_000)


def test_a_quote_of_a_merged_player_is_sold_to_the_survivor(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, player: str, known_player: Callable[..., str]
) -> None:
    quote, survivor = promise(), known_player()
    known_player(player_id=player, version=2, merged_into=survivor)

    assert refusal(as_agent("KF003").post("/quotes", {**_as_body(quote), "player_id": survivor}))[1] == "quote-exists"
    order = as_agent("KF003").post("/orders", sale_of(quote, player_id=survivor)).json()
    assert (order["player_id"], order["quote_id"]) == (survivor, quote["quote_id"])
    assert [q["quote_id"] for q in as_agent("KF003").get("/quotes", player_id=survivor).json()["items"]] == [
        quote["quote_id"]
    ]


def _as_body(quote: dict[str, Any]) -> dict[str, Any]:
    pack = quote["pack"]
    return {"pack_code": pack["code"], "pack_revision": pack["revision"], "price_fen": quote["amount_fen"]}


def test_the_account_of_the_quote_is_delivered_to(
    as_agent: As,
    promise: Callable[..., Any],
    quote_body: Body,
    sale_of: Body,
    player: str,
    known_profile: Callable[..., str],
) -> None:
    first, second = known_profile(player), known_profile(player)
    stranger = known_profile(player, "sanguo")
    refused = as_agent("KF003").post("/quotes", quote_body(profile_id=stranger))
    assert refusal(refused) == (422, "unknown-profile", "/profile_id")
    refused = as_agent("KF003").post("/quotes", quote_body(profile_id=str(uuid4())))
    assert refusal(refused) == (409, "reference-not-yet-known", "/profile_id")

    quote = promise(profile_id=second)
    order = as_agent("KF003").post("/orders", sale_of(quote)).json()
    assert order["profile"]["profile_id"] == second
    other = promise(profile_id=second)
    order = as_agent("KF003").post("/orders", sale_of(other, profile_id=first)).json()
    assert order["profile"]["profile_id"] == first


def test_the_campaign_is_the_one_said_else_the_packs(
    as_agent: As,
    promise: Callable[..., Any],
    sale_of: Body,
    order_body: Body,
    pack: dict[str, Any],
    known_pack: Callable[..., Any],
    known_campaign: Callable[..., str],
    published: Published,
) -> None:
    said, of_pack = "019aa1b2-0301-7000-8000-00000000d301", "019aa1b2-0301-7000-8000-00000000d302"
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], campaign_id=of_pack)

    known_campaign(said)
    assert promise("KF001")["campaign_id"] == of_pack
    quote = promise(campaign_id=said)
    order = as_agent("KF003").post("/orders", sale_of(quote)).json()
    assert (quote["campaign_id"], order["campaign_id"]) == (said, said)
    assert as_agent("KF003").post("/orders", order_body()).json()["campaign_id"] == of_pack
    assert as_agent("KF003").post("/orders", order_body(campaign_id=said)).json()["campaign_id"] == said
    touches = [row.payload for row in published() if row.type == "sales.touch.recorded.v1"]
    assert [touch["campaign_id"] for touch in touches] == [said, of_pack, said]
