"""What a pack costs: integer fen and basis points, rounded once."""

from __future__ import annotations

from collections.abc import Iterable

CURRENCY = "CNY"

_WHOLE_BP = 10_000


def pack_price(lines: Iterable[tuple[int, int]], discount_bp: int) -> tuple[int, int]:
    """(list price, price) in fen of lines (unit price in fen, quantity): the sum, and the sum less the discount,
    rounded once, half up, to the fen (R23)."""
    total = sum(unit * quantity for unit, quantity in lines)
    return total, (total * (_WHOLE_BP - discount_bp) + _WHOLE_BP // 2) // _WHOLE_BP
