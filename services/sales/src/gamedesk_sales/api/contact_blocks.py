"""Players who asked not to be contacted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.web import Answer, answer, create_once

from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import contact_blocks
from gamedesk_sales.queries import contact_blocks as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.contact_blocks import block_view


def get_contact_block(player_id: str) -> Answer:
    return answer(block_view(resources().database.read(queries.get_contact_block, UUID(player_id))))


def lift_contact_block(player_id: str, body: dict[str, Any]) -> Answer:
    database = resources().database
    outcome = create_once(
        database,
        idempotency_keys,
        body,
        lambda tx, caller: contact_blocks.lift_block(tx, caller, UUID(player_id), body["reason"]),
    )
    return answer(block_view(database.read(queries.get_contact_block, UUID(player_id))), outcome.status)
