"""the catalog database."""

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
        "discount_rules",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=True),
        sa.Column("max_discount_bp", sa.Integer(), nullable=False),
        sa.Column("lowest_price_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("role IN ('agent', 'lead', 'admin')", name=op.f("ck_discount_rules_role")),
        sa.CheckConstraint("max_discount_bp BETWEEN 0 AND 10000", name=op.f("ck_discount_rules_max_discount_bp")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_discount_rules")),
    )
    op.create_index(
        "uq_discount_rules_role_game_id",
        "discount_rules",
        ["role", "game_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "item_pulls",
        sa.Column("pull_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.String(length=200), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("items_seen", sa.Integer(), nullable=False),
        sa.Column("items_changed", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_item_pulls_state")),
        sa.PrimaryKeyConstraint("pull_id", name=op.f("pk_item_pulls")),
    )
    op.create_index("ix_item_pulls_game_id_pull_id", "item_pulls", ["game_id", "pull_id"], unique=False)
    op.create_index(
        "uq_item_pulls_game_id_unfinished",
        "item_pulls",
        ["game_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "items",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("code_key", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("game_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("override_price_fen", sa.BigInteger(), nullable=True),
        sa.Column(
            "price_fen",
            sa.BigInteger(),
            sa.Computed(
                "COALESCE(override_price_fen, game_price_fen)",
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items")),
    )
    op.create_index(
        "ix_items_code_key", "items", ["code_key"], unique=False, postgresql_ops={"code_key": "text_pattern_ops"}
    )
    op.create_index(
        "ix_items_differs",
        "items",
        ["game_id", "code"],
        unique=False,
        postgresql_where=sa.text("override_price_fen <> game_price_fen"),
    )
    op.create_index("ix_items_name_grams", "items", ["name_grams"], unique=False, postgresql_using="gin")
    op.create_index("uq_items_game_id_code", "items", ["game_id", "code"], unique=True)
    op.create_table(
        "packs",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("allowed_as", sa.String(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("revised_by", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'pending_approval', 'active', 'review', 'retired')", name=op.f("ck_packs_state")
        ),
        sa.CheckConstraint("discount_bp BETWEEN 0 AND 10000", name=op.f("ck_packs_discount_bp")),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_packs")),
        sa.UniqueConstraint("code", name=op.f("uq_packs_code")),
    )
    op.create_index(
        "ix_packs_code_prefix", "packs", ["code"], unique=False, postgresql_ops={"code": "text_pattern_ops"}
    )
    op.create_index("ix_packs_created_by_pack_id", "packs", ["created_by", "pack_id"], unique=False)
    op.create_index("ix_packs_game_id_pack_id", "packs", ["game_id", "pack_id"], unique=False)
    op.create_index("ix_packs_name_grams", "packs", ["name_grams"], unique=False, postgresql_using="gin")
    op.create_index("ix_packs_state_pack_id", "packs", ["state", "pack_id"], unique=False)
    op.create_table(
        "price_pushes",
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("game_id", "event_id", name=op.f("pk_price_pushes")),
    )
    op.create_index(op.f("ix_price_pushes_received_at"), "price_pushes", ["received_at"], unique=False)
    op.create_table(
        "item_price_changes",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("old_game_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("new_game_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("old_override_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("new_override_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('pull', 'push', 'override', 'confirm', 'discard')", name=op.f("ck_item_price_changes_source")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_item_price_changes_item_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_item_price_changes")),
    )
    op.create_index(
        "ix_item_price_changes_item_id_change_id", "item_price_changes", ["item_id", "change_id"], unique=False
    )
    op.create_table(
        "pack_contents",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pack_contents_quantity")),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_pack_contents_item_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["packs.pack_id"], name=op.f("fk_pack_contents_pack_id")),
        sa.PrimaryKeyConstraint("pack_id", "item_id", name=op.f("pk_pack_contents")),
    )
    op.create_index(op.f("ix_pack_contents_item_id"), "pack_contents", ["item_id"], unique=False)
    op.create_table(
        "pending_prices",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('scheduled', 'held')", name=op.f("ck_pending_prices_state")),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_pending_prices_item_id")),
        sa.PrimaryKeyConstraint("item_id", "state", name=op.f("pk_pending_prices")),
    )
    op.create_index(
        "ix_pending_prices_due",
        "pending_prices",
        ["effective_at"],
        unique=False,
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.execute(
        """
        INSERT INTO discount_rules (rule_id, role, game_id, max_discount_bp, lowest_price_fen)
        VALUES (uuidv7(), 'agent', NULL, 3000, 1), (uuidv7(), 'lead', NULL, 5000, 1), (uuidv7(), 'admin', NULL, 7000, 1)
        """
    )


def downgrade() -> None:
    schema.drop_idempotency_keys_v1(op)
    schema.drop_event_tables_v1(op)
    op.drop_index("ix_pending_prices_due", table_name="pending_prices", postgresql_where=sa.text("state = 'scheduled'"))
    op.drop_table("pending_prices")
    op.drop_index(op.f("ix_pack_contents_item_id"), table_name="pack_contents")
    op.drop_table("pack_contents")
    op.drop_index("ix_item_price_changes_item_id_change_id", table_name="item_price_changes")
    op.drop_table("item_price_changes")
    op.drop_index(op.f("ix_price_pushes_received_at"), table_name="price_pushes")
    op.drop_table("price_pushes")
    op.drop_index("ix_packs_state_pack_id", table_name="packs")
    op.drop_index("ix_packs_name_grams", table_name="packs", postgresql_using="gin")
    op.drop_index("ix_packs_game_id_pack_id", table_name="packs")
    op.drop_index("ix_packs_created_by_pack_id", table_name="packs")
    op.drop_index("ix_packs_code_prefix", table_name="packs", postgresql_ops={"code": "text_pattern_ops"})
    op.drop_table("packs")
    op.drop_index("uq_items_game_id_code", table_name="items")
    op.drop_index("ix_items_name_grams", table_name="items", postgresql_using="gin")
    op.drop_index(
        "ix_items_differs", table_name="items", postgresql_where=sa.text("override_price_fen <> game_price_fen")
    )
    op.drop_index("ix_items_code_key", table_name="items", postgresql_ops={"code_key": "text_pattern_ops"})
    op.drop_table("items")
    op.drop_index(
        "uq_item_pulls_game_id_unfinished",
        table_name="item_pulls",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_index("ix_item_pulls_game_id_pull_id", table_name="item_pulls")
    op.drop_table("item_pulls")
    op.drop_index("uq_discount_rules_role_game_id", table_name="discount_rules", postgresql_nulls_not_distinct=True)
    op.drop_table("discount_rules")
    op.drop_table("agent_copies")
