"""No list of quotes, no count of them, and no look at what a minor has spent reads more than it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import first_id
from gamedesk_sales.repository import minor_caps, quotes, stand_ins
from gamedesk_sales.repository.quotes import Filter
from sqlalchemy import Connection, text

from .conftest import migrate_sales
from .test_delivery_plans import plan_of, statements_of, steps_of

pytestmark = pytest.mark.large

LIMIT = 51
# Of 8 KiB.
MOST_BLOCKS = 1_000
MOST_BLOCKS_OF_TWO = 2_500

# 100,000 quotes of 20,000 players, 30 agents and 40 packs, one every two minutes: the last of a day are open, the rest
# sold or expired, some withdrawn. And 100,000 orders, 1,000 of one player.
FILL = """
INSERT INTO quotes (quote_id, player_id, agent_id, stand_in, pack_id, pack_code, pack_name, pack_revision, pack_version,
                    discount_bp, list_price_fen, contents, amount_fen, currency, note, expires_at, state, order_id,
                    version, created_at, updated_at)
SELECT id, md5((n % 20000)::text)::uuid, 'KF' || n % 30, false, md5((n % 40)::text)::uuid,
       'P' || n % 40, 'pack', 1, 1, 0, 100, '[]', 100, 'CNY', '', at + interval '1 day', state,
       CASE WHEN state = 'sold' THEN id END, 1, at, at
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '2 minutes' AS at,
             rpad(lpad(to_hex(1767225600000 + n::bigint * 120000), 12, '0'), 32, '0')::uuid AS id,
             CASE WHEN n > 99280 THEN 'open' WHEN n % 500 = 1 THEN 'withdrawn' WHEN n % 3 = 0 THEN 'sold'
                  ELSE 'expired' END AS state
      FROM generate_series(1, 100000) AS n) AS made;
INSERT INTO orders (order_id, player_id, seller_agent_id, game_id, pack_id, pack_code, pack_name, pack_revision,
                    pack_version, discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency,
                    method, transaction_id, paid_at, state, verified, version, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n % 200 = 0 THEN md5('0') ELSE md5((n % 20000)::text) END::uuid,
       'KF' || n % 30, 'xiyou', md5('p')::uuid, '7K2QX', 'pack', 1, 1, 0, 100, '[]', 100, 100, 'CNY', 'other', 'T' || n,
       at, 'paid', true, 1, at, at
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '2 minutes' AS at FROM generate_series(1, 100000) AS n) AS made;
ANALYZE quotes; ANALYZE orders;
"""
LARGE = {"quotes", "orders"}
NOW = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=2 * 100_000)
HALFWAY = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=2 * 50_000)
A_WEEK_AGO = HALFWAY - timedelta(days=7)
PLAYER = UUID("cfcd2084-95d5-65ef-66e7-dff9f98764da")  # md5('0')
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "player": {"player_ids": [PLAYER]},
    "agent": {"agent_id": "KF3"},
    "pack": {"pack_code": "P3"},
    "agent and pack": {"agent_id": "KF3", "pack_code": "P3"},
    "no such agent": {"agent_id": "KF99"},
    "no such pack": {"pack_code": "P99"},
    "a week": {"made_from": A_WEEK_AGO, "made_before": HALFWAY},
    "until": {"made_before": HALFWAY},
    "a week of an agent": {"made_from": A_WEEK_AGO, "made_before": HALFWAY, "agent_id": "KF3"},
    "until, of a pack": {"made_before": HALFWAY, "pack_code": "P3"},
    "since, of a player": {"made_from": HALFWAY, "player_ids": [PLAYER]},
}
STATES = (None, "open", "sold", "withdrawn", "expired")


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM quotes, orders"))
    yield database
    database.dispose()


def check(database: Database, read: Callable[[Connection], Any], most_blocks: int = MOST_BLOCKS) -> None:
    with database.begin() as tx:
        statements = statements_of(tx, read)
    assert statements
    for statement, parameters in statements:
        with database.begin() as tx:
            plan = plan_of(tx, statement, parameters)
            tx.rollback()
        read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
        assert not read_whole & LARGE, statement
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks, statement


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS.keys())
def test_every_list_of_quotes_reads_little(filled: Database, filters: dict[str, Any], state: str | None) -> None:
    wanted = Filter(moment=NOW, state=state, **filters)
    most_blocks = MOST_BLOCKS_OF_TWO if len(filters) == 2 else MOST_BLOCKS
    for before in (None, first_id(HALFWAY)):
        check(filled, lambda tx, before=before: quotes.list_page(tx, wanted, before, LIMIT), most_blocks)


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS.keys())
def test_what_ends_soon_is_found_by_its_end(filled: Database, filters: dict[str, Any]) -> None:
    wanted, until = Filter(moment=NOW, **filters), NOW + timedelta(hours=8)
    for after in (None, (NOW + timedelta(hours=4), UUID(int=1))):
        check(filled, lambda tx, after=after: quotes.expiring_page(tx, wanted, until, after, LIMIT))


READS: dict[str, Callable[[Connection], Any]] = {
    "counts": lambda tx: quotes.counts(tx, [UUID("cfcd2084-95d5-65ef-66e7-dff9f98764da"), PLAYER], NOW),
    "what is over": lambda tx: quotes.lock_over(tx, NOW, 200),
    "nothing is over": lambda tx: quotes.lock_over(tx, NOW - timedelta(days=300), 200),
    "the seller's open one": lambda tx: quotes.lock_open(tx, [PLAYER], "KF3", PLAYER),
    "a minor's month": lambda tx: minor_caps.allowance(tx, "8_15", [PLAYER], date(2026, 3, 1)),
    "a stand-in": lambda tx: stand_ins.stands_in(tx, "KF3", "KF4", date(2026, 3, 1)),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_indexes_serve_it(filled: Database, read: Callable[[Connection], Any]) -> None:
    check(filled, read)
