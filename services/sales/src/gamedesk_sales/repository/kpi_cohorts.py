"""Cohorts of contacts, orders, refunds and quotes: what is counted when, to whose credit (see `model.kpi.Figures`).

All have the columns of CountedRecord, and `day` in the desk's zone; with them columns of their own, which are true of
what is behind a figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from gamedesk_sales.model.business_days import SHANGHAI
from gamedesk_sales.model.kpi import Asked, Kind
from gamedesk_sales.repository.touches import is_void
from gamedesk_sales.tables import deliveries, orders, player_copies, quotes, refunds, touches
from gamedesk_sales.tables.deliveries import OWED

_Column = ColumnElement[Any]


def touched(asked: Asked) -> Select[Any]:
    """Contacts of the period, without those that should not have been written."""
    sale = _one_by_one(select(orders).where(orders.c.order_id == touches.c.order_id))
    is_sold = and_(touches.c.order_id.is_not(None), sale.c.state != "cancelled")
    rows = _cohort(
        asked,
        "touch",
        moment=touches.c.occurred_at,
        day=touches.c.business_day,
        record_id=touches.c.touch_id,
        order_id=touches.c.order_id,
        player_id=touches.c.player_id,
        agent=touches.c.agent_id,
        team=touches.c.agent_team,
        tier=touches.c.tier,
        campaign=touches.c.campaign_id,
        pack=touches.c.pack_code,
        reason=touches.c.reason_id,
        outcome=touches.c.outcome,
        person=_person,
        reached=touches.c.outcome != "no_reply",
        deals=is_sold,
        lost=touches.c.outcome == "lost",
        won_back=case((touches.c.outcome == "lost", _has_bought_since), else_=false()),
        thinking=touches.c.outcome == "thinking",
    )
    return rows.select_from(touches.outerjoin(sale, true())).where(or_(touches.c.order_id.is_(None), ~is_void(sale.c)))


def ordered(asked: Asked) -> Select[Any]:
    """Orders paid in the period that are not cancelled."""
    delivery = _one_by_one(select(deliveries).where(deliveries.c.order_id == orders.c.order_id))
    rows = _cohort(
        asked,
        "order",
        moment=orders.c.paid_at,
        day=orders.c.business_day,
        record_id=orders.c.order_id,
        order_id=orders.c.order_id,
        number=orders.c.number,
        state=orders.c.state,
        amount_fen=orders.c.amount_paid_fen,
        verified=orders.c.verified,
        **_of_sale(orders.c),
        unverified=~orders.c.verified,
        delivered=delivery.c.state == "delivered",
        delivery_overdue=and_(delivery.c.overdue_since.is_not(None), delivery.c.state.in_(OWED)),
    )
    return rows.select_from(orders.outerjoin(delivery, true())).where(orders.c.state != "cancelled")


def refunded(asked: Asked) -> Select[Any]:
    """What was given back in the period, to the credit of whose sale it was."""
    sale = _one_by_one(select(orders).where(orders.c.order_id == refunds.c.order_id))
    rows = _cohort(
        asked,
        "refund",
        moment=refunds.c.refunded_at,
        day=refunds.c.business_day,
        record_id=refunds.c.refund_id,
        order_id=refunds.c.order_id,
        number=sale.c.number,
        state=sale.c.state,
        amount_fen=refunds.c.amount_fen,
        verified=sale.c.verified,
        **_of_sale(sale.c),
    )
    return rows.select_from(refunds.join(sale, true()))


def quoted(asked: Asked) -> Select[Any]:
    """Quotes made in the period."""
    return _cohort(
        asked,
        "quote",
        moment=quotes.c.created_at,
        day=cast(func.timezone(SHANGHAI.tzname(None), quotes.c.created_at), Date),
        record_id=quotes.c.quote_id,
        order_id=quotes.c.order_id,
        number=quotes.c.number,
        player_id=quotes.c.player_id,
        agent=quotes.c.agent_id,
        team=quotes.c.agent_team,
        tier=quotes.c.tier,
        campaign=quotes.c.campaign_id,
        pack=quotes.c.pack_code,
        state=quotes.c.state,
        amount_fen=quotes.c.amount_fen,
        quotes_sold=quotes.c.state == "sold",
    )


def _of_sale(order: Any) -> dict[str, _Column]:
    """To whose credit a sale is, and of what."""
    return {
        "player_id": order.player_id,
        "agent": order.seller_agent_id,
        "team": order.seller_team,
        "tier": order.tier,
        "campaign": order.campaign_id,
        "pack": order.pack_code,
    }


# The columns that not every kind has.
_NONE: Mapping[str, _Column] = {
    "number": cast(null(), Integer),
    "reason": cast(null(), Uuid),
    "outcome": cast(null(), String),
    "state": cast(null(), String),
    "amount_fen": cast(null(), Integer),
    "verified": cast(null(), Boolean),
}


def _cohort(asked: Asked, kind: Kind, *, moment: _Column, **columns: _Column) -> Select[Any]:
    # Without a team is what was written before teams were frozen, or by somebody whose team nobody knew.
    named = {**_NONE, **columns, "team": func.nullif(columns["team"], "")}
    found: list[_Column] = [literal(kind, String).label("kind"), moment.label("moment")]
    found += [column.label(name) for name, column in named.items()]
    query = select(*found).where(moment >= asked.period.start, moment < asked.period.end)
    for name in ("agent", "team", "campaign", "pack", "tier", "reason"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(named[name] == value)
    return query if asked.without is None else query.where(named[asked.without].is_(None))


def _one_by_one(query: Select[Any]) -> LateralFromClause:
    """A row looked up by its key for each of the cohort: joined plainly, the whole other table might be read."""
    return query.limit(1).lateral()


# Of whom was merged into somebody, the contacts and orders keep his own id.
_himself, _others, _later = player_copies.alias("himself"), player_copies.alias("others"), orders.alias("later")
_merged_into = (
    select(_himself.c.merged_into)
    .where(_himself.c.player_id == touches.c.player_id)
    .correlate(touches)
    .scalar_subquery()
)
_person = func.coalesce(_merged_into, touches.c.player_id)
_merged_with_him = select(_others.c.player_id).where(_others.c.merged_into == _person).correlate(touches)
_has_bought_since = (
    select(_later.c.order_id)
    .where(
        _later.c.player_id == any_(func.array_append(func.array(_merged_with_him.scalar_subquery()), _person)),
        _later.c.paid_at > touches.c.occurred_at,
        _later.c.state != "cancelled",
    )
    .correlate(touches)
    .exists()
)
