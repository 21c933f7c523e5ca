"""handing off, merging and erasing players, and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "player_history",
        sa.Column("history_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["players.player_id"], name=op.f("fk_player_history_player_id")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_player_history")),
    )
    op.create_index("ix_player_history_player_id_history_id", "player_history", ["player_id", "history_id"])
    op.create_table(
        "handoffs",
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("from_agent_id", sa.String(length=32), nullable=False),
        sa.Column("to_agent_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_handoffs_state")),
        sa.ForeignKeyConstraint(["from_agent_id"], ["agents.agent_id"], name=op.f("fk_handoffs_from_agent_id")),
        sa.ForeignKeyConstraint(["to_agent_id"], ["agents.agent_id"], name=op.f("fk_handoffs_to_agent_id")),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoffs")),
    )
    op.create_index("ix_handoffs_running", "handoffs", ["handoff_id"], postgresql_where=sa.text("state = 'running'"))
    op.create_table(
        "merges",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("owner_before", sa.String(length=32), nullable=False),
        sa.Column("moved", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("merged_by", sa.String(length=32), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["survivor_id"], ["players.player_id"], name=op.f("fk_merges_survivor_id")),
        sa.ForeignKeyConstraint(["loser_id"], ["players.player_id"], name=op.f("fk_merges_loser_id")),
        sa.ForeignKeyConstraint(["owner_before"], ["agents.agent_id"], name=op.f("fk_merges_owner_before")),
        sa.PrimaryKeyConstraint("merge_id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_survivor_id_merge_id", "merges", ["survivor_id", "merge_id"])
    op.create_index("ix_merges_loser_id", "merges", ["loser_id"])
    op.create_index(
        "uq_merges_loser_id_standing",
        "merges",
        ["loser_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "erasures",
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("erased_by", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_agent_wechat_bindings_agent_id_binding_id", "agent_wechat_bindings", ["agent_id", "binding_id"])


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM erasures)")).scalar_one():
        # Without the list a backup that is put back brings them back.
        raise RuntimeError("players were erased on request: save `erasures export` and empty the table first")
    op.drop_index("ix_agent_wechat_bindings_agent_id_binding_id", table_name="agent_wechat_bindings")
    op.drop_table("erasures")
    op.drop_table("merges")
    op.drop_table("handoffs")
    op.drop_table("player_history")
