"""What to know before the next pitch: open tickets, frequency, minors, what was said and sold. B3, B5, R14, R18."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_sales.__main__ import lapse_proposals
from gamedesk_sales.follow_up_jobs import remind
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import schema_of
from sqlalchemy import text

from .conftest import CREATED_AT
from .test_touches import pages, refusal, today, touch

As = Callable[[str], ApiClient]
Known = Callable[..., str]


def pitch(as_agent: As, player_id: str, agent: str = "KF003") -> dict[str, Any]:
    response = as_agent(agent).get(f"/pitches/{player_id}")
    assert response.status_code == 200, response.text
    return response.json()


def kinds(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in shown["suggestions"]}


def test_an_open_payment_ticket_warns_before_a_pitch_until_it_is_done__B3(
    as_agent: As, player: str, known_ticket: Known
) -> None:
    known_ticket(player, "bug", number="T-000001")
    assert pitch(as_agent, player)["sell_safe"]["ok"] is True, "its category does not warn"
    ticket_id = known_ticket(player, "payment", number="T-000002")
    known_ticket(player, "refund", "in_progress", number="T-000003", asked_at="2026-11-02T20:00:00Z")

    sell_safe = pitch(as_agent, player)["sell_safe"]

    assert sell_safe["ok"] is False
    assert sell_safe["open_tickets"][0] == {
        "ticket_id": ticket_id,
        "number": "T-000002",
        "category": "payment",
        "since": "2026-11-01T00:00:00Z",
    }
    assert sell_safe["text_zh"] == (
        "有 2 个未结工单（T-000002 支付，自 2026-11-01、T-000003 退款，自 2026-11-03）：先解决问题，再推荐礼包"
    )
    assert sell_safe["text_en"] == (
        "2 open tickets (T-000002 payment, since 2026-11-01; T-000003 refund, since 2026-11-03):"
        " solve the problem before offering a pack"
    )
    known_ticket(player, "payment", "done", ticket_id=ticket_id, version=2)
    known_ticket(player, "payment", ticket_id=ticket_id, version=1)
    assert len(pitch(as_agent, player)["sell_safe"]["open_tickets"]) == 1, "an older event changes nothing"


def test_which_categories_warn_is_a_rule__B3(as_agent: As, player: str, known_ticket: Known) -> None:
    known_ticket(player, "bug")
    rules = as_agent("KF002").get("/contact-rules").json()
    fields = ("max_touches", "per_days", "tier_thresholds")
    body = {**{name: rules[name] for name in fields}, "warning_categories": ["bug"]}
    assert as_agent("KF002").put("/contact-rules", body, version=1).status_code == 200

    assert pitch(as_agent, player)["sell_safe"]["ok"] is False


def test_closing_a_payment_ticket_proposes_to_win_the_player_back__B3(
    as_agent: As, player: str, known_player: Known, known_ticket: Known
) -> None:
    other = known_player("KF004")
    known_ticket(other, "refund", "done")
    known_ticket(player, "bug", "done")
    long_ago = (datetime.now(UTC) - timedelta(days=15)).isoformat()
    known_ticket(player, "payment", "done", done_at=long_ago)
    assert pages(as_agent("KF003"), "/recovery-proposals", agent="KF003") == []
    ticket_id = known_ticket(player, "payment")
    for version in (2, 3):
        known_ticket(player, "payment", "done", ticket_id=ticket_id, version=version)

    [proposal] = pages(as_agent("KF003"), "/recovery-proposals", team="A")

    assert (proposal["player_id"], proposal["ticket_id"], proposal["state"]) == (player, ticket_id, "open")
    assert len(pages(as_agent("KF003"), "/recovery-proposals", limit=1)) == 2
    assert pitch(as_agent, player)["recovery_proposals"] == [proposal]
    assert pitch(as_agent, player)["follow_up"] is None, "never a follow-up by itself"
    known_ticket(player, "payment", "in_progress", ticket_id=ticket_id, version=4, cycle=2)
    assert pages(as_agent("KF003"), "/recovery-proposals", agent="KF003") == [], "the ticket is open again"
    known_ticket(player, "payment", "done", ticket_id=ticket_id, version=5, cycle=2)
    assert len(pages(as_agent("KF003"), "/recovery-proposals", agent="KF003")) == 1
    touch(as_agent("KF004"), player)
    assert pages(as_agent("KF003"), "/recovery-proposals", agent="KF003") == [], "any contact answers it"


def test_a_republication_and_what_was_talked_about_since_propose_nothing__B3(
    as_agent: As, player: str, known_player: Known, feed: Any
) -> None:
    def closed(of: str, done_at: datetime, *, republication: bool) -> None:
        ticket = {"ticket_id": str(new_id()), "number": "T-000123", "player_id": of, "state": "done", "cycle": 1}
        ticket |= {"category": "payment", "asked_at": CREATED_AT, "done_at": done_at.isoformat()}
        feed("tickets.ticket.updated.v1", ticket["ticket_id"], ticket, 5, republication=republication)

    closed(player, datetime.now(UTC), republication=True)
    touch(as_agent("KF003"), player)
    closed(player, datetime.now(UTC) - timedelta(hours=1), republication=False)
    assert pages(as_agent("KF003"), "/recovery-proposals") == []

    closed(known_player(), datetime.now(UTC), republication=False)
    assert len(pages(as_agent("KF003"), "/recovery-proposals")) == 1


@pytest.mark.parametrize(("said_again", "proposed"), [(1, 1), (2, 1), (3, 0)])
def test_a_republication_that_came_first_takes_no_proposal_away__B3_I4(
    as_agent: As, player: str, feed: Any, said_again: int, proposed: int
) -> None:
    closed = {"ticket_id": str(new_id()), "number": "T-000123", "player_id": player, "state": "done", "cycle": 1}
    closed |= {"category": "payment", "asked_at": CREATED_AT, "done_at": datetime.now(UTC).isoformat()}
    opened = {**closed, "state": "pending", "cycle": 2, "done_at": None}
    state = opened if said_again == 3 else closed
    feed("tickets.ticket.updated.v1", closed["ticket_id"], state, said_again, republication=True)
    for _ in range(2):
        feed("tickets.ticket.updated.v1", closed["ticket_id"], closed, 2)
    assert len(pages(as_agent("KF003"), "/recovery-proposals")) == proposed


def test_a_proposal_goes_with_its_player_and_stays_with_who_owned_him_when_it_ended__B3(
    as_agent: As, player: str, known_player: Known, known_ticket: Known
) -> None:
    def of(agent: str, state: str) -> int:
        return len(pages(as_agent("KF003"), "/recovery-proposals", agent=agent, state=state))

    before_his_copy = str(new_id())
    known_ticket(before_his_copy, "payment", "done")
    assert pages(as_agent("KF003"), "/recovery-proposals")[0]["owner_agent_id"] is None
    known_player("KF004", before_his_copy)
    assert of("KF004", "open") == 1

    known_ticket(player, "payment", "done")
    known_player("KF004", player, version=2)
    assert (of("KF003", "open"), of("KF004", "open")) == (0, 2)
    touch(as_agent("KF004"), player)
    known_player("KF003", player, version=3)
    assert (of("KF003", "done"), of("KF004", "done")) == (0, 1)


def test_a_proposal_that_nobody_takes_lapses_after_two_weeks__B3(
    as_agent: As,
    player: str,
    known_player: Known,
    known_ticket: Known,
    database: Database,
    published: Callable[[], list[Any]],
) -> None:
    for of in (player, other := known_player()):
        known_ticket(of, "payment", "done")
    made = {proposal["player_id"]: proposal for proposal in pages(as_agent("KF003"), "/recovery-proposals")}
    path = f"/recovery-proposals/{made[other]['proposal_id']}/take"
    assert as_agent("KF003").post(path, {"due_on": today(30)}, version=1).status_code == 200

    for days, left in ((13, [player]), (15, [])):
        with database.begin() as tx:
            at = {"at": datetime.now(UTC) - timedelta(days=days)}
            tx.execute(text("UPDATE recovery_proposals SET proposed_at = :at"), at)
        lapse_proposals(database)
        assert [one["player_id"] for one in pages(as_agent("KF003"), "/recovery-proposals")] == left

    [lapsed] = pages(as_agent("KF003"), "/recovery-proposals", state="lapsed")
    assert (lapsed["player_id"], lapsed["version"]) == (player, 2)
    told = published()[-1]
    assert (told.type, told.actor) == ("sales.follow_up.changed.v1", None), "open pages hear of it"
    assert (told.payload["player_id"], told.payload["proposal_id"]) == (player, lapsed["proposal_id"])
    path = f"/recovery-proposals/{lapsed['proposal_id']}/take"
    refused = as_agent("KF003").post(path, {"due_on": today(1)}, version=2).json()
    assert refused["type"].endswith(":proposal-decided")
    assert "lapsed" in refused["detail"]
    assert len(pages(as_agent("KF003"), "/recovery-proposals", state="taken")) == 1


def test_open_pages_hear_of_what_is_decided_about_a_player__B12(
    as_agent: As, player: str, known_ticket: Known, published: Callable[[], list[Any]]
) -> None:
    agent, lead = as_agent("KF003"), as_agent("KF002")

    def heard() -> list[tuple[Any, Any, Any]]:
        rows = [row for row in published() if row.type == "sales.follow_up.changed.v1"]
        for row in rows:
            schema_of(row.type).validate(row.payload)
            assert row.payload["player_id"] == player
        return [(row.actor, row.payload["touch_id"], row.payload["proposal_id"]) for row in rows]

    made = touch(agent, player, "thinking", follow_up_on=today(1))
    agent.post(f"/follow-ups/{made['touch_id']}/postpone", {"due_on": today(2)}, version=1)
    ticket_id = known_ticket(player, "payment", "done")
    [proposal] = pages(agent, "/recovery-proposals")
    path = f"/recovery-proposals/{proposal['proposal_id']}"
    agent.post(f"{path}/take", {"due_on": today(1)}, version=1)
    known_ticket(player, "payment", "pending", ticket_id=ticket_id, version=2, cycle=2)
    known_ticket(player, "payment", "done", ticket_id=ticket_id, version=3, cycle=2)
    [again] = pages(agent, "/recovery-proposals")
    lead.post(f"/recovery-proposals/{again['proposal_id']}/dismiss", {}, version=1)
    touch(agent, player, "do_not_contact")
    lead.post(f"/contact-blocks/{player}/lift", {"reason": "他又加回来了"})

    first, second = proposal["proposal_id"], again["proposal_id"]
    assert heard() == [
        ("KF003", made["touch_id"], None),
        (None, None, first),
        ("KF003", None, first),
        (None, None, first),
        (None, None, second),
        ("KF002", None, second),
        ("KF002", None, None),
    ]


def test_only_taken_proposals_are_asked_for_by_day__B3(as_agent: As) -> None:
    refused = as_agent("KF003").get("/recovery-proposals", state="open", due_to=today())

    assert refusal(refused)[::2] == (400, "/query/due_to")


def test_a_proposal_is_taken_for_a_day_or_dismissed__B3(
    as_agent: As, player: str, known_ticket: Known, database: Database, published: Callable[[], list[Any]]
) -> None:
    known_ticket(player, "payment", "done")
    [proposal] = pages(as_agent("KF003"), "/recovery-proposals")
    path = f"/recovery-proposals/{proposal['proposal_id']}"

    refused = as_agent("KF004").post(f"{path}/take", {"due_on": today(1)}, version=1)
    assert refusal(refused)[:2] == (403, "not-your-player")
    refused = as_agent("KF003").post(f"{path}/take", {"due_on": today(-1)}, version=1)
    assert refusal(refused) == (422, "follow-up-not-possible", "/due_on")
    taken = as_agent("KF003").post(f"{path}/take", {"due_on": today(1)}, version=1)
    assert (taken.status_code, taken.json()["state"], taken.json()["decided_by"]) == (200, "taken", "KF003")
    assert pages(as_agent("KF003"), "/recovery-proposals", state="taken") == [taken.json()]
    assert pages(as_agent("KF003"), "/recovery-proposals", state="taken", due_to=today(1)) == [taken.json()]
    assert pages(as_agent("KF003"), "/recovery-proposals", state="taken", due_to=today(0)) == []
    assert as_agent("KF002").post(f"{path}/dismiss", {}, version=1).status_code == 412

    assert remind(database) == 0
    with database.begin() as tx:
        tx.execute(text("UPDATE recovery_proposals SET due_on = :day"), {"day": today(-1)})
    assert (remind(database), remind(database)) == (1, 0)
    [said] = [row.payload for row in published() if row.type == "sales.follow_up.due.v1"]
    schema_of("sales.follow_up.due.v1").validate(said)
    assert (said["proposal_id"], said["touch_id"], said["agent_id"]) == (proposal["proposal_id"], None, "KF003")
    assert pages(as_agent("KF003"), "/recovery-proposals", state="taken")[0]["overdue"] is True

    dismissed = as_agent("KF002").post(f"{path}/dismiss", {"reason": "已经在微信解释"}, version=2)
    assert (dismissed.status_code, dismissed.json()["dismiss_reason"]) == (200, "已经在微信解释")
    late = as_agent("KF003").post(f"{path}/take", {"due_on": today(1)}, version=3)
    assert refusal(late)[:2] == (422, "proposal-decided")


def test_nobody_is_won_back_who_wants_to_be_left_alone__B3_R16(as_agent: As, player: str, known_ticket: Known) -> None:
    known_ticket(player, "payment", "done")
    touch(as_agent("KF003"), player, "do_not_contact")
    known_ticket(player, "payment", "done")

    shown = pitch(as_agent, player)

    assert shown["recovery_proposals"] == []
    assert (shown["contactable"], shown["do_not_contact"]["in_force"], shown["suggestions"]) == (False, True, [])


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
