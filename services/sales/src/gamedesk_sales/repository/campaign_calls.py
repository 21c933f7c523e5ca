"""The call lists of campaigns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, case, func, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import Uuid

from gamedesk_sales.model.campaign_calls import Call, CallTouch, Candidate, Figures, WantedCalls, rank_of
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository.touches import counted, touch_of, with_reasons
from gamedesk_sales.tables import (
    agent_copies,
    campaign_calls,
    campaign_copies,
    orders,
    player_copies,
    touches,
)

_MOST_TOUCHES = 1000
_CALL_COLUMNS = ("campaign_id", "tier_then", "rank", "state", "drawn_at", "touches", "updated_at")


def add_drawn(tx: Connection, campaign_id: UUID, drawn: Sequence[Candidate], moment: datetime) -> int:
    """Put them on the list, unless they were drawn before; how many that are."""
    if not drawn:
        return 0
    rows = [
        {
            "campaign_id": campaign_id,
            "player_id": one.player_id,
            "owner_agent_id": one.owner_agent_id,
            "tier_then": one.tier,
            "rank": rank_of(one.tier),
            "state": "open",
            "drawn_at": moment,
            "touches": 0,
            "updated_at": moment,
        }
        for one in drawn
    ]
    statement = insert(campaign_calls).values(rows)
    # Who was spoken with before keeps where he stands.
    statement = statement.on_conflict_do_update(
        index_elements=["campaign_id", "player_id"],
        set_={"drawn_at": statement.excluded.drawn_at},
        where=campaign_calls.c.drawn_at.is_(None),
    )
    return len(tx.execute(statement.returning(campaign_calls.c.player_id)).all())


def campaigns_of(tx: Connection, player_ids: Sequence[UUID], *, running: bool) -> list[UUID]:
    """The campaigns that have somebody on their lists; those that run, or all."""
    query = select(campaign_calls.c.campaign_id).distinct().where(campaign_calls.c.player_id.in_(player_ids))
    if running:
        query = query.join(campaign_copies, campaign_copies.c.campaign_id == campaign_calls.c.campaign_id)
        query = query.where(campaign_copies.c.state == "running")
    return sorted(tx.execute(query).scalars())


def touches_for(tx: Connection, campaign_id: UUID, player_ids: Sequence[UUID]) -> list[CallTouch]:
    """A person's contacts for a campaign that count, the last first."""
    is_sold = and_(orders.c.order_id.is_not(None), orders.c.state != "cancelled").label("sold")
    fell_through = func.coalesce(orders.c.payment_rejected, False).label("fell_through")
    query = select(touches.c.outcome, is_sold, fell_through)
    query = query.outerjoin_from(touches, orders, orders.c.order_id == touches.c.order_id)
    query = query.where(touches.c.player_id.in_(player_ids), touches.c.campaign_id == campaign_id, counted())
    query = query.order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(_MOST_TOUCHES)
    return [CallTouch(**row._mapping) for row in tx.execute(query)]


def save_standing(
    tx: Connection, campaign_id: UUID, player_ids: Sequence[UUID], values: dict[str, Any], moment: datetime
) -> bool:
    """Write where a person stands; False if he is on the list under none of his ids."""
    of_him = campaign_calls.c.campaign_id == campaign_id, campaign_calls.c.player_id.in_(player_ids)
    return bool(tx.execute(update(campaign_calls).where(*of_him).values(**values, updated_at=moment)).rowcount)


def insert_undrawn(tx: Connection, campaign_id: UUID, player: Player, values: dict[str, Any], moment: datetime) -> None:
    """Call with the player locked, so that nobody draws him meanwhile."""
    row = {"campaign_id": campaign_id, "player_id": player.player_id, "owner_agent_id": player.owner_agent_id}
    row |= {"tier_then": player.tier, "rank": rank_of(player.tier)}
    tx.execute(insert(campaign_calls).values(**row, **values, updated_at=moment))


def hand_over(tx: Connection, player_ids: Sequence[UUID], owner_agent_id: str) -> None:
    """Calls go with the player, on whatever list. Call with the player locked, so that nobody draws him meanwhile."""
    query = update(campaign_calls).where(campaign_calls.c.player_id.in_(player_ids))
    tx.execute(query.where(campaign_calls.c.owner_agent_id != owner_agent_id).values(owner_agent_id=owner_agent_id))


def list_page(tx: Connection, wanted: WantedCalls, after: tuple[int, UUID] | None, limit: int) -> list[Call]:
    """The largest tiers first, each with the last contact that anybody had with the person."""
    found = [
        Call(
            **{name: row._mapping[name] for name in _CALL_COLUMNS},
            player_id=row.merged_into or row.player_id,
            row_player_id=row.player_id,
            owner_agent_id=row.owner_agent_id,
            tier=row.tier,
        )
        for row in tx.execute(page_query(wanted, after, limit))
    ]
    last = _last_touches(tx, [call.player_id for call in found])
    return [replace(call, last_touch=last.get(call.player_id)) for call in found]


