"""merged players are read from their index alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INDEX = "ix_players_merged_into"


def upgrade() -> None:
    _replace("after", ["merged_into", "player_id"])


def downgrade() -> None:
    _replace("before", ["merged_into"])


def _replace(suffix: str, columns: Sequence[str]) -> None:
    index_concurrently(f"{_INDEX}_{suffix}", "players", columns, postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.drop_index(_INDEX, table_name="players")
    op.execute(f"ALTER INDEX {_INDEX}_{suffix} RENAME TO {_INDEX}")
