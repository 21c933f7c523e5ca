"""The first tables."""

import sqlalchemy as sa
from alembic import op
from gamedesk_chassis.schema import (
    add_recovery_v1,
    create_event_tables_v1,
    drop_event_tables_v1,
    drop_recovery_v1,
    order_outbox_v2,
)
from sample_service.tables import copies, effects, metadata, things

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_event_tables_v1(op)
    order_outbox_v2(op)
    add_recovery_v1(op)
    metadata.create_all(op.get_bind(), tables=[things, copies, effects, metadata.tables["idempotency_keys"]])


def downgrade() -> None:
    drop_recovery_v1(op)
    drop_event_tables_v1(op)
    op.execute(sa.text("DROP TABLE things, copies, effects, idempotency_keys"))
