"""Price lists read from the games, against the simulated game servers over HTTP: R22."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from gamedesk_catalog.app import create_app
from gamedesk_catalog.clients.game_server import ItemPage
from gamedesk_catalog.commands import pulls
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.item_pull import ItemPull
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository.pulls import insert_or_find
from gamedesk_catalog.settings import Settings
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.remotes import load_remotes
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.simulated_games import SimulatedGames
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

Eventually = Callable[..., Any]
GAMES = ["sanguo", "xinghe", "xiyou"]
DAY = timedelta(hours=24)


class Desk:
    """A lead, and the worker's jobs that he waits for."""

    def __init__(self, settings: Settings, database: Database, token: str, eventually: Eventually) -> None:
        self.lead = ApiClient(create_app(settings), token)
        self.database, self._eventually = database, eventually
        self.new_job = lambda: ItemPull(database, load_remotes(settings.games_file, "games"), 5)
        self.job = self.new_job()

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Run the job until `condition` holds."""

        def turn() -> Any:
            self.job.run()
            return condition()

        return self._eventually(turn, within=30)

    def request(self, game_id: str) -> dict[str, Any]:
        answer = self.lead.post("/item-pulls", {"game_id": game_id})
        assert answer.status_code == 202, answer.text
        return answer.json()

    def wait_for(self, pull: dict[str, Any], state: str) -> dict[str, Any]:
        path = f"/item-pulls/{pull['pull_id']}"
        return self.wait(lambda: (p := self.lead.get(path).json())["state"] == state and p)

    def items(self, game_id: str) -> list[dict[str, Any]]:
        return self.lead.get("/items", game_id=game_id, limit=200).json()["items"]

    def due_now(self) -> None:
        """Let no pause between attempts pass."""
        with self.database.begin() as tx:
            tx.execute(text("UPDATE item_pulls SET due_at = now() - interval '1 s' WHERE leased_until IS NULL"))


@pytest.fixture
def desk(
    settings: Settings,
    database: Database,
    simulated_games: SimulatedGames,
    token_for: Callable[..., str],
    eventually: Eventually,
) -> Desk:
    with database.begin() as tx:
        tx.execute(text("TRUNCATE items, pending_prices, item_price_changes, outbox CASCADE"))
    changed = settings.model_copy(update={"games_file": simulated_games.games_file})
    return Desk(changed, database, token_for("KF002", "lead"), eventually)


def test_a_pull_brings_the_games_whole_price_list__R22(desk: Desk) -> None:
    queued = desk.request("xiyou")
    assert (queued["state"], queued["items_seen"], queued["started_at"]) == ("queued", 0, None)

    done = desk.wait_for(queued, "done")

    assert (done["pages"], done["items_seen"], done["items_changed"], done["error"]) == (1, 146, 146, None)
    assert done["started_at"] <= done["finished_at"]
    items = desk.items("xiyou")
    assert len(items) == 146
    assert (items[0]["code"], items[0]["version"], items[0]["source_version"]) == ("XIYOU-1001", 1, 1)
    assert desk.items("sanguo") == []
    again = desk.wait_for(desk.request("xiyou"), "done")
    assert (again["items_seen"], again["items_changed"]) == (146, 0)
    assert desk.items("xiyou") == items


def test_a_pull_brings_what_a_lost_push_would_have__R22_R30(desk: Desk, simulated_games: SimulatedGames) -> None:
    desk.wait_for(desk.request("xiyou"), "done")
    before = desk.items("xiyou")[0]
    change = {"code": before["code"], "price_fen": before["price_fen"] * 2}
    far = {"code": desk.items("xiyou")[1]["code"], "price_fen": 99_999_999}
    simulated_games.manage("POST", "/games/xiyou/prices", {"changes": [change, far], "push": False})

    pull = desk.wait_for(desk.request("xiyou"), "done")

    after = desk.items("xiyou")
    assert pull["items_changed"] == 2
    assert (after[0]["price_fen"], after[0]["source_version"]) == (before["price_fen"] * 2, 2)
    assert after[1]["pending_price"]["state"] == "held", "an extreme change waits for a lead, whichever way it came"
    assert desk.wait_for(desk.request("xiyou"), "done")["items_changed"] == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"mode": "down"}, "connection"),
        ({"mode": "error", "error_status": 503}, "status 503"),
        ({"mode": "wrong", "wrong": "syntax"}, "body 200"),
        ({"mode": "wrong", "wrong": "schema"}, "body"),
        ({"mode": "wrong", "wrong": "meaning"}, "body"),
    ],
)
def test_a_game_in_trouble_is_asked_again_and_the_pull_ends_well__R22(
    desk: Desk, simulated_games: SimulatedGames, fault: dict[str, Any], error: str
) -> None:
    simulated_games.manage("PUT", "/games/xiyou/faults", fault)
    pull = desk.request("xiyou")
    path = f"/item-pulls/{pull['pull_id']}"
    assert desk.wait(lambda: desk.lead.get(path).json()["error"]) == error
    assert desk.lead.get(path).json()["state"] == "running"

    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "none"})
    desk.due_now()
    done = desk.wait_for(pull, "done")
    assert (done["items_seen"], done["error"]) == (146, None)


def test_a_game_that_stays_down_fails_the_pull_in_the_end__R22(desk: Desk, simulated_games: SimulatedGames) -> None:
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "down"})
    pull = desk.request("xiyou")

    def turned() -> Any:
        desk.due_now()
        return desk.lead.get(f"/item-pulls/{pull['pull_id']}").json()["state"] == "failed"

    desk.wait(turned)
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "none"})
    desk.database.transact(pulls.plan_pulls, ["xiyou"], DAY)
    assert desk.items("xiyou") == []
    with time_machine.travel(now() + timedelta(minutes=11)):
        desk.database.transact(pulls.plan_pulls, ["xiyou"], DAY)
    desk.due_now()
    desk.wait(lambda: len(desk.items("xiyou")) == 146)


def test_a_wrong_key_fails_the_pull_at_once__R22(desk: Desk, simulated_games: SimulatedGames) -> None:
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "error", "error_status": 401})

    assert desk.wait_for(desk.request("xiyou"), "failed")["error"] == "status 401"


def test_every_game_is_pulled_when_it_was_never_and_when_its_list_is_old__R22(desk: Desk) -> None:
    desk.database.transact(pulls.plan_pulls, GAMES, DAY)
    desk.wait(lambda: all(len(desk.items(game_id)) == 146 for game_id in GAMES))
    desk.database.transact(pulls.plan_pulls, GAMES, DAY)
    assert count_pulls(desk) == 3

    with time_machine.travel(now() + DAY + timedelta(minutes=1)):
        desk.database.transact(pulls.plan_pulls, GAMES, DAY)
    assert count_pulls(desk) == 6


def test_one_pull_of_a_game_at_a_time__R22(desk: Desk) -> None:
    first, second = desk.request("xiyou"), desk.request("xiyou")

    assert first["pull_id"] == second["pull_id"]
    assert desk.request("sanguo")["pull_id"] != first["pull_id"]


def test_a_pull_goes_on_from_its_page_after_a_crash__R22(
    desk: Desk, simulated_games: SimulatedGames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.clients.game_server._PAGE_SIZE", 50)
    pull = desk.request("xiyou")
    first = desk.database.transact(pulls.claim_pull, "xiyou")
    assert first is not None
    assert desk.job._one_page(first)
    lost = desk.database.transact(pulls.claim_pull, "xiyou")
    assert lost is not None
    assert (lost.cursor is None, lost.pages) == (False, 1)
    with desk.database.begin() as tx:  # the worker that held the lease died
        tx.execute(text("UPDATE item_pulls SET leased_until = now() - interval '1 s'"))

    done = desk.wait_for(pull, "done")

    assert (done["pages"], done["items_seen"], done["items_changed"]) == (3, 146, 146)
    assert not desk.job._one_page(lost), "the dead worker's late answer has no effect"
    assert desk.lead.get(f"/item-pulls/{pull['pull_id']}").json() == done


def test_a_worker_that_is_told_to_stop_asks_for_no_further_page__R22(
    desk: Desk, simulated_games: SimulatedGames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.clients.game_server._PAGE_SIZE", 50)
    simulated_games.manage("PUT", "/games/xiyou/faults", {"mode": "slow", "delay_ms": 500})
    pull = desk.request("xiyou")
    desk.job.run()

    desk.job.close()

    stopped = desk.lead.get(f"/item-pulls/{pull['pull_id']}").json()
    assert (stopped["state"], stopped["pages"]) == ("running", 1), "what was under way is kept"
    desk.job = desk.new_job()
    assert desk.wait_for(pull, "done")["pages"] == 3


def test_a_pull_shows_how_far_it_is_and_who_started_it__R22(
    desk: Desk, simulated_games: SimulatedGames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.clients.game_server._PAGE_SIZE", 50)
    queued = desk.request("xiyou")
    assert (queued["items_total"], queued["started_by"]) == (None, "KF002")
    first = desk.database.transact(pulls.claim_pull, "xiyou")
    assert first is not None
    desk.job._one_page(first)

    (shown,) = desk.lead.get("/item-pulls").json()["items"]

    assert (shown["pull_id"], shown["state"]) == (queued["pull_id"], "running")
    assert (shown["items_seen"], shown["items_total"], shown["pages"]) == (50, 146, 1)


def test_pulls_are_listed_the_newest_first__R22(desk: Desk, token_for: Callable[..., str]) -> None:
    started = [desk.request(game_id)["pull_id"] for game_id in ("xiyou", "sanguo")]
    desk.database.transact(pulls.plan_pulls, ["xinghe"], DAY)

    page = desk.lead.get("/item-pulls", limit=2).json()
    rest = desk.lead.get("/item-pulls", limit=2, cursor=page["next_cursor"]).json()

    found = page["items"] + rest["items"]
    assert [pull["pull_id"] for pull in found[1:]] == started[::-1]
    assert (found[0]["game_id"], found[0]["started_by"], rest["next_cursor"]) == ("xinghe", None, None)
    assert [p["pull_id"] for p in desk.lead.get("/item-pulls", game_id="xiyou").json()["items"]] == started[:1]
    assert desk.lead.signed_in(token_for("KF003", "agent")).get("/item-pulls").status_code == 403


def test_many_renamed_items_cost_few_statements__R22(desk: Desk) -> None:
    def statements(count: int, version: int) -> int:
        made: list[str] = []

        def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
            made.extend([statement] * (len(parameters) if many else 1))

        quotes = [Quote(f"R-{n}", 100 + version, version, now(), f"第{version}名{n}") for n in range(count)]
        event.listen(Engine, "before_cursor_execute", note)
        try:
            desk.database.transact(apply_quotes, "xiyou", quotes, Origin("pull"), 5)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(made)

    statements(300, 1)

    assert statements(300, 2) == statements(3, 3), "whatever their number"
    assert len(desk.lead.get("/items", q="第2名", limit=200).json()["items"]) == 200
    assert len(desk.lead.get("/items", q="第3名").json()["items"]) == 3
    (one,) = desk.lead.get("/items", q="3名1").json()["items"]
    assert (one["code"], one["name"]) == ("R-1", "第3名1")


def test_a_page_that_cannot_be_applied_fails_the_pull_in_the_end__R22(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next pull of the game is not stopped by it."""

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("a row that nobody thought of")

    pull = desk.request("xiyou")
    with monkeypatch.context() as bad:
        bad.setattr("gamedesk_catalog.commands.pulls.apply_quotes", broken)

        def failed() -> Any:
            desk.due_now()
            shown = desk.lead.get(f"/item-pulls/{pull['pull_id']}").json()
            return shown["state"] == "failed" and shown

        given_up = desk.wait(failed)

    assert (given_up["error"], given_up["pages"]) == ("not applied", 0)
    assert desk.wait_for(desk.request("xiyou"), "done")["items_seen"] == 146


