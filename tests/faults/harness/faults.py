"""The kinds of fault: each has a name, a sentence, targets to choose from, and a way to undo it.

To add one: write a function that harms `target` and returns what undoes it, and then tells whether the fault did
something; and an entry in `_kinds`.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from gamedesk_local import health
from gamedesk_local.layout import SERVICES as ROWS

from tests.faults.harness import migration, streams
from tests.faults.harness.cluster import Cluster, faketime
from tests.faults.harness.layout import REPLICAS
from tests.faults.harness.links import WROTE, Commit, Mode

Undo = Callable[[], bool]  # whether the fault did something: a link that carried nothing meanwhile was not harmed
Inject = Callable[[Cluster, str], Undo]

SERVICES = tuple(row.name for row in ROWS)
WEBS, WORKERS = (
    tuple(f"{service}-{kind}-{number}" for service in SERVICES for number in REPLICAS) for kind in ("web", "worker")
)
GATEWAYS = tuple(f"gateway-{number}" for number in REPLICAS)
WITH_GAMES = tuple(row.name for row in ROWS if "GAMEDESK_GAMES_FILE" in row.files)
LINKS = {
    "postgres": tuple(f"{program}>postgres" for program in (*WEBS, *WORKERS)),
    "nats": tuple(f"{program}>nats" for program in (*WORKERS, *GATEWAYS)),
    "services": tuple(f"{gateway}>{service}" for gateway in GATEWAYS for service in SERVICES),
    "games": tuple(f"{worker}>games" for worker in WORKERS if worker.split("-")[0] in WITH_GAMES),
    "clients": tuple(f"clients>{gateway}" for gateway in GATEWAYS),
}
SHORT = (1.0, 6.0)  # seconds
FAILPOINTS = {
    "relay-before-publish": "before it publishes",
    "relay-before-puback": "when it has published, before the answer",
    "relay-before-mark": "when it has the answer, before it marks the events",
    "consumer-before-commit": "before it commits",
    "consumer-after-commit": "when it has committed, before it acknowledges",
    "consumer-after-ack": "when it has acknowledged",
}
_LOOKS_EVERY = 0.1  # seconds
CLOCKS = {"ahead": 240, "behind": -240}  # seconds


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    Attributes:
        part: what it harms; two faults of one part are never there at the same time.
        targets: one of these is harmed.
        seconds: how long it lasts, at least and at most.
        missing: says what this machine lacks for it; an empty string: nothing.
    """

    name: str
    does: str
    part: str
    targets: tuple[str, ...]
    inject: Inject
    seconds: tuple[float, float] = SHORT
    missing: Callable[[], str] = lambda: ""


def _kill(cluster: Cluster, target: str) -> Undo:
    cluster.kill(target)
    # A program is ready only when its servers are, and those may be away for longer.
    return _bit(lambda: cluster.restart(target, wait=target not in (*WEBS, *WORKERS, *GATEWAYS)))


def _pause(cluster: Cluster, target: str) -> Undo:
    cluster.pause(target)
    return _bit(lambda: cluster.resume(target))


def _restart(cluster: Cluster, target: str) -> Undo:
    cluster.restart(target)
    return lambda: True


def _kill_backend(cluster: Cluster, target: str) -> Undo:
    killed = cluster.kill_backend(target.removesuffix("-postgres"))
    return lambda: killed


def _kill_migration(cluster: Cluster, target: str) -> Undo:
    """Start it, kill it while it is at work, and start it again."""
    process, over, killed = cluster.start_migration(target), threading.Event(), list[bool]()

    def kill() -> None:
        killed.append(migration.kill_when(migration.AT_WORK, cluster.admin_databases[target], process, over))

    watching = threading.Thread(target=kill, name="kill-migration", daemon=True)
    watching.start()

    def undo() -> bool:
        over.set()
        watching.join()
        cluster.start_migration(target)
        return killed == [True]

    return undo


def _kill_at_commit(cluster: Cluster, target: str) -> Undo:
    """Hold a COMMIT back, kill the process that waits for it, hand the COMMIT over."""
    link, over = cluster.links[target], threading.Event()
    held, release = link.at_commit(Commit.HELD, _telling(target))
    killed: list[bool] = []

    def kill() -> None:
        while not held.wait(_LOOKS_EVERY):
            if over.is_set():
                return
        killed.append(cluster.kill_backend(target.partition("-")[0], in_transaction=True))
        release()

    watching = threading.Thread(target=kill, name="kill-at-commit", daemon=True)
    watching.start()

    def undo() -> bool:
        over.set()
        watching.join()
        link.set(Mode.PASS)
        return killed == [True]

    return undo


def _wipe(cluster: Cluster, target: str) -> Undo:
    cluster.kill(target)
    cluster.layout.nats.wipe()

    def undo() -> bool:
        cluster.restart(target)
        streams.ensure(cluster)
        return True

    return undo


def _roll_back(cluster: Cluster, target: str) -> Undo:
    """Copy the disk now; later go back to the copy."""
    disk = cluster.layout.nats.folder
    copy = disk.with_name("nats-copy")
    shutil.rmtree(copy, ignore_errors=True)
    cluster.pause(target)  # as a power cut would find it
    shutil.copytree(disk, copy)
    cluster.resume(target)

    def undo() -> bool:
        cluster.kill(target)
        shutil.rmtree(disk)
        copy.rename(disk)
        cluster.restart(target)
        return True

    return undo


def _fill(cluster: Cluster, target: str) -> Undo:
    streams.fill(cluster, target)
    workers = [cluster.state.port(worker) for worker in _of(target.lower(), WORKERS)]

    def undo() -> bool:
        was_full = any(health.failing(port).get("streams") == "StreamFull" for port in workers)
        streams.ensure(cluster)
        return was_full

    return undo


