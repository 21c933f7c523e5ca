"""What minors may spend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

NOT_A_MINOR = "none"

Cap = Literal["per_order", "per_month"]


@dataclass(frozen=True)
class MinorCap:
    """What a player of a band may spend with one order and in a month of Shanghai, in fen."""

    band: str
    per_order_fen: int
    per_month_fen: int
    currency: str
    version: int
    updated_at: datetime
    updated_by: str | None = None


@dataclass(frozen=True)
class Allowance:
    """What a minor may spend, and what he has spent in the month asked for, refunds deducted."""

    band: str
    per_order_fen: int
    per_month_fen: int
    spent_fen: int

    @property
    def left_fen(self) -> int:
        return max(0, self.per_month_fen - self.spent_fen)

    def broken_by(self, amount_fen: int) -> Cap | None:
        """The cap that one more order of this amount would break."""
        if amount_fen > self.per_order_fen:
            return "per_order"
        return "per_month" if amount_fen > self.left_fen else None

    def limit_of(self, cap: Cap) -> int:
        return self.per_order_fen if cap == "per_order" else self.per_month_fen
