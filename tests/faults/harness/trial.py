"""One trial: load under faults, heal, settle, find out what is unknown, check everything."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import CREATED
from pathlib import Path
from typing import Any

import httpx
import psycopg
from game_server.games import load_games

from tests.faults.harness import clients, jetstream
from tests.faults.harness.agent import Agent, GameBackend
from tests.faults.harness.checks import check, copies, not_applied
from tests.faults.harness.checks.evidence import OWNED, Evidence
from tests.faults.harness.cluster import Cluster, NotSettled
from tests.faults.harness.ledger import Ledger, Write
from tests.faults.harness.plan import Campaign, Step
from tests.faults.harness.shop import AGENTS, GAME, LEAD, PASSWORD, Shop, open_shop
from tests.faults.harness.wire import Traffic, Wire

SETTLES_WITHIN = 60.0  # seconds after the last fault, I3
REST_WITHIN = 200.0  # a delivery's longest pause, the lease of a worker that was killed, and some more
KNOWN_WITHIN = 120.0
_POLL = 0.5

# Does its harm to the cluster, all of it within the seconds of the trial; everything is undone when it returns.
Harm = Callable[[Cluster], Campaign]


@dataclass
class Report:
    """What a trial came to.

    `findings`: check → sentences; none is good. `not_applied`: what the checks could not look at, and why. `faults`
    and `bit`: kind → how often it was armed, and how often it then did something. `passed_over`: what this machine
    lacks something for.
    """

    seed: int
    seconds: float = 0
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    unanswered: int = 0
    writes: list[Write] = field(default_factory=list)
    settled: float = 0  # seconds from the end of the last fault until every process was up and nothing waited (I3)
    findings: dict[str, list[str]] = field(default_factory=dict)
    not_applied: list[str] = field(default_factory=list)
    bit: Counter[str] = field(default_factory=Counter)
    passed_over: list[tuple[Step, str]] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(write.outcome == "ok" for write in self.writes)

    @property
    def resolved(self) -> int:
        """Writes that were unknown for a while."""
        return sum(write.was_unknown and write.outcome in ("ok", "fail") for write in self.writes)

    @property
    def repeated(self) -> int:
        """How often a client sent an acknowledged write once more and got a certain answer."""
        return sum(len(write.again) for write in self.writes)

    def text(self) -> str:
        """For people: figures first, findings after."""
        kinds = ", ".join(f"{kind} {self.bit[kind]}/{count}" for kind, count in sorted(self.faults.items())) or "none"
        told = Counter(f"{write.operation} {write.outcome}" for write in self.writes)
        lines = [
            f"seed {self.seed}: {self.seconds:.0f} s,"
            f" {self.faults.total()} faults of {len(self.faults)} kinds, {self.bit.total()} bit: {kinds}",
            *(f"passed over: {step.kind}: {why}" for step, why in self.passed_over),
            f"{self.requests} requests ({self.unanswered} without an answer),"
            f" {self.acknowledged} writes acknowledged ({self.repeated} repetitions of them answered),"
            f" {self.resolved} were unknown and are resolved; settled {self.settled:.1f} s after the last fault",
            ", ".join(f"{name} {count}" for name, count in sorted(told.items())),
        ]
        found = [f"{name}: {sentence}" for name, sentences in self.findings.items() for sentence in sentences]
        left_out = [f"not applied: {what}" for what in self.not_applied]
        good = f"every check{' that was applied' if left_out else ''} holds: lost 0, doubled 0"
        return "\n".join([*lines, *left_out, *(found or [good])])


def run_trial(
    cluster: Cluster,
    seed: int,
    harm: Harm,
    ledger_file: Path,
    *,
    streams_lost: bool = False,
    say: Callable[[str], None] = print,
) -> Report:
    """Load a cluster that has just started while `harm` is done to it, heal it, and check.

    Args:
        seed: decides what the clients do, as far as the answers they get allow.
        streams_lost: the harm makes NATS lose or forget what it had acknowledged.
    """
    return asyncio.run(_Trial(cluster, seed, harm, ledger_file, streams_lost, say).run())


class _Trial:
    def __init__(
        self, cluster: Cluster, seed: int, harm: Harm, ledger_file: Path, streams_lost: bool, say: Callable[[str], None]
    ) -> None:
        self._cluster, self._harm, self._streams_lost, self._say = cluster, harm, streams_lost, say
        self._rng = random.Random(f"load {seed}")
        self._ledger_file = ledger_file
        self._report = Report(seed)
        self._traffic = Traffic()
        self._mended = 0.0  # when the last fault was undone, by the monotonic clock

    async def run(self) -> Report:
        cluster, report = self._cluster, self._report
        copies.watch(cluster.admin_databases)
        admin = cluster.agents[0]
        shop = await asyncio.to_thread(open_shop, cluster.gateways[0], admin.agent_id, admin.password, self._rng)
        listeners = jetstream.listens()
        poison = await jetstream.plant(cluster.admin_nats, listeners)
        with Ledger(self._ledger_file) as ledger:
            people = self._people(shop, ledger)
            await self._under_load(people)
            await self._to_rest(people)
            report.writes = ledger.writes()
        report.requests, report.unanswered = self._traffic.requests, self._traffic.unanswered
        evidence = Evidence(
            databases=cluster.admin_databases,
            writes=report.writes,
            published=await jetstream.published(cluster.admin_nats),
            listens=listeners,
            poison=poison,
            grants=await asyncio.to_thread(self._grants),
            streams_lost=self._streams_lost,
        )
        with evidence:
            found = await asyncio.to_thread(check, evidence)
        report.not_applied = not_applied(evidence)
        report.findings = {**report.findings, **found}
        return report

    def _people(self, shop: Shop, ledger: Ledger) -> list[clients.Clerk | clients.Backend]:
        def agent(agent_id: str, role: str) -> Agent:
            return Agent(self._wire(), ledger, agent_id, PASSWORD, role)

        def dice(name: str) -> random.Random:
            return random.Random(f"{name} {self._rng.random()}")

        seed, buyers = self._report.seed, shop.buyers
        clerks = [
            clients.Clerk(f"S{seed}-{id}", agent(id, "agent"), shop, buyers[id], shop.items[n :: len(AGENTS)], dice(id))
            for n, id in enumerate(AGENTS)
        ]
        lead = clients.Lead(f"S{seed}-{LEAD}", agent(LEAD, "lead"), shop, buyers[AGENTS[0]], [], dice(LEAD))
        game = next(game for game in load_games(self._cluster.state.games) if game.game_id == GAME)
        pusher = GameBackend(self._wire(), ledger, GAME, game.push_secrets)
        backend = clients.Backend(f"s{seed}", pusher, self._cluster.game_server, shop, dice(GAME))
        return [*clerks, lead, backend]

    def _wire(self) -> Wire:
        return Wire(self._cluster.gateways, self._traffic)

    async def _under_load(self, people: list[clients.Clerk | clients.Backend]) -> None:
        stop, started = asyncio.Event(), time.monotonic()
        working = asyncio.create_task(clients.work(people, stop))
        report = self._report
        try:
            campaign = await asyncio.to_thread(self._harm, self._cluster)
            self._mended = time.monotonic()
        finally:
            stop.set()
            await working
        report.faults, report.bit = (Counter(step.kind for step in steps) for steps in (campaign.done, campaign.bit))
        report.passed_over = campaign.passed_over
        report.seconds = time.monotonic() - started

    async def _to_rest(self, people: list[clients.Clerk | clients.Backend]) -> None:
        """Heal; wait until nothing waits (I3); let the clients find out; wait until nothing more happens."""
        report = self._report
        self._say("healing")
        await asyncio.to_thread(self._cluster.heal)
        left = SETTLES_WITHIN - (time.monotonic() - self._mended)
        try:
            await asyncio.to_thread(self._cluster.settle, left)
        except NotSettled as waiting:
            report.findings["I3 in time"] = [f"{SETTLES_WITHIN:.0f} s after the last fault: {waiting}"]
        report.settled = time.monotonic() - self._mended
        self._say("repeating what is unknown")
        await clients.settle(people, KNOWN_WITHIN)
        await asyncio.to_thread(_rest, self._cluster)

    def _grants(self) -> list[dict[str, Any]]:
        game = f"{self._cluster.game_server}/management/games/{GAME}"
        known, asked = (
            httpx.get(f"{game}/{what}", timeout=30, trust_env=False).raise_for_status().json()[what]
            for what in ("grants", "requests")
        )
        return [{"order_id": order_id} for order_id in given(known, asked)]


def given(known: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """The orders that the game gave something for, once for each time that it answered so.

    Args:
        known: the grants that the game has in its memory: one for each order.
        asked: the last requests that it got, with its answers; what is older than those counts once.
    """
    answered = [
        each["path"].rpartition("/")[2] for each in asked if each["method"] == "PUT" and each["status"] == CREATED
    ]
    return sorted([*answered, *({grant["order_id"] for grant in known} - set(answered))])


# Work that goes on by itself and publishes: no answer waits for it.
_UNDER_WAY = {
    "players": """SELECT (SELECT count(*) FROM handoffs WHERE state = 'running')
        + (SELECT count(*) FROM profile_syncs WHERE due_at <= now() + interval '5 s')""",
    "sales": "SELECT count(*) FROM deliveries WHERE state = 'queued'",
}


def _rest(cluster: Cluster) -> None:
    """Wait until no background work is under way and no outbox grows, and stop the workers there: the digests of a
    new hour would be in the one thing that is read and not in the other."""
    deadline, before = time.monotonic() + REST_WITHIN, None
    workers = cluster.processes("worker")
    while True:
        said = [_number(cluster, service, "SELECT count(*) FROM outbox") for service in OWNED]
        busy = sum(_number(cluster, service, query) for service, query in _UNDER_WAY.items())
        late = time.monotonic() > deadline  # what goes on then is left
        if late or (said == before and not busy and not cluster.unsettled()):
            for worker in workers:
                cluster.pause(worker)
            if late or not cluster.unsettled():
                return
            for worker in workers:  # one was caught in the middle of something
                cluster.resume(worker)
        before = said
        time.sleep(_POLL)


def _number(cluster: Cluster, service: str, query: str) -> int:
    with psycopg.connect(cluster.admin_databases[service].replace("+psycopg", "")) as connection:
        [number] = connection.execute(query.encode()).fetchone() or [0]
        return number
