"""Categories of tickets, and the forms that tickets of each are filled in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gamedesk_tickets.errors import FormDefinitionWrong, FormWrong
from gamedesk_tickets.model.tickets import Priority

FieldKind = Literal["text", "number", "date", "choice", "yes_no"]
FormValue = str | int | bool

MOST_CATEGORIES = 200


@dataclass(frozen=True)
class FormField:
    """One question of a form. `options`: what a `choice` is made from, nothing for the other kinds."""

    key: str
    label_zh: str
    label_en: str
    kind: FieldKind
    required: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """`default_priority` is that of its tickets unless one is given. An inactive one takes no further tickets."""

    category_id: str
    name_zh: str
    name_en: str
    active: bool
    default_priority: Priority
    form: tuple[FormField, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class NewCategory:
    category_id: str
    name_zh: str
    name_en: str
    default_priority: Priority = "normal"
    form: tuple[FormField, ...] = ()


def check_form(form: tuple[FormField, ...]) -> None:
    """Whether a form can be asked. Raises FormDefinitionWrong."""
    keys: set[str] = set()
    for place, field in enumerate(form):
        if field.key in keys:
            raise FormDefinitionWrong("Another field has this key.", pointer=f"/form/{place}/key")
        keys.add(field.key)
        if (field.kind == "choice") != bool(field.options):
            raise FormDefinitionWrong("A choice has options, other kinds have none.", pointer=f"/form/{place}/options")


def check_values(form: tuple[FormField, ...], values: dict[str, FormValue]) -> None:
    """Whether `values` (key → value) fill in `form`. Raises FormWrong for the first that does not, at
    /form/<key>, or at /form for a key that the form does not know."""
    fields = {field.key: field for field in form}
    for key, value in values.items():
        if key not in fields:
            known = ", ".join(fields) or "none"
            raise FormWrong(f"The form of this category has no such field; known are: {known}.", pointer="/form")
        fault = _fault(fields[key], value)
        if fault is not None:
            raise FormWrong(fault, pointer=f"/form/{key}")
    for field in form:
        if field.required and field.key not in values:
            raise FormWrong("This category asks for it.", pointer=f"/form/{field.key}")


def _fault(field: FormField, value: Any) -> str | None:
    """Why `value` is no answer to `field`, None if it is one."""
    match field.kind:
        case "yes_no":
            return None if isinstance(value, bool) else "Send true or false."
        case "number":
            return None if isinstance(value, int) and not isinstance(value, bool) else "Send a whole number."
        case "choice":
            return None if value in field.options else "Choose one of the options."
        case "date":
            return None if _is_date(value) else "Send a date, for instance 2026-11-22."
        case "text":
            return None if isinstance(value, str) and value.strip() else "Send a text."


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
