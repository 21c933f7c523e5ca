"""Loading the demo data through the public API, so that every event flows as in real work."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gamedesk_local.api import Desk, Refused
from gamedesk_local.errors import LocalError
from gamedesk_local.seed_data import AGENTS, TEMPLATES, Agent, Player, Size, players
from gamedesk_local.seed_history import SPENDERS
from gamedesk_local.seed_requests import once
from gamedesk_local.seed_sales import Buyer, Sales
from gamedesk_local.seed_shop import Shop
from gamedesk_local.seed_tickets import Ticket

ADMIN = "KF001"
AT_ONCE = 8  # requests under way
A = TypeVar("A")
R = TypeVar("R")
Made = tuple[Player, str, Desk]  # a player, his id, and whose he is


def seed(
    url: str, size: Size, password: str, anchor: datetime, console: Console, *, simulator: str | None = None
) -> None:
    """Load a size of demo data; what is there already is left as it is.

    Args:
        url: of the gateway, without /api.
        password: of the first administrator, and of the demo agents.
        anchor: the moment of the first seeding: a repetition must send the same times under the same keys.
        simulator: of the simulated games, one of which then refuses a delivery; None: none does.

    Raises:
        LocalError: GameDesk does not answer, the demo password has been changed, or a request was refused.
    """
    with ExitStack() as stack:
        try:
            _Seeding(url, size, password, anchor, stack).run(console, simulator)
        except Refused as refusal:
            raise LocalError(f"The demo data were refused: {refusal}", "See .gamedesk/logs for the reason.") from None
        except httpx.TransportError as error:
            raise LocalError(f"The simulated games do not answer: {error}", "See: ./gamedesk status") from None


class _Seeding:
    def __init__(self, url: str, size: Size, password: str, anchor: datetime, stack: ExitStack) -> None:
        self._url = url
        self._size = size
        self._password = password
        self._anchor = anchor
        self._stack = stack
        self._agents: list[Desk] = []
        self._started = datetime.now(UTC)
        self._new = 0
        self._lock = threading.Lock()

    def run(self, console: Console, simulator: str | None) -> None:
        admin = self._signed_in(ADMIN)
        for agent in AGENTS[: self._size.agents]:
            self._make_agent(admin, agent)
        self._agents = [self._signed_in(agent.agent_id) for agent in AGENTS[: self._size.agents]]
        self._make_templates(admin)
        shop = Shop(admin, self._agents[0], self._agents, self._anchor)
        packs = shop.open()
        campaign = shop.plan(packs)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
            told = players(self._size, self._anchor)
            made = [
                each for each in self._all(progress, "players", self._make_player, told, self._size.players) if each
            ]
            sales = Sales(admin, packs, self._anchor)
            self._all(progress, "sales", lambda each: sales.tell(*each), made, len(made))
        if campaign is not None:
            shop.launch(campaign)
            self._work(shop, sales, campaign, made, simulator)
        console.print(f"{self._size.agents} agents and {self._size.players} players, {self._new} of these new")

    def _all(self, progress: Progress, what: str, do: Callable[[A], R], each: Iterable[A], total: int) -> list[R]:
        """Do it for each, several at once."""
        task = progress.add_task(what, total=total)
        results = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for result in pool.map(do, each):
                    results.append(result)
                    progress.advance(task)
            except BaseException:  # a refusal, or Ctrl-C: what has not begun is dropped
                pool.shutdown(cancel_futures=True)
                raise
        return results

    def _work(
        self, shop: Shop, sales: Sales, campaign: dict[str, Any], made: list[Made], simulator: str | None
    ) -> None:
        """What happens beside the players' own histories: calls of the campaign, a pack for one, a stand-in."""
        for agent, desk in zip(AGENTS, self._agents, strict=False):
            sales.call(campaign["campaign_id"], agent.agent_id, desk)
        sales.stand_in(AGENTS[1].agent_id, AGENTS[2].agent_id)
        buyers = (self._buyer(sales, each) for each in made if each[0].body["tier"] in SPENDERS)
        playing = [buyer for buyer in itertools.islice(buyers, 12) if buyer is not None]
        for buyer in playing[:1]:
            account = buyer.account or {}
            sales.promise_one(buyer, shop.for_one(buyer.player_id, account["game_id"]))
        for buyer in playing[1:2] if simulator else []:
            sales.fail(buyer, str(simulator))

        shop.fine_tune()

    def _buyer(self, sales: Sales, made: Made) -> Buyer | None:
        """One who may be sold to, and plays."""
        player, player_id, desk = made
        account = sales.account(player_id)
        if account is None or player.history.left_alone or player.body["minor_band"] != "none":
            return None
        return Buyer(player.number, player_id, desk, account)

    def _signed_in(self, agent_id: str) -> Desk:
        desk = Desk(self._url)
        self._stack.callback(desk.close)
        desk.sign_in(agent_id, self._password)
        return desk

    def _make_agent(self, admin: Desk, agent: Agent) -> None:
        once(admin, "/agents", agent.body(self._password), f"seed-agent-{agent.agent_id}")

    def _make_templates(self, admin: Desk) -> None:
        """Those that are not there; a lead may have deleted some, so the keys are new ones."""
        known = {template["title"] for template in admin.get("/reply-templates")["items"]}
        for position, (title, text, category_id) in enumerate(TEMPLATES):
            body = {"title": title, "text": text, "category_id": category_id, "position": position, "personal": False}
            if title not in known:
                admin.post("/reply-templates", body, uuid4().hex)

    def _make_player(self, player: Player) -> Made | None:
        """Him with his tickets; None when he is there already, with all that belongs to him."""
        desk = self._agents[player.number % len(self._agents)]
        made = once(desk, "/players", player.body, player.key("player"))
        if made is None:
            return None
        for number, ticket in enumerate(player.tickets):
            self._make_ticket(desk, player, made["player_id"], number, ticket)
        if datetime.fromisoformat(made["created_at"]) >= self._started:
            with self._lock:
                self._new += 1
        return player, made["player_id"], desk

    def _make_ticket(self, desk: Desk, player: Player, player_id: str, number: int, ticket: Ticket) -> None:
        body = {**ticket.body, "player_id": player_id}
        made = once(desk, "/tickets", body, player.key(f"ticket-{number}"))
        if made is None or made["state"] != "pending" or made["first_replied_at"]:
            return  # told before, or an agent has worked on it since
        path = f"/tickets/{made['ticket_id']}"
        for step_number, step in enumerate(ticket.steps):
            key = player.key(f"ticket-{number}-{step_number}")
            if step.what == "entries":
                desk.post(f"{path}/entries", step.body, key)
            elif step.what == "edit":
                made = desk.patch(path, step.body, made["version"])
            else:
                made = desk.post(f"{path}/transitions", step.body, key, version=made["version"])
