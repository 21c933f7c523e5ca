"""the first lost reasons; leads rename, deactivate and add to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import insert

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Fixed ids: every installation starts with the same list.
_ID = "01940000-0000-7000-8000-0000000000{:02d}"
_NAMES = ["价格太高", "暂时不需要", "已在别处购买", "对内容不满意", "近期已充值", "联系不上后放弃", "其他"]

_reasons = sa.table(
    "lost_reasons",
    sa.column("reason_id", sa.Uuid),
    sa.column("name", sa.String),
    sa.column("needs_note", sa.Boolean),
    sa.column("active", sa.Boolean),
    sa.column("version", sa.Integer),
    sa.column("created_at", sa.DateTime),
    sa.column("updated_at", sa.DateTime),
)


def upgrade() -> None:
    for number, name in enumerate(_NAMES, start=1):
        op.execute(
            insert(_reasons)
            .values(
                reason_id=_ID.format(number),
                name=name,
                needs_note=name == "其他",
                active=True,
                version=1,
                created_at=sa.func.now(),
                updated_at=sa.func.now(),
            )
            .on_conflict_do_nothing()
        )


def downgrade() -> None:
    """They stay, because touches may name them; another upgrade finds them there."""
