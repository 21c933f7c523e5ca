"""answers to incidents by ticket, and under a lease."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_incident_answers_ticket_id"), "incident_answers", ["ticket_id"])
    op.add_column("incident_answer_tickets", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident_answer_tickets", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("incident_answer_tickets", "attempts")
    op.drop_column("incident_answer_tickets", "leased_until")
    op.drop_index(op.f("ix_incident_answers_ticket_id"), table_name="incident_answers")
