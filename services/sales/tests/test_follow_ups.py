"""Follow-ups that are put off, found and reminded of, and what a contact keeps (R15, R17, R18)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import alembic_config
from gamedesk_sales import __main__ as worker
from gamedesk_sales import follow_up_jobs
from gamedesk_sales.__main__ import SERVICE
from gamedesk_sales.follow_up_jobs import remind
from gamedesk_sales.settings import Settings
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import schema_of
from sqlalchemy import create_engine, text

from .test_touches import follow_ups, pages, refusal, today, touch

As = Callable[[str], ApiClient]


def move(database: Database, touch_id: str, days: int) -> None:
    """As if the follow-up had been promised for another day."""
    with database.begin() as tx:
        values = {"day": today(days), "id": touch_id}
        tx.execute(text("UPDATE follow_ups SET due_on = :day, reminded_on = NULL WHERE touch_id = :id"), values)


def reminders(published: Callable[[], list[Any]]) -> list[dict[str, Any]]:
    found = [row.payload for row in published() if row.type == "sales.follow_up.due.v1"]
    for payload in found:
        schema_of("sales.follow_up.due.v1").validate(payload)
    return found


def test_a_follow_up_is_put_off_by_the_owner_and_keeps_the_day_promised__R18(as_agent: As, player: str) -> None:
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))
    path = f"/follow-ups/{made['touch_id']}/postpone"

    answered = as_agent("KF003").post(path, {"due_on": today(4), "reason": "出差"}, version=1)

    assert (answered.status_code, answered.headers["ETag"]) == (200, '"2"')
    [shown] = follow_ups(as_agent)
    assert shown == answered.json()
    assert (shown["follow_up_on"], shown["promised_on"], shown["postponed_times"]) == (today(4), today(1), 1)
    assert (shown["postponed_by"], shown["postpone_reason"], shown["overdue"]) == ("KF003", "出差", False)
    stale = as_agent("KF002").post(path, {"due_on": today(5)}, version=1)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    assert as_agent("KF002").post(path, {"due_on": today(5)}, version=2).status_code == 200, "his team's lead may"
    assert refusal(as_agent("KF004").post(path, {"due_on": today(5)}, version=3))[:2] == (403, "not-your-player")
    assert as_agent("KF003").get("/touches", player_id=player).json()["items"][0]["follow_up_on"] == today(1)


def test_only_what_is_open_is_put_off_and_to_no_day_that_is_past__R18(
    as_agent: As, player: str, unknown_id: str
) -> None:
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))
    path = f"/follow-ups/{made['touch_id']}/postpone"

    refused = as_agent("KF003").post(path, {"due_on": today(-1)}, version=1)
    assert refusal(refused) == (422, "follow-up-not-possible", "/due_on")
    touch(as_agent("KF003"), player)
    assert refusal(as_agent("KF003").post(path, {"due_on": today(2)}, version=1))[:2] == (422, "follow-up-done")
    missing = as_agent("KF003").post(f"/follow-ups/{unknown_id}/postpone", {"due_on": today(2)}, version=1)
    assert missing.status_code == 404


def test_follow_ups_are_found_by_team_day_and_whether_they_are_overdue_or_done__R18(
    as_agent: As, known_player: Callable[..., str], database: Database
) -> None:
    made = {}
    for owner, ahead in (("KF003", 0), ("KF003", 5), ("KF004", 2)):
        recorded = touch(as_agent(owner), known_player(owner), "thinking", follow_up_on=today(ahead))
        made[recorded["touch_id"]] = ahead
    done = touch(as_agent("KF003"), one := known_player(), "thinking", follow_up_on=today(1))
    touch(as_agent("KF003"), one)
    late = next(id for id, days in made.items() if days == 0)
    move(database, late, -2)
    made[late] = -2

    def days(**params: Any) -> list[int]:
        return [made[item["touch_id"]] for item in follow_ups(as_agent, **params)]

    assert days() == [-2, 2, 5]
    assert days(team="A") == [-2, 5]
    assert days(team="A", agent="KF004") == []
    assert days(due_from=today(2), due_to=today(2)) == [2]
    assert days(overdue="true") == [-2]
    assert days(overdue="false") == [2, 5]
    assert days(overdue="true", due_before=today(9), due_from=today(-2)) == [-2]
    [item] = follow_ups(as_agent, done="true")
    assert (item["touch_id"], item["done"], item["overdue"]) == (done["touch_id"], True, False)


def test_the_day_of_a_follow_up_is_said_once_and_again_when_it_is_put_off__R18(
    as_agent: As, player: str, known_player: Callable[..., str], database: Database, published: Callable[[], list[Any]]
) -> None:
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))
    touch(as_agent("KF003"), known_player(), "thinking", follow_up_on=today())
    assert remind(database) == 0, "nobody is reminded of what he has just set for today"

    move(database, made["touch_id"], 0)
    assert (remind(database), remind(database)) == (1, 0)

    [said] = reminders(published)
    assert (said["touch_id"], said["player_id"], said["agent_id"]) == (made["touch_id"], player, "KF003")
    assert said["due_on"] == today()
    path = f"/follow-ups/{made['touch_id']}/postpone"
    as_agent("KF003").post(path, {"due_on": today(3)}, version=1)
    assert remind(database) == 0
    move(database, made["touch_id"], 0)
    assert remind(database) == 1


def test_the_worker_says_it_to_who_owns_the_player_now__R18(
    as_agent: As,
    player: str,
    known_player: Callable[..., str],
    settings: Settings,
    database: Database,
    published: Callable[[], list[Any]],
) -> None:
    made = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))
    known_player("KF004", player, version=2)
    move(database, made["touch_id"], 0)

    [job] = [job for job in SERVICE.jobs(settings, database) if job.name == "reminders"]
    job.run()

    [said] = reminders(published)
    assert (said["touch_id"], said["agent_id"]) == (made["touch_id"], "KF004")
    assert job.leader_only


def test_all_work_by_the_clock_is_a_job_of_the_worker(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the database and is not called by a request or an event runs in the worker, or never."""
    written = {
        name
        for module in (worker, follow_up_jobs)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and next(iter(inspect.signature(function).parameters), "") == "database"
    }
    done = set()
    for name in written:
        monkeypatch.setattr(worker, name, lambda *_, name=name: done.add(name))

    for job in SERVICE.jobs(settings, database):
        job.run()
        if job.close:
            job.close()

    assert done == written >= {"remind", "draw_campaigns", "expire_quotes", "mark_overdue"}


