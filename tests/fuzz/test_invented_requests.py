"""Requests that schemathesis invents from each contract, linked to what earlier answers told of: no 5xx, every answer
as the contract says, every refusal a problem document that repeats nothing; and every operation is granted at times."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import pytest
from argon2 import PasswordHasher
from gamedesk_players import passwords

from tests.contract.services import NAMES
from tests.fuzz.desk import Desk
from tests.fuzz.front import own_operations
from tests.fuzz.memory import Memory
from tests.fuzz.walk import Walk
from tests.fuzz.world import CALLERS, GATEWAY, PASSWORD, World

pytestmark = pytest.mark.large

CASES = int(os.environ.get("GAMEDESK_TEST_CASES", "100"))
PASSED_ON_CASES = 5
SEED = int(os.environ.get("GAMEDESK_TEST_SEED", "1"))
PUSH_KEY = b"a secret of these tests, long enough"
GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
  - {id: kept, name: 留, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""


@pytest.fixture(scope="session")
def world(fresh_database: Callable[..., str], keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "key").write_text("whsec_" + base64.b64encode(PUSH_KEY).decode())
    (folder / "key").chmod(0o600)
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))  # nobody guesses
        world = World(fresh_database, keys, folder / "games.yaml")
        yield world
        world.close()


@pytest.fixture(scope="session")
def memory() -> Memory:
    memory = Memory(Random(SEED))
    memory.teach("game_id", "xiyou")
    memory.teach("agent_id", "KF001", "KF002", "KF003")
    memory.teach("password", PASSWORD)
    return memory


@pytest.fixture(scope="session")
def walk(world: World, memory: Memory, token_for: Callable[..., str]) -> Callable[[str], Walk]:
    """A walk of each service; before the first, each has made a few things for the others to name."""
    tokens = {agent_id: token_for(agent_id, role, team) for agent_id, (role, team) in CALLERS.items()}
    desk = Desk(world, tokens, Random(SEED))
    memory.hidden = desk.hidden
    walks = {name: Walk(world, memory, desk, name, tokens, PUSH_KEY, SEED) for name in (*NAMES, GATEWAY)}
    memory.learn(walks["catalog"].get("/items"))
    memory.learn(walks["tickets"].get("/ticket-categories"))
    for name in ("players", "catalog", "tickets"):
        walks[name].run(8, _makes(walks[name]).__contains__)
    memory.learn(walks["sales"].get("/recovery-proposals"))
    walks["sales"].run(8, _makes(walks["sales"]).__contains__)
    return walks.__getitem__


def _makes(walk: Walk) -> list[str]:
    """The operations that make something out of nothing else than their body."""
    return [o.operation_id for o in walk.contract.operations if o.method == "POST" and "{" not in o.path]


@pytest.mark.parametrize("name", NAMES)
def test_invented_requests_are_answered_by_the_contract(walk: Callable[[str], Walk], name: str) -> None:
    walked = walk(name)
    started = time.perf_counter()

    walked.run(CASES)

    judge(walked, walked.told.keys(), time.perf_counter() - started)


def test_the_gateway_answers_invented_requests_by_its_contract(walk: Callable[[str], Walk]) -> None:
    """Its own operations; what it passes on is asked more of the services themselves."""
    walked, own = walk(GATEWAY), own_operations()
    started = time.perf_counter()

    walked.run(PASSED_ON_CASES, lambda operation_id: operation_id not in own)
    walked.run(CASES, own.__contains__)

    judge(walked, own, time.perf_counter() - started)


def judge(walked: Walk, granted: Iterable[str], seconds: float) -> None:
    """No promise was broken, and each of the operations `granted` was so at times."""
    count = sum(told.cases for told in walked.told.values())
    told = f"seed {SEED}; {count} cases, {seconds / count * 1000:.1f} ms each"
    sys.stdout.write("\n".join([told, *walked.lines(), ""]))
    assert not walked.failures, "\n\n".join(f"{fault}\n{request}" for fault, request in walked.failures.items())
    assert [operation for operation in granted if not walked.told[operation].granted] == []
    assert walked.world.dead_letters() == 0
