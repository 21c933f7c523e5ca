"""an erasure finds rows of imports whose phone cell is not exactly one phone."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.migrate import index_concurrently

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEX = "ix_player_import_rows_no_phone"


def upgrade() -> None:
    no_phone = sa.text("phone_key IS NULL")
    index_concurrently(_INDEX, "player_import_rows", ["import_id", "row"], postgresql_where=no_phone)


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="player_import_rows")
