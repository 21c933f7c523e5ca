"""Lists of contacts and orders read a page, and figures of sales the days they are about, however many years there
are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.kpi import Asked, FigureName, Grouping, Period, period
from gamedesk_sales.queries.player_records import list_records
from gamedesk_sales.repository import kpi, orders, touches
from sqlalchemy import Connection, text

from .conftest import migrate_sales
from .test_delivery_plans import plan_of, statements_of, steps_of

pytestmark = pytest.mark.large

LIMIT = 51
# Of 8 KiB: a page, with what is looked up of each row.
MOST_BLOCKS = 1_200

# 120,000 contacts with 30,000 players in about two years, one every 512 seconds: half without an answer, a fifth lost,
# one in twelve a deal. 100,000 orders in the same time, with deliveries: one in a hundred cancelled, one in fifty not
# confirmed, every twentieth given back. As many quotes, one in three sold.
FILL = """
INSERT INTO agent_copies (agent_id, role, team, active, version)
SELECT 'KF' || a, 'agent', 'T' || a % 5, true, 1 FROM generate_series(0, 29) AS a;
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, merged_into, erased, version)
SELECT md5(p::text)::uuid, 'KF' || p % 30, 'none', 'none', CASE WHEN p % 300 = 1 THEN md5((p - 1)::text)::uuid END,
       false, 1 FROM generate_series(0, 29999) AS p;
INSERT INTO orders (order_id, player_id, seller_agent_id, seller_team, tier, campaign_id, game_id, pack_id, pack_code,
                    pack_name, pack_revision, pack_version, discount_bp, list_price_fen, contents, amount_due_fen,
                    amount_paid_fen, currency, method, transaction_id, paid_at, state, verified, version, created_at,
                    updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 30000)::text)::uuid, 'KF' || n % 30, 'T' || n % 5, 'big',
       CASE WHEN n % 50 = 0 THEN md5((n % 7)::text)::uuid END, 'xiyou', md5('p')::uuid, 'P' || n % 200, repeat('x', 99),
       1, 1, 0, 100, '[]', 100, 100, 'CNY', 'other', 'T' || n, at,
       CASE WHEN n % 100 = 7 THEN 'cancelled' WHEN n % 10 = 0 THEN 'paid' ELSE 'delivered' END, n % 50 <> 0, 1, at, at
FROM (SELECT n, timestamptz '2024-10-01' + n * interval '614 seconds' AS at FROM generate_series(1, 100000) AS n)
     AS made;
INSERT INTO deliveries (order_id, state, attempts, uncertain)
SELECT order_id, CASE WHEN state = 'delivered' THEN 'delivered' ELSE 'stopped' END, 1, false FROM orders;
INSERT INTO refunds (refund_id, order_id, player_id, amount_fen, currency, reason, method, refunded_at, refunded_by,
                     after_delivery, recorded_at)
SELECT order_id, order_id, player_id, 1, 'CNY', 'x', 'other', paid_at + interval '1 day', 'KF1', true, paid_at
FROM orders WHERE number % 20 = 0;
INSERT INTO quotes (quote_id, player_id, agent_id, agent_team, stand_in, pack_id, pack_code, pack_name, pack_revision,
                    pack_version, discount_bp, list_price_fen, contents, amount_fen, currency, note, expires_at, state,
                    order_id, version, created_at, updated_at)
SELECT order_id, player_id, seller_agent_id, seller_team, false, pack_id, pack_code, 'pack', 1, 1, 0, 100, contents,
       100, 'CNY', '', paid_at, CASE WHEN number % 3 = 0 THEN 'sold' ELSE 'expired' END,
       CASE WHEN number % 3 = 0 THEN order_id END, 1, paid_at, paid_at FROM orders;
