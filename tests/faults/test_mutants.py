"""The checks are proven: six programs that lack a precaution are caught, and GameDesk, put through the same, is not.

catalog owns items, sales copies them; players owns players, whom sales counts contacts with; the workers are real. The
test itself writes, by the services' own use cases, so that it holds both ends of each fault: every scenario makes for
certain what the precaution is against.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from gamedesk_catalog.commands.campaigns import create_campaign, launch_campaign
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.campaigns import NewCampaign
from gamedesk_catalog.quotes import Quote
from gamedesk_chassis import outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.guard import republish
from gamedesk_chassis.principal import Principal
from gamedesk_players.__main__ import republish_players
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.commands.merges import MergeRequest, merge_players
from gamedesk_players.commands.players import create_player
from gamedesk_players.model.agents import NewAgent
from gamedesk_players.model.players import NewPlayer
from gamedesk_sales.commands.touches import record_touch
from gamedesk_sales.model.touches import NewTouch

from tests.faults.harness import jetstream, streams
from tests.faults.harness.checks import check, copies
from tests.faults.harness.checks.evidence import Evidence
from tests.faults.harness.checks.money import totals_are_the_sum_of_their_parts
from tests.faults.harness.cluster import Cluster, NotSettled
from tests.faults.harness.layout import SABOTEUR
from tests.faults.harness.links import Commit

pytestmark = [pytest.mark.product, pytest.mark.faults]

OWNER, LISTENER = "catalog-worker-1", "sales-worker-1"
OTHERS = ("players-worker-1", "tickets-worker-1")  # who say and hear what players are
ADMIN = Principal("KF001", "admin", None)
SETTLES_WITHIN = 60.0
GIVEN_UP_AFTER = 5.0  # seconds; for the mutant that does not settle


class World:
    """The cluster, and a program that writes items into catalog's database through a link of its own."""

    def __init__(self, cluster: Cluster, eventually: Callable[..., Any]) -> None:
        self.cluster, self.eventually = cluster, eventually
        self.mutated: str | None = None  # the program that is a mutant now
        self.poison: dict[str, set[UUID]] = defaultdict(set)
        socket = cluster.layout.postgres["catalog"].socket_dir / ".s.PGSQL.5432"
        self.link = cluster.links.add("writer>postgres", socket)
        self.database = Database(cluster.layout.database_url("catalog", "writer"))
        self.players, self.sales = (Database(cluster.admin_databases[name]) for name in ("players", "sales"))
        self._phones = count(13800000000)

    def close(self) -> None:
        for database in (self.database, self.players, self.sales):
            database.dispose()

    @cached_property
    def campaign(self) -> UUID:
        """One that runs, and the admin who called for it."""
        new_admin = NewAgent(ADMIN.id, "管理员", "a password of the mutants", None, None, role="admin")
        self.players.transact(create_agent, None, new_admin)
        today = business_day(now())
        new = NewCampaign("活动", "", today, today + timedelta(days=7), ("xiyou",))
        campaign = UUID(self.database.transact(create_campaign, ADMIN, new).resource_id)
        self.database.transact(launch_campaign, ADMIN, campaign, 1)
        return campaign

    def create_player(self) -> UUID:
        new = NewPlayer(str(next(self._phones)), ADMIN.id)
        return UUID(self.players.transact(create_player, ADMIN, new, []).resource_id)

    def put(self, code: str, price_fen: int = 100, version: int = 1) -> None:
        """The item costs this from now on."""
        quote = Quote(code, price_fen, version, now() - timedelta(minutes=1), name=code)
        self.database.transact(apply_quotes, "xiyou", [quote], Origin("pull"), 100)

    def poisoned(self) -> None:
        """Somebody publishes what nobody can use."""
        types = ["catalog.pack.updated.v1"]
        planted = asyncio.run(jetstream.plant(self.cluster.admin_nats, jetstream.listens(), types))
        for consumer, ids in planted.items():
            self.poison[consumer] |= ids

    def start_again(self, program: str) -> None:
        """kill -9, and up again."""
        self.cluster.kill(program)
        self.cluster.restart(program)

    def published(self, code: str) -> bool:
        """Whether the relay is done with every event of the item."""
        waiting = "SELECT bool_and(published_at IS NOT NULL) FROM outbox WHERE payload ->> 'code' = %s"
        with psycopg.connect(self.cluster.admin_databases["catalog"].replace("+psycopg", "")) as connection:
            row = connection.execute(waiting, [code]).fetchone()
        return bool(row and row[0])

    def findings(self, settles_within: float = SETTLES_WITHIN) -> dict[str, set[str]]:
        """What the checks find when the cluster has come to rest, or does not."""
        found: dict[str, set[str]] = {}
        try:
            self.cluster.settle(settles_within)
        except NotSettled as left:
            found["I3"] = {str(left)}
        evidence = Evidence(
            databases=self.cluster.admin_databases,
            published=asyncio.run(jetstream.published(self.cluster.admin_nats)),
            listens=jetstream.listens(),
            poison=self.poison,
        )
        with evidence:
            for name, sentences in check(evidence).items():
                found.setdefault(name, set()).update(sentences)
        return found


def twice(world: World, code: str) -> None:
    """Everything in the stream comes again. What an item costs may be said twice; a letter must not be there twice."""
    world.poisoned()
    world.put(code)
    world.eventually(lambda: world.published(code), within=30)
    streams.repeat(world.cluster, "CATALOG")


