"""imports of players from spreadsheets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counts = ("checked", "good", "bad", "duplicates", "created", "failed")
    op.create_table(
        "player_imports",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in counts),
        sa.Column("columns", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("run_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_player_imports")),
    )
    op.create_index("ix_player_imports_created_by_import_id", "player_imports", ["created_by", "import_id"])
    under_way = sa.text("state IN ('checking', 'running')")
    op.create_index("ix_player_imports_under_way", "player_imports", ["import_id"], postgresql_where=under_way)
    op.create_table(
        "player_import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("existing_player_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of_row", sa.Integer(), nullable=True),
        sa.Column("player_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["player_imports.import_id"], name=op.f("fk_player_import_rows_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_player_import_rows")),
    )
    op.create_index("ix_player_import_rows_result", "player_import_rows", ["import_id", "result", "row"])
    for name in ("player_id", "existing_player_id"):
        op.create_index(
            f"ix_player_import_rows_{name}",
            "player_import_rows",
            [name],
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )


def downgrade() -> None:
    op.drop_table("player_import_rows")
    op.drop_table("player_imports")