def test_credit_is_of_a_team_while_token_and_copy_disagree__B8(
    as_agent: As, anonymous: ApiClient, token_for: Callable[..., str], player: str, quote_body: Any, order_body: Any
) -> None:
    """For up to half an hour after he moved: it is that of the team which sales knows him in."""
    moved = anonymous.signed_in(token_for("KF003", "agent", "B"))
    touch(moved, player)
    assert moved.post("/quotes", quote_body()).status_code == 201
    assert moved.post("/orders", order_body()).status_code == 201

    day = {"from": today(), "to": today()}
    report = as_agent("KF002").get("/sales-kpi", **day, group_by="team").json()

    assert [group["key"] for group in report["groups"]] == ["A"]
    assert [report["groups"][0][name] for name in ("touches", "orders", "quotes")] == [2, 1, 1]


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "3000-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_cannot_be_counted_with_is_refused_with_its_field(
    as_agent: As, player: str, known_ticket: Callable[..., str], day: str
) -> None:
    agent = as_agent("KF003")
    made = touch(agent, player, "thinking", follow_up_on=today(1))
    known_ticket(player, "payment", "done", done_at=(datetime.now(UTC) + timedelta(minutes=1)).isoformat())
    [proposal] = pages(agent, "/recovery-proposals")

    for path, name, more in (
        ("/follow-ups", "due_from", {}),
        ("/follow-ups", "due_to", {}),
        ("/follow-ups", "due_before", {}),
        ("/recovery-proposals", "due_to", {"state": "taken"}),
        ("/sales-kpi", "from", {"to": day}),
        ("/sales-kpi", "to", {"from": today()}),
        ("/sales-kpi/records", "to", {"from": today(), "figure": "touches"}),
    ):
        refused = agent.get(path, **{name: day, **more})
        assert refused.status_code == 400, (path, name)
        assert refused.json()["errors"][0]["pointer"] == f"/query/{name}", refused.text
    for path, body, version in (
        ("/touches", {"player_id": player, "outcome": "thinking", "follow_up_on": day}, None),
        (f"/follow-ups/{made['touch_id']}/postpone", {"due_on": day}, 1),
        (f"/recovery-proposals/{proposal['proposal_id']}/take", {"due_on": day}, 1),
    ):
        assert agent.post(path, body, version=version).status_code == 400, path


def test_touches_keep_campaign_quote_and_the_price_offered__R15_R18(
    as_agent: As, player: str, pack: dict[str, Any], known_pack: Callable[..., Any], known_campaign: Callable[..., str]
) -> None:
    campaign_id = known_campaign()
    recorded = touch(as_agent("KF003"), player, pack_code="7k2qx", campaign_id=campaign_id)
    assert (recorded["campaign_id"], recorded["quote_id"], recorded["offered_price_fen"]) == (campaign_id, None, 8_000)

    known_pack(2, pack_id=pack["pack_id"], price_fen=9_000)

    assert pages(as_agent("KF003"), "/touches")[0]["offered_price_fen"] == 8_000


