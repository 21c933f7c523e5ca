"""No list of items, pulls or impacts reads much more than it shows, at 100,000 items: R22, B1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import pytest
from gamedesk_catalog.model.items import Wanted
from gamedesk_catalog.repository import impacts, items, pulls
from gamedesk_chassis.database import Database
from sqlalchemy import Connection, Select, text

from .conftest import migrate_catalog

pytestmark = pytest.mark.large

PAGE = 51
LARGE = {"items", "price_impacts", "price_impact_packs", "item_pulls", "packs"}
IMPACT = UUID(int=77)
PACK = UUID(md5(b"p7").hexdigest())

# Half of the items are of either game, one of fifty is overridden, one of a thousand waits for a lead.
SEED = """
INSERT INTO items (item_id, game_id, code, name, code_key, name_key, name_grams, game_price_fen, override_price_fen,
                   currency, source_version, version, created_at, updated_at)
SELECT md5('i' || n)::uuid, CASE WHEN n % 2 = 0 THEN 'xiyou' ELSE 'sanguo' END, 'C-' || lpad(n::text, 6, '0'),
       '道具' || n, 'c-' || lpad(n::text, 6, '0'), '道具' || n,
       ARRAY['道', '具', '道具', '具' || left(n::text, 1), right(n::text, 1)], 1000,
       CASE WHEN n % 100 = 6 THEN 900 WHEN n % 100 = 7 THEN 1000 END, 'CNY', 1, 1, now(),
       timestamptz '2026-01-01Z' + n * interval '1 minute'
FROM generate_series(1, 100000) AS n;

INSERT INTO pending_prices (item_id, state, price_fen, source_version, effective_at, received_at)
SELECT md5('i' || n)::uuid, CASE WHEN n % 3 = 0 THEN 'held' ELSE 'scheduled' END, 9000, 2, now(), now()
FROM generate_series(1, 100000, 331) AS n;

INSERT INTO packs (pack_id, code, name, name_key, name_grams, game_id, state, discount_bp, list_price_fen, price_fen,
                   currency, revision, version, created_by, revised_by, created_at, updated_at)
SELECT md5('p' || n)::uuid, 'P' || lpad(to_hex(n), 4, '0'), 'p', 'p', '{p}', 'xiyou', 'active', 0, 1, 1, 'CNY', 1, 1,
       'KF003', 'KF003', now(), now()
FROM generate_series(1, 20000) AS n;

INSERT INTO price_impacts (impact_id, game_id, cause, cause_id, items_changed, packs_changed, packs_to_review, at)
SELECT lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n % 500 = 0 THEN 'sanguo' ELSE 'xiyou' END, 'push', 'event-' || n / 3,
       1, 1, 0, timestamptz '2026-01-01Z' + n * interval '1 minute'
FROM generate_series(1, 100000) AS n;

INSERT INTO price_impact_packs
SELECT i.impact_id, p.pack_id, 1, 2, 1, 2, 'active', 'active', NULL
FROM price_impacts AS i CROSS JOIN (SELECT pack_id FROM packs LIMIT 2000) AS p
WHERE i.impact_id = lpad('4d', 32, '0')::uuid;

INSERT INTO price_impact_packs
SELECT lpad(to_hex(n), 32, '0')::uuid, md5('p' || 1 + n % 20000)::uuid, 1, 2, 1, 2, 'active', 'active', NULL
FROM generate_series(1000, 90000) AS n;

INSERT INTO item_pulls (pull_id, game_id, state, pages, items_seen, items_changed, attempts, due_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n % 500 = 0 THEN 'sanguo' ELSE 'xiyou' END, 'done', 1, 1, 1, 1, now()
FROM generate_series(1, 100000) AS n;

ANALYZE items; ANALYZE pending_prices; ANALYZE price_impacts; ANALYZE price_impact_packs; ANALYZE item_pulls;
ANALYZE packs;
"""


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("catalog", migrate_catalog), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(SEED))
    with database.begin() as tx:
        yield tx
    database.dispose()


def check(tx: Connection, query: Select[*tuple[Any, ...]], most_blocks: int) -> None:
    statement = query.compile(tx.engine, compile_kwargs={"literal_binds": True})
    plan = tx.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")).scalar_one()[0]["Plan"]
    read_whole = {step["Relation Name"] for step in steps(plan) if step["Node Type"] == "Seq Scan"} & LARGE
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert not read_whole, outline(plan)
    assert blocks <= most_blocks, (blocks, outline(plan))


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


def outline(plan: dict[str, Any], depth: int = 0) -> str:
    """The plan as a person reads it, for a test that fails."""
    name = plan.get("Index Name", plan.get("Relation Name", ""))
    line = f"{' ' * depth}{plan['Node Type']} {name} {plan['Actual Rows']}"
    return "\n".join([line, *(outline(child, depth + 1) for child in plan.get("Plans", []))])


WANTED = [
    Wanted(),
    Wanted(game_id="sanguo"),
    Wanted(overridden=True),
    Wanted(game_id="sanguo", overridden=True),
    Wanted(game_id="xiyou", overridden=True),
    Wanted(differs=True),
    Wanted(game_id="sanguo", differs=False),
    Wanted(game_id="xiyou", sort="recent"),
    Wanted(game_id="sanguo", sort="recent"),
    Wanted(game_id="sanguo", sort="recent", overridden=True),
]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
@pytest.mark.parametrize("deep", [False, True])
def test_a_page_of_items_reads_a_page__R22(filled: Connection, wanted: Wanted, deep: bool) -> None:
    if wanted.sort == "recent":
        after: Any = (datetime(2026, 2, 10, tzinfo=UTC), UUID(int=0))
    else:
        after = (wanted.game_id or "sanguo", "C-050000")

    sparse = wanted.overridden and wanted.sort == "recent"
    check(filled, items.page_query(wanted, after if deep else None, PAGE), 12_000 if sparse else 1_200)


@pytest.mark.parametrize("state", ["held", "scheduled"])
@pytest.mark.parametrize("game_id", [None, "xiyou"])
def test_what_waits_is_found_by_what_waits__R30(filled: Connection, state: Any, game_id: str | None) -> None:
    check(filled, items.page_query(Wanted(game_id=game_id, pending=state), None, PAGE), 1500)


@pytest.mark.parametrize("text", ["C-0001", "具7", "道具 77", "道具77777"])
def test_a_search_of_items_reads_by_index__R22(filled: Connection, text: str) -> None:
    check(filled, items.page_query(Wanted(game_id="xiyou", text=text), None, PAGE), 25_000)


@pytest.mark.parametrize("game_id", [None, "xiyou", "sanguo"])
@pytest.mark.parametrize("before", [None, UUID(int=50_000)])
def test_a_page_of_pulls_and_of_impacts_reads_a_page__R22_B1(
    filled: Connection, game_id: str | None, before: UUID | None
) -> None:
    check(filled, pulls.page_query(game_id, before, PAGE), 80)
    check(filled, impacts.page_query(game_id=game_id, cause_id=None, before=before, limit=PAGE), 80)
    check(filled, impacts.page_query(game_id=game_id, cause_id="event-7777", before=before, limit=PAGE), 20)
    of_pack = {"pack_id": PACK, "limit": PAGE}
    check(filled, impacts.page_query(game_id=game_id, cause_id=None, before=before, **of_pack), 80)


@pytest.mark.parametrize("after", [None, UUID(int=1 << 127)])
def test_a_page_of_an_impacts_packs_reads_a_page__B1(filled: Connection, after: UUID | None) -> None:
    check(filled, impacts.packs_query(IMPACT, after, PAGE), 300)
