"""Selling a pack (R17, R19), confirming its payment, and cancelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.contact_blocks import require_contactable
from gamedesk_sales.commands.touches import append_touch, known_pack, known_player
from gamedesk_sales.errors import (
    DifferenceReasonRequired,
    NotCancellable,
    NothingToVerify,
    NotYourPlayer,
    OrderNotFound,
    OwnOrder,
    PackChanged,
    ProfileRequired,
    TimeInFuture,
    TransactionExists,
    UnknownProfile,
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
from gamedesk_sales.model.packs import Pack
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import copies
from gamedesk_sales.repository import orders as repository


def create_order(tx: Connection, caller: Principal, new: NewOrder) -> Outcome:
    """Record a sale that has been paid, with the pack frozen as it is now, and the `won` touch that it is.

    Raises ReferenceNotYetKnown, NotYourPlayer, DoNotContact, PlayerErased, PackChanged, TimeInFuture,
    DifferenceReasonRequired, ProfileRequired, UnknownProfile, TransactionExists (with the existing order's id),
    InvalidInput.
    """
    transaction_id = normal_transaction_id(new.transaction_id)
    if len(transaction_id) > LONGEST_TRANSACTION_ID:
        raise InvalidInput("Such a payment number is too long.", pointer="/transaction_id")
    player = known_player(tx, new.player_id)
    _require_seller(tx, caller, player)
    require_contactable(tx, player)
    pack = known_pack(tx, new.pack_code)
    moment = now()
    _require_current(pack, new, moment)
    if lies_in_future(new.paid_at, moment):
        raise TimeInFuture("Give the time at which he paid.", pointer="/paid_at")
    difference_reason = None
    if new.amount_paid_fen != pack.price_fen:
        difference_reason = (new.difference_reason or "").strip()
        if not difference_reason:
            raise DifferenceReasonRequired(
                "Say why the amount differs.", pointer="/difference_reason", amount_due_fen=pack.price_fen
            )
    order = Order(
        order_id=new_id(),
        number=0,
        player_id=player.player_id,
        seller_agent_id=caller.id,
        profile=_profile(tx, player, new, pack),
        pack=_frozen(pack),
        amount_due_fen=pack.price_fen,
        amount_paid_fen=new.amount_paid_fen,
        currency=pack.currency,
        difference_reason=difference_reason,
        method=new.method,
        transaction_id=transaction_id,
        paid_at=new.paid_at,
        state="paid",
        verified=not needs_confirmation(new.method),
        version=1,
        created_at=moment,
        updated_at=moment,
        seller_team=caller.team or "",
        tier=player.tier,
        minor_band=player.minor_band,
    )
    order = _store(tx, order)
    append_touch(tx, player, _won(order))
    events.order_updated(tx, order, caller.id)
    return Outcome(str(order.order_id))


def verify_order(tx: Connection, caller: Principal, order_id: UUID, expected_version: int) -> None:
    """A lead confirms that a transfer has arrived.

    Raises OrderNotFound, OwnOrder, StaleVersion, NothingToVerify.
    """

    def verified(order: Order, moment: datetime) -> Order:
        if order.state != "paid" or order.verified:
            raise NothingToVerify("The payment is confirmed already, or the order is cancelled.")
        return replace(order, verified=True, verified_by=caller.id, verified_at=moment)

    order = _locked(tx, order_id)
    if order.seller_agent_id == caller.id:
        raise OwnOrder("Ask a colleague to look at the account.")
    _change(tx, caller, order, expected_version, verified)


def cancel_order(tx: Connection, caller: Principal, order_id: UUID, expected_version: int, reason: str) -> None:
    """The seller or his lead takes an order back that should not have been written; its payment becomes free again.

    Raises OrderNotFound, NotAllowed, OwnOrder (its payment is confirmed), StaleVersion, NotCancellable.
    """

    def cancelled(order: Order, moment: datetime) -> Order:
        if order.state != "paid":
            raise NotCancellable("It is cancelled already.")
        return replace(order, state="cancelled", cancelled_by=caller.id, cancelled_at=moment, cancel_reason=reason)

    order = _locked(tx, order_id)
    if caller.id == order.seller_agent_id:
        if order.state == "paid" and order.verified:
            raise OwnOrder("Its payment is confirmed: ask a lead to cancel it.")
    elif not _leads(tx, caller, order.seller_agent_id):
        raise NotAllowed("Only its seller or a lead of his team cancels an order.")
    _change(tx, caller, order, expected_version, cancelled)


def _locked(tx: Connection, order_id: UUID) -> Order:
    order = repository.lock(tx, order_id)
    if order is None:
        raise OrderNotFound()
    return order


def _change(
    tx: Connection,
    caller: Principal,
    order: Order,
    expected_version: int,
    changed: Callable[[Order, datetime], Order],
) -> None:
    if order.version != expected_version:
        raise StaleVersion()
    moment = now()
    order = replace(changed(order, moment), version=order.version + 1, updated_at=moment)
    repository.save(tx, order)
    events.order_updated(tx, order, caller.id)


def _require_seller(tx: Connection, caller: Principal, player: Player) -> None:
    if caller.id != player.owner_agent_id and not _leads(tx, caller, player.owner_agent_id):
        raise NotYourPlayer("Ask his owner, or have him handed over.", pointer="/player_id")


def _leads(tx: Connection, caller: Principal, agent_id: str) -> bool:
    """Whether `caller` decides for this agent: a lead of the same team, or an admin."""
    if caller.role == "admin":
        return True
    agent = copies.agent(tx, agent_id)
    return caller.role == "lead" and agent is not None and agent.team == caller.team


def _require_current(pack: Pack, new: NewOrder, moment: datetime) -> None:
    """Nobody sells what he has not seen: another revision, another price, or a pack that is off sale."""
    if pack.why_not_sellable(moment) is not None:
        raise PackChanged("The pack is not for sale; see `offer`.", pointer="/pack_code")
    if pack.revision != new.pack_revision:
        raise PackChanged("The pack was edited; see `offer`.", pointer="/pack_revision")
    if new.price_fen is not None and pack.price_fen != new.price_fen:
        raise PackChanged("The price has changed; see `offer`.", pointer="/price_fen")


def _profile(tx: Connection, player: Player, new: NewOrder, pack: Pack) -> OrderProfile | None:
    """The account to deliver to: the one named, else the only one, else none if none is known."""
    games = {line.game_id for line in pack.contents}
    known = [p for p in copies.profiles_of(tx, player.ids) if p.identified and p.game_id in games]
    if new.profile_id is not None:
        known = [p for p in known if p.profile_id == new.profile_id]
        if not known:
            raise UnknownProfile("Choose one of his accounts in the pack's game.", pointer="/profile_id")
    if len(known) > 1:
        raise ProfileRequired("Choose the account to deliver to.", pointer="/profile_id")
    if not known:
        return None
    profile = known[0]
    assert profile.game_account_id is not None
    return OrderProfile(profile.profile_id, profile.game_id, profile.server, profile.game_account_id)


def _frozen(pack: Pack) -> OrderPack:
    return OrderPack(
        pack_id=pack.pack_id,
        code=pack.code,
        name=pack.name,
        revision=pack.revision,
        version=pack.version,
        discount_bp=pack.discount_bp,
        list_price_fen=pack.list_price_fen,
        contents=pack.contents,
    )


def _store(tx: Connection, order: Order) -> Order:
    """The order with its number."""
    number = repository.insert_order(tx, order)
    if number is None:
        existing = repository.id_of_payment(tx, order.method, order.transaction_id)
        raise TransactionExists("Open the existing order.", pointer="/transaction_id", existing_order_id=str(existing))
    return replace(order, number=number)


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
    )
