"""What the games are to give for orders."""

from __future__ import annotations

from gamedesk_chassis.database import time_column
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Uuid, text

from gamedesk_sales.tables.base import metadata

# One for each order, made with it. The account is the one to deliver to: at first that which is frozen in the order,
# another once somebody chose it; `game_id` is the pack's, also without an account. `uncertain`: the game was asked to
# grant, and did not say what became of it. `queued_at`: since when the game owes it.
deliveries = Table(
    "deliveries",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.order_id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("profile_id", Uuid),
    Column("game_id", String(32)),
    Column("server", String(64)),
    Column("server_id", String(64)),
    Column("game_account_id", String(64)),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("uncertain", Boolean, nullable=False, server_default=text("false")),
    Column("last_reason", String(64)),
    time_column("next_attempt_at", nullable=True),
    time_column("leased_until", nullable=True),
    time_column("queued_at", nullable=True),
    time_column("delivered_at", nullable=True),
    time_column("overdue_since", nullable=True),
    Index("ix_deliveries_state_order_id", "state", "order_id"),
    Index("ix_deliveries_game_id_order_id", "game_id", "order_id"),
)

OWED = ("queued", "failed", "not_possible")
_OWED = "state IN ('queued', 'failed', 'not_possible')"

Index(
    "ix_deliveries_due",
    deliveries.c.game_id,
    deliveries.c.next_attempt_at,
    postgresql_where=text("state = 'queued' OR state = 'stopped' AND uncertain"),
)
Index(
    "ix_deliveries_not_yet_overdue",
    deliveries.c.queued_at,
    postgresql_where=text(f"overdue_since IS NULL AND {_OWED}"),
)
Index("ix_deliveries_overdue", deliveries.c.order_id, postgresql_where=text(f"overdue_since IS NOT NULL AND {_OWED}"))
