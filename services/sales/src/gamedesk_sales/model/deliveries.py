"""What the game is to give for an order, and what became of it (B7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

# waiting: for the payment's confirmation; failed: the game refuses, a person decides; stopped: cancelled or refunded
# first; not_possible: no account was known, or several, and a person names one.
DeliveryState = Literal["waiting", "queued", "delivered", "failed", "stopped", "not_possible"]
ShownState = DeliveryState | Literal["sending"]

_OWED = ("queued", "failed", "not_possible")

_ID_BITS_AFTER_TIME = 80
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH


def record_id(order_id: UUID, delivered_at: datetime) -> UUID:
    """What a delivery is called among records whose ids are made in the order of time: as if it were made then."""
    milliseconds = (delivered_at - _EPOCH) // timedelta(milliseconds=1)
    rest = order_id.int & ((1 << _ID_BITS_AFTER_TIME) - 1)
    return UUID(int=milliseconds << _ID_BITS_AFTER_TIME | rest)


def place_of(record: UUID) -> tuple[datetime, bytes]:
    """Of such an id, or any that begins with its time: the time, in whole milliseconds, and the rest."""
    since = min(record.int >> _ID_BITS_AFTER_TIME, _LAST // timedelta(milliseconds=1))
    return _EPOCH + timedelta(milliseconds=since), record.bytes[-_ID_BITS_AFTER_TIME // 8 :]


@dataclass(frozen=True)
class Account:
    """A game account, as it was known when it was chosen."""

    profile_id: UUID
    game_id: str
    server: str | None
    game_account_id: str
    server_id: str | None = None


@dataclass(frozen=True)
class Delivery:
    """`uncertain`: the game was asked to grant, and has not said what became of it. `queued_at`: since when the game
    owes it."""

    state: DeliveryState
    account: Account | None = None
    attempts: int = 0
    uncertain: bool = False
    last_reason: str | None = None
    next_attempt_at: datetime | None = None
    leased_until: datetime | None = None
    queued_at: datetime | None = None
    delivered_at: datetime | None = None
    overdue_since: datetime | None = None

    @property
    def overdue(self) -> bool:
        return self.overdue_since is not None and self.state in _OWED

    def shown_state(self, moment: datetime) -> ShownState:
        sending = self.state == "queued" and self.leased_until is not None and self.leased_until > moment
        return "sending" if sending else self.state


def opened(account: Account | None, *, verified: bool, moment: datetime) -> Delivery:
    """The delivery of a new order, or of one whose account was just chosen."""
    if not verified:
        return Delivery("waiting" if account else "not_possible", account)
    if account is None:
        return Delivery("not_possible", queued_at=moment)
    return Delivery("queued", account, queued_at=moment, next_attempt_at=moment)


def followed(delivery: Delivery, *, alive: bool, verified: bool, moment: datetime) -> Delivery:
    """The delivery after its order changed. `alive`: neither cancelled nor refunded in full.

    One that is stopped while nobody knows whether the game has granted it is asked about once more.
    """
    if delivery.state in ("delivered", "stopped"):
        return delivery
    if not alive:
        return replace(delivery, state="stopped", next_attempt_at=moment if delivery.uncertain else None)
    if delivery.queued_at is None and verified:
        state: DeliveryState = "queued" if delivery.account else "not_possible"
        return replace(delivery, state=state, queued_at=moment, next_attempt_at=moment if delivery.account else None)
    return delivery
