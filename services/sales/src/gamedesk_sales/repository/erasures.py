"""Taking out what was written about a person who asked for it; the books stay."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis import dead_letters
from sqlalchemy import Connection, update

from gamedesk_sales.model.recovery_proposals import UNANSWERED
from gamedesk_sales.tables import (
    contact_blocks,
    follow_ups,
    orders,
    profile_copies,
    quotes,
    recovery_proposals,
    refunds,
    touches,
)


def erase(tx: Connection, player_id: UUID) -> None:
    """Blank free texts and game accounts, and let nobody take up what was open; events of his that could not be
    handled go. Amounts, packs, times, payment numbers, and the account that an order was delivered to are the books.
    Doing it again changes nothing."""
    tx.execute(update(touches).where(touches.c.player_id == player_id).values(situation="", player_state=""))
    of_him = orders.c.player_id == player_id
    tx.execute(update(orders).where(of_him, orders.c.difference_reason.is_not(None)).values(difference_reason=""))
    tx.execute(update(orders).where(of_him, orders.c.cancel_reason.is_not(None)).values(cancel_reason=""))
    promised = update(quotes).where(quotes.c.player_id == player_id)
    tx.execute(promised.values(note=""))
    tx.execute(promised.where(quotes.c.extend_reason.is_not(None)).values(extend_reason=""))
    tx.execute(promised.where(quotes.c.withdraw_reason.is_not(None)).values(withdraw_reason=""))
    tx.execute(update(refunds).where(refunds.c.player_id == player_id).values(reason=""))
    lifted = contact_blocks.c.lift_reason.is_not(None)
    tx.execute(update(contact_blocks).where(contact_blocks.c.player_id == player_id, lifted).values(lift_reason=""))
    postponed = follow_ups.c.postpone_reason.is_not(None)
    tx.execute(update(follow_ups).where(follow_ups.c.player_id == player_id, postponed).values(postpone_reason=""))
    is_open = follow_ups.c.closed_by.is_(None)
    closed = update(follow_ups).where(follow_ups.c.player_id == player_id, is_open)
    tx.execute(closed.values(closed_by=follow_ups.c.touch_id))
    proposals = update(recovery_proposals).where(recovery_proposals.c.player_id == player_id)
    tx.execute(proposals.where(recovery_proposals.c.dismiss_reason.is_not(None)).values(dismiss_reason=""))
    tx.execute(proposals.where(recovery_proposals.c.state.in_(UNANSWERED)).values(state="withdrawn"))
    accounts = update(profile_copies).where(profile_copies.c.player_id == player_id)
    tx.execute(accounts.values(server=None, server_id=None, game_account_id=None, state="not_found"))
    dead_letters.drop(tx, player_id)
