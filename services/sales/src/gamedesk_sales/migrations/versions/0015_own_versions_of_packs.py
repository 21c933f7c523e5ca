"""packs know the version that the catalog has of them, which their events count from a base."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those of before have the same of both, or get theirs by a republication of the catalog.
    op.add_column("pack_copies", sa.Column("own_version", sa.Integer()), if_not_exists=True)


def downgrade() -> None:
    op.drop_column("pack_copies", "own_version")
