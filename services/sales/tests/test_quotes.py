"""Quotes: a price promised on WeChat holds until it expires, whatever is pushed meanwhile (B2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_chassis.database import Database
from gamedesk_sales.commands.quotes import expire_quotes
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

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


@pytest.fixture
def quote_body(player: str, pack: dict[str, Any]) -> Body:
    """`quote_body(**fields)`: what promises `pack` to `player` at its price of now; None is left out."""

    def body(**fields: Any) -> dict[str, Any]:
        usual = {
            "player_id": player,
            "pack_code": pack["code"],
            "pack_revision": pack["revision"],
            "price_fen": pack["price_fen"],
        }
        return {name: value for name, value in {**usual, **fields}.items() if value is not None}

    return body


@pytest.fixture
def promise(as_agent: As, quote_body: Body) -> Callable[..., dict[str, Any]]:
    """`promise(agent="KF003", **fields)`: a quote that was made."""

    def make(agent: str = "KF003", **fields: Any) -> dict[str, Any]:
        response = as_agent(agent).post("/quotes", quote_body(**fields))
        assert response.status_code == 201, response.text
        return response.json()

    return make


@pytest.fixture
def sale_of(order_body: Body) -> Callable[..., dict[str, Any]]:
    """`sale_of(quote, **fields)`: what sells from a quote."""

    def body(quote: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return order_body(quote_id=quote["quote_id"], pack_code=None, pack_revision=None, **fields)

    return body


@pytest.fixture
def end_at(database: Database) -> Callable[..., None]:
    """`end_at(quote, minutes=-1)`: as if it had been promised until then."""

    def end(quote: dict[str, Any], **span: float) -> None:
        moment = datetime.now(UTC) + timedelta(**span)
        with database.begin() as tx:
            values = {"moment": moment, "id": quote["quote_id"]}
            tx.execute(text("UPDATE quotes SET expires_at = :moment WHERE quote_id = :id"), values)

    return end


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


def test_what_was_paid_in_time_may_be_typed_in_within_a_day__B2(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, end_at: Callable[..., None], database: Database
) -> None:
    quote, agent = promise(), as_agent("KF003")
    end_at(quote, minutes=-10)
    database.transact(expire_quotes)

    late = agent.post("/orders", sale_of(quote, paid_at=in_(minutes=-9)))
    assert refusal(late) == (409, "quote-expired", "/quote_id")
    assert "expires_at" in late.json()
    end_at(quote, hours=-24, minutes=-1)
    forgotten = agent.post("/orders", sale_of(quote, paid_at=in_(hours=-25)))
    assert refusal(forgotten) == (409, "quote-expired", "/quote_id")
    end_at(quote, hours=-23)
    order = agent.post("/orders", sale_of(quote, paid_at=in_(hours=-23, minutes=-1)))
    assert order.status_code == 201
    sold = agent.get(f"/quotes/{quote['quote_id']}").json()
    assert (sold["state"], sold["version"]) == ("sold", 3)


def test_a_quote_expires_by_the_clock_and_the_job_says_so_once(
    as_agent: As, promise: Callable[..., Any], end_at: Callable[..., None], database: Database, published: Published
) -> None:
    quote, agent = promise(), as_agent("KF003")
    end_at(quote, seconds=-1)
    path = f"/quotes/{quote['quote_id']}"

    assert agent.get(path).json()["state"] == "expired"
    assert agent.get("/quotes", state="open").json()["items"] == []
    assert len(agent.get("/quotes", state="expired").json()["items"]) == 1
    refused = agent.post(f"{path}/withdraw", {"reason": "晚了"}, version=1)
    assert refusal(refused)[:2] == (409, "quote-not-open")

    for _ in range(2):
        assert database.transact(expire_quotes) is False
    changes = [(row.version, row.payload["state"]) for row in published() if row.aggregate_id == quote["quote_id"]]
    assert changes == [(1, "open"), (2, "expired")]


def test_a_quote_is_withdrawn_by_those_concerned_with_a_reason(
    as_agent: As, promise: Callable[..., Any], sale_of: Body
) -> None:
    quote = promise()
    path = f"/quotes/{quote['quote_id']}/withdraw"

    assert as_agent("KF004").post(path, {"reason": "录错"}, version=1).status_code == 403
    assert as_agent("KF003").post(path, {}, version=1).status_code == 400
    assert as_agent("KF003").post(path, {"reason": "录错"}).status_code == 428
    stale = as_agent("KF003").post(path, {"reason": "录错"}, version=2)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    gone = as_agent("KF002").post(path, {"reason": "录错"}, version=1).json()
    assert (gone["state"], gone["withdrawn_by"], gone["withdraw_reason"]) == ("withdrawn", "KF002", "录错")
    refused = as_agent("KF003").post("/orders", sale_of(quote))
    assert (refusal(refused), refused.json()["state"]) == ((409, "quote-not-open", "/quote_id"), "withdrawn")


def test_another_lead_extends_a_quote_once_with_a_reason(as_agent: As, promise: Callable[..., Any]) -> None:
    quote, until = promise(), in_(days=3)
    path = f"/quotes/{quote['quote_id']}/extend"

    def extend(agent: str, version: int = 1, **fields: Any) -> Any:
        return as_agent(agent).post(path, {"expires_at": until, "reason": "在出差", **fields}, version=version)

    assert extend("KF003").status_code == 403
    assert extend("KF005").status_code == 403, "another team's"
    assert refusal(extend("KF002", expires_at=in_(hours=1))) == (400, "validation", "/expires_at")
    assert refusal(extend("KF002", expires_at=in_(days=8))) == (422, "quote-too-long", "/expires_at")
    longer = extend("KF002").json()
    assert parse_rfc3339(longer["expires_at"]) == parse_rfc3339(until)
    assert (longer["extended_by"], longer["extend_reason"], longer["state"]) == ("KF002", "在出差", "open")
    assert refusal(extend("KF001", 2, expires_at=in_(days=4)))[:2] == (422, "quote-extended-already")


def test_nobody_extends_his_own_quote(as_agent: As, promise: Callable[..., Any]) -> None:
    quote = promise("KF002")
    body = {"expires_at": in_(days=3), "reason": "在出差"}
    refused = as_agent("KF002").post(f"/quotes/{quote['quote_id']}/extend", body, version=1)
    assert refusal(refused)[:2] == (403, "own-quote")
    assert as_agent("KF001").post(f"/quotes/{quote['quote_id']}/extend", body, version=1).status_code == 200


@pytest.mark.parametrize("step", ["cancel", "reject-payment"])
def test_a_cancelled_order_gives_its_quote_free(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, step: str
) -> None:
    quote = promise()
    order = as_agent("KF003").post("/orders", sale_of(quote, method="bank_transfer", transaction_id="T-1")).json()

    back = as_agent("KF002").post(f"/orders/{order['order_id']}/{step}", {"reason": "录错"}, version=1)

    assert (back.status_code, back.json()["state"], back.json()["quote_id"]) == (200, "cancelled", quote["quote_id"])
    assert back.json()["payment_rejected"] is (step == "reject-payment")
    free = as_agent("KF003").get(f"/quotes/{quote['quote_id']}").json()
    assert (free["state"], free["order_id"], free["version"]) == ("open", None, 3)
    again = as_agent("KF003").post("/orders", sale_of(quote, transaction_id="T-1")).json()
    assert again["quote_id"] == quote["quote_id"]


def test_a_quote_that_becomes_free_does_not_stand_beside_a_newer_one(
    as_agent: As, promise: Callable[..., Any], sale_of: Body
) -> None:
    first = promise()
    order = as_agent("KF003").post("/orders", sale_of(first)).json()
    second = promise()

    as_agent("KF002").post(f"/orders/{order['order_id']}/cancel", {"reason": "录错"}, version=1)

    states = {q["quote_id"]: q["state"] for q in as_agent("KF003").get("/quotes").json()["items"]}
    assert states == {first["quote_id"]: "withdrawn", second["quote_id"]: "open"}


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
    published: Published,
) -> None:
    said, of_pack = "019aa1b2-0301-7000-8000-00000000d301", "019aa1b2-0301-7000-8000-00000000d302"
    known_pack(version=2, pack_id=pack["pack_id"], contents=pack["contents"], campaign_id=of_pack)

    assert promise("KF001")["campaign_id"] == of_pack
    quote = promise(campaign_id=said)
    order = as_agent("KF003").post("/orders", sale_of(quote)).json()
    assert (quote["campaign_id"], order["campaign_id"]) == (said, said)
    assert as_agent("KF003").post("/orders", order_body()).json()["campaign_id"] == of_pack
    assert as_agent("KF003").post("/orders", order_body(campaign_id=said)).json()["campaign_id"] == said
    touches = [row.payload for row in published() if row.type == "sales.touch.recorded.v1"]
    assert [touch["campaign_id"] for touch in touches] == [said, of_pack, said]


def test_quotes_are_listed_with_filters_and_pages(
    as_agent: As,
    promise: Callable[..., Any],
    known_player: Callable[..., str],
    known_pack: Callable[..., Any],
    end_at: Callable[..., None],
    database: Database,
) -> None:
    other = known_player()
    known_pack(code="ZZZZ9", contents=[], price_fen=8_000)
    made = [
        promise(valid_minutes=300),
        promise("KF002", valid_minutes=100),
        promise(player_id=other, valid_minutes=200),
        promise(pack_code="ZZZZ9"),
        promise("KF001", pack_code="ZZZZ9"),
    ]
    end_at(made[3], minutes=-2)
    database.transact(expire_quotes)
    end_at(made[4], minutes=-1)

    def numbers(**params: Any) -> list[int]:
        found: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = as_agent("KF004").get("/quotes", limit=2, **params, **cursor).json()
            found += [int(quote["number"].removeprefix("Q-")) for quote in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    assert numbers() == [5, 4, 3, 2, 1]
    assert numbers(agent="KF003") == [4, 3, 1]
    assert numbers(player_id=other) == [3]
    assert numbers(pack_code="zzzz9") == [5, 4]
    assert numbers(state="open") == [3, 2, 1]
    assert numbers(state="expired") == [5, 4]
    assert numbers(state="withdrawn") == []
    assert numbers(expires_before=in_(hours=4)) == [2, 3]
    assert numbers(expires_before=in_(days=1), agent="KF003") == [3, 1]
    assert numbers(expires_before=in_(days=1), state="sold") == []


def test_open_quotes_are_counted_by_pack__B1(
    as_agent: As,
    promise: Callable[..., Any],
    pack: dict[str, Any],
    end_at: Callable[..., None],
    unknown_id: str,
) -> None:
    promise(valid_minutes=60)
    last = promise("KF002", valid_minutes=120)
    end_at(promise("KF001"), minutes=-1)

    counted = as_agent("KF003").get("/quote-counts", pack_ids=f"{unknown_id},{pack['pack_id']}").json()["items"]

    assert counted == [
        {"pack_id": unknown_id, "open_quotes": 0, "amount_fen": 0, "latest_expires_at": None},
        {
            "pack_id": pack["pack_id"],
            "open_quotes": 2,
            "amount_fen": 16_000,
            "latest_expires_at": last["expires_at"],
        },
    ]


def test_an_erased_players_quotes_lose_their_texts(
    as_agent: As, promise: Callable[..., Any], player: str, known_player: Callable[..., str], database: Database
) -> None:
    quote = promise(note="秘密的话")
    as_agent("KF003").post(f"/quotes/{quote['quote_id']}/withdraw", {"reason": "秘密的话"}, version=1)

    known_player(player_id=player, version=2, erased=True)

    after = as_agent("KF003").get(f"/quotes/{quote['quote_id']}").json()
    assert (after["note"], after["withdraw_reason"], after["amount_fen"]) == ("", "", 8_000)
