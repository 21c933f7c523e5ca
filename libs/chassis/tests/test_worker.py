"""A whole service's worker as a process, against servers that are killed and robbed of their disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.inbox import DEAD_LETTER
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.outbox import OUTBOX
from gamedesk_chassis.streams import ensure_streams_and_consumers, load_declaration
from sqlalchemy import delete, func, select, text

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from sample_service import commands, tables  # noqa: E402

HEALS_WITHIN = 60.0


class SampleService:
    """Runs the made-up service's commands as an operator would."""

    def __init__(self, database_url: str, nats_url: str, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._log = (folder / "worker.log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = os.environ | {
            "PYTHONPATH": str(HERE),
            "GAMEDESK_DATABASE_URL": database_url,
            "GAMEDESK_NATS_URL": nats_url,
            "GAMEDESK_JWKS_FILE": str(folder / "jwks.json"),
            "GAMEDESK_HTTP_PORT": str(port),
        }
        self.database = Database(database_url)

    def command(self, *arguments: str, exit_code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "sample_service", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == exit_code, done.stdout + done.stderr
        return done.stdout if exit_code == 0 else done.stderr

    def start_worker(self) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", "sample_service", "worker"]
        process = subprocess.Popen(arguments, env=self._environment, stdout=self._log, stderr=self._log)
        self._processes.append(process)
        return process

    def health(self, name: str) -> int:
        try:
            return httpx.get(f"{self.address}/health/{name}", timeout=3).status_code
        except httpx.TransportError:
            return 0

    def paint(self, count: int, colour: str, things: int = 20) -> None:
        for number in range(count):
            self.database.transact(commands.paint, f"thing-{number % things:03}", f"{colour}-{number}")

    def is_whole(self) -> bool:
        """Nothing waits, and every copy equals its original."""
        with self.database.begin() as tx:
            waiting = tx.execute(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None)))
            assert waiting.scalar_one() == 0
            originals = tx.execute(select(tables.things).order_by("thing_id")).all()
            mirrored = tx.execute(select(tables.copies).order_by("thing_id")).all()
            assert originals == mirrored
        return True

    def effects(self) -> tuple[int, int]:
        """How many events had an effect, and how often the most repeated one had."""
        with self.database.begin() as tx:
            row = tx.execute(select(func.count(), func.max(tables.effects.c.times))).one()
        return row[0], row[1]

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.database.dispose()
        self._log.close()


def migrate_sample(url: str) -> None:
    migrate(url, HERE / "sample_service" / "migrations")


def make_streams(nats: Any) -> None:
    declaration = load_declaration(HERE / "sample_service" / "jetstream.yaml")
    ensure_streams_and_consumers(nats.url(), declaration, wait_seconds=60)


@pytest.fixture
def service(
    fresh_database: Callable[..., str], fresh_nats: Any, tmp_path: Path, free_port: int
) -> Iterator[SampleService]:
    url = fresh_database("sample", migrate_sample)
    make_streams(fresh_nats)
    sample = SampleService(url, fresh_nats.url(), tmp_path, free_port)
    yield sample
    print((tmp_path / "worker.log").read_text()[-5000:])  # noqa: T201 - shown when the test fails
    sample.close()


def test_worker_carries_events_answers_health_and_leaves_on_sigterm(service: SampleService, eventually: Any) -> None:
    worker = service.start_worker()
    eventually(lambda: service.health("ready") == 200, within=HEALS_WITHIN)
    assert service.health("live") == 200
    service.paint(60, "red")
    eventually(service.is_whole, within=HEALS_WITHIN)
    eventually(lambda: service.effects() == (60, 1))
    counted = 'gamedesk_events_handled_total{consumer="mirror-things",outcome="applied"} 60.0'
    eventually(lambda: counted in httpx.get(f"{service.address}/metrics").text)
    metrics = httpx.get(f"{service.address}/metrics").text
    assert 'gamedesk_consumer_pending{consumer="mirror-things"}' in metrics
    assert "gamedesk_job_failures_total{" not in metrics
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_killed_nats_and_killed_worker_heal_without_loss_or_double_effect__I3_I4(
    service: SampleService, fresh_nats: Any, eventually: Any
) -> None:
    worker = service.start_worker()
    service.paint(50, "red")
    eventually(lambda: service.effects()[0] > 0, within=HEALS_WITHIN)
    fresh_nats.kill()
    service.paint(100, "green")
    eventually(lambda: service.health("ready") == 503)
    fresh_nats.start()
    service.paint(50, "blue")
    worker.kill()
    worker.wait()
    service.paint(50, "black")
    service.start_worker()
    eventually(service.is_whole, within=HEALS_WITHIN)
    eventually(lambda: service.effects() == (250, 1))


