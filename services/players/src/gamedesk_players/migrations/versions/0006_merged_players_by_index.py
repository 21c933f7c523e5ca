"""merged players are read from their index alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index(["merged_into", "player_id"])


def downgrade() -> None:
    _index(["merged_into"])


def _index(columns: Sequence[str]) -> None:
    op.drop_index("ix_players_merged_into", table_name="players")
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_players_merged_into", "players", list(columns), postgresql_where=merged)
