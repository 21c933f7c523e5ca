"""Refunds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.orders import display_number
from gamedesk_sales.model.refunds import Refund


def refund_view(refund: Refund) -> dict[str, Any]:
    view = asdict(refund)
    return {"order_number": display_number(view.pop("number_of_order")), **view}
