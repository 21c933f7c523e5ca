"""What a campaign is to packs and rules: whose it is, and what its end takes with it. R15, R23."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_catalog.__main__ import end_campaigns, judge_packs
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import AGENTS

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]
ADMIN, LEAD, AGENT, LEAD_B = "KF001", "KF002", "KF003", "KF006"


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


@pytest.fixture
def campaign_of(as_agent: As) -> Callable[..., dict[str, Any]]:
    """`campaign_of(LEAD, "xiyou")`: a running one."""

    def make(by: str, *game_ids: str, **fields: Any) -> dict[str, Any]:
        days = {"starts_on": "2026-01-01", "ends_on": "2999-01-01"}
        body = {"name": "周年庆", "theme": "周年", "game_ids": list(game_ids), **days, **fields}
        made = as_agent(by).post("/campaigns", body)
        assert made.status_code == 201, made.text
        return as_agent(by).post(f"/campaigns/{made.json()['campaign_id']}/launch", version=1).json()

    return make


@pytest.fixture
def deep_rule(as_agent: As) -> Callable[..., dict[str, Any]]:
    """Agents may give 60 % in a campaign."""

    def make(campaign: dict[str, Any], by: str = ADMIN, **fields: Any) -> Any:
        body = {"role": "agent", "max_discount_bp": 6000, "lowest_price_fen": 1, "campaign_id": campaign["campaign_id"]}
        return as_agent(by).post("/discount-rules", {**body, **fields})

    return make


def end(as_agent: As, campaign: dict[str, Any], by: str = ADMIN) -> None:
    answer = as_agent(by).post(f"/campaigns/{campaign['campaign_id']}/end", version=campaign["version"])
    assert answer.status_code == 200, answer.text


def shown(as_agent: As, pack: dict[str, Any]) -> dict[str, Any]:
    return as_agent(AGENT).get(f"/packs/{pack['code']}").json()


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_a_campaign_allowed_ends_with_it__R15_R23(
    as_agent: As, campaign_of: Any, deep_rule: Any, new_pack: NewPack, database: Database, by_hand: bool
) -> None:
    campaign = campaign_of(ADMIN, "xiyou")
    rule = deep_rule(campaign).json()
    deep = new_pack({"XIYOU-1": 1}, 6000, campaign_id=campaign["campaign_id"])
    within = new_pack({"XIYOU-1": 1}, 3000, campaign_id=campaign["campaign_id"])
    judge_packs(database)
    assert [shown(as_agent, pack)["state"] for pack in (deep, within)] == ["active", "active"]

    if by_hand:
        end(as_agent, campaign)
    else:
        with database.begin() as tx:
            tx.execute(text("UPDATE campaigns SET ends_on = '2026-01-02'"))
        end_campaigns(database)
    judge_packs(database)

    assert (shown(as_agent, deep)["state"], shown(as_agent, deep)["review_reason"]) == ("review", "discount")
    assert (shown(as_agent, within)["state"], shown(as_agent, within)["floor_fen"]) == ("active", 700)
    assert as_agent(AGENT).get(f"/discount-rules/{rule['rule_id']}").json()["in_force"] is False


def test_packs_are_judged_by_their_campaigns_rule__R15_R23(
    as_agent: As, campaign_of: Any, deep_rule: Any, new_pack: NewPack, database: Database
) -> None:
    campaign, other = campaign_of(ADMIN, "xiyou"), campaign_of(ADMIN, "xiyou")
    packs = [new_pack({"XIYOU-1": 1}, 3000, campaign_id=c and c["campaign_id"]) for c in (campaign, other, None)]
    judge_packs(database)
    deep_rule(campaign, max_discount_bp=1000)

    judge_packs(database)

    assert [shown(as_agent, pack)["state"] for pack in packs] == ["review", "active", "active"]
    assert [shown(as_agent, pack)["version"] for pack in packs] == [2, 1, 1]


def test_no_pack_of_an_ended_campaign_is_put_on_sale__R15_R23(
    as_agent: As, campaign_of: Any, deep_rule: Any, new_pack: NewPack, database: Database
) -> None:
    campaign = campaign_of(ADMIN, "xiyou")
    deep_rule(campaign)
    of_it = {"campaign_id": campaign["campaign_id"]}
    draft = new_pack({"XIYOU-1": 1}, 1000, draft=True, **of_it)
    waiting = new_pack({"XIYOU-1": 1}, 6500, **of_it)
    sold = new_pack({"XIYOU-1": 1}, 6000, **of_it)
    end(as_agent, campaign)
    judge_packs(database)

    assert slug(as_agent(AGENT).post(f"/packs/{draft['code']}/submit", version=1)) == (422, "unknown-campaign")
    for pack in (waiting, sold):
        path, version = f"/packs/{pack['code']}", shown(as_agent, pack)["version"]
        assert slug(as_agent(ADMIN).post(f"{path}/approve", version=version)) == (422, "unknown-campaign")
        assert slug(as_agent(AGENT).patch(path, {"discount_bp": 1000}, version=version)) == (422, "unknown-campaign")
    out = as_agent(AGENT).patch(f"/packs/{sold['code']}", {"campaign_id": None, "discount_bp": 1000}, version=2)
    assert (out.status_code, out.json()["state"]) == (200, "active")
    assert as_agent(ADMIN).post(f"/packs/{waiting['code']}/reject", {"reason": "过期"}, version=1).status_code == 200


def test_a_campaign_is_for_packs_and_rules_of_its_team__R15_R23(
    as_agent: As, campaign_of: Any, deep_rule: Any, item_of: ItemOf
) -> None:
    of_b, of_all = campaign_of(LEAD_B, "xiyou"), campaign_of(ADMIN, "xiyou")
    pack = {
        "name": "礼包",
        "discount_bp": 0,
        "contents": [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}],
    }
    asked = {name: pack[name] for name in ("discount_bp", "contents")}

    for who, campaign, good in ((AGENT, of_b, False), (AGENT, of_all, True), (ADMIN, of_b, True), (LEAD_B, of_b, True)):
        of_it = {"campaign_id": campaign["campaign_id"]}
        for path, body, status in (("/packs", pack, 201), ("/pack-prices", asked, 200)):
            answer = as_agent(who).post(path, {**body, **of_it})
            assert answer.status_code == (status if good else 422), answer.text
            assert good or slug(answer)[1] == "unknown-campaign"
            assert good or answer.json()["errors"][0]["pointer"] == "/campaign_id"
    assert slug(deep_rule(of_b, LEAD, max_discount_bp=1000)) == (422, "unknown-campaign")
    assert deep_rule(of_b, LEAD_B, max_discount_bp=1000).status_code == 201


def test_a_preview_in_a_campaign_that_is_none_is_refused_as_the_pack_would_be__R23(
    as_agent: As, campaign_of: Any, item_of: ItemOf
) -> None:
    ended, elsewhere = campaign_of(ADMIN, "xiyou"), campaign_of(ADMIN, "sanguo")
    end(as_agent, ended)
    body = {"discount_bp": 0, "contents": [{"item_id": item_of("XIYOU-1")["item_id"], "quantity": 1}]}

    for campaign_id in (ended["campaign_id"], elsewhere["campaign_id"], item_of("XIYOU-1")["item_id"]):
        answer = as_agent(AGENT).post("/pack-prices", {**body, "campaign_id": campaign_id})
        assert slug(answer) == (422, "unknown-campaign")


def test_whose_team_is_not_certain_acts_for_no_team__R15(
    anonymous: ApiClient, as_agent: As, campaign_of: Any, token_for: Any, new_pack: NewPack, database: Database
) -> None:
    """His token says another team than this service knows: then neither counts, and none is not all."""
    lead = anonymous.signed_in(token_for(LEAD, AGENTS[LEAD], "B"))
    of_all, of_a = campaign_of(ADMIN, "xiyou"), campaign_of(LEAD, "xiyou")
    body = {"name": "x", "theme": "x", "starts_on": "2026-01-01", "ends_on": "2999-01-01", "game_ids": ["xiyou"]}
    pack = new_pack({"XIYOU-1": 1})
    with database.begin() as tx:
        tx.execute(text("DELETE FROM agent_copies WHERE agent_id = :maker"), {"maker": AGENT})

    answers = [lead.post("/campaigns", body)]
    for campaign in (of_all, of_a):
        path = f"/campaigns/{campaign['campaign_id']}"
        answers += [lead.patch(path, {"name": "改名"}, version=2), lead.post(f"{path}/end", version=2)]
    answers.append(lead.post(f"/packs/{pack['code']}/retire", version=1))

    assert [slug(answer) for answer in answers] == [(403, "forbidden")] * 6


def test_its_segment_is_of_one_of_its_games__R15(as_agent: As, campaign_of: Any) -> None:
    body = {"name": "x", "theme": "x", "starts_on": "2026-01-01", "ends_on": "2999-01-01", "game_ids": ["xiyou"]}

    refused = as_agent(LEAD).post("/campaigns", {**body, "segment": {"game_id": "sanguo"}})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/segment/game_id")
    both = as_agent(LEAD).post(
        "/campaigns", {**body, "game_ids": ["xiyou", "sanguo"], "segment": {"game_id": "sanguo"}}
    )
    path = f"/campaigns/{both.json()['campaign_id']}"
    refused = as_agent(LEAD).patch(path, {"game_ids": ["xiyou"]}, version=1)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/segment/game_id")


def test_a_draft_keeps_the_games_that_packs_and_rules_of_it_are_in__R15_R23(
    as_agent: As, deep_rule: Any, new_pack: NewPack
) -> None:
    body = {"name": "x", "theme": "x", "starts_on": "2026-01-01", "ends_on": "2999-01-01"}
    draft = as_agent(ADMIN).post("/campaigns", {**body, "game_ids": ["xiyou", "sanguo"]}).json()
    path = f"/campaigns/{draft['campaign_id']}"
    pack = new_pack({"XIYOU-1": 1}, campaign_id=draft["campaign_id"])
    rule = deep_rule(draft, game_id="sanguo").json()

    for game_ids in (["sanguo"], ["xiyou"]):
        refused = as_agent(ADMIN).patch(path, {"game_ids": game_ids}, version=1)
        assert slug(refused) == (422, "campaign-in-use")
        assert refused.json()["errors"][0]["pointer"] == "/game_ids"
    as_agent(AGENT).post(f"/packs/{pack['code']}/retire", version=1)
    assert as_agent(ADMIN).patch(path, {"game_ids": ["sanguo"]}, version=1).status_code == 200
    headers = {"If-Match": '"1"'}
    as_agent(ADMIN).request("DELETE", f"/discount-rules/{rule['rule_id']}", headers=headers)
    assert as_agent(ADMIN).patch(path, {"game_ids": ["xiyou"]}, version=2).status_code == 200
