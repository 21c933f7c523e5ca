"""No list of deliveries or refunds, and no turn of their jobs, reads more than it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.repository import deliveries, orders, refunds
from sqlalchemy import Connection, event, text

from .conftest import migrate_sales

pytestmark = pytest.mark.large

LIMIT = 51
# Of 8 KiB: a page of orders is looked up one by one, and the seller of each of the 200 that wait for a person, or of
# the 300 of whom a page is a team's; the rest is the list.
MOST_BLOCKS = 1_300

# 100,000 orders of 20,000 players: nearly all delivered, some of each other state, every tenth given back in part.
FILL = """
INSERT INTO orders (order_id, player_id, seller_agent_id, game_id, pack_id, pack_code, pack_name, pack_revision,
                    pack_version, discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency,
                    method, transaction_id, paid_at, state, verified, refunded_fen, version, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 20000)::text)::uuid, 'KF' || n % 30, 'xiyou', md5('p')::uuid, '7K2QX',
       'pack', 1, 1, 0, 100, '[]', 100, 100, 'CNY', 'other', 'T' || n, at, 'delivered', true,
       CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END, 1, at, at
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '2 minutes' AS at FROM generate_series(1, 100000) AS n) AS made;
INSERT INTO deliveries (order_id, state, profile_id, game_id, game_account_id, attempts, uncertain, next_attempt_at,
                        queued_at, overdue_since)
SELECT lpad(to_hex(n), 32, '0')::uuid, state, md5('a')::uuid, CASE WHEN n % 3 = 0 THEN 'sanguo' ELSE 'xiyou' END, 'a',
       1, false, CASE WHEN state = 'queued' THEN at END, at, CASE WHEN n % 2 = 0 THEN at + interval '1 hour' END
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '2 minutes' AS at,
             CASE WHEN n % 500 = 1 THEN 'queued' WHEN n % 500 = 2 THEN 'failed' WHEN n % 500 = 4 THEN 'waiting'
                  WHEN n % 50 = 5 THEN 'stopped' ELSE 'delivered' END AS state
      FROM generate_series(1, 100000) AS n) AS made;
INSERT INTO refunds (refund_id, order_id, player_id, amount_fen, currency, reason, method, refunded_at, refunded_by,
                     after_delivery, recorded_at)