def test_a_page_that_met_a_database_in_trouble_is_read_again__R22(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("", {}, Exception("the server closed the connection"))

    pull = desk.request("xiyou")
    with monkeypatch.context() as bad:
        bad.setattr("gamedesk_catalog.commands.pulls.apply_quotes", away)
        claimed = desk.database.transact(pulls.claim_pull, "xiyou")
        assert claimed is not None
        desk.job._pull(claimed)
    shown = desk.lead.get(f"/item-pulls/{pull['pull_id']}").json()
    assert (shown["state"], shown["error"]) == ("running", None)
    with desk.database.begin() as tx:
        tx.execute(text("UPDATE item_pulls SET leased_until = now() - interval '1 s'"))

    assert desk.wait_for(pull, "done")["items_seen"] == 146


def test_a_list_that_leads_in_a_circle_ends__R22(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamedesk_catalog.commands.pulls._MOST_PAGES", 7)
    circle = {None: "A", "A": "B", "B": "A"}

    def items(_: Any, cursor: str | None, moment: datetime) -> ItemPage:
        return ItemPage([Quote(f"C-{cursor}", 100, 1, moment, "道具")], circle[cursor])

    monkeypatch.setattr("gamedesk_catalog.clients.game_server.GameServer.items", items)

    ended = desk.wait_for(desk.request("xiyou"), "failed")

    assert (ended["error"], ended["pages"], ended["items_changed"]) == ("too many pages", 7, 3)


def test_who_may_pull_and_what__R22(desk: Desk, token_for: Callable[..., str]) -> None:
    unknown = desk.lead.post("/item-pulls", {"game_id": "nosuch"})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "urn:gamedesk:problem:unknown-game")
    agent = desk.lead.signed_in(token_for("KF003", "agent"))
    assert agent.post("/item-pulls", {"game_id": "xiyou"}).status_code == 403
    assert desk.lead.get("/item-pulls/019aa000-0000-7000-8000-000000000000").status_code == 404


def count_pulls(desk: Desk) -> int:
    with desk.database.begin() as tx:
        return tx.execute(text("SELECT count(*) FROM item_pulls")).scalar_one()


def test_a_pull_may_be_asked_for_often_on_one_connection__R22(database: Database) -> None:
    with database.begin() as tx:
        asked = {insert_or_find(tx, new_id(), "xiyou", None) for _ in range(12)}
    assert len(asked) == 1
