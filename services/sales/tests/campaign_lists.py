"""Players, campaigns and their lists, as the tests of campaigns have them; conftest knows the fixtures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_sales.__main__ import draw_campaigns
from gamedesk_testing.api_client import ApiClient

if TYPE_CHECKING:
    from .conftest import Feed

As = Callable[[str], ApiClient]
AGENT, LEAD, ADMIN, OTHER, OTHER_LEAD = "KF003", "KF002", "KF001", "KF004", "KF005"
NO_SEGMENT = {
    "tiers": [],
    "game_id": None,
    "server": None,
    "not_contacted_days": None,
    "bought_within_days": None,
    "bought_min_orders": None,
    "spent_min_fen": None,
    "never_bought": False,
}


@pytest.fixture
def somebody(feed: Feed, known_profile: Callable[..., str]) -> Callable[..., str]:
    """`somebody(tier="big", owner="KF003", plays=("xiyou",), **fields)`: the id of a player with these data."""

    def create(
        tier: str = "big", owner: str = AGENT, version: int = 1, plays: Sequence[str] = ("xiyou",), **fields: Any
    ) -> str:
        player_id = fields.pop("player_id", None) or str(new_id())
        data = {
            "player_id": player_id,
            "owner_agent_id": owner,
            "tier": tier,
            "minor_band": "none",
            "merged_into": None,
            "erased": False,
            "created_at": "2026-11-01T00:00:00Z",
            "updated_at": "2026-11-01T00:00:00Z",
            **fields,
        }
        feed("players.player.updated.v1", player_id, data, version)
        for game_id in plays if version == 1 and not data["erased"] else ():
            known_profile(player_id, game_id)
        return player_id

    return create


@pytest.fixture
def campaign(feed: Feed) -> Callable[..., str]:
    """`campaign(segment={...}, state="running")`: the id of a campaign that the catalog has told of."""

    def tell(version: int = 1, *, republication: bool = False, **fields: Any) -> str:
        campaign_id = fields.pop("campaign_id", None) or str(new_id())
        data = {
            "campaign_id": campaign_id,
            "name": "双十一",
            "theme": "坐骑",
            "starts_on": "2026-11-20",
            "ends_on": "2999-01-01",
            "game_ids": ["xiyou"],
            "pack_ids": [],
            "state": "running",
            "team": None,
            "created_by": LEAD,
            **fields,
            "segment": {**NO_SEGMENT, **fields.get("segment", {})},
        }
        feed("catalog.campaign.updated.v1", campaign_id, data, version, republication=republication)
        return campaign_id

    return tell


@pytest.fixture
def drawn(campaign: Callable[..., str], database: Database) -> Callable[..., str]:
    """`drawn(**segment)`: the id of a campaign whose list is drawn."""

    def tell(**segment: Any) -> str:
        campaign_id = campaign(segment=segment)
        draw_campaigns(database)
        return campaign_id

    return tell


def calls(client: ApiClient, campaign_id: str, **filters: Any) -> dict[str, dict[str, Any]]:
    """All of the list, read in pages, by player in its order."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        response = client.get("/campaign-calls", campaign_id=campaign_id, limit=2, **filters, **cursor)
        assert response.status_code == 200, response.text
        found += response.json()["items"]
        if response.json()["next_cursor"] is None:
            assert len({call["player_id"] for call in found}) == len(found)
            return {call["player_id"]: call for call in found}
        cursor = {"cursor": response.json()["next_cursor"]}


def say(client: ApiClient, player_id: str, outcome: str, **fields: Any) -> dict[str, Any]:
    response = client.post("/touches", {"player_id": player_id, "outcome": outcome, **fields})
    assert response.status_code == 201, response.text
    return response.json()


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
