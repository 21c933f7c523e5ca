"""What contacts promised to take up again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, case, insert, select, true, tuple_, update

from gamedesk_sales.model.follow_ups import FollowUp, Reminder, WantedFollowUps
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository.touches import taken_back, touch_of, with_reasons
from gamedesk_sales.tables import agent_copies, follow_ups, touches

_OPEN = follow_ups.c.closed_by.is_(None)
_COLUMNS = (
    follow_ups.c.due_on,
    follow_ups.c.closed_by,
    follow_ups.c.version,
    follow_ups.c.postponed_times,
    follow_ups.c.postponed_by,
    follow_ups.c.postponed_at,
    follow_ups.c.postpone_reason,
    follow_ups.c.owner_agent_id,
)
_ORDER = (follow_ups.c.due_on, follow_ups.c.touch_id)
# Whoever made it, where a process of before owners were kept has written it.
_WORKS = case((follow_ups.c.owner_agent_id == "", follow_ups.c.agent_id), else_=follow_ups.c.owner_agent_id)


def _follow_ups() -> Select[Any]:
    return with_reasons().join(follow_ups, follow_ups.c.touch_id == touches.c.touch_id).add_columns(*_COLUMNS)


def _follow_up(row: Row[Any]) -> FollowUp:
    return FollowUp(touch=touch_of(row), **{column.name: getattr(row, column.name) for column in _COLUMNS})


def get(tx: Connection, touch_id: UUID) -> FollowUp | None:
    row = tx.execute(_follow_ups().where(follow_ups.c.touch_id == touch_id)).one_or_none()
    return _follow_up(row) if row else None


def lock(tx: Connection, touch_id: UUID) -> FollowUp | None:
    query = select(follow_ups.c.touch_id).where(follow_ups.c.touch_id == touch_id).with_for_update()
    return get(tx, touch_id) if tx.execute(query).one_or_none() else None


def open_of(tx: Connection, player_ids: Sequence[UUID]) -> FollowUp | None:
    """A person's; of two, which a merge may leave, the earlier one."""
    query = _follow_ups().where(follow_ups.c.player_id.in_(player_ids), _OPEN)
    row = tx.execute(query.order_by(*_ORDER).limit(1)).one_or_none()
    return _follow_up(row) if row else None


def list_page(tx: Connection, wanted: WantedFollowUps, after: tuple[date, UUID] | None, limit: int) -> list[FollowUp]:
    """The earliest day first."""
    return [_follow_up(row) for row in tx.execute(list_query(wanted, after, limit))]


def list_query(wanted: WantedFollowUps, after: tuple[date, UUID] | None, limit: int) -> Select[Any]:
    return _follow_ups().where(follow_ups.c.touch_id.in_(_picked(wanted, after, limit))).order_by(*_ORDER)


def _picked(wanted: WantedFollowUps, after: tuple[date, UUID] | None, limit: int) -> Select[Any]:
    """Ids from one index; of a team, those of each member merged."""
    query = select(follow_ups.c.touch_id, follow_ups.c.due_on).where(~_OPEN if wanted.done else _OPEN)
    if wanted.due_from is not None:
        query = query.where(follow_ups.c.due_on >= wanted.due_from)
    if wanted.due_to is not None:
        query = query.where(follow_ups.c.due_on <= wanted.due_to)
    if after is not None:
        query = query.where(tuple_(follow_ups.c.due_on, follow_ups.c.touch_id) > after)
    if wanted.agent_id is not None:
        query = query.where(follow_ups.c.owner_agent_id == wanted.agent_id)
    query = query.order_by(*_ORDER).limit(limit)
    if wanted.team is not None:
        members = select(agent_copies.c.agent_id).where(agent_copies.c.team == wanted.team).subquery()
        of_each = query.where(follow_ups.c.owner_agent_id == members.c.agent_id).lateral()
        query = select(of_each).select_from(members.join(of_each, true()))
        query = query.order_by(of_each.c.due_on, of_each.c.touch_id).limit(limit)
    return select(query.subquery().c.touch_id)


