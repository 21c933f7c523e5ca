"""gates before the games, urgency of questions, and resyncs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BACKGROUND = 2
_WHERE_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "game_gates",
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("refilled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_reason", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("game_id", name=op.f("pk_game_gates")),
    )
    op.create_table(
        "resyncs",
        sa.Column("resync_id", sa.Uuid(), nullable=False),
        sa.Column("game_ids", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("planned_after", sa.Uuid(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("resync_id", name=op.f("pk_resyncs")),
    )
    op.create_index("ix_resyncs_unfinished", "resyncs", ["resync_id"], postgresql_where=sa.text("state <> 'done'"))
    _change_syncs()


def _change_syncs() -> None:
    priority = sa.Column("priority", sa.SmallInteger(), nullable=False, server_default=str(_BACKGROUND))
    op.add_column("profile_syncs", priority)
    op.alter_column("profile_syncs", "priority", server_default=None)
    op.add_column("profile_syncs", sa.Column("resync_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_profile_syncs_resync_id"), "profile_syncs", "resyncs", ["resync_id"], ["resync_id"])
    op.drop_index("ix_profile_syncs_game_id_due_at", "profile_syncs")
    columns = ["game_id", "priority", "due_at"]
    op.create_index("ix_profile_syncs_game_id_priority_due_at", "profile_syncs", columns, postgresql_where=_WHERE_DUE)
    op.create_index(
        "ix_profile_syncs_leased",
        "profile_syncs",
        ["game_id", "leased_until"],
        postgresql_where=sa.text("leased_until IS NOT NULL"),
    )
    op.create_index(
        "ix_profile_syncs_resync_id",
        "profile_syncs",
        ["resync_id", "game_id"],
        postgresql_where=sa.text("resync_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_profile_syncs_resync_id", "profile_syncs")
    op.drop_index("ix_profile_syncs_leased", "profile_syncs")
    op.drop_index("ix_profile_syncs_game_id_priority_due_at", "profile_syncs")
    op.create_index(
        "ix_profile_syncs_game_id_due_at", "profile_syncs", ["game_id", "due_at"], postgresql_where=_WHERE_DUE
    )
    op.drop_column("profile_syncs", "resync_id")
    op.drop_column("profile_syncs", "priority")
    op.drop_table("resyncs")
    op.drop_table("game_gates")
