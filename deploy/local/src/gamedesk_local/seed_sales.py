"""Loading what sales has of the demo data: contacts, quotes, orders and what became of them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from gamedesk_local.api import Desk, Refused
from gamedesk_local.errors import LocalError
from gamedesk_local.seed_data import Player
from gamedesk_local.seed_history import Contact, Quote, Sale, day, rfc3339
from gamedesk_local.seed_requests import eventually, found, once
from gamedesk_local.seed_shop import Packs

PATIENCE = 120.0  # seconds, of all together, for the games to say who has which account
CALLS = 9  # of an agent in the campaign; a third of them has been made
SAID = ("lost", "won", "thinking", "no_reply")


@dataclass(frozen=True)
class Buyer:
    """A player to whom something may be sold, and whose he is."""

    number: int
    player_id: str
    desk: Desk
    account: dict[str, Any] | None

    def key(self, what: str) -> str:
        """The Idempotency-Key of one request about him."""
        return f"seed-{self.number:06d}-{what}"


class Sales:
    """Who was contacted and what he bought, told by the agents whose players they are.

    Args:
        admin: confirms, rejects and refunds what others sold.
        packs: of each game, in the order that histories count by.
    """

    def __init__(self, admin: Desk, packs: Packs, anchor: datetime) -> None:
        self._admin = admin
        self._packs = packs
        self._anchor = anchor
        reasons = admin.get("/lost-reasons")["items"]
        self._reasons = [reason["reason_id"] for reason in reasons if reason["active"] and not reason["needs_note"]]
        self._deadline = time.monotonic() + PATIENCE
        for pack in itertools.chain(*packs.values()):
            if pack["state"] == "active":
                eventually(lambda pack=pack: self._offer(pack), f"the offer {pack['code']}")

    def tell(self, player: Player, player_id: str, desk: Desk) -> None:
        """All that happened with a player, in order."""
        if not player.history.steps:
            return
        buys = player.history.quote is not None or any(isinstance(step, Sale) for step in player.history.steps)
        buyer = Buyer(player.number, player_id, desk, self.account(player_id) if buys else None)
        for number, step in enumerate(player.history.steps):
            if isinstance(step, Contact):
                self._contact(buyer, step, f"touch-{number}")
            else:
                self.sell(buyer, step, f"order-{number}")
        if player.history.quote is not None:
            self._quote(buyer, player.history.quote)

    def account(self, player_id: str) -> dict[str, Any] | None:
        """The first account that the games know of a player, once all have answered or patience is at its end."""
        while True:
            profiles = self._admin.get(f"/players/{player_id}")["profiles"]
            if time.monotonic() > self._deadline or not any(each["state"] == "pending" for each in profiles):
                return next((each for each in profiles if each["state"] in ("ok", "stale")), None)
            time.sleep(0.2)

    def sell(self, buyer: Buyer, sale: Sale, name: str, **more: Any) -> dict[str, Any] | None:
        """One order, and what became of it; None if he plays nothing, or it was told before."""
        if buyer.account is None:
            return None
        pack = self._packs[buyer.account["game_id"]][sale.pack]
        offer = self._admin.get(f"/offers/{pack['code']}")
        body = {
            "player_id": buyer.player_id,
            "profile_id": buyer.account["profile_id"],
            "method": sale.method,
            "transaction_id": f"DEMO{buyer.number:07d}{name.upper().replace('-', '')}",
            "amount_paid_fen": offer["price_fen"],
            "paid_at": rfc3339(self._anchor if sale.fate == "quoted" else sale.paid_at),
            **more,
        }
        if sale.fate == "quoted":
            quote = self._promise(buyer, offer, 600, f"{name}-quote")
            if quote is None:
                return None
            body |= {"quote_id": quote["quote_id"], "amount_paid_fen": quote["amount_fen"]}
        else:
            body |= {"pack_code": pack["code"], "pack_revision": offer["revision"]}
        order = self._sold(buyer, body, name)
        if order is not None:
            self._follow(buyer, sale, order, name)
        return order

    def call(self, campaign_id: str, agent_id: str, desk: Desk) -> None:
        """An agent's first calls of a campaign."""
        calls = desk.get("/campaign-calls", campaign_id=campaign_id, agent=agent_id, limit=CALLS)["items"]
        for number, call in enumerate(calls[: max(1, len(calls) // 3) if calls else 0]):
            said = SAID[(number + int(agent_id[-1])) % len(SAID)]
            happened = self._anchor - timedelta(hours=2 + number)
            campaign = {"campaign_id": campaign_id}
            buyer = Buyer(900_000 + number, call["player_id"], desk, None)
            if said == "won":
                buyer = replace(buyer, account=self.account(call["player_id"]))
                self.sell(buyer, Sale(1, "wechat_pay", happened, "paid"), f"call-{agent_id}", **campaign)
                continue
            body = {"outcome": said, "situation": "中秋活动外呼", "occurred_at": rfc3339(happened), **campaign}
            if said == "thinking":
                body["follow_up_on"] = day(self._anchor, 2)
            self._contact(buyer, Contact(body, number), f"call-{agent_id}")

    def stand_in(self, owner: str, stand_in: str) -> None:
        """One agent sells in another's place for a week."""
        body = {
            "owner_agent_id": owner,
            "stand_in_agent_id": stand_in,
            "from_on": day(self._anchor, 0),
            "until_on": day(self._anchor, 7),
            "reason": "休年假",
        }
        once(self._admin, "/stand-ins", body, f"seed-stand-in-{owner}")

    def promise_one(self, buyer: Buyer, pack: dict[str, Any]) -> None:
        """The pack that was made for him."""
        offer = eventually(lambda: self._offer(pack), f"the offer {pack['code']}")
        self._promise(buyer, offer, 48 * 60, "quote-one")

    def fail(self, buyer: Buyer, simulator: str) -> None:
        """An order that the game refuses to deliver: the simulated game is told to, for this moment.

        Raises LocalError, httpx.TransportError: the simulated games do not answer.
        """
        if buyer.account is None:
            return
        game_id = buyer.account["game_id"]
        quiet = {"state": "queued", "game": game_id, "limit": 1}
        with httpx.Client(base_url=f"{simulator}/management/games/{game_id}", timeout=10.0, trust_env=False) as game:
            try:
                eventually(lambda: not self._admin.get("/deliveries", **quiet)["items"], "the deliveries", within=60)
                _require(game.put("/faults", json={"mode": "error", "error_status": 422, "operations": ["grant"]}))
                sale = Sale(0, "wechat_pay", self._anchor - timedelta(hours=5), "paid")
                order = self.sell(buyer, sale, "failed")
                if order is not None:
                    eventually(lambda: self._is_refused(order["order_id"]), "the refusal of a delivery", within=60)
            except LocalError:
                pass  # busy games: the demo goes without it
            finally:
                _require(game.put("/faults", json={"mode": "none"}))

    def _contact(self, buyer: Buyer, contact: Contact, name: str) -> None:
        body = {**contact.body, "player_id": buyer.player_id}
        if body["outcome"] == "lost":
            body["reason_id"] = self._reasons[(contact.reason or 0) % len(self._reasons)]
        if contact.pack is not None:
            of_games = list(self._packs.values())
            body["pack_code"] = of_games[buyer.number % len(of_games)][contact.pack]["code"]
        once(buyer.desk, "/touches", body, buyer.key(name))

    def _quote(self, buyer: Buyer, quote: Quote) -> None:
        if buyer.account is None:
            return
        pack = self._packs[buyer.account["game_id"]][quote.pack]
        self._promise(buyer, self._admin.get(f"/offers/{pack['code']}"), quote.valid_minutes, "quote")

    def _promise(self, buyer: Buyer, offer: dict[str, Any], minutes: int, name: str) -> dict[str, Any] | None:
        body = {
            "player_id": buyer.player_id,
            "pack_code": offer["pack_code"],
            "pack_revision": offer["revision"],
            "price_fen": offer["price_fen"],
            "valid_minutes": minutes,
        }
        return once(buyer.desk, "/quotes", body, buyer.key(name))

    def _sold(self, buyer: Buyer, body: dict[str, Any], name: str) -> dict[str, Any] | None:
        """The order; sales may hear of his account a moment after players."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return once(buyer.desk, "/orders", body, buyer.key(name))
            except Refused as refusal:
                if refusal.slug != "unknown-profile" or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def _follow(self, buyer: Buyer, sale: Sale, order: dict[str, Any], name: str) -> None:
        """Confirm, reject, cancel or refund, where that has not been done."""
        path = f"/orders/{order['order_id']}"
        waits = order["state"] == "paid" and not order["verified"]
        if sale.fate == "verified" and waits:
            self._admin.post(f"{path}/verify", None, buyer.key(f"{name}-verify"), version=order["version"])
        elif sale.fate == "rejected" and waits:
            reason = {"reason": "财务三天内没有查到这笔转账"}
            self._admin.post(f"{path}/reject-payment", reason, buyer.key(f"{name}-reject"), version=order["version"])
        elif sale.fate == "cancelled" and waits:
            reason = {"reason": "录错了玩家"}
            buyer.desk.post(f"{path}/cancel", reason, buyer.key(f"{name}-cancel"), version=order["version"])
        elif sale.fate in ("refunded", "partly_refunded"):
            self._refund(buyer, sale, order, name)

    def _refund(self, buyer: Buyer, sale: Sale, order: dict[str, Any], name: str) -> None:
        paid = order["amount_paid_fen"]
        body = {
            "amount_fen": paid if sale.fate == "refunded" else max(1, paid // 4),
            "reason": "玩家误购，协商退款" if sale.fate == "refunded" else "活动多收，退差价",
            "method": sale.method,
            "refunded_at": rfc3339(min(sale.paid_at + timedelta(days=2), self._anchor)),
        }
        once(self._admin, f"/orders/{order['order_id']}/refunds", body, buyer.key(f"{name}-refund"))

    def _is_refused(self, order_id: str) -> bool:
        return self._admin.get(f"/orders/{order_id}")["delivery"]["state"] == "failed"

    def _offer(self, pack: dict[str, Any]) -> dict[str, Any] | None:
        """The sales copy of a pack that is for sale, None while it has not arrived."""
        offer = found(self._admin, f"/offers/{pack['code']}")
        return offer if offer is not None and offer["sellable"] else None


def _require(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise LocalError(f"The simulated games answer {answer.status_code}.", "See: .gamedesk/logs")
