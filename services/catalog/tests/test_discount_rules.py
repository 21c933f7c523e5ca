"""Discount rules: who sets them, which one holds, and what becomes of packs when one begins or ends. R23."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from gamedesk_catalog.commands.discount_rules import judge_some
from gamedesk_catalog.model.business_days import business_day
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
NewPack = Callable[..., dict[str, Any]]
TODAY = business_day(now())
ADMIN, LEAD, AGENT = "KF001", "KF002", "KF003"


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


def delete(client: ApiClient, path: str, version: int) -> Any:
    return client.request("DELETE", path, headers={"If-Match": f'"{version}"'})


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
def new_rule(as_agent: As) -> Callable[..., dict[str, Any]]:
    def make(role: str = "agent", by: str = ADMIN, **fields: Any) -> dict[str, Any]:
        body = {"role": role, "max_discount_bp": 3000, "lowest_price_fen": 1, **fields}
        answer = as_agent(by).post("/discount-rules", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def judge(database: Database) -> Callable[[], None]:
    """Let the job that judges packs run; it begins with all rules, as after an upgrade."""

    def run() -> None:
        while database.transact(judge_some):
            pass

    run()
    return run


def shown(as_agent: As, pack: dict[str, Any]) -> dict[str, Any]:
    return as_agent(AGENT).get(f"/packs/{pack['code']}").json()


def test_a_rule_is_made_changed_and_deleted_and_each_leaves_its_history__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]]
) -> None:
    rule = new_rule(game_id="sanguo", max_discount_bp=1000, rounding="yuan", starts_on=day(0), ends_on=day(9))
    path = f"/discount-rules/{rule['rule_id']}"
    assert (rule["in_force"], rule["version"], rule["created_by"], rule["campaign_id"]) == (True, 1, ADMIN, None)

    edited = as_agent(ADMIN).patch(path, {"max_discount_bp": 1500, "ends_on": None}, version=1)
    assert (edited.json()["max_discount_bp"], edited.json()["ends_on"], edited.json()["version"]) == (1500, None, 2)
    assert as_agent(AGENT).get(path).headers["etag"] == '"2"'
    stale = as_agent(ADMIN).patch(path, {"max_discount_bp": 1}, version=1)
    assert (stale.status_code, stale.json()["current"]["max_discount_bp"]) == (412, 1500)
    assert as_agent(ADMIN).patch(path, {"role": "lead"}, version=2).status_code == 400
    assert delete(as_agent(ADMIN), path, version=1).status_code == 412
    assert delete(as_agent(ADMIN), path, version=2).status_code == 204
    assert as_agent(ADMIN).get(path).status_code == 404

    changes = as_agent(LEAD).get("/discount-rule-changes", rule_id=rule["rule_id"]).json()["items"]
    assert [(c["before"] and c["before"]["max_discount_bp"], c["after"] and c["after"]["max_discount_bp"])
            for c in changes] == [(1500, None), (1000, 1500), (None, 1000)]  # fmt: skip
    assert {c["changed_by"] for c in changes} == {ADMIN}
    assert as_agent(AGENT).get("/discount-rule-changes").status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"role": "boss"}, 400, "validation"),
        ({"max_discount_bp": 10001}, 400, "validation"),
        ({"lowest_price_fen": -1}, 400, "validation"),
        ({"rounding": "jiao"}, 400, "validation"),
        ({"starts_on": "2026-02-30"}, 400, "validation"),
        ({"game_id": "nosuch"}, 422, "unknown-game"),
        ({"campaign_id": str(uuid4())}, 422, "unknown-campaign"),
        ({"starts_on": day(2), "ends_on": day(1)}, 422, "rule-dates-wrong"),
        ({"ends_on": day(-1)}, 422, "rule-dates-wrong"),
        ({}, 409, "rule-clashes"),
    ],
)
def test_a_wrong_rule_is_refused__R23(as_agent: As, body: dict[str, Any], status: int, expected: str) -> None:
    whole = {"role": "agent", "max_discount_bp": 1000, "lowest_price_fen": 1, **body}
    assert slug(as_agent(ADMIN).post("/discount-rules", whole)) == (status, expected)
    assert len(as_agent(ADMIN).get("/discount-rules").json()["items"]) == 3


def test_two_rules_for_the_same_case_may_not_hold_on_the_same_day__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]]
) -> None:
    first = new_rule(game_id="xiyou", starts_on=day(1), ends_on=day(5))
    new_rule(game_id="xiyou", starts_on=day(6))
    new_rule(game_id="xiyou")

    body = {"role": "agent", "game_id": "xiyou", "max_discount_bp": 1, "lowest_price_fen": 1, "ends_on": day(1)}
    clash = as_agent(ADMIN).post("/discount-rules", body)
    assert (slug(clash), clash.json()["rule_id"]) == ((409, "rule-clashes"), first["rule_id"])
    longer = as_agent(ADMIN).patch(f"/discount-rules/{first['rule_id']}", {"ends_on": day(6)}, version=1)
    assert slug(longer) == (409, "rule-clashes")


def test_a_rule_may_hold_from_the_first_to_the_last_day_that_there_is__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]], judge: Callable[[], None]
) -> None:
    rule = new_rule("agent", LEAD, game_id="xiyou", starts_on="2000-01-01", ends_on="2999-12-31")
    new_rule("lead", game_id="xiyou", max_discount_bp=4000, starts_on="2999-12-31", ends_on="2999-12-31")

    judge()

    assert rule["in_force"] is True
    assert new_rule("agent", LEAD, game_id="sanguo", starts_on="2999-12-31")["in_force"] is False
    for field, beyond in (("starts_on", "1999-12-31"), ("ends_on", "3000-01-01")):
        body = {"role": "agent", "max_discount_bp": 1, "lowest_price_fen": 1, field: beyond}
        refused = as_agent(ADMIN).post("/discount-rules", body)
        assert slug(refused) == (400, "validation")
        assert refused.json()["errors"][0]["pointer"] == f"/{field}"


def test_there_are_200_rules_at_most__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_catalog.commands.discount_rules.MOST_RULES", 4)
    new_rule(game_id="xiyou")
    body = {"role": "agent", "game_id": "sanguo", "max_discount_bp": 1, "lowest_price_fen": 1}
    assert slug(as_agent(ADMIN).post("/discount-rules", body)) == (422, "too-many-rules")


def test_a_lead_sets_what_agents_may_no_further_than_he_may_himself__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]]
) -> None:
    def post(**fields: Any) -> Any:
        body = {"role": "agent", "max_discount_bp": 5000, "lowest_price_fen": 1, "game_id": "xiyou", **fields}
        return as_agent(LEAD).post("/discount-rules", body)

    plain = {"role": "agent", "game_id": "xiyou", "max_discount_bp": 1, "lowest_price_fen": 1}
    assert as_agent(AGENT).post("/discount-rules", plain).status_code == 403
    assert slug(post(role="lead")) == (403, "forbidden")
    assert slug(post(max_discount_bp=5001)) == (422, "rule-beyond-allowance")
    assert slug(post(lowest_price_fen=0)) == (422, "rule-beyond-allowance")
    own = post().json()
    path = f"/discount-rules/{own['rule_id']}"
    assert slug(as_agent(LEAD).patch(path, {"max_discount_bp": 6000}, version=1)) == (422, "rule-beyond-allowance")
    new_rule("lead", game_id="sanguo", max_discount_bp=2000, starts_on=day(3), ends_on=day(4))
    assert slug(post(game_id="sanguo", max_discount_bp=3000)) == (422, "rule-beyond-allowance"), "not on those days"
    assert post(game_id="sanguo", max_discount_bp=3000, ends_on=day(2)).status_code == 201
    assert delete(as_agent(LEAD), path, version=1).status_code == 204
    general = {rule["role"]: rule for rule in as_agent(LEAD).get("/discount-rules").json()["items"]}
    assert slug(delete(as_agent(LEAD), f"/discount-rules/{general['lead']['rule_id']}", version=1)) == (
        403,
        "forbidden",
    )


def test_a_lead_lets_agents_go_no_further_by_taking_a_rule_away_or_shortening_it__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]]
) -> None:
    """Without the game's own rule agents would give 30 % there again, where a lead may give 10 %."""
    new_rule("lead", game_id="xiyou", max_discount_bp=1000)
    strict = new_rule(game_id="xiyou", max_discount_bp=1000)
    path, lead = f"/discount-rules/{strict['rule_id']}", as_agent(LEAD)

    for refused in (
        delete(lead, path, version=1),
        lead.patch(path, {"ends_on": day(-1)}, version=1),
        lead.patch(path, {"ends_on": day(30)}, version=1),
        lead.patch(path, {"starts_on": "2099-01-01"}, version=1),
        lead.patch(path, {"starts_on": day(1)}, version=1),
    ):
        assert slug(refused) == (422, "rule-beyond-allowance")
    assert lead.patch(path, {"max_discount_bp": 500}, version=1).status_code == 200, "less is no harm"
    new_rule(game_id="xiyou", max_discount_bp=800, starts_on=day(31))
    assert slug(delete(lead, path, version=2)) == (422, "rule-beyond-allowance"), "until that day"
    assert lead.patch(path, {"ends_on": day(30)}, version=2).status_code == 200, "the next day another one holds"
    assert delete(as_agent(ADMIN), path, version=3).status_code == 204


