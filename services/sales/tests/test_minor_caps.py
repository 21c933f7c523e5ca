"""What minors may spend, per order and per month of Shanghai; refunds are deducted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]


def refused(response: Any) -> tuple[int, str, str, int, int, int]:
    """(status, slug, cap, limit, spent, left) of a refusal for the caps' sake."""
    body = response.json()
    slug = body["type"].removeprefix("urn:gamedesk:problem:")
    return response.status_code, slug, body["cap"], body["limit_fen"], body["spent_fen"], body["left_fen"]


@pytest.fixture
def minor(known_player: Callable[..., str]) -> str:
    """A player of KF003, 8 to 15 years old: ¥50 an order, ¥200 a month."""
    return known_player(minor_band="8_15")


@pytest.fixture
def pay(as_agent: As, order_body: Body, minor: str) -> Callable[..., Any]:
    """`pay(4_000, paid_at)`: the answer to an order of the minor."""

    def order(amount_fen: int, paid_at: str | None = None, **fields: Any) -> Any:
        usual = {"player_id": minor, "amount_paid_fen": amount_fen, "difference_reason": "未成年人", "paid_at": paid_at}
        given = {name: value for name, value in {**usual, **fields}.items() if value is not None}
        return as_agent("KF003").post("/orders", order_body(**given))

    return order


def test_the_bands_begin_with_the_caps_of_the_law(as_agent: As) -> None:
    caps = as_agent("KF003").get("/minor-caps").json()["items"]
    assert [(cap["band"], cap["per_order_fen"], cap["per_month_fen"]) for cap in caps] == [
        ("under_8", 0, 0),
        ("8_15", 5_000, 20_000),
        ("16_17", 10_000, 40_000),
    ]


def test_only_an_admin_sets_the_caps_and_they_count_at_once(as_agent: As, pay: Callable[..., Any]) -> None:
    body = {"per_order_fen": 6_000, "per_month_fen": 6_500}
    for agent in ("KF003", "KF002"):
        assert as_agent(agent).put("/minor-caps/8_15", body, version=1).status_code == 403
    admin = as_agent("KF001")
    assert admin.put("/minor-caps/8_15", body).status_code == 428
    assert admin.put("/minor-caps/8_15", {"per_order_fen": -1, "per_month_fen": 1}, version=1).status_code == 400
    assert admin.get("/minor-caps/17").status_code in (400, 404)
    cap = admin.put("/minor-caps/8_15", body, version=1)
    assert (cap.status_code, cap.headers["ETag"], cap.json()["updated_by"]) == (200, '"2"', "KF001")
    stale = admin.put("/minor-caps/8_15", body, version=1)
    assert (stale.status_code, stale.json()["current"]["per_order_fen"]) == (412, 6_000)

    assert pay(6_000).status_code == 201
    assert refused(pay(501)) == (422, "minor-cap", "per_month", 6_500, 6_000, 500)


@pytest.mark.parametrize(("band", "limit"), [("under_8", 0), ("8_15", 5_000), ("16_17", 10_000)])
def test_no_order_of_a_minor_is_above_the_cap_of_his_band(
    pay: Callable[..., Any], known_player: Callable[..., str], band: str, limit: int
) -> None:
    child = known_player(minor_band=band)
    assert refused(pay(limit + 1, player_id=child))[:4] == (422, "minor-cap", "per_order", limit)
    assert pay(limit, player_id=child).status_code == 201


def test_a_month_of_shanghai_is_filled_and_not_more(pay: Callable[..., Any]) -> None:
    """2025-03-31 16:00 UTC is April in Shanghai."""
    for paid_at in ("2025-02-28T16:00:00Z", "2025-03-10T00:00:00Z", "2025-03-31T15:59:59Z"):
        assert pay(5_000, paid_at).status_code == 201
    assert refused(pay(5_001, "2025-03-05T00:00:00Z"))[2] == "per_order"
    assert pay(4_999, "2025-03-05T00:00:00Z").status_code == 201
    assert refused(pay(2, "2025-03-01T00:00:00Z")) == (422, "minor-cap", "per_month", 20_000, 19_999, 1)
    assert pay(1, "2025-03-01T00:00:00Z").status_code == 201
    assert pay(5_000, "2025-03-31T16:00:00Z").status_code == 201, "April"
    assert pay(5_000, "2025-02-28T15:59:59Z").status_code == 201, "February"


def test_what_was_given_back_or_cancelled_may_be_spent_again(
    as_agent: As, pay: Callable[..., Any], database: Database
) -> None:
    day = "2025-03-10T00:00:00Z"
    first, second, *_ = [pay(5_000, day).json() for _ in range(4)]
    assert refused(pay(1, day))[4:] == (20_000, 0)

    refund = {"amount_fen": 1_500, "reason": "家长要求", "method": "wechat_pay", "refunded_at": day}
    path = f"/orders/{first['order_id']}"
    assert as_agent("KF002").post(f"{path}/verify", version=first["version"]).status_code == 200, "less than due"
    assert as_agent("KF002").post(f"{path}/refunds", refund).status_code == 201
    assert refused(pay(1_501, day))[4:] == (18_500, 1_500)
    assert pay(1_500, day).status_code == 201
    as_agent("KF002").post(f"/orders/{second['order_id']}/cancel", {"reason": "录错"}, version=second["version"])
    assert pay(5_000, day).status_code == 201
    assert refused(pay(1, day))[4:] == (20_000, 0)


