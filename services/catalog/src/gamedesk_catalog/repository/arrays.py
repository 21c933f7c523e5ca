"""Many values as one parameter, so that a statement is the same text however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY


def any_of(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column = ANY(:values)`."""
    return column == any_(literal(list(values), ARRAY(column.type)))
