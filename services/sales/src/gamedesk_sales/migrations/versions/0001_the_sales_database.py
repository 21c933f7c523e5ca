"""the sales database."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis import schema
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.create_event_tables_v1(op)
    schema.create_idempotency_keys_v1(op)
    op.create_table(
        "agent_copies",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_copies")),
    )
    op.create_table(
        "item_copies",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_copies")),
    )
    op.create_table(
        "lost_reasons",
        sa.Column("reason_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("needs_note", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reason_id", name=op.f("pk_lost_reasons")),
        sa.UniqueConstraint("name", name=op.f("uq_lost_reasons_name")),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("seller_agent_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("game_id", sa.String(length=32), nullable=True),
        sa.Column("server", sa.String(length=64), nullable=True),
        sa.Column("game_account_id", sa.String(length=64), nullable=True),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("pack_code", sa.String(length=16), nullable=False),
        sa.Column("pack_name", sa.Text(), nullable=False),
        sa.Column("pack_revision", sa.Integer(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_due_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("difference_reason", sa.String(length=500), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("transaction_id", sa.String(length=64), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("verified_by", sa.String(length=32), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=32), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_paid_fen = amount_due_fen OR difference_reason IS NOT NULL",
            name=op.f("ck_orders_difference_reason"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index("ix_orders_player_id_order_id", "orders", ["player_id", "order_id"], unique=False)
    op.create_index("ix_orders_seller_agent_id_order_id", "orders", ["seller_agent_id", "order_id"], unique=False)
    op.create_index("ix_orders_state_order_id", "orders", ["state", "order_id"], unique=False)
    op.create_index(
        "ix_orders_unverified", "orders", ["order_id"], unique=False, postgresql_where=sa.text("NOT verified")
    )
    op.create_index(
        "uq_orders_method_transaction_id",
        "orders",
        ["method", "transaction_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "pack_copies",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_pack_copies")),
        sa.UniqueConstraint("code", name=op.f("uq_pack_copies_code")),
    )
    op.create_table(
        "player_copies",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agent_id", sa.String(length=32), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("minor_band", sa.String(length=16), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_player_copies")),
    )
    op.create_table(
        "profile_copies",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("server", sa.String(length=64), nullable=True),
        sa.Column("game_account_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profile_copies")),
    )
    op.create_index(op.f("ix_profile_copies_player_id"), "profile_copies", ["player_id"], unique=False)
    op.create_table(
        "touches",
        sa.Column("touch_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason_id", sa.Uuid(), nullable=True),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("player_state", sa.Text(), nullable=False),
        sa.Column("pack_code", sa.String(length=16), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(outcome = 'lost') = (reason_id IS NOT NULL)", name=op.f("ck_touches_reason")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_touches_order_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["lost_reasons.reason_id"], name=op.f("fk_touches_reason_id")),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_touches")),
        sa.UniqueConstraint("order_id", name=op.f("uq_touches_order_id")),
    )
    op.create_index(
        "ix_touches_agent_id_occurred_at_touch_id", "touches", ["agent_id", "occurred_at", "touch_id"], unique=False
    )
    op.create_index("ix_touches_occurred_at_touch_id", "touches", ["occurred_at", "touch_id"], unique=False)
    op.create_index(
        "ix_touches_outcome_occurred_at_touch_id", "touches", ["outcome", "occurred_at", "touch_id"], unique=False
    )
    op.create_index(
        "ix_touches_player_id_occurred_at_touch_id", "touches", ["player_id", "occurred_at", "touch_id"], unique=False
    )
    op.create_table(
        "contact_blocks",
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("touch_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_by", sa.String(length=32), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.touch_id"], name=op.f("fk_contact_blocks_touch_id")),
        sa.PrimaryKeyConstraint("block_id", name=op.f("pk_contact_blocks")),
    )
    op.create_index(op.f("ix_contact_blocks_player_id"), "contact_blocks", ["player_id"], unique=False)
    op.create_index(
        "uq_contact_blocks_player_id_in_force",
        "contact_blocks",
        ["player_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("touch_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["touches.touch_id"], name=op.f("fk_follow_ups_closed_by")),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.touch_id"], name=op.f("fk_follow_ups_touch_id")),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        "ix_follow_ups_agent_id_due_on_open",
        "follow_ups",
        ["agent_id", "due_on", "touch_id"],
        unique=False,
        postgresql_where=sa.text("closed_by IS NULL"),
    )
    op.create_index(
        "ix_follow_ups_due_on_open",
        "follow_ups",
        ["due_on", "touch_id"],
        unique=False,
        postgresql_where=sa.text("closed_by IS NULL"),
    )
    op.create_index(
        "uq_follow_ups_player_id_agent_id_open",
        "follow_ups",
        ["player_id", "agent_id"],
        unique=True,
        postgresql_where=sa.text("closed_by IS NULL"),
    )


def downgrade() -> None:
    schema.drop_idempotency_keys_v1(op)
    schema.drop_event_tables_v1(op)
    op.drop_index(
        "uq_follow_ups_player_id_agent_id_open", table_name="follow_ups", postgresql_where=sa.text("closed_by IS NULL")
    )
    op.drop_index("ix_follow_ups_due_on_open", table_name="follow_ups", postgresql_where=sa.text("closed_by IS NULL"))
    op.drop_index(
        "ix_follow_ups_agent_id_due_on_open", table_name="follow_ups", postgresql_where=sa.text("closed_by IS NULL")
    )
    op.drop_table("follow_ups")
    op.drop_index(
        "uq_contact_blocks_player_id_in_force",
        table_name="contact_blocks",
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.drop_index(op.f("ix_contact_blocks_player_id"), table_name="contact_blocks")
    op.drop_table("contact_blocks")
    op.drop_index("ix_touches_player_id_occurred_at_touch_id", table_name="touches")
    op.drop_index("ix_touches_outcome_occurred_at_touch_id", table_name="touches")
    op.drop_index("ix_touches_occurred_at_touch_id", table_name="touches")
    op.drop_index("ix_touches_agent_id_occurred_at_touch_id", table_name="touches")
    op.drop_table("touches")
    op.drop_index(op.f("ix_profile_copies_player_id"), table_name="profile_copies")
    op.drop_table("profile_copies")
    op.drop_table("player_copies")
    op.drop_table("pack_copies")
    op.drop_index(
        "uq_orders_method_transaction_id", table_name="orders", postgresql_where=sa.text("state <> 'cancelled'")
    )
    op.drop_index("ix_orders_unverified", table_name="orders", postgresql_where=sa.text("NOT verified"))
    op.drop_index("ix_orders_state_order_id", table_name="orders")
    op.drop_index("ix_orders_seller_agent_id_order_id", table_name="orders")
    op.drop_index("ix_orders_player_id_order_id", table_name="orders")
    op.drop_table("orders")
    op.drop_table("lost_reasons")
    op.drop_table("item_copies")
    op.drop_table("agent_copies")