def test_lost_nats_disk_is_healed_by_a_republication__I6(
    service: SampleService, fresh_nats: Any, eventually: Any
) -> None:
    service.start_worker()
    service.paint(30, "red")
    eventually(service.is_whole, within=HEALS_WITHIN)
    fresh_nats.kill()
    with service.database.begin() as tx:
        tx.execute(delete(tables.copies))
    fresh_nats.wipe()
    fresh_nats.start()
    make_streams(fresh_nats)
    eventually(service.is_whole, within=HEALS_WITHIN)
    assert service.effects()[1] == 1


def test_cut_database_connections_heal(service: SampleService, fresh_database: Any, eventually: Any) -> None:
    service.start_worker()
    service.paint(10, "red")
    eventually(service.is_whole, within=HEALS_WITHIN)
    fresh_database.terminate_connections(service.database.engine.url.render_as_string(hide_password=False))
    service.paint(40, "green")
    eventually(service.is_whole, within=HEALS_WITHIN)
    assert service.effects() == (50, 1)


def test_commands_show_and_replay_dead_letters_and_republish(service: SampleService, eventually: Any) -> None:
    service.command("migrate")
    service.start_worker()
    service.database.transact(commands.paint, "a", "unthinkable")

    def buried() -> int:
        with service.database.begin() as tx:
            return tx.execute(select(func.count()).select_from(DEAD_LETTER)).scalar_one()

    eventually(buried, within=HEALS_WITHIN)
    assert "\tValueError\n" in service.command("dead-letters", "list")
    with service.database.begin() as tx:  # the cause is mended
        tx.execute(text("UPDATE dead_letter SET payload = convert_to(replace("
                        "convert_from(payload, 'UTF8'), 'unthinkable', 'grey'), 'UTF8')"))  # fmt: skip
        tx.execute(text("UPDATE things SET colour = 'grey'"))
    assert "1 replayed, 0 failed" in service.command("dead-letters", "replay")
    assert service.command("dead-letters", "list") == ""
    eventually(service.is_whole)
    service.database.transact(commands.paint, "b", "unthinkable")
    eventually(lambda: buried() == 2, within=HEALS_WITHIN)
    number = service.command("dead-letters", "list").split("\t")[0]
    assert "unthinkable" in service.command("dead-letters", "show", number)
    assert "1 discarded, 0 failed" in service.command("dead-letters", "discard", number)
    refused = service.command("dead-letters", "discard", number, "12345", exit_code=1)
    assert f"{number}: This dead letter does not wait any more\n12345: there is no such dead letter\n" in refused
    assert "12345: there is no such dead letter\n" in service.command("dead-letters", "replay", "12345", exit_code=1)
    assert service.command("dead-letters", "list") == ""
    with service.database.begin() as tx:
        tx.execute(text("DELETE FROM things WHERE thing_id = 'b'"))
    with service.database.begin() as tx:
        tx.execute(delete(tables.copies))
    assert "1 rows are in the outbox" in service.command("republish", "--kind", "thing")
    eventually(service.is_whole)


def test_a_copy_that_differs_is_found_by_digests_and_said_again__I6(service: SampleService, eventually: Any) -> None:
    service.start_worker()
    service.paint(30, "red")
    eventually(service.is_whole, within=HEALS_WITHIN)
    with service.database.begin() as tx:
        tx.execute(delete(tables.copies).where(tables.copies.c.thing_id == "thing-003"))
        tx.execute(text("UPDATE copies SET version = version - 1, colour = 'wrong' WHERE thing_id = 'thing-007'"))
    assert "1 digests are in the outbox" in service.command("digest")
    eventually(service.is_whole, within=HEALS_WITHIN)
    eventually(lambda: service.command("copies") == "")


def test_a_listener_has_its_copies_rebuilt_without_touching_the_owner__I6(
    service: SampleService, eventually: Any
) -> None:
    service.start_worker()
    service.paint(15, "red")
    eventually(service.is_whole, within=HEALS_WITHIN)
    with service.database.begin() as tx:
        tx.execute(delete(tables.copies))
    assert "asked for: THINGS" in service.command("rebuild", "mirror-things")
    eventually(service.is_whole, within=HEALS_WITHIN)
    assert service.effects()[1] == 1


def test_an_operator_is_told_when_nobody_hears_what_he_asks_for(service: SampleService, fresh_nats: Any) -> None:
    said = service.command("rebuild", exit_code=1)
    assert "not asked for: THINGS, whose owner's worker does not run: start it, and ask again\n" in said
    assert "not asked for: THINGS" in service.command("restored")  # which comes before the workers start
    fresh_nats.kill()
    said = service.command("rebuild", exit_code=1)
    assert "NATS cannot be asked: " in said
    assert "Traceback" not in said
