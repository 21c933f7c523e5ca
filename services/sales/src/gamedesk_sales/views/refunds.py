"""Refunds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.refunds import Refund


def refund_view(refund: Refund) -> dict[str, Any]:
    return asdict(refund)
