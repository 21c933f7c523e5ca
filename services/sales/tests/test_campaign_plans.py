"""Call lists read a page, and a draw the players that it looks at, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.campaign_calls import Segment, WantedCalls
from gamedesk_sales.repository import campaign_calls, campaign_draws, campaign_segments
from sqlalchemy import Connection, text

from .conftest import migrate_sales
from .test_delivery_plans import plan_of, statements_of, steps_of

pytestmark = pytest.mark.large

LIMIT = 51
CAMPAIGN = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5('1')
# 100,000 players of 200 agents in 20 teams, one in a thousand merged into his neighbour, each with an account in one
# game and every third in another; 200,000 contacts and 60,000
# orders in two years; three campaigns with 60,000 calls each.
FILL = """
INSERT INTO agent_copies (agent_id, role, team, active, version)
SELECT 'AG' || a, 'agent', 'T' || a % 20, true, 1 FROM generate_series(0, 199) AS a;
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, merged_into, erased, version)
SELECT md5(p::text)::uuid, 'AG' || p % 200,
       CASE WHEN p % 100 = 0 THEN 'whale' WHEN p % 20 = 0 THEN 'big' WHEN p % 5 = 0 THEN 'medium' ELSE 'small' END,
       CASE WHEN p % 50 = 3 THEN '16_17' ELSE 'none' END,
       CASE WHEN p % 1000 = 1 THEN md5((p - 1)::text)::uuid END, false, 1 FROM generate_series(0, 99999) AS p;
INSERT INTO profile_copies (profile_id, player_id, game_id, server, game_account_id, state, version)
SELECT md5(game || p)::uuid, md5(p::text)::uuid, game, 'S' || p % 9, 'a' || p,
       CASE WHEN game = 'xiyou' OR p % 2 = 0 THEN 'ok' ELSE 'not_found' END, 1
FROM generate_series(0, 99999) AS p, unnest(array['xiyou', 'sanguo']) AS game WHERE game = 'xiyou' OR p % 3 = 0;
INSERT INTO touches (touch_id, player_id, agent_id, outcome, situation, player_state, occurred_at, recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 90000)::text)::uuid, 'AG' || n % 200, 'no_reply', repeat('x', 200), '',
       at, at FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, 200000) AS n) AS made;
