"""Categories of tickets."""

from __future__ import annotations

from sqlalchemy import Connection

from gamedesk_tickets.errors import CategoryNotFound
from gamedesk_tickets.model.categories import Category
from gamedesk_tickets.repository import categories


def list_categories(tx: Connection) -> list[Category]:
    return categories.all_categories(tx)


def get_category(tx: Connection, category_id: str) -> Category:
    category = categories.get(tx, category_id)
    if category is None:
        raise CategoryNotFound()
    return category
