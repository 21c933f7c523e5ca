"""Contacts with players."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, select, tuple_

from gamedesk_sales.model.business_days import midnight
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.tables import lost_reasons, orders, touches

_MOST_DAYS = 1000


def with_reasons() -> Select[Any]:
    """Reasons by the name they have now."""
    return select(touches, lost_reasons.c.name.label("reason")).outerjoin(
        lost_reasons, lost_reasons.c.reason_id == touches.c.reason_id
    )


def touch_of(row: Row[Any]) -> Touch:
    return Touch(
        touch_id=row.touch_id,
        player_id=row.player_id,
        agent_id=row.agent_id,
        outcome=row.outcome,
        reason_id=row.reason_id,
        situation=row.situation,
        player_state=row.player_state,
        pack_code=row.pack_code,
        follow_up_on=row.follow_up_on,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        order_id=row.order_id,
        campaign_id=row.campaign_id,
        quote_id=row.quote_id,
        agent_team=row.agent_team,
        tier=row.tier,
        offered_price_fen=row.offered_price_fen,
        offered_discount_bp=row.offered_discount_bp,
        reason=row.reason,
    )


def is_void(order: Any) -> ColumnElement[bool]:
    """Whether the contact that was recorded with this order counts no more: the order should not have been written. A
    transfer that never came leaves a contact without a sale."""
    return and_(order.state == "cancelled", ~order.payment_rejected)


def counted() -> ColumnElement[bool]:
    """Of `touches`, those that count as contacts."""
    void = select(1).where(orders.c.order_id == touches.c.order_id, is_void(orders.c))
    return ~void.correlate(touches).exists()


def last_counted(tx: Connection, player_ids: Sequence[UUID]) -> Touch | None:
    """A person's last contact, by when it happened."""
    query = with_reasons().where(touches.c.player_id.in_(player_ids), counted())
    query = query.order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    return touch_of(row) if row else None


def get(tx: Connection, touch_id: UUID) -> Touch:
    return touch_of(tx.execute(with_reasons().where(touches.c.touch_id == touch_id)).one())


def answered_until(tx: Connection, player_ids: Sequence[UUID]) -> datetime | None:
    """When a person's last contact happened that answers what waited: any but those of cancelled orders."""
    cancelled = select(1).where(orders.c.order_id == touches.c.order_id, orders.c.state == "cancelled")
    query = select(touches.c.occurred_at).where(touches.c.player_id.in_(player_ids), ~cancelled.exists())
    return tx.execute(query.order_by(touches.c.occurred_at.desc()).limit(1)).scalar_one_or_none()


def taken_back(player_ids: Sequence[UUID]) -> Select[Any]:
    """The ids of a person's contacts that answer nothing any more: those of cancelled orders."""
    taken = touches.alias("taken_back")
    query = select(taken.c.touch_id).join(orders, orders.c.order_id == taken.c.order_id)
    return query.where(taken.c.player_id.in_(player_ids), orders.c.state == "cancelled")


def list_page(
    tx: Connection,
    *,
    player_ids: Sequence[UUID] | None,
    agent_id: str | None,
    outcome: str | None,
    occurred_from: datetime | None = None,
    occurred_before: datetime | None = None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Touch]:
    """The latest first, by when they happened: at `occurred_from` or later, and before `occurred_before`."""
    query = with_reasons().order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(limit)
    if player_ids is not None:
        query = query.where(touches.c.player_id.in_(player_ids))
    if agent_id is not None:
        query = query.where(touches.c.agent_id == agent_id)
    if outcome is not None:
        query = query.where(touches.c.outcome == outcome)
    if occurred_from is not None:
        query = query.where(touches.c.occurred_at >= occurred_from)
    if occurred_before is not None:
        query = query.where(touches.c.occurred_at < occurred_before)
    if before is not None:
        query = query.where(tuple_(touches.c.occurred_at, touches.c.touch_id) < before)
    return [touch_of(row) for row in tx.execute(query)]


def newest_of(tx: Connection, player_ids: Sequence[UUID], before: UUID | None, limit: int) -> list[Touch]:
    """Without sales, whose orders say it: the last recorded first."""
    query = with_reasons().where(touches.c.player_id.in_(player_ids), touches.c.order_id.is_(None))
    query = query.order_by(touches.c.touch_id.desc()).limit(limit)
    return [touch_of(row) for row in tx.execute(query if before is None else query.where(touches.c.touch_id < before))]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Touch]:
    query = with_reasons().order_by(touches.c.touch_id).limit(limit)
    return [touch_of(row) for row in tx.execute(query if after is None else query.where(touches.c.touch_id > after))]


def days_since(tx: Connection, player_ids: Sequence[UUID], first_day: date) -> list[date]:
    """The business days of a person's contacts from a day on, one for each; the last thousand."""
    query = select(touches.c.business_day).where(touches.c.player_id.in_(player_ids), counted())
    query = query.where(touches.c.occurred_at >= midnight(first_day)).order_by(touches.c.occurred_at.desc())
    return list(tx.execute(query.limit(_MOST_DAYS)).scalars())


def insert_touch(tx: Connection, touch: Touch) -> None:
    tx.execute(
        insert(touches).values(
            touch_id=touch.touch_id,
            player_id=touch.player_id,
            agent_id=touch.agent_id,
            outcome=touch.outcome,
            reason_id=touch.reason_id,
            situation=touch.situation,
            player_state=touch.player_state,
            pack_code=touch.pack_code,
            follow_up_on=touch.follow_up_on,
            order_id=touch.order_id,
            campaign_id=touch.campaign_id,
            quote_id=touch.quote_id,
            agent_team=touch.agent_team,
            tier=touch.tier,
            offered_price_fen=touch.offered_price_fen,
            offered_discount_bp=touch.offered_discount_bp,
            occurred_at=touch.occurred_at,
            recorded_at=touch.recorded_at,
        )
    )