def test_the_touch_of_a_sale_has_the_price_that_was_due__R17(
    as_agent: As, order_body: Callable[..., dict[str, Any]]
) -> None:
    body = order_body(amount_paid_fen=7_500, difference_reason="老客户")
    assert as_agent("KF003").post("/orders", body).status_code == 201

    assert pages(as_agent("KF003"), "/touches")[0]["offered_price_fen"] == 8_000


def test_what_is_done_stays_with_who_owned_the_player_then__R18(
    as_agent: As, player: str, known_player: Callable[..., str]
) -> None:
    touch(as_agent("KF003"), player, "thinking", follow_up_on=today())
    still_open = touch(as_agent("KF003"), player, "thinking", follow_up_on=today(1))

    known_player(owner="KF004", player_id=player, version=2)

    [done] = follow_ups(as_agent, agent="KF003", done="true")
    [left] = follow_ups(as_agent, agent="KF004")
    assert (done["owner_agent_id"], left["owner_agent_id"]) == ("KF003", "KF004")
    assert left["touch_id"] == still_open["touch_id"]


def test_the_migration_takes_owners_prices_and_reminders_from_what_is_there__R18(
    fresh_database: Callable[..., str],
) -> None:
    engine = create_engine(fresh_database("sales"))
    config = alembic_config(SERVICE.migrations)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.execute(text(BEFORE))
        connection.commit()
        command.upgrade(config, "0010")
        query = text("SELECT owner_agent_id, due_on = reminded_on FROM follow_ups ORDER BY due_on")
        assert connection.execute(query).all() == [("KF3", True), ("KF4", None)]
        query = text("SELECT offered_price_fen, offered_discount_bp FROM touches ORDER BY touch_id")
        assert connection.execute(query).all() == [(7_500, 1_000), (None, None), (None, None)], (
            "as was due; else unknown"
        )
    engine.dispose()


# A follow-up of long ago of somebody, one ahead of somebody who was merged into another agent's player.


BEFORE = """
INSERT INTO player_copies (player_id, owner_agent_id, tier, minor_band, erased, version, merged_into)
SELECT lpad(n::text, 32, '0')::uuid, 'KF' || n, 'none', 'none', false, 1,
       CASE WHEN n = 5 THEN lpad('4', 32, '0')::uuid END
FROM unnest(ARRAY[3, 4, 5]) AS n;
INSERT INTO pack_copies (pack_id, code, name, state, discount_bp, list_price_fen, price_fen, currency, contents,
                         revision, updated_at, version)
VALUES (gen_random_uuid(), 'AAAAA', 'x', 'active', 2000, 10000, 8000, 'CNY', '[]', 1, now(), 1);
INSERT INTO touches (touch_id, player_id, agent_id, outcome, situation, player_state, pack_code, follow_up_on,
                     occurred_at, recorded_at)
SELECT lpad(n::text, 32, '1')::uuid, lpad(n::text, 32, '0')::uuid, 'KF3', 'thinking', '', '',
       CASE WHEN n = 3 THEN 'AAAAA' END, '2026-01-01', now(), now()
FROM unnest(ARRAY[3, 5]) AS n;
INSERT INTO follow_ups (touch_id, player_id, agent_id, due_on)
SELECT touch_id, player_id, 'KF3', CASE WHEN pack_code IS NULL THEN date '2999-01-01' ELSE date '2020-01-01' END
FROM touches;
INSERT INTO orders (order_id, player_id, seller_agent_id, pack_id, pack_code, pack_name, pack_revision, pack_version,
                    discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency, method,
                    transaction_id, paid_at, state, verified, version, created_at, updated_at)
VALUES (lpad('1', 32, '0')::uuid, lpad('3', 32, '0')::uuid, 'KF3', gen_random_uuid(), 'AAAAA', 'x', 1, 1, 1000, 10000,
        '[]', 7500, 7500, 'CNY', 'other', 'T', now(), 'paid', true, 1, now(), now());
INSERT INTO touches (touch_id, player_id, agent_id, outcome, situation, player_state, pack_code, order_id, occurred_at,
                     recorded_at)
VALUES (lpad('1', 32, '0')::uuid, lpad('3', 32, '0')::uuid, 'KF3', 'won', '', '', 'AAAAA', lpad('1', 32, '0')::uuid,
        now(), now());
"""