def page_query(wanted: WantedCalls, after: tuple[int, UUID] | None, limit: int) -> Select[Any]:
    """By index; of a team, those of each member merged."""
    calls, p, survivor = campaign_calls, player_copies, player_copies.alias("survivor")
    tier = func.coalesce(survivor.c.tier, p.c.tier).label("tier")
    query: Any = select(calls, tier, p.c.merged_into)
    query = query.join(p, p.c.player_id == calls.c.player_id).outerjoin(
        survivor, survivor.c.player_id == p.c.merged_into
    )
    query = query.where(_stands(wanted.campaign_id, p, calls))
    if wanted.agent_id is not None:
        query = query.where(calls.c.owner_agent_id == wanted.agent_id)
    if wanted.state is not None:
        query = query.where(calls.c.state == wanted.state)
    key = (calls.c.rank, calls.c.player_id)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    query = query.order_by(*key).limit(limit)
    if wanted.team is not None:
        members = select(agent_copies.c.agent_id).where(agent_copies.c.team == wanted.team).subquery()
        of_each = query.where(calls.c.owner_agent_id == members.c.agent_id).lateral()
        query = select(of_each).select_from(members.join(of_each, true()))
        query = query.order_by(of_each.c.rank, of_each.c.player_id).limit(limit)
    return query


def _stands(campaign_id: UUID, p: Any, calls: Any) -> Any:
    """Of a person who is on a list under several ids, one row is shown: his own, else that of the first of them."""
    other, same = campaign_calls.alias("other"), player_copies.alias("same")
    again = select(1).select_from(other.join(same, same.c.player_id == other.c.player_id))
    again = again.where(
        other.c.campaign_id == campaign_id,
        or_(same.c.player_id == p.c.merged_into, same.c.merged_into == p.c.merged_into),
        or_(same.c.merged_into.is_(None), same.c.player_id < calls.c.player_id),
    ).correlate(calls, p)
    shown = or_(p.c.merged_into.is_(None), ~again.exists())
    return and_(calls.c.campaign_id == campaign_id, ~p.c.erased, shown)


def _last_touches(tx: Connection, player_ids: Sequence[UUID]) -> dict[UUID, Touch]:
    """The last contact with each of these persons."""
    persons = func.unnest(literal(list(player_ids), ARRAY(Uuid))).table_valued("player_id").render_derived("persons")
    m = player_copies.alias("m")
    last = select(touches.c.touch_id).select_from(m.join(touches, touches.c.player_id == m.c.player_id))
    last = last.where(or_(m.c.player_id == persons.c.player_id, m.c.merged_into == persons.c.player_id), counted())
    last = last.order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc()).limit(1).correlate(persons)
    person_of = {
        row.touch_id: row.player_id
        for row in tx.execute(select(persons.c.player_id, last.scalar_subquery().label("touch_id")))
    }
    rows = tx.execute(with_reasons().where(touches.c.touch_id.in_([id for id in person_of if id is not None])))
    return {person_of[row.touch_id]: touch_of(row) for row in rows}


def figures_by_agent(tx: Connection, campaign_id: UUID) -> dict[str, Figures]:
    """Calls by who owns the player now, money by who sold."""
    found: defaultdict[str, Figures] = defaultdict(Figures)
    for row in tx.execute(states_query(campaign_id)):
        counts = {"listed": row.listed, "drawn": row.drawn, row.state: row.listed}
        found[row.owner_agent_id] = found[row.owner_agent_id].plus(Figures(**counts))
    for row in tx.execute(sales_query(campaign_id)):
        sold = Figures(orders=row.orders, revenue_fen=int(row.revenue_fen), unverified_fen=int(row.unverified_fen))
        found[row.seller_agent_id] = found[row.seller_agent_id].plus(sold)
    return dict(found)


def states_query(campaign_id: UUID) -> Select[Any]:
    counts: list[Any] = [func.count().label("listed"), func.count(campaign_calls.c.drawn_at).label("drawn")]
    by: list[Any] = [campaign_calls.c.owner_agent_id, campaign_calls.c.state]
    query: Any = select(*by, *counts)
    query = query.join(player_copies, player_copies.c.player_id == campaign_calls.c.player_id)
    return query.where(_stands(campaign_id, player_copies, campaign_calls)).group_by(*by)


def sales_query(campaign_id: UUID) -> Select[Any]:
    net = orders.c.amount_paid_fen - orders.c.refunded_fen
    columns: list[Any] = [
        orders.c.seller_agent_id,
        func.count().label("orders"),
        func.sum(net).label("revenue_fen"),
        func.sum(case((orders.c.verified, 0), else_=net)).label("unverified_fen"),
    ]
    query: Any = select(*columns)
    query = query.where(orders.c.campaign_id == campaign_id, orders.c.state != "cancelled")
    return query.group_by(orders.c.seller_agent_id)


def teams_of(tx: Connection, agent_ids: Sequence[str]) -> dict[str, str]:
    query = select(agent_copies.c.agent_id, agent_copies.c.team).where(agent_copies.c.agent_id.in_(agent_ids))
    return {row.agent_id: row.team for row in tx.execute(query)}
