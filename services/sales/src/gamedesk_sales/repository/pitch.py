"""A person's history, as the next pitch is counted from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, select

from gamedesk_sales.model.business_days import business_day, midnight
from gamedesk_sales.model.pitch import WINDOW_DAYS, Contact, History, OpenQuote, Sale
from gamedesk_sales.model.sell_safe import OpenTicket
from gamedesk_sales.repository import quotes
from gamedesk_sales.repository.touches import counted
from gamedesk_sales.tables import campaign_copies, lost_reasons, orders, ticket_copies, touches

# More than anybody has; what is older is not counted.
_MOST_RECORDS = 2000
_MOST_SHOWN = 20
_DID_NOT_STAND = ("cancelled", "refunded")


def history(tx: Connection, player_ids: Sequence[UUID], moment: datetime, last_contact_at: datetime | None) -> History:
    today = business_day(moment)
    begins = midnight(today - timedelta(days=WINDOW_DAYS - 1))
    contacts = _contacts(tx, player_ids, begins)
    wanted = quotes.Filter(moment=moment, player_ids=player_ids, state="open")
    return History(
        today=today,
        contacts=contacts,
        sales=_sales(tx, player_ids, begins),
        quotes=[
            OpenQuote(quote.display_number, quote.pack.code, quote.amount_fen, quote.expires_at)
            for quote in quotes.list_page(tx, wanted, None, _MOST_SHOWN)
        ],
        last_contact_on=business_day(last_contact_at) if last_contact_at else None,
        campaign_names=_campaign_names(tx, {one.campaign_id for one in contacts if one.campaign_id}),
    )


def _contacts(tx: Connection, player_ids: Sequence[UUID], begins: datetime) -> list[Contact]:
    """A sale counts at the price it was made for; one whose transfer never came, or that was given back whole, sold
    nothing."""
    price = func.coalesce(orders.c.amount_due_fen, touches.c.offered_price_fen).label("price_fen")
    reason = lost_reasons.c.name.label("reason")
    query = (
        select(touches.c.business_day, touches.c.outcome, touches.c.pack_code, touches.c.campaign_id)
        .add_columns(orders.c.state, price, reason)
        .outerjoin(orders, orders.c.order_id == touches.c.order_id)
        .outerjoin(lost_reasons, lost_reasons.c.reason_id == touches.c.reason_id)
        .where(touches.c.player_id.in_(player_ids), touches.c.occurred_at >= begins, counted())
        .order_by(touches.c.occurred_at.desc(), touches.c.touch_id.desc())
        .limit(_MOST_RECORDS)
    )
    return [
        Contact(
            day=row.business_day,
            outcome=row.outcome,
            sold=row.state is not None and row.state not in _DID_NOT_STAND,
            price_fen=row.price_fen,
            pack_code=row.pack_code,
            campaign_id=row.campaign_id,
            reason=row.reason,
        )
        for row in tx.execute(query)
    ]


def _sales(tx: Connection, player_ids: Sequence[UUID], begins: datetime) -> list[Sale]:
    kept = (orders.c.amount_paid_fen - orders.c.refunded_fen).label("kept_fen")
    query = (
        select(orders.c.business_day, kept, orders.c.discount_bp, orders.c.pack_code)
        .where(orders.c.player_id.in_(player_ids), orders.c.paid_at >= begins)
        .where(orders.c.state.not_in(_DID_NOT_STAND))
        .order_by(orders.c.paid_at.desc(), orders.c.order_id.desc())
        .limit(_MOST_RECORDS)
    )
    return [Sale(row.business_day, row.kept_fen, row.discount_bp, row.pack_code) for row in tx.execute(query)]


def _campaign_names(tx: Connection, campaign_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of those whose copies have come."""
    if not campaign_ids:
        return {}
    query = select(campaign_copies.c.campaign_id, campaign_copies.c.name)
    rows = tx.execute(query.where(campaign_copies.c.campaign_id.in_(list(campaign_ids))))
    return {row.campaign_id: row.name for row in rows}


def open_tickets(tx: Connection, player_ids: Sequence[UUID], categories: Sequence[str]) -> list[OpenTicket]:
    """A person's tickets of these categories that are not done, the oldest first, twenty at most."""
    query = select(ticket_copies).where(ticket_copies.c.player_id.in_(player_ids), ticket_copies.c.state != "done")
    query = query.where(ticket_copies.c.category.in_(categories))
    query = query.order_by(ticket_copies.c.asked_at, ticket_copies.c.ticket_id).limit(_MOST_SHOWN)
    return [OpenTicket(row.ticket_id, row.number, row.category, row.asked_at) for row in tx.execute(query)]
