"""The mixed load: agents, a lead and a game's backend, who go on whatever answers they get."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.harness.agent import Agent, GameBackend
from tests.faults.harness.shop import GAME, GIVERS, Shop, minutes_ago, new_phone, pack_body

Action = Callable[[], Awaitable[Any]]
PACE = 0.25  # seconds that a client pauses between two writes, at most twice as long
_REMEMBERED = 20
_REPEATED_AT_REST = 10  # acknowledged writes of each client


@dataclass
class Clerk:
    """One agent's work, in an order that `rng` decides. Its markers begin with `name`."""

    name: str
    agent: Agent
    shop: Shop
    buyers: list[dict[str, str]]
    items: list[dict[str, Any]]  # nobody else sets prices of one's own for these
    rng: random.Random
    _tickets: list[dict[str, Any]] = field(default_factory=list)
    _packs: list[dict[str, Any]] = field(default_factory=list)
    _quotes: list[dict[str, Any]] = field(default_factory=list)
    _count: int = 0

    def actions(self) -> dict[Action, int]:
        """What he does, with how often."""
        return {
            self.create_player: 3,
            self.merge: 2,
            self.create_ticket: 5,
            self.append_entry: 8,
            self.edit_ticket: 3,
            self.finish_ticket: 2,
            self.record_touch: 6,
            self.create_quote: 4,
            self.create_order: 5,
            self.create_pack: 2,
            self.edit_pack: 2,
            self.override_price: 2,
            self.create_template: 1,
            self.read: 4,
            self.repeat_unknown: 3,
            self.repeat_acknowledged: 3,
        }

    def marker(self, kind: str) -> str:
        self._count += 1
        return f"{self.name}-{kind}-{self._count}".upper()

    async def create_player(self) -> dict[str, Any] | None:
        marker = self.marker("player")
        body = {"phone": new_phone(self.rng), "wechat_name": marker, "tier": "medium"}
        return await self.agent.write("create_player", "POST", "/players", body, key=marker)

    async def merge(self) -> None:
        """Two records of one person, who was spoken with under both."""
        pair = [await self.create_player(), await self.create_player()]
        survivor, loser = pair
        if survivor is None or loser is None:
            return
        for player in (survivor, loser):
            await self._touch(player["player_id"])
        body = {"loser_id": loser["player_id"], "loser_version": loser["version"]}
        path = f"/players/{survivor['player_id']}/merges"
        key, marker = self.marker("merge"), loser["player_id"]
        await self.agent.write("merge_players", "POST", path, body, key=key, marker=marker, version=survivor["version"])

    async def create_ticket(self) -> None:
        marker = self.marker("ticket")
        body = {"player_id": self._player(), "title": "充值未到账", "detail": marker, "despite_open_ticket": True}
        made = await self.agent.write("create_ticket", "POST", "/tickets", body, key=marker)
        if made is not None:
            self._tickets = [*self._tickets[-_REMEMBERED:], made]

    async def append_entry(self) -> None:
        if self._tickets:
            ticket, marker = self.rng.choice(self._tickets), self.marker("entry")
            body: dict[str, Any] = {"kind": self.rng.choice(["note", "reply", "consultation"]), "text": marker}
            if body["kind"] == "consultation":
                body["department"] = "tech"
            path = f"/tickets/{ticket['ticket_id']}/entries"
            await self.agent.write("append_entry", "POST", path, body, key=marker)

    async def edit_ticket(self) -> None:
        if self._tickets:
            place, marker = self.rng.randrange(len(self._tickets)), self.marker("title")
            ticket = self._tickets[place]
            path, body = f"/tickets/{ticket['ticket_id']}", {"title": marker}
            changed = await self.agent.write("edit_ticket", "PATCH", path, body, key=marker, version=ticket["version"])
            self._seen(self._tickets, place, changed)

    async def finish_ticket(self) -> None:
        if self._tickets:
            ticket, marker = self._tickets.pop(self.rng.randrange(len(self._tickets))), self.marker("solution")
            path, body = f"/tickets/{ticket['ticket_id']}/transitions", {"to": "done", "solution": marker}
            await self.agent.write("move_ticket", "POST", path, body, key=marker, version=ticket["version"])

    async def record_touch(self) -> None:
        await self._touch(self._player())

    async def create_quote(self) -> None:
        marker, offer = self.marker("quote"), await self._offer()
        if offer is not None:
            buyer = self.rng.choice(self.buyers)
            body = {**buyer, **_wanted(offer), "price_fen": offer["price_fen"], "valid_minutes": 60, "note": marker}
            made = await self.agent.write("create_quote", "POST", "/quotes", body, key=marker)
            if made is not None:
                self._quotes.append({**made, "buyer": buyer})

    async def create_order(self) -> None:
        marker = self.marker("order")
        sale: dict[str, Any] = {
            "method": self.rng.choice(["wechat_pay", "bank_transfer"]),
            "transaction_id": marker,
            "paid_at": minutes_ago(1),
        }
        if self._quotes and self.rng.random() < 0.5:
            quote = self._quotes.pop()
            sale |= {**quote["buyer"], "quote_id": quote["quote_id"], "amount_paid_fen": quote["amount_fen"]}
            sale["paid_at"] = quote["created_at"]
        else:
            offer = await self._offer()
            if offer is None:
                return
            sale |= {**self.rng.choice(self.buyers), **_wanted(offer), "amount_paid_fen": offer["price_fen"]}
        fen = sale["amount_paid_fen"]
        made = await self.agent.write("create_order", "POST", "/orders", sale, key=marker, fen=fen)
        if made is not None:
            self.shop.to_judge.append(made)

    async def create_pack(self) -> None:
        marker = self.marker("pack")
        body = pack_body(self.rng, self.shop.items, marker)
        made = await self.agent.write("create_pack", "POST", "/packs", body, key=marker)
        if made is not None:
            self._packs = [*self._packs[-_REMEMBERED:], made]

    async def edit_pack(self) -> None:
        if self._packs:
            place, marker = self.rng.randrange(len(self._packs)), self.marker("name")
            pack = self._packs[place]
            path, body = f"/packs/{pack['pack_id']}", {"name": marker}
            changed = await self.agent.write("edit_pack", "PATCH", path, body, key=marker, version=pack["version"])
            self._seen(self._packs, place, changed)

    async def override_price(self) -> None:
        marker, known = self.marker("override"), self.rng.choice(self.items)
        path = f"/items/{known['item_id']}"
        item = await self.agent.get(path)
        if item is not None:
            price = item["game_price_fen"] + self.rng.randint(1, max(2, item["game_price_fen"] // 20))
            body = {"override_price_fen": price, "reason": marker}
            if price != item["override_price_fen"]:
                await self.agent.write("override_price", "PATCH", path, body, key=marker, version=item["version"])

    async def create_template(self) -> None:
        marker = self.marker("template")
        body = {"title": marker, "text": "您好，请稍等。", "personal": True}
        await self.agent.write("create_reply_template", "POST", "/reply-templates", body, key=marker)

    async def read(self) -> None:
        await self.agent.get(f"/home/players/{self._player()}")

    async def repeat_unknown(self) -> None:
        await self.agent.settle_left_over(tries=1)

    async def repeat_acknowledged(self) -> None:
        """As one whose own store of answers is lost."""
        if self.agent.acknowledged:
            await self.agent.repeat(self.rng.choice(self.agent.acknowledged))

    async def _touch(self, player_id: str) -> None:
        marker = self.marker("touch")
        body = {
            "player_id": player_id,
            "outcome": "no_reply",
            "situation": marker,
            "campaign_id": self.shop.campaign_id,
        }
        await self.agent.write("record_touch", "POST", "/touches", body, key=marker)

    async def _offer(self) -> dict[str, Any] | None:
        return await self.agent.get(f"/offers/{self.rng.choice(self.shop.pack_codes)}")

    def _player(self) -> str:
        return self.rng.choice(self.buyers)["player_id"]

    def _seen(self, known: list[dict[str, Any]], place: int, changed: dict[str, Any] | None) -> None:
        """Work on with what there is now; what may have been changed is left alone, so that its state can tell."""
        if changed is None or "version" not in changed:
            known.pop(place)
        else:
            known[place] = changed


@dataclass
class Lead(Clerk):
    """Confirms payments, gives money back, lets players be handed over."""

    def actions(self) -> dict[Action, int]:
        return {self.judge: 8, self.hand_over: 1, self.read: 1, self.repeat_unknown: 2, self.repeat_acknowledged: 2}

    async def judge(self) -> None:
        if not self.shop.to_judge:
            return
        order = self.shop.to_judge.pop(0)
        if not order["verified"]:
            path, key = f"/orders/{order['order_id']}/verify", self.marker("verify")
            marker, version = order["order_id"], order["version"]
            done = await self.agent.write("verify_order", "POST", path, None, key=key, marker=marker, version=version)
            order = done or order
        for _ in range(self.rng.choice([0, 1, 2]) if order["verified"] else 0):
            marker = self.marker("refund")
            fen = max(1, order["amount_paid_fen"] // 5)
            body = {"amount_fen": fen, "reason": marker, "method": "wechat_pay", "refunded_at": minutes_ago(0)}
            path = f"/orders/{order['order_id']}/refunds"
            await self.agent.write("create_refund", "POST", path, body, key=marker, fen=fen)

    async def hand_over(self) -> None:
        marker = self.marker("handoff")
        giver, taker = self.rng.sample(GIVERS, 2)
        body = {"from_agent_id": giver, "to_agent_id": taker, "reason": marker}
        await self.agent.write("create_handoff", "POST", "/handoffs", body, key=marker)


@dataclass
class Backend:
    """The game changes prices and tells the desk of them; `simulator` is where its management is."""

    name: str
    agent: GameBackend
    simulator: str
    shop: Shop
    rng: random.Random
    _count: int = 0

    def actions(self) -> dict[Action, int]:
        return {self.push: 2, self.repeat_unknown: 2, self.repeat_acknowledged: 1, self.rest: 6}

    async def push(self) -> None:
        self._count += 1
        key, item = f"{self.name}-push-{self._count}", self.rng.choice(self.shop.items)
        price = max(1, item["game_price_fen"] * self.rng.randint(90, 110) // 100)
        change = {"changes": [{"code": item["code"], "price_fen": price}], "push": False}
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as game:
                answer = await game.post(f"{self.simulator}/management/games/{GAME}/prices", json=change)
                answer.raise_for_status()
        except httpx.HTTPError:
            return  # the game itself is away: nothing has changed there
        body = {"event_id": key, "prices": answer.json()["prices"]}
        await self.agent.write("push_prices", "POST", f"/price-pushes/{GAME}", body, key=key)

    async def repeat_unknown(self) -> None:
        await self.agent.settle_left_over(tries=1)

    async def repeat_acknowledged(self) -> None:
        if self.agent.acknowledged:
            await self.agent.repeat(self.rng.choice(self.agent.acknowledged))

    async def rest(self) -> None:
        await asyncio.sleep(PACE)


def _wanted(offer: dict[str, Any]) -> dict[str, Any]:
    return {"pack_code": offer["pack_code"], "pack_revision": offer["revision"]}


async def work(clients: Sequence[Clerk | Backend], stop: asyncio.Event, pace: float = PACE) -> None:
    """Let all of them work until `stop` is set; each finishes what it is at."""

    async def one(client: Clerk | Backend) -> None:
        choices = client.actions()
        signed_in = False
        while not stop.is_set():
            signed_in = signed_in or await client.agent.sign_in()
            if signed_in:
                [action] = client.rng.choices(list(choices), list(choices.values()))
                await action()
            await asyncio.sleep(client.rng.uniform(0, 2 * pace))

    await asyncio.gather(*(one(client) for client in clients))


async def settle(clients: Sequence[Clerk | Backend], within: float) -> int:
    """After healing: repeat what is not known until it is, and some of what is; how many writes stay unknown after
    that many seconds."""
    deadline = asyncio.get_running_loop().time() + within
    agents = [client.agent for client in clients]
    while any(agent.left_over for agent in agents) and asyncio.get_running_loop().time() < deadline:
        await asyncio.gather(*(agent.settle_left_over(tries=3, final=True) for agent in agents))
    await asyncio.gather(*(_once_more(agent) for agent in agents))
    await asyncio.gather(*(agent.close() for agent in agents))
    return sum(len(agent.left_over) for agent in agents)


async def _once_more(agent: Agent) -> None:
    for write in list(agent.acknowledged)[-_REPEATED_AT_REST:]:
        await agent.repeat(write)
