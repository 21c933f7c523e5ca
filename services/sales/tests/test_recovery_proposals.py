"""Whom to win back: what a closed ticket proposes, who takes it, when it ends (B3)."""

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
from .test_pitch import pitch
from .test_touches import pages, refusal, today, touch

As = Callable[[str], ApiClient]
Known = Callable[..., str]


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
