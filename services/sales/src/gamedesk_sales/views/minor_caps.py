"""What minors may spend."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_sales.model.minor_caps import MinorCap


def cap_view(cap: MinorCap) -> dict[str, Any]:
    return asdict(cap)
