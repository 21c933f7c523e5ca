"""Many sell at once: exactly one right outcome, whatever they fight for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.commands.quotes import expire_quotes
from gamedesk_sales.model.business_days import business_day
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Published = Callable[[], list[Any]]

THREADS = 16


def slugs(answers: list[Any]) -> Counter[str]:
    """How often each: «201», or the slug of a problem."""
    return Counter(
        str(answer.status_code) if answer.is_success else answer.json()["type"].removeprefix("urn:gamedesk:problem:")
        for answer in answers
    )


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(work) for work in works]]


@pytest.fixture
def awake(as_agent: As) -> ApiClient:
    """Connexion builds itself at the first request; that must not be several threads'."""
    agent = as_agent("KF003")
    assert agent.get("/orders").status_code == 200
    return agent


@pytest.fixture
def sellers(awake: ApiClient, as_agent: As) -> list[ApiClient]:
    """Who may sell to the players of KF003: he, the lead of his team, and his stand-in of today, of another team."""
    today = business_day(datetime.now(UTC)).isoformat()
    place = {"owner_agent_id": "KF003", "stand_in_agent_id": "KF004", "from_on": today, "until_on": today}
    made = as_agent("KF002").post("/stand-ins", {**place, "reason": "休假"})
    assert made.status_code == 201, made.text
    return [awake, as_agent("KF002"), as_agent("KF004")]


@pytest.fixture
def quote(awake: ApiClient, pack: dict[str, Any], player: str) -> dict[str, Any]:
    body = {"player_id": player, "pack_code": pack["code"], "pack_revision": 1, "price_fen": pack["price_fen"]}
    return awake.post("/quotes", body).json()


def counted(database: Database, table: str) -> int:
    with database.begin() as tx:
        return tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_one_payment_is_sold_against_once__R17(
    sellers: list[ApiClient], order_body: Body, known_player: Callable[..., str], database: Database
) -> None:
    """Whoever types it in: its player's owner, his lead or his stand-in, for this player or another."""
    player = known_player()
    bodies = [
        order_body(transaction_id="T-1", player_id=player if number % 2 else known_player())
        for number in range(THREADS)
    ]
    works = zip(cycle(sellers), bodies, strict=False)

    answers = at_once([lambda by=by, body=body: by.post("/orders", body) for by, body in works])

    assert slugs(answers) == {"201": 1, "transaction-exists": THREADS - 1}
    [made] = [answer.json()["order_id"] for answer in answers if answer.is_success]
    assert {answer.json()["existing_order_id"] for answer in answers if not answer.is_success} == {made}
    assert counted(database, "orders") == counted(database, "touches") == 1


def test_one_idempotency_key_makes_one_order__I7(awake: ApiClient, order_body: Body, database: Database) -> None:
    body = order_body()

    answers = at_once([lambda: awake.post("/orders", body, key="k-12345678")] * THREADS)

    found = slugs(answers)
    assert found["201"] >= 1
    assert set(found) <= {"201", "request-in-flight"}
    assert len({answer.json()["order_id"] for answer in answers if answer.is_success}) == 1
    assert counted(database, "orders") == 1


def test_one_key_of_several_agents_is_a_key_of_each__I7(
    sellers: list[ApiClient], order_body: Body, database: Database
) -> None:
    """A key is of who sends it: the same one of three agents is three requests, of which one payment buys once."""
    same, key = order_body(), "k-12345678"

    answers = at_once([lambda by=by: by.post("/orders", same, key=key) for by in sellers * 5])

    made = {answer.json()["order_id"] for answer in answers if answer.is_success}
    assert set(slugs(answers)) <= {"201", "request-in-flight", "transaction-exists"}
    assert (len(made), counted(database, "orders")) == (1, 1)

    others = [order_body() for _ in sellers]
    works = list(zip(sellers, others, strict=True)) * 5
    answers = at_once([lambda by=by, body=body: by.post("/orders", body, key="k-other-1") for by, body in works])

    made = {answer.json()["order_id"] for answer in answers if answer.is_success}
    assert set(slugs(answers)) <= {"201", "request-in-flight"}
    assert (len(made), counted(database, "orders")) == (3, 4)


