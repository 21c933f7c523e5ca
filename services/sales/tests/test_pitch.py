"""What to know before the next pitch: frequency, minors, what was said and sold (B3, B5, R14, R18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .test_touches import pages, refusal, today, touch

As = Callable[[str], ApiClient]
Known = Callable[..., str]


def pitch(as_agent: As, player_id: str, agent: str = "KF003") -> dict[str, Any]:
    response = as_agent(agent).get(f"/pitches/{player_id}")
    assert response.status_code == 200, response.text
    return response.json()


def kinds(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in shown["suggestions"]}


def test_the_pitch_says_when_the_rule_has_room_again__R16(as_agent: As, player: str) -> None:
    for number in range(3):
        assert pitch(as_agent, player)["warnings"] == [], number
        touch(as_agent("KF003"), player)

    [warning] = pitch(as_agent, player)["warnings"]

    assert (warning["kind"], warning["count"], warning["next_free_on"]) == ("contact_frequency", 3, today(7))


def test_what_was_said_last_time_is_in_front__R18(as_agent: As, player: str, reasons: dict[str, Any]) -> None:
    assert pitch(as_agent, player)["last_touch"] is None
    said = {"situation": "觉得贵", "player_state": "刚下班", "follow_up_on": today(2)}
    recorded = touch(as_agent("KF003"), player, "lost", reason_id=reasons["价格太高"]["reason_id"], **said)

    shown = pitch(as_agent, player)

    del recorded["warnings"]
    assert shown["last_touch"] == recorded
    assert (shown["last_touch"]["reason"], shown["last_touch"]["situation"]) == ("价格太高", "觉得贵")
    assert (shown["follow_up"]["touch_id"], shown["follow_up"]["follow_up_on"]) == (recorded["touch_id"], today(2))


def test_the_figures_come_from_the_whole_person_and_leave_out_what_was_taken_back__B5(
    as_agent: As,
    player: str,
    known_player: Known,
    known_pack: Callable[..., dict[str, Any]],
    order_body: Callable[..., dict[str, Any]],
    reasons: dict[str, Any],
    feed: Any,
) -> None:
    agent, dear = as_agent("KF003"), known_pack(code="BIG99", price_fen=60_000)
    loser = known_player()
    reason_id = reasons["价格太高"]["reason_id"]
    for refused_by in (player, loser):
        touch(agent, refused_by, "lost", reason_id=reason_id, pack_code="BIG99")
    assert agent.post("/orders", order_body()).status_code == 201
    taken_back = agent.post("/orders", order_body(pack_code="BIG99", amount_paid_fen=60_000))
    path = f"/orders/{taken_back.json()['order_id']}"
    cancelled = as_agent("KF002").post(f"{path}/cancel", {"reason": "误记"}, version=1)
    assert cancelled.status_code == 200, cancelled.text
    data = {"player_id": loser, "owner_agent_id": "KF003", "tier": "none", "minor_band": "none", "erased": False}
    feed("players.player.merged.v1", loser, {**data, "merged_into": player}, 2)

    shown = pitch(as_agent, loser)

    figures, found = shown["figures"], kinds(shown)
    assert shown["player_id"] == player
    assert (figures["orders"], figures["spent_365_days_fen"], figures["average_order_fen"]) == (1, 8_000, 8_000)
    assert figures["prices"][-1] == {"above_fen": 50_000, "lost": 2, "won": 0}
    assert found["price_limit"]["text_zh"] == "拒绝过 2 次高于 ¥500 的礼包，一次也没买"
    assert (found["price_limit"]["sample"], found["price_limit"]["small_sample"]) == (2, True)
    assert found["last_discount"]["pack_code"] == "7K2QX"
    assert (shown["tier"], shown["suggested_tier"]) == ("big", "small")
    known_pack(2, pack_id=dear["pack_id"], code="BIG99", price_fen=100)
    assert pitch(as_agent, player)["figures"]["prices"] == figures["prices"], "the price of then counts"


@pytest.mark.parametrize(("end", "counted"), [("cancel", 0), ("reject-payment", 1)])
def test_the_contact_of_an_order_that_should_not_have_been_written_counts_nowhere__B5_B8(
    as_agent: As, player: str, order_body: Callable[..., dict[str, Any]], end: str, counted: int
) -> None:
    """That of a transfer that never came does: there was a talk, and no deal."""
    agent, lead, day = as_agent("KF003"), as_agent("KF002"), today()
    order = agent.post("/orders", order_body(method="bank_transfer")).json()
    assert pitch(as_agent, player)["figures"]["contacts"] == 1

    ended = lead.post(f"/orders/{order['order_id']}/{end}", {"reason": "误记"}, version=1)

    assert ended.status_code == 200, ended.text
    shown = pitch(as_agent, player)
    assert (shown["figures"]["contacts"], shown["figures"]["orders"]) == (counted, 0)
    assert (shown["last_touch"] is not None, shown["figures"]["days_untouched"]) == (
        bool(counted),
        0 if counted else None,
    )
    assert agent.get("/sales-kpi", **{"from": day, "to": day}).json()["total"]["touches"] == counted
    audience = lead.post("/campaign-audiences", {"segment": {"not_contacted_days": 1}}).json()
    assert audience["players"] == 1 - counted
    warnings = [touch(agent, player)["warnings"] for _ in range(3)]
    assert [len(each) for each in warnings] == [0, 0, counted], "at most three in seven days"


def test_an_open_quote_comes_first_and_prices_the_contact_about_it__B2_B5(
    as_agent: As, player: str, pack: dict[str, Any], known_pack: Callable[..., Any], known_player: Known
) -> None:
    body = {"player_id": player, "pack_code": "7K2QX", "pack_revision": 1, "price_fen": 8_000}
    made = as_agent("KF003").post("/quotes", body)
    assert made.status_code == 201, made.text
    quote = made.json()
    known_pack(2, pack_id=pack["pack_id"], price_fen=9_900)

    first = pitch(as_agent, player)["suggestions"][0]
    assert (first["kind"], first["pack_code"], first["because"]) == ("open_quote", "7K2QX", {"amount_fen": 8_000})
    assert quote["number"] in first["text_en"]
    recorded = touch(as_agent("KF003"), player, quote_id=quote["quote_id"])
    assert (recorded["quote_id"], recorded["pack_code"], recorded["offered_price_fen"]) == (
        quote["quote_id"],
        "7K2QX",
        8_000,
    )
    touching = {"player_id": known_player(), "outcome": "no_reply", "quote_id": quote["quote_id"]}
    refused = as_agent("KF003").post("/touches", touching)
    assert refusal(refused) == (422, "quote-for-another", "/quote_id")
    assert as_agent("KF003").post("/touches", {**touching, "quote_id": str(new_id())}).status_code == 404


def test_what_a_minor_may_still_spend_is_shown__B3(as_agent: As, feed: Any, player: str) -> None:
    assert pitch(as_agent, player)["minor"] is None
    data = {"player_id": player, "owner_agent_id": "KF003", "tier": "none", "minor_band": "16_17"}
    feed("players.player.updated.v1", player, {**data, "merged_into": None, "erased": False}, 2)

    assert pitch(as_agent, player)["minor"] == {
        "band": "16_17",
        "per_order_fen": 10_000,
        "per_month_fen": 40_000,
        "spent_this_month_fen": 0,
        "left_this_month_fen": 40_000,
    }


def test_erasing_a_player_leaves_no_words_and_no_pitch__B3(
    as_agent: As, player: str, known_ticket: Known, feed: Any, database: Database
) -> None:
    known_ticket(player, "payment", "done")
    [proposal] = pages(as_agent("KF003"), "/recovery-proposals")
    path = f"/recovery-proposals/{proposal['proposal_id']}/dismiss"
    assert as_agent("KF003").post(path, {"reason": "秘密"}, version=1).status_code == 200
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))
    body = {"due_on": today(2), "reason": "秘密"}
    assert as_agent("KF003").post(f"/follow-ups/{made['touch_id']}/postpone", body, version=1).status_code == 200
    known_ticket(player, "refund", "done")
    data = {"player_id": player, "owner_agent_id": "KF003", "tier": "none", "minor_band": "none", "erased": True}

    feed("players.player.erased.v1", player, {**data, "merged_into": None}, 2)
    known_ticket(player, "refund", "done")

    shown = pitch(as_agent, player)
    assert (shown["contactable"], shown["suggestions"], shown["recovery_proposals"]) == (False, [], [])
    with database.begin() as tx:
        words = "SELECT concat(dismiss_reason) FROM recovery_proposals UNION SELECT postpone_reason FROM follow_ups"
        assert set(tx.execute(text(words)).scalars()) == {""}


def test_of_a_player_whom_sales_does_not_know_there_is_no_pitch(as_agent: As, unknown_id: str) -> None:
    assert as_agent("KF003").get(f"/pitches/{unknown_id}").status_code == 404


def test_a_campaign_that_sold_is_named__B5(
    as_agent: As,
    player: str,
    known_pack: Callable[..., Any],
    order_body: Callable[..., dict[str, Any]],
    database: Database,
) -> None:
    campaign_id = str(new_id())
    made = known_pack(code="WKD23", campaign_id=campaign_id)
    body = {"player_id": player, "pack_code": "WKD23", "pack_revision": 1, "price_fen": made["price_fen"]}
    quote = as_agent("KF003").post("/quotes", body).json()
    order = order_body(pack_code=None, pack_revision=None, quote_id=quote["quote_id"])
    assert as_agent("KF003").post("/orders", order).status_code == 201
    assert "campaign" not in kinds(pitch(as_agent, player)), "its name has not come"
    with database.begin() as tx:
        row = {"id": campaign_id, "name": "周末狂欢"}
        tx.execute(
            text(
                "INSERT INTO campaign_copies (campaign_id, name, state, starts_on, ends_on, segment, version)"
                " VALUES (:id, :name, 'running', '2026-01-01', '2026-12-31', '{}', 1)"
            ),
            row,
        )

    shown = pitch(as_agent, player)

    assert shown["figures"]["campaigns"] == [{"campaign_id": campaign_id, "decided": 1, "won": 1}]
    assert kinds(shown)["campaign"]["text_zh"] == "在「周末狂欢」活动中推荐 1 次，成交 1 次"
