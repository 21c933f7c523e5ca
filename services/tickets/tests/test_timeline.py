"""The timeline: notes, replies, consultations and their answers (R11, R12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gamedesk_testing.api_client import ApiClient

from .conftest import NewTicket, Timeline

As = Callable[[str], ApiClient]


def append(client: ApiClient, ticket: dict[str, Any], kind: str, text: str = "……", **fields: Any) -> Any:
    return client.post(f"/tickets/{ticket['ticket_id']}/entries", {"kind": kind, "text": text, **fields})


def current(client: ApiClient, ticket: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"/tickets/{ticket['ticket_id']}").json()


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def ago(**amount: float) -> str:
    moment = datetime.now(UTC) - timedelta(**amount)
    return moment.isoformat().replace("+00:00", "Z")


def test_only_what_the_player_saw_is_a_first_response__B6(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket(asked_at=ago(hours=3))
    append(agent, ticket, "note", "老玩家")
    append(agent, ticket, "consultation", "查一下订单", department="finance")
    append(agent, ticket, "answer", "已到账", department="finance")
    assert current(agent, ticket)["first_replied_at"] is None

    replied_at = ago(hours=2)
    reply = append(agent, ticket, "reply", "已补发", happened_at=replied_at).json()
    append(agent, ticket, "reply", "收到了吗")

    assert (reply["happened_at"], reply["late_recorded"]) == (replied_at, True)
    assert current(agent, ticket)["first_replied_at"] == replied_at


def test_an_earlier_reply_recorded_later_is_the_first_response__B6(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket(asked_at=ago(hours=3))
    append(agent, ticket, "reply", "已补发", happened_at=ago(minutes=20))
    earlier = ago(hours=1)

    append(agent, ticket, "reply", "请稍等", happened_at=earlier)

    assert current(agent, ticket)["first_replied_at"] == earlier


@pytest.mark.parametrize(("kind", "extra"), [("note", {}), ("reply", {}), ("consultation", {"department": "tech"})])
def test_recording_more_than_fifteen_minutes_late_is_flagged(
    agent: ApiClient, new_ticket: NewTicket, kind: str, extra: dict[str, str]
) -> None:
    ticket = new_ticket(asked_at=ago(hours=3))

    flags = [
        append(agent, ticket, kind, happened_at=happened_at, **extra).json()["late_recorded"]
        for happened_at in (ago(minutes=14), ago(minutes=16))
    ]

    assert flags == [False, True]


def test_a_reply_is_neither_in_the_future_nor_before_the_question(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket(asked_at=ago(hours=1))

    future = append(agent, ticket, "reply", happened_at=ago(hours=-1))
    before = append(agent, ticket, "reply", happened_at=ago(hours=2))

    for refused in (future, before):
        assert (refused.status_code, slug(refused)) == (422, "time-not-possible")
        assert refused.json()["errors"][0]["pointer"] == "/happened_at"
    assert append(agent, ticket, "note", happened_at=ago(hours=2)).status_code == 201


def test_a_reply_in_the_minute_of_the_question_comes_after_it(agent: ApiClient, new_ticket: NewTicket) -> None:
    asked = datetime.now(UTC).replace(second=40, microsecond=0) - timedelta(hours=1)
    ticket = new_ticket(asked_at=asked.isoformat())

    reply = append(agent, ticket, "reply", happened_at=asked.replace(second=0).isoformat())

    assert (reply.status_code, reply.json()["happened_at"]) == (201, ticket["asked_at"])


def test_a_clock_a_little_ahead_means_now(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket(asked_at=ago(seconds=-40))
    reply = append(agent, ticket, "reply", happened_at=ago(seconds=-40)).json()

    assert ticket["asked_at"] == ticket["created_at"]
    assert reply["happened_at"] == reply["recorded_at"]


def test_a_consultation_makes_the_ticket_wait_until_that_department_answers__R11(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket()
    asked = append(agent, ticket, "consultation", "订单号?", department="finance").json()
    assert current(agent, ticket)["waiting_on"] == "finance"

    append(agent, ticket, "answer", "不归我们", department="tech")
    assert current(agent, ticket)["waiting_on"] == "finance"
    answer = append(agent, ticket, "answer", "已到账", consultation_entry_id=asked["entry_id"]).json()

    assert (answer["department"], answer["consultation_entry_id"]) == ("finance", asked["entry_id"])
    assert current(agent, ticket)["waiting_on"] == "none"
    waits = [change for entry in timeline(ticket) for change in entry["changes"]]
    assert waits == [
        {"field": "waiting_on", "before": "none", "after": "finance"},
        {"field": "waiting_on", "before": "finance", "after": "none"},
    ]


def test_of_several_consultations_of_a_department_the_last_answer_ends_the_waiting__R11(
    agent: ApiClient, new_ticket: NewTicket
) -> None:
    ticket = new_ticket()

    def ask() -> str:
        return append(agent, ticket, "consultation", "订单号?", department="finance").json()["entry_id"]

    def waits_after(**answer: str) -> bool:
        append(agent, ticket, "answer", "已到账", **answer)
        return current(agent, ticket)["waiting_on"] == "finance"

    first, second = ask(), ask()
    assert waits_after(consultation_entry_id=second)
    assert waits_after(consultation_entry_id=second)
    assert not waits_after(consultation_entry_id=first)

    for _ in range(2):
        ask()
    assert not waits_after(department="finance"), "it names none of them, so it answers both"

    ask()
    given_up = agent.patch(f"/tickets/{ticket['ticket_id']}", {"waiting_on": "none"}, version=1)
    assert given_up.status_code == 200
    assert not waits_after(consultation_entry_id=ask()), "nobody waits for the one before any more"


def test_a_consultation_may_leave_the_waiting_as_it_is(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()

    append(agent, ticket, "consultation", "顺便问问", department="product", set_waiting=False)

    assert current(agent, ticket)["waiting_on"] == "none"


def test_a_done_ticket_takes_notes_but_does_not_wait(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    agent.post(f"/tickets/{ticket['ticket_id']}/transitions", {"to": "done", "solution": "补发"}, version=1)

    assert append(agent, ticket, "note").status_code == 201
    assert slug(append(agent, ticket, "consultation", department="tech")) == "ticket-done"
    assert append(agent, ticket, "consultation", department="tech", set_waiting=False).status_code == 201


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"kind": "consultation"}, "/department"),
        ({"kind": "answer"}, "/department"),
        ({"kind": "note", "department": "tech"}, "/department"),
        ({"kind": "reply", "set_waiting": False}, "/set_waiting"),
        ({"kind": "answer", "department": "tech", "set_waiting": True}, "/set_waiting"),
    ],
)
def test_each_kind_of_entry_has_its_own_fields(
    agent: ApiClient, new_ticket: NewTicket, fields: dict[str, Any], pointer: str
) -> None:
    refused = append(agent, new_ticket(), **fields)

    assert (refused.status_code, slug(refused)) == (422, "entry-field")
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_an_answer_belongs_to_a_consultation_of_its_ticket_and_department(
    agent: ApiClient, new_ticket: NewTicket, unknown_id: str
) -> None:
    ticket, other = new_ticket(), new_ticket()
    note = append(agent, ticket, "note").json()["entry_id"]
    asked = append(agent, ticket, "consultation", department="tech").json()["entry_id"]

    refused = [
        append(agent, ticket, "answer", consultation_entry_id=unknown_id),
        append(agent, ticket, "answer", consultation_entry_id=note),
        append(agent, other, "answer", consultation_entry_id=asked),
        append(agent, ticket, "answer", consultation_entry_id=asked, department="finance"),
    ]

    assert {(response.status_code, slug(response)) for response in refused} == {(422, "unknown-consultation")}


@pytest.mark.parametrize("kind", ["created", "transition", "edit", "call"])
def test_what_the_service_writes_itself_cannot_be_appended(agent: ApiClient, new_ticket: NewTicket, kind: str) -> None:
    assert append(agent, new_ticket(), kind).status_code == 400


def test_appending_changes_no_etag_but_the_revision_and_the_time__R13(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()

    append(agent, ticket, "note")
    append(agent, ticket, "consultation", department="tech")
    after = current(agent, ticket)

    assert (after["version"], after["revision"]) == (1, 3)
    assert after["updated_at"] > ticket["updated_at"]
    edited = agent.patch(f"/tickets/{ticket['ticket_id']}", {"priority": "high"}, version=1).json()
    assert (edited["version"], edited["revision"], edited["waiting_on"]) == (2, 4, "tech")


def test_the_same_key_appends_once__I7(agent: ApiClient, new_ticket: NewTicket, timeline: Timeline) -> None:
    ticket, other = new_ticket(), new_ticket()
    path, body = f"/tickets/{ticket['ticket_id']}/entries", {"kind": "note", "text": "老玩家"}

    first, again = agent.post(path, body, key="one-note"), agent.post(path, body, key="one-note")
    elsewhere = agent.post(f"/tickets/{other['ticket_id']}/entries", body, key="one-note")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(timeline(ticket)) == 2
    assert elsewhere.status_code == 422
    assert agent.request("POST", path, json=body).status_code == 400


def test_the_timeline_pages_oldest_first_and_goes_on_where_it_ended__R12(
    agent: ApiClient, new_ticket: NewTicket
) -> None:
    ticket = new_ticket()
    path = f"/tickets/{ticket['ticket_id']}/entries"
    for number in range(4):
        append(agent, ticket, "note", str(number))

    first = agent.get(path, limit=2).json()
    append(agent, ticket, "note", "4")
    rest = agent.get(path, limit=50, cursor=first["next_cursor"]).json()

    assert [entry["text"] for entry in first["items"] + rest["items"]] == [None, "0", "1", "2", "3", "4"]
    assert rest["next_cursor"] is None
    assert agent.get(path, cursor="bm90LW91cnM").status_code == 400