def test_a_lead_takes_a_rule_away_where_what_then_holds_is_within_his_own__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]], new_campaign: Callable[..., str]
) -> None:
    campaign = new_campaign("xiyou")
    new_rule("lead", campaign_id=campaign, max_discount_bp=1000)
    of_game = new_rule(game_id="xiyou", max_discount_bp=1000)
    of_campaign = new_rule(campaign_id=campaign, max_discount_bp=900)
    over = new_rule(campaign_id=campaign, max_discount_bp=800, starts_on=day(0), ends_on=day(0))
    lead = as_agent(LEAD)

    def path(rule: dict[str, Any]) -> str:
        return f"/discount-rules/{rule['rule_id']}"

    assert delete(lead, path(over), version=1).status_code == 204, "the campaign's other rule holds"
    assert slug(delete(lead, path(of_campaign), version=1)) == (422, "rule-beyond-allowance"), "in other games, 30 %"
    assert delete(lead, path(of_game), version=1).status_code == 204, "30 % there, of a lead's 50 %"
    general = next(
        r for r in lead.get("/discount-rules").json()["items"] if (r["role"], r["game_id"]) == ("agent", None)
    )
    assert delete(lead, path(general), version=1).status_code == 204, "without a rule agents may nothing"
    assert delete(lead, path(of_campaign), version=1).status_code == 204


