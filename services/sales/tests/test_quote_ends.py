"""How quotes end, and how they are found: expired, withdrawn, extended, free again (B2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_chassis.database import Database
from gamedesk_sales.commands.quotes import expire_quotes
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


def test_no_extension_outlives_the_pack__B2(
    as_agent: As, promise: Callable[..., Any], known_pack: Callable[..., Any], pack: dict[str, Any]
) -> None:
    quote, ends = promise(), in_(days=2)
    known_pack(2, pack_id=pack["pack_id"], contents=pack["contents"], valid_until=ends)
    path = f"/quotes/{quote['quote_id']}/extend"

    late = as_agent("KF002").post(path, {"expires_at": in_(days=3), "reason": "在出差"}, version=1)

    assert refusal(late) == (422, "quote-too-long", "/expires_at")
    assert parse_rfc3339(late.json()["latest_expires_at"]) == parse_rfc3339(ends)
    assert as_agent("KF002").post(path, {"expires_at": ends, "reason": "在出差"}, version=1).status_code == 200


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


def test_a_quote_that_becomes_free_stands_beside_one_whose_time_is_over(
    as_agent: As, promise: Callable[..., Any], sale_of: Body, end_at: Callable[..., None]
) -> None:
    first = promise()
    order = as_agent("KF003").post("/orders", sale_of(first)).json()
    second = promise()
    end_at(second)

    as_agent("KF002").post(f"/orders/{order['order_id']}/cancel", {"reason": "录错"}, version=1)

    states = {q["quote_id"]: q["state"] for q in as_agent("KF003").get("/quotes").json()["items"]}
    assert states == {first["quote_id"]: "open", second["quote_id"]: "expired"}


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
