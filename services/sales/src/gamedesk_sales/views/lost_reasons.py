"""Reasons."""

from __future__ import annotations

from typing import Any

from gamedesk_sales.model.lost_reasons import LostReason


def reason_view(reason: LostReason) -> dict[str, Any]:
    return {
        "reason_id": reason.reason_id,
        "name": reason.name,
        "needs_note": reason.needs_note,
        "active": reason.active,
        "version": reason.version,
    }
