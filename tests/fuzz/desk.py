"""People at work while others invent requests: they make, through the API, what a hard request needs.

What they share is of a game and a ticket category of their own, `KEPT`, and hidden from the memory: no invented request
spoils its rules and prices.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import requests
from PIL import Image

from tests.fuzz.world import KEPT, KEPT_ITEMS, World

Thing = dict[str, Any]
_ALLOWED = {"lead": 1000, "admin": 10000}  # basis points of discount


class Desk:
    """`tokens` by agent. KF002, a lead, makes things; KF001, an admin, is the other who judges them."""

    def __init__(self, world: World, tokens: dict[str, str], random: Random) -> None:
        self.world, self._tokens, self.random = world, tokens, random
        self.hidden = {KEPT, *KEPT_ITEMS}
        for role, most in _ALLOWED.items():
            rule = {"role": role, "game_id": KEPT, "max_discount_bp": most, "lowest_price_fen": 0}
            self.hidden.add(self.post("catalog", "/discount-rules", rule, by="KF001")["rule_id"])
        self.post(
            "tickets", "/ticket-categories", {"category_id": KEPT, "name_zh": "留", "name_en": "kept"}, by="KF001"
        )
        self._items = {item["code"]: item["item_id"] for item in self.get("catalog", f"/items?game_id={KEPT}")["items"]}
        self.hidden.update(self._items.values())

    def get(self, service: str, path: str) -> Any:
        return json.loads(self._asked("KF001", service, "GET", path).content)

    def post(self, service: str, path: str, body: Any = None, *, by: str = "KF002", version: int | None = None) -> Any:
        return self.send("POST", service, path, body, by=by, version=version)

    def send(
        self, method: str, service: str, path: str, body: Any = None, *, by: str = "KF002", version: int | None = None
    ) -> Any:
        """The answer to a request that has to be granted; `body` as JSON, or a picture's or a sheet's bytes."""
        content = self._asked(by, service, method, path, body, version).content
        return json.loads(content) if content else None

    def _asked(
        self, by: str, service: str, method: str, path: str, body: Any = None, version: int | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[by]}", "Idempotency-Key": self.key()}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if isinstance(body, bytes):
            sent: Any = {"data": body}
            headers["Content-Type"] = "image/png" if body.startswith(b"\x89PNG") else "text/csv"
        else:
            sent = {} if body is None else {"json": body}
        request = requests.Request(method, f"http://desk{path}", headers=headers, **sent).prepare()
        response = self.world.ask(service, request)
        assert response.status_code < 400, f"{by} {method} {path} {body!r:.500}: {response.content!r}"
        return response

    def key(self) -> str:
        return f"{self.random.getrandbits(96):024x}"

    def phone(self) -> str:
        return f"15{self.random.randrange(10**9):09}"

    def player(self) -> Thing:
        """A new player of KF002, known everywhere."""
        made = self.post("players", "/players", {"phone": self.phone()})
        self.world.carry_events()
        return made

    def ticket(self) -> Thing:
        return self.post(
            "tickets", "/tickets", {"player_id": self.player()["player_id"], "detail": "?", "category": KEPT}
        )

    def template(self) -> Thing:
        """A reply template of KF002; there may be only so many."""
        kept = json.loads(self._asked("KF002", "tickets", "GET", "/reply-templates").content)["items"]
        mine = [one for one in kept if one["title"] == KEPT]
        body = {"title": KEPT, "text": "so", "personal": True}
        return mine[0] if mine else self.post("tickets", "/reply-templates", body)

    def incident(self) -> tuple[str, str]:
        """The ids of an open incident and of the ticket that hangs on it."""
        parent, child = (self.ticket()["ticket_id"] for _ in range(2))
        self.post("tickets", f"/tickets/{parent}/children", {"ticket_ids": [child]})
        return parent, child

    def picture_of_ticket(self) -> Thing:
        path = f"/tickets/{self.ticket()['ticket_id']}/attachments?purpose=problem"
        return self.post("tickets", path, picture("image/png", self.random))

    def contents(self, quantity: int = 3) -> list[Thing]:
        return [{"item_id": self._items[KEPT_ITEMS[0]], "quantity": quantity}]

    def item(self, price_fen: int = 1000) -> Thing:
        """A new item of the kept game."""
        code = f"NEW-{self.random.getrandbits(48):012x}"
        self.world.price(KEPT, code, price_fen, version=1, name=code)
        [item] = self.get("catalog", f"/items?game_id={KEPT}&q={code}")["items"]
        return item

    def pack(self, *, draft: bool = False, discount_bp: int = 500, contents: Any = None) -> Thing:
        """KF002's pack; beyond 1000 basis points another has to approve it."""
        body = {"name": "pack", "discount_bp": discount_bp, "contents": contents or self.contents(), "draft": draft}
        return self.post("catalog", "/packs", body)

    def price_impact(self) -> str:
        """The id of what a new price did to a pack."""
        item = self.item()
        pack = self.pack(contents=[{"item_id": item["item_id"], "quantity": 1}])
        self.world.price(KEPT, item["code"], 1100, version=2)
        [impact] = self.get("catalog", f"/price-impacts?pack_id={pack['pack_id']}")["items"]
        return impact["impact_id"]

    def campaign(self, *, launched: bool = False) -> Thing:
        made = self.post("catalog", "/campaigns", campaign_body(), by="KF001")
        if launched:
            path = f"/campaigns/{made['campaign_id']}/launch"
            made = self.post("catalog", path, by="KF001", version=made["version"])
        self.world.carry_events()
        return made

    def discount_rule(self) -> Thing:
        return self.post("catalog", "/discount-rules", self.rule_body(), by="KF001")

    def rule_body(self) -> Thing:
        """Of a campaign of its own, so that it clashes with none; there is room for it."""
        items = self.get("catalog", "/discount-rules")["items"]
        for rule in [one for one in items if one["campaign_id"]] if len(items) > 150 else []:
            path = f"/discount-rules/{rule['rule_id']}"
            self.send("DELETE", "catalog", path, by="KF001", version=rule["version"])
        campaign_id = self.campaign()["campaign_id"]
        return {"role": "agent", "campaign_id": campaign_id, "max_discount_bp": 500, "lowest_price_fen": 0}

    def sale(self) -> Thing:
        """What sells a pack to a player of KF002."""
        player, pack = self.player(), self.pack()
        self.world.carry_events()
        return {
            "player_id": player["player_id"],
            "pack_code": pack["code"],
            "pack_revision": pack["revision"],
            "price_fen": pack["price_fen"],
        }

    def order_body(self, method: str = "bank_transfer") -> Thing:
        sale = self.sale()
        paid = {"amount_paid_fen": sale["price_fen"], "paid_at": ago(minutes=1), "transaction_id": self.key()}
        return {**sale, **paid, "method": method}

    def order(self, method: str = "bank_transfer") -> Thing:
        """A transfer waits for another to confirm it; what came by `alipay` does not."""
        return self.post("sales", "/orders", self.order_body(method))

    def quote(self) -> Thing:
        return self.post("sales", "/quotes", {**self.sale(), "valid_minutes": 60})

    def touch(self, outcome: str, **fields: Any) -> Thing:
        return self.post("sales", "/touches", {"player_id": self.player()["player_id"], "outcome": outcome, **fields})

    def proposal(self) -> Thing:
        """Of winning a player back whose ticket was solved."""
        rules = self._asked("KF001", "sales", "GET", "/contact-rules")
        body = json.loads(rules.content)
        if KEPT not in body["warning_categories"]:
            names = ("max_touches", "per_days", "warning_categories", "tier_thresholds")
            body = {**{name: body[name] for name in names}, "warning_categories": [KEPT]}
            version = int(rules.headers["etag"][0].strip('"'))
            self.send("PUT", "sales", "/contact-rules", body, by="KF001", version=version)
        ticket = self.ticket()
        path = f"/tickets/{ticket['ticket_id']}/transitions"
        self.post("tickets", path, {"to": "done", "solution": "so"}, version=ticket["version"])
        self.world.carry_events()
        listed = self.get("sales", "/recovery-proposals?state=open&limit=200&agent=KF002")["items"]
        return next(one for one in listed if one["ticket_id"] == ticket["ticket_id"])


def campaign_body() -> Thing:
    today = datetime.now(UTC).date()
    return {
        "name": "campaign",
        "theme": "theme",
        "starts_on": str(today - timedelta(days=1)),
        "ends_on": str(today + timedelta(days=5)),
        "game_ids": [KEPT],
    }


def ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def days_ahead(days: int) -> str:
    return str((datetime.now(UTC) + timedelta(days=days)).date())


def picture(media_type: str, random: Random) -> bytes:
    """A small picture that no other case has sent."""
    written = io.BytesIO()
    colour = tuple(random.randrange(256) for _ in range(3))
    Image.new("RGB", (8, 8), colour).save(written, media_type.removeprefix("image/").upper())
    return written.getvalue()
