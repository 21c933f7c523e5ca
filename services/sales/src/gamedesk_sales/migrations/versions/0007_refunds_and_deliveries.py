"""Refunds, and deliveries by the games. What was sold before is not delivered by us: its row says so."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OWED = "state IN ('queued', 'failed', 'not_possible')"


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("profile_copies", sa.Column("server_id", sa.String(64), nullable=True))
    op.create_table(
        "deliveries",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("game_id", sa.String(32), nullable=True),
        sa.Column("server", sa.String(64), nullable=True),
        sa.Column("server_id", sa.String(64), nullable=True),
        sa.Column("game_account_id", sa.String(64), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_reason", sa.String(64), nullable=True),
        _time("next_attempt_at"),
        _time("leased_until"),
        _time("queued_at"),
        _time("delivered_at"),
        _time("overdue_since"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_deliveries_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "refunds",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=True),
        _time("refunded_at", nullable=False),
        sa.Column("refunded_by", sa.String(32), nullable=False),
        sa.Column("after_delivery", sa.Boolean(), nullable=True),
        _time("recorded_at", nullable=False),
        sa.Column(
            "business_day",
            sa.Date(),
            sa.Computed("(refunded_at AT TIME ZONE 'Asia/Shanghai')::date", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_refunds_amount_fen")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_refunds_order_id_orders")),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_refunds")),
    )
    op.execute(
        "INSERT INTO deliveries (order_id, state, profile_id, game_id, server, game_account_id, last_reason)"
        " SELECT order_id, 'stopped', profile_id, coalesce(game_id, contents -> 0 ->> 'game_id'), server,"
        " game_account_id, 'before deliveries' FROM orders"
    )
    _create_indexes()


def _create_indexes() -> None:
    op.create_index("ix_deliveries_state_order_id", "deliveries", ["state", "order_id"])
    op.create_index("ix_deliveries_game_id_order_id", "deliveries", ["game_id", "order_id"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["game_id", "next_attempt_at"],
        postgresql_where=sa.text("state = 'queued' OR state = 'stopped' AND uncertain"),
    )
    op.create_index(
        "ix_deliveries_not_yet_overdue",
        "deliveries",
        ["queued_at"],
        postgresql_where=sa.text(f"overdue_since IS NULL AND {_OWED}"),
    )
    op.create_index(
        "ix_deliveries_overdue",
        "deliveries",
        ["order_id"],
        postgresql_where=sa.text(f"overdue_since IS NOT NULL AND {_OWED}"),
    )
    op.create_index("ix_refunds_order_id_refund_id", "refunds", ["order_id", "refund_id"])
    op.create_index("ix_refunds_player_id_refund_id", "refunds", ["player_id", "refund_id"])
    op.create_index(
        "uq_refunds_method_transaction_id",
        "refunds",
        ["method", "transaction_id"],
        unique=True,
        postgresql_where=sa.text("transaction_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("refunds")
    op.drop_table("deliveries")
    op.drop_column("profile_copies", "server_id")
