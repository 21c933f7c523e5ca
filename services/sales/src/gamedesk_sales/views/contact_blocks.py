"""Contact blocks."""

from __future__ import annotations

from typing import Any

from gamedesk_sales.model.contact_blocks import ContactBlock


def block_view(block: ContactBlock) -> dict[str, Any]:
    return {
        "player_id": block.player_id,
        "in_force": block.lifted_at is None,
        "touch_id": block.touch_id,
        "blocked_by": block.blocked_by,
        "blocked_at": block.blocked_at,
        "lifted_by": block.lifted_by,
        "lifted_at": block.lifted_at,
        "lift_reason": block.lift_reason,
    }
