"""categories with forms, reply templates, incidents, transfers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The categories of before, with what usually has to be asked back; nothing of it is required.
_CATEGORIES = """
INSERT INTO ticket_categories (category_id, name_zh, name_en, active, default_priority, form, version,
                               created_at, updated_at)
SELECT category_id, name_zh, name_en, true, 'normal', form::jsonb, 1,
       now() + place * interval '1 millisecond', now() + place * interval '1 millisecond'
FROM (VALUES
  (1, 'account', '账号', 'Account', '[]'),
  (2, 'payment', '充值', 'Payment', '[
    {"key": "payment_number", "label_zh": "支付单号", "label_en": "Payment number", "kind": "text",
     "required": false, "options": []},
    {"key": "paid_on", "label_zh": "充值日期", "label_en": "Day of payment", "kind": "date",
     "required": false, "options": []},
    {"key": "amount_yuan", "label_zh": "金额（元）", "label_en": "Amount in yuan", "kind": "number",
     "required": false, "options": []}]'),
  (3, 'refund', '退款', 'Refund', '[
    {"key": "payment_number", "label_zh": "支付单号", "label_en": "Payment number", "kind": "text",
     "required": false, "options": []},
    {"key": "amount_yuan", "label_zh": "金额（元）", "label_en": "Amount in yuan", "kind": "number",
     "required": false, "options": []}]'),
  (4, 'bug', '故障', 'Bug', '[
    {"key": "device", "label_zh": "机型与系统", "label_en": "Device and system", "kind": "text",
     "required": false, "options": []},
    {"key": "repeatable", "label_zh": "能否重现", "label_en": "Happens again", "kind": "yes_no",
     "required": false, "options": []}]'),
  (5, 'gameplay', '玩法', 'Gameplay', '[]'),
  (6, 'suggestion', '建议', 'Suggestion', '[]'),
  (7, 'other', '其他', 'Other', '[]')
) AS first (place, category_id, name_zh, name_en, form)
"""

_ONLY_BUILT_IN = """
UPDATE tickets SET category = 'other'
WHERE category NOT IN ('account', 'payment', 'refund', 'bug', 'gameplay', 'suggestion', 'other')
"""


def upgrade() -> None:
    _create_settings()
    _create_incidents()
    op.execute(_CATEGORIES)


def downgrade() -> None:
    # Before, and after another upgrade, there are none but these.
    op.execute(_ONLY_BUILT_IN)
    for name in (
        "ticket_transfers",
        "incident_answer_tickets",
        "incident_answers",
        "reply_templates",
        "ticket_categories",
    ):
        op.drop_table(name)


def _create_settings() -> None:
    op.create_table(
        "ticket_categories",
        sa.Column("category_id", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("default_priority", sa.String(length=16), nullable=False),
        sa.Column("form", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_ticket_categories")),
    )
    op.create_table(
        "reply_templates",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category_id", sa.String(length=32), nullable=True),
        sa.Column("owner_agent_id", sa.String(length=32), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_reply_templates")),
    )
    op.create_index(
        "ix_reply_templates_owner_agent_id_position", "reply_templates", ["owner_agent_id", "position", "template_id"]
    )


def _create_incidents() -> None:
    op.create_table(
        "incident_answers",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close", sa.Boolean(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.ticket_id"], name=op.f("fk_incident_answers_ticket_id")),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_incident_answers")),
    )
    op.create_table(
        "incident_answer_tickets",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["incident_answers.answer_id"], name=op.f("fk_incident_answer_tickets_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.ticket_id"], name=op.f("fk_incident_answer_tickets_ticket_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", "ticket_id", name=op.f("pk_incident_answer_tickets")),
    )
    op.create_index(
        "ix_incident_answer_tickets_waiting",
        "incident_answer_tickets",
        ["answer_id", "ticket_id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "ticket_transfers",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("to_agent_id", sa.String(length=32), nullable=True),
        sa.Column("fates", postgresql.JSONB(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_ticket_transfers")),
    )