def test_a_lead_takes_a_rule_away_that_allows_more_than_what_then_holds__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]], database: Database
) -> None:
    """Both allow more than he may himself: agents get less, and that much an admin has allowed them already."""
    with database.begin() as tx:
        tx.execute(text("UPDATE discount_rules SET max_discount_bp = 5000 WHERE role = 'agent'"))
        tx.execute(text("UPDATE discount_rules SET max_discount_bp = 4000 WHERE role = 'lead'"))
    wide = new_rule(game_id="xiyou", max_discount_bp=6000)
    cheap = new_rule(game_id="sanguo", max_discount_bp=6000, lowest_price_fen=500)
    lead = as_agent(LEAD)

    assert delete(lead, f"/discount-rules/{wide['rule_id']}", version=1).status_code == 204, "50 % for 60 %"
    refused = delete(lead, f"/discount-rules/{cheap['rule_id']}", version=1)
    assert slug(refused) == (422, "rule-beyond-allowance"), "it has the higher lowest price"


def test_the_most_specific_rule_holds__R23(
    new_rule: Callable[..., dict[str, Any]], as_agent: As, item_of: Any, new_campaign: Callable[..., str]
) -> None:
    campaign, other = new_campaign("sanguo", "xiyou"), new_campaign("sanguo")
    lines = [{"item_id": item_of("SANGUO-1")["item_id"], "quantity": 1}]

    def allowed(campaign_id: str | None) -> int:
        body = {"discount_bp": 0, "contents": lines, "campaign_id": campaign_id}
        return as_agent(AGENT).post("/pack-prices", body).json()["max_discount_bp"]

    assert (allowed(None), allowed(campaign)) == (3000, 3000)
    new_rule(game_id="sanguo", max_discount_bp=1000)
    assert (allowed(None), allowed(campaign)) == (1000, 1000)
    new_rule(campaign_id=campaign, max_discount_bp=4000)
    assert (allowed(None), allowed(campaign), allowed(other)) == (1000, 4000, 1000)
    new_rule(campaign_id=campaign, game_id="sanguo", max_discount_bp=4500)
    new_rule(campaign_id=campaign, game_id="xiyou", max_discount_bp=100)
    assert (allowed(None), allowed(campaign), allowed(other)) == (1000, 4500, 1000)
    new_rule(game_id="sanguo", max_discount_bp=1200, starts_on=day(0), ends_on=day(0))
    new_rule(game_id="sanguo", max_discount_bp=1300, starts_on=day(1))
    assert (allowed(None), allowed(campaign)) == (1200, 4500), "with dates before without"


