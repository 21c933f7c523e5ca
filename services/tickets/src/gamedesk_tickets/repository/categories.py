"""Categories of tickets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gamedesk_tickets.model.categories import Category, FormField
from gamedesk_tickets.tables import ticket_categories


def _category(row: Row[Any]) -> Category:
    form = tuple(FormField(**{**field, "options": tuple(field["options"])}) for field in row.form)
    return Category(**{**row._mapping, "form": form})


def all_categories(tx: Connection) -> list[Category]:
    """In the order they were made, inactive ones after the active; bounded by what `count` is held to."""
    order = (ticket_categories.c.active.desc(), ticket_categories.c.created_at, ticket_categories.c.category_id)
    return [_category(row) for row in tx.execute(select(ticket_categories).order_by(*order).limit(200))]


def get(tx: Connection, category_id: str) -> Category | None:
    row = tx.execute(select(ticket_categories).where(ticket_categories.c.category_id == category_id)).one_or_none()
    return _category(row) if row else None


def lock(tx: Connection, category_id: str) -> Category | None:
    query = select(ticket_categories).where(ticket_categories.c.category_id == category_id).with_for_update()
    row = tx.execute(query).one_or_none()
    return _category(row) if row else None


def lock_all(tx: Connection) -> None:
    """Categories are counted and added by one transaction at a time."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("ticket_categories", 0))))


def count(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(ticket_categories)).scalar_one()


def insert_category(tx: Connection, category: Category) -> None:
    tx.execute(insert(ticket_categories).values(asdict(category)))


def save(tx: Connection, category: Category) -> None:
    values = asdict(category)
    tx.execute(
        update(ticket_categories).where(ticket_categories.c.category_id == values.pop("category_id")).values(values)
    )
