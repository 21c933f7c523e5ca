"""Rules with dates and rounding, approvals, revisions, and packs for one player."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RULES = ("campaign_id", "rounding", "starts_on", "ends_on", "version", "created_by", "updated_by", "created_at",
          "updated_at")  # fmt: skip
_PACKS = ("campaign_id", "player_id", "valid_from", "description", "rounding", "floor_fen", "review_reason",
          "state_since", "rejected_by", "rejected_reason")  # fmt: skip


def upgrade() -> None:
    _extend_rules()
    _extend_packs()


def _extend_rules() -> None:
    for column in (
        sa.Column("campaign_id", sa.Uuid()),
        sa.Column("rounding", sa.String(4), nullable=False, server_default="fen"),
        sa.Column("starts_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_by", sa.String(32)),
        sa.Column("updated_by", sa.String(32)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    ):
        op.add_column("discount_rules", column)
    op.create_check_constraint("rounding", "discount_rules", "rounding IN ('fen', 'yuan')")
    op.create_check_constraint("dates", "discount_rules", "starts_on <= ends_on")
    op.drop_index("uq_discount_rules_role_game_id", table_name="discount_rules")
    op.create_index(
        "uq_discount_rules_scope_without_dates",
        "discount_rules",
        ["role", "game_id", "campaign_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("starts_on IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "discount_rule_changes",
        sa.Column("change_id", sa.Uuid(), primary_key=True),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("changed_by", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_discount_rule_changes_rule_id_change_id", "discount_rule_changes", ["rule_id", "change_id"])
    op.create_table(
        "pack_judging",
        sa.Column("one", sa.SmallInteger(), primary_key=True, server_default="1"),
        sa.Column("in_force", postgresql.JSONB(), nullable=False),
        sa.Column("changed", postgresql.JSONB(), nullable=False),
        sa.Column("after", sa.Uuid()),
        sa.CheckConstraint("one = 1", name="one"),
    )
    op.execute("INSERT INTO pack_judging (in_force, changed) VALUES ('[]', '[]')")


def _extend_packs() -> None:
    for column in (
        sa.Column("campaign_id", sa.Uuid()),
        sa.Column("player_id", sa.Uuid()),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("description", sa.String(500), nullable=False, server_default=""),
        sa.Column("rounding", sa.String(4), nullable=False, server_default="fen"),
        sa.Column("floor_fen", sa.BigInteger()),
        sa.Column("review_reason", sa.String(16)),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("rejected_by", sa.String(32)),
        sa.Column("rejected_reason", sa.String(200)),
    ):
        op.add_column("packs", column)
    op.create_check_constraint("rounding", "packs", "rounding IN ('fen', 'yuan')")
    op.create_table(
        "pack_revisions",
        sa.Column("pack_id", sa.Uuid(), sa.ForeignKey("packs.pack_id"), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("list_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("rounding", sa.String(4), nullable=False),
        sa.Column("contents", postgresql.JSONB(), nullable=False),
        sa.Column("campaign_id", sa.Uuid()),
        sa.Column("player_id", sa.Uuid()),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Rules of campaigns and with dates go: the code before knows none, and would take them for general ones."""
    op.drop_table("pack_revisions")
    op.drop_constraint("rounding", "packs", type_="check")
    for column in _PACKS:
        op.drop_column("packs", column)
    op.drop_table("pack_judging")
    op.drop_table("discount_rule_changes")
    op.drop_index("uq_discount_rules_scope_without_dates", table_name="discount_rules")
    op.execute("DELETE FROM discount_rules WHERE num_nonnulls(campaign_id, starts_on, ends_on) > 0")
    op.drop_constraint("dates", "discount_rules", type_="check")
    op.drop_constraint("rounding", "discount_rules", type_="check")
    for column in _RULES:
        op.drop_column("discount_rules", column)
    op.create_index(
        "uq_discount_rules_role_game_id",
        "discount_rules",
        ["role", "game_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