def test_a_rule_may_round_to_whole_yuan_and_its_floor_is_checked_after_that__R23(
    new_rule: Callable[..., dict[str, Any]], new_pack: NewPack
) -> None:
    new_rule(game_id="xiyou", max_discount_bp=3000, lowest_price_fen=800, rounding="yuan")

    kept = new_pack({"XIYOU-1": 1}, 2500)
    assert (kept["price_fen"], kept["rounding"], kept["floor_fen"], kept["state"]) == (800, "yuan", 800, "active")
    low = new_pack({"XIYOU-1": 1}, 2501)
    assert (low["price_fen"], low["state"], low["floor_fen"]) == (700, "pending_approval", None), "749.9 is ¥7"


def test_packs_are_judged_when_a_rule_changes__R23(
    as_agent: As, new_rule: Callable[..., dict[str, Any]], new_pack: NewPack, judge: Callable[[], None]
) -> None:
    sanguo, deep, shallow = new_pack({"SANGUO-1": 1}, 3000), new_pack({"XIYOU-1": 1}, 3000), new_pack({"XIYOU-1": 1}, 0)
    by_lead = new_pack({"XIYOU-1": 1}, 3000, LEAD)
    rule = new_rule(game_id="xiyou", max_discount_bp=2000)
    assert shown(as_agent, deep)["state"] == "active"

    judge()

    broken = shown(as_agent, deep)
    assert (broken["state"], broken["review_reason"], broken["floor_fen"], broken["version"]) == (
        "review", "discount", 800, 2,
    )  # fmt: skip
    assert (shown(as_agent, shallow)["state"], shown(as_agent, shallow)["floor_fen"]) == ("active", 800)
    assert [shown(as_agent, pack)["version"] for pack in (sanguo, by_lead)] == [1, 1]
    judge()
    assert [shown(as_agent, pack)["version"] for pack in (deep, shallow)] == [2, 2], "once"
    delete(as_agent(ADMIN), f"/discount-rules/{rule['rule_id']}", version=1)
    judge()
    assert shown(as_agent, deep)["state"] == "review", "out of review only a person brings it"
    assert shown(as_agent, shallow)["floor_fen"] == 700


def test_packs_are_judged_when_a_rule_begins_and_when_it_ends__R23(
    as_agent: As,
    new_rule: Callable[..., dict[str, Any]],
    new_pack: NewPack,
    judge: Callable[[], None],
    database: Database,
) -> None:
    rule = new_rule(max_discount_bp=6000, starts_on=day(0), ends_on=day(0))
    in_time, within = new_pack({"XIYOU-1": 1}, 6000), new_pack({"XIYOU-1": 1}, 3000)
    dear = new_rule(game_id="sanguo", lowest_price_fen=4000, starts_on=day(1), rounding="yuan")
    later = new_pack({"SANGUO-1": 1}, 3000)
    judge()
    assert [shown(as_agent, p)["state"] for p in (in_time, within, later)] == ["active"] * 3

    with database.begin() as tx:  # a day passes
        for rule_id in (rule["rule_id"], dear["rule_id"]):
            sql = "UPDATE discount_rules SET starts_on = starts_on - 1, ends_on = ends_on - 1 WHERE rule_id = :id"
            tx.execute(text(sql), {"id": rule_id})
    judge()

    assert [shown(as_agent, p)["state"] for p in (in_time, within, later)] == ["review", "active", "review"]
    assert shown(as_agent, later)["review_reason"] == "lowest_price"
    assert shown(as_agent, later)["rounding"] == "yuan"


def test_judging_goes_through_all_packs_in_parts_and_begins_again_when_rules_change_meanwhile__R23(
    as_agent: As,
    new_rule: Callable[..., dict[str, Any]],
    new_pack: NewPack,
    judge: Callable[[], None],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gamedesk_catalog.commands.discount_rules._CHUNK", 2)
    xiyou = [new_pack({"XIYOU-1": 1}, 3000) for _ in range(5)]
    sanguo = new_pack({"SANGUO-1": 1}, 3000)
    new_rule(game_id="xiyou", max_discount_bp=2000)
    assert database.transact(judge_some), "there are more"
    new_rule(game_id="sanguo", max_discount_bp=2000)

    judge()

    assert [shown(as_agent, pack)["state"] for pack in (*xiyou, sanguo)] == ["review"] * 6
    assert [shown(as_agent, pack)["version"] for pack in (*xiyou, sanguo)] == [2] * 6
