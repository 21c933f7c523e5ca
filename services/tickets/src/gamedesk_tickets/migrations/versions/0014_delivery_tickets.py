"""an order that is not delivered in time has one ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_tickets",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("told", sa.String(16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.ticket_id"], name=op.f("fk_delivery_tickets_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_delivery_tickets")),
    )


def downgrade() -> None:
    op.drop_table("delivery_tickets")
