"""What can be asked. Reads only; the first argument is always the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_sales.errors import NoContactBlock, OrderNotFound, PackNotFound, ReasonNotFound
from gamedesk_sales.model import ContactBlock, Item, LostReason, Order, Pack, Touch, normal_code
from gamedesk_sales.repository import contact_blocks, copies, lost_reasons, orders, touches


@dataclass(frozen=True)
class Offer:
    """A pack as sales knows it, with today's items by id."""

    pack: Pack
    items: dict[UUID, Item]


def list_reasons(tx: Connection) -> list[LostReason]:
    return lost_reasons.all_reasons(tx)


def get_reason(tx: Connection, reason_id: UUID) -> LostReason:
    reason = lost_reasons.get(tx, reason_id)
    if reason is None:
        raise ReasonNotFound()
    return reason


def get_touch(tx: Connection, touch_id: UUID) -> Touch:
    return touches.get(tx, touch_id)


def list_touches(
    tx: Connection,
    player_ids: Sequence[UUID] | None,
    agent_id: str | None,
    outcome: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Touch], str | None]:
    before = decode_cursor(cursor, [datetime.fromisoformat, UUID])
    found = touches.list_page(
        tx,
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        agent_id=agent_id,
        outcome=outcome,
        before=(before[0], before[1]) if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda touch: [touch.occurred_at, touch.touch_id])


def list_records(tx: Connection, player_id: UUID, before: UUID | None, limit: int) -> list[Touch | Order]:
    """Touches and orders of a person, the last recorded first: ids are made in the order of time."""
    ids = copies.same_person(tx, [player_id])
    sold = orders.list_page(tx, player_ids=ids, seller=None, state=None, verified=None, before=before, limit=limit)
    records: list[Touch | Order] = [*touches.newest_of(tx, ids, before, limit), *sold]
    return sorted(records, key=record_id, reverse=True)[:limit]


def record_id(record: Touch | Order) -> UUID:
    return record.touch_id if isinstance(record, Touch) else record.order_id


def list_follow_ups(
    tx: Connection, agent_id: str | None, due_before: date | None, cursor: str | None, limit: int
) -> tuple[list[Touch], str | None]:
    after = decode_cursor(cursor, [date.fromisoformat, UUID])
    found = touches.list_follow_ups(
        tx,
        agent_id=agent_id,
        due_before=due_before,
        after=(after[0], after[1]) if after else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda touch: [touch.follow_up_on, touch.touch_id])


def get_contact_block(tx: Connection, player_id: UUID) -> ContactBlock:
    block = contact_blocks.latest(tx, copies.same_person(tx, [player_id]))
    if block is None:
        raise NoContactBlock()
    return block


def get_offer(tx: Connection, pack_code: str) -> Offer:
    pack = copies.pack(tx, normal_code(pack_code))
    if pack is None:
        raise PackNotFound()
    return Offer(pack, copies.items(tx, [UUID(line.item_id) for line in pack.contents]))


def get_order(tx: Connection, order_id: UUID) -> Order:
    order = orders.get(tx, order_id)
    if order is None:
        raise OrderNotFound()
    return order


def list_orders(
    tx: Connection,
    player_ids: Sequence[UUID] | None,
    seller: str | None,
    state: str | None,
    verified: bool | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Order], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = orders.list_page(
        tx,
        player_ids=copies.same_person(tx, player_ids) if player_ids else None,
        seller=seller,
        state=state,
        verified=verified,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    return page(found, limit, lambda order: [order.order_id])
