"""Whom to call for a campaign: moved by what is said and sold, and counted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.__main__ import draw_campaigns
from gamedesk_sales.commands import campaign_calls as commands
from gamedesk_sales.model.campaign_calls import CallTouch, state_of

from .campaign_lists import ADMIN, AGENT, LEAD, OTHER, As, ago, calls, say

ACCOUNT = "xiyou-1"


@pytest.fixture
def player(somebody: Callable[..., str], known_profile: Callable[..., str]) -> str:
    """A player of KF003, with ACCOUNT."""
    player_id = somebody(plays=())
    known_profile(player_id, game_account_id=ACCOUNT)
    return player_id


def test_a_call_goes_with_its_player_to_another_agent__R15(as_agent: As, somebody: Any, drawn: Any) -> None:
    player, campaign_id, client = somebody(), drawn(), as_agent(AGENT)

    somebody(player_id=player, owner=OTHER, version=2)

    assert calls(client, campaign_id, agent=AGENT) == calls(client, campaign_id, team="A") == {}
    for whose in ({"agent": OTHER}, {"team": "B"}):
        assert calls(client, campaign_id, **whose)[player]["owner_agent_id"] == OTHER


def test_contacts_for_it_move_a_player__R16(as_agent: As, somebody: Any, drawn: Any, reasons: Any) -> None:
    player = somebody()
    campaign_id, client = drawn(), as_agent(AGENT)
    elsewhere = drawn()
    reason = reasons["太贵"]["reason_id"] if "太贵" in reasons else next(iter(reasons.values()))["reason_id"]
    steps = [
        ("no_reply", {}),
        ("thinking", {"follow_up_on": "2999-01-01"}),
        ("lost", {"reason_id": reason, "situation": "嫌贵"}),
        ("do_not_contact", {}),
    ]

    states = []
    for outcome, fields in steps:
        said = say(client, player, outcome, campaign_id=campaign_id, **fields)
        call = calls(client, campaign_id)[player]
        assert call["last_touch"]["touch_id"] == said["touch_id"]
        states.append((call["state"], call["touches"]))

    assert states == [("no_reply", 1), ("thinking", 2), ("lost", 3), ("blocked", 4)]
    assert calls(client, elsewhere)[player]["state"] == "blocked"
    assert calls(client, elsewhere)[player]["touches"] == 0
    assert list(calls(client, campaign_id, state="blocked")) == [player]
    assert calls(client, campaign_id, state="lost") == {}


def test_a_lifted_wish_lets_him_be_called_again(as_agent: As, somebody: Any, drawn: Any) -> None:
    player = somebody()
    campaign_id = drawn()
    say(as_agent(AGENT), player, "do_not_contact")
    assert calls(as_agent(AGENT), campaign_id)[player]["state"] == "blocked"

    lifted = as_agent(LEAD).post(f"/contact-blocks/{player}/lift", {"reason": "他又要买了"})

    assert lifted.status_code in (200, 201), lifted.text
    assert calls(as_agent(AGENT), campaign_id)[player]["state"] == "open"


def test_a_sale_wins_him_until_it_is_cancelled__R17(as_agent: As, somebody: Any, drawn: Any, order_body: Any) -> None:
    player = somebody()
    campaign_id = drawn()
    client = as_agent(AGENT)
    say(client, player, "thinking", campaign_id=campaign_id, follow_up_on="2999-01-01", occurred_at=ago(1))

    order = client.post("/orders", order_body(player_id=player, campaign_id=campaign_id)).json()
    say(client, player, "no_reply", campaign_id=campaign_id)

    assert (calls(client, campaign_id)[player]["state"], calls(client, campaign_id)[player]["touches"]) == ("won", 3)
    progress = client.get("/campaign-calls/progress", campaign_id=campaign_id).json()
    assert [progress["total"][name] for name in ("won", "reached", "orders", "revenue_fen", "unverified_fen")] == [
        1, 1, 1, 8_000, 0,
    ]  # fmt: skip

    as_agent(LEAD).post(f"/orders/{order['order_id']}/cancel", {"reason": "打错了"}, version=1)

    assert calls(client, campaign_id)[player]["state"] == "no_reply"
    progress = client.get("/campaign-calls/progress", campaign_id=campaign_id).json()
    assert [progress["total"][name] for name in ("won", "reached", "orders", "revenue_fen")] == [0, 0, 0, 0]


def test_who_was_not_drawn_comes_on_the_list_by_a_contact(
    as_agent: As, somebody: Any, drawn: Any, database: Database
) -> None:
    small = somebody("small")
    campaign_id, client = drawn(tiers=["big"]), as_agent(AGENT)

    say(client, small, "no_reply", campaign_id=campaign_id)

    call = calls(client, campaign_id)[small]
    assert (call["state"], call["drawn_at"], call["tier_then"]) == ("no_reply", None, "small")
    somebody("big", player_id=small, version=2)
    assert as_agent(ADMIN).post("/campaign-draws", {"campaign_id": campaign_id}).status_code == 202
    draw_campaigns(database)
    call = calls(client, campaign_id)[small]
    assert (call["state"], call["tier_then"], call["tier"]) == ("no_reply", "small", "big")
    assert call["drawn_at"] is not None


def test_one_person_of_several_records_is_one_entry(as_agent: As, somebody: Any, drawn: Any) -> None:
    one, two, survivor = somebody(), somebody(), somebody()
    campaign_id, client = drawn(), as_agent(AGENT)
    assert len(calls(client, campaign_id)) == 3

    for loser in (one, two):
        somebody(player_id=loser, merged_into=survivor, version=2)
    assert list(calls(client, campaign_id)) == [survivor]
    say(client, one, "no_reply", campaign_id=campaign_id)
    assert calls(client, campaign_id)[survivor]["state"] == "no_reply"
    assert client.get("/campaign-calls/progress", campaign_id=campaign_id).json()["total"]["listed"] == 1

    somebody(player_id=one, version=3)  # the merge is undone
    assert set(calls(client, campaign_id)) == {one, survivor}


def test_where_somebody_stands_follows_a_merge_and_its_undoing__R26(
    as_agent: As, somebody: Any, known_profile: Any, drawn: Any, order_body: Any, player: str
) -> None:
    survivor, loser = player, somebody(plays=())
    known_profile(loser, game_account_id=ACCOUNT)
    campaign_id, client = drawn(), as_agent(AGENT)
    only_the_loser_is_on_it = drawn(tiers=["none"])
    say(client, loser, "no_reply", campaign_id=campaign_id)
    say(client, loser, "no_reply", campaign_id=only_the_loser_is_on_it)

    def standing(of: str = campaign_id) -> dict[str, tuple[str, int]]:
        return {id: (call["state"], call["touches"]) for id, call in calls(client, of).items()}

    assert standing() == {survivor: ("open", 0), loser: ("no_reply", 1)}
    somebody(player_id=loser, merged_into=survivor, version=2)
    assert standing() == {survivor: ("no_reply", 1)}

    bought = order_body(player_id=loser, campaign_id=campaign_id)
    assert client.post("/orders", bought).json()["player_id"] == survivor
    say(client, survivor, "no_reply", campaign_id=only_the_loser_is_on_it)
    assert standing() == {survivor: ("won", 2)}
    assert standing(only_the_loser_is_on_it) == {survivor: ("no_reply", 2)}

    somebody(player_id=loser, version=3)
    assert standing() == {survivor: ("won", 1), loser: ("no_reply", 1)}
    assert standing(only_the_loser_is_on_it) == {survivor: ("no_reply", 1), loser: ("no_reply", 1)}


SOLD = CallTouch("won", sold=True)
FELL_THROUGH = CallTouch("won", fell_through=True)


@pytest.mark.parametrize(
    ("said", "blocked", "state"),
    [
        ([], False, "open"),
        (["no_reply"], False, "no_reply"),
        (["no_reply", "thinking", "lost"], False, "no_reply"),
        (["lost", "won"], False, "lost"),
        (["won", "lost"], False, "won"),
        (["lost", SOLD], False, "won"),
        (["do_not_contact", SOLD], True, "won"),
        (["do_not_contact", "won"], True, "blocked"),
        ([], True, "blocked"),
        (["do_not_contact", "thinking"], False, "thinking"),
        (["do_not_contact"], False, "open"),
        ([FELL_THROUGH, "thinking"], False, "thinking"),
        ([FELL_THROUGH], False, "open"),
    ],
    ids=str,
)
def test_where_somebody_stands__R15(said: list[Any], blocked: bool, state: str) -> None:
    touches = [one if isinstance(one, CallTouch) else CallTouch(one) for one in said]

    assert state_of(touches, blocked) == state


def test_losers_alone_on_a_list_stand_for_their_survivor(
    as_agent: As, somebody: Any, drawn: Any, database: Database
) -> None:
    one, two = somebody(), somebody()
    campaign_id, client = drawn(), as_agent(AGENT)
    survivor = somebody("small", OTHER)
    for loser in (one, two):
        somebody(player_id=loser, owner=OTHER, merged_into=survivor, version=2)

    listed = calls(client, campaign_id)

    assert list(listed) == [survivor]
    assert (listed[survivor]["tier"], listed[survivor]["tier_then"]) == ("small", "big")
    assert list(calls(client, campaign_id, agent=OTHER)) == [survivor]
    assert calls(client, campaign_id, agent=AGENT) == {}


def test_the_erased_are_not_shown_and_not_counted(as_agent: As, somebody: Any, drawn: Any) -> None:
    player = somebody()
    campaign_id = drawn()
    somebody(player_id=player, erased=True, version=2)

    assert calls(as_agent(AGENT), campaign_id) == {}
    progress = as_agent(AGENT).get("/campaign-calls/progress", campaign_id=campaign_id).json()
    assert progress["total"]["listed"] == 0


def test_progress_and_the_list_say_the_same_owner_of_who_was_merged__R15(
    as_agent: As, somebody: Any, drawn: Any
) -> None:
    """His record was another agent's; he is the survivor's, who was not drawn."""
    loser = somebody(owner=OTHER)
    campaign_id, client = drawn(), as_agent(AGENT)
    survivor = somebody(tier="small")
    somebody(owner=OTHER, player_id=loser, merged_into=survivor, version=2)

    progress = client.get("/campaign-calls/progress", campaign_id=campaign_id).json()

    assert calls(client, campaign_id)[survivor]["owner_agent_id"] == AGENT
    assert [(row["agent_id"], row["listed"]) for row in progress["items"]] == [(AGENT, 1)]


def test_progress_by_agent_is_that_of_an_example_by_hand__R15(
    as_agent: As, somebody: Any, drawn: Any, player: str, order_body: Any
) -> None:
    mine = [player, somebody(), somebody()]
    his = somebody(owner=OTHER)
    campaign_id = drawn()
    say(as_agent(AGENT), mine[0], "no_reply", campaign_id=campaign_id)
    body = order_body(player_id=mine[1], campaign_id=campaign_id, method="wechat_transfer")
    assert as_agent(AGENT).post("/orders", body).status_code == 201
    assert as_agent(OTHER).post("/orders", order_body(player_id=his, campaign_id=campaign_id)).status_code == 201
    somebody(player_id=mine[1], owner=OTHER, version=2)  # handed over; the credit stays

    def progress(**filters: Any) -> dict[str, Any]:
        return as_agent(AGENT).get("/campaign-calls/progress", campaign_id=campaign_id, **filters).json()

    rows = {row["agent_id"]: row for row in progress()["items"]}
    names = ("team", "listed", "drawn", "open", "no_reply", "won", "reached", "orders", "revenue_fen", "unverified_fen")
    assert [rows[AGENT][name] for name in names] == ["A", 2, 2, 1, 1, 0, 0, 1, 8_000, 8_000]
    assert [rows[OTHER][name] for name in names] == ["B", 2, 2, 0, 0, 2, 2, 1, 8_000, 0]
    total = progress()["total"]
    assert [total[name] for name in names[1:]] == [4, 4, 1, 1, 2, 2, 2, 16_000, 8_000]
    assert progress(agent=AGENT)["total"] == {name: rows[AGENT][name] for name in total}
    assert [row["agent_id"] for row in progress(team="B")["items"]] == [OTHER]
    first = progress(limit=1)
    assert first["total"] == total
    assert [row["agent_id"] for row in first["items"] + progress(cursor=first["next_cursor"])["items"]] == [
        AGENT,
        OTHER,
    ]
    assert progress()["draw"]["state"] == "done"


def test_contacts_at_the_same_time_while_it_is_drawn_leave_one_entry_where_it_belongs(
    as_agent: As, somebody: Any, campaign: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", 3)
    players = [somebody() for _ in range(12)]
    campaign_id = campaign()
    database = Database(settings.database_url, pool_size=4)
    client = as_agent(AGENT)

    def contact(number: int) -> None:
        player = players[number % 12]
        if number % 12 == 5:
            client.post("/touches", {"player_id": player, "outcome": "do_not_contact"})
        else:
            say(client, player, "no_reply", campaign_id=campaign_id)

    with ThreadPoolExecutor(8) as threads:
        drawing = [threads.submit(draw_campaigns, database) for _ in range(2)]
        for done in [*threads.map(contact, range(36)), *(each.result() for each in drawing)]:
            assert done is None
    draw_campaigns(database)
    database.dispose()

    listed = calls(client, campaign_id)
    assert set(listed) - {players[5]} == set(players) - {players[5]}
    assert all(listed[player]["state"] == "no_reply" for player in players if player != players[5])
    assert {listed[player]["touches"] for player in players if player != players[5]} == {3}
    assert all(call["drawn_at"] for call in listed.values())
    assert players[5] not in listed or listed[players[5]]["state"] == "blocked"
