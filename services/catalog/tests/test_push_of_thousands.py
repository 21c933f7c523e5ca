"""A push of 5,000 prices under which 2,000 packs change: R30, B1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from gamedesk_catalog.commands.packs import create_pack
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.model.packs import NewPack
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository import packs as pack_rows
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.principal import Principal
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Connection, Engine, event, text

from .conftest import Game, price

As = Callable[[str], ApiClient]
pytestmark = pytest.mark.large

ITEMS, PACKS = 5000, 2000
MAKER = Principal(id="KF003", role="agent", team="A")


def old_price(n: int) -> int:
    return 1000 + n % 700


def new_price(n: int) -> int:
    return old_price(n) + 1 + n * 7 % 300


def contents(n: int) -> list[tuple[int, int]]:
    """(item, quantity) of pack n; each item is in a pack, some in two."""
    return [(n, 1), (n + 2000, 2), (n % 1000 + 4000, 1 + n % 4)]


def discount_of(n: int) -> int:
    return n % 3001


def half_up(total: int, discount_bp: int) -> int:
    """What is left, by hand: in ten-thousandths of a fen, and a half counts up."""
    exact = total * (10_000 - discount_bp)
    return exact // 10_000 + (exact % 10_000 >= 5_000)


@pytest.fixture
def packs(database: Database) -> list[UUID]:
    quotes = [Quote(f"BULK-{n}", old_price(n), 1, now(), f"道具{n}") for n in range(ITEMS)]
    for start in range(0, ITEMS, 500):
        database.transact(apply_quotes, "xiyou", quotes[start : start + 500], Origin("pull"), 5)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        ids = dict(tx.execute(text("SELECT code, item_id FROM items")).all())
        return [made(tx, n, ids) for n in range(PACKS)]


def made(tx: Connection, n: int, ids: dict[str, UUID]) -> UUID:
    lines = tuple((ids[f"BULK-{item}"], quantity) for item, quantity in contents(n))
    return UUID(create_pack(tx, MAKER, NewPack(f"礼包{n}", discount_of(n), lines)).resource_id)


def state(database: Database) -> list[Any]:
    with database.begin() as tx:
        items = tx.execute(text("SELECT code, version, price_fen, source_version FROM items ORDER BY code")).all()
        packs = tx.execute(
            text("SELECT pack_id, version, price_fen, list_price_fen, state FROM packs ORDER BY 1")
        ).all()
        events = tx.execute(text("SELECT count(*) FROM outbox")).scalar_one()
        return [items, packs, events]


def test_every_pack_is_right_in_one_pass_and_the_same_again_changes_nothing__R30_B1(
    database: Database, packs: list[UUID], game: Game, as_agent: As
) -> None:
    pushed = [price(f"BULK-{n}", new_price(n), 2) for n in range(ITEMS)]
    statements: list[str] = []

    def count(*call: Any) -> None:
        statements.append(call[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        first = game.push(*pushed, event_id="the-push")
    finally:
        event.remove(Engine, "before_cursor_execute", count)

    assert first.status_code == 200, first.text
    assert [result["fate"] for result in first.json()["results"]] == ["applied"] * ITEMS
    assert len(statements) < 30, "a handful, not thousands"
    _, rows, _ = after = state(database)
    by_id = {row.pack_id: row for row in rows}
    (impact,) = as_agent("KF002").get("/price-impacts", cause_id="the-push").json()["items"]
    shown = impact_packs(as_agent("KF002"), impact["impact_id"])
    assert (impact["items_changed"], impact["packs_changed"], len(shown)) == (ITEMS, PACKS, PACKS)
    for n, pack_id in enumerate(packs):
        old_list = sum(old_price(item) * quantity for item, quantity in contents(n))
        new_list = sum(new_price(item) * quantity for item, quantity in contents(n))
        row, change = by_id[pack_id], shown[str(pack_id)]
        assert (row.list_price_fen, row.price_fen) == (new_list, half_up(new_list, discount_of(n)))
        assert (row.version, row.state) == (2, "active")
        assert (change["old_list_price_fen"], change["new_list_price_fen"]) == (old_list, new_list)
        assert (change["old_price_fen"], change["new_price_fen"]) == (half_up(old_list, discount_of(n)), row.price_fen)

    assert game.push(*pushed, event_id="the-push").json() == first.json(), "the same event"
    assert state(database) == after
    again = game.fates(*pushed)
    assert again == ["unchanged"] * ITEMS, "the same prices in another event"
    older = game.fates(*[price(f"BULK-{n}", 1, 1) for n in range(ITEMS)])
    assert older == ["stale"] * ITEMS, "refused item by item"
    assert state(database) == after
    assert len(as_agent("KF002").get("/price-impacts").json()["items"]) == 1


def impact_packs(client: ApiClient, impact_id: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/price-impacts/{impact_id}/packs", limit=200, **cursor).json()
        found |= {pack["pack_id"]: pack for pack in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_packs_of_items_are_found_once_also_where_the_planner_knows_nothing_yet__R30(database: Database) -> None:
    """A join of tables that were filled a moment ago may be planned row by row: minutes for thousands."""
    query = pack_rows.ids_query([UUID(int=n) for n in range(5000)], now())
    with database.begin() as tx:
        statement = query.compile(tx.engine)
        rows = tx.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", dict(statement.params)).scalars()
        plan = "\n".join(line[:100] for line in rows)
    assert "InitPlan" in plan
    assert not [word for word in ("Join", "Nested Loop", "SubPlan") if word in plan], plan
