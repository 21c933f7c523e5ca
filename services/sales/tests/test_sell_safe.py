"""Open tickets that speak against a pitch, and that open pages hear of them (B3, B12)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_sales import consumers
from gamedesk_testing import eventually
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import schema_of
from sqlalchemy import text

from .conftest import CREATED_AT, event
from .test_merged_and_erased_players import waiting_for_a_lock
from .test_pitch import pitch

As = Callable[[str], ApiClient]
Known = Callable[..., str]


def test_an_open_payment_ticket_warns_before_a_pitch_until_it_is_done__B3(
    as_agent: As, player: str, known_ticket: Known
) -> None:
    known_ticket(player, "bug", number="T-000001")
    assert pitch(as_agent, player)["sell_safe"]["ok"] is True, "its category does not warn"
    ticket_id = known_ticket(player, "payment", number="T-000002")
    known_ticket(player, "refund", "in_progress", number="T-000003", asked_at="2026-11-02T20:00:00Z")

    sell_safe = pitch(as_agent, player)["sell_safe"]

    assert sell_safe["ok"] is False
    assert sell_safe["open_tickets"][0] == {
        "ticket_id": ticket_id,
        "number": "T-000002",
        "category": "payment",
        "since": "2026-11-01T00:00:00Z",
    }
    assert sell_safe["text_zh"] == (
        "有 2 个未结工单（T-000002 支付，自 2026-11-01、T-000003 退款，自 2026-11-03）：先解决问题，再推荐礼包"
    )
    assert sell_safe["text_en"] == (
        "2 open tickets (T-000002 payment, since 2026-11-01; T-000003 refund, since 2026-11-03):"
        " solve the problem before offering a pack"
    )
    known_ticket(player, "payment", "done", ticket_id=ticket_id, version=2)
    known_ticket(player, "payment", ticket_id=ticket_id, version=1)
    assert len(pitch(as_agent, player)["sell_safe"]["open_tickets"]) == 1, "an older event changes nothing"


def test_which_categories_warn_is_a_rule__B3(as_agent: As, player: str, known_ticket: Known) -> None:
    known_ticket(player, "bug")
    rules = as_agent("KF002").get("/contact-rules").json()
    fields = ("max_touches", "per_days", "tier_thresholds")
    body = {**{name: rules[name] for name in fields}, "warning_categories": ["bug"]}
    assert as_agent("KF002").put("/contact-rules", body, version=1).status_code == 200

    assert pitch(as_agent, player)["sell_safe"]["ok"] is False


@pytest.fixture
def heard(published: Callable[[], list[Any]]) -> Callable[[], list[tuple[str, str]]]:
    """`heard()`: of whose gates pages were told since the last time, and because of which ticket."""
    known = 0

    def new() -> list[tuple[str, str]]:
        nonlocal known
        rows = [row for row in published() if row.type == "sales.sell_safe.changed.v1"]
        fresh, known = rows[known:], len(rows)
        for row in fresh:
            schema_of(row.type).validate(row.payload)
        return [(row.payload["player_id"], row.payload["ticket_id"]) for row in fresh]

    return new


def test_open_pages_hear_when_a_ticket_begins_and_ends_to_warn__B3_B12(
    player: str, known_ticket: Known, heard: Callable[[], list[tuple[str, str]]]
) -> None:
    """A page that hears of the ticket itself may ask before sales has: it would show the gate as it was."""
    ticket_id = known_ticket(player, "payment")
    assert heard() == [(player, ticket_id)]
    known_ticket(player, "payment", "in_progress", ticket_id=ticket_id, version=2)
    assert heard() == [], "the pitch says the same as before"
    known_ticket(player, "refund", "in_progress", ticket_id=ticket_id, version=3)
    assert heard() == [(player, ticket_id)], "the pitch names its category"
    known_ticket(player, "refund", "done", ticket_id=ticket_id, version=5)
    assert heard() == [(player, ticket_id)]
    known_ticket(player, "refund", "in_progress", ticket_id=ticket_id, version=4)
    assert heard() == [], "an older event changes nothing"
    known_ticket(player, "bug")
    assert heard() == [], "its category does not warn"


def test_a_republication_tells_pages_what_it_mends_and_nothing_else__B3_B12(
    player: str, known_ticket: Known, database: Database, heard: Callable[[], list[tuple[str, str]]]
) -> None:
    ticket_id = known_ticket(player, "payment", version=2)
    heard()
    known_ticket(player, "payment", ticket_id=ticket_id, version=2, republication=True)
    known_ticket(player, "payment", "done", version=3, republication=True)
    assert heard() == [], "what pages show already, and what has long been done"

    with database.begin() as tx:
        tx.execute(text("UPDATE ticket_copies SET state = 'done' WHERE ticket_id = :id"), {"id": ticket_id})
    known_ticket(player, "payment", ticket_id=ticket_id, version=2, republication=True)

    assert heard() == [(player, ticket_id)]


@pytest.mark.parametrize("is_known", [True, False])
def test_pages_hear_of_each_of_two_events_that_two_workers_handle_at_once__B3_B12(
    player: str, known_ticket: Known, database: Database, heard: Callable[[], list[tuple[str, str]]], is_known: bool
) -> None:
    ticket_id = known_ticket(player, "payment", "done", done_at=CREATED_AT) if is_known else str(new_id())
    heard()
    version = 2 if is_known else 1
    opened = {"ticket_id": ticket_id, "player_id": player, "number": "T-000123", "category": "payment"}
    opened |= {"state": "pending", "asked_at": CREATED_AT, "done_at": None, "cycle": version}

    with ThreadPoolExecutor(1) as threads:
        with database.begin() as tx:
            consumers.ticket_updated(tx, event("tickets.ticket.updated.v1", ticket_id, opened, version=version))
            closing = threads.submit(known_ticket, player, "payment", "done", ticket_id=ticket_id, version=version + 1)
            eventually(lambda: closing.done() or waiting_for_a_lock(database))
        closing.result()

    assert heard() == [(player, ticket_id)] * 2


def test_the_gate_of_a_merged_player_is_that_of_whom_he_was_merged_into__B3_B12(
    player: str, known_player: Known, known_ticket: Known, heard: Callable[[], list[tuple[str, str]]]
) -> None:
    merged = known_player(merged_into=player)

    ticket_id = known_ticket(merged, "payment")

    assert heard() == [(player, ticket_id)]
