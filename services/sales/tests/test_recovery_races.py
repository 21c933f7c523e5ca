"""A ticket is opened again while somebody decides about what its closing proposed (B3)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from gamedesk_chassis.database import Database
from gamedesk_sales import consumers
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.polling import eventually

from .conftest import CREATED_AT, event
from .test_merged_and_erased_players import waiting_for_a_lock
from .test_touches import pages

As = Callable[[str], ApiClient]


def test_an_order_taken_back_while_the_ticket_is_opened_again_proposes_nothing__B3(
    as_agent: As,
    player: str,
    known_ticket: Callable[..., str],
    order_body: Callable[..., dict[str, Any]],
    database: Database,
) -> None:
    """What is withdrawn is withdrawn with the player locked, as what is answered, taken and reopened."""
    ticket_id = known_ticket(player, "payment", "done")
    order = as_agent("KF003").post("/orders", order_body(paid_at=datetime.now(UTC).isoformat())).json()
    assert pages(as_agent("KF003"), "/recovery-proposals") == []
    again = {"number": "T-000123", "category": "payment", "state": "pending", "asked_at": CREATED_AT}
    opened = event(
        "tickets.ticket.updated.v1",
        ticket_id,
        {"ticket_id": ticket_id, "player_id": player, **again, "done_at": None, "cycle": 2},
        version=2,
    )
    lead, path = as_agent("KF002"), f"/orders/{order['order_id']}/cancel"

    with ThreadPoolExecutor(1) as threads:
        with database.begin() as tx:
            consumers.ticket_updated(tx, opened)
            cancelling = threads.submit(lambda: lead.post(path, {"reason": "错"}, version=1))
            eventually(lambda: cancelling.done() or waiting_for_a_lock(database))
        cancelled = cancelling.result()

    assert cancelled.status_code == 200, cancelled.text
    assert pages(as_agent("KF003"), "/recovery-proposals") == []
