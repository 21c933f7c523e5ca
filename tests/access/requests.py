"""Valid requests of all operations, by unit and operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access import of_catalog, of_gateway, of_players, of_sales, of_tickets
from tests.access.world import Call, World

Make = Callable[[World, str, str], Call]
REQUESTS: dict[str, dict[str, Any]] = {
    "players": of_players.REQUESTS,
    "tickets": of_tickets.REQUESTS,
    "sales": of_sales.REQUESTS,
    "catalog": of_catalog.REQUESTS,
    "gateway": of_gateway.REQUESTS,
}
