"""Packs that wait for somebody to decide."""

from __future__ import annotations

from typing import Any

from gamedesk_catalog.queries.approvals import Waiting
from gamedesk_catalog.views.packs import pack_view


def waiting_view(waiting: Waiting) -> dict[str, Any]:
    """A pack, with `decision`: what the caller may do about it."""
    names = ("may_approve", "because", "price_fen", "max_discount_bp", "floor_fen")
    return {**pack_view(waiting.pack), "decision": {name: getattr(waiting, name) for name in names}}
