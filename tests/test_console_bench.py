"""What the measurement of the console makes of what a browser says; the figures themselves are no test's matter."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from gamedesk_chassis.migrate import migrate
from gamedesk_local.postgres import THROWAWAY_SETTINGS, PostgresServer
from gamedesk_players.__main__ import SERVICE as PLAYERS
from gamedesk_sales.__main__ import SERVICE as SALES
from gamedesk_testing import run_folder
from gamedesk_tickets.__main__ import SERVICE as TICKETS

from bench import bulk, console
from bench.browser import Asked, Load, Use, in_a_row, twice, worst_of
from bench.console import Round
from bench.sessions import BARE, VISITS

SESSION = Asked("/api/session", 100, 140)
HOME = Asked("/api/home?owner=me", 145, 220)
AGENTS = Asked("/api/agents", 150, 200)
AGENT = """
INSERT INTO agents (agent_id, name, role, team, active, password_hash, version, created_at, updated_at)
VALUES ('KF001', '管理员', 'admin', '', true, '', 1, now(), now())
"""
PACK = """
INSERT INTO pack_copies (pack_id, code, name, state, discount_bp, list_price_fen, price_fen, currency, contents,
                         revision, updated_at, version)
VALUES (gen_random_uuid(), 'P1', '周末礼包', 'active', 1000, 1000, 900, 'CNY', '[{"game_id": "xiyou"}]', 1, now(), 1)
"""


def test_requests_in_a_row_are_those_that_wait_for_each_other() -> None:
    assert in_a_row([]) == 0
    assert in_a_row([SESSION]) == 1
    assert in_a_row([SESSION, HOME, AGENTS]) == 2
    assert in_a_row([Asked("/api/session", 10, 50, beside=True), HOME, AGENTS]) == 1
    assert in_a_row([SESSION, AGENTS, Asked("/api/player-cards", 210, 230)]) == 3


def test_what_is_asked_twice_is_named() -> None:
    assert twice([SESSION, HOME, AGENTS]) == []
    assert twice([SESSION, HOME, SESSION]) == ["/api/session"]
    player = Asked("/api/home/players/019a", 100, 140)
    assert twice([player, player]) == []
    assert twice([player, player, player]) == [player.path]


def test_an_interaction_takes_as_long_as_its_longest_event() -> None:
    assert worst_of([]) == 0
    assert worst_of([[7, "keydown", 24], [7, "keyup", 16], [9, "click", 104]]) == 104


def a_round(paint: float, interaction: float, *asked: Asked) -> Round:
    load = Load(paint, "<p>", asked)
    return Round(load, load, load, Use({"search": interaction, "scroll": 0}, {"search": 60, "scroll": 0}))


def result(*rounds: Round) -> dict[str, object]:
    pages = {visit.name: console.figures([a_round(50, 0)]) for visit in (BARE, *VISITS)}
    return {"players": 1000, "rounds": len(rounds), "pages": pages | {"home": console.figures(rounds)}}


def test_medians_and_the_worst_of_the_rounds_are_told_beside_those_of_a_bare_page() -> None:
    found = result(a_round(400, 40, SESSION), a_round(600, 80, SESSION), a_round(500, 48, SESSION))
    assert console.beyond(found) == []
    home = next(line for line in console.report(found).splitlines() if line.startswith("| home |"))
    assert home == "| home | 500, 600 | 10.0 | 500, 600 | 10.0 | 48, 80 | 3.0 | 60, 60 | 1, 1 |"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (a_round(1501, 40), ["home: largest contentful paint 1501 ms of 1500 ms (cold cache)"]),
        (a_round(400, 208), ["home: worst interaction 208 ms of 200 ms (search)"]),
        (a_round(400, 40, SESSION, SESSION), ["home: asks twice for /api/session"]),
        (a_round(400, 40, SESSION, HOME, AGENTS, Asked("/api/x", 300, 400)), ["home: 3 requests in a row, of 2"]),
    ],
)
def test_what_is_beyond_its_limit_is_named(page: Round, told: list[str]) -> None:
    assert set(told) <= set(console.beyond(result(page)))


@pytest.mark.large
def test_the_databases_of_a_desk_that_sells_are_filled() -> None:
    size, folder = bulk.Size(3000, datetime.now(UTC)), run_folder.make()
    try:
        server = PostgresServer(folder / "postgres", "gamedesk-bench", THROWAWAY_SETTINGS)
        server.start()
        for service in (PLAYERS, TICKETS, SALES):
            migrate(server.ensure_database(service.name, "gamedesk-bench"), service.migrations)
        connect = {service.name: partial(server.connect, service.name) for service in (PLAYERS, TICKETS, SALES)}
        with connect["players"]() as tx, connect["sales"]() as sales:
            tx.execute(AGENT)
            sales.execute(PACK)
        bulk.fill_players(connect["players"], size)
        bulk.fill_tickets(connect["tickets"], size)
        bulk.fill_sales(connect["sales"], size, connect["tickets"])
        with connect["sales"]() as tx:
            row = tx.execute(
                "SELECT (SELECT count(*) FROM player_copies), (SELECT count(*) FROM ticket_copies), "
                "(SELECT count(*) FROM orders), (SELECT count(*) FROM touches)"
            ).fetchone()
            assert row == (3000, 9000, 1500, 6000)
            row = tx.execute("SELECT count(*) FROM follow_ups WHERE closed_by IS NULL").fetchone()
            assert row is not None
            assert row[0] > 100
    finally:
        run_folder.clear(folder)


@pytest.mark.browser
@pytest.mark.product
def test_every_page_can_be_used_as_the_measurement_does_and_asks_nothing_twice_or_late(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    # In a process of its own: two Playwrights do not get along in one. Its end says whether it was fast enough too.
    command = [sys.executable, "-m", "bench", "console", "--players", "1000", "--rounds", "1", "--json", str(figures)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert figures.exists(), said.stderr
    pages = json.loads(figures.read_text())["pages"]
    assert [name for name, page in pages.items() if page["twice"] or page["in_a_row"] > console.IN_A_ROW] == []
