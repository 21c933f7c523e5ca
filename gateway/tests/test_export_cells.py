"""What the cells of exported spreadsheets hold (B11): what the list shows, harmless to whoever opens them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from .conftest import PLAYER_ID, Gateway
from .export_sheets import ASKED, a_ticket, export_desk, exported, sheet_of
from .test_home import card, page


@pytest.fixture(scope="module")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], export_folder: Path) -> Gateway:
    return gateway_with(export_dir=export_folder)


@pytest.fixture
def desk(gateway: Gateway, export_folder: Path) -> Iterator[Gateway]:
    with export_desk(gateway, export_folder) as desk:
        yield desk


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://evil")', "+1", "-1", "@SUM(A1)", "\t=1", "https://a.b", "007"]
)
def test_no_text_becomes_a_formula_a_link_or_a_number__B11(desk: Gateway, agent: httpx.Client, text: str) -> None:
    desk.stubs["tickets"].answers["/tickets"] = page(a_ticket(1, title=text))

    response = agent.get("/api/exports/tickets")

    header, row = sheet_of(response)
    assert row[header.index("标题")] == text
    with zipfile.ZipFile(io.BytesIO(response.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert not any("externalLink" in name or "sheet1.xml.rels" in name for name in parts.namelist())


def test_a_text_that_looks_like_a_formula_stays_one_when_edited__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = page(a_ticket(1, title="=1+1"))

    book: Any = load_workbook(io.BytesIO(agent.get("/api/exports/tickets").content))

    cells = {cell.value: cell for cell in book.worksheets[0][2]}
    assert (cells["=1+1"].data_type, cells["=1+1"].quotePrefix) == ("s", True)


def test_times_and_amounts_are_real_ones_in_chinas_time__B11(desk: Gateway, agent: httpx.Client) -> None:
    order = {
        "number": "O-000001",
        "player_id": PLAYER_ID,
        "pack": {"code": "ABCDE", "name": "周末礼包"},
        "profile": {"game_id": "xiyou", "server": "花果山", "game_account_id": "1"},
        "amount_due_fen": 123450,
        "paid_at": "2026-11-20T20:30:00Z",
        "verified": True,
        "method": "alipay",
        "state": "paid",
    }
    desk.stubs["sales"].answers["/orders"] = page(order)

    response = agent.get("/api/exports/orders", params={"lang": "en"})

    header, row = sheet_of(response)
    found = dict(zip(header, row, strict=True))
    assert found["Paid at"] == datetime(2026, 11, 21, 4, 30)
    assert found["Due (CNY)"] == 1234.5
    assert (found["Verified"], found["Method"], found["State"], found["Game"]) == ("yes", "Alipay", "Paid", "西游传说")
    assert found["Paid (CNY)"] is None
    sheet: Any = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert (sheet.freeze_panes, sheet.title) == ("A2", "Orders")
    assert sheet.column_dimensions["B"].width > 10


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "9999-12-31T16:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_time_that_no_spreadsheet_holds_is_a_text__B11(desk: Gateway, agent: httpx.Client, moment: str) -> None:
    pack = {"code": "A", "valid_until": moment, "updated_at": "2026-11-20T20:30:00Z"}
    desk.stubs["catalog"].answers["/packs"] = page(pack)
    desk.stubs["sales"].answers["/follow-ups"] = page({"player_id": PLAYER_ID, "follow_up_on": "1850-01-01"})

    header, row = sheet_of(agent.get("/api/exports/packs"))
    assert row[header.index("停止出售")] == moment
    assert row[header.index("更新时间")] == datetime(2026, 11, 21, 4, 30)
    header, row = sheet_of(agent.get("/api/exports/follow-ups"))
    assert row[header.index("下次跟进")] == "1850-01-01"


def test_quotes_show_what_was_promised_in_which_campaign__B2(desk: Gateway, agent: httpx.Client) -> None:
    pack = {"code": "ABCDE", "name": "周末礼包", "contents": [{"name": "仙丹", "quantity": 2}], "discount_bp": 2_000}
    quote = {"number": "Q-000001", "player_id": PLAYER_ID, "agent_id": "KF003", "state": "open", "pack": pack}
    quote |= {"amount_fen": 8_000, "expires_at": ASKED, "campaign_id": "c2", "stand_in": False}
    desk.stubs["sales"].answers["/quotes"] = page(quote)

    row = exported(agent, "quotes", agent="KF003")

    assert (row["State"], row["Price (CNY)"], row["Discount"], row["Contents"]) == ("Open", 80, 0.2, "仙丹×2")
    assert (row["Campaign"], row["Player"], row["Stand-in"]) == ("双十一", card(PLAYER_ID)["wechat_name"], "no")
    assert row["Holds until"] == datetime(2026, 11, 20, 18, 0, 0, 123_000)
    [asked] = desk.stubs["sales"].asked("/quotes")
    assert asked.target == "/quotes?agent=KF003&limit=200"


def test_refunds_show_how_much_was_given_back_and_by_whom__R17(desk: Gateway, agent: httpx.Client) -> None:
    refund = {"player_id": PLAYER_ID, "amount_fen": 1_250, "method": "alipay", "refunded_by": "KF002", "order_id": "o2"}
    refund |= {"order_number": "O-000002", "refunded_at": ASKED, "after_delivery": True}
    desk.stubs["sales"].answers["/refunds"] = page(refund)

    row = exported(agent, "refunds")

    assert (row["Amount (CNY)"], row["Method"], row["Refunded by"]) == (12.5, "Alipay", "KF002")
    assert (row["After delivery"], row["Order"], row["Order ID"]) == ("yes", "O-000002", "o2")


def test_the_calls_of_a_campaign_show_whom_and_what_was_said_last__R15(desk: Gateway, agent: httpx.Client) -> None:
    last = {"occurred_at": ASKED, "outcome": "lost", "reason": "价格太高", "situation": "嫌贵"}
    call = {"campaign_id": "c1", "player_id": PLAYER_ID, "state": "lost", "tier": "whale", "tier_then": "big"}
    desk.stubs["sales"].answers["/campaign-calls"] = page({**call, "touches": 2, "last_touch": last})

    row = exported(agent, "campaign-calls", campaign_id="c1")

    assert (row["Campaign"], row["State"], row["Tier"], row["Tier then"]) == ("国庆", "Lost", "Whale", "Big")
    assert (row["Contacts"], row["Last outcome"], row["Last situation"]) == (2, "Lost", "嫌贵")
    assert row["Phone"] == "138****1234"


def test_orders_show_what_was_delivered_and_given_back__B7(desk: Gateway, agent: httpx.Client) -> None:
    delivery = {"state": "failed", "delivered_at": None, "overdue": True}
    order = {"player_id": PLAYER_ID, "state": "partly_refunded", "refunded_fen": 100, "delivery": delivery}
    desk.stubs["sales"].answers["/orders"] = page({**order, "campaign_id": None, "stand_in": True})

    row = exported(agent, "orders")

    assert (row["State"], row["Refunded (CNY)"], row["Delivery"]) == ("Partly refunded", 1, "Failed")
    assert (row["Delivery overdue"], row["Campaign"], row["Stand-in"]) == ("yes", None, "yes")


def test_packs_and_items_show_what_waits_for_somebody__B1(desk: Gateway, agent: httpx.Client) -> None:
    pending = {"state": "held", "price_fen": 9_900, "effective_at": ASKED}
    desk.stubs["catalog"].answers["/items"] = page({"code": "xd", "price_fen": 100, "pending_price": pending})
    pack = {"code": "ABCDE", "state": "review", "review_reason": "lowest_price", "campaign_id": "unknown"}
    desk.stubs["catalog"].answers["/packs"] = page({**pack, "floor_fen": 5_000})

    item, broken = exported(agent, "items"), exported(agent, "packs")

    assert (item["New price is"], item["New price (CNY)"]) == ("Held", 99)
    assert (broken["State"], broken["Review reason"], broken["Floor (CNY)"]) == ("Under review", "Lowest price", 50)
    assert broken["Campaign"] == "unknown", "rather than nothing"


def test_deliveries_show_what_the_games_owe_and_to_whom__B7(desk: Gateway, agent: httpx.Client) -> None:
    account = {"game_id": "xiyou", "server": "花果山", "game_account_id": "007"}
    delivery = {"number": "O-000001", "player_id": PLAYER_ID, "state": "not_possible", "overdue": True}
    desk.stubs["sales"].answers["/deliveries"] = page({**delivery, "account": account, "queued_at": ASKED})

    row = exported(agent, "deliveries", state="failed,not_possible")

    assert (row["Order"], row["State"], row["Overdue"]) == ("O-000001", "No account", "yes")
    assert (row["Game"], row["Server"], row["Game account"]) == ("西游传说", "花果山", "007")
    assert row["Player"] == card(PLAYER_ID)["wechat_name"]
    [asked] = desk.stubs["sales"].asked("/deliveries")
    assert asked.target == "/deliveries?state=failed,not_possible&limit=200"


def test_proposals_show_who_is_to_be_won_back_and_why_not__B3(desk: Gateway, agent: httpx.Client) -> None:
    proposal = {"player_id": PLAYER_ID, "state": "dismissed", "category": "payment", "ticket_number": "T-000001"}
    proposal |= {"proposed_at": ASKED, "dismiss_reason": "已退坑", "overdue": False}
    desk.stubs["sales"].answers["/recovery-proposals"] = page(proposal)

    row = exported(agent, "recovery-proposals", state="dismissed")

    assert (row["State"], row["Category"], row["Dismissed because"]) == ("Dismissed", "Payment", "已退坑")


def test_what_waits_for_approval_shows_what_the_reader_may_do__R23(desk: Gateway, agent: httpx.Client) -> None:
    decision = {"may_approve": False, "because": "discount", "price_fen": 8_000, "max_discount_bp": 1_000}
    pack = {"code": "ABCDE", "state": "review", "review_reason": "discount", "price_fen": 9_000, "discount_bp": 2_000}
    desk.stubs["catalog"].answers["/pack-approvals"] = page({**pack, "decision": {**decision, "floor_fen": 8_500}})

    row = exported(agent, "pack-approvals")

    assert (row["State"], row["Review reason"], row["Discount"]) == ("Under review", "Discount", 0.2)
    assert (row["Price (CNY)"], row["Price today (CNY)"], row["Your floor (CNY)"]) == (90, 80, 85)
    assert (row["You may approve"], row["Your largest discount"]) == ("no", 0.1)


def test_a_campaigns_games_and_a_price_changes_cause_are_words__B1(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["catalog"].answers["/campaigns"] = page({"name": "国庆", "game_ids": ["xiyou", "new"], "state": "ended"})
    desk.stubs["catalog"].answers["/price-impacts"] = page({"game_id": "xiyou", "cause": "push", "packs_changed": 3})

    campaign, impact = exported(agent, "campaigns"), exported(agent, "price-impacts")

    assert (campaign["Games"], campaign["State"]) == ("西游传说、new", "Ended")
    assert (impact["Game"], impact["Cause"], impact["Packs changed"]) == ("西游传说", "Push", 3)


def test_the_rows_of_an_import_say_what_to_mend__B11(desk: Gateway, agent: httpx.Client) -> None:
    faults = [{"column": "phone", "rule": "required", "message": "is missing"}]
    faults.append({"column": "other", "rule": "odd", "message": "is odd"})
    row = {"row": 7, "values": {"phone": "138****8000"}, "result": "bad", "problems": faults, "player_id": None}
    desk.stubs["players"].answers["/player-imports/i-1/rows"] = page(row)

    found = exported(agent, "player-import-rows", import_id="i-1", result="bad")

    assert (found["Row"], found["Phone"], found["Result"]) == (7, "138****8000", "Problems")
    assert found["Problems"] == "Phone: required；other: is odd"
    [asked] = desk.stubs["players"].asked("/player-imports/i-1/rows")
    assert asked.target == "/player-imports/i-1/rows?result=bad&limit=200"


@pytest.mark.parametrize("import_id", [None, "", "../agents", "a/b"])
def test_the_rows_of_no_import_are_refused__B11(desk: Gateway, agent: httpx.Client, import_id: str | None) -> None:
    response = agent.get("/api/exports/player-import-rows", params={"import_id": import_id} if import_id else {})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/query/import_id")
    assert desk.stubs["players"].received == []