SELECT order_id, order_id, player_id, 1, 'CNY', 'x', 'other', paid_at, 'KF1', true, paid_at FROM orders
WHERE refunded_fen > 0;
ANALYZE orders; ANALYZE deliveries; ANALYZE refunds;
"""
LARGE = {"orders", "deliveries", "refunds"}
NOW = datetime(2027, 1, 1, tzinfo=UTC)
OLD = UUID(int=1_000)
A_DAY = datetime(2026, 3, 1, tzinfo=UTC)
TEAM = [f"KF{n}" for n in range(2, 27, 5)]
PLAYER = UUID("cfcd2084-95d5-65ef-66e7-dff9f98764da")  # md5('0')


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM orders, deliveries, refunds"))
    yield database
    database.dispose()


def list_of(tx: Connection, **wanted: Any) -> Any:
    usual: dict[str, Any] = {"states": None, "game_id": None, "overdue": None, "before": None}
    return deliveries.list_ids(tx, **{**usual, **wanted}, limit=LIMIT)


def refunds_of(tx: Connection, **wanted: Any) -> Any:
    return refunds.list_page(tx, refunds.Filter(**wanted), None, LIMIT)


READS: dict[str, Callable[[Connection], Any]] = {
    "all": list_of,
    "a later page": lambda tx: list_of(tx, before=OLD),
    "delivered": lambda tx: list_of(tx, states=["delivered"]),
    "failed": lambda tx: list_of(tx, states=["failed"]),
    "failed or waiting": lambda tx: list_of(tx, states=["failed", "waiting"]),
    "none of that state": lambda tx: list_of(tx, states=["not_possible"]),
    "of a game": lambda tx: list_of(tx, game_id="sanguo"),
    "of no game": lambda tx: list_of(tx, game_id="nothing"),
    "delivered of a game": lambda tx: list_of(tx, states=["delivered"], game_id="sanguo"),
    "failed of a game": lambda tx: list_of(tx, states=["failed"], game_id="sanguo"),
    "overdue": lambda tx: list_of(tx, overdue=True),
    "overdue and failed": lambda tx: list_of(tx, overdue=True, states=["failed"]),
    "overdue of a game": lambda tx: list_of(tx, overdue=True, game_id="xiyou"),
    "of a seller": lambda tx: list_of(tx, seller="KF3"),
    "of nobody": lambda tx: list_of(tx, seller="KF999"),
    "failed of a seller": lambda tx: list_of(tx, seller="KF2", states=["failed", "not_possible"]),
    "overdue of a seller": lambda tx: list_of(tx, seller="KF2", overdue=True),
    "of a team": lambda tx: list_of(tx, sellers=TEAM),
    "of a team of nobody": lambda tx: list_of(tx, sellers=[]),
    "of a team that sells nothing": lambda tx: list_of(tx, sellers=["KF998", "KF999"]),
    "failed of a team": lambda tx: list_of(tx, sellers=TEAM, states=["failed", "not_possible"]),
    "overdue of a team": lambda tx: list_of(tx, sellers=TEAM, overdue=True),
    "a later page of a team": lambda tx: list_of(tx, sellers=TEAM, before=OLD),
    "of a team in a game": lambda tx: list_of(tx, sellers=TEAM, game_id="sanguo"),
    "the orders of a page": lambda tx: orders.many(tx, list_of(tx)),
    "a claim": lambda tx: deliveries.claim_due(tx, "xiyou", NOW, 4, 60),
    "a claim where nothing is due": lambda tx: deliveries.claim_due(tx, "nothing", NOW, 4, 60),
    "what is overdue now": lambda tx: deliveries.not_yet_overdue(tx, NOW, LIMIT),
    "what is not yet overdue": lambda tx: deliveries.not_yet_overdue(tx, NOW - timedelta(days=3650), LIMIT),
    "refunds": refunds_of,
    "refunds of a player": lambda tx: refunds_of(tx, player_ids=[PLAYER]),
    "refunds of an order": lambda tx: refunds_of(tx, order_id=UUID(int=10)),
    "refunds of a month": lambda tx: refunds_of(tx, refunded_from=A_DAY, refunded_before=A_DAY + timedelta(days=31)),
    "refunds since": lambda tx: refunds_of(tx, refunded_from=A_DAY),
    "refunds until": lambda tx: refunds_of(tx, refunded_before=A_DAY),
    "refunds of a player until": lambda tx: refunds_of(tx, refunded_before=A_DAY, player_ids=[PLAYER]),
    "a later page of refunds of days": lambda tx: refunds.list_page(
        tx, refunds.Filter(refunded_from=A_DAY), (A_DAY + timedelta(days=9), OLD), LIMIT
    ),
    "refunds with an order": lambda tx: refunds.of_order(tx, UUID(int=10), LIMIT),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_indexes_serve_it(filled: Database, read: Callable[[Connection], Any]) -> None:
    with filled.begin() as tx:
        statements = statements_of(tx, read)
    assert statements
    for statement, parameters in statements:
        with filled.begin() as tx:
            plan = plan_of(tx, statement, parameters)
            tx.rollback()
        read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
        assert not read_whole & LARGE, statement
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BLOCKS, statement


def statements_of(tx: Connection, read: Callable[[Connection], Any]) -> list[tuple[str, Any]]:
    """What `read` asks the database; of its effects nothing stays."""
    said: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "ROLLBACK")):
            said.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", listen)
    savepoint = tx.begin_nested()
    read(tx)
    savepoint.rollback()
    event.remove(tx, "before_cursor_execute", listen)
    return said


def plan_of(tx: Connection, statement: str, parameters: Any) -> dict[str, Any]:
    explained = tx.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
    return explained.scalar_one()[0]["Plan"]


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps_of(child)
