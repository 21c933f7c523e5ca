"""The pytest plugin: servers, databases, keys and tokens as fixtures.

GAMEDESK_TEST_INFRA      `embedded` (default) or `containers`
GAMEDESK_TEST_POSTGRES   a superuser's address of a server to use instead of an own one
GAMEDESK_TEST_NATS       addresses of servers to use instead of own ones, one per xdist worker, with commas
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from gamedesk_local import system
from gamedesk_local.nats_server import NatsServer

from gamedesk_testing import run_folder
from gamedesk_testing.databases import FreshDatabases
from gamedesk_testing.polling import eventually as wait_until
from gamedesk_testing.tokens import Keys, make_keys

RUN_FOLDER = pytest.StashKey[Path]()
WORKER_KEY = "gamedesk_run_folder"


class Nats(Protocol):
    """A NATS server that a test may stop, kill and rob of its disk."""

    port: int

    def url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def wipe(self) -> None: ...


def pytest_configure(config: pytest.Config) -> None:
    """A worker takes the run's folder from its controller; otherwise it is made when first asked for."""
    given = getattr(config, "workerinput", {}).get(WORKER_KEY)
    if given:
        config.stash[RUN_FOLDER] = Path(given)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: tell a worker which folder the run uses."""
    node.workerinput[WORKER_KEY] = str(_run_folder(node.config))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller clears away what the run left."""
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        run_folder.clear(config.stash[RUN_FOLDER])


def _run_folder(config: pytest.Config) -> Path:
    if RUN_FOLDER not in config.stash:
        config.stash[RUN_FOLDER] = run_folder.make()
    return config.stash[RUN_FOLDER]


def _in_containers() -> bool:
    choice = os.environ.get("GAMEDESK_TEST_INFRA", "embedded")
    if choice not in ("embedded", "containers"):
        pytest.fail(f"GAMEDESK_TEST_INFRA is {choice!r}; it may be 'embedded' or 'containers'")
    return choice == "containers"


@pytest.fixture(scope="session", autouse=True)
def _contracts_checked_once() -> Iterator[None]:
    from gamedesk_testing.contract_checks import check_each_contract_once

    with pytest.MonkeyPatch.context() as patch:
        check_each_contract_once(patch)
        yield


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this xdist worker, `gw0` without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """A superuser's address (`postgresql+psycopg://…/postgres`) of a real PostgreSQL, one for the run."""
    given = os.environ.get("GAMEDESK_TEST_POSTGRES")
    if given:
        yield given
    elif _in_containers():
        from gamedesk_testing import containers

        with containers.postgres() as url:
            yield url
    else:
        yield run_folder.postgres_url(_run_folder(pytestconfig))


@pytest.fixture(scope="session")
def fresh_database(postgres_server: str, worker: str) -> FreshDatabases:
    """`fresh_database(name, migrate=None) -> url`: a new database, copied from one that was migrated once."""
    return FreshDatabases(postgres_server, worker)


def _new_nats(config: pytest.Config) -> Nats:
    if _in_containers():
        from gamedesk_testing import containers

        return containers.ContainerNats()
    port = system.free_port()
    return NatsServer(_run_folder(config) / f"nats-{port}", port)


def _running(server: Nats) -> Iterator[Nats]:
    server.start()
    try:
        yield server
    finally:
        server.kill()
        server.wipe()


@pytest.fixture(scope="session")
def nats_server(pytestconfig: pytest.Config) -> Iterator[Nats]:
    """A NATS server with JetStream of this worker alone; what a test stops it must start again."""
    yield from _running(_new_nats(pytestconfig))


@pytest.fixture
def fresh_nats(pytestconfig: pytest.Config) -> Iterator[Nats]:
    """A NATS server of this one test: empty, and free to be stopped, killed, wiped and started."""
    yield from _running(_new_nats(pytestconfig))


@pytest.fixture(scope="session")
def nats_url(request: pytest.FixtureRequest, worker: str) -> str:
    """The address of this worker's NATS server: streams have fixed names, so workers never share one."""
    given = os.environ.get("GAMEDESK_TEST_NATS")
    if not given:
        server: Nats = request.getfixturevalue("nats_server")
        return server.url()
    urls, number = given.split(","), int(worker.removeprefix("gw"))
    if number >= len(urls):
        pytest.fail(f"GAMEDESK_TEST_NATS names {len(urls)} server(s); worker {worker} needs one of its own")
    return urls[number]


@pytest.fixture(scope="session")
def new_state_dir(pytestconfig: pytest.Config) -> Callable[[str], Path]:
    """`new_state_dir(name)`: a new folder for a `Product` or a server of a test's own.

    pytest's own temporary folders will not do for root: every other pytest shuts them to PostgreSQL's account.
    """

    def make(name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_run_folder(pytestconfig)))

    return make


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback address that nobody uses."""
    return system.free_port()


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """`eventually(condition, within=30.0)`: ask until it holds; see gamedesk_testing.polling."""
    return wait_until


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The signing key and public keys of this run, as files too."""
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def token_for(keys: Keys) -> Callable[..., str]:
    """`token_for(agent_id, role, team, expires_in=1800, **claims)`: an access token as players issues it."""
    return keys.token


@pytest.fixture(scope="session")
def running_games(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The game-server simulator; `simulated_games` gives it in its first state."""
    from gamedesk_testing import simulated_games

    with simulated_games.running(tmp_path_factory.mktemp("games")) as games:
        yield games


@pytest.fixture
def simulated_games(running_games: Any) -> Any:
    """A `gamedesk_testing.simulated_games.SimulatedGames` without faults and with nothing remembered."""
    running_games.reset()
    return running_games
