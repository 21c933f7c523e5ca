"""The four services and the gateway in this process, on databases of their own, with events
carried from one to the others."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from gamedesk_chassis import dead_letters, inbox, outbox
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.processor import Delivery, Processor
from schemathesis.core.transport import Response
from sqlalchemy import text

from tests.contract.services import NAMES, new_database, settings_on
from tests.fuzz.asgi import by_name, exchange
from tests.fuzz.front import make_gateway

GATEWAY = "gateway"
CALLERS = {"KF001": ("admin", "A"), "KF002": ("lead", "A"), "KF003": ("agent", "A")}
PASSWORD = "a long password"
ITEMS = [f"ITEM-{number}" for number in range(20)]
# A game, and a category of tickets, that no invented request is to meet: see desk.
KEPT = "kept"
KEPT_ITEMS = ["KEPT-0"]
_WORK = {
    "import_players": "player_imports",
    "create_handoff": "handoffs",
    "run_player_import": "player_imports",
    "draw_campaign": "draw_campaigns",
    "answer_incident": "incident_answers",
}
_PUBLISHED = text("SELECT * FROM outbox WHERE id > :after ORDER BY id")
_LAST = text("SELECT * FROM outbox WHERE type = :type ORDER BY id DESC LIMIT 1")
_END_RESYNCS = text("UPDATE resyncs SET state = 'done', remaining = 0, finished_at = now() WHERE state <> 'done'")
_LOST = text("SELECT count(*) FROM dead_letter WHERE error <> :planted")
_PLANTED = "planted"


class World:
    """`ask` sends a request to a service; `carry_events` and `work` do what relays, consumers and jobs would."""

    def __init__(self, fresh_database: Callable[..., str], keys: Any, games_file: Path) -> None:
        self._loop = asyncio.new_event_loop()
        settings = {name: settings_on(name, new_database(name, fresh_database), keys, games_file) for name in NAMES}
        modules = {name: importlib.import_module(f"gamedesk_{name}.__main__").SERVICE for name in NAMES}
        self.apps = {name: importlib.import_module(f"gamedesk_{name}.app").create_app(settings[name]) for name in NAMES}
        self.apps[GATEWAY] = make_gateway(self.apps, keys, games_file.parent)
        self.databases = {name: Database(settings[name].database_url, pool_size=2) for name in NAMES}
        self._carried = dict.fromkeys(NAMES, 0)
        self._consumers = [
            (durable.partition("-")[2], Processor(self.databases[name], durable, handlers))
            for name in NAMES
            for durable, handlers in modules[name].listeners.items()
        ]
        self._jobs = {
            job.name: job for name in NAMES for job in modules[name].jobs(settings[name], self.databases[name])
        }
        self._hire()
        self._stock()
        self.carry_events()

    def _hire(self) -> None:
        agents = importlib.import_module("gamedesk_players.commands.agents")
        model = importlib.import_module("gamedesk_players.model.agents")
        for agent_id, (role, team) in CALLERS.items():
            new = model.NewAgent(agent_id, f"客服{agent_id}", PASSWORD, f"wx_{agent_id}", f"微信{agent_id}", role, team)
            self.databases["players"].transact(agents.create_agent, None, new)

    def _stock(self) -> None:
        for game_id, codes in (("xiyou", ITEMS), (KEPT, KEPT_ITEMS)):
            for code in codes:
                self.price(game_id, code, 1000, version=1, name=f"item {code}")

    def price(self, game_id: str, code: str, price_fen: int, *, version: int, name: str | None = None) -> None:
        """What the game's server says, of which there is none here; with a name it may be a new item."""
        prices = importlib.import_module("gamedesk_catalog.commands.prices")
        quotes = importlib.import_module("gamedesk_catalog.quotes")
        told = [quotes.Quote(code, price_fen, version, now(), name)]
        origin = prices.Origin("pull" if name else "push")
        self.databases["catalog"].transact(prices.apply_quotes, game_id, told, origin, 5)

    def tell_of_profile(self, player_id: str) -> str:
        """What players would tell, had the kept game's server answered: the id of the player's account there."""
        profile_id = str(new_id())
        data = {
            "profile_id": profile_id,
            "player_id": player_id,
            "game_id": KEPT,
            "server": "一区",
            "server_id": "s1",
            "game_account_id": profile_id[-12:],
            "state": "ok",
        }
        told = Event(
            id=new_id(),
            source="/players",
            type="players.profile.synced.v1",
            subject=profile_id,
            time=now(),
            aggregateversion=1,
            data=data,
        )
        for source, processor in self._consumers:
            if source == "players":
                processor.process([Delivery(told.type, told.to_bytes())])
        return profile_id

    def bury(self, name: str) -> int:
        """The number of a dead letter whose cause is mended: an event that the service can apply, once more."""
        with self.databases["players"].begin() as tx:
            event = outbox.to_event(tx.execute(_LAST, {"type": "players.agent.updated.v1"}).one())
        event = replace(event, id=new_id())
        with self.databases[name].begin() as tx:
            inbox.bury(tx, f"{name}-players", event.id, event.type, event.to_bytes(), _PLANTED)
            return max(letter.id for letter in dead_letters.waiting(tx))

    def end_resyncs(self) -> None:
        with self.databases["players"].begin() as tx:
            tx.execute(_END_RESYNCS)

    def work(self, operation_id: str) -> None:
        """What the service's worker does after such a request."""
        job = self._jobs.get(_WORK.get(operation_id, ""))
        if job is not None:
            job.run()

    def close(self) -> None:
        for job in self._jobs.values():
            if job.close is not None:
                job.close()
        for database in self.databases.values():
            database.dispose()
        self._loop.close()

    def carry_events(self) -> None:
        """Until nothing new is there: what a consumer writes may be an event again."""
        moved = True
        while moved:
            moved = False
            for owner in NAMES:
                with self.databases[owner].begin() as tx:
                    rows = tx.execute(_PUBLISHED, {"after": self._carried[owner]}).all()
                if rows:
                    moved, self._carried[owner] = True, rows[-1].id
                    deliveries = [Delivery(row.type, outbox.to_event(row).to_bytes()) for row in rows]
                    for source, processor in self._consumers:
                        if source == owner:
                            processor.process(deliveries)

    def dead_letters(self) -> int:
        """Events that a consumer could not make anything of, but for the planted ones."""
        total = 0
        for database in self.databases.values():
            with database.begin() as tx:
                total += tx.execute(_LOST, {"planted": _PLANTED}).scalar_one()
        return total

    def ask(self, name: str, request: requests.PreparedRequest) -> Response:
        """The answer of a service, or of the gateway, whose endless stream of changes is left at once."""
        body: Any = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
        hangs_up = request.path_url.partition("?")[0] == "/api/live"
        method, target = str(request.method), request.path_url
        asked = exchange(self.apps[name], method, target, headers, body, hangs_up=hangs_up)
        status, answered, content = self._loop.run_until_complete(asked)
        return Response(status, by_name(answered), content, request, elapsed=0.0, verify=False)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")
