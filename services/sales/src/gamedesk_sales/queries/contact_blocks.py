"""Who asked not to be contacted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales.errors import NoContactBlock
from gamedesk_sales.model.contact_blocks import ContactBlock
from gamedesk_sales.repository import contact_blocks, copies


def get_contact_block(tx: Connection, player_id: UUID) -> ContactBlock:
    block = contact_blocks.latest(tx, copies.same_person(tx, [player_id]))
    if block is None:
        raise NoContactBlock()
    return block
