"""A team that sells: what the tests of sales have in common."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.desk import Desk, Person, new_phone

GAME = "xiyou"


def minutes_ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


@dataclass(frozen=True)
class Shop:
    """An agent and the lead of a team of their own."""

    desk: Desk
    agent: Person
    lead: Person

    def player(self, **fields: Any) -> dict[str, Any]:
        """A player of the agent's who has an account in every game; `account` is the one in GAME."""
        phone = new_phone()
        known = {"wechat_id": f"wx_p{phone}", "wechat_name": "孙悟空", **fields}
        player = self.agent.create_player(phone, **known)

        def account() -> Any:
            profiles = self.agent.get(f"/players/{player['player_id']}").json()["profiles"]
            return next((p for p in profiles if p["game_id"] == GAME and p["state"] == "ok"), None)

        return {**player, "account": self.desk.eventually(account, within=20)}

    def items(self, first: int, count: int) -> list[dict[str, Any]]:
        """Items of GAME by their place in its list; tests that push prices share none."""

        def listed() -> list[dict[str, Any]]:
            found = self.agent.get("/items", game_id=GAME, limit=200).json()["items"]
            return sorted(found, key=lambda item: item["code"])

        return self.desk.eventually(lambda: len(found := listed()) >= first + count and found, within=30)[first:][
            :count
        ]

    def pack(self, *contents: tuple[dict[str, Any], int], **fields: Any) -> dict[str, Any]:
        """A pack of the agent's that is on sale, once sales has heard of it."""
        lines = [{"item_id": item["item_id"], "quantity": quantity} for item, quantity in contents]
        made = self.agent.post("/packs", {"name": "周末礼包", "discount_bp": 1000, "contents": lines, **fields})
        assert made.status_code == 201, made.text
        pack = made.json()
        assert pack["state"] == "active", pack
        self.desk.eventually(lambda: self.offer(pack)["price_fen"] == pack["price_fen"])
        return pack

    def offer(self, pack: dict[str, Any]) -> dict[str, Any]:
        """What sales knows of a pack."""
        response = self.agent.get(f"/offers/{pack['code']}")
        return response.json() if response.status_code == 200 else {"price_fen": None}

    def quote(self, player: dict[str, Any], pack: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The price of now, promised."""
        offer = self.offer(pack)
        body = {
            "player_id": player["player_id"],
            "pack_code": pack["code"],
            "pack_revision": offer["revision"],
            "price_fen": offer["price_fen"],
            "profile_id": player["account"]["profile_id"],
            **fields,
        }
        return self._made("/quotes", body)

    def sale(self, player: dict[str, Any], amount_fen: int, **fields: Any) -> dict[str, Any]:
        """The body of an order, paid a minute ago."""
        return {
            "player_id": player["player_id"],
            "profile_id": player["account"]["profile_id"],
            "method": "wechat_pay",
            "transaction_id": f"42000{secrets.token_hex(8)}",
            "amount_paid_fen": amount_fen,
            "paid_at": minutes_ago(1),
            **fields,
        }

    def sell(self, player: dict[str, Any], pack: dict[str, Any]) -> dict[str, Any]:
        """An order of a pack at the price of now."""
        offer = self.offer(pack)
        wanted = {"pack_code": pack["code"], "pack_revision": offer["revision"]}
        return self._made("/orders", self.sale(player, offer["price_fen"], **wanted))

    def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the agent makes, once sales has heard of the player's account."""

        def made() -> Any:
            answer = self.agent.post(path, body)
            assert answer.status_code == 201, answer.text
            return answer.json()

        return self.desk.eventually(made)

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        return self.agent.get(f"/orders/{order['order_id']}").json()

    def delivered(self, order: dict[str, Any], within: float = 30) -> dict[str, Any]:
        """The order, once the game has confirmed it."""
        return self.desk.eventually(lambda: (o := self.order(order))["state"] == "delivered" and o, within=within)

    def grants(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        """What the game was made to give for an order."""
        given = self.desk.games("GET", f"/games/{GAME}/grants")["grants"]
        return [grant for grant in given if grant["order_id"] == order["order_id"]]

    def fault(self, mode: str, **fields: Any) -> None:
        """The game misbehaves when it is asked to grant."""
        operations = {} if mode == "none" else {"operations": ["grant", "get_grant"]}
        self.desk.games("PUT", f"/games/{GAME}/faults", {"mode": mode, **operations, **fields})

    def attention(self, name: str, person: Person | None = None) -> list[dict[str, Any]]:
        """A section of what waits for somebody, by default for the agent."""
        section = (person or self.agent).get("/home").json()[name]
        assert section["status"] == "ok", section
        return section["data"]["items"]


def open_shop(desk: Desk, hire: Callable[..., Person]) -> Shop:
    team = f"T{secrets.randbelow(10**9):09}"
    return Shop(desk, hire("agent", team), hire("lead", team))
