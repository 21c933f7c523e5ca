"""What the load needs before it begins: a team, a campaign, things to sell and players who play."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
from gamedesk_testing.polling import eventually

GAME = "xiyou"
TEAM = "F"
PASSWORD = "a password of the load"
AGENTS = ("KF901", "KF902", "KF903")
GIVERS = ("KF911", "KF912")  # who hand their players to each other
LEAD = "KF921"
PLAYERS_EACH = 2
T = TypeVar("T")


@dataclass
class Shop:
    """What all clients share. `to_judge`: orders for the lead, with what was paid."""

    campaign_id: str
    pack_codes: list[str]
    items: list[dict[str, Any]]
    buyers: dict[str, list[dict[str, str]]]  # agent id → players {player_id, profile_id}
    to_judge: list[dict[str, Any]] = field(default_factory=list)


def open_shop(gateway: str, admin_id: str, admin_password: str, rng: random.Random, *, within: float = 120) -> Shop:
    """Make the team and its goods; nothing is harmed yet, so every refusal is an error."""
    with _Desk(gateway, within) as desk:
        desk.sign_in(admin_id, admin_password)
        for agent_id in (*AGENTS, *GIVERS, LEAD):
            desk.post("/agents", _agent(agent_id), f"hire-{agent_id}")
        items = desk.wait(lambda: _items(desk), "the games' price lists")
        campaign = desk.post("/campaigns", _campaign(), "campaign")
        launch = f"/campaigns/{campaign['campaign_id']}/launch"
        desk.post(launch, None, "launch", version=campaign["version"])
        packs = [desk.post("/packs", pack_body(rng, items, f"load-pack-{n}"), f"pack-{n}") for n in range(3)]
        for pack in packs:
            desk.wait(lambda pack=pack: desk.find(f"/offers/{pack['code']}"), "an offer in sales")
        desk.wait(lambda: desk.find(f"/campaign-draws/{campaign['campaign_id']}"), "the campaign in sales")
        buyers = {agent_id: [_buyer(desk, agent_id, rng) for _ in range(PLAYERS_EACH)] for agent_id in AGENTS}
        for giver in GIVERS[:1]:
            for number in range(3):
                body = {"phone": new_phone(rng), "wechat_name": f"{giver}-{number}", "owner_agent_id": giver}
                desk.post("/players", body, f"given-{giver}-{number}")
        return Shop(campaign["campaign_id"], [pack["code"] for pack in packs], items, buyers)


def pack_body(rng: random.Random, items: list[dict[str, Any]], description: str) -> dict[str, Any]:
    """A pack of two items, at a discount that everybody may give."""
    contents = [{"item_id": item["item_id"], "quantity": rng.randint(1, 5)} for item in rng.sample(items, 2)]
    return {
        "name": f"周末礼包{rng.randint(1, 999)}",
        "description": description,
        "discount_bp": 1000,
        "contents": contents,
    }


def new_phone(rng: random.Random) -> str:
    """A mobile that every simulated game knows."""
    return f"1{rng.randint(3, 9)}{rng.randint(0, 99999):05}1111"


def minutes_ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


class _Desk:
    """A client for what has to work."""

    def __init__(self, gateway: str, within: float) -> None:
        self._http = httpx.Client(base_url=f"{gateway}/api", timeout=30, trust_env=False, headers={"Origin": gateway})
        self._within = within

    def __enter__(self) -> _Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sign_in(self, agent_id: str, password: str) -> None:
        answer = self._http.post("/session", json={"agent_id": agent_id, "password": password})
        answer.raise_for_status()

    def post(self, path: str, body: Any, key: str, version: int | None = None) -> dict[str, Any]:
        """Asked again while a part is not ready, or has not heard of something yet."""
        headers = {"Idempotency-Key": f"load-shop-{key}", **({} if version is None else {"If-Match": f'"{version}"'})}

        def made() -> dict[str, Any] | None:
            answer = self._http.post(path, json=body, headers=headers)
            if answer.status_code in (429, 503):
                return None
            if not answer.is_success:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text}")
            return answer.json()

        return self.wait(made, path)

    def find(self, path: str, **params: Any) -> dict[str, Any] | None:
        answer = self._http.get(path, params=params)
        return answer.json() if answer.is_success else None

    def wait(self, ask: Callable[[], T | None], what: str) -> T:
        try:
            found = eventually(ask, within=self._within, every=0.2)
        except AssertionError as error:
            raise RuntimeError(f"{what}: {error}") from None
        assert found is not None
        return found


def _agent(agent_id: str) -> dict[str, Any]:
    return {
        "agent_id": agent_id,
        "name": f"客服{agent_id[-3:]}",
        "role": "lead" if agent_id == LEAD else "agent",
        "team": TEAM,
        "password": PASSWORD,
        "wechat_id": f"wx_{agent_id}",
        "wechat_name": f"微信{agent_id[-3:]}",
    }


def _campaign() -> dict[str, Any]:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return {
        "name": "负载活动",
        "theme": "周末",
        "starts_on": str(today - timedelta(days=1)),
        "ends_on": str(today + timedelta(days=7)),
        "game_ids": [GAME],
        "pack_ids": [],
        "segment": {"tiers": ["none", "small", "medium", "big", "whale"]},
        "note": "",
    }


def _items(desk: _Desk) -> list[dict[str, Any]] | None:
    found = desk.find("/items", game_id=GAME, limit=60)
    return found["items"] if found and len(found["items"]) >= 60 else None


def _buyer(desk: _Desk, agent_id: str, rng: random.Random) -> dict[str, str]:
    """A player of the agent's, once it is known where he plays."""
    phone = new_phone(rng)
    body = {"phone": phone, "wechat_name": f"buyer-{phone}", "owner_agent_id": agent_id, "tier": "big"}
    player = desk.post("/players", body, f"buyer-{phone}")

    def account() -> dict[str, str] | None:
        known = desk.find(f"/players/{player['player_id']}")
        profiles = known["profiles"] if known else []
        return next((p for p in profiles if p["game_id"] == GAME and p["state"] == "ok"), None)

    profile = desk.wait(account, "what the game knows of a player")
    return {"player_id": player["player_id"], "profile_id": profile["profile_id"]}
