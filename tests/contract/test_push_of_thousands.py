"""After a push of 5,000 prices under which 2,000 packs change, every copy that sales sells by is right: R30, R31."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from gamedesk_catalog.__main__ import SERVICE as CATALOG
from gamedesk_catalog.commands.packs import create_pack
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.commands.pushes import push_prices
from gamedesk_catalog.model.packs import NewPack
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository import packs
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.principal import Principal
from gamedesk_chassis.processor import Delivery, Processor, Verdict
from gamedesk_chassis.service import Service
from gamedesk_sales.__main__ import SERVICE as SALES
from gamedesk_sales.tables import item_copies, pack_copies
from sqlalchemy import select, text

pytestmark = pytest.mark.large

ITEMS, PACKS = 5000, 2000
MAKER = Principal(id="KF003", role="agent", team="A")
AT_ONCE = 200
OF_LINE = ("item_id", "game_id", "code", "name", "quantity", "unit_price_fen")
SHARED = [column.name for column in pack_copies.c if column.name not in ("contents", "own_version")]


@contextmanager
def database_of(service: Service, fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database(service.name, lambda url: migrate(url, service.migrations)), pool_size=1)
    yield database
    database.dispose()


def fill(catalog: Database) -> None:
    quotes = [Quote(f"BULK-{n}", 1000 + n % 700, 1, now(), f"道具{n}") for n in range(ITEMS)]
    for start in range(0, ITEMS, 500):
        catalog.transact(apply_quotes, "xiyou", quotes[start : start + 500], Origin("pull"), 5)
    with catalog.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        ids = dict(tx.execute(text("SELECT code, item_id FROM items")).all())
        for n in range(PACKS):
            lines = ((ids[f"BULK-{n}"], 1), (ids[f"BULK-{n + 2000}"], 2), (ids[f"BULK-{n % 1000 + 4000}"], 1 + n % 4))
            create_pack(tx, MAKER, NewPack(f"礼包{n}", n % 3001, lines))


def push(catalog: Database) -> None:
    """Some prices fall so far that their packs break the lowest price that is now asked for, and go to review."""
    with catalog.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET lowest_price_fen = 5000"))
    quotes = [Quote(f"BULK-{n}", (1000 + n % 700) * (3 if n % 9 else 1) // 2, 2, now()) for n in range(ITEMS)]
    results = catalog.transact(push_prices, "xiyou", "the-push", {}, quotes, 5)
    assert {fate for _, fate in results} == {"applied"}


def tell(catalog: Database, sales: Database) -> None:
    """All that catalog published, in any order, some of it twice."""
    with catalog.begin() as tx:
        events = [outbox.to_event(row) for row in tx.execute(select(OUTBOX).order_by(OUTBOX.c.id))]
    assert len(events) == 2 * (ITEMS + PACKS)
    rng = random.Random(7)
    events += rng.sample(events, 500)
    rng.shuffle(events)
    processor = Processor(sales, "sales-catalog", SALES.listeners["sales-catalog"])
    for start in range(0, len(events), AT_ONCE):
        deliveries = [Delivery(one.type, one.to_bytes()) for one in events[start : start + AT_ONCE]]
        assert set(processor.process(deliveries)) == {Verdict.DONE}


def rows(database: Database, table: Any, key: str) -> dict[UUID, dict[str, Any]]:
    with database.begin() as tx:
        return {row._mapping[key]: dict(row._mapping) for row in tx.execute(select(table))}


def test_every_copy_in_sales_is_right_after_a_push_of_thousands__R30_R31(fresh_database: Callable[..., str]) -> None:
    with database_of(CATALOG, fresh_database) as catalog, database_of(SALES, fresh_database) as sales:
        fill(catalog)
        push(catalog)

        tell(catalog, sales)

        with catalog.begin() as tx:
            made = packs.all_after(tx, None, PACKS + 1)
            names = ", ".join(column.name for column in item_copies.c)
            items = {row.item_id: dict(row._mapping) for row in tx.execute(text(f"SELECT {names} FROM items"))}
        assert rows(sales, item_copies, "item_id") == items
        copies = rows(sales, pack_copies, "pack_id")
        assert len(made) == len(copies) == PACKS
        for pack in made:
            copy = copies[pack.pack_id]
            assert {name: copy[name] for name in SHARED} == {name: getattr(pack, name) for name in SHARED}
            assert copy["own_version"] == pack.version
            lines = [{name: getattr(line, name) for name in OF_LINE} for line in pack.contents]
            assert copy["contents"] == [{**line, "item_id": str(line["item_id"])} for line in lines]
            assert pack.list_price_fen == sum(line.unit_price_fen * line.quantity for line in pack.contents)
        assert {pack.state for pack in made} == {"active", "review"}
        assert {pack.version for pack in made} == {2}