INSERT INTO orders (order_id, player_id, seller_agent_id, campaign_id, pack_id, pack_code, pack_name, pack_revision,
                    pack_version, discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency,
                    method, transaction_id, paid_at, state, verified, version, created_at, updated_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, md5((n % 20000)::text)::uuid, 'AG' || n % 200,
       CASE WHEN n % 50 = 0 THEN md5((n % 3)::text)::uuid END, md5('p')::uuid, 'P', repeat('x', 99), 1, 1, 0, 100, '[]',
       100, 100, 'CNY', 'other', 'T' || n, at, 'delivered', true, 1, at, at
FROM (SELECT n, now() - n * interval '15 minutes' AS at FROM generate_series(1, 60000) AS n) AS made;
INSERT INTO campaign_calls (campaign_id, player_id, owner_agent_id, tier_then, rank, state, drawn_at, touches,
                            updated_at)
SELECT md5(c::text)::uuid, md5(p::text)::uuid, 'AG' || p % 200, 'small', p / 200 % 4,
       CASE WHEN p % 10 = 0 THEN 'lost' WHEN p % 97 = 0 THEN 'won' ELSE 'open' END, now(), 0, now()
FROM generate_series(0, 2) AS c, generate_series(0, 59999) AS p;
ANALYZE;
"""
LARGE = {"player_copies", "profile_copies", "orders", "touches", "campaign_calls"}
TODAY: date = business_day(now())
ALL_OF_IT = Segment(
    ("big", "whale"), "xiyou", "S1", not_contacted_days=7, bought_within_days=90, bought_min_orders=1, spent_min_fen=1
)


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


def check(database: Database, read: Callable[[Connection], Any], most_blocks: int) -> None:
    with database.begin() as tx:
        statements = statements_of(tx, read)
    assert statements
    for statement, parameters in statements:
        with database.begin() as tx:
            plan = plan_of(tx, statement, parameters)
        read_whole = {step["Relation Name"] for step in steps_of(plan) if step["Node Type"] == "Seq Scan"}
        assert not read_whole & LARGE, (statement, parameters)
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most_blocks, (statement, parameters)


CALLS = {
    "all": ({}, 1_500),
    "lost": ({"state": "lost"}, 1_500),
    "won": ({"state": "won"}, 1_500),
    "none such": ({"state": "thinking"}, 1_500),
    "agent": ({"agent_id": "AG7"}, 1_500),
    "agent, open": ({"agent_id": "AG7", "state": "open"}, 1_500),
    "agent, won": ({"agent_id": "AG7", "state": "won"}, 1_500),
    "no such agent": ({"agent_id": "AG999"}, 200),
    # a page of each of ten members, of which one is shown
    "team": ({"team": "T7"}, 6_000),
    "team, lost": ({"team": "T7", "state": "lost"}, 6_000),
    "agent of another team": ({"team": "T7", "agent_id": "AG8"}, 200),
    "no such team": ({"team": "T99"}, 200),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_page_of_calls_costs_a_page(filled: Database, name: str) -> None:
    filters, most_blocks = CALLS[name]
    wanted = WantedCalls(CAMPAIGN, **filters)
    for after in (None, (2, UUID(int=2**127))):
        check(filled, lambda tx, after=after: campaign_calls.list_page(tx, wanted, after, LIMIT), most_blocks)


def test_a_chunk_of_a_draw_costs_its_players(filled: Database) -> None:
    with filled.begin() as tx:
        held = campaign_draws.hold_players(tx, UUID(int=2**127), 1000)
    check(filled, lambda tx: campaign_draws.hold_players(tx, UUID(int=2**127), 1000), 4_000)
    for segment in (
        Segment(),
        Segment(("big",)),
        Segment(game_id="xiyou", server="S1"),
        Segment(game_ids=("sanguo", "xiyou")),
        Segment(game_ids=("sanguo",)),
        Segment(not_contacted_days=7),
        Segment(never_bought=True),
        Segment(bought_within_days=30, spent_min_fen=100),
        ALL_OF_IT,
    ):
        check(filled, lambda tx, s=segment: campaign_segments.candidates(tx, s, "T7", TODAY, held), 40_000)


def test_where_a_person_stands_is_read_by_his_records(filled: Database) -> None:
    with filled.begin() as tx:
        player = campaign_draws.hold_players(tx, None, 1)
    check(filled, lambda tx: campaign_calls.touches_for(tx, CAMPAIGN, player), 100)
    check(filled, lambda tx: campaign_calls.campaigns_of(tx, player, running=False), 100)


@pytest.mark.parametrize(
    "segment",
    [
        Segment(),
        Segment(("whale",)),
        Segment(("big", "whale"), not_contacted_days=7),
        Segment(game_ids=("sanguo", "xiyou")),
        Segment(("big", "whale"), not_contacted_days=7, game_ids=("xiyou",)),
        Segment(bought_within_days=30, spent_min_fen=100),
        ALL_OF_IT,
    ],
    ids=str,
)
def test_a_preview_ends_in_time(filled: Database, segment: Segment) -> None:
    with filled.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 3000"))
        found = campaign_segments.audience(tx, segment, None, TODAY, 50_000)
    assert found.looked_at <= 50_000
    assert found.complete is (segment.tiers != ())


def test_progress_ends_in_time(filled: Database) -> None:
    with filled.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 2000"))
        found = campaign_calls.figures_by_agent(tx, CAMPAIGN)
    assert sum(figures.listed for figures in found.values()) == 60_000 - 60
