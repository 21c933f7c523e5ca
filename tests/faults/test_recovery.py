"""What is lost is found again: NATS without its disk, with an old one, with a full one, paused; a database put back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import nats
import orjson
import psycopg
import pytest
from gamedesk_local import health, running
from gamedesk_local.heal import heal
from gamedesk_local.layout import SERVICES
from gamedesk_local.postgres import BINARIES, SUPERUSER
from gamedesk_local.product import Product
from nats.js import JetStreamContext

from tests.conftest import Site, started
from tests.desk import Desk, Person, new_phone
from tests.faults.harness.checks.copies import equal_their_owner__i6
from tests.faults.harness.checks.evidence import Evidence

pytestmark = [pytest.mark.product, pytest.mark.faults]

HEALS_WITHIN = 60.0  # seconds (I3)


@dataclass
class House:
    """The product of these tests alone: others' stays whole."""

    product: Product
    desk: Desk
    lead: Person

    @property
    def databases(self) -> dict[str, str]:
        postgres = self.product.layout.postgres
        return {s.name: postgres.url(s.name).replace("+psycopg", "") for s in SERVICES}

    def ask(self, service: str, query: str) -> Any:
        with psycopg.connect(self.databases[service], autocommit=True) as connection:
            row = connection.execute(query).fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]
        return row[0] if row else None

    def write(self, service: str, statement: str) -> None:
        with psycopg.connect(self.databases[service], autocommit=True) as connection:
            connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]

    def work(self) -> str:
        """A player and a ticket for him; the player's id."""
        player_id = self.lead.create_player(new_phone("0000"))["player_id"]
        self.desk.eventually(lambda: self.ticket_for(player_id).status_code == 201, within=HEALS_WITHIN)
        return player_id

    def ticket_for(self, player_id: str) -> Any:
        return self.lead.post("/tickets", {"player_id": player_id, "detail": "充值未到账"})

    def at_rest(self) -> bool:
        """Nothing waits to be published, and every copy equals its owner (I3, I6)."""
        waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        assert {s.name: self.ask(s.name, waiting) for s in SERVICES} == dict.fromkeys(self.databases, 0)
        assert self.different_copies() == []
        return True

    def different_copies(self) -> list[str]:
        with Evidence(self.databases) as evidence:
            return equal_their_owner__i6(evidence)

    def rests(self) -> None:
        self.desk.eventually(self.at_rest, within=HEALS_WITHIN)

    def oldest_unpublished(self, service: str) -> float:
        """Seconds; longer than the relay waits for an answer."""
        return float(self.ask(service, "SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox"
                                       " WHERE published_at IS NULL"))  # fmt: skip

    def republished(self, service: str) -> int:
        return self.ask(service, "SELECT count(*) FROM outbox WHERE republication")

    def nats(self, act: Callable[[JetStreamContext], Any]) -> Any:
        """Do something with the administrator's rights."""
        url = self.product.layout.nats.url("admin", self.product.state.secret("nats-admin"))

        async def run() -> Any:
            nc = await nats.connect(url)
            try:
                return await act(nc.jetstream())
            finally:
                await nc.close()

        return asyncio.run(run())


@pytest.fixture(scope="module")
def started_house(new_state_dir: Callable[[str], Path], eventually: Callable[..., Any]) -> Iterator[tuple[Site, Any]]:
    with started(new_state_dir("recovery")) as site:
        yield site, eventually


@pytest.fixture
def house(started_house: tuple[Site, Any]) -> Iterator[House]:
    site, eventually = started_house
    with Desk(site.url, site.simulator_url, eventually) as desk:
        yield House(site.product, desk, desk.sign_in(site.admin_id, site.admin_password))


def test_lost_nats_disk_heals_by_itself__I3_I6(house: House) -> None:
    house.work()
    house.rests()
    said = house.republished("players")
    house.product.kill("nats")
    unheard = house.lead.create_player(new_phone("0000"))["player_id"]  # the web goes on
    house.write("tickets", "DELETE FROM player_copies")
    house.product.layout.nats.wipe()
    house.product.restart("nats")
    house.rests()
    assert house.republished("players") > said
    house.desk.eventually(lambda: house.ticket_for(unheard).status_code == 201, within=HEALS_WITHIN)
    house.desk.eventually(lambda: all(row.ready for row in running.status(house.product.state)), within=HEALS_WITHIN)


def test_nats_rolled_back_to_an_old_copy_heals_by_itself__I6(house: House, tmp_path: Path) -> None:
    house.work()
    house.rests()
    folder, old = house.product.layout.nats.folder, tmp_path / "nats"
    house.product.kill("nats")
    shutil.copytree(folder, old)
    house.product.restart("nats")
    house.work()
    house.rests()
    said = house.republished("players")
    house.product.kill("nats")
    house.write("tickets", "DELETE FROM player_copies")
    house.product.layout.nats.wipe()
    shutil.copytree(old, folder)
    house.product.restart("nats")
    house.rests()
    assert house.republished("players") > said


def test_full_stream_keeps_the_desk_open_and_loses_nothing__I3(house: House) -> None:
    house.rests()
    house.nats(lambda js: _limit(js, "PLAYERS", 1))
    player_id = house.lead.create_player(new_phone("0000"))["player_id"]
    port = house.product.state.port("players-worker")
    house.desk.eventually(lambda: health.failing(port).get("streams") == "StreamFull", within=HEALS_WITHIN)
    assert house.lead.get(f"/players/{player_id}").status_code == 200
    house.nats(lambda js: _limit(js, "PLAYERS", -1))
    house.rests()
    house.desk.eventually(lambda: house.ticket_for(player_id).status_code == 201, within=HEALS_WITHIN)


