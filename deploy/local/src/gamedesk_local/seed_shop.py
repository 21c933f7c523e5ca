"""Loading what catalog has of the demo data: discount rules, packs in every state, a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gamedesk_local.api import Desk
from gamedesk_local.seed_data import CAMPAIGN, PACKS
from gamedesk_local.seed_history import SPENDERS, day
from gamedesk_local.seed_requests import eventually, found, once

Packs = dict[str, list[dict[str, Any]]]
ITEMS = 20


class Shop:
    """What there is to sell.

    Args:
        admin, lead, agents: who make it; nobody approves his own work.
        anchor: the campaign's days are counted from it.
    """

    def __init__(self, admin: Desk, lead: Desk, agents: list[Desk], anchor: datetime) -> None:
        self._admin = admin
        self._lead = lead
        self._maker, self._other = agents[-2], agents[-1]
        self._anchor = anchor
        self._games: list[str] = []
        self._items: dict[str, list[dict[str, Any]]] = {}

    def open(self) -> Packs:
        """The packs that everybody sells, by game, in the order of PACKS."""
        self._games = [game["game_id"] for game in self._admin.get("/games")["items"]]
        self._items = {game_id: self._items_of(game_id) for game_id in self._games}
        known = {
            (pack["game_id"], pack["name"]): pack
            for state in ("active", "review")
            for game_id in self._games
            for pack in self._admin.get("/packs", game_id=game_id, state=state, limit=200)["items"]
        }
        return {
            game_id: [self._shared(known, game_id, number) for number in range(len(PACKS))] for game_id in self._games
        }

    def plan(self, packs: Packs) -> dict[str, Any] | None:
        """The campaign, with its rule and packs in every state; None when it has been launched before."""
        campaigns = self._admin.get("/campaigns", limit=200)["items"]
        if any(campaign["name"] == CAMPAIGN and campaign["state"] != "draft" for campaign in campaigns):
            return None
        body = {
            "name": CAMPAIGN,
            "theme": "中秋团圆，老玩家专享",
            "starts_on": day(self._anchor, -3),
            "ends_on": day(self._anchor, 11),
            "game_ids": self._games,
            "pack_ids": [of_game[1]["pack_id"] for of_game in packs.values()],
            "segment": {"tiers": list(SPENDERS)},
            "note": "先联系最近三十天没有购买的大R",
        }
        campaign = self._admin.post("/campaigns", body, "seed-campaign")
        self._rules(campaign)
        self._packs_of(campaign)
        return campaign

    def launch(self, campaign: dict[str, Any]) -> None:
        """Let it run, and wait until its call list is drawn."""
        campaign_id = campaign["campaign_id"]
        now = self._admin.get(f"/campaigns/{campaign_id}")
        if now["state"] == "draft":
            self._admin.post(f"/campaigns/{campaign_id}/launch", None, "seed-launch", version=now["version"])
        eventually(lambda: self._drawn(campaign_id), "the campaign's call list", within=180)

    def for_one(self, player_id: str, game_id: str) -> dict[str, Any]:
        """A pack that is made for one player alone."""
        return self._make(self._maker, game_id, "专属回馈礼包", 1500, (2, 1, 3), "seed-pack-one", player_id=player_id)

    def fine_tune(self) -> None:
        """An agent's own price for one item, so that there is a price change with what it did to packs."""
        item = self._admin.get(f"/items/{self._items[self._games[0]][1]['item_id']}")
        if item["override_price_fen"] is None:
            lower = {"override_price_fen": item["game_price_fen"] * 95 // 100, "reason": "跟随渠道活动价"}
            self._lead.patch(f"/items/{item['item_id']}", lower, version=item["version"])

    def _rules(self, campaign: dict[str, Any]) -> None:
        agents = {"role": "agent", "lowest_price_fen": 100}
        own = {**agents, "game_id": self._games[-1], "max_discount_bp": 2000, "rounding": "yuan"}
        dated = {"starts_on": campaign["starts_on"], "ends_on": campaign["ends_on"]}
        more = {**agents, "campaign_id": campaign["campaign_id"], "max_discount_bp": 3500, **dated}
        once(self._admin, "/discount-rules", own, "seed-rule-game")
        once(self._admin, "/discount-rules", more, "seed-rule-campaign")

    def _packs_of(self, campaign: dict[str, Any]) -> None:
        """One at the campaign's discount, one that waits for approval, a draft, and one that a stricter rule sent to
        review."""
        first = self._games[0]
        of_campaign = {"campaign_id": campaign["campaign_id"]}
        self._make(self._maker, first, "中秋团圆礼包", 3000, (3, 2, 1), "seed-pack-campaign", **of_campaign)
        self._make(self._maker, first, "大R特惠礼包", 4500, (5, 5), "seed-pack-waiting")
        self._make(self._other, first, "国庆预备礼包", 1800, (2, 4), "seed-pack-draft", draft=True)
        rule = {"role": "agent", "game_id": first, "max_discount_bp": 2900, "lowest_price_fen": 100}
        made = once(self._admin, "/discount-rules", rule, "seed-rule-stricter")
        self._make(self._other, first, "限时冲级礼包", 2800, (1, 3, 5), "seed-pack-review")
        if made and made["max_discount_bp"] == rule["max_discount_bp"]:
            path = f"/discount-rules/{made['rule_id']}"
            self._admin.patch(path, {"max_discount_bp": 2500}, version=made["version"])

    def _shared(self, known: dict[tuple[str, str], dict[str, Any]], game_id: str, number: int) -> dict[str, Any]:
        pack = PACKS[number]
        made = known.get((game_id, pack.name))
        key = f"seed-pack-{game_id}-{number}"
        return made or self._make(self._lead, game_id, pack.name, pack.discount_bp, pack.quantities, key, skip=number)

    def _make(
        self,
        desk: Desk,
        game_id: str,
        name: str,
        discount_bp: int,
        quantities: tuple[int, ...],
        key: str,
        *,
        skip: int = 0,
        **more: Any,
    ) -> dict[str, Any]:
        contents = [
            {"item_id": item["item_id"], "quantity": quantity}
            for item, quantity in zip(self._items[game_id][skip:], quantities, strict=False)
        ]
        return desk.post("/packs", {"name": name, "discount_bp": discount_bp, "contents": contents, **more}, key)

    def _items_of(self, game_id: str) -> list[dict[str, Any]]:
        return eventually(
            lambda: self._admin.get("/items", game_id=game_id, limit=ITEMS)["items"], f"the items of {game_id}"
        )

    def _drawn(self, campaign_id: str) -> bool:
        draws = found(self._admin, f"/campaign-draws/{campaign_id}")
        return draws is not None and draws["state"] != "running"
