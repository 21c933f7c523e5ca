"""Loading the demo data through the public API, so that every event flows as in real work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
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
from gamedesk_local.seed_data import AGENTS, PACKS, TEMPLATES, Agent, Player, Size, Ticket, players, rfc3339

ADMIN = "KF001"
AT_ONCE = 8  # requests under way
KNOWN_ALREADY = ("player-exists", "agent-exists", "idempotency-key-reused")
T = TypeVar("T")


def seed(url: str, size: Size, password: str, anchor: datetime, console: Console) -> None:
    """Load a size of demo data; what is there already is left as it is.

    Args:
        url: of the gateway, without /api.
        password: of the first administrator, and of the demo agents.
        anchor: the moment of the first seeding: a repetition must send the same times under the same keys.

    Raises:
        LocalError: GameDesk does not answer, the demo password has been changed, or a request was refused.
    """
    with ExitStack() as stack:
        try:
            _Seeding(url, size, password, anchor, stack).run(console)
        except Refused as refusal:
            raise LocalError(f"The demo data were refused: {refusal}", "See .gamedesk/logs for the reason.") from None


class _Seeding:
    def __init__(self, url: str, size: Size, password: str, anchor: datetime, stack: ExitStack) -> None:
        self._url = url
        self._size = size
        self._password = password
        self._anchor = anchor
        self._stack = stack
        self._agents: list[Desk] = []
        self._packs: list[dict[str, Any]] = []
        self._lost_reason = ""
        self._started = datetime.now(UTC)
        self._new = 0
        self._lock = threading.Lock()

    def run(self, console: Console) -> None:
        admin = self._signed_in(ADMIN)
        for agent in AGENTS[: self._size.agents]:
            self._make_agent(admin, agent)
        self._agents = [self._signed_in(agent.agent_id) for agent in AGENTS[: self._size.agents]]
        reasons = admin.get("/lost-reasons")["items"]
        self._lost_reason = next(reason["reason_id"] for reason in reasons if not reason["needs_note"])
        self._make_templates(admin)
        self._packs = self._make_packs(self._agents[0])
        columns = (TextColumn("players"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress, ThreadPoolExecutor(AT_ONCE) as pool:
            task = progress.add_task("players", total=self._size.players)
            try:
                for _ in pool.map(self._make_player, players(self._size, self._anchor)):
                    progress.advance(task)
            except BaseException:  # a refusal, or Ctrl-C: what has not begun is dropped
                pool.shutdown(cancel_futures=True)
                raise
        console.print(f"{self._size.agents} agents and {self._size.players} players, {self._new} of these new")

    def _signed_in(self, agent_id: str) -> Desk:
        desk = Desk(self._url)
        self._stack.callback(desk.close)
        desk.sign_in(agent_id, self._password)
        return desk

    def _make_agent(self, admin: Desk, agent: Agent) -> None:
        _once(admin, "/agents", agent.body(self._password), f"seed-agent-{agent.agent_id}")

    def _make_templates(self, admin: Desk) -> None:
        """Those that are not there; a lead may have deleted some, so the keys are new ones."""
        known = {template["title"] for template in admin.get("/reply-templates")["items"]}
        for position, (title, text, category_id) in enumerate(TEMPLATES):
            body = {"title": title, "text": text, "category_id": category_id, "position": position, "personal": False}
            if title not in known:
                admin.post("/reply-templates", body, uuid4().hex)

    def _make_packs(self, desk: Desk) -> list[dict[str, Any]]:
        """One pack per row of PACKS, of the first game's first items."""
        items = _eventually(lambda: desk.get("/items", limit=20)["items"], "the games' items")
        packs = []
        for number, pack in enumerate(PACKS):
            contents = [
                {"item_id": item["item_id"], "quantity": quantity}
                for item, quantity in zip(items[number:], pack.quantities, strict=False)
            ]
            body = {"name": pack.name, "discount_bp": pack.discount_bp, "contents": contents}
            packs.append(desk.post("/packs", body, f"seed-pack-{number}"))
        return packs

    def _make_player(self, player: Player) -> None:
        desk = self._agents[player.number % len(self._agents)]
        made = _once(desk, "/players", player.body, player.key("player"))
        if made is None:
            return  # there already, with all that belongs to him
        for number, ticket in enumerate(player.tickets):
            self._make_ticket(desk, player, made["player_id"], number, ticket)
        for number, touch in enumerate(player.touches):
            body = {**touch, "player_id": made["player_id"]}
            if touch["outcome"] == "lost":
                body["reason_id"] = self._lost_reason
            _once(desk, "/touches", body, player.key(f"touch-{number}"))
        if player.sale is not None:
            self._sell(desk, player, made["player_id"])
        if datetime.fromisoformat(made["created_at"]) >= self._started:
            with self._lock:
                self._new += 1

    def _make_ticket(self, desk: Desk, player: Player, player_id: str, number: int, ticket: Ticket) -> None:
        body = {**ticket.body, "player_id": player_id}
        made = _once(desk, "/tickets", body, player.key(f"ticket-{number}"))
        if made is None or made["state"] == ticket.state or made["state"] != "pending":
            return  # as it should be, or an agent has worked on it since
        path = f"/tickets/{made['ticket_id']}"
        desk.post(f"{path}/entries", {"kind": "note", "text": ticket.note}, player.key(f"note-{number}"))
        to: dict[str, Any] = {"to": ticket.state}
        if ticket.state == "done":
            to["solution"] = ticket.solution
        desk.post(f"{path}/transitions", to, player.key(f"state-{number}"), version=made["version"])

    def _sell(self, desk: Desk, player: Player, player_id: str) -> None:
        pack = self._packs[(player.sale or 0) % len(self._packs)]
        offer = _eventually(lambda: _offer(desk, pack["code"]), f"the offer {pack['code']}")
        body = {
            "player_id": player_id,
            "pack_code": pack["code"],
            "pack_revision": offer["revision"],
            "method": "wechat_pay",
            "transaction_id": f"DEMO{player.number:010d}",
            "amount_paid_fen": offer["price_fen"],
            "paid_at": rfc3339(player.sold_at or self._anchor),
        }
        _once(desk, "/orders", body, player.key("order"))


def _once(desk: Desk, path: str, body: dict[str, Any], key: str) -> dict[str, Any] | None:
    """What was made, or None when it is there already from an earlier run whose key has been forgotten."""
    try:
        return desk.post(path, body, key)
    except Refused as refusal:
        if refusal.slug in KNOWN_ALREADY:
            return None
        raise


def _offer(desk: Desk, code: str) -> dict[str, Any] | None:
    """The sales copy of a pack, None while it has not arrived."""
    try:
        offer = desk.get(f"/offers/{code}")
    except Refused as refusal:
        if refusal.status == httpx.codes.NOT_FOUND:
            return None
        raise
    return offer if offer["sellable"] else None


def _eventually(read: Callable[[], T | None], what: str, within: float = 60.0) -> T:
    deadline = time.monotonic() + within
    while not (answer := read()):
        if time.monotonic() > deadline:
            raise LocalError(f"{what} did not arrive within {within:.0f} s.", "See: ./gamedesk status, .gamedesk/logs")
        time.sleep(0.2)
    return answer
