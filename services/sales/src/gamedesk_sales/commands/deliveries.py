"""Having the game deliver what was paid (B7): what an order needs, and what becomes of each attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.selling import leads, named_profile
from gamedesk_sales.commands.touches import known_player
from gamedesk_sales.errors import NotRetryable, OrderNotFound
from gamedesk_sales.model.deliveries import Account, Delivery, followed, opened
from gamedesk_sales.model.orders import Order, named_state
from gamedesk_sales.model.players import Player
from gamedesk_sales.repository import deliveries as repository
from gamedesk_sales.repository import orders, refunds
from gamedesk_sales.repository.deliveries import Claim

LEASE_SECONDS = 60.0
_OVERDUE_AT_ONCE = 20


def open_delivery(tx: Connection, order: Order) -> Order:
    """The new order with what the game is to give for it."""
    account = repository.account_of(tx, order.profile) if order.profile else None
    return _keep(tx, order, opened(account, verified=order.verified, moment=order.created_at))


def follow_order(tx: Connection, order: Order, moment: datetime) -> Order:
    """The changed order, with a delivery that waits for nothing any more, or is stopped."""
    alive = order.state not in ("cancelled", "refunded")
    after = followed(order.delivery, alive=alive, verified=order.verified, moment=moment)
    return order if after == order.delivery else _keep(tx, order, after)


def retry_delivery(
    tx: Connection, caller: Principal, order_id: UUID, expected_version: int, profile_id: UUID | None
) -> None:
    """Have the game asked again, for another of his accounts if one is named; at once if it is queued anyway.

    Raises OrderNotFound, NotAllowed, StaleVersion, NotRetryable, ReferenceNotYetKnown, UnknownProfile.
    """
    found = orders.get(tx, order_id)
    if found is None:
        raise OrderNotFound()
    player = known_player(tx, found.player_id)
    order = orders.lock(tx, order_id)
    assert order is not None  # orders are never deleted
    _require_concerned(tx, caller, order, player)
    if order.version != expected_version:
        raise StaleVersion()
    moment = now()
    delivery = _retried(tx, order, player, profile_id, moment)
    _changed(tx, order, delivery, moment, caller.id)


def _retried(tx: Connection, order: Order, player: Player, profile_id: UUID | None, moment: datetime) -> Delivery:
    before = order.delivery
    if before.state in ("delivered", "stopped"):
        raise NotRetryable("It is delivered, cancelled or refunded.")
    account = before.account
    if profile_id is not None:
        if before.uncertain:
            raise NotRetryable(
                "The game may have granted it already: it has to say that it has not.", pointer="/profile_id"
            )
        account = repository.account_of(tx, named_profile(tx, player, profile_id, order.pack.games))
    if account is None:
        raise NotRetryable(
            "Choose the account to deliver to; if he has none in this game, give the money back.", pointer="/profile_id"
        )
    return _for_account(order, account, moment)


def _for_account(order: Order, account: Account, moment: datetime) -> Delivery:
    again = opened(account, verified=order.verified, moment=moment)
    return replace(
        order.delivery,
        state=again.state,
        account=account,
        next_attempt_at=again.next_attempt_at,
        queued_at=order.delivery.queued_at or again.queued_at,
    )


def _require_concerned(tx: Connection, caller: Principal, order: Order, player: Player) -> None:
    if caller.id in (order.seller_agent_id, player.owner_agent_id):
        return
    if not leads(tx, caller, order.seller_agent_id) and not leads(tx, caller, player.owner_agent_id):
        raise NotAllowed("Only its seller, the player's owner or a lead of theirs.")


def not_yet_granted(tx: Connection, claim: Claim) -> None:
    """The game says that it has not delivered until now; it is about to be asked to."""
    order = orders.lock(tx, claim.order_id)
    if order is not None and order.delivery.attempts == claim.row.attempts:  # nobody else has asked it meanwhile
        refunds.settle_doubt(tx, claim.order_id, after_delivery=False)


def granted(tx: Connection, claim: Claim) -> None:
    """The game says that it has delivered; also if the order was cancelled or refunded meanwhile: it is a fact."""
    order, moment = _claimed(tx, claim), now()
    if order is None or order.delivery.state == "delivered":
        return
    delivery = replace(
        order.delivery,
        state="delivered",
        uncertain=False,
        last_reason=None,
        next_attempt_at=None,
        queued_at=order.delivery.queued_at or moment,
        delivered_at=moment,
    )
    refunds.settle_doubt(tx, order.order_id, after_delivery=True)
    _changed(tx, order, delivery, moment)


def refused(tx: Connection, claim: Claim, reason: str) -> None:
    """The game has not delivered, and says that it will not do so."""
    order, moment = _claimed(tx, claim), now()
    if order is None:
        return
    refunds.settle_doubt(tx, order.order_id, after_delivery=False)
    delivery = replace(order.delivery, uncertain=False, last_reason=reason, next_attempt_at=None)
    if delivery.state != "queued":
        _keep(tx, order, delivery)
        return
    _changed(tx, order, replace(delivery, state="failed"), moment)


def not_told(tx: Connection, claim: Claim, reason: str, pause: timedelta) -> None:
    """The game refuses to say whether it has delivered: a person looks into it. What is stopped is nobody's work any
    more, and is asked about again after `pause`."""
    order, moment = _claimed(tx, claim), now()
    if order is None:
        return
    delivery = replace(order.delivery, last_reason=reason, next_attempt_at=None)
    if delivery.state == "queued":
        _changed(tx, order, replace(delivery, state="failed"), moment)
    else:
        _keep(tx, order, replace(delivery, next_attempt_at=moment + pause))


def unanswered(tx: Connection, claim: Claim, reason: str, pause: timedelta, *, uncertain: bool) -> None:
    """Nobody knows, or the game cannot now: again after `pause`."""
    order, moment = _claimed(tx, claim), now()
    if order is None:
        return
    if not uncertain:
        refunds.settle_doubt(tx, order.order_id, after_delivery=False)
    delivery = replace(order.delivery, uncertain=uncertain, last_reason=reason, next_attempt_at=moment + pause)
    if delivery.state == "stopped" and not uncertain:
        delivery = replace(delivery, next_attempt_at=None)
    _keep(tx, order, delivery)


def mark_overdue(tx: Connection, overdue_after: timedelta) -> bool:
    """Call what the game owes for too long overdue, once each; whether there may be more."""
    moment = now()
    found = repository.not_yet_overdue(tx, moment - overdue_after, _OVERDUE_AT_ONCE)
    for order_id in sorted(found):
        order = orders.lock(tx, order_id)
        if order is None or order.delivery.overdue_since or order.delivery.state not in repository.OWED:
            continue
        _changed(tx, order, replace(order.delivery, overdue_since=moment), moment)
    return len(found) == _OVERDUE_AT_ONCE


def _claimed(tx: Connection, claim: Claim) -> Order | None:
    """The order, locked; None if another worker has taken the delivery over, whose answer then counts."""
    order = orders.lock(tx, claim.order_id)
    return order if repository.end_lease(tx, claim) else None


def _keep(tx: Connection, order: Order, delivery: Delivery) -> Order:
    repository.save(tx, order.order_id, order.game_id, delivery)
    return replace(order, delivery=delivery)


def _changed(tx: Connection, order: Order, delivery: Delivery, moment: datetime, actor: str | None = None) -> None:
    order = _keep(tx, order, delivery)
    order = replace(order, state=named_state(order), version=order.version + 1, updated_at=moment)
    orders.save(tx, order)
    events.order_updated(tx, order, actor)
