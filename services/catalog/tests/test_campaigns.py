"""Campaigns: planned by leads, launched, ended by hand or by the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from gamedesk_catalog.__main__ import end_campaigns
from gamedesk_catalog.events import CAMPAIGN_UPDATED
from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.tables import campaigns
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text, update

As = Callable[[str], ApiClient]
LEAD, ADMIN, AGENT, OTHER_LEAD = "KF002", "KF001", "KF003", "KF006"
NOBODY = "019aa1b2-0301-7000-8000-00000000c301"


def day(offset: int) -> str:
    return (business_day(now()) + timedelta(days=offset)).isoformat()


def plan(**fields: Any) -> dict[str, Any]:
    usual = {"name": "双十一", "theme": "坐骑", "starts_on": day(0), "ends_on": day(7), "game_ids": ["xiyou"]}
    return {**usual, **fields}


@pytest.fixture
def new_campaign(as_agent: As) -> Callable[..., dict[str, Any]]:
    def make(by: str = LEAD, **fields: Any) -> dict[str, Any]:
        response = as_agent(by).post("/campaigns", plan(**fields))
        assert response.status_code == 201, response.text
        return response.json()

    return make


def step(client: ApiClient, campaign: dict[str, Any], name: str, version: int) -> Any:
    return client.post(f"/campaigns/{campaign['campaign_id']}/{name}", version=version)


def test_a_lead_plans_a_campaign_and_agents_read_it__R15(as_agent: As, new_campaign: Any) -> None:
    segment = {"tiers": ["big", "whale"], "game_id": "xiyou", "server": "一区", "not_contacted_days": 7}
    made = new_campaign(segment=segment, note="先打给老客户")

    seen = as_agent(AGENT).get(f"/campaigns/{made['campaign_id']}").json()

    assert seen == made
    assert (seen["state"], seen["team"], seen["created_by"], seen["running_today"]) == ("draft", "A", LEAD, False)
    assert {name: seen["segment"][name] for name in segment} == segment
    assert seen["segment"]["bought_min_orders"] is None
    assert seen["segment"]["never_bought"] is False
    assert new_campaign(ADMIN)["team"] is None
    assert as_agent(AGENT).post("/campaigns", plan()).status_code == 403


def test_lists_are_by_state_and_game_the_newest_first(as_agent: As, new_campaign: Any) -> None:
    first, second = new_campaign(), new_campaign(game_ids=["sanguo", "xiyou"])
    step(as_agent(LEAD), first, "launch", 1)

    def listed(**filters: Any) -> list[str]:
        ids: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = as_agent(AGENT).get("/campaigns", limit=1, **filters, **cursor).json()
            ids += [campaign["campaign_id"] for campaign in answer["items"]]
            if answer["next_cursor"] is None:
                return ids
            cursor = {"cursor": answer["next_cursor"]}

    one, two = first["campaign_id"], second["campaign_id"]
    assert listed() == [two, one]
    assert listed(state="running") == [one]
    assert listed(game_id="xiyou") == [two, one]
    assert listed(game_id="sanguo", state="draft") == [two]


def test_launched_it_keeps_its_games_and_first_day__R15(as_agent: As, new_campaign: Any) -> None:
    campaign, lead = new_campaign(), as_agent(LEAD)
    path = f"/campaigns/{campaign['campaign_id']}"

    running = step(lead, campaign, "launch", 1).json()

    assert (running["state"], running["launched_by"], running["running_today"]) == ("running", LEAD, True)
    for field, value in (("game_ids", ["sanguo"]), ("starts_on", day(-1))):
        refused = lead.patch(path, {field: value}, version=2)
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("fixed-since-launch")
        assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    changed = lead.patch(path, {"ends_on": day(9), "segment": {"tiers": ["whale"]}, "game_ids": ["xiyou"]}, version=2)
    assert changed.status_code == 200
    assert (changed.json()["ends_on"], changed.json()["segment"]["tiers"]) == (day(9), ["whale"])
    again = step(lead, campaign, "launch", 3)
    assert again.status_code == 422
    assert again.json()["type"].endswith("campaign-not-open")


def test_ended_it_changes_no_more__R15(as_agent: As, new_campaign: Any) -> None:
    campaign, lead = new_campaign(), as_agent(LEAD)

    ended = step(lead, campaign, "end", 1).json()

    assert (ended["state"], ended["ended_by"]) == ("ended", LEAD)
    path = f"/campaigns/{campaign['campaign_id']}"
    for refused in (lead.patch(path, {"name": "x"}, version=2), step(lead, campaign, "end", 2)):
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("campaign-not-open")


def test_only_its_teams_leads_and_admins_change_it(as_agent: As, new_campaign: Any) -> None:
    of_team, of_all = new_campaign(), new_campaign(ADMIN)

    for who, campaign, status in ((OTHER_LEAD, of_team, 403), (LEAD, of_all, 403), (ADMIN, of_team, 200)):
        answer = as_agent(who).patch(f"/campaigns/{campaign['campaign_id']}", {"name": "改名"}, version=1)
        assert answer.status_code == status
    assert step(as_agent(OTHER_LEAD), of_all, "launch", 1).status_code == 403
    assert step(as_agent(AGENT), of_team, "end", 2).status_code == 403


def test_who_is_late_sees_the_state_of_now(as_agent: As, new_campaign: Any) -> None:
    campaign = new_campaign()
    as_agent(LEAD).patch(f"/campaigns/{campaign['campaign_id']}", {"name": "改名"}, version=1)

    late = step(as_agent(LEAD), campaign, "launch", 1)

    assert late.status_code == 412
    assert (late.json()["current"]["name"], late.json()["current"]["state"]) == ("改名", "draft")


@pytest.mark.parametrize(
    ("fields", "slug", "pointer"),
    [
        ({"starts_on": day(3), "ends_on": day(2)}, "campaign-dates-wrong", "/starts_on"),
        ({"starts_on": day(-3), "ends_on": day(-1)}, "campaign-dates-wrong", "/ends_on"),
        ({"game_ids": ["xiyou", "nothere"]}, "unknown-game", "/game_ids/1"),
        ({"segment": {"game_id": "nothere"}}, "unknown-game", "/segment/game_id"),
        ({"game_ids": ["xiyou", "xiyou"]}, "validation", "/game_ids/1"),
        ({"segment": {"server": "一区"}}, "validation", "/segment/server"),
        ({"segment": {"never_bought": True, "spent_min_fen": 1}}, "validation", "/segment/never_bought"),
        ({"pack_ids": [NOBODY]}, "unknown-pack", "/pack_ids/0"),
        ({"starts_on": "2026-02-30"}, "validation", "/starts_on"),
        ({"starts_on": "1999-12-31"}, "validation", "/starts_on"),
        ({"ends_on": "3000-01-01"}, "validation", "/ends_on"),
    ],
)
def test_what_cannot_be_is_refused_by_field(as_agent: As, fields: dict[str, Any], slug: str, pointer: str) -> None:
    refused = as_agent(LEAD).post("/campaigns", plan(**fields))

    assert refused.json()["type"] == f"urn:gamedesk:problem:{slug}"
    assert refused.status_code == (400 if slug == "validation" else 422)
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_the_first_and_the_last_day_are_days_like_others__R15(as_agent: As, new_campaign: Any) -> None:
    campaign = new_campaign(starts_on="2000-01-01", ends_on="2999-12-31")
    launched = step(as_agent(LEAD), campaign, "launch", 1).json()

    assert launched["running_today"] is True


def test_its_packs_are_of_its_games_and_not_retired__R23(as_agent: As, new_campaign: Any, new_pack: Any) -> None:
    good, other = new_pack({"XIYOU-1": 1}), new_pack({"SANGUO-1": 1})
    retired = new_pack({"XIYOU-2": 1})
    as_agent(AGENT).post(f"/packs/{retired['code']}/retire", version=1)

    for bad in (other, retired):
        refused = as_agent(LEAD).post("/campaigns", plan(pack_ids=[good["pack_id"], bad["pack_id"]]))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/pack_ids/1"

    campaign = new_campaign(pack_ids=[good["pack_id"]])
    made_for_it = new_pack({"XIYOU-3": 2}, campaign_id=campaign["campaign_id"])
    listed = as_agent(AGENT).get(f"/campaigns/{campaign['campaign_id']}/packs", limit=1).json()
    rest = as_agent(AGENT).get(f"/campaigns/{campaign['campaign_id']}/packs", cursor=listed["next_cursor"]).json()
    assert [pack["code"] for pack in listed["items"] + rest["items"]] == [made_for_it["code"], good["code"]]
    assert rest["next_cursor"] is None


def test_a_pack_retired_meanwhile_stops_the_launch_not_an_edit_of_the_name(
    as_agent: As, new_campaign: Any, new_pack: Any
) -> None:
    pack = new_pack({"XIYOU-1": 1})
    campaign = new_campaign(pack_ids=[pack["pack_id"]])
    as_agent(AGENT).post(f"/packs/{pack['code']}/retire", version=1)

    assert as_agent(LEAD).patch(f"/campaigns/{campaign['campaign_id']}", {"name": "改名"}, version=1).status_code == 200
    refused = step(as_agent(LEAD), campaign, "launch", 2)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/pack_ids/0")


def test_it_ends_when_its_last_day_in_shanghai_is_over(as_agent: As, new_campaign: Any, database: Database) -> None:
    over, last_day, draft = new_campaign(), new_campaign(), new_campaign()
    for campaign in (over, last_day):
        step(as_agent(LEAD), campaign, "launch", 1)
    today = business_day(now())
    with database.begin() as tx:
        days: list[tuple[dict[str, Any], date]] = [(over, today - timedelta(days=1)), (last_day, today)]
        for campaign, ends_on in (*days, (draft, today - timedelta(days=1))):
            of_it = campaigns.c.campaign_id == campaign["campaign_id"]
            tx.execute(update(campaigns).where(of_it).values(starts_on=ends_on, ends_on=ends_on))

    end_campaigns(database)
    end_campaigns(database)

    def state(campaign: dict[str, Any]) -> tuple[str, str | None, int]:
        seen = as_agent(AGENT).get(f"/campaigns/{campaign['campaign_id']}").json()
        return seen["state"], seen["ended_by"], seen["version"]

    assert state(over) == ("ended", None, 3)
    assert state(last_day) == ("running", None, 2)
    assert state(draft) == ("draft", None, 1)


def test_each_change_is_one_event_with_the_whole_state__I1(as_agent: As, new_campaign: Any, database: Database) -> None:
    campaign = new_campaign(note="只给客服看")
    as_agent(LEAD).patch(f"/campaigns/{campaign['campaign_id']}", {"theme": "神兵"}, version=1)
    step(as_agent(LEAD), campaign, "launch", 2)
    step(as_agent(LEAD), campaign, "end", 3)

    with database.begin() as tx:
        query = text("SELECT version, payload FROM outbox WHERE type = :type ORDER BY id")
        rows = tx.execute(query, {"type": CAMPAIGN_UPDATED}).all()

    assert [row.version for row in rows] == [1, 2, 3, 4]
    assert [row.payload["state"] for row in rows] == ["draft", "draft", "running", "ended"]
    assert all("note" not in row.payload for row in rows)
    assert rows[0].payload["starts_on"] == day(0)


def test_the_same_request_twice_is_one_campaign(as_agent: As) -> None:
    lead, body = as_agent(LEAD), plan()

    answers = [lead.post("/campaigns", body, key="the-same-key-twice") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len(lead.get("/campaigns").json()["items"]) == 1
