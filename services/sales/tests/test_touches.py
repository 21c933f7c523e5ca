"""Touches, follow-ups, lost reasons and contact blocks through the API: R16, R18, R28."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_sales.model.business_days import SHANGHAI
from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]
Reasons = dict[str, dict[str, Any]]


def today(days: int = 0) -> str:
    return (datetime.now(SHANGHAI).date() + timedelta(days=days)).isoformat()


def touch(client: ApiClient, player_id: str, outcome: str = "no_reply", **fields: Any) -> dict[str, Any]:
    response = client.post("/touches", {"player_id": player_id, "outcome": outcome, **fields})
    assert response.status_code == 201, response.text
    return response.json()


def refusal(response: Any) -> tuple[int, str, str | None]:
    """(status, slug, pointer) of a problem."""
    body = response.json()
    pointer = body["errors"][0]["pointer"] if body.get("errors") else None
    return response.status_code, body["type"].removeprefix("urn:gamedesk:problem:"), pointer


def test_a_lost_touch_keeps_situation_state_and_reason__R16_R18(as_agent: As, player: str, reasons: Reasons) -> None:
    reason = reasons["价格太高"]
    recorded = touch(
        as_agent("KF003"),
        player,
        "lost",
        reason_id=reason["reason_id"],
        situation="觉得 80 元贵了",
        player_state="刚充值过",
        follow_up_on=today(3),
    )

    assert (recorded["agent_id"], recorded["reason"]) == ("KF003", "价格太高")
    listed = as_agent("KF004").get("/touches", player_id=player).json()
    assert recorded.pop("warnings") == []
    assert listed == {"items": [recorded], "next_cursor": None}


def test_the_list_of_reasons_is_there_from_the_start_the_one_with_a_note_last__R18(reasons: Reasons) -> None:
    assert list(reasons) == [
        "价格太高",
        "暂时不需要",
        "已在别处购买",
        "对内容不满意",
        "近期已充值",
        "联系不上后放弃",
        "其他",
    ]
    assert [name for name, reason in reasons.items() if reason["needs_note"]] == ["其他"]


def test_lost_needs_an_active_reason_and_other_outcomes_have_none__R18(
    as_agent: As, player: str, reasons: Reasons, unknown_id: str
) -> None:
    agent, body = as_agent("KF003"), {"player_id": player, "outcome": "lost"}
    price = reasons["价格太高"]["reason_id"]
    as_agent("KF002").patch(f"/lost-reasons/{reasons['近期已充值']['reason_id']}", {"active": False}, version=1)

    assert refusal(agent.post("/touches", body)) == (422, "reason-required", "/reason_id")
    for reason_id in (unknown_id, reasons["近期已充值"]["reason_id"]):
        refused = agent.post("/touches", {**body, "reason_id": reason_id})
        assert refusal(refused) == (422, "unknown-reason", "/reason_id")
    refused = agent.post("/touches", {**body, "outcome": "won", "reason_id": price})
    assert refusal(refused) == (422, "reason-not-applicable", "/reason_id")


def test_the_reason_other_needs_a_note__R18(as_agent: As, player: str, reasons: Reasons) -> None:
    body = {"player_id": player, "outcome": "lost", "reason_id": reasons["其他"]["reason_id"]}

    for situation in ({}, {"situation": ""}, {"situation": " \n"}):
        refused = as_agent("KF003").post("/touches", {**body, **situation})
        assert refusal(refused) == (422, "note-required", "/situation")
    assert as_agent("KF003").post("/touches", {**body, "situation": "换号了"}).status_code == 201


def test_thinking_needs_a_day_from_today_on_in_shanghai__R18(as_agent: As, player: str) -> None:
    agent, body = as_agent("KF003"), {"player_id": player, "outcome": "thinking"}

    assert refusal(agent.post("/touches", body)) == (422, "follow-up-required", "/follow_up_on")
    refused = agent.post("/touches", {**body, "follow_up_on": today(-1)})
    assert refusal(refused) == (422, "follow-up-not-possible", "/follow_up_on")
    assert agent.post("/touches", {**body, "follow_up_on": today()}).status_code == 201


def test_what_happened_lies_in_the_past(as_agent: As, player: str) -> None:
    agent = as_agent("KF003")
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    refused = agent.post("/touches", {"player_id": player, "outcome": "no_reply", "occurred_at": soon})
    assert refusal(refused) == (422, "time-in-future", "/occurred_at")

    earlier = touch(agent, player, occurred_at="2026-01-05T08:00:00+08:00")
    assert earlier["occurred_at"] == "2026-01-05T00:00:00Z"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "2016-12-31T23:59:60Z"])
def test_a_time_that_the_calendar_does_not_hold_is_no_server_error(as_agent: As, player: str, moment: str) -> None:
    refused = as_agent("KF003").post("/touches", {"player_id": player, "outcome": "no_reply", "occurred_at": moment})
    assert refusal(refused)[:2] == (400, "validation")


def test_unknown_references_are_named_and_nothing_is_stored(
    as_agent: As, player: str, unknown_id: str, published: Callable[[], list[Any]]
) -> None:
    agent = as_agent("KF003")

    refused = agent.post("/touches", {"player_id": unknown_id, "outcome": "no_reply"})
    assert refusal(refused) == (409, "reference-not-yet-known", "/player_id")
    assert refused.json()["reference"] == {"kind": "player", "id": unknown_id}
    refused = agent.post("/touches", {"player_id": player, "outcome": "no_reply", "pack_code": "zzzzz"})
    assert refused.json()["reference"] == {"kind": "pack", "id": "ZZZZZ"}
    assert published() == []


def test_once_the_reference_is_known_the_same_key_works(
    as_agent: As, known_player: Callable[..., str], unknown_id: str
) -> None:
    body = {"player_id": unknown_id, "outcome": "no_reply"}
    assert as_agent("KF003").post("/touches", body, key="k-12345678").status_code == 409

    known_player(player_id=unknown_id)

    assert as_agent("KF003").post("/touches", body, key="k-12345678").status_code == 201


def test_do_not_contact_blocks_everybody_until_a_lead_lifts_it_with_a_reason__R16(
    as_agent: As, player: str, order_body: Callable[..., dict[str, Any]]
) -> None:
    blocking = touch(as_agent("KF003"), player, "do_not_contact", situation="要求不再打扰")
    path = f"/contact-blocks/{player}"

    for agent in ("KF003", "KF002", "KF001"):
        refused = as_agent(agent).post("/touches", {"player_id": player, "outcome": "won"})
        assert refusal(refused)[:2] == (409, "do-not-contact")
    assert refusal(as_agent("KF003").post("/orders", order_body()))[:2] == (409, "do-not-contact")
    assert as_agent("KF004").get(path).json()["in_force"] is True
    assert as_agent("KF003").post(f"{path}/lift", {"reason": "误记"}).status_code == 403
    assert as_agent("KF002").post(f"{path}/lift", {"reason": " "}).status_code == 400
    lifted = as_agent("KF002").post(f"{path}/lift", {"reason": "玩家主动联系"}, key="lift-123")
    assert lifted.status_code == 200
    assert (lifted.json()["in_force"], lifted.json()["lifted_by"]) == (False, "KF002")
    assert lifted.json()["touch_id"] == blocking["touch_id"]
    touch(as_agent("KF003"), player)
    assert as_agent("KF002").post(f"{path}/lift", {"reason": "再来"}).status_code == 404
    touch(as_agent("KF003"), player, "do_not_contact")
    replayed = as_agent("KF002").post(f"{path}/lift", {"reason": "玩家主动联系"}, key="lift-123")
    assert replayed.status_code == 200
    assert as_agent("KF003").get(path).json()["in_force"] is True, "a repeated request lifts no later block"


def test_a_player_who_never_asked_has_no_block(as_agent: As, player: str) -> None:
    assert as_agent("KF003").get(f"/contact-blocks/{player}").status_code == 404


def test_a_later_touch_closes_the_players_follow_up_whoever_made_it__R18(
    as_agent: As, player: str, known_player: Callable[..., str]
) -> None:
    kept = touch(as_agent("KF003"), known_player(), "thinking", follow_up_on=today())
    touch(as_agent("KF003"), player, "thinking", follow_up_on=today())
    second = touch(as_agent("KF004"), player, "thinking", follow_up_on=today(2))
    assert [f["touch_id"] for f in follow_ups(as_agent)] == [kept["touch_id"], second["touch_id"]]

    touch(as_agent("KF003"), player, "no_reply")

    assert [f["touch_id"] for f in follow_ups(as_agent)] == [kept["touch_id"]]


def test_a_sale_closes_the_players_follow_up__R17_R18(
    as_agent: As, player: str, order_body: Callable[..., dict[str, Any]]
) -> None:
    touch(as_agent("KF004"), player, "thinking", follow_up_on=today())

    assert as_agent("KF003").post("/orders", order_body()).status_code == 201

    assert follow_ups(as_agent) == []


def test_a_follow_up_goes_with_its_player_to_another_agent__R18(
    as_agent: As, player: str, known_player: Callable[..., str]
) -> None:
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today())

    known_player(owner="KF004", player_id=player, version=2)

    assert follow_ups(as_agent, agent="KF003") == []
    [taken] = follow_ups(as_agent, agent="KF004")
    assert (taken["touch_id"], taken["agent_id"]) == (made["touch_id"], "KF003")


def test_do_not_contact_closes_the_follow_up_and_takes_no_day(as_agent: As, player: str) -> None:
    touch(as_agent("KF003"), player, "thinking", follow_up_on=today())

    body = {"player_id": player, "outcome": "do_not_contact"}
    refused = as_agent("KF004").post("/touches", {**body, "follow_up_on": today(9)})
    assert refusal(refused) == (422, "follow-up-not-possible", "/follow_up_on")
    touch(as_agent("KF004"), player, "do_not_contact")

    assert follow_ups(as_agent) == []


def test_follow_ups_come_by_day_with_filters_and_pages__R18(
    as_agent: As, known_player: Callable[..., str], database: Any
) -> None:
    agent = as_agent("KF003")
    days = [today(n) for n in (5, 0, 3)]
    made = {day: touch(agent, known_player(), "thinking", follow_up_on=day)["touch_id"] for day in days}
    touch(as_agent("KF004"), known_player("KF004"), "thinking", follow_up_on=today(1))

    assert [f["touch_id"] for f in follow_ups(as_agent, agent="KF003")] == [made[day] for day in sorted(days)]
    assert [f["touch_id"] for f in follow_ups(as_agent, agent="KF003", due_before=today(3))] == [made[today()]]
    assert [f["follow_up_on"] for f in follow_ups(as_agent, limit=1)] == sorted([*days, today(1)])


def test_a_follow_up_is_overdue_when_its_day_in_shanghai_is_past__R18(
    as_agent: As, player: str, database: Any, known_player: Callable[..., str]
) -> None:
    old = touch(as_agent("KF003"), player, "thinking", follow_up_on=today())
    touch(as_agent("KF003"), known_player(), "thinking", follow_up_on=today())
    with database.begin() as tx:
        yesterday = {"day": today(-1), "touch_id": old["touch_id"]}
        tx.exec_driver_sql("UPDATE touches SET follow_up_on = %(day)s WHERE touch_id = %(touch_id)s", yesterday)
        tx.exec_driver_sql("UPDATE follow_ups SET due_on = %(day)s WHERE touch_id = %(touch_id)s", yesterday)

    assert [f["overdue"] for f in follow_ups(as_agent)] == [True, False]


def follow_ups(as_agent: As, **params: Any) -> list[dict[str, Any]]:
    """All pages."""
    return pages(as_agent("KF003"), "/follow-ups", **params)


def pages(client: ApiClient, path: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(path, **params, **cursor).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_touches_are_listed_by_when_they_happened_with_filters_and_pages__R26_R28(
    as_agent: As, known_player: Callable[..., str]
) -> None:
    one, two, three = known_player(), known_player(), known_player()
    third = touch(as_agent("KF003"), one, occurred_at="2026-03-03T00:00:00Z")["touch_id"]
    first = touch(as_agent("KF004"), two, "won", occurred_at="2026-03-01T00:00:00Z")["touch_id"]
    second = touch(as_agent("KF003"), three, "won", occurred_at="2026-03-02T00:00:00Z")["touch_id"]

    def ids(**params: Any) -> list[str]:
        return [item["touch_id"] for item in pages(as_agent("KF003"), "/touches", **params)]

    assert ids(limit=1) == [third, second, first]
    assert ids(player_id=f"{one},{two}") == [third, first]
    assert ids(agent="KF003") == [third, second]
    assert ids(outcome="won", agent="KF004") == [first]


@pytest.mark.parametrize("cursor", ["bm9uc2Vuc2U", "WyJ4Iiwxe30"])
def test_a_cursor_of_another_list_is_refused(as_agent: As, cursor: str) -> None:
    for path in ("/touches", "/follow-ups", "/orders"):
        assert as_agent("KF003").get(path, cursor=cursor).status_code == 400


def test_leads_rename_and_retire_reasons_and_past_touches_show_the_new_name__R18(
    as_agent: As, player: str, reasons: Reasons
) -> None:
    reason = reasons["价格太高"]
    path = f"/lost-reasons/{reason['reason_id']}"
    touch(as_agent("KF003"), player, "lost", reason_id=reason["reason_id"])

    assert as_agent("KF003").patch(path, {"name": "太贵"}, version=1).status_code == 403
    assert as_agent("KF002").patch(path, {"name": "太贵"}, version=None).status_code == 428
    renamed = as_agent("KF002").patch(path, {"name": " 太贵 "}, version=1)
    assert (renamed.status_code, renamed.json()["name"], renamed.headers["ETag"]) == (200, "太贵", '"2"')
    stale = as_agent("KF001").patch(path, {"active": False}, version=1)
    assert (stale.status_code, stale.json()["current"]["name"]) == (412, "太贵")
    assert as_agent("KF003").get("/touches", player_id=player).json()["items"][0]["reason"] == "太贵"
    clash = as_agent("KF001").patch(path, {"name": "其他"}, version=2)
    assert refusal(clash) == (409, "reason-exists", "/name")


def test_leads_add_reasons_up_to_a_hundred__R18(as_agent: As, unknown_id: str) -> None:
    lead = as_agent("KF002")
    added = lead.post("/lost-reasons", {"name": "等活动", "needs_note": True})
    assert (added.status_code, added.json()["needs_note"], added.json()["active"]) == (201, True, True)
    assert refusal(lead.post("/lost-reasons", {"name": "等活动"})) == (409, "reason-exists", "/name")
    assert as_agent("KF003").post("/lost-reasons", {"name": "不行"}).status_code == 403
    assert lead.patch(f"/lost-reasons/{unknown_id}", {"active": False}, version=1).status_code == 404

    for number in range(92):
        assert lead.post("/lost-reasons", {"name": f"理由 {number}"}).status_code == 201
    refused = lead.post("/lost-reasons", {"name": "太多"})
    assert refusal(refused)[1] == "too-many-reasons"
    assert "deactivate" in refused.json()["detail"]
    assert len(lead.get("/lost-reasons").json()["items"]) == 100
    old = f"/lost-reasons/{added.json()['reason_id']}"
    assert lead.patch(old, {"active": False}, version=1).status_code == 200
    assert lead.post("/lost-reasons", {"name": "太多"}).status_code == 201, "an inactive one does not count"
    assert refusal(lead.patch(old, {"active": True}, version=2))[1] == "too-many-reasons"


def test_a_touch_is_one_event_without_free_text__I1(
    as_agent: As, player: str, reasons: Reasons, pack: dict[str, Any], published: Callable[[], list[Any]]
) -> None:
    recorded = touch(
        as_agent("KF003"),
        player,
        "lost",
        reason_id=reasons["其他"]["reason_id"],
        situation="秘密的话",
        player_state="心情不好",
        pack_code="7k2qx",
    )

    (row,) = published()
    assert (row.type, row.version, row.aggregate_id, row.actor) == (
        "sales.touch.recorded.v1",
        1,
        recorded["touch_id"],
        "KF003",
    )
    assert row.payload["pack_code"] == recorded["pack_code"] == "7K2QX"
    assert not {"situation", "player_state", "reason"} & set(row.payload)


def test_a_deactivated_agent_may_do_nothing(as_agent: As, feed: Any, player: str) -> None:
    feed("players.agent.updated.v1", "KF004", {"agent_id": "KF004", "role": "agent", "team": "B", "active": False}, 2)
    assert as_agent("KF004").get("/touches").status_code == 401
