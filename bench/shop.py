"""Items and packs as many as a large desk has, made by catalog's own commands; their events go to sales as ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gamedesk_catalog.commands.packs import create_pack
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.model.packs import NewPack
from gamedesk_catalog.quotes import Quote
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.principal import Principal
from gamedesk_local.layout import SERVICES, Layout
from gamedesk_testing.polling import eventually
from sqlalchemy import text

GAME = "xiyou"
PAGE = 500
_MAKER = Principal(id="KF001", role="admin", team="A")
_PATIENCE = 300


def database(layout: Layout, service: str) -> Database:
    """The database of a service, as the service itself opens it."""
    row = next(row for row in SERVICES if row.name == service)
    return Database(layout.environment(row)["GAMEDESK_DATABASE_URL"], pool_size=2)


def codes(items: int) -> list[str]:
    return [f"BULK-{n}" for n in range(items)]


def prices(items: int, version: int) -> list[int]:
    """Of each item; every version changes all of them."""
    return [1000 + n % 700 + version * 7 for n in range(items)]


def fill(catalog: Database, items: int, packs: int) -> None:
    """Make the items, and packs of three of them each."""
    named = codes(items)
    quotes = [Quote(c, p, 1, now(), f"道具{c}") for c, p in zip(named, prices(items, 1), strict=True)]
    for start in range(0, items, PAGE):
        catalog.transact(apply_quotes, GAME, quotes[start : start + PAGE], Origin("pull"), 5)
    with catalog.begin() as tx:
        query = "SELECT code, item_id FROM items WHERE code LIKE 'BULK-%'"
        ids: dict[str, UUID] = dict(tx.execute(text(query)).tuples().all())
    for start in range(0, packs, PAGE):
        catalog.transact(_make_packs, named, ids, range(start, min(start + PAGE, packs)))


def _make_packs(tx: Any, named: Sequence[str], ids: dict[str, UUID], numbers: range) -> None:
    count = len(named)
    for n in numbers:
        places = (n % count, (n + count * 2 // 5) % count, (n + count * 4 // 5) % count)
        lines = tuple((ids[named[place]], 1 + n % 3) for place in places)
        create_pack(tx, _MAKER, NewPack(f"礼包{n}", n % 3000, lines))


def wait_for_copies(catalog: Database, sales: Database, version: int) -> None:
    """Until no copy in sales is older than `version`, which every item and pack has."""
    with catalog.begin() as tx:
        count = "SELECT (SELECT count(*) FROM items WHERE code LIKE 'BULK-%'), (SELECT count(*) FROM packs)"
        wanted = tuple(tx.execute(text(count)).one())
    query = text(
        "SELECT (SELECT count(*) FROM item_copies WHERE code LIKE 'BULK-%' AND version >= :version),"
        " (SELECT count(*) FROM pack_copies WHERE version >= :version)"
    )

    def there() -> bool:
        with sales.begin() as tx:
            return tuple(tx.execute(query, {"version": version}).one()) == wanted

    eventually(there, within=_PATIENCE)
