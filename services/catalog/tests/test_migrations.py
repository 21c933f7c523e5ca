"""The migrations of this service."""

from __future__ import annotations

from collections.abc import Callable

from gamedesk_catalog.__main__ import SERVICE
from gamedesk_catalog.tables import metadata
from gamedesk_testing.migrations import check_migrations


def test_migrations_make_the_tables_there_and_back(fresh_database: Callable[..., str]) -> None:
    check_migrations(SERVICE, metadata, fresh_database("catalog"))
