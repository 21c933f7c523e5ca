"""The KPI of sales, by hand in Asia/Shanghai: deals, a wrong entry, a transfer that never came, a refund (B8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from gamedesk_sales.commands import orders, quotes, refunds, touches
from gamedesk_testing.api_client import ApiClient

As = Callable[[str], ApiClient]

CAMPAIGN = "019aa000-0000-7000-8000-0000000000c1"
PERIOD = {"from": "2026-10-05", "to": "2026-10-07"}


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> str:
    """A moment of October 2026 in Shanghai."""
    return datetime(2026, 10, day, hour, minute, second, tzinfo=ZoneInfo("Asia/Shanghai")).isoformat()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def set_clock(moment: str) -> None:
        for module in (orders, quotes, refunds, touches):
            monkeypatch.setattr(module, "now", lambda: datetime.fromisoformat(moment))

    return set_clock


def campaign() -> dict[str, Any]:
    days = {"starts_on": "2026-10-01", "ends_on": "2026-10-31"}
    return {
        "campaign_id": CAMPAIGN,
        "name": "国庆",
        "state": "draft",
        "team": "A",
        "game_ids": ["xiyou"],
        **days,
        "segment": {},
    }


@pytest.fixture
def example(
    clock: Callable[[str], None],
    as_agent: As,
    known_player: Callable[..., str],
    pack: dict[str, Any],
    reasons: dict[str, dict[str, Any]],
    feed: Callable[..., None],
) -> dict[str, str]:
    """The players `{first, second, third}`; the first two are KF003's, the third is KF004's.

    | | KF003 (team A) | KF004 (team B) |
    |---|---|---|
    | Mon 5 Oct | 23:59:59 first: lost, too dear, for the campaign | |
    | Tue 6 Oct | | 00:00 third: thinking |
    | | 10:00 first: no reply; 11:00 quotes to first and second | |
    | | 12:00 first buys from the quote, ¥80 | |
    | | 13:00 second transfers ¥80, not confirmed | |
    | | 14:00 second: written by mistake, cancelled | |
    | | 15:00 second: a transfer that never came | |
    | | | 16:00 third pays ¥90.01 |
    | Wed 7 Oct | | 12:00 a lead gives ¥30 back |
    """
    first, second, third = known_player(), known_player(), known_player("KF004")
    feed("catalog.campaign.updated.v1", CAMPAIGN, campaign())
    kf003, kf004 = as_agent("KF003"), as_agent("KF004")

    def post(client: ApiClient, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
        answer = client.post(path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def sell(client: ApiClient, player: str, paid_at: str, **fields: Any) -> dict[str, Any]:
        named = {} if "quote_id" in fields else {"pack_code": pack["code"], "pack_revision": pack["revision"]}
        paid = {"method": "wechat_pay", "amount_paid_fen": 8_000, "transaction_id": f"T{paid_at}"}
        return post(client, "/orders", player_id=player, paid_at=paid_at, **{**named, **paid, **fields})

    clock(at(6, 11))
    seen = {"pack_code": pack["code"], "pack_revision": pack["revision"], "price_fen": 8_000}
    quote, _ = (post(kf003, "/quotes", player_id=player, **seen, campaign_id=CAMPAIGN) for player in (first, second))
    clock(at(7, 20))
    lost = {"outcome": "lost", "reason_id": reasons["价格太高"]["reason_id"], "campaign_id": CAMPAIGN}
    post(kf003, "/touches", player_id=first, **lost, occurred_at=at(5, 23, 59, 59))
    post(kf004, "/touches", player_id=third, outcome="thinking", follow_up_on="2026-10-09", occurred_at=at(6, 0))
    post(kf003, "/touches", player_id=first, outcome="no_reply", occurred_at=at(6, 10))
    sell(kf003, first, at(6, 12), quote_id=quote["quote_id"])
    sell(kf003, second, at(6, 13), method="wechat_transfer")
    mistake = sell(kf003, second, at(6, 14), method="bank_transfer")
    never_came = sell(kf003, second, at(6, 15), method="bank_transfer")
    last = sell(kf004, third, at(6, 16), amount_paid_fen=9_001, difference_reason="多付")
    for client, order, change in ((kf003, mistake, "cancel"), (as_agent("KF002"), never_came, "reject-payment")):
        path = f"/orders/{order['order_id']}/{change}"
        done = client.post(path, {"reason": "x"}, version=order["version"])
        assert done.status_code == 200, done.text
    back = {"amount_fen": 3_000, "reason": "误购", "method": "wechat_pay", "refunded_at": at(7, 12)}
    post(as_agent("KF005"), f"/orders/{last['order_id']}/refunds", **back)
    return {"first": first, "second": second, "third": third}


NOTHING = {
    **dict.fromkeys(
        ("touches", "reached", "players_touched", "deals", "lost", "won_back", "thinking", "orders", "revenue_fen"), 0
    ),
    **dict.fromkeys(("unverified", "unverified_fen", "delivered", "delivery_overdue", "refunds", "refunded_fen"), 0),
    **dict.fromkeys(("net_fen", "quotes", "quotes_sold"), 0),
    **dict.fromkeys(("touch_to_deal_bp", "won_back_bp", "average_order_fen", "median_order_fen"), None),
}
KF003 = {
    **NOTHING,
    "touches": 5,  # the mistake is none; the transfer that never came was talked about
    "reached": 4,
    "players_touched": 2,
    "deals": 2,
    "touch_to_deal_bp": 4_000,
    "lost": 1,
    "won_back": 1,
    "won_back_bp": 10_000,
    "orders": 2,
    "revenue_fen": 16_000,
    "unverified": 1,
    "unverified_fen": 8_000,
    "average_order_fen": 8_000,
    "median_order_fen": 8_000,
    "net_fen": 16_000,
    "quotes": 2,
    "quotes_sold": 1,
}
KF004 = {
    **NOTHING,
    "touches": 2,
    "reached": 2,
    "players_touched": 1,
    "deals": 1,
    "touch_to_deal_bp": 5_000,
    "thinking": 1,
    "orders": 1,
    "revenue_fen": 9_001,
    "average_order_fen": 9_001,
    "median_order_fen": 9_001,
    "refunds": 1,
    "refunded_fen": 3_000,
    "net_fen": 6_001,
}
ALL = {
    **{name: (KF003[name] or 0) + (KF004[name] or 0) for name in NOTHING},
    "touch_to_deal_bp": 4_286,  # 3 of 7
    "won_back_bp": 10_000,
    "average_order_fen": 8_334,  # 25,001 of 3
    "median_order_fen": 8_000,
}


def report(client: ApiClient, **query: str) -> dict[str, Any]:
    answer = client.get("/sales-kpi", **{**PERIOD, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_key(found: dict[str, Any]) -> dict[str | None, dict[str, Any]]:
    return {g["key"]: {n: v for n, v in g.items() if n not in ("key", "label")} for g in found["groups"]}


def records(client: ApiClient, figure: str, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/sales-kpi/records", figure=figure, **{**PERIOD, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_the_figures_of_each_agent_and_team__B8(example: dict[str, str], as_agent: As) -> None:
    found = report(as_agent("KF003"), group_by="agent")

    assert found["total"] == ALL
    assert by_key(found) == {"KF003": KF003, "KF004": KF004}
    assert by_key(report(as_agent("KF001"), group_by="team")) == {"A": KF003, "B": KF004}
    assert report(as_agent("KF003"), agent="KF004")["total"] == KF004
    assert report(as_agent("KF003"), team="A")["total"] == KF003


def test_each_figure_counts_on_its_own_day__B8(example: dict[str, str], as_agent: As) -> None:
    monday, tuesday, wednesday = by_key(report(as_agent("KF003"), group_by="day")).values()

    assert (monday["touches"], monday["lost"], monday["won_back"], monday["orders"]) == (1, 1, 1, 0)
    assert (tuesday["touches"], tuesday["deals"], tuesday["orders"], tuesday["revenue_fen"]) == (6, 3, 3, 25_001)
    assert (tuesday["quotes"], tuesday["refunded_fen"]) == (2, 0)
    assert wednesday == {**NOTHING, "refunds": 1, "refunded_fen": 3_000, "net_fen": -3_000}


def test_by_campaign_pack_tier_and_reason__B8(
    example: dict[str, str], as_agent: As, reasons: dict[str, dict[str, Any]]
) -> None:
    (of_campaign, without) = report(as_agent("KF003"), group_by="campaign")["groups"]
    packs = report(as_agent("KF003"), group_by="pack")
    tiers = by_key(report(as_agent("KF003"), group_by="tier"))
    lost = report(as_agent("KF003"), group_by="reason")["groups"][0]

    assert (of_campaign["key"], of_campaign["label"], without["key"]) == (CAMPAIGN, "国庆", None)
    assert (of_campaign["touches"], of_campaign["deals"], of_campaign["revenue_fen"]) == (2, 1, 8_000)
    assert (of_campaign["quotes"], without["quotes"], without["revenue_fen"]) == (2, 0, 17_001)
    assert [(g["key"], g["label"], g["revenue_fen"]) for g in packs["groups"]] == [
        ("7K2QX", "周末礼包", 25_001),
        (None, None, 0),
    ]
    assert tiers == {"big": ALL}
    assert (lost["key"], lost["label"]) == (reasons["价格太高"]["reason_id"], "价格太高")
    assert (lost["lost"], lost["won_back"], lost["touches"], lost["orders"]) == (1, 1, 1, 0)
    assert report(as_agent("KF003"), pack="7k2qx")["total"]["orders"] == 3


def test_each_figure_leads_to_its_records__B8(
    example: dict[str, str], as_agent: As, reasons: dict[str, dict[str, Any]]
) -> None:
    client = as_agent("KF003")

    (lost,) = records(client, "won_back")
    assert (lost["kind"], lost["player_id"], lost["outcome"]) == ("touch", example["first"], "lost")
    assert (lost["reason"], lost["campaign_id"], lost["amount_fen"]) == ("价格太高", CAMPAIGN, None)
    assert lost["happened_at"] == "2026-10-05T15:59:59Z"
    sold = records(client, "orders")
    assert [(order["number"], order["agent_id"], order["team"], order["amount_fen"]) for order in sold] == [
        ("O-000005", "KF004", "B", 9_001),
        ("O-000002", "KF003", "A", 8_000),
        ("O-000001", "KF003", "A", 8_000),
    ]
    assert [order["number"] for order in records(client, "unverified")] == ["O-000002"]
    (refund,) = records(client, "refunds")
    assert (refund["number"], refund["agent_id"], refund["amount_fen"]) == ("O-000005", "KF004", 3_000)
    assert refund["player_id"] == example["third"]
    (quote,) = records(client, "quotes_sold")
    assert (quote["number"], quote["state"], quote["order_id"]) == ("Q-000001", "sold", sold[-1]["order_id"])
    assert len(records(client, "touches", without="campaign")) == 5
    assert len(records(client, "touches", agent="KF003", tier="big")) == 5


def test_credit_stays_where_it_was_whoever_owns_the_player_now__B8(
    example: dict[str, str], as_agent: As, feed: Callable[..., None]
) -> None:
    now_of_kf004 = {"owner_agent_id": "KF004", "tier": "whale", "minor_band": "none", "created_at": at(1, 0)}
    for player in example.values():
        data = {**now_of_kf004, "player_id": player, "merged_into": None, "erased": False, "updated_at": at(8, 0)}
        feed("players.player.updated.v1", player, data, 2)
    moved = {"agent_id": "KF003", "role": "agent", "team": "B", "active": True}
    feed("players.agent.updated.v1", "KF003", moved, 2)

    assert by_key(report(as_agent("KF003"), group_by="agent")) == {"KF003": KF003, "KF004": KF004}
    assert by_key(report(as_agent("KF003"), group_by="team")) == {"A": KF003, "B": KF004}
    assert by_key(report(as_agent("KF003"), group_by="tier")) == {"big": ALL}


def test_the_figures_of_who_was_merged_or_erased_stay__B8(
    example: dict[str, str], as_agent: As, feed: Callable[..., None]
) -> None:
    gone = {"owner_agent_id": "KF003", "tier": "none", "minor_band": "none", "created_at": at(1, 0)}
    merged = {**gone, "player_id": example["second"], "merged_into": example["first"], "erased": False}
    feed("players.player.merged.v1", example["second"], merged | {"updated_at": at(8, 0)}, 2)
    assert report(as_agent("KF003"))["total"] == {**ALL, "players_touched": 2}

    erased = {**gone, "player_id": example["third"], "merged_into": None, "erased": True}
    feed("players.player.erased.v1", example["third"], erased | {"updated_at": at(8, 0)}, 2)
    assert report(as_agent("KF003"))["total"] == {**ALL, "players_touched": 2}


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ({"from": "2026-10-05"}, 400, "/query/to"),
        ({"from": "2026-10-08", "to": "2026-10-07"}, 400, "/query/to"),
        ({"from": "2026-01-01", "to": "2026-12-31"}, 400, "/query/to"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, 400, "/query/from"),
        ({**PERIOD, "group_by": "weather"}, 400, "/query/group_by"),
        ({**PERIOD, "without": "agent"}, 400, "/query/without"),
        ({**PERIOD, "campaign": "spring"}, 400, "/query/campaign"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(
    as_agent: As, query: dict[str, str], status: int, pointer: str
) -> None:
    answer = as_agent("KF003").get("/sales-kpi", **query)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_only_who_is_signed_in_sees_figures(anonymous: ApiClient) -> None:
    for path in ("/sales-kpi", "/sales-kpi/records"):
        assert anonymous.get(path, **PERIOD, figure="orders").status_code == 401
