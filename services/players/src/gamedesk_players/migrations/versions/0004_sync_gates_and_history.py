"""gates before the games, urgency of questions, and resyncs."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import committed, index_concurrently
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BACKGROUND = 2
_FOREIGN_KEY = "fk_profile_syncs_resync_id"
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
        if_not_exists=True,
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
        if_not_exists=True,
    )
    unfinished = sa.text("state <> 'done'")
    op.create_index("ix_resyncs_unfinished", "resyncs", ["resync_id"], postgresql_where=unfinished, if_not_exists=True)
    _change_syncs()


def _change_syncs() -> None:
    """The table is large and in use: its indexes are built and its key is checked meanwhile."""
    # The service of before, which goes on until the new one is up, writes no priority.
    priority = sa.Column("priority", sa.SmallInteger(), nullable=False, server_default=str(_BACKGROUND))
    op.add_column("profile_syncs", priority, if_not_exists=True)
    op.add_column("profile_syncs", sa.Column("resync_id", sa.Uuid(), nullable=True), if_not_exists=True)
    op.execute(f"ALTER TABLE profile_syncs DROP CONSTRAINT IF EXISTS {_FOREIGN_KEY}")
    op.create_foreign_key(
        op.f(_FOREIGN_KEY), "profile_syncs", "resyncs", ["resync_id"], ["resync_id"], postgresql_not_valid=True
    )
    with committed():
        op.execute(f"ALTER TABLE profile_syncs VALIDATE CONSTRAINT {_FOREIGN_KEY}")
    for name, columns, where in [
        ("ix_profile_syncs_game_id_priority_due_at", ["game_id", "priority", "due_at"], "due_at IS NOT NULL"),
        ("ix_profile_syncs_leased", ["game_id", "leased_until"], "leased_until IS NOT NULL"),
        ("ix_profile_syncs_resync_id", ["resync_id", "game_id"], "resync_id IS NOT NULL"),
    ]:
        index_concurrently(name, "profile_syncs", columns, postgresql_where=sa.text(where))
    op.drop_index("ix_profile_syncs_game_id_due_at", "profile_syncs")


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