def _repeat(cluster: Cluster, target: str) -> Undo:
    repeated = streams.repeat(cluster, target)
    return lambda: repeated > 0


def _shuffle(cluster: Cluster, target: str) -> Undo:
    return _armed(cluster, target, "shuffle", target)


def _crash_at(failpoint: str, cluster: Cluster, target: str) -> Undo:
    return _armed(cluster, target, failpoint)


def _armed(cluster: Cluster, target: str, name: str, how: str = "") -> Undo:
    """A file for the saboteur in the program, who says in another one that he has been there."""
    armed = cluster.layout.failpoints(target) / name
    reached = armed.with_name(f"{name}.reached")
    reached.unlink(missing_ok=True)
    armed.write_text(how)

    def undo() -> bool:
        armed.unlink(missing_ok=True)
        return reached.exists()

    return undo


def _commit(what: Commit, cluster: Cluster, target: str) -> Undo:
    link = cluster.links[target]
    sprung, _ = link.at_commit(what, _telling(target))

    def undo() -> bool:
        link.set(Mode.PASS)
        return sprung.is_set()

    return undo


def _telling(link: str) -> bytes | re.Pattern[bytes]:
    """What is found in transactions that matter: a web's tell of a change, a worker's mark, remember or apply one."""
    return b".v1" if "-web-" in link else WROTE


def _bend(mode: Mode, cluster: Cluster, target: str) -> Undo:
    link = cluster.links[target]
    before = link.bites
    link.set(mode)

    def undo() -> bool:
        link.set(Mode.PASS)
        return link.bites > before

    return undo


def _clock(seconds: int, cluster: Cluster, target: str) -> Undo:
    cluster.set_clock(target, seconds)
    return _bit(lambda: cluster.set_clock(target, 0))


def _bit(undo: Callable[[], object]) -> Undo:
    """Of a fault that does its harm at once."""

    def undone() -> bool:
        undo()
        return True

    return undone


def _no_faketime() -> str:
    try:
        faketime()
    except FileNotFoundError as missing:
        return str(missing)
    return ""


def _kinds() -> list[Kind]:
    nats, servers = ("nats",), tuple(f"{service}-postgres" for service in SERVICES)
    return [
        *(
            Kind(
                f"kill-{service}-{kind}", f"kill -9 of a {kind} of {service}", "program", _of(service, programs), _kill
            )
            for service in SERVICES
            for kind, programs in (("web", WEBS), ("worker", WORKERS))
        ),
        Kind("kill-gateway", "kill -9 of a gateway", "program", GATEWAYS, _kill),
        Kind("pause-program", "a program stands still and then goes on", "program", (*WEBS, *WORKERS), _pause),
        Kind("kill-nats", "kill -9 of NATS", "nats", nats, _kill),
        Kind("nats-paused", "NATS stands still for 45 s", "nats", nats, _pause, (45.0, 45.0)),
        Kind("nats-wiped", "NATS loses its disk", "nats", nats, _wipe, (1.0, 3.0)),
        Kind("nats-rolled-back", "NATS comes back with an old copy of its disk", "nats", nats, _roll_back, (4.0, 10.0)),
        Kind("nats-full", "a stream takes nothing more", "nats", tuple(s.upper() for s in SERVICES), _fill),
        *(
            Kind(
                f"kill-{service}-migrate",
                f"kill -9 of the migration of {service}, which is run again",
                "migration",
                (service,),
                _kill_migration,
                (8.0, 15.0),
            )
            for service in SERVICES
        ),
        *(Kind(f"kill-{server}", f"kill -9 of {server}", "postgres", (server,), _kill) for server in servers),
        *(
            Kind(f"{server}-restarted", f"{server} is restarted, in good order", "postgres", (server,), _restart)
            for server in servers
        ),
        Kind("postgres-backend-killed", "kill -9 of one process of a PostgreSQL", "postgres", servers, _kill_backend),
        Kind(
            "postgres-backend-killed-at-commit",
            "kill -9 of the process of a PostgreSQL that a COMMIT is on its way to",
            "link",
            LINKS["postgres"],
            _kill_at_commit,
        ),
        Kind(
            "events-repeated",
            "what is in a stream comes again, in another order",
            "nats",
            tuple(s.upper() for s in SERVICES),
            _repeat,
        ),
        Kind("deliveries-shuffled", "a consumer gets its batches twice over and shuffled", "worker", WORKERS, _shuffle),
        *(
            Kind(f"crash-{name}", f"a worker crashes {when}", "worker", WORKERS, partial(_crash_at, name))
            for name, when in FAILPOINTS.items()
        ),
        *(
            Kind(
                f"commit-{what.name.lower()}",
                f"a COMMIT: {what.value}",
                "link",
                LINKS["postgres"],
                partial(_commit, what),
            )
            for what in Commit
        ),
        *(
            Kind(
                f"link-{where}-{mode.name.lower()}".replace("_", "-"),
                f"a link ({where}) {mode.value}",
                "games" if where == "games" else "link",
                targets,
                partial(_bend, mode),
                (10.0, 20.0) if where == "games" else SHORT,  # a worker asks a game every few seconds at most
            )
            for where, targets in LINKS.items()
            for mode in Mode
            if mode is not Mode.PASS
        ),
        *(
            Kind(
                f"clock-{way}",
                f"a program's clock is {abs(seconds)} s {way}",
                "program",
                (*WEBS, *WORKERS),
                partial(_clock, seconds),
                (5.0, 15.0),
                _no_faketime,
            )
            for way, seconds in CLOCKS.items()
        ),
    ]


def _of(service: str, programs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(program for program in programs if program.startswith(f"{service}-"))


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _kinds()}