def open_follow_up(
    tx: Connection, touch: Touch, owner_agent_id: str, reminded_on: date | None, closed_by: UUID | None
) -> None:
    """`closed_by`: the later contact that has answered it already."""
    tx.execute(
        insert(follow_ups).values(
            touch_id=touch.touch_id,
            player_id=touch.player_id,
            agent_id=touch.agent_id,
            owner_agent_id=owner_agent_id,
            due_on=touch.follow_up_on,
            closed_by=closed_by,
            reminded_on=reminded_on,
        )
    )


def close_open(tx: Connection, player_ids: Sequence[UUID], closed_by: UUID, until: datetime) -> None:
    """What is open for a person and was promised until then, whoever made it."""
    query = update(follow_ups).where(follow_ups.c.player_id.in_(player_ids), _OPEN)
    promised = touches.c.touch_id == follow_ups.c.touch_id, touches.c.occurred_at <= until
    tx.execute(query.where(*promised).values(closed_by=closed_by))


def reopen(
    tx: Connection,
    player_ids: Sequence[UUID],
    answered_until: datetime | None,
    owner_agent_id: str,
) -> None:
    """The last promise that a contact closed which was taken back, if it was made after `answered_until`, or then."""
    closed = _follow_ups().where(
        touches.c.player_id.in_(player_ids), follow_ups.c.closed_by.in_(taken_back(player_ids))
    )
    if answered_until is not None:
        closed = closed.where(touches.c.occurred_at >= answered_until)
    row = tx.execute(closed.order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(1)).one_or_none()
    if row is not None:
        again = update(follow_ups).where(follow_ups.c.touch_id == row.touch_id)
        tx.execute(again.values(closed_by=None, owner_agent_id=owner_agent_id, version=follow_ups.c.version + 1))


def hand_over(tx: Connection, player_ids: Sequence[UUID], owner_agent_id: str) -> None:
    """What is open goes with the player; what is done stays with who owned him then."""
    query = update(follow_ups).where(follow_ups.c.player_id.in_(player_ids), _OPEN)
    tx.execute(query.where(follow_ups.c.owner_agent_id != owner_agent_id).values(owner_agent_id=owner_agent_id))


def postpone(
    tx: Connection,
    touch_id: UUID,
    due_on: date,
    *,
    by: str,
    at: datetime,
    reason: str | None,
    reminded_on: date | None,
) -> None:
    tx.execute(
        update(follow_ups)
        .where(follow_ups.c.touch_id == touch_id)
        .values(
            due_on=due_on,
            reminded_on=reminded_on,
            version=follow_ups.c.version + 1,
            postponed_times=follow_ups.c.postponed_times + 1,
            postponed_by=by,
            postponed_at=at,
            postpone_reason=reason,
        )
    )


def claim_due(tx: Connection, today: date, limit: int) -> list[Reminder]:
    """Follow-ups whose day has come and of which nobody was reminded for that day; from now on somebody was."""
    due = to_remind(today, limit).with_for_update(skip_locked=True)
    claimed = update(follow_ups).where(follow_ups.c.touch_id.in_(due)).values(reminded_on=follow_ups.c.due_on)
    claimed = claimed.returning(
        follow_ups.c.player_id, _WORKS.label("agent_id"), follow_ups.c.due_on, follow_ups.c.touch_id
    )
    return [Reminder(**row._mapping) for row in tx.execute(claimed)]


def to_remind(today: date, limit: int) -> Select[Any]:
    due = select(follow_ups.c.touch_id).where(
        _OPEN, follow_ups.c.reminded_on.is_distinct_from(follow_ups.c.due_on), follow_ups.c.due_on <= today
    )
    return due.order_by(follow_ups.c.due_on).limit(limit)
