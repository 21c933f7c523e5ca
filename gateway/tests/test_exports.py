"""Lists as spreadsheets (B11): whole or not at all, as the caller may see them, harmless to whoever opens them."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import httpx
import pytest
from gamedesk_chassis.errors import TooManyRequests
from gamedesk_chassis.http_client import Reply
from gamedesk_gateway.exports import exports
from gamedesk_gateway.sections import Caller
from gamedesk_testing import eventually
from openpyxl import load_workbook

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .servers import Received
from .test_home import card, cards_of, page, ticket

ASKED = "2026-11-20T10:00:00.123456Z"
GAMES = (200, {"items": [{"game_id": "xiyou", "name": "西游传说"}]})
CATEGORIES = (200, {"items": [{"category_id": "payment", "name_zh": "充值", "name_en": "Payment"}]})

CAMPAIGNS = [("c1", "国庆"), ("c2", "双十一")]


@pytest.fixture(scope="module")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], export_folder: Path) -> Gateway:
    return gateway_with(export_dir=export_folder)


@pytest.fixture
def desk(gateway: Gateway, export_folder: Path) -> Iterator[Gateway]:
    """A gateway with what every export looks up; no export leaves anything behind."""
    gateway.stubs["players"].answers.update({"/games": GAMES, "/player-cards": cards_of})
    gateway.stubs["tickets"].answers["/ticket-categories"] = CATEGORIES
    gateway.stubs["catalog"].answers["/campaigns"] = in_pages([{"campaign_id": c, "name": n} for c, n in CAMPAIGNS], 1)
    yield gateway
    eventually(lambda: not list(export_folder.iterdir()))


def sheet_of(response: httpx.Response) -> list[list[Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == exports.XLSX
    book: Any = load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def slug(response: httpx.Response) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def in_pages(rows: list[dict[str, Any]], size: int) -> Callable[[Received], Any]:
    """A list that gives `size` rows at a time."""

    def answer(request: Received) -> Any:
        query = parse_qs(request.target.partition("?")[2])
        start = int(query.get("cursor", ["0"])[0])
        more = str(start + size) if start + size < len(rows) else None
        return 200, {"items": rows[start : start + size], "next_cursor": more}

    return answer


def a_ticket(number: int, **fields: Any) -> dict[str, Any]:
    clock = {"overdue": None}
    return {**ticket(number, ASKED), "category": "payment", "clock": clock, "solution": None, **fields}


def test_all_pages_are_in_the_file_with_the_players_names__B11(desk: Gateway, agent: httpx.Client) -> None:
    tickets = [a_ticket(n, player_id=OTHER_ID if n % 2 else PLAYER_ID) for n in range(5)]
    desk.stubs["tickets"].answers["/tickets"] = in_pages(tickets, 2)

    response = agent.get("/api/exports/tickets", params={"state": "pending,done", "tier": "big"})

    header, *rows = sheet_of(response)
    assert header[:6] == ["编号", "玩家", "微信号", "手机", "负责客服", "状态"]
    assert [row[0] for row in rows] == [f"T-{n:06}" for n in range(5)]
    assert [row[1] for row in rows] == [card(t["player_id"])["wechat_name"] for t in tickets]
    assert {row[header.index("分类")] for row in rows} == {"充值"}
    assert response.headers["content-disposition"].startswith('attachment; filename="tickets-2')
    targets = [request.target for request in desk.stubs["tickets"].asked("/tickets")]
    assert targets[0] == "/tickets?state=pending,done&tier=big&limit=200"
    assert targets[1] == "/tickets?state=pending,done&tier=big&limit=200&cursor=2"
    sent = desk.stubs["tickets"].asked("/tickets")[0].headers["authorization"]
    assert sent == agent.headers["authorization"], "with the caller's own rights"


def test_contacts_stay_as_masked_as_in_the_list__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["players"].answers["/players"] = page({**card(PLAYER_ID), "phone": "138****8000", "minor_band": "none"})

    header, row = sheet_of(agent.get("/api/exports/players"))

    assert row[header.index("手机")] == "138****8000"


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


@pytest.mark.parametrize("name", exports.LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_can_be_exported_even_if_it_is_empty__B11(
    desk: Gateway, agent: httpx.Client, name: str, lang: str
) -> None:
    wanted = exports.LISTS[name]
    desk.stubs[wanted.service].answers[wanted.target] = page()

    [header] = sheet_of(agent.get(f"/api/exports/{name}", params={"lang": lang}))

    assert len(header) == len(set(header)) == len(wanted.columns)


def exported(client: httpx.Client, name: str, **query: str) -> dict[str, Any]:
    """The only row of an export in English, by the titles of its columns."""
    header, row = sheet_of(client.get(f"/api/exports/{name}", params={"lang": "en", **query}))
    return dict(zip(header, row, strict=True))


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
    orders = [{"order_id": f"o{n}", "number": f"O-{n:06}"} for n in range(3)]
    desk.stubs["sales"].answers |= {
        "/refunds": page({**refund, "refunded_at": ASKED, "after_delivery": True}),
        "/orders": lambda request: in_pages(orders if "state=partly" in request.target else [], 2)(request),
    }

    row = exported(agent, "refunds")

    assert (row["Amount (CNY)"], row["Method"], row["Refunded by"]) == (12.5, "Alipay", "KF002")
    assert (row["After delivery"], row["Order"], row["Order ID"]) == ("yes", "O-000002", "o2")
    asked = {request.target.partition("&cursor")[0] for request in desk.stubs["sales"].asked("/orders")}
    orders_of = f"/orders?player_id={PLAYER_ID}&state="
    assert asked == {f"{orders_of}{state}&limit=200" for state in ("partly_refunded", "refunded")}


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


@pytest.mark.parametrize("name", ["touches", "follow-ups", "quotes", "orders", "campaign-calls"])
def test_without_catalog_the_lists_of_sales_are_exported_all_the_same__B9(
    desk: Gateway, agent: httpx.Client, name: str
) -> None:
    row = {"player_id": PLAYER_ID, "campaign_id": "c2"}
    desk.stubs["sales"].answers[exports.LISTS[name].target] = page(row)
    assert exported(agent, name)["Campaign"] == "双十一"
    desk.servers["catalog"].stop()

    found = exported(agent, name)

    assert (found["Campaign"], found["Player"]) == ("c2", card(PLAYER_ID)["wechat_name"]), "the id rather than nothing"


def test_the_names_of_campaigns_are_read_when_a_row_has_one__B11(desk: Gateway, agent: httpx.Client) -> None:
    rows = [{"player_id": PLAYER_ID, "campaign_id": c} for c in (None, None, "c1", "c2")]
    desk.stubs["sales"].answers["/touches"] = in_pages(rows[:2], 1)
    sheet_of(agent.get("/api/exports/touches"))
    assert desk.stubs["catalog"].received == []

    desk.stubs["sales"].answers["/touches"] = in_pages(rows, 1)
    header, *found = sheet_of(agent.get("/api/exports/touches"))

    assert [row[header.index("活动")] for row in found] == [None, None, "国庆", "双十一"]
    asked = [request.target for request in desk.stubs["catalog"].received]
    assert asked == ["/campaigns?limit=200", "/campaigns?limit=200&cursor=1"], "once"


def test_a_service_that_fails_midway_leaves_no_half_file__B11(desk: Gateway, agent: httpx.Client) -> None:
    tickets = in_pages([a_ticket(n) for n in range(5)], 2)

    def failing(request: Received) -> Any:
        return (500, {}) if "cursor=4" in request.target else tickets(request)

    desk.stubs["tickets"].answers["/tickets"] = failing
    response = agent.get("/api/exports/tickets")
    assert (response.status_code, slug(response), response.json()["service"]) == (503, "unavailable", "tickets")

    desk.stubs["tickets"].answers["/tickets"] = tickets
    desk.stubs["players"].fault = "500"
    assert agent.get("/api/exports/tickets").json()["service"] == "players"


def test_the_services_refusal_of_a_filter_is_the_answer__B11(desk: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:validation", "title": "no", "status": 400}
    desk.stubs["tickets"].answers["/tickets"] = (400, problem, {"content-type": "application/problem+json"})

    assert agent.get("/api/exports/tickets", params={"colour": "red"}).json() == problem
    assert agent.get("/api/exports/tickets", params={"limit": "5"}).json()["errors"][0]["pointer"] == "/query/limit"
    assert agent.get("/api/exports/passwords").status_code == 400
    assert agent.get("/api/exports/tickets", params={"lang": "fr"}).status_code == 400


def test_a_list_that_is_too_large_is_refused__B11(
    desk: Gateway, agent: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS", 4)
    desk.stubs["tickets"].answers["/tickets"] = in_pages([a_ticket(n) for n in range(5)], 2)
    response = agent.get("/api/exports/tickets")
    assert (response.status_code, slug(response), response.json()["limit"]) == (422, "export-too-large", 4)

    desk.stubs["tickets"].answers["/tickets"] = in_pages([a_ticket(n) for n in range(4)], 2)
    assert len(sheet_of(agent.get("/api/exports/tickets"))) == 5


EMPTY = Reply(200, httpx.Headers(), b'{"items": [], "next_cursor": null}')


class Service:
    """A service whose lists are empty; each call waits for `go_on`. `most`: how many calls there were at a time."""

    def __init__(self) -> None:
        self.go_on, self.now, self.most = asyncio.Event(), 0, 0

    async def call(self, *_: Any, **__: Any) -> Reply:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go_on.wait()
        self.now -= 1
        return EMPTY


class Client:
    """Reads `chunks` messages of an answer, then no more. `leaves`: set to hang up."""

    def __init__(self, chunks: int = 1000) -> None:
        self.left, self.leaves = chunks, asyncio.Event()
        self.stuck = asyncio.Event()

    async def receive(self) -> Any:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, _message: Any) -> None:
        self.left -= 1
        if self.left < 0:
            self.stuck.set()
            await asyncio.Event().wait()

    def ask(self, of: exports.Exports, agent_id: str = "KF003") -> asyncio.Task[None]:
        answer = of.export(Caller(agent_id, {}), "agents", [], "zh")
        return asyncio.create_task(answer({}, self.receive, self.send))


def run(scenario: Callable[[Service, exports.Exports], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def whole() -> None:
        service = Service()
        async with asyncio.timeout(10):
            await scenario(service, exports.Exports({"players": cast(Any, service)}, 1, folder))

    asyncio.run(whole())
    assert not list(folder.iterdir())


def test_two_are_written_at_once_four_wait_and_more_are_sent_away__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        tasks = [Client().ask(wanted, f"KF{n}") for n in range(7)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        service.go_on.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None)] * 6 + [TooManyRequests]
        assert service.most == 2

    run(scenario, tmp_path)


def test_an_agent_exports_one_list_at_a_time__until_it_is_sent__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        first = Client(chunks=1)
        sending = first.ask(wanted)
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted)
        service.go_on.set()
        await first.stuck.wait()
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted)
        await Client().ask(wanted, "KF004")  # who does not read keeps nobody else waiting
        sending.cancel()
        await asyncio.wait({sending})
        await Client().ask(wanted)

    run(scenario, tmp_path)


def test_so_many_files_are_open_and_no_more__B11(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_OPEN", 1)

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        slow = Client(chunks=1)
        sending = slow.ask(wanted)
        await slow.stuck.wait()
        with pytest.raises(TooManyRequests):
            await Client().ask(wanted, "KF004")
        sending.cancel()
        await asyncio.wait({sending})

    run(scenario, tmp_path)


def test_who_reads_too_slowly_is_let_go__B11(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_SENDING_SECONDS", 0.05)

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        with pytest.raises(TimeoutError):
            await Client(chunks=1).ask(wanted)
        await Client().ask(wanted)

    run(scenario, tmp_path)


def test_who_hangs_up_while_he_waits_or_his_list_is_read_gives_his_turn_back__B11(tmp_path: Path) -> None:
    async def scenario(service: Service, wanted: exports.Exports) -> None:
        clients = [Client() for _ in range(3)]  # two are written, one waits
        tasks = [client.ask(wanted, f"KF{n}") for n, client in enumerate(clients)]
        await asyncio.sleep(0)
        for client in clients:
            client.leaves.set()
        await asyncio.gather(*tasks)
        service.go_on.set()
        reader = Client()
        await reader.ask(wanted, "KF0")
        assert reader.left < 1000

    run(scenario, tmp_path)


def endless(_request: Received) -> Any:
    return 200, {"items": [a_ticket(1)], "next_cursor": "more"}


def test_a_list_is_read_no_further_when_its_reader_has_hung_up__B11(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = endless
    with pytest.raises(httpx.ReadTimeout):
        agent.get("/api/exports/tickets", timeout=0.3)

    desk.stubs["tickets"].answers["/tickets"] = page(a_ticket(1))
    eventually(lambda: len(sheet_of(agent.get("/api/exports/tickets"))) == 2)


def test_a_list_that_takes_too_long_is_given_up__B11(
    desk: Gateway, agent: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_WRITING_SECONDS", 0.3)
    desk.stubs["tickets"].answers["/tickets"] = endless

    response = agent.get("/api/exports/tickets")

    assert (response.status_code, slug(response), response.headers["retry-after"]) == (503, "unavailable", "2")


def test_the_first_finds_of_a_search_are_no_list__B11(desk: Gateway, agent: httpx.Client) -> None:
    found = {**card(PLAYER_ID), "minor_band": "none"}
    desk.stubs["players"].answers["/players"] = (200, {"items": [found], "next_cursor": None, "refine": True})
    response = agent.get("/api/exports/players", params={"q": "王"})
    assert (response.status_code, slug(response), response.json()["limit"]) == (422, "export-too-large", 1)

    desk.stubs["players"].answers["/players"] = (200, {"items": [found], "next_cursor": None, "refine": False})
    assert len(sheet_of(agent.get("/api/exports/players", params={"q": "王小明"}))) == 2


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "9999-12-31T16:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_time_that_no_spreadsheet_holds_is_a_text__B11(desk: Gateway, agent: httpx.Client, moment: str) -> None:
    pack = {"code": "A", "valid_until": moment, "updated_at": "2026-11-20T20:30:00Z"}
    desk.stubs["catalog"].answers["/packs"] = page(pack)
    desk.stubs["sales"].answers["/follow-ups"] = page({"player_id": PLAYER_ID, "follow_up_on": "1850-01-01"})

    header, row = sheet_of(agent.get("/api/exports/packs"))
    assert row[header.index("有效至")] == moment
    assert row[header.index("更新时间")] == datetime(2026, 11, 21, 4, 30)
    header, row = sheet_of(agent.get("/api/exports/follow-ups"))
    assert row[header.index("下次跟进")] == "1850-01-01"


def test_who_goes_while_the_file_is_sent_leaves_nothing_open__B11(tmp_path: Path) -> None:
    async def gone(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("connection lost")

    async def scenario(service: Service, wanted: exports.Exports) -> None:
        service.go_on.set()
        answer = wanted.export(Caller("KF003", {}), "agents", [], "zh")
        with pytest.raises(OSError, match="lost"):
            await answer({}, Client().receive, gone)
        await Client().ask(wanted)

    run(scenario, tmp_path)


def test_nobody_exports_without_a_session__B11(desk: Gateway) -> None:
    assert desk.http.get("/api/exports/players").status_code == 401
