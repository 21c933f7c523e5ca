"""players who were merged are found by whom they were merged into; records of a player in the order of recording."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_player_copies_merged_into", "player_copies", ["merged_into"], postgresql_where=merged)
    op.create_index("ix_touches_player_id_touch_id", "touches", ["player_id", "touch_id"])


def downgrade() -> None:
    op.drop_index("ix_touches_player_id_touch_id", "touches")
    op.drop_index("ix_player_copies_merged_into", "player_copies")