def test_records_of_one_person_have_one_cap(
    pay: Callable[..., Any], minor: str, known_player: Callable[..., str]
) -> None:
    other = known_player(minor_band="8_15")
    day = "2025-03-10T00:00:00Z"
    for player_id in (minor, minor, other, other):
        assert pay(5_000, day, player_id=player_id).status_code == 201

    known_player(player_id=other, version=2, merged_into=minor, minor_band="none")

    for player_id in (minor, other):
        assert refused(pay(1, day, player_id=player_id))[4:] == (20_000, 0)


def test_others_have_no_cap(as_agent: As, order_body: Body, player: str) -> None:
    body = order_body(amount_paid_fen=10_000_000, difference_reason="大客户")
    assert as_agent("KF003").post("/orders", body).status_code == 201


def test_a_quote_warns_and_only_the_order_is_refused(
    as_agent: As, order_body: Body, pack: dict[str, Any], minor: str, player: str, pay: Callable[..., Any]
) -> None:
    assert pay(3_000).status_code == 201
    promise = {"pack_code": pack["code"], "pack_revision": 1, "price_fen": 8_000}

    quote = as_agent("KF003").post("/quotes", {"player_id": minor, **promise})

    assert (quote.status_code, quote.json()["minor"]) == (
        201,
        {
            "band": "8_15",
            "per_order_fen": 5_000,
            "per_month_fen": 20_000,
            "spent_fen": 3_000,
            "left_fen": 17_000,
            "breaks": "per_order",
        },
    )
    sale = order_body(player_id=minor, quote_id=quote.json()["quote_id"], pack_code=None, pack_revision=None)
    assert refused(as_agent("KF003").post("/orders", sale))[2] == "per_order"
    assert as_agent("KF003").get(f"/quotes/{quote.json()['quote_id']}").json()["state"] == "open"
    assert as_agent("KF003").post("/quotes", {"player_id": player, **promise}).json()["minor"] is None


def test_of_many_at_once_no_more_are_sold_than_the_cap_allows(
    as_agent: As, order_body: Body, minor: str, known_player: Callable[..., str], database: Database
) -> None:
    """Through both records of one person, in 16 threads: 4 of ¥50 fit into ¥200."""
    other = known_player(minor_band="8_15")
    known_player(player_id=other, version=2, merged_into=minor, minor_band="8_15")
    fields = {"amount_paid_fen": 5_000, "difference_reason": "未成年人", "paid_at": "2025-03-10T00:00:00Z"}
    bodies = [order_body(player_id=who, **fields) for who in (minor, other) for _ in range(8)]
    clients = [as_agent("KF003") for _ in bodies]
    assert clients[0].get("/orders").status_code == 200

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda client, body: client.post("/orders", body), clients, bodies))

    made = [answer for answer in answers if answer.status_code == 201]
    assert len(made) == 4
    assert {refused(answer)[:3] for answer in answers if answer.status_code != 201} == {(422, "minor-cap", "per_month")}
    with database.begin() as tx:
        total = tx.execute(text("SELECT sum(amount_paid_fen) FROM orders")).scalar_one()
    assert total == 20_000


def test_the_band_of_then_stays_in_the_order(
    pay: Callable[..., Any], minor: str, known_player: Callable[..., str], database: Database
) -> None:
    assert pay(100, (datetime.now(UTC) - timedelta(days=1)).isoformat()).status_code == 201
    known_player(player_id=minor, version=2, minor_band="none")
    with database.begin() as tx:
        assert tx.execute(text("SELECT minor_band FROM orders")).scalar_one() == "8_15"
    assert pay(50_000).status_code == 201, "he is no minor any more"


def test_nothing_is_promised_to_whom_nothing_may_be_sold(
    as_agent: As, quote_body: Callable[..., Any], known_player: Callable[..., str], database: Database
) -> None:
    child = known_player(minor_band="under_8")

    quote = as_agent("KF003").post("/quotes", quote_body(player_id=child))

    assert refused(quote)[:4] == (422, "minor-cap", "per_order", 0)
    assert quote.json()["errors"][0]["pointer"] == "/player_id"
    with database.begin() as tx:
        tx.execute(text("UPDATE minor_caps SET per_order_fen = 1, per_month_fen = 1 WHERE band = 'under_8'"))
    assert as_agent("KF003").post("/quotes", quote_body(player_id=child)).status_code == 201, "with a warning"
