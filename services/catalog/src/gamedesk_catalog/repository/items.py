"""Items, their prices that wait, and the history of their prices. Every function takes many items in few statements.

Whoever locks several kinds locks in this order: the discount rules (`discount_rules.hold`), items by game and code,
packs by id. So who holds packs alone must not write what refers to items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from gamedesk_chassis import text_search
from gamedesk_chassis.bulk import values_of
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    column,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_catalog.model.items import Decision, Item, PendingPrice, PriceChange, Wanted
from gamedesk_catalog.repository.arrays import any_of
from gamedesk_catalog.tables import item_decisions, items, pending_prices
from gamedesk_catalog.tables import item_price_changes as changes

Pending = dict[str, PendingPrice]

_EDITED = ("game_price_fen", "override_price_fen", "source_version", "version", "updated_at")
_PENDING_FIELDS = ("item_id", "state", "price_fen", "source_version", "effective_at", "received_at", "cause_id")


def _item(row: Row[Any], pending: Pending) -> Item:
    return Item(
        item_id=row.item_id,
        game_id=row.game_id,
        code=row.code,
        name=row.name,
        game_price_fen=row.game_price_fen,
        override_price_fen=row.override_price_fen,
        currency=row.currency,
        source_version=row.source_version,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        scheduled=pending.get("scheduled"),
        held=pending.get("held"),
    )


def _load(tx: Connection, query: Select[Any]) -> list[Item]:
    """Items of `query` in its order, with the prices that wait: two reads, whatever their number."""
    rows = tx.execute(query).all()
    if not rows:
        return []
    pending: dict[UUID, Pending] = defaultdict(dict)
    waiting = select(pending_prices).where(any_of(pending_prices.c.item_id, [row.item_id for row in rows]))
    for row in tx.execute(waiting):
        price = PendingPrice(row.price_fen, row.source_version, row.effective_at, row.received_at, row.cause_id)
        pending[row.item_id][row.state] = price
    return [_item(row, pending[row.item_id]) for row in rows]


def get(tx: Connection, item_id: UUID) -> Item | None:
    found = _load(tx, select(items).where(items.c.item_id == item_id))
    return found[0] if found else None


def lock(tx: Connection, item_id: UUID) -> Item | None:
    found = _load(tx, select(items).where(items.c.item_id == item_id).with_for_update())
    return found[0] if found else None


def lock_ids(tx: Connection, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Items by id, in the order in which every lock is taken; unknown ids are left out."""
    wanted = select(items).where(any_of(items.c.item_id, set(item_ids)))
    found = _load(tx, wanted.order_by(items.c.game_id, items.c.code).with_for_update())
    return {item.item_id: item for item in found}


def lock_codes(tx: Connection, game_id: str, codes: Iterable[str]) -> dict[str, Item]:
    """The game's items by code; unknown codes are left out."""
    found = _load(tx, _of_codes(game_id, codes).order_by(items.c.code).with_for_update())
    return {item.code: item for item in found}


def by_codes(tx: Connection, game_id: str, codes: Iterable[str]) -> dict[str, Item]:
    """As `lock_codes`, without locking."""
    return {item.code: item for item in _load(tx, _of_codes(game_id, codes))}


def _of_codes(game_id: str, codes: Iterable[str]) -> Select[Any]:
    return select(items).where(items.c.game_id == game_id, any_of(items.c.code, set(codes)))


