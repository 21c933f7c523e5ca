"""Requests that schemathesis invents from each contract, linked to what earlier answers told of: no 5xx, every answer
as the contract says, every refusal a problem document that repeats nothing; and every operation is granted at times."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from tests.contract.services import NAMES
from tests.fuzz.memory import Memory
from tests.fuzz.walk import Walk
from tests.fuzz.world import PASSWORD, World

pytestmark = pytest.mark.large

CASES = int(os.environ.get("GAMEDESK_TEST_CASES", "30"))
SEED = int(os.environ.get("GAMEDESK_TEST_SEED", "1"))
PUSH_KEY = b"a secret of these tests, long enough"
GAMES = """
games:
  - {id: xiyou, name: 西游传说, api_url: 'http://127.0.0.1:9', api_key_file: key, push_secret_files: [key]}
"""

# Operations that no invented request, or only a lucky one, can satisfy, and why.
NEVER_GRANTED: dict[str, str] = {
    "retry_delivery": "a delivery is tried again when the game has refused it, and there is no game here",
    "take_recovery_proposal": "it needs a solved ticket about a payment and nobody who spoke to its player since",
    "dismiss_recovery_proposal": "as take_recovery_proposal",
    "decide_held_price": "a price is held while none newer has come: few are, and each only once",
    "verify_order": "an order is another's, paid by transfer and looked at by nobody: few are, and each only once",
    "reject_payment": "as verify_order",
    "create_refund": "an order is another's, confirmed, and not yet given back",
    "cancel_order": "an order is another's, and neither cancelled nor delivered yet: most are",
    "approve_pack": "a pack is another's and waits for approval: most are retired by then",
    "reject_pack": "as approve_pack",
    "attach_children": "an incident is open, and tickets of living players wait to be its children",
    "detach_child": "as attach_children, and one is attached",
    "answer_incident": "as attach_children",
    "get_incident_answer": "as answer_incident",
    "get_attachment_thumbnail": "a picture was taken, and is asked for before its player is erased",
    "extend_quote": "a quote is another's, open, and can be extended once",
    "replay_dead_letter": "no event may become a dead letter here: `judge` counts them",
}


@pytest.fixture(scope="session")
def world(fresh_database: Callable[..., str], keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "key").write_text("whsec_" + base64.b64encode(PUSH_KEY).decode())
    (folder / "key").chmod(0o600)
    (folder / "games.yaml").write_text(GAMES, encoding="utf-8")
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
    walks = {name: Walk(world, memory, name, token_for, PUSH_KEY, SEED) for name in NAMES}
    memory.learn(walks["catalog"].get("/items"))
    memory.learn(walks["tickets"].get("/ticket-categories"))
    for name in ("players", "catalog", "tickets"):
        walks[name].run(8, _makes(walks[name]).__contains__)
        walks[name].run(4)
    walks["tickets"].run(12, {"move_ticket"}.__contains__)  # of what is solved, sales proposes to speak
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

    judge(walked, time.perf_counter() - started)


def judge(walked: Walk, seconds: float) -> None:
    """No promise was broken, and each operation was granted at times, or the reason why not is known."""
    count = sum(told.cases for told in walked.told.values())
    told = f"seed {SEED}; {count} cases, {seconds / count * 1000:.1f} ms each"
    sys.stdout.write("\n".join([told, *walked.lines(), ""]))
    assert not walked.failures, "\n\n".join(f"{fault}\n{request}" for fault, request in walked.failures.items())
    never = {operation for operation, told in walked.told.items() if not told.granted}
    assert never <= NEVER_GRANTED.keys()
    assert walked.world.dead_letters() == 0
