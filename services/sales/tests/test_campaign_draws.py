"""Who is on the list of a campaign: drawn from a segment, at its launch and again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales import __main__ as worker
from gamedesk_sales.__main__ import draw_campaigns
from gamedesk_sales.commands import campaign_calls as commands
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .campaign_lists import ADMIN, AGENT, LEAD, OTHER, OTHER_LEAD, As, ago, calls, say
from .conftest import Feed

ACCOUNT = "xiyou-1"


@pytest.fixture
def player(somebody: Callable[..., str], known_profile: Callable[..., str]) -> str:
    """A player of KF003, with ACCOUNT."""
    player_id = somebody(plays=())
    known_profile(player_id, game_account_id=ACCOUNT)
    return player_id


def test_a_launch_draws_the_tiers_of_the_segment_the_largest_first__R15(
    as_agent: As, somebody: Any, campaign: Any, database: Database
) -> None:
    big, whale, another_big = somebody("big"), somebody("whale"), somebody("big", OTHER)
    somebody("small")
    draft = campaign(segment={"tiers": ["big", "whale"]}, state="draft")
    draw_campaigns(database)
    assert calls(as_agent(AGENT), draft) == {}

    campaign(version=2, campaign_id=draft, segment={"tiers": ["big", "whale"]})
    draw_campaigns(database)

    listed = calls(as_agent(AGENT), draft)
    assert list(listed) == [whale, big, another_big]
    assert {call["state"] for call in listed.values()} == {"open"}
    assert all(call["drawn_at"] and call["tier_then"] == call["tier"] for call in listed.values())
    assert list(calls(as_agent(AGENT), draft, agent=AGENT)) == [whale, big]
    assert list(calls(as_agent(AGENT), draft, agent=OTHER)) == [another_big]
    assert list(calls(as_agent(AGENT), draft, team="B")) == [another_big]
    draw = as_agent(AGENT).get(f"/campaign-draws/{draft}").json()
    assert {name: draw[name] for name in ("state", "round", "players", "looked_at", "added", "minors", "blocked")} == {
        "state": "done", "round": 1, "players": 4, "looked_at": 4, "added": 3, "minors": 0, "blocked": 0,
    }  # fmt: skip


def test_minors_the_blocked_the_erased_and_the_merged_are_not_drawn(
    as_agent: As, somebody: Any, campaign: Any, database: Database
) -> None:
    grown_up, blocked = somebody(), somebody()
    somebody(minor_band="16_17")
    somebody(erased=True)
    somebody(merged_into=grown_up)
    say(as_agent(AGENT), blocked, "do_not_contact")

    campaign_id = campaign()
    draw_campaigns(database)

    assert list(calls(as_agent(AGENT), campaign_id)) == [grown_up]
    draw = as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()
    assert [draw[name] for name in ("looked_at", "added", "minors", "blocked")] == [3, 1, 1, 1]


def test_a_teams_campaign_is_for_its_players(as_agent: As, somebody: Any, campaign: Any, database: Database) -> None:
    ours = somebody(owner=AGENT)
    somebody(owner=OTHER)

    campaign_id = campaign(team="A")
    draw_campaigns(database)

    assert list(calls(as_agent(AGENT), campaign_id)) == [ours]


def test_a_segment_of_game_and_server(as_agent: As, somebody: Any, known_profile: Any, drawn: Any) -> None:
    there, elsewhere, lost, in_another_game, guessed = (somebody(plays=()) for _ in range(5))
    somebody(plays=())
    known_profile(guessed, server="二区", state="ambiguous")
    known_profile(there)
    known_profile(elsewhere, server="二区")
    known_profile(lost, state="not_found")
    known_profile(in_another_game, game_id="sanguo")

    assert set(calls(as_agent(AGENT), drawn(game_id="xiyou"))) == {there, elsewhere, guessed}
    assert set(calls(as_agent(AGENT), drawn(game_id="xiyou", server="一区 花果山"))) == {there}
    assert set(calls(as_agent(AGENT), drawn(game_id="sanguo"))) == {in_another_game}, "whatever the campaign's game is"


def test_a_campaign_is_for_who_plays_one_of_its_games__R15(
    as_agent: As, somebody: Any, known_profile: Any, campaign: Any, database: Database
) -> None:
    first, second, both = somebody(), somebody(plays=["sanguo"]), somebody(plays=["xiyou", "sanguo"])
    survivor = somebody(plays=())
    somebody(plays=["sanguo"], merged_into=survivor)
    somebody(plays=["another"])
    somebody(plays=())
    for state in ("pending", "not_found", "ambiguous", "error"):
        known_profile(somebody(plays=()), "sanguo", state)

    def drawn_and_counted(games: list[str], **segment: Any) -> set[str]:
        campaign_id = campaign(game_ids=games, segment=segment)
        draw_campaigns(database)
        listed = set(calls(as_agent(ADMIN), campaign_id))
        counted = as_agent(ADMIN).post("/campaign-audiences", {"segment": segment, "game_ids": games}).json()
        assert counted["players"] == len(listed)
        return listed

    assert drawn_and_counted(["xiyou"]) == {first, both}
    assert drawn_and_counted(["sanguo"]) == {second, both, survivor}
    assert drawn_and_counted(["xiyou", "sanguo"]) == {first, second, both, survivor}
    assert drawn_and_counted(["xiyou", "sanguo"], game_id="xiyou") == {first, both}
    everybody = as_agent(ADMIN).post("/campaign-audiences", {"segment": {}}).json()
    assert everybody["players"] == 10, "without games they do not matter"


def test_a_campaign_of_before_learns_its_games_by_a_republication__upgrade_R15(
    as_agent: As, somebody: Any, campaign: Any, feed: Feed, database: Database
) -> None:
    campaign_id, plays = campaign(version=3), somebody()
    with database.begin() as tx:  # as the migration leaves it, its draw begun before
        tx.execute(text("UPDATE campaign_copies SET game_ids = '[]'"))
        tx.execute(text("UPDATE campaign_draws SET segment = segment - 'game_ids'"))
    without = somebody(plays=())
    draw_campaigns(database)
    assert set(calls(as_agent(AGENT), campaign_id)) == {plays, without}
    later = somebody()
    somebody(plays=())

    campaign(version=3, campaign_id=campaign_id, republication=True)
    draw_campaigns(database)
    campaign(version=3, campaign_id=campaign_id, republication=True)
    draw_campaigns(database)

    assert set(calls(as_agent(AGENT), campaign_id)) == {plays, without, later}, "nobody is taken off"
    assert as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()["round"] == 2


def test_a_segment_of_the_last_contact__R18(as_agent: As, somebody: Any, drawn: Any) -> None:
    never, long_ago, lately = somebody(), somebody(), somebody()
    record_of_lately = somebody(merged_into=lately)
    say(as_agent(AGENT), long_ago, "no_reply", occurred_at=ago(7))
    say(as_agent(AGENT), record_of_lately, "no_reply", occurred_at=ago(6))

    assert set(calls(as_agent(AGENT), drawn(not_contacted_days=7))) == {never, long_ago}
    assert set(calls(as_agent(AGENT), drawn(not_contacted_days=5))) == {never, long_ago, lately}


@pytest.fixture
def buyers(as_agent: As, somebody: Any, player: str, order_body: Any) -> dict[str, str]:
    """Buyers of packs of ¥80: twice of late, once of late, once long ago, one who gave it back, and nobody."""
    found = {name: somebody() for name in ("twice", "once", "long_ago", "gave_back")}
    for name, days in (("twice", [1, 20]), ("once", [3]), ("long_ago", [200]), ("gave_back", [2])):
        for offset in days:
            order = as_agent(AGENT).post("/orders", order_body(player_id=found[name], paid_at=ago(offset)))
            assert order.status_code == 201, order.text
            if name == "gave_back":
                path = f"/orders/{order.json()['order_id']}/cancel"
                assert as_agent(LEAD).post(path, {"reason": "退了"}, version=1).status_code == 200
    return {**found, "never": player}


@pytest.mark.parametrize(
    ("segment", "names"),
    [
        ({"never_bought": True}, {"never", "gave_back"}),
        ({"bought_within_days": 30}, {"twice", "once"}),
        ({"bought_min_orders": 1}, {"twice", "once", "long_ago"}),
        ({"bought_min_orders": 2}, {"twice"}),
        ({"bought_min_orders": 2, "bought_within_days": 5}, set()),
        ({"spent_min_fen": 16_000}, {"twice"}),
        ({"spent_min_fen": 8_000, "bought_within_days": 5}, {"twice", "once"}),
        ({"spent_min_fen": 8_001, "bought_within_days": 5}, set()),
    ],
)
def test_a_segment_of_purchases(
    as_agent: As, buyers: dict[str, str], drawn: Any, segment: dict[str, Any], names: set[str]
) -> None:
    found = calls(as_agent(AGENT), drawn(**segment))
    preview = as_agent(LEAD).post("/campaign-audiences", {"segment": segment}).json()

    assert set(found) == {buyers[name] for name in names}
    assert (preview["players"], preview["complete"]) == (len(names), True)


def test_drawing_again_adds_and_takes_nobody_off(as_agent: As, somebody: Any, drawn: Any, database: Database) -> None:
    first = somebody()
    campaign_id, client = drawn(tiers=["big"]), as_agent(AGENT)
    say(client, first, "no_reply", campaign_id=campaign_id)
    somebody("small", player_id=first, version=2)
    second = somebody()
    before = calls(client, campaign_id)[first]

    asked = as_agent(ADMIN).post("/campaign-draws", {"campaign_id": campaign_id})
    draw_campaigns(database)

    assert (asked.status_code, asked.json()["state"], asked.json()["round"]) == (202, "running", 2)
    assert asked.json()["started_by"] == ADMIN
    listed = calls(client, campaign_id)
    assert set(listed) == {first, second}
    assert listed[first] == before
    assert client.get(f"/campaign-draws/{campaign_id}").json()["added"] == 1


def test_another_segment_draws_again_and_the_same_one_does_not(
    as_agent: As, somebody: Any, campaign: Any, database: Database
) -> None:
    big, small = somebody("big"), somebody("small")
    campaign_id = campaign(segment={"tiers": ["big"]})
    draw_campaigns(database)

    campaign(version=2, campaign_id=campaign_id, name="改名", segment={"tiers": ["big"]})
    assert as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()["state"] == "done"
    campaign(version=3, campaign_id=campaign_id, segment={"tiers": ["small"]})
    draw_campaigns(database)

    assert list(calls(as_agent(AGENT), campaign_id)) == [big, small]
    assert as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()["round"] == 2


def test_an_ended_campaign_is_drawn_no_further(as_agent: As, somebody: Any, campaign: Any, database: Database) -> None:
    somebody()
    campaign_id = campaign()
    campaign(version=2, campaign_id=campaign_id, state="ended")
    draw_campaigns(database)

    assert calls(as_agent(AGENT), campaign_id) == {}
    assert as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()["state"] == "stopped"
    refused = as_agent(LEAD).post("/campaign-draws", {"campaign_id": campaign_id})
    assert refused.status_code == 403
    refused = as_agent(ADMIN).post("/campaign-draws", {"campaign_id": campaign_id})
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("campaign-not-running")


def test_only_its_teams_lead_or_an_admin_draws_again(as_agent: As, campaign: Any, unknown_id: str) -> None:
    campaign_id = campaign(team="A")

    def asked(who: str, of: str = campaign_id) -> int:
        return as_agent(who).post("/campaign-draws", {"campaign_id": of}).status_code

    assert [asked(who) for who in (AGENT, OTHER_LEAD, LEAD, ADMIN)] == [403, 403, 202, 202]
    unknown = as_agent(ADMIN).post("/campaign-draws", {"campaign_id": unknown_id})
    assert unknown.status_code == 409
    assert unknown.json()["reference"] == {"kind": "campaign", "id": unknown_id}
    assert as_agent(AGENT).get(f"/campaign-draws/{unknown_id}").status_code == 404
    assert calls(as_agent(AGENT), unknown_id) == {}


def test_who_is_of_no_known_team_counts_and_draws_for_nobody__R21(
    as_agent: As, anonymous: ApiClient, token_for: Callable[..., str], somebody: Any, campaign: Any
) -> None:
    """Token and copy disagree for some minutes when a lead moves: that makes nobody an admin."""
    somebody(owner=AGENT)
    somebody(owner=OTHER)
    moved = anonymous.signed_in(token_for(LEAD, "lead", "B"))

    for path, body in (
        ("/campaign-audiences", {"segment": {}}),
        ("/campaign-draws", {"campaign_id": campaign(team=None)}),
        ("/campaign-draws", {"campaign_id": campaign(team="A")}),
    ):
        refused = moved.post(path, body)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:gamedesk:problem:forbidden"), path


def test_a_long_draw_holds_up_no_other__and_no_worker_that_stops(
    as_agent: As, somebody: Any, campaign: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", 1)
    for _ in range(30):
        somebody()
    first, second = campaign(), campaign()
    seconds = (0.125 * chunks for chunks in itertools.count())  # each chunk takes that long
    monkeypatch.setattr(worker, "monotonic", lambda: next(seconds))

    def looked_at() -> list[int]:
        return [as_agent(AGENT).get(f"/campaign-draws/{one}").json()["looked_at"] for one in (first, second)]

    draw_campaigns(database)
    assert looked_at() == [12, 12], "three seconds"
    draw_campaigns(database)
    assert looked_at() == [24, 24]


def test_a_draw_goes_on_where_it_stopped_in_chunks(
    as_agent: As, somebody: Any, campaign: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", 2)
    players = {somebody() for _ in range(5)}
    campaign_id = campaign()

    seen = []
    while database.transact(commands.draw_some):
        draw = as_agent(AGENT).get(f"/campaign-draws/{campaign_id}").json()
        seen.append((draw["state"], draw["looked_at"], draw["players"], draw["added"]))

    assert seen == [("running", 2, 5, 2), ("running", 4, 5, 4), ("done", 5, 5, 5)]
    assert set(calls(as_agent(AGENT), campaign_id)) == players


def test_a_preview_counts_by_tier_and_is_a_leads_own_team(as_agent: As, somebody: Any, database: Database) -> None:
    somebody("whale")
    somebody("big")
    somebody("big", OTHER)
    somebody("big", minor_band="8_15")
    somebody("small")
    blocked = somebody("big")
    say(as_agent(AGENT), blocked, "do_not_contact")
    body = {"segment": {"tiers": ["whale", "big"]}}

    def counted(who: str, **more: Any) -> list[int]:
        found = as_agent(who).post("/campaign-audiences", {**body, **more}).json()
        by_tier = {each["tier"]: each["players"] for each in found["by_tier"]}
        names = ("players", "minors", "blocked", "looked_at")
        return [by_tier["whale"], by_tier["big"], *(found[name] for name in names)]

    assert counted(LEAD) == [1, 1, 2, 1, 1, 4]
    assert counted(LEAD, team="B") == [1, 1, 2, 1, 1, 4]
    assert counted(ADMIN) == [1, 2, 3, 1, 1, 5]
    assert counted(ADMIN, team="B") == [0, 1, 1, 0, 0, 1]
    assert as_agent(AGENT).post("/campaign-audiences", body).status_code == 403
    with database.begin() as tx:
        assert tx.execute(text("SELECT count(*) FROM campaign_calls")).scalar_one() == 0


def test_a_preview_says_when_it_did_not_look_at_all(
    as_agent: As, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_sales.queries.campaign_calls.MOST_LOOKED_AT", 2)
    for _ in range(3):
        somebody()

    found = as_agent(LEAD).post("/campaign-audiences", {"segment": {}}).json()

    assert (found["players"], found["looked_at"], found["complete"]) == (2, 2, False)


@pytest.mark.parametrize(
    ("segment", "pointer"),
    [
        ({"server": "一区"}, "/segment/server"),
        ({"never_bought": True, "bought_min_orders": 1}, "/segment/never_bought"),
    ],
)
def test_a_segment_that_cannot_be_is_refused(as_agent: As, segment: dict[str, Any], pointer: str) -> None:
    refused = as_agent(LEAD).post("/campaign-audiences", {"segment": segment})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_a_campaign_that_nobody_has_heard_of_stores_nothing(
    as_agent: As, player: str, pack: Any, order_body: Any, unknown_id: str, published: Callable[[], list[Any]]
) -> None:
    seen = {"pack_code": pack["code"], "pack_revision": 1, "price_fen": pack["price_fen"]}
    for path, body in (
        ("/touches", {"player_id": player, "outcome": "no_reply", "campaign_id": unknown_id}),
        ("/quotes", {"player_id": player, **seen, "campaign_id": unknown_id}),
        ("/orders", order_body(campaign_id=unknown_id)),
    ):
        refused = as_agent(AGENT).post(path, body)
        assert refused.status_code == 409, path
        assert refused.json()["reference"] == {"kind": "campaign", "id": unknown_id}
        assert refused.json()["errors"][0]["pointer"] == "/campaign_id"
    assert published() == []