async def _limit(js: JetStreamContext, stream: str, messages: int) -> None:
    config = (await js.stream_info(stream)).config
    config.max_msgs = messages
    await js.update_stream(config)


def test_nats_that_stands_still_costs_time_and_nothing_else__I3_I6(house: House) -> None:
    """Until a publication has timed out, which is ambiguous; the harness pauses it 45 s, past the clients' patience."""
    house.rests()
    pid = house.product.pid("nats")
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        player_id = house.lead.create_player(new_phone("0000"))["player_id"]
        house.desk.eventually(lambda: house.oldest_unpublished("players") > 3, within=HEALS_WITHIN)
    finally:
        os.kill(pid, signal.SIGCONT)
    house.rests()
    assert house.ticket_for(player_id).status_code == 201


def test_a_copy_that_differs_is_found_by_digests_and_healed__I6(house: House) -> None:
    player_id = house.work()
    house.rests()
    house.write("tickets", f"UPDATE player_copies SET version = version - 1 WHERE player_id = '{player_id}'")
    house.write("sales", f"DELETE FROM player_copies WHERE player_id = '{player_id}'")
    said = house.republished("players")
    house.product.run("players", "digest")
    house.desk.eventually(lambda: house.different_copies() == [], within=HEALS_WITHIN)
    house.desk.eventually(lambda: house.ask("sales", "SELECT count(*) FROM copy_difference") == 0, within=HEALS_WITHIN)
    house.rests()
    assert house.republished("players") > said


def test_a_dead_letter_is_seen_and_replayed_by_a_lead__I9(house: House) -> None:
    player_id = house.work()
    house.rests()
    poison = {**house.nats(_last_of_players), "id": str(uuid4()), "aggregateversion": 10**6}
    tier = poison["data"].pop("tier")
    house.nats(lambda js: js.publish("players.player.updated.v1", orjson.dumps(poison)))

    def letters(service: str) -> list[Any]:
        return house.lead.get(f"/{service}-dead-letters").json()["items"]

    (letter,) = house.desk.eventually(lambda: letters("tickets"), within=HEALS_WITHIN)
    assert (letter["about"], letter["error"]) == (player_id, "KeyError")
    house.desk.eventually(lambda: letters("sales"), within=HEALS_WITHIN)
    path = f"/tickets-dead-letters/{letter['letter_id']}/replay"
    assert house.lead.post(path).status_code == 409
    mended = f"jsonb_set(convert_from(payload, 'UTF8')::jsonb, '{{data,tier}}', '\"{tier}\"')"
    for service in ("tickets", "sales"):  # the cause is mended
        house.write(service, f"UPDATE dead_letter SET payload = convert_to(({mended})::text, 'UTF8')")
    assert house.lead.post(path).status_code == 204
    assert letters("tickets") == []
    assert "1 replayed, 0 failed" in house.product.run("sales", "dead-letters", "replay")
    for service in ("tickets", "sales"):  # the planted version is nobody's
        house.write(service, f"DELETE FROM player_copies WHERE player_id = '{player_id}'")
    house.product.run("players", "republish", "--kind", "player")
    house.rests()


async def _last_of_players(js: JetStreamContext) -> Any:
    message = await js.get_last_msg("PLAYERS", "players.player.created.v1")
    return orjson.loads(message.data or b"")


def test_one_database_put_back_from_a_backup_is_followed_by_the_others__I5_I6(house: House, tmp_path: Path) -> None:
    player_id = house.work()
    house.rests()
    _pg(house, "pg_dump", "--format=custom", f"--file={tmp_path / 'players.dump'}", "players")
    player = house.lead.get(f"/players/{player_id}").json()
    for tier in ("whale", "none", "whale"):  # versions that the backup knows nothing of
        player = house.lead.patch(f"/players/{player_id}", {"tier": tier}, player["version"]).json()
    house.rests()
    seen = house.ask("sales", f"SELECT version FROM player_copies WHERE player_id = '{player_id}'")
    house.product.kill("players")
    _pg(
        house, "pg_restore", "--clean", "--if-exists", "--no-owner", "--role=players", "--dbname=players",
        str(tmp_path / "players.dump"),
    )  # fmt: skip
    assert house.different_copies() != []
    heal(house.product.state, ["players"], lambda _sentence: None)  # before its worker runs
    house.product.restart("players")
    house.rests()
    assert house.ask("sales", f"SELECT version FROM player_copies WHERE player_id = '{player_id}'") > seen
    player = house.lead.get(f"/players/{player_id}").json()
    assert house.lead.patch(f"/players/{player_id}", {"tier": "big"}, player["version"]).status_code == 200
    house.rests()


def test_a_listener_put_back_from_a_backup_hears_again_what_it_has_lost__I6(house: House, tmp_path: Path) -> None:
    house.rests()
    _pg(house, "pg_dump", "--format=custom", f"--file={tmp_path / 'tickets.dump'}", "tickets")
    player_id = house.lead.create_player(new_phone("0000"))["player_id"]
    house.rests()
    house.product.kill("tickets")
    _pg(
        house, "pg_restore", "--clean", "--if-exists", "--no-owner", "--role=tickets", "--dbname=tickets",
        str(tmp_path / "tickets.dump"),
    )  # fmt: skip
    assert any("tickets.player_copies" in sentence for sentence in house.different_copies())
    heal(house.product.state, ["tickets"], lambda _sentence: None)
    house.product.restart("tickets")
    house.rests()
    assert house.ticket_for(player_id).status_code == 201


def _pg(house: House, program: str, *arguments: str) -> None:
    postgres = house.product.layout.postgres
    command = [str(BINARIES / program), f"--host={postgres.socket_dir}", f"--username={SUPERUSER}", *arguments]
    subprocess.run(command, env={**os.environ, "PGPASSWORD": postgres.password}, check=True, capture_output=True)
