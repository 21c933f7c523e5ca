"""The categories that leads maintain, and whether a ticket fits the one it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from sqlalchemy import Connection

from gamedesk_tickets.errors import CategoryExists, CategoryNotFound, CategoryNotUsable, TooManyCategories
from gamedesk_tickets.model.categories import MOST_CATEGORIES, Category, NewCategory, check_form, check_values
from gamedesk_tickets.model.tickets import Ticket
from gamedesk_tickets.repository import categories


def create_category(tx: Connection, new: NewCategory) -> Outcome:
    """Raises FormDefinitionWrong, CategoryExists, TooManyCategories."""
    check_form(new.form)
    categories.lock_all(tx)
    if categories.get(tx, new.category_id) is not None:
        raise CategoryExists("Choose another id; ids stay even of inactive ones.", pointer="/category_id")
    if categories.count(tx) >= MOST_CATEGORIES:
        raise TooManyCategories(f"There are {MOST_CATEGORIES} already; rename one that is not used any more.")
    moment = now()
    category = Category(**vars(new), active=True, version=1, created_at=moment, updated_at=moment)
    categories.insert_category(tx, category)
    return Outcome(category.category_id)


def edit_category(tx: Connection, category_id: str, expected_version: int, changes: dict[str, Any]) -> None:
    """Apply `changes` (fields of Category). Tickets keep the form that they were filled in with until edited.

    Raises CategoryNotFound, StaleVersion, FormDefinitionWrong.
    """
    category = categories.lock(tx, category_id)
    if category is None:
        raise CategoryNotFound()
    if category.version != expected_version:
        raise StaleVersion()
    edited = replace(category, **changes, version=category.version + 1, updated_at=now())
    check_form(edited.form)
    categories.save(tx, edited)


def usable(tx: Connection, category_id: str, pointer: str = "/category") -> Category:
    """The category that a ticket is to get. Raises CategoryNotUsable."""
    category = categories.get(tx, category_id)
    if category is None or not category.active:
        raise CategoryNotUsable("Choose from the list of categories.", pointer=pointer)
    return category


def fitted(tx: Connection, before: Ticket, after: Ticket) -> Ticket:
    """An edited ticket whose form is that of its category.

    With another category and the form left as it was, the answers stay that the new form asks for too. Raises
    CategoryNotUsable, FormWrong.
    """
    if (after.category, after.form) == (before.category, before.form):
        return after
    if after.category == before.category:
        category = categories.get(tx, after.category)
        if category is None:  # never deleted, but a database may have been taken back behind their migration
            raise CategoryNotUsable("Choose from the list of categories.", pointer="/category")
    else:
        category = usable(tx, after.category)
    if after.form is before.form:
        keys = {field.key for field in category.form}
        after = replace(after, form={key: value for key, value in before.form.items() if key in keys})
    check_values(category.form, after.form)
    return after
