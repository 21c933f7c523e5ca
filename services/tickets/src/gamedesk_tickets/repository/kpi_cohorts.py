"""Cohorts of cycles: what is counted when, to whose credit, and with what outcome (see `model.kpi.Figures`).

All have the same columns, those of CountedTicket and: `day` in the desk's zone; `behind`: it has been answered or
solved; `met`, `missed`, `open`, `reopened`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gamedesk_tickets.model.days import ZONE
from gamedesk_tickets.model.kpi import Asked
from gamedesk_tickets.model.tickets import LATE_AFTER
from gamedesk_tickets.tables import agent_copies, cycles, player_copies, tickets

_Column = ColumnElement[Any]

_answered_at, _done_at, _opened_at = cycles.c.first_replied_at, cycles.c.done_at, cycles.c.opened_at
_answer_due, _solution_due = cycles.c.first_response_due_at, cycles.c.resolution_due_at
# Looked up cycle by cycle, who is responsible only where nobody has answered or done it: joined, the tickets and
# players of a month, or of all times, would be read even where nothing of them is asked for.
_held = tickets.alias("held")
_category = select(_held.c.category).where(_held.c.ticket_id == cycles.c.ticket_id).scalar_subquery()
_holder = func.coalesce(_held.c.assignee_agent_id, player_copies.c.owner_agent_id)
_holders = _held.outerjoin(player_copies, player_copies.c.player_id == _held.c.player_id)
_closer = func.coalesce(
    cycles.c.done_by,
    select(_holder).select_from(_holders).where(_held.c.ticket_id == cycles.c.ticket_id).scalar_subquery(),
)
_team_of_closer = case(
    (cycles.c.done_by.is_not(None), cycles.c.done_team),
    else_=select(agent_copies.c.team)
    .select_from(_holders.join(agent_copies, agent_copies.c.agent_id == _holder))
    .where(_held.c.ticket_id == cycles.c.ticket_id)
    .scalar_subquery(),
)
_asked_late = and_(cycles.c.cycle == 1, tickets.c.created_at - tickets.c.asked_at > LATE_AFTER)
# A cycle runs from its opening, exclusive, until it is done; so written, an index finds what ran at a moment. Two
# machines' clocks may disagree about what came first.
_running = func.tstzrange(func.least(_opened_at, _done_at), _done_at, "(]")


def asked(asked: Asked) -> Select[Any]:
    """Cycles opened in the period, and whether they were answered."""
    overdue = func.coalesce(_answered_at, asked.moment) > _answer_due
    return _cohort(
        asked,
        moment=_opened_at,
        agent=func.coalesce(cycles.c.first_replied_by, _closer),
        team=case((cycles.c.first_replied_by.is_not(None), cycles.c.first_replied_team), else_=_team_of_closer),
        seconds=_seconds(asked, cycles.c.first_response_seconds, _answered_at),
        due_at=_answer_due,
        behind=_answered_at.is_not(None),
        met=_answered_at <= _answer_due,
        missed=overdue,
        open=and_(_answered_at.is_(None), ~overdue),
    ).where(_in_period(asked, _opened_at))


def done(asked: Asked) -> Select[Any]:
    """Cycles done in the period, and whether the ticket was opened again."""
    return _cohort(
        asked,
        moment=_done_at,
        agent=_closer,
        team=_team_of_closer,
        seconds=_seconds(asked, cycles.c.resolution_seconds, _done_at),
        due_at=_solution_due,
        behind=true(),
        met=_done_at <= _solution_due,
        missed=_done_at > _solution_due,
        reopened=cycles.c.reopened,
    ).where(_in_period(asked, _done_at))


def undone(asked: Asked) -> Select[Any]:
    """Cycles opened in the period that are not done; waiting for the player takes no missed deadline back."""
    overdue = func.coalesce(cycles.c.paused_since, asked.moment) > _solution_due
    return _cohort(
        asked,
        moment=_opened_at,
        agent=_closer,
        team=_team_of_closer,
        due_at=_solution_due,
        missed=overdue,
        open=~overdue,
    ).where(_in_period(asked, _opened_at), _done_at.is_(None))


def backlog(asked: Asked, moment: datetime | None) -> Select[Any]:
    """Cycles that ran at `moment` (none did if it has not come yet); missed: with a deadline over and not met then."""
    at = literal(moment, DateTime(timezone=True))
    unanswered = or_(_answered_at.is_(None), _answered_at >= at)
    return _cohort(
        asked,
        moment=_opened_at,
        agent=_closer,
        team=_team_of_closer,
        due_at=case((unanswered, func.least(_answer_due, _solution_due)), else_=_solution_due),
        missed=or_(and_(unanswered, _answer_due < at), _solution_due < func.least(cycles.c.paused_since, at)),
    ).where(_running.bool_op("@>")(at))


def backlog_changes(asked: Asked, moments: Sequence[datetime]) -> Select[Any]:
    """The same of many moments in one reading: (place of a moment, by how many more ran then, and missed, than before).

    A cycle runs from one place to another, and is overdue in at most two parts of it: with its answer until that has
    come or its solution is overdue too, and with its solution until it is done.
    """
    all_of_them = literal(list(moments), ARRAY(DateTime(timezone=True)))
    after = len(moments) + 1

    def behind(moment: _Column) -> _Column:
        """The place of the first of the moments that lies behind this one."""
        return func.width_bucket(moment, all_of_them) + 1

    begin, end = behind(_opened_at), func.coalesce(behind(_done_at), after)
    is_missed = or_(cycles.c.paused_since.is_(None), _solution_due < cycles.c.paused_since)
    answer_from = func.greatest(begin, behind(_answer_due))
    solution_from = func.greatest(begin, case((is_missed, behind(_solution_due)), else_=after))
    answer_until = func.least(end, func.coalesce(behind(_answered_at), after), solution_from)
    spans = [(begin, end, 1, 0), (answer_from, answer_until, 0, 1), (solution_from, end, 0, 1)]
    edges = [(since, ran, missed) for since, _, ran, missed in spans]
    edges += [(func.greatest(since, until), -ran, -missed) for since, until, ran, missed in spans]
    change = (
        values(*(column(name, Integer) for name in ("place", "ran", "missed")), name="change").data(edges).lateral()
    )
    columns: list[_Column] = [change.c.place, func.sum(change.c.ran), func.sum(change.c.missed)]
    query = (
        select(*columns)
        .select_from(cycles.join(change, true()))
        .where(~cycles.c.voided, _running.bool_op("&&")(func.tstzrange(moments[0], moments[-1], "[]")))
        .group_by(change.c.place)
    )
    return _credited(query, asked, _closer, _team_of_closer)


def _cohort(
    asked: Asked,
    *,
    moment: _Column,
    agent: _Column,
    team: _Column,
    due_at: _Column,
    missed: _Column,
    seconds: _Column | None = None,
    behind: _Column | None = None,
    met: _Column | None = None,
    open: _Column | None = None,
    reopened: _Column | None = None,
) -> Select[Any]:
    columns: list[_Column] = [
        cycles.c.ticket_id,
        tickets.c.number,
        tickets.c.player_id,
        tickets.c.title,
        _category.label("category"),
        tickets.c.priority,
        cycles.c.cycle,
        agent.label("agent"),
        team.label("team"),
        _opened_at,
        _answered_at,
        _done_at,
        moment.label("moment"),
        cast(null() if seconds is None else seconds, BigInteger).label("seconds"),
        due_at.label("due_at"),
        missed.label("missed"),
        _asked_late.label("asked_late"),
        cycles.c.first_reply_late.label("late_recorded"),
        cast(func.timezone(ZONE, moment), Date).label("day"),
        (false() if behind is None else behind).label("behind"),
        (false() if met is None else met).label("met"),
        (false() if open is None else open).label("open"),
        (false() if reopened is None else reopened).label("reopened"),
    ]
    # Every cycle has a ticket; an outer join is left out where nothing of the ticket is asked for.
    query = select(*columns).outerjoin(tickets, tickets.c.ticket_id == cycles.c.ticket_id).where(~cycles.c.voided)
    return _credited(query, asked, agent, team)


def _credited(query: Select[Any], asked: Asked, agent: _Column, team: _Column) -> Select[Any]:
    wanted = [(agent, asked.agent), (team, asked.team), (_category, asked.category)]
    return query.where(*(credited == value for credited, value in wanted if value is not None))


def _in_period(asked: Asked, moment: _Column) -> _Column:
    return and_(moment >= asked.period.start, moment < asked.period.end)


def _seconds(asked: Asked, worked: _Column, end: _Column) -> _Column:
    """Working seconds as kept with the cycle, or the seconds of the wall clock, pauses and nights included."""
    if asked.clock == "working":
        return worked
    end = case((end.is_not(None), func.greatest(end, _opened_at)))
    return func.floor(func.extract("epoch", end - _opened_at))
