"""timelines by player; merged and erased players."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FILL = "UPDATE entries SET player_id = tickets.player_id FROM tickets WHERE tickets.ticket_id = entries.ticket_id"


def upgrade() -> None:
    op.create_table(
        "profile_copies",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("game_id", sa.String(length=32), nullable=False),
        sa.Column("server", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profile_copies")),
    )
    op.create_index(op.f("ix_profile_copies_player_id"), "profile_copies", ["player_id"])
    op.create_index(
        "ix_player_copies_merged_into",
        "player_copies",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.add_column("entries", sa.Column("player_id", sa.Uuid(), nullable=True))
    op.execute(_FILL)
    op.alter_column("entries", "player_id", nullable=False)
    op.create_index("ix_entries_player_id_entry_id", "entries", ["player_id", "entry_id"])


def downgrade() -> None:
    op.drop_index("ix_entries_player_id_entry_id", table_name="entries")
    op.drop_column("entries", "player_id")
    op.drop_index(
        "ix_player_copies_merged_into",
        table_name="player_copies",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index(op.f("ix_profile_copies_player_id"), table_name="profile_copies")
    op.drop_table("profile_copies")
