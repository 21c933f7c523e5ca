"""Packs and their contents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis import text_search
from gamedesk_chassis.bulk import values_of
from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_catalog.model.business_days import day_bounds
from gamedesk_catalog.model.packs import Content, Pack, PackFilter, PackSort
from gamedesk_catalog.repository.arrays import any_of
from gamedesk_catalog.tables import items, pack_contents, packs

_FOLLOWED = (
    "state", "list_price_fen", "price_fen", "rounding", "floor_fen", "review_reason", "state_since", "version",
    "updated_at",
)  # fmt: skip
_FIELDS = (
    "pack_id", "code", "name", "game_id", "state", "discount_bp", "list_price_fen", "price_fen", "currency",
    "allowed_as", "revision", "version", "campaign_id", "player_id", "valid_from", "valid_until", "created_by",
    "revised_by", "approved_by", "created_at", "updated_at", "description", "rounding", "floor_fen", "review_reason",
    "state_since", "rejected_by", "rejected_reason",
)  # fmt: skip
_LINE_FIELDS = ("item_id", "game_id", "code", "name", "quantity", "unit_price_fen", "game_price_fen")


def _pack(row: Row[Any], contents: Sequence[Content]) -> Pack:
    return Pack(**{name: row._mapping[name] for name in _FIELDS}, contents=tuple(contents))


def _load(tx: Connection, query: Select[Any]) -> list[Pack]:
    """Packs of `query` in its order, with their contents: two reads, whatever their number."""
    rows = tx.execute(query).all()
    if not rows:
        return []
    contents: dict[UUID, list[Content]] = defaultdict(list)
    lines = (
        select(pack_contents, items.c.game_id, items.c.code, items.c.name, items.c.game_price_fen)
        .join(items, items.c.item_id == pack_contents.c.item_id)
        .where(any_of(pack_contents.c.pack_id, [row.pack_id for row in rows]))
        .order_by(pack_contents.c.pack_id, pack_contents.c.position)
    )
    for row in tx.execute(lines):
        contents[row.pack_id].append(Content(**{field: row._mapping[field] for field in _LINE_FIELDS}))
    return [_pack(row, contents[row.pack_id]) for row in rows]


def get(tx: Connection, id_or_code: UUID | str) -> Pack | None:
    found = _load(tx, select(packs).where(_named(id_or_code)))
    return found[0] if found else None


def lock(tx: Connection, pack_id: UUID) -> Pack | None:
    found = _load(tx, select(packs).where(packs.c.pack_id == pack_id).with_for_update())
    return found[0] if found else None


def _named(id_or_code: UUID | str) -> Any:
    return packs.c.pack_id == id_or_code if isinstance(id_or_code, UUID) else packs.c.code == id_or_code.upper()


def list_page(
    tx: Connection, wanted: PackFilter, sort: PackSort, after: tuple[Any, ...] | None, limit: int
) -> list[Pack]:
    """Packs after the sort key of the page before: the id, and for `name` and `price` what they are sorted by first."""
    query = select(packs).limit(limit)
    if sort == "newest":
        query = query.order_by(packs.c.pack_id.desc())
        if after is not None:
            query = query.where(packs.c.pack_id < after[0])
    else:
        key = (packs.c.name_key if sort == "name" else packs.c.price_fen, packs.c.pack_id)
        query = query.order_by(*key)
        if after is not None:
            query = query.where(tuple_(*key) > after)
    return _load(tx, query.where(*_conditions(wanted)))


def name_key(pack: Pack) -> str:
    """What packs are sorted by name with."""
    return text_search.key(pack.name)


def _conditions(wanted: PackFilter) -> list[Any]:
    columns = ("state", "game_id", "created_by", "campaign_id", "player_id")
    equal = [packs.c[name] == getattr(wanted, name) for name in columns if getattr(wanted, name) is not None]
    if wanted.item_id is not None:
        with_it = select(pack_contents.c.pack_id).where(pack_contents.c.item_id == wanted.item_id)
        equal.append(packs.c.pack_id.in_(with_it))
    if wanted.rejected:
        equal.append(packs.c.rejected_by.is_not(None))
    if wanted.text is not None:
        equal.append(_matches(wanted.text))
    if wanted.valid_on is not None:
        begin, end = day_bounds(wanted.valid_on)
        life = literal_column("tstzrange(valid_from, valid_until)")
        equal.append(life.op("&&")(func.tstzrange(begin, end)))
    return equal


def list_waiting(tx: Connection, game_id: str | None, after: tuple[Any, ...] | None, limit: int) -> list[Pack]:
    """Packs of which somebody has to decide, those first that have waited longest."""
    key = (packs.c.state_since, packs.c.pack_id)
    query = select(packs).where(text("state IN ('pending_approval', 'review')")).order_by(*key).limit(limit)
    if game_id is not None:
        query = query.where(packs.c.game_id == game_id)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return _load(tx, query)


def list_of_campaign(
    tx: Connection, campaign_id: UUID, listed: Collection[UUID], before: UUID | None, limit: int
) -> list[Pack]:
    """The packs that were made for a campaign, and those that it lists; the newest first."""
    of_it = or_(packs.c.campaign_id == campaign_id, any_of(packs.c.pack_id, listed))
    query = select(packs).where(of_it).order_by(packs.c.pack_id.desc()).limit(limit)
    return _load(tx, query if before is None else query.where(packs.c.pack_id < before))


def _matches(part: str) -> Any:
    """`part` is the beginning of a code or a part of a name."""
    key = text_search.key(part)
    return or_(
        packs.c.code.startswith(key.upper(), autoescape=True),
        and_(
            packs.c.name_grams.contains(text_search.query_grams(part)),
            packs.c.name_key.contains(key, autoescape=True),
        ),
    )


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Pack]:
    query = select(packs).order_by(packs.c.pack_id).limit(limit)
    return _load(tx, query if after is None else query.where(packs.c.pack_id > after))


def insert_pack(tx: Connection, pack: Pack) -> bool:
    """False, and nothing inserted, if the code is taken."""
    statement = pg_insert(packs).values(**_columns(pack)).on_conflict_do_nothing(index_elements=["code"])
    if tx.execute(statement.returning(packs.c.pack_id)).first() is None:
        return False
    _insert_contents(tx, pack)
    return True


def save(tx: Connection, pack: Pack, *, contents: bool) -> None:
    """Write a pack that is locked; with its `contents`, which locks their items (by a foreign key), only where these
    were locked before the pack."""
    tx.execute(update(packs).where(packs.c.pack_id == pack.pack_id).values(**_columns(pack)))
    if contents:
        tx.execute(delete(pack_contents).where(pack_contents.c.pack_id == pack.pack_id))
        _insert_contents(tx, pack)


def _insert_contents(tx: Connection, pack: Pack) -> None:
    rows = [
        {
            "pack_id": pack.pack_id,
            "item_id": line.item_id,
            "position": position,
            "quantity": line.quantity,
            "unit_price_fen": line.unit_price_fen,
        }
        for position, line in enumerate(pack.contents)
    ]
    tx.execute(insert(pack_contents).values(rows))


def _columns(pack: Pack) -> dict[str, Any]:
    fields = {name: getattr(pack, name) for name in _FIELDS}
    return {
        **fields,
        "name_key": text_search.key(pack.name),
        "name_grams": text_search.grams([pack.name]),
    }


def lock_with_items(tx: Connection, item_ids: Collection[UUID], valid_after: datetime) -> list[UUID]:
    """Lock the packs that follow any of these (locked) items, by id; none that ended before `valid_after`."""
    return list(tx.execute(ids_query(item_ids, valid_after).with_for_update()).scalars())


def ids_query(item_ids: Collection[UUID], valid_after: datetime) -> Select[UUID]:
    return select(packs.c.pack_id).where(_follows(item_ids, valid_after)).order_by(packs.c.pack_id)


def with_items(tx: Connection, item_ids: Collection[UUID], valid_after: datetime) -> list[Pack]:
    """The packs that `lock_with_items` would lock."""
    return _load(tx, select(packs).where(_follows(item_ids, valid_after)).order_by(packs.c.pack_id))


def _follows(item_ids: Collection[UUID], valid_after: datetime) -> Any:
    # An array, not a join: found once, whatever the planner believes of tables that were filled a moment ago.
    with_item = select(pack_contents.c.pack_id).distinct().where(any_of(pack_contents.c.item_id, item_ids))
    lasting = or_(packs.c.valid_until.is_(None), packs.c.valid_until >= valid_after)
    return and_(
        packs.c.pack_id == func.any(func.array(with_item.scalar_subquery())), packs.c.state != "retired", lasting
    )


def refresh_unit_prices(tx: Connection, pack_ids: Sequence[UUID]) -> list[Pack]:
    """Bring the contents of locked packs to their items' prices; the packs' own prices are not yet changed."""
    tx.execute(
        update(pack_contents)
        .where(pack_contents.c.item_id == items.c.item_id, any_of(pack_contents.c.pack_id, pack_ids))
        .where(pack_contents.c.unit_price_fen != items.c.price_fen)
        .values(unit_price_fen=items.c.price_fen)
    )
    return _load(tx, select(packs).where(any_of(packs.c.pack_id, pack_ids)).order_by(packs.c.pack_id))


def lock_carried(
    tx: Connection, rules: Sequence[Mapping[str, Any]], valid_after: datetime, after: UUID | None, limit: int
) -> list[Pack]:
    """Lock active packs that may be carried by one of these rules (role, game_id, campaign_id), by id; none that ended
    before `valid_after`."""
    carried = [
        and_(
            packs.c.allowed_as == rule["role"],
            *(packs.c[name] == rule[name] for name in ("game_id", "campaign_id") if rule[name] is not None),
        )
        for rule in rules
    ]
    lasting = or_(packs.c.valid_until.is_(None), packs.c.valid_until >= valid_after)
    query = select(packs).where(packs.c.state == "active", or_(*carried), lasting)
    if after is not None:
        query = query.where(packs.c.pack_id > after)
    return _load(tx, query.order_by(packs.c.pack_id).limit(limit).with_for_update())


def save_followed(tx: Connection, changed: Sequence[Pack]) -> None:
    """Write what following an item changes: state, prices, version."""
    rows = [{name: getattr(pack, name) for name in ("pack_id", *_FOLLOWED)} for pack in changed]
    new = values_of(packs, ["pack_id", *_FOLLOWED], rows)
    tx.execute(update(packs).where(packs.c.pack_id == new.c.pack_id).values({n: new.c[n] for n in _FOLLOWED}))
