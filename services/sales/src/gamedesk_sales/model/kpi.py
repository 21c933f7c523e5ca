"""The domain: how well the desk sells (B8). docs/kpi.md says the same in words for those who read figures.

Days are those of Asia/Shanghai. Everything is credited to whom it was frozen with: the agent and his team of then, the
tier that the player had then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from gamedesk_chassis.errors import InvalidInput

from gamedesk_sales.model.business_days import midnight

Grouping = Literal["none", "day", "agent", "team", "campaign", "pack", "tier", "reason"]
Kind = Literal["touch", "order", "refund", "quote"]
Missing = Literal["team", "campaign", "pack", "reason"]
FigureName = Literal[
    "touches",
    "reached",
    "deals",
    "lost",
    "won_back",
    "thinking",
    "orders",
    "unverified",
    "delivered",
    "delivery_overdue",
    "refunds",
    "quotes",
    "quotes_sold",
]

MOST_DAYS = 92


@dataclass(frozen=True)
class Period:
    """Whole days of Asia/Shanghai, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def period(first: date, last: date) -> Period:
    """Raises InvalidInput for a period that ends before it begins, or is too long."""
    if last < first:
        raise InvalidInput("The last day lies before the first.", pointer="/query/to")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput(f"Ask for at most {MOST_DAYS} days at once.", pointer="/query/to")
    return Period(first, last)


@dataclass(frozen=True)
class Asked:
    """Which contacts and sales a question about figures is about; None: whatever.

    `without`: only what has none of it, which is the group whose key is None.
    """

    period: Period
    agent: str | None = None
    team: str | None = None
    campaign: UUID | None = None
    pack: str | None = None
    tier: str | None = None
    reason: UUID | None = None
    without: Missing | None = None


@dataclass(frozen=True)
class Figures:
    """The figures of a period. Amounts are in fen.

    - `touches`: contacts that happened in it. Of them: `reached`, those that the player answered; `deals`, those
      recorded with a sale that is not cancelled; `lost`; `thinking`; `won_back`, of the lost, those whose player has
      bought since. The contact of a cancelled order counts only if its transfer never came: else the order should not
      have been written, nor the contact. `players_touched`: how many persons they were with.
    - `orders`: paid in it and not cancelled. Of them: `unverified`, whose payment nobody has confirmed yet;
      `delivered`, by the game; `delivery_overdue`, which it still owes too long. `revenue_fen` is what was paid for
      all, `unverified_fen` what of it is not confirmed.
    - `refunds`: given back in it, whenever the order was; credited like the order.
    - `quotes`: made in it; `quotes_sold`, of them, those that became an order.
    """

    touches: int = 0
    reached: int = 0
    players_touched: int = 0
    deals: int = 0
    lost: int = 0
    won_back: int = 0
    thinking: int = 0
    orders: int = 0
    revenue_fen: int = 0
    unverified: int = 0
    unverified_fen: int = 0
    median_order_fen: int | None = None
    delivered: int = 0
    delivery_overdue: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    quotes: int = 0
    quotes_sold: int = 0

    @property
    def touch_to_deal_bp(self) -> int | None:
        """Deals of touches, in 1/10000, rounded half up."""
        return _share_bp(self.deals, self.touches)

    @property
    def won_back_bp(self) -> int | None:
        """Won back of lost, in 1/10000, rounded half up."""
        return _share_bp(self.won_back, self.lost)

    @property
    def net_fen(self) -> int:
        """Below zero where more was given back than sold."""
        return self.revenue_fen - self.refunded_fen

    @property
    def average_order_fen(self) -> int | None:
        """Rounded half up to the fen."""
        return (2 * self.revenue_fen + self.orders) // (2 * self.orders) if self.orders else None


def _share_bp(part: int, whole: int) -> int | None:
    return (20_000 * part + whole) // (2 * whole) if whole else None


@dataclass(frozen=True)
class Group:
    """Figures of a day (ISO date), agent, team, campaign or reason (their ids), pack (its code) or tier.

    `key` is None for what has none; `label`: what the key is called now, where it is an id or a code.
    """

    key: str | None
    label: str | None
    figures: Figures


@dataclass(frozen=True)
class Report:
    """`more`: there are more groups than are shown."""

    total: Figures
    groups: Sequence[Group]
    more: bool = False


@dataclass(frozen=True)
class CountedRecord:
    """A contact, order, refund or quote behind a figure. `moment` is the one by which it is counted.

    `order_id`, `number`: of the order that it is, belongs to or became; a quote's own number. `outcome` is a
    contact's, `state` an order's or a quote's as it is stored. `amount_fen`: paid, given back, or promised.
    """

    kind: Kind
    record_id: UUID
    order_id: UUID | None
    number: int | None
    player_id: UUID
    agent: str
    team: str | None
    tier: str
    campaign: UUID | None
    pack: str | None
    reason: UUID | None
    moment: datetime
    outcome: str | None
    state: str | None
    amount_fen: int | None
    verified: bool | None

    @property
    def shown_number(self) -> str | None:
        if self.number is None:
            return None
        return f"{'Q' if self.kind == 'quote' else 'O'}-{self.number:06d}"
