"""Handoffs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_players.model.handoffs import Handoff


def handoff_view(handoff: Handoff) -> dict[str, Any]:
    return asdict(handoff)