INSERT INTO touches (touch_id, player_id, agent_id, agent_team, tier, outcome, reason_id, situation, player_state,
                     pack_code, campaign_id, order_id, occurred_at, recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 30000)::text)::uuid, 'KF' || n % 30, 'T' || n % 5, 'big', outcome,
       CASE WHEN outcome = 'lost' THEN (SELECT reason_id FROM lost_reasons ORDER BY name LIMIT 1) END, repeat('x', 200),
       '', CASE WHEN n % 2 = 0 THEN 'P' || n % 200 END, CASE WHEN n % 50 = 0 THEN md5((n % 7)::text)::uuid END,
       CASE WHEN outcome = 'won' THEN lpad(to_hex(n / 12 * 10 + 1), 32, '0')::uuid END, at, at
FROM (SELECT n, timestamptz '2024-10-01' + n * interval '512 seconds' AS at,
             CASE WHEN n % 12 = 0 THEN 'won' WHEN n % 5 = 1 THEN 'lost' WHEN n % 7 = 1 THEN 'thinking'
                  WHEN n % 1000 = 3 THEN 'do_not_contact' ELSE 'no_reply' END AS outcome
      FROM generate_series(1, 119988) AS n) AS made;
ANALYZE player_copies; ANALYZE orders; ANALYZE deliveries; ANALYZE refunds; ANALYZE quotes; ANALYZE touches;
"""
LARGE = {"player_copies", "orders", "deliveries", "refunds", "quotes", "touches"}
PLAYER = UUID("cfcd2084-95d5-65ef-66e7-dff9f98764da")  # md5('0')
A_TIME = datetime(2025, 12, 3, tzinfo=UTC)
A_QUARTER_AGO = A_TIME - timedelta(days=92)
A_WEEK = period(date(2025, 12, 1), date(2025, 12, 7))
A_QUARTER = period(date(2025, 10, 1), date(2025, 12, 31))
ROWS_A_DAY = 170
# Of 8 KiB: the row itself, which is beside its neighbours, and what is looked up of it by keys.
BLOCKS_OF_A_ROW = {"touches": 12, "orders": 5, "refunds": 8, "quotes": 2}
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {', '.join(sorted(LARGE))}"))
    yield database
    database.dispose()


def check(database: Database, read: Callable[[Connection], Any], most_blocks: int = MOST_BLOCKS) -> None:
    with database.begin() as tx:
        statements = statements_of(tx, read)
    assert statements
    for statement, parameters in statements:
        with database.begin() as tx:
            plan = plan_of(tx, statement, parameters)
        read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
        assert not read_whole & LARGE, statement
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks, statement


def every_two(filters: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """No filter, each, and every two that are about different things."""
    pairs = itertools.combinations(filters.items(), 2)
    both = {f"{one}+{other}": a | b for (one, a), (other, b) in pairs if not a.keys() & b.keys()}
    return {"all": {}, **filters, **both}


TO_CONFIRM = {"state": "paid", "verified": False, "oldest_first": True}
ORDERS = every_two(
    {
        "player": {"player_ids": [PLAYER]},
        "seller": {"seller": "KF3"},
        "no such seller": {"seller": "KF99"},
        "paid": {"state": "paid"},
        "cancelled": {"state": "cancelled"},
        "refunded": {"state": "refunded"},
        "verified": {"verified": True},
        "unverified": {"verified": False},
        "team": {"team": "T1"},
        "no such team": {"team": "T9"},
        "quarter": {"paid_from": A_QUARTER_AGO, "paid_before": A_TIME},
        "since": {"paid_from": A_TIME},
        "until": {"paid_before": A_TIME},
        "number": {"number": 77_777, "transaction_id": "77777"},
        "payment": {"transaction_id": "T77777"},
        "without an agent's": {"not_seller": "KF9"},
        "oldest payment": {"oldest_first": True},
    }
) | {
    "to confirm": TO_CONFIRM,
    "to confirm, by somebody else": TO_CONFIRM | {"not_seller": "KF20"},
    "to confirm, of a team, by somebody else": TO_CONFIRM | {"not_seller": "KF0", "team": "T0"},
}
TOUCHES = every_two(
    {
        "player": {"player_ids": [PLAYER]},
        "agent": {"agent_id": "KF3"},
        "no such agent": {"agent_id": "KF99"},
        "lost": {"outcome": "lost"},
        "do not contact": {"outcome": "do_not_contact"},
        "quarter": {"occurred_from": A_QUARTER_AGO, "occurred_before": A_TIME},
        "until": {"occurred_before": A_TIME},
    }
)


@pytest.mark.parametrize("filters", ORDERS.values(), ids=ORDERS.keys())
def test_every_list_of_orders_reads_little__R17(filled: Database, filters: dict[str, Any]) -> None:
    wanted = orders.Filter(**filters)
    later = (A_TIME - timedelta(days=9), UUID(int=50_000)) if wanted.by_payment else (UUID(int=50_000),)
    for before in (None, later):
        check(filled, lambda tx, before=before: orders.list_page(tx, wanted, before, LIMIT))


@pytest.mark.parametrize("filters", TOUCHES.values(), ids=TOUCHES.keys())
def test_every_list_of_contacts_reads_little__R16(filled: Database, filters: dict[str, Any]) -> None:
    wanted = {"player_ids": None, "agent_id": None, "outcome": None, **filters}
    for before in (None, (A_TIME, UUID(int=50_000))):
        check(filled, lambda tx, before=before: touches.list_page(tx, **wanted, before=before, limit=LIMIT))


def test_the_timeline_of_a_player_reads_little__B10(filled: Database) -> None:
    for before in (None, UUID(int=50_000)):
        check(filled, lambda tx, before=before: list_records(tx, PLAYER, before, LIMIT))


def rows_of(cohort: str, asked: Period) -> int:
    return ROWS_A_DAY * len(asked.days) // (20 if cohort == "refunds" else 1)


@pytest.mark.parametrize("asked", [A_WEEK, A_QUARTER], ids=["week", "quarter"])
@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("cohort", ["touches", "orders", "refunds", "quotes"])
def test_figures_of_a_period_read_what_is_of_that_period__B8(
    filled: Database, cohort: str, grouping: Grouping, asked: Period
) -> None:
    query = kpi.figures_queries(Asked(asked), grouping)[cohort]

    check(filled, lambda tx: tx.execute(query).all(), rows_of(cohort, asked) * BLOCKS_OF_A_ROW[cohort] + MOST_BLOCKS)


@pytest.mark.parametrize(
    "narrow", [{"agent": "KF3"}, {"team": "T3"}, {"campaign": PLAYER}, {"pack": "P4"}, {"without": "campaign"}], ids=str
)
def test_filters_make_figures_read_no_more__B8(filled: Database, narrow: dict[str, Any]) -> None:
    for cohort, query in kpi.figures_queries(Asked(A_QUARTER, **narrow), "day").items():
        most = rows_of(cohort, A_QUARTER) * BLOCKS_OF_A_ROW[cohort] + MOST_BLOCKS
        check(filled, lambda tx, query=query: tx.execute(query).all(), most)


@pytest.mark.parametrize("shown", [None, (A_TIME, UUID(int=0))], ids=["first", "later"])
@pytest.mark.parametrize("figure", get_args(FigureName))
def test_a_page_of_the_records_behind_a_figure_reads_little__B8(
    filled: Database, figure: FigureName, shown: tuple[datetime, UUID] | None
) -> None:
    # What is rare is looked for in the whole period, or until there are enough.
    rare = ROWS_A_DAY * len(A_QUARTER.days) * BLOCKS_OF_A_ROW["orders"]
    most = rare if figure in ("unverified", "delivery_overdue") else 2 * MOST_BLOCKS
    check(filled, lambda tx: kpi.page(tx, Asked(A_QUARTER), figure, shown, LIMIT), most)
