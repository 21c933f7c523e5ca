"""Tickets through the API: recording, finding and assigning them (R7–R9, R11, R12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, PLAYER_OF_KF004, NewTicket, Timeline, hear_of_agent, hear_of_player

As = Callable[[str], ApiClient]


def ago(**amount: float) -> str:
    return (datetime.now(UTC) - timedelta(**amount)).isoformat()


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [ticket["ticket_id"] for ticket in response.json()["items"]]


def test_a_question_is_recorded_with_what_was_typed_and_the_rest_by_itself__R9_R11(agent: ApiClient) -> None:
    asked_at = "2026-11-20T08:30:00Z"
    response = agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": "充值未到账", "asked_at": asked_at})

    ticket = response.json()
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    expected = {
        "player_id": PLAYER_OF_KF003,
        "number": "T-000001",
        "state": "pending",
        "detail": "充值未到账",
        "title": None,
        "solution": None,
        "category": "other",
        "priority": "normal",
        "waiting_on": "none",
        "assignee_agent_id": None,
        "responsible_agent_id": "KF003",
        "created_by": "KF003",
        "asked_at": asked_at,
        "first_replied_at": None,
        "done_at": None,
        "version": 1,
    }
    assert {name: ticket[name] for name in expected} == expected
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json() == ticket


def test_a_question_begins_the_timeline_when_it_was_asked_and_flags_late_recording__R12(
    new_ticket: NewTicket, timeline: Timeline
) -> None:
    soon, late = new_ticket(asked_at=ago(minutes=14)), new_ticket(asked_at=ago(minutes=16))

    for ticket, expected in ((soon, False), (late, True)):
        (entry,) = timeline(ticket)
        assert (entry["kind"], entry["agent_id"], entry["late_recorded"]) == ("created", "KF003", expected)
        assert entry["happened_at"] == ticket["asked_at"]
        assert entry["recorded_at"] == ticket["created_at"]


def test_a_player_not_heard_of_yet_is_named_and_nothing_stored(
    agent: ApiClient, unknown_id: str, published: Callable[[], list[Any]]
) -> None:
    response = agent.post("/tickets", {"player_id": unknown_id, "detail": "你好"}, key="first-try")

    assert (response.status_code, slug(response)) == (409, "reference-not-yet-known")
    assert response.json()["reference"] == {"kind": "player", "id": unknown_id}
    assert response.json()["errors"][0]["pointer"] == "/player_id"
    assert published() == []
    assert ids(agent.get("/tickets")) == []


def test_the_same_request_succeeds_once_the_player_is_heard_of(
    agent: ApiClient, database: Database, unknown_id: str
) -> None:
    body = {"player_id": unknown_id, "detail": "你好"}
    assert agent.post("/tickets", body, key="same-key").status_code == 409

    hear_of_player(database, unknown_id, "KF004")

    first, again = agent.post("/tickets", body, key="same-key"), agent.post("/tickets", body, key="same-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["ticket_id"] == again.json()["ticket_id"]
    assert len(ids(agent.get("/tickets", player_id=unknown_id))) == 1


@pytest.mark.parametrize(
    ("asked_at", "status"),
    [
        ("2999-01-01T00:00:00Z", 422),
        ("2026-11-20T08:30:00", 400),
        ("yesterday", 400),
        ("0001-01-01T00:00:00+23:59", 400),
        ("9999-12-31T23:59:59-23:59", 400),
    ],
)
def test_what_cannot_be_the_time_of_a_question_is_refused(agent: ApiClient, asked_at: str, status: int) -> None:
    response = agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": "你好", "asked_at": asked_at})

    assert response.status_code == status, response.text
    assert response.json()["errors"][0]["pointer"] == "/asked_at"


def test_a_second_open_ticket_on_the_same_subject_offers_the_first(agent: ApiClient, new_ticket: NewTicket) -> None:
    first = new_ticket(category="refund")
    body: dict[str, Any] = {"player_id": PLAYER_OF_KF003, "detail": "退款呢", "category": "refund"}

    warned = agent.post("/tickets", body, key="my-request")
    assert (warned.status_code, slug(warned)) == (409, "open-ticket-exists")
    assert warned.json()["existing_ticket_id"] == first["ticket_id"]

    assert agent.post("/tickets", {**body, "category": "bug"}).status_code == 201
    assert agent.post("/tickets", {**body, "player_id": PLAYER_OF_KF004}).status_code == 201
    assert agent.post("/tickets", {**body, "despite_open_ticket": True}, key="my-request").status_code == 201


def test_a_done_ticket_is_in_nobodys_way(agent: ApiClient, new_ticket: NewTicket) -> None:
    first = new_ticket(category="refund")
    agent.post(f"/tickets/{first['ticket_id']}/transitions", {"to": "done", "solution": "已退"}, version=1)

    new_ticket(category="refund", despite_open_ticket=False)


def test_a_late_reopening_is_a_new_ticket_linked_to_the_done_one(
    agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    old = new_ticket()
    body = {"player_id": PLAYER_OF_KF003, "detail": "又来了", "reopens_ticket_id": old["ticket_id"], "category": "bug"}

    assert slug(agent.post("/tickets", body)) == "not-reopenable"
    agent.post(f"/tickets/{old['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)
    assert slug(agent.post("/tickets", {**body, "player_id": PLAYER_OF_KF004})) == "not-reopenable"
    assert slug(agent.post("/tickets", body)) == "reopen-instead", "else no reopening would be counted"
    with database.begin() as tx:
        tx.execute(text("UPDATE tickets SET done_at = done_at - interval '7 days'"))
    assert agent.post("/tickets", body).json()["reopens_ticket_id"] == old["ticket_id"]


def test_work_without_an_assignee_follows_the_players_owner__handoff(
    as_agent: As, agent: ApiClient, new_ticket: NewTicket, database: Database
) -> None:
    follows, stays = new_ticket(), new_ticket(assignee_agent_id="KF003")
    assert ids(agent.get("/tickets", responsible="KF003")) == [stays["ticket_id"], follows["ticket_id"]]
    assert ids(agent.get("/tickets", assignee="KF003")) == [stays["ticket_id"]]

    hear_of_player(database, PLAYER_OF_KF003, "KF004", version=2)

    assert ids(agent.get("/tickets", responsible="KF003")) == [stays["ticket_id"]]
    assert ids(agent.get("/tickets", responsible="KF004")) == [follows["ticket_id"]]
    seen = as_agent("KF004").get(f"/tickets/{follows['ticket_id']}").json()
    assert (seen["assignee_agent_id"], seen["responsible_agent_id"], seen["version"]) == (None, "KF004", 1)


def test_assignees_are_active_agents(agent: ApiClient, new_ticket: NewTicket, database: Database) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"
    hear_of_agent(database, "KF004", "agent", "B", version=2, active=False)

    unknown = agent.patch(path, {"assignee_agent_id": "KF999"}, version=1)
    inactive = agent.patch(path, {"assignee_agent_id": "KF004"}, version=1)

    assert (unknown.status_code, unknown.json()["reference"]) == (409, {"kind": "agent", "id": "KF999"})
    assert (inactive.status_code, slug(inactive)) == (422, "unknown-assignee")
    assert agent.patch(path, {"assignee_agent_id": "KF002"}, version=1).json()["responsible_agent_id"] == "KF002"
    assert agent.patch(path, {"assignee_agent_id": None}, version=2).json()["responsible_agent_id"] == "KF003"


def test_deactivated_agents_are_turned_away(as_agent: As, database: Database) -> None:
    hear_of_agent(database, "KF004", "agent", "B", version=2, active=False)

    assert as_agent("KF004").get("/tickets").status_code == 401


def test_tickets_of_several_players_in_one_read__R8(agent: ApiClient, new_ticket: NewTicket, unknown_id: str) -> None:
    one, two = new_ticket(), new_ticket(player_id=PLAYER_OF_KF004)

    both = agent.get("/tickets", player_id=f"{PLAYER_OF_KF003},{PLAYER_OF_KF004},{unknown_id}")

    assert ids(both) == [two["ticket_id"], one["ticket_id"]]
    assert ids(agent.get("/tickets", player_id=unknown_id)) == []
    too_many = ",".join([PLAYER_OF_KF003] * 51)
    assert agent.get("/tickets", player_id=too_many).status_code == 400


def test_lists_narrow_by_every_filter_together__R12(agent: ApiClient, new_ticket: NewTicket) -> None:
    pending, working, done = new_ticket(), new_ticket(), new_ticket()
    agent.post(f"/tickets/{working['ticket_id']}/transitions", {"to": "in_progress"}, version=1)
    agent.post(f"/tickets/{done['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)
    agent.patch(f"/tickets/{working['ticket_id']}", {"waiting_on": "tech"}, version=2)

    def found(**filters: str) -> list[str]:
        return ids(agent.get("/tickets", **filters))

    pending_id, working_id, done_id = (t["ticket_id"] for t in (pending, working, done))
    assert found() == [done_id, working_id, pending_id]
    assert found(state="pending,in_progress") == [working_id, pending_id]
    assert found(state="done", player_id=PLAYER_OF_KF003) == [done_id]
    assert found(waiting_on="tech") == [working_id]
    assert found(waiting_on="tech", state="pending") == []
    assert found(responsible="KF003", state="pending,in_progress") == [working_id, pending_id]
    assert found(assignee="KF003") == [done_id, working_id]
    assert found(assignee="KF004") == []


@pytest.mark.parametrize("spelling", ["T-000002", "t-2", "T2", "2", "0000000002"])
def test_a_ticket_is_found_by_its_number_in_any_spelling__R8(
    agent: ApiClient, new_ticket: NewTicket, spelling: str
) -> None:
    _, second, _ = new_ticket(), new_ticket(), new_ticket()

    assert second["number"] == "T-000002"
    assert ids(agent.get("/tickets", number=spelling)) == [second["ticket_id"]]


@pytest.mark.parametrize("number", ["X-1", "T-", "T--1", "12345678901", "-1", ""])
def test_what_is_no_ticket_number_is_refused(agent: ApiClient, number: str) -> None:
    assert agent.get("/tickets", number=number).status_code == 400


@pytest.mark.parametrize("order", [{}, {"order": "newest"}, {"order": "oldest"}], ids=str)
@pytest.mark.parametrize("filters", [{}, {"player_id": PLAYER_OF_KF003}, {"responsible": "KF003", "state": "pending"}])
def test_lists_page_by_keyset_in_both_orders_the_newest_first_unless_asked(
    agent: ApiClient, new_ticket: NewTicket, filters: dict[str, str], order: dict[str, str]
) -> None:
    made = [new_ticket()["ticket_id"] for _ in range(5)]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = agent.get("/tickets", limit=2, **filters, **order, **cursor)
        seen += ids(page)
        if page.json()["next_cursor"] is None:
            break
        cursor = {"cursor": page.json()["next_cursor"]}

    assert seen == (made if order.get("order") == "oldest" else made[::-1])


def test_long_texts_are_kept_whole__R9(new_ticket: NewTicket, agent: ApiClient) -> None:
    detail, solution = "问" * 20_000, "答" * 20_000
    ticket = new_ticket(detail=detail)

    edited = agent.patch(f"/tickets/{ticket['ticket_id']}", {"detail": detail, "solution": solution}, version=1)

    assert (edited.json()["detail"], edited.json()["solution"]) == (detail, solution)
    assert agent.patch(f"/tickets/{ticket['ticket_id']}", {"detail": "问" * 20_001}, version=2).status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"detail": "  \n"},
        {"detail": ""},
        {"category": "Weather!"},
        {"player_id": "7"},
        {"asked_at": None},
        {"title": "x" * 201},
    ],
)
def test_what_the_contract_does_not_allow_is_refused(agent: ApiClient, fields: dict[str, Any]) -> None:
    response = agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": "你好", **fields})

    assert (response.status_code, slug(response)) == (400, "validation")
    assert response.json()["errors"][0]["pointer"] == f"/{next(iter(fields))}"


def test_a_field_that_the_contract_does_not_know_is_refused_without_its_name(agent: ApiClient) -> None:
    response = agent.post("/tickets", {"player_id": PLAYER_OF_KF003, "detail": "你好", "state": "done"})

    assert (response.status_code, slug(response)) == (400, "validation")
    assert response.json()["errors"][0]["pointer"] == ""


@pytest.mark.parametrize("method", ["GET", "PATCH", "POST"])
def test_unknown_tickets_are_404(agent: ApiClient, unknown_id: str, method: str) -> None:
    headers = {"If-Match": '"1"', "Idempotency-Key": "unknown-ticket"}
    path = f"/tickets/{unknown_id}"
    requests = {
        "GET": [(path, None), (f"{path}/entries", None)],
        "PATCH": [(path, {"priority": "high"})],
        "POST": [(f"{path}/transitions", {"to": "done"}), (f"{path}/entries", {"kind": "note", "text": "?"})],
    }
    for where, body in requests[method]:
        response = agent.request(method, where, headers=headers, **({"json": body} if body else {}))
        assert (response.status_code, slug(response)) == (404, "not-found"), where


@pytest.mark.parametrize("path", ["/tickets/%0A", "/tickets/a%0Ab", "/tickets/%0A/entries"])
def test_a_line_break_in_a_path_is_404(anonymous: ApiClient, agent: ApiClient, path: str) -> None:
    assert (anonymous.get(path).status_code, agent.get(path).status_code) == (404, 404)


def test_every_operation_needs_a_signed_in_caller(anonymous: ApiClient, unknown_id: str) -> None:
    assert anonymous.get("/tickets").status_code == 401
    assert anonymous.post("/tickets", {}).status_code == 401
    assert anonymous.post(f"/tickets/{unknown_id}/entries", {}).status_code == 401


def test_one_event_per_revision_and_no_text_in_it__I1(
    agent: ApiClient, new_ticket: NewTicket, published: Callable[[], list[Any]], database: Database
) -> None:
    ticket = new_ticket(detail="秘密问题", title="秘密标题")
    path = f"/tickets/{ticket['ticket_id']}"
    agent.post(f"{path}/entries", {"kind": "note", "text": "秘密备注"})
    agent.post(f"{path}/entries", {"kind": "reply", "text": "秘密回复"})
    agent.post(f"{path}/transitions", {"to": "done", "solution": "秘密方案"}, version=1)
    agent.post(f"{path}/transitions", {"to": "in_progress", "reason": "秘密原因"}, version=2)
    agent.patch(path, {"priority": "urgent"}, version=3)
    agent.patch(path, {"priority": "urgent"}, version=4)

    rows = published()
    assert [(row.type, row.version, row.actor) for row in rows] == [
        ("tickets.ticket.updated.v1", revision, "KF003") for revision in range(1, 7)
    ]
    assert all("秘密" not in str(row.payload) for row in rows)
    assert [row.payload["state"] for row in rows] == ["pending"] * 3 + ["done", "in_progress", "in_progress"]
    with database.begin() as tx:
        assert tx.execute(text("SELECT version, revision FROM tickets")).one() == (4, 6)


def test_a_refused_change_leaves_neither_event_nor_entry__I2(
    agent: ApiClient, new_ticket: NewTicket, published: Callable[[], list[Any]], timeline: Timeline
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}"

    assert agent.post(f"{path}/transitions", {"to": "done"}, version=1).status_code == 422
    assert agent.patch(path, {"priority": "high"}, version=9).status_code == 412
    assert agent.post(f"{path}/entries", {"kind": "consultation", "text": "?"}).status_code == 422

    assert len(published()) == 1
    assert len(timeline(ticket)) == 1
