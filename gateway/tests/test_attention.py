"""What of sales and of packs needs the caller's attention, on the home page, each section failing alone (B9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .servers import Received, Stub
from .test_home import card, cards_of, page

EARLY, LATE = "2026-11-20T10:00:00Z", "2026-11-22T10:00:00Z"


def proposal(proposal_id: str, due_on: str | None = None, proposed_at: str = EARLY) -> dict[str, Any]:
    about = {"proposal_id": proposal_id, "player_id": PLAYER_ID, "proposed_at": proposed_at}
    return {**about, "state": "taken" if due_on else "open", "due_on": due_on}


def quote(number: str, expires_at: str) -> dict[str, Any]:
    return {"number": number, "player_id": OTHER_ID, "expires_at": expires_at}


def delivery(order_id: str, queued_at: str | None = EARLY) -> dict[str, Any]:
    return {"order_id": order_id, "player_id": PLAYER_ID, "queued_at": queued_at, "paid_at": EARLY}


def sold(order_id: str, paid_at: str = EARLY) -> dict[str, Any]:
    return {"order_id": order_id, "player_id": PLAYER_ID, "paid_at": paid_at, "amount_paid_fen": 8_000}


def pack(code: str, since: str, *, may_approve: bool | None = None) -> dict[str, Any]:
    decision = {} if may_approve is None else {"decision": {"may_approve": may_approve}}
    return {"code": code, "state_since": since, **decision}


def by_query(name: str, answers: dict[str, Any]) -> Callable[[Received], Any]:
    """A list that answers by the value of one of its parameters; without it, it is empty."""
    return lambda request: answers.get(query_of(request).get(name, ""), page())


def query_of(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}


def queries(stub: Stub, path: str) -> list[dict[str, str]]:
    return sorted((query_of(request) for request in stub.asked(path)), key=str)


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    """A gateway in front of services where nothing waits."""
    gateway.stubs["players"].answers |= {"/players": page(card(PLAYER_ID)), "/player-cards": cards_of}
    gateway.stubs["tickets"].answers["/tickets"] = page()
    for path in ("/follow-ups", "/recovery-proposals", "/quotes", "/deliveries", "/orders"):
        gateway.stubs["sales"].answers[path] = page()
    for path in ("/packs", "/pack-approvals"):
        gateway.stubs["catalog"].answers[path] = page()
    return gateway


@pytest.fixture
def lead(desk: Gateway, token_for: Callable[..., str]) -> Iterator[httpx.Client]:
    with desk.as_agent(token_for("KF002", "lead", "A")) as client:
        yield client


def section(client: httpx.Client, name: str) -> dict[str, Any]:
    home = client.get("/api/home")
    assert home.status_code == 200, home.text
    return home.json()[name]


def items(client: httpx.Client, name: str) -> list[dict[str, Any]]:
    found = section(client, name)
    assert found["status"] == "ok", found
    return found["data"]["items"]


def test_proposals_quotes_and_deliveries_wait__what_is_due_first_first__B3_B2_B7(
    desk: Gateway, agent: httpx.Client
) -> None:
    sales = desk.stubs["sales"].answers
    taken = proposal("taken", "2026-11-21")
    sales["/recovery-proposals"] = by_query("state", {"open": page(proposal("new")), "taken": page(taken)})
    sales["/quotes"] = page(quote("Q-000001", LATE))
    failed = page(delivery("refused", "2026-11-19T10:00:00Z"), delivery("no account", None))
    sales["/deliveries"] = by_query("state", {"failed,not_possible": failed})

    found = items(agent, "sales_attention")

    assert [(entry["kind"], entry["due_at"]) for entry in found] == [
        ("delivery", "2026-11-19T10:00:00Z"),
        ("recovery_proposal", EARLY),
        ("delivery", EARLY),
        ("recovery_proposal", "2026-11-20T16:00:00Z"),
        ("quote", LATE),
    ]
    assert found[0]["delivery"]["order_id"] == "refused"
    assert found[3]["recovery_proposal"] == taken
    assert found[4]["quote"]["number"] == "Q-000001"
    assert [entry["player"]["player_id"] for entry in found] == [PLAYER_ID] * 4 + [OTHER_ID]


def test_only_ones_own_is_asked_for(desk: Gateway, agent: httpx.Client) -> None:
    assert items(agent, "sales_attention") == []

    sales = desk.stubs["sales"]
    today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    assert queries(sales, "/recovery-proposals") == [
        {"agent": "KF003", "limit": "50", "state": "open"},
        {"agent": "KF003", "limit": "50", "state": "taken", "due_to": today},
    ]
    assert queries(sales, "/deliveries") == [
        {"seller": "KF003", "limit": "50", "overdue": "true"},
        {"seller": "KF003", "limit": "50", "state": "failed,not_possible"},
    ]
    [ends] = queries(sales, "/quotes")
    assert (ends["agent"], ends["expires_before"][13:]) == ("KF003", ":00:00Z")
    left = datetime.fromisoformat(ends["expires_before"]) - datetime.now(UTC)
    assert timedelta(hours=4) <= left <= timedelta(hours=5)
    assert queries(desk.stubs["catalog"], "/packs") == [
        {"state": "draft", "rejected": "true", "created_by": "KF003", "limit": "50"},
        {"state": "review", "created_by": "KF003", "limit": "50"},
    ]


def test_a_delivery_that_failed_and_is_overdue_waits_once__B7(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["sales"].answers["/deliveries"] = page(delivery("o"))

    assert [entry["delivery"]["order_id"] for entry in items(agent, "sales_attention")] == ["o"]


def test_what_of_sales_waits_is_at_most_fifty(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["sales"].answers["/quotes"] = page(*(quote(f"Q{n}", LATE) for n in range(60)))
    desk.stubs["sales"].answers["/deliveries"] = page(delivery("first"))

    found = items(agent, "sales_attention")

    assert (len(found), found[0]["kind"]) == (50, "delivery")


def test_payments_wait_for_the_lead_who_may_confirm_them__R17(desk: Gateway, lead: httpx.Client) -> None:
    sales = desk.stubs["sales"]
    sales.answers["/orders"] = page(sold("first", "2026-11-19T10:00:00Z"), sold("second", LATE))
    sales.answers["/deliveries"] = page(delivery("o"))

    found = items(lead, "sales_attention")

    assert [(entry["kind"], entry["due_at"]) for entry in found] == [
        ("transfer", "2026-11-19T10:00:00Z"),
        ("delivery", EARLY),
        ("transfer", LATE),
    ]
    assert (found[0]["order"]["order_id"], found[0]["player"]["player_id"]) == ("first", PLAYER_ID)
    to_confirm = {"state": "paid", "verified": "false", "sort": "oldest_payment", "limit": "50"}
    assert queries(sales, "/orders") == [{**to_confirm, "not_seller": "KF002", "team": "A"}]


def test_an_admin_confirms_those_of_all_teams_and_an_agent_none__R17(
    desk: Gateway, agent: httpx.Client, token_for: Callable[..., str]
) -> None:
    assert items(agent, "sales_attention") == []
    assert queries(desk.stubs["sales"], "/orders") == []

    with desk.as_agent(token_for("KF001", "admin", "A")) as admin:
        assert items(admin, "sales_attention") == []
    [asked] = queries(desk.stubs["sales"], "/orders")
    assert (asked["not_seller"], "team" in asked) == ("KF001", False)


def test_payments_to_confirm_hide_nothing_that_is_due_today__B9(desk: Gateway, lead: httpx.Client) -> None:
    sales = desk.stubs["sales"].answers
    sales["/orders"] = page(*(sold(f"o{n}", "2026-09-01T00:00:00Z") for n in range(50)))
    sales["/quotes"] = page(quote("Q-000001", LATE))
    sales["/deliveries"] = page(*(delivery(f"d{n}") for n in range(50)))

    kinds = [entry["kind"] for entry in items(lead, "sales_attention")]

    assert (len(kinds), kinds.count("transfer"), kinds.count("quote")) == (50, 34, 1)
    assert kinds.count("delivery") == 15


def test_a_quote_that_ends_soon_is_shown_however_much_waits_since_long__B9(desk: Gateway, agent: httpx.Client) -> None:
    sales = desk.stubs["sales"].answers
    waiting = page(*(proposal(f"p{n}", proposed_at="2026-09-01T00:00:00Z") for n in range(60)))
    sales["/recovery-proposals"] = by_query("state", {"open": waiting, "taken": page(proposal("taken", "2026-11-21"))})
    sales["/deliveries"] = page(*(delivery(f"d{n}") for n in range(60)))
    sales["/quotes"] = page(quote("Q-000001", LATE))

    found = items(agent, "sales_attention")

    kinds = [entry["kind"] for entry in found]
    assert (len(kinds), kinds.count("quote"), kinds[-1]) == (50, 1, "quote")
    assert kinds.count("delivery") == 15
    assert "taken" in [entry["recovery_proposal"]["proposal_id"] for entry in found if "recovery_proposal" in entry]


def test_packs_in_review_wait_for_their_maker__B1(desk: Gateway, agent: httpx.Client) -> None:
    waiting = page(pack("ABCDE", LATE), pack("FGHJK", EARLY))
    desk.stubs["catalog"].answers["/packs"] = by_query("state", {"review": waiting})

    found = items(agent, "pack_attention")

    assert [(entry["kind"], entry["pack"]["code"], entry["due_at"]) for entry in found] == [
        ("pack_review", "FGHJK", EARLY),
        ("pack_review", "ABCDE", LATE),
    ]
    assert desk.stubs["catalog"].asked("/pack-approvals") == [], "agents approve nothing"


def test_a_pack_that_was_given_back_waits_for_its_maker__R23(desk: Gateway, agent: httpx.Client) -> None:
    answers = {"review": page(pack("ABCDE", LATE)), "draft": page(pack("FGHJK", EARLY))}
    desk.stubs["catalog"].answers["/packs"] = by_query("state", answers)

    found = items(agent, "pack_attention")

    assert [(entry["kind"], entry["pack"]["code"]) for entry in found] == [
        ("pack_rejected", "FGHJK"),
        ("pack_review", "ABCDE"),
    ]


def test_packs_wait_for_who_may_approve_them__R23(desk: Gateway, lead: httpx.Client) -> None:
    waiting = [pack("ABCDE", EARLY, may_approve=True), pack("FGHJK", EARLY, may_approve=False)]
    desk.stubs["catalog"].answers["/pack-approvals"] = page(*waiting)

    [entry] = items(lead, "pack_attention")

    assert (entry["kind"], entry["pack"]["code"]) == ("pack_approval", "ABCDE")


def test_ones_own_packs_in_review_leave_room_for_what_waits_for_approval__B9(desk: Gateway, lead: httpx.Client) -> None:
    catalog = desk.stubs["catalog"].answers
    own = page(*(pack(f"OWN{n}", EARLY) for n in range(50)))
    catalog["/packs"] = by_query("state", {"review": own, "draft": page(pack("BACK", LATE))})
    catalog["/pack-approvals"] = page(*(pack(f"ASK{n}", LATE, may_approve=True) for n in range(50)))

    kinds = [entry["kind"] for entry in items(lead, "pack_attention")]

    assert (kinds.count("pack_review"), kinds.count("pack_rejected"), kinds.count("pack_approval")) == (24, 1, 25)


def approvals(desk: Gateway, *, decidable_from: int, there_are: int) -> None:
    """Packs that wait, in pages as asked for; the caller may approve those from a place in the list on."""

    def answer(request: Received) -> Any:
        query = query_of(request)
        start, size = int(query.get("cursor", 0)), int(query["limit"])
        rows = [pack(f"P{n:04}", EARLY, may_approve=n >= decidable_from) for n in range(start, start + size)]
        more = str(start + size) if start + size < there_are else None
        return 200, {"items": rows[: there_are - start], "next_cursor": more}

    desk.stubs["catalog"].answers["/pack-approvals"] = answer


def test_what_one_may_approve_is_found_behind_what_one_may_not__R23(desk: Gateway, lead: httpx.Client) -> None:
    approvals(desk, decidable_from=230, there_are=2_000)

    found = [entry["pack"]["code"] for entry in items(lead, "pack_attention")]

    assert found == [f"P{n:04}" for n in range(230, 250)]
    asked = [query_of(request) for request in desk.stubs["catalog"].asked("/pack-approvals")]
    assert asked == [{"limit": "50"}, {"limit": "200", "cursor": "50"}], "no further than ten"


def test_what_one_may_approve_is_usually_found_by_asking_once__R23(desk: Gateway, lead: httpx.Client) -> None:
    approvals(desk, decidable_from=40, there_are=2_000)

    assert len(items(lead, "pack_attention")) == 10
    assert [query_of(request) for request in desk.stubs["catalog"].asked("/pack-approvals")] == [{"limit": "50"}]


def test_without_time_what_waits_is_read_no_further__R23(
    desk: Gateway, lead: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamedesk_gateway.attention._SECONDS_OF_A_PAGE", 1e6)
    approvals(desk, decidable_from=49, there_are=2_000)

    assert [entry["pack"]["code"] for entry in items(lead, "pack_attention")] == ["P0049"]
    assert len(desk.stubs["catalog"].asked("/pack-approvals")) == 1


def test_of_what_one_may_not_approve_only_so_much_is_read__R23(desk: Gateway, lead: httpx.Client) -> None:
    approvals(desk, decidable_from=5_000, there_are=5_000)

    assert items(lead, "pack_attention") == []
    assert len(desk.stubs["catalog"].asked("/pack-approvals")) == 4


@pytest.mark.parametrize(
    ("service", "sections"),
    [
        ("sales", {"attention": "stale", "sales_attention": "unavailable", "pack_attention": "ok"}),
        ("catalog", {"attention": "ok", "sales_attention": "ok", "pack_attention": "unavailable"}),
        ("tickets", {"attention": "stale", "sales_attention": "ok", "pack_attention": "ok"}),
    ],
)
def test_each_section_fails_alone__B9(desk: Gateway, token_for: Any, service: str, sections: dict[str, str]) -> None:
    desk.stubs[service].fault = "500"

    with desk.as_agent(token_for(f"KF-sections-{service}")) as client:
        home = client.get("/api/home").json()

    assert {name: home[name]["status"] for name in sections} == sections
    assert {home[name]["problem"]["service"] for name, status in sections.items() if status != "ok"} == {service}


def test_without_players_it_waits_all_the_same__without_names__B9(desk: Gateway, token_for: Any) -> None:
    desk.stubs["sales"].answers["/deliveries"] = page(delivery("o"))
    desk.stubs["players"].fault = "500"

    with desk.as_agent(token_for("KF-nameless")) as client:
        found = section(client, "sales_attention")

    assert found["status"] == "stale"
    assert [(entry["delivery"]["order_id"], entry["player"]) for entry in found["data"]["items"]] == [("o", None)]


def test_what_waited_last_is_shown_with_its_age_while_sales_is_away__B9(desk: Gateway, token_for: Any) -> None:
    desk.stubs["sales"].answers["/deliveries"] = page(delivery("o"))
    with desk.as_agent(token_for("KF-before")) as client:
        before = section(client, "sales_attention")
        desk.stubs["sales"].fault = "500"
        found = section(client, "sales_attention")

    assert (found["status"], found["data"]) == ("stale", before["data"])
    assert found["as_of"] <= before["as_of"]
