"""The secrets that the first start made: in files of their owner's alone, strong, and told to nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import psutil
import psycopg
import pytest
from gamedesk_chassis.secret_settings import weakness

from tests.conftest import Site
from tests.security import search
from tests.security.search import Needles

pytestmark = pytest.mark.product


@pytest.fixture
def secrets(site: Site) -> dict[str, str]:
    """Every secret of the running product, by its name."""
    if site.product is None:
        pytest.skip("a product that was started elsewhere keeps its files to itself")
    state = site.product.state
    found: dict[str, str] = json.loads((state.folder / "secrets.json").read_text("utf-8"))
    found |= {f"games/{file.name}": file.read_text("utf-8").strip() for file in state.keys.glob("*.api_key")}
    found |= {f"games/{file.name}": file.read_text("utf-8").strip() for file in state.keys.glob("*.push_secret")}
    found["session"] = state.session_key.read_text("utf-8").split()[0]
    found["signing"] = json.loads(state.signing_key.read_text("utf-8"))["d"]
    return found


def test_each_was_made_by_itself_and_is_strong(secrets: dict[str, str]) -> None:
    users = {"nats-admin", "nats-players", "nats-tickets", "nats-catalog", "nats-sales", "nats-gateway"}
    assert set(secrets) >= {"postgres", "db-players", "db-tickets", "db-catalog", "db-sales", "session", *users}
    assert len(set(secrets.values())) == len(secrets), "no two are the same"
    assert {name: weakness(secret) for name, secret in secrets.items() if weakness(secret)} == {}


def test_their_files_are_their_owners_alone(site: Site, secrets: dict[str, str]) -> None:
    state = site.product.state
    needles = Needles(secrets)
    holding = {state.folder / place.partition(":")[2] for place, data in files(site) if list(needles.hits(place, data))}
    assert holding >= {state.folder / "secrets.json", state.session_key, state.signing_key}
    assert {file.name: oct(file.stat().st_mode & 0o077) for file in holding if file.stat().st_mode & 0o077} == {}
    assert all(file.parent in (state.folder, state.keys) for file in holding), "nowhere else"


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """What lies in the state folder, but for PostgreSQL's own pages; what it logs is among it."""
    state = site.product.state
    for file in sorted(state.folder.rglob("*")):
        if file.is_file() and not file.is_relative_to(site.product.layout.postgres.data):
            yield f"file:{file.relative_to(state.folder)}", file.read_bytes()


def test_no_process_is_started_with_one_in_its_arguments(site: Site, secrets: dict[str, str]) -> None:
    """Arguments are read by every account of the machine; a process's environment by its own alone."""
    needles = Needles(secrets)
    names = [process.name for process in (*site.product.layout.infrastructure(), *site.product.layout.programs())]
    pids = [site.product.pid(name) for name in names]
    assert None not in pids
    commands = [
        (f"process:{name}", "\0".join(psutil.Process(pid).cmdline()).encode())
        for name, pid in zip(names, pids, strict=True)
    ]
    assert needles.anywhere(commands) == []
    assert needles.anywhere([("process:x", f"psql -W {secrets['postgres']}".encode())]), "it would be found"


def test_no_process_tells_one(site: Site, secrets: dict[str, str]) -> None:
    layout = site.product.layout
    webs = {process.name: layout.url(process.name) for process in layout.programs() if process.name != "simulator"}
    refused = f"told-{uuid4().hex}"
    with layout.postgres.connect() as connection, pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute(f"SELECT 1/0 -- {refused}".encode())

    places = [*search.files("log", site.product.state.logs), *search.metrics(webs)]

    found = Needles({"refused": refused}).anywhere(places)
    assert [hit.place for hit in found] == ["log:postgres.log"], "what a server logs would be found"
    assert Needles(secrets).anywhere(places) == []