def the_older_last(world: World, code: str) -> None:
    """Two versions reach the consumer in one batch, the younger first."""
    world.cluster.kill(LISTENER)
    world.put(code, 100, 1)
    world.put(code, 200, 2)
    world.eventually(lambda: world.published(code), within=30)
    flag = world.cluster.layout.failpoints(LISTENER) / "shuffle"
    flag.write_text("reverse")
    world.cluster.restart(LISTENER)
    world.cluster.settle(SETTLES_WITHIN)
    flag.unlink()


def rolled_back(world: World, code: str) -> None:
    """The COMMIT never reaches the database; the use case is run again, as another item."""
    lost, _ = world.link.at_commit(Commit.LOST, carrying=code.encode())
    world.put(code)
    assert lost.is_set()


def crashed(world: World, code: str) -> None:
    """The consumer crashes when it has applied the event, before it commits."""
    folder = world.cluster.layout.failpoints(LISTENER)
    (folder / "consumer-before-commit").touch()
    world.put(code)
    reached = folder / "consumer-before-commit.reached"
    world.eventually(reached.exists, within=30)
    reached.unlink()
    world.cluster.supervisor.wait_ready([LISTENER], 60)


def committed_late(world: World, code: str) -> None:
    """Of two transactions the one with the lower number in the outbox commits last."""
    held, release = world.link.at_commit(Commit.HELD, carrying=f"{code}-low".encode())
    low = threading.Thread(target=world.put, args=[f"{code}-low"])
    low.start()
    assert held.wait(30)
    world.put(f"{code}-high")
    world.eventually(lambda: world.published(f"{code}-high"), within=30)
    release()
    low.join()


def said_again(world: World, _code: str) -> None:
    """Two records of a person who was spoken with under both are merged; then players says again what all are."""
    campaign, records = world.campaign, [world.create_player(), world.create_player()]
    world.cluster.settle(SETTLES_WITHIN)
    for player in records:
        world.sales.transact(record_touch, ADMIN, NewTouch(player, "no_reply", campaign_id=campaign))
    survivor, loser = records
    world.players.transact(merge_players, ADMIN, survivor, 1, MergeRequest(loser, 1, {}))
    world.cluster.settle(SETTLES_WITHIN)
    with Evidence(world.cluster.admin_databases) as evidence:
        assert totals_are_the_sum_of_their_parts(evidence) == [], "the mutant works while nothing comes again"
    republish(world.players, [republish_players])


class Mutant(NamedTuple):
    """Whose precaution is taken out (None: the writer's), what is done to it, the checks that must notice."""

    program: str | None
    scenario: Callable[[World, str], None]
    caught_by: set[str]


MUTANTS = {
    "no-inbox": Mutant(LISTENER, twice, {"I9"}),
    "no-version-guard": Mutant(LISTENER, the_older_last, {"I5", "I6"}),
    "ack-before-commit": Mutant(LISTENER, crashed, {"I4", "I6"}),
    "increments": Mutant(LISTENER, said_again, {"totals"}),
    "publish-before-commit": Mutant(None, rolled_back, {"I2", "I6"}),
    "cursor-relay": Mutant(OWNER, committed_late, {"I3", "I4", "I6"}),
}


@pytest.fixture
def world(new_state_dir: Callable[[str], Path], eventually: Callable[..., Any]) -> Iterator[World]:
    with Cluster(new_state_dir("mutants"), programs=[OWNER, LISTENER, *OTHERS]) as cluster:
        copies.watch(cluster.admin_databases)
        streams.acknowledge_within(cluster, "CATALOG", "sales-catalog", 2.0)
        world = World(cluster, eventually)
        yield world
        world.close()


def test_every_mutant_is_caught_and_gamedesk_itself_is_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, mutant in MUTANTS.items():
        mutant.scenario(world, f"{name}-healthy")
    assert world.findings() == {}

    known: dict[str, set[str]] = {}
    for name, mutant in MUTANTS.items():
        with monkeypatch.context() as patch:
            _mutate(world, name, mutant, patch)
            mutant.scenario(world, name)
            found = world.findings(GIVEN_UP_AFTER if "I3" in mutant.caught_by else SETTLES_WITHIN)
        new = {check for check, sentences in found.items() if sentences - known.get(check, set())}
        assert new == mutant.caught_by, (name, found)
        known = found


def _mutate(world: World, name: str, mutant: Mutant, patch: pytest.MonkeyPatch) -> None:
    if world.mutated not in (None, mutant.program):
        world.cluster.set_environment(world.mutated, {"GAMEDESK_MUTANT": ""})
        world.start_again(world.mutated)
    world.mutated = mutant.program
    if mutant.program is not None:
        world.cluster.set_environment(mutant.program, {"GAMEDESK_MUTANT": name})
        world.start_again(mutant.program)
        return
    state, layout = world.cluster.state, world.cluster.layout
    patch.setattr(outbox, "_row", outbox._row)  # put back at the end
    patch.setenv("GAMEDESK_NATS_URL", layout.nats.url("catalog", state.secret("nats-catalog")))
    patch.syspath_prepend(SABOTEUR)
    import_module("saboteur_mutants").become(name)
