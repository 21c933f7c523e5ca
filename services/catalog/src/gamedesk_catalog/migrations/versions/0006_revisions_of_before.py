"""Packs of before have the revision that they are at, and have been in their state since they were changed last."""

from gamedesk_chassis.migrate import committed

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# In short transactions, as packs are sold meanwhile. The revision that a pack is at stands for all before it.
_SOME = """
    WITH batch AS (
        SELECT pack_id FROM packs p
        WHERE NOT EXISTS (SELECT FROM pack_revisions r WHERE r.pack_id = p.pack_id) LIMIT 500
    ), since AS (
        UPDATE packs SET state_since = updated_at FROM batch WHERE packs.pack_id = batch.pack_id
    )
    INSERT INTO pack_revisions (pack_id, revision, name, description, discount_bp, list_price_fen, price_fen, rounding,
                                contents, valid_until, made_by, made_at)
    SELECT pack_id, revision, name, '', discount_bp, list_price_fen, price_fen, 'fen',
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'item_id', i.item_id, 'game_id', i.game_id, 'code', i.code, 'name', i.name,
                       'quantity', c.quantity, 'unit_price_fen', c.unit_price_fen) ORDER BY c.position), '[]')
            FROM pack_contents c JOIN items i USING (item_id) WHERE c.pack_id = p.pack_id),
           valid_until, revised_by, updated_at
    FROM packs p JOIN batch USING (pack_id)
"""


def upgrade() -> None:
    with committed() as connection:
        while connection.exec_driver_sql(_SOME).rowcount:
            pass


def downgrade() -> None:
    """What is undone goes with its tables."""
