"""Selling a pack (R17, R19), confirming its payment, and cancelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.campaign_calls import follow_sale, known_campaign
from gamedesk_sales.commands.contact_blocks import require_contactable
from gamedesk_sales.commands.deliveries import follow_order, open_delivery
from gamedesk_sales.commands.minor_caps import require_within_caps
from gamedesk_sales.commands.quotes import close_quote, reopen_quote, take_quote
from gamedesk_sales.commands.selling import frozen, leads, named_profile, only_profile, require_offered, require_seller
from gamedesk_sales.commands.touches import append_touch, known_pack, known_player, reopen_answered
from gamedesk_sales.errors import (
    DifferenceReasonRequired,
    NotCancellable,
    NothingToVerify,
    OrderNotFound,
    OwnOrder,
    TimeInFuture,
    TransactionExists,
)
from gamedesk_sales.model.business_days import lies_in_future
from gamedesk_sales.model.orders import (
    LONGEST_TRANSACTION_ID,
    NewOrder,
    Order,
    OrderPack,
    OrderProfile,
    needs_confirmation,
    normal_transaction_id,
)
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.quotes import Quote, QuoteRules
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import copies
from gamedesk_sales.repository import orders as repository


@dataclass(frozen=True)
class _Sale:
    """What is sold, at which price: the quote's, or the pack's of now."""

    pack: OrderPack
    price_fen: int
    currency: str
    campaign_id: UUID | None
    profile_id: UUID | None


def create_order(tx: Connection, caller: Principal, new: NewOrder, rules: QuoteRules) -> Outcome:
    """Record a sale that has been paid, with the pack frozen as it is now, or as the quote promised it, and the `won`
    touch that it is.

    Raises ReferenceNotYetKnown, NotYourPlayer, DoNotContact, PlayerErased, PackForAnother, PackChanged, QuoteNotFound,
    QuoteForAnother, QuoteNotOpen, QuoteExpired, TimeInFuture, DifferenceReasonRequired, MinorCapExceeded,
    ProfileRequired, UnknownProfile, TransactionExists (with the existing order's id), InvalidInput.
    """
    transaction_id = normal_transaction_id(new.transaction_id)
    if len(transaction_id) > LONGEST_TRANSACTION_ID:
        raise InvalidInput("Such a payment number is too long.", pointer="/transaction_id")
    player = known_player(tx, new.player_id)
    moment = now()
    stand_in = require_seller(tx, caller, player, moment)
    require_contactable(tx, player)
    if new.campaign_id is not None:
        known_campaign(tx, new.campaign_id)
    if lies_in_future(new.paid_at, moment):
        raise TimeInFuture("Give the time at which he paid.", pointer="/paid_at")
    quote = take_quote(tx, player, new.quote_id, new.paid_at, moment, rules) if new.quote_id else None
    sale = _promised(new, quote) if quote else _offered(tx, player, new, moment)
    difference_reason = _difference_reason(new, sale.price_fen)
    require_within_caps(tx, player, new.amount_paid_fen, new.paid_at)
    order = Order(
        order_id=new_id(),
        number=0,
        player_id=player.player_id,
        seller_agent_id=caller.id,
        profile=_profile(tx, player, new.profile_id or sale.profile_id, sale.pack),
        pack=sale.pack,
        amount_due_fen=sale.price_fen,
        amount_paid_fen=new.amount_paid_fen,
        currency=sale.currency,
        difference_reason=difference_reason,
        method=new.method,
        transaction_id=transaction_id,
        paid_at=new.paid_at,
        state="paid",
        verified=not needs_confirmation(new.method, sale.price_fen, new.amount_paid_fen),
        version=1,
        created_at=moment,
        updated_at=moment,
        quote_id=new.quote_id,
        campaign_id=sale.campaign_id,
        stand_in=stand_in,
        seller_team=copies.team_of(tx, caller.id) or caller.team or "",
        tier=player.tier,
        minor_band=player.minor_band,
    )
    order = _store(tx, order)
    if quote:
        close_quote(tx, quote, order.order_id, moment, caller.id)
    append_touch(tx, player, _won(order))
    events.order_updated(tx, order, caller.id)
    return Outcome(str(order.order_id))


def verify_order(tx: Connection, caller: Principal, order_id: UUID, expected_version: int) -> None:
    """A lead confirms that a transfer has arrived.

    Raises OrderNotFound, OwnOrder, NotAllowed, StaleVersion, NothingToVerify.
    """

    def verified(order: Order, moment: datetime) -> Order:
        _require_unverified(order)
        return replace(order, verified=True, verified_by=caller.id, verified_at=moment)

    order = _locked(tx, order_id)
    _require_anothers(tx, order, caller)
    _change(tx, caller, order, expected_version, verified)


def reject_payment(tx: Connection, caller: Principal, order_id: UUID, expected_version: int, reason: str) -> None:
    """A lead has looked for a transfer that never came: the order is cancelled.

    Raises OrderNotFound, OwnOrder, NotAllowed, StaleVersion, NothingToVerify.
    """

    def rejected(order: Order, moment: datetime) -> Order:
        _require_unverified(order)
        return replace(_cancelled(order, caller, moment, reason), payment_rejected=True)

    order = _locked_with_player(tx, order_id)
    _require_anothers(tx, order, caller)
    _change(tx, caller, order, expected_version, rejected)


def cancel_order(tx: Connection, caller: Principal, order_id: UUID, expected_version: int, reason: str) -> None:
    """The seller or his lead takes an order back that should not have been written; its payment and its quote become
    free again. Not while the game may have delivered it: the payment would buy twice.

    Raises OrderNotFound, NotAllowed, OwnOrder (its payment is confirmed), StaleVersion, NotCancellable.
    """

    def cancelled(order: Order, moment: datetime) -> Order:
        if order.state != "paid":
            raise NotCancellable(_why_not_cancellable(order))
        if order.delivery.uncertain:
            raise NotCancellable("The game may have delivered it: wait for its answer, or give the money back.")
        return _cancelled(order, caller, moment, reason)

    order = _locked_with_player(tx, order_id)
    if caller.id == order.seller_agent_id:
        if order.state == "paid" and order.verified:
            raise OwnOrder("Its payment is confirmed: ask a lead to cancel it.")
    elif not leads(tx, caller, order.seller_agent_id):
        raise NotAllowed("Only its seller or a lead of his team cancels an order.")
    _change(tx, caller, order, expected_version, cancelled)


def _locked(tx: Connection, order_id: UUID) -> Order:
    order = repository.lock(tx, order_id)
    if order is None:
        raise OrderNotFound()
    return order


def _locked_with_player(tx: Connection, order_id: UUID) -> Order:
    """The player first, as for a new order: the quote that may become free again is one of his."""
    order = repository.get(tx, order_id)
    if order is not None:
        copies.lock_player(tx, order.player_id)
    return _locked(tx, order_id)


def _require_anothers(tx: Connection, order: Order, caller: Principal) -> None:
    if order.seller_agent_id == caller.id:
        raise OwnOrder("Ask a colleague to look at the account.")
    if not leads(tx, caller, order.seller_agent_id):
        raise NotAllowed("Only a lead of its seller's team or an admin.")


def _require_unverified(order: Order) -> None:
    if order.state != "paid" or order.verified:
        raise NothingToVerify("The payment is confirmed already, or the order is cancelled.")


def _why_not_cancellable(order: Order) -> str:
    if order.state == "cancelled":
        return "It is cancelled already."
    if order.state == "delivered":
        return "The game has delivered it: give the money back."
    return "Money was given back: if some is left, give that back too."


def _cancelled(order: Order, caller: Principal, moment: datetime, reason: str) -> Order:
    return replace(order, state="cancelled", cancelled_by=caller.id, cancelled_at=moment, cancel_reason=reason)


def _change(
    tx: Connection,
    caller: Principal,
    order: Order,
    expected_version: int,
    changed: Callable[[Order, datetime], Order],
) -> None:
    """Verified or cancelled: what follows from it is done here."""
    if order.version != expected_version:
        raise StaleVersion()
    moment = now()
    order = replace(changed(order, moment), version=order.version + 1, updated_at=moment)
    repository.save(tx, order)
    order = follow_order(tx, order, moment)
    if order.state == "cancelled":
        reopen_answered(tx, order.player_id)
    if order.state == "cancelled" and order.quote_id is not None:
        reopen_quote(tx, order.quote_id, moment, caller.id)
    if order.state == "cancelled" and order.campaign_id is not None:
        follow_sale(tx, order.campaign_id, copies.same_person(tx, [order.player_id]), moment)
    events.order_updated(tx, order, caller.id)


def _promised(new: NewOrder, quote: Quote) -> _Sale:
    for field in ("pack_code", "pack_revision", "price_fen"):
        if getattr(new, field) is not None:
            raise InvalidInput("Leave it out: the quote says what is sold.", pointer=f"/{field}")
    campaign_id = new.campaign_id or quote.campaign_id
    return _Sale(quote.pack, quote.amount_fen, quote.currency, campaign_id, quote.profile_id)


def _offered(tx: Connection, player: Player, new: NewOrder, moment: datetime) -> _Sale:
    """Raises ReferenceNotYetKnown, PackForAnother, PackChanged, InvalidInput."""
    if new.pack_code is None or new.pack_revision is None:
        missing = "/pack_code" if new.pack_code is None else "/pack_revision"
        raise InvalidInput("Name the pack and its revision, or the quote.", pointer=missing)
    pack = known_pack(tx, new.pack_code)
    require_offered(pack, player, new.pack_revision, new.price_fen, moment)
    return _Sale(frozen(pack), pack.price_fen, pack.currency, new.campaign_id or pack.campaign_id, None)


def _difference_reason(new: NewOrder, due_fen: int) -> str | None:
    """Raises DifferenceReasonRequired."""
    if new.amount_paid_fen == due_fen:
        return None
    reason = (new.difference_reason or "").strip()
    if not reason:
        raise DifferenceReasonRequired(
            "Say why the amount differs.", pointer="/difference_reason", amount_due_fen=due_fen
        )
    return reason


def _profile(tx: Connection, player: Player, profile_id: UUID | None, pack: OrderPack) -> OrderProfile | None:
    """The account to deliver to: the one named, else the only one, else none if none is known."""
    if profile_id is not None:
        return named_profile(tx, player, profile_id, pack.games)
    return only_profile(tx, player, pack.games)


def _store(tx: Connection, order: Order) -> Order:
    """The order with its number."""
    while (number := repository.insert_order(tx, order)) is None:
        existing = repository.id_of_payment(tx, order.method, order.transaction_id)
        if existing is not None:  # or it was cancelled just now, and the payment is free
            raise TransactionExists(
                "Open the existing order.", pointer="/transaction_id", existing_order_id=str(existing)
            )
    return open_delivery(tx, replace(order, number=number))


def _won(order: Order) -> Touch:
    """The sale as an entry of the player's history, so that touches alone tell all of it."""
    return Touch(
        touch_id=new_id(),
        player_id=order.player_id,
        agent_id=order.seller_agent_id,
        outcome="won",
        reason_id=None,
        situation="",
        player_state="",
        pack_code=order.pack.code,
        follow_up_on=None,
        occurred_at=order.paid_at,
        recorded_at=order.created_at,
        order_id=order.order_id,
        campaign_id=order.campaign_id,
        quote_id=order.quote_id,
        agent_team=order.seller_team,
        tier=order.tier,
        offered_price_fen=order.amount_due_fen,
        offered_discount_bp=order.pack.discount_bp,
    )
