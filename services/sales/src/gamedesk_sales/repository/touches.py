"""Touches and the follow-ups they promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, insert, select, tuple_, update

from gamedesk_sales.model.touches import Touch
from gamedesk_sales.tables import follow_ups, lost_reasons, player_copies, touches


def _touches() -> Select[Any]:
    """Reasons by the name they have now."""
    return select(touches, lost_reasons.c.name.label("reason")).outerjoin(
        lost_reasons, lost_reasons.c.reason_id == touches.c.reason_id
    )


def _touch(row: Row[Any]) -> Touch:
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
        reason=row.reason,
    )


def get(tx: Connection, touch_id: UUID) -> Touch:
    return _touch(tx.execute(_touches().where(touches.c.touch_id == touch_id)).one())


def list_page(
    tx: Connection,
    *,
    player_ids: Sequence[UUID] | None,
    agent_id: str | None,
    outcome: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Touch]:
    """The latest first, by when they happened."""
    query = _touches().order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(limit)
    if player_ids is not None:
        query = query.where(touches.c.player_id.in_(player_ids))
    if agent_id is not None:
        query = query.where(touches.c.agent_id == agent_id)
    if outcome is not None:
        query = query.where(touches.c.outcome == outcome)
    if before is not None:
        query = query.where(tuple_(touches.c.occurred_at, touches.c.touch_id) < before)
    return [_touch(row) for row in tx.execute(query)]


def newest_of(tx: Connection, player_ids: Sequence[UUID], before: UUID | None, limit: int) -> list[Touch]:
    """Without sales, whose orders say it: the last recorded first."""
    query = _touches().where(touches.c.player_id.in_(player_ids), touches.c.order_id.is_(None))
    query = query.order_by(touches.c.touch_id.desc()).limit(limit)
    return [_touch(row) for row in tx.execute(query if before is None else query.where(touches.c.touch_id < before))]


def all_after(tx: Connection, after: UUID | None, limit: int) -> list[Touch]:
    query = _touches().order_by(touches.c.touch_id).limit(limit)
    return [_touch(row) for row in tx.execute(query if after is None else query.where(touches.c.touch_id > after))]


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
            occurred_at=touch.occurred_at,
            recorded_at=touch.recorded_at,
        )
    )


def open_follow_up(tx: Connection, touch: Touch) -> None:
    tx.execute(
        insert(follow_ups).values(
            touch_id=touch.touch_id,
            player_id=touch.player_id,
            agent_id=touch.agent_id,
            due_on=touch.follow_up_on,
        )
    )


def close_follow_up(tx: Connection, player_ids: Sequence[UUID], closed_by: UUID) -> None:
    """What is open for a person, whoever made it."""
    query = update(follow_ups).where(follow_ups.c.player_id.in_(player_ids), follow_ups.c.closed_by.is_(None))
    tx.execute(query.values(closed_by=closed_by))


def list_follow_ups(
    tx: Connection,
    *,
    agent_id: str | None,
    due_before: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Touch]:
    """Touches whose follow-up is open, the earliest day first; `agent_id` owns the player now."""
    is_open = follow_ups.c.closed_by.is_(None)
    query = _touches().join(follow_ups, follow_ups.c.touch_id == touches.c.touch_id).where(is_open)
    query = query.order_by(follow_ups.c.due_on, follow_ups.c.touch_id).limit(limit)
    if agent_id is not None:
        query = query.join(player_copies, player_copies.c.player_id == follow_ups.c.player_id)
        query = query.where(player_copies.c.owner_agent_id == agent_id)
    if due_before is not None:
        query = query.where(follow_ups.c.due_on < due_before)
    if after is not None:
        query = query.where(tuple_(follow_ups.c.due_on, follow_ups.c.touch_id) > after)
    return [_touch(row) for row in tx.execute(query)]