def test_one_quote_is_sold_once__B2(
    sellers: list[ApiClient], quote: dict[str, Any], order_body: Body, published: Published, database: Database
) -> None:
    sale = {"quote_id": quote["quote_id"], "pack_code": None, "pack_revision": None}
    works = zip(cycle(sellers), [order_body(**sale) for _ in range(THREADS)], strict=False)

    answers = at_once([lambda by=by, body=body: by.post("/orders", body) for by, body in works])

    assert slugs(answers) == {"201": 1, "quote-not-open": THREADS - 1}
    [made] = [answer.json()["order_id"] for answer in answers if answer.is_success]
    assert {answer.json()["order_id"] for answer in answers if not answer.is_success} == {made}
    assert counted(database, "orders") == 1
    changes = [row.payload["state"] for row in published() if row.aggregate_id == quote["quote_id"]]
    assert changes == ["open", "sold"]


@pytest.mark.parametrize("in_time", [True, False])
def test_a_quote_that_just_expired_is_sold_only_for_what_was_paid_in_time__B2(
    awake: ApiClient, quote: dict[str, Any], order_body: Body, database: Database, published: Published, in_time: bool
) -> None:
    """While the job marks it: sold once to who paid before its end, to nobody who paid after it."""
    ended = datetime.now(UTC) - timedelta(seconds=30)
    with database.begin() as tx:
        tx.execute(text("UPDATE quotes SET expires_at = :ended"), {"ended": ended})
    paid_at = ended if in_time else ended + timedelta(milliseconds=1)
    sale = {"quote_id": quote["quote_id"], "pack_code": None, "pack_revision": None, "paid_at": paid_at.isoformat()}
    works: list[Callable[[], Any]] = [lambda: awake.post("/orders", order_body(**sale)) for _ in range(THREADS)]
    works.insert(THREADS // 2, lambda: database.transact(expire_quotes))

    answers = [answer for answer in at_once(works) if answer is not False]
    database.transact(expire_quotes)

    if in_time:
        assert slugs(answers) == {"201": 1, "quote-not-open": THREADS - 1}
    else:
        assert slugs(answers) == {"quote-expired": THREADS}
    assert counted(database, "orders") == int(in_time)
    rows = [row for row in published() if row.aggregate_id == quote["quote_id"]]
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1].payload["state"] == ("sold" if in_time else "expired")


def test_a_quote_is_sold_or_withdrawn_never_both__B2(
    awake: ApiClient, as_agent: As, quote: dict[str, Any], order_body: Body, database: Database
) -> None:
    sale = {"quote_id": quote["quote_id"], "pack_code": None, "pack_revision": None}
    lead, path = as_agent("KF002"), f"/quotes/{quote['quote_id']}/withdraw"
    works: list[Callable[[], Any]] = [lambda: awake.post("/orders", order_body(**sale)) for _ in range(THREADS // 2)]
    works += [lambda: lead.post(path, {"reason": "改主意"}, version=1)] * (THREADS // 2)

    at_once(works)

    after = awake.get(f"/quotes/{quote['quote_id']}").json()
    assert after["version"] == 2
    assert counted(database, "orders") == (1 if after["state"] == "sold" else 0)
    assert (after["order_id"] is not None) == (after["state"] == "sold")


def test_one_promise_is_made_of_many_at_once__B2(
    awake: ApiClient, pack: dict[str, Any], player: str, database: Database
) -> None:
    body = {"player_id": player, "pack_code": pack["code"], "pack_revision": 1, "price_fen": pack["price_fen"]}

    answers = at_once([lambda: awake.post("/quotes", body)] * THREADS)

    assert slugs(answers) == {"201": 1, "quote-exists": THREADS - 1}
    assert counted(database, "quotes") == 1


def test_a_transfer_is_confirmed_or_rejected_by_one__R17(
    awake: ApiClient, as_agent: As, order_body: Body, database: Database
) -> None:
    order = awake.post("/orders", order_body(method="bank_transfer")).json()
    path, lead, admin = f"/orders/{order['order_id']}", as_agent("KF002"), as_agent("KF001")
    works: list[Callable[[], Any]] = [lambda: lead.post(f"{path}/verify", version=1)] * (THREADS // 2)
    works += [lambda: admin.post(f"{path}/reject-payment", {"reason": "没到账"}, version=1)] * (THREADS // 2)

    answers = at_once(works)

    assert slugs(answers) == {"200": 1, "stale-version": THREADS - 1}
    after = awake.get(path).json()
    assert (after["version"], after["verified"]) == (2, after["state"] == "paid")
