"""Categories of tickets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.categories import Category


def category_view(category: Category) -> dict[str, Any]:
    return asdict(category)