def share(tx: Connection, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Items by id, whose prices stay as they are until the transaction ends."""
    wanted = select(items).where(any_of(items.c.item_id, set(item_ids)))
    found = _load(tx, wanted.order_by(items.c.game_id, items.c.code).with_for_update(read=True))
    return {item.item_id: item for item in found}


def by_ids(tx: Connection, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    found = _load(tx, select(items).where(any_of(items.c.item_id, set(item_ids))))
    return {item.item_id: item for item in found}


def list_page(tx: Connection, wanted: Wanted, after: tuple[Any, Any] | None, limit: int) -> list[Item]:
    """In the order of `wanted.sort`: by (game, code), or by (time of the last change, id) from the newest on."""
    return _load(tx, page_query(wanted, after, limit))


def page_query(wanted: Wanted, after: tuple[Any, Any] | None, limit: int) -> Select[Any]:
    query = select(items).limit(limit)
    recent = wanted.sort == "recent"
    key = (items.c.updated_at, items.c.item_id) if recent else (items.c.game_id, items.c.code)
    query = query.order_by(*[column.desc() if recent else column for column in key])
    if after is not None:
        query = query.where(tuple_(*key) < after if recent else tuple_(*key) > after)
    if wanted.game_id is not None:
        query = query.where(items.c.game_id == wanted.game_id)
    if wanted.text is not None:
        query = query.where(_matches(wanted.text))
    if wanted.differs is not None:
        unlike = items.c.override_price_fen != items.c.game_price_fen
        query = query.where(unlike if wanted.differs else unlike.isnot(True))
    if wanted.overridden is not None:
        query = query.where(items.c.override_price_fen.isnot(None) == wanted.overridden)
    if wanted.pending is not None:
        waiting = select(pending_prices.c.item_id).where(pending_prices.c.state == wanted.pending)
        query = query.where(items.c.item_id.in_(waiting))
    return query


def _matches(text: str) -> Any:
    key = text_search.key(text)
    return or_(
        items.c.code_key.startswith(key, autoescape=True),
        and_(
            items.c.name_grams.contains(text_search.query_grams(text)),
            items.c.name_key.contains(key, autoescape=True),
        ),
    )


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Item]:
    query = select(items).order_by(items.c.item_id).limit(limit)
    return _load(tx, query if after is None else query.where(items.c.item_id > after))


def due_causes(tx: Connection, moment: datetime) -> list[tuple[str, str | None]]:
    """(game, cause) of scheduled prices whose time has come, what has waited longest first."""
    key = items.c.game_id, pending_prices.c.cause_id
    query = select(*key).join(pending_prices, pending_prices.c.item_id == items.c.item_id).where(_is_due(moment))
    query = query.group_by(*key).order_by(func.min(pending_prices.c.effective_at))
    return [(row.game_id, row.cause_id) for row in tx.execute(query)]


def due_codes(tx: Connection, game_id: str, cause_id: str | None, moment: datetime, limit: int) -> list[str]:
    """Codes of items with a scheduled price of this cause whose time has come, what has waited longest first."""
    query = (
        select(items.c.code)
        .join(pending_prices, pending_prices.c.item_id == items.c.item_id)
        .where(_is_due(moment), items.c.game_id == game_id)
        .where(pending_prices.c.cause_id.is_not_distinct_from(cause_id))
        .order_by(pending_prices.c.effective_at, items.c.code)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(pending_prices.c.state == "scheduled", pending_prices.c.effective_at <= moment)


def insert_items(tx: Connection, new: Sequence[Item]) -> set[str]:
    """Insert items of one game; returns the codes of those that nobody else inserted meanwhile."""
    if not new:
        return set()
    rows = [{**_plain(item), **_search_keys(item)} for item in new]
    statement = pg_insert(items).values(rows).on_conflict_do_nothing(index_elements=["game_id", "code"])
    return set(tx.execute(statement.returning(items.c.code)).scalars())


def save(tx: Connection, changed: Sequence[tuple[Item, Item]]) -> None:
    """Write items that are locked: pairs (before, after)."""
    if not changed:
        return
    rows = [{name: getattr(after, name) for name in ("item_id", *_EDITED)} for _, after in changed]
    new = values_of(items, ["item_id", *_EDITED], rows)
    tx.execute(update(items).where(items.c.item_id == new.c.item_id).values({n: new.c[n] for n in _EDITED}))
    _rename(tx, [after for before, after in changed if before.name != after.name])
    _save_pending(tx, [pair for pair in changed if _waiting(pair[0]) != _waiting(pair[1])])


def _rename(tx: Connection, renamed: Sequence[Item]) -> None:
    """One statement, whatever their number; not by `values_of`, which cannot take the grams."""
    if renamed:
        rows = [{"item_id": str(item.item_id), "name": item.name, **_search_keys(item)} for item in renamed]
        columns = [column(name, items.c[name].type) for name in rows[0]]
        new = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*columns)
        new = new.render_derived(name="renamed", with_types=True)
        names = {one.name: new.c[one.name] for one in columns if one.name != "item_id"}
        tx.execute(update(items).where(items.c.item_id == new.c.item_id).values(names))


def _save_pending(tx: Connection, changed: Sequence[tuple[Item, Item]]) -> None:
    if not changed:
        return
    tx.execute(delete(pending_prices).where(any_of(pending_prices.c.item_id, [after.item_id for _, after in changed])))
    rows = [
        {"item_id": after.item_id, "state": state, **vars(price)}
        for _, after in changed
        for state, price in _waiting(after)
    ]
    if rows:
        new = values_of(pending_prices, _PENDING_FIELDS, rows)
        tx.execute(insert(pending_prices).from_select(_PENDING_FIELDS, select(*new.c)))


def _waiting(item: Item) -> list[tuple[Literal["scheduled", "held"], PendingPrice]]:
    both: list[tuple[Literal["scheduled", "held"], PendingPrice | None]] = [
        ("scheduled", item.scheduled),
        ("held", item.held),
    ]
    return [(state, price) for state, price in both if price]


def _plain(item: Item) -> dict[str, Any]:
    names = ("item_id", "game_id", "code", "name", "currency", "created_at", *_EDITED)
    return {name: getattr(item, name) for name in names}


def _search_keys(item: Item) -> dict[str, Any]:
    return {
        "code_key": text_search.key(item.code),
        "name_key": text_search.key(item.name),
        "name_grams": text_search.grams([item.name]),
    }


def record(tx: Connection, made: Sequence[PriceChange]) -> None:
    """Append to the history of prices."""
    if made:
        names = [column.name for column in changes.c]
        new = values_of(changes, names, [vars(change) for change in made])
        tx.execute(insert(changes).from_select(names, select(*new.c)))


def history(tx: Connection, item_id: UUID, before: UUID | None, limit: int) -> list[PriceChange]:
    """The newest first (ids are made in the order of time)."""
    query = select(changes).where(changes.c.item_id == item_id).order_by(changes.c.change_id.desc()).limit(limit)
    if before is not None:
        query = query.where(changes.c.change_id < before)
    return [PriceChange(**row._mapping) for row in tx.execute(query)]


def insert_decision(tx: Connection, made: Decision) -> None:
    results = [[str(item_id), fate] for item_id, fate in made.results]
    tx.execute(insert(item_decisions).values(**{**vars(made), "results": results}))


def get_decision(tx: Connection, decision_id: UUID) -> Decision | None:
    row = tx.execute(select(item_decisions).where(item_decisions.c.decision_id == decision_id)).one_or_none()
    if row is None:
        return None
    results = tuple((UUID(item_id), fate) for item_id, fate in row.results)
    return Decision(**{**row._mapping, "results": results})
