"""versions count from a base that a restored database raises; copies that differ from their owners are kept."""

from alembic import op
from gamedesk_chassis import schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.add_recovery_v1(op)


def downgrade() -> None:
    schema.drop_recovery_v1(op)
