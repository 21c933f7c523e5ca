"""A migration that is killed on its way through what is pending is finished by the next one, in every service."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from gamedesk_chassis.migrate import migrate
from gamedesk_testing.migrations import differences

from tests.faults.harness.faults import SERVICES
from tests.faults.harness.migration import kill_when, start

_MIGRATE = """
import sys
from pathlib import Path
from gamedesk_chassis.migrate import migrate
migrate(sys.argv[1], Path(sys.argv[2]))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_that_is_killed_is_finished_by_the_next(
    service: str, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    package = import_module(f"gamedesk_{service}.tables")
    migrations = Path(str(package.__file__)).parents[1] / "migrations"
    _, reached, *_, last = sorted(file.name[:4] for file in (migrations / "versions").glob("0*.py"))
    of_it = f"SELECT version_num >= '{reached}' FROM alembic_version"
    url = ""
    for _ in range(5):  # on a busy machine it may be through before it is seen
        url = fresh_database(service)
        migrating = start([sys.executable, "-c", _MIGRATE, url, str(migrations)], None, tmp_path / "log")
        if kill_when(of_it, url, migrating) and version(url) < last:
            break
    assert reached <= version(url) < last, "it was killed on its way"
    migrate(url, migrations)

    assert version(url) == last
    assert differences(url, package.metadata) == []


def version(url: str) -> str:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row
    return row[0]
