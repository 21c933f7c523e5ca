"""What a pack costs: integer fen and basis points, rounded once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

CURRENCY = "CNY"

Rounding = Literal["fen", "yuan"]

_WHOLE_BP = 10_000
_STEP_FEN: dict[Rounding, int] = {"fen": 1, "yuan": 100}


def pack_price(lines: Iterable[tuple[int, int]], discount_bp: int, rounding: Rounding = "fen") -> tuple[int, int]:
    """(list price, price) in fen of lines (unit price in fen, quantity): the sum, and the sum less the discount,
    rounded once, half up, to the fen or the whole yuan (R23)."""
    total = sum(unit * quantity for unit, quantity in lines)
    whole, step = _WHOLE_BP, _STEP_FEN[rounding]
    return total, (2 * total * (whole - discount_bp) + whole * step) // (2 * whole * step) * step
