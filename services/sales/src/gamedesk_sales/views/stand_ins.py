"""Who sells in whose place."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from gamedesk_sales.model.stand_ins import StandIn


def stand_in_view(stand_in: StandIn, today: date) -> dict[str, Any]:
    return {**asdict(stand_in), "in_force": stand_in.in_force(today)}
