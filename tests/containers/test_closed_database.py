"""A service's database in a container asks everybody for a password, on the socket too."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from gamedesk_testing import eventually

from tests.containers.compose import ROOT, run

pytestmark = pytest.mark.containers
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
TCP, SOCKET = "-h 127.0.0.1", ""
PASSWORDS = {"postgres_password": "superuser-for-tests", "service_password": "service-for-tests"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The container of players' database, as compose starts it; gives its name."""
    folder = tmp_path_factory.mktemp("secrets")
    for name, password in PASSWORDS.items():
        Path(folder, name).write_text(password)
        Path(folder, name).chmod(0o644)  # here it is read by the image's own user
    folder.chmod(0o755)
    name = f"gamedesk-closed-{secrets.token_hex(3)}"
    service = COMPOSE["services"]["players-db"]
    variables = [f"{key}={value}" for key, value in service["environment"].items()]
    mounts = [f"{folder}:/run/gamedesk:ro", f"{ROOT}/deploy/postgres:/docker-entrypoint-initdb.d:ro"]
    options = [part for variable in variables for part in ("-e", variable)] + [p for m in mounts for p in ("-v", m)]
    run("docker", "run", "-d", "--name", name, *options, service["image"], *service["command"])
    try:
        eventually(lambda: enters(name, "players", PASSWORDS["service_password"], "players", TCP), within=60)
        yield name
    finally:
        run("docker", "rm", "-f", "-v", name)


def enters(container: str, role: str, password: str, database: str, host: str) -> bool:
    """Whether a role gets in; `host` is a part of psql's command line."""
    command = f"psql {host} -U {role} -d {database} -tAc 'select 42' 2>&1 || true"
    return "42" in run("docker", "exec", "-e", f"PGPASSWORD={password}", container, "sh", "-c", command).split()


@pytest.mark.parametrize("host", [TCP, SOCKET])
def test_nobody_is_trusted(database: str, host: str) -> None:
    for role, right in (("players", PASSWORDS["service_password"]), ("postgres", PASSWORDS["postgres_password"])):
        assert enters(database, role, right, role, host)
        assert not enters(database, role, "", role, host)
        assert not enters(database, role, "wrong", role, host)


@pytest.mark.parametrize("other", ["postgres", "template1"])
def test_the_service_enters_its_own_database_alone(database: str, other: str) -> None:
    assert not enters(database, "players", PASSWORDS["service_password"], other, TCP)


def test_the_servers_log_leaves_rows_out(database: str) -> None:
    statements = "create table person (phone text unique); insert into person values ('13812345678')"
    for statement in (statements, "insert into person select phone from person"):
        command = f'psql -h 127.0.0.1 -U players -c "{statement}" 2>&1 || true'
        password = f"PGPASSWORD={PASSWORDS['service_password']}"
        answer = run("docker", "exec", "-e", password, database, "sh", "-c", command)
    assert "13812345678" in answer, "the client is told which row"
    log = run("sh", "-c", f"docker logs {database} 2>&1")
    assert "person_phone_key" in log
    assert "13812345678" not in log
