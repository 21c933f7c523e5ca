"""Asking the games about every player again. R5."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import SyncLimits, load_remotes
from gamedesk_players import sync as job_module
from gamedesk_players.commands import profiles, resyncs, syncs
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .many_players import insert_players

As = Callable[[str], ApiClient]
A_DAY = timedelta(hours=24)
LIMITS = SyncLimits(concurrency=64, per_second=1000)


@pytest.fixture
def job(settings: Settings, new_sync: Callable[..., ProfileSync]) -> ProfileSync:
    return new_sync(load_remotes(settings.games_file, "games"))


def answer_all(database: Database, game_id: str) -> int:
    count = 0
    while claimed := database.transact(syncs.claim_syncs, game_id, LIMITS, 64):
        for sync in claimed:
            database.transact(profiles.apply_answer, sync, [[]], A_DAY)
        count += len(claimed)
    return count


def ordered(lead: ApiClient, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = lead.post("/resyncs", body or {})
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_a_resync_asks_about_everybody_and_shows_how_far_it_is__R5(
    as_agent: As, database: Database, job: ProfileSync
) -> None:
    lead = as_agent("KF002")
    database.transact(insert_players, 30)
    assert answer_all(database, "xiyou") == answer_all(database, "sanguo") == 30

    resync = ordered(lead)
    assert (resync["state"], resync["game_ids"], resync["total"]) == ("planning", ["xiyou", "sanguo"], 0)

    job.run_resyncs()
    planned = lead.get(f"/resyncs/{resync['resync_id']}").json()
    assert (planned["state"], planned["total"], planned["remaining"]) == ("running", 60, 60)

    assert answer_all(database, "xiyou") == 30
    job.run_resyncs()
    assert lead.get(f"/resyncs/{resync['resync_id']}").json()["remaining"] == 30

    answer_all(database, "sanguo")
    job.run_resyncs()
    done = lead.get(f"/resyncs/{resync['resync_id']}").json()
    assert (done["state"], done["remaining"], done["requested_by"]) == ("done", 0, "KF002")
    assert done["finished_at"]


def test_one_game_alone_can_be_asked(as_agent: As, database: Database, job: ProfileSync) -> None:
    database.transact(insert_players, 3)
    assert answer_all(database, "xiyou") == answer_all(database, "sanguo") == 3
    ordered(as_agent("KF001"), {"game_ids": ["sanguo"]})
    job.run_resyncs()
    assert (answer_all(database, "xiyou"), answer_all(database, "sanguo")) == (0, 3)


def test_planning_goes_on_page_by_page_where_it_stopped(as_agent: As, database: Database, job: ProfileSync) -> None:
    database.transact(insert_players, 1100, ("xiyou",))
    resync = ordered(as_agent("KF002"), {"game_ids": ["xiyou"]})
    assert database.transact(resyncs.plan_page)
    half_way = as_agent("KF002").get(f"/resyncs/{resync['resync_id']}").json()
    assert (half_way["state"], half_way["total"]) == ("planning", 500)

    job.run_resyncs()
    planned = as_agent("KF002").get(f"/resyncs/{resync['resync_id']}").json()
    assert (planned["state"], planned["total"]) == ("running", 1100)


def test_a_turn_plans_some_pages_and_the_next_one_goes_on__R32(
    as_agent: As, database: Database, job: ProfileSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "_TRANSACTIONS_A_TURN", 2)
    database.transact(insert_players, 1100, ("xiyou",))
    resync = ordered(as_agent("KF002"), {"game_ids": ["xiyou"]})

    def after_a_turn() -> tuple[str, int]:
        job.run_resyncs()
        shown = as_agent("KF002").get(f"/resyncs/{resync['resync_id']}").json()
        return shown["state"], shown["total"]

    assert [after_a_turn(), after_a_turn()] == [("planning", 1000), ("running", 1100)]


def test_what_is_left_is_counted_once_a_minute_when_it_is_much(
    as_agent: As, database: Database, job: ProfileSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resyncs, "_FEW", 1)
    database.transact(insert_players, 5, ("xiyou",))
    resync = ordered(as_agent("KF002"), {"game_ids": ["xiyou"]})

    def remaining_after_a_turn() -> int:
        job.run_resyncs()
        return as_agent("KF002").get(f"/resyncs/{resync['resync_id']}").json()["remaining"]

    def answer_one() -> None:
        (sync,) = database.transact(syncs.claim_syncs, "xiyou", LIMITS, 1)
        database.transact(profiles.apply_answer, sync, [[]], A_DAY)

    assert remaining_after_a_turn() == 5
    answer_one()
    assert remaining_after_a_turn() == 5
    job._count_again_at = now()
    assert remaining_after_a_turn() == 4
    assert answer_all(database, "xiyou") == 4
    assert remaining_after_a_turn() == 0, "the end is seen at once"


def test_a_player_whose_answer_never_makes_sense_does_not_keep_a_resync_running__R5(
    as_agent: As, database: Database, job: ProfileSync
) -> None:
    database.transact(insert_players, 1, ("xiyou",))
    resync = ordered(as_agent("KF002"), {"game_ids": ["xiyou"]})

    def state_after_a_failure() -> str:
        with database.begin() as tx:
            tx.execute(text("UPDATE profile_syncs SET due_at = now()"))
            tx.execute(text("UPDATE game_gates SET open_until = NULL, failures = 0"))
        (sync,) = database.transact(syncs.claim_syncs, "xiyou", LIMITS, 1)
        database.transact(profiles.apply_failure, sync, CallFailed("body"))
        job.run_resyncs()
        return as_agent("KF002").get(f"/resyncs/{resync['resync_id']}").json()["state"]

    job.run_resyncs()
    assert [state_after_a_failure() for _ in range(5)] == ["running"] * 4 + ["done"]
    with database.begin() as tx:
        assert tx.execute(text("SELECT due_at < now() + interval '10 min' FROM profile_syncs")).scalar_one()


def test_merged_players_are_asked_about_and_erased_ones_are_not__R5(
    as_agent: As, database: Database, job: ProfileSync
) -> None:
    database.transact(insert_players, 4, ("xiyou",))
    answer_all(database, "xiyou")
    with database.begin() as tx:
        survivor = "00000000-0000-7000-8000-000000000001"
        tx.execute(text(f"UPDATE players SET merged_into = '{survivor}' WHERE player_id::text LIKE '%2'"))
        tx.execute(text("UPDATE players SET erased_at = now() WHERE player_id::text LIKE '%3'"))
    ordered(as_agent("KF002"), {"game_ids": ["xiyou"]})
    job.run_resyncs()

    asked = {sync.phones[0][-1] for sync in database.transact(syncs.claim_syncs, "xiyou", LIMITS, 10)}
    assert asked == {"1", "2", "4"}


def test_a_game_has_one_resync_at_a_time(as_agent: As, database: Database, job: ProfileSync) -> None:
    lead = as_agent("KF002")
    database.transact(insert_players, 3, ("xiyou", "sanguo"))
    first = ordered(lead, {"game_ids": ["xiyou"]})

    refused = lead.post("/resyncs", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:gamedesk:problem:resync-running")
    assert refused.json()["resync_id"] == first["resync_id"]
    ordered(lead, {"game_ids": ["sanguo"]})

    job.run_resyncs()
    answer_all(database, "xiyou")
    job.run_resyncs()
    ordered(lead, {"game_ids": ["xiyou"]})


def test_of_resyncs_ordered_at_the_same_time_one_is_taken(as_agent: As) -> None:
    leads = [as_agent("KF002") for _ in range(4)]
    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(lambda lead: lead.post("/resyncs", {}).status_code, leads))
    assert sorted(answers) == [202, 409, 409, 409]


def test_only_leads_and_admins_order_resyncs_of_games_that_exist(as_agent: As) -> None:
    assert as_agent("KF003").post("/resyncs", {}).status_code == 403
    refused = as_agent("KF002").post("/resyncs", {"game_ids": ["xiyou", "atlantis"]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:unknown-game")
    assert refused.json()["errors"][0]["pointer"] == "/game_ids/1"
    assert as_agent("KF002").get("/resyncs/00000000-0000-7000-8000-000000000001").status_code == 404


def test_resyncs_are_paged_the_newest_first(as_agent: As, job: ProfileSync) -> None:
    lead = as_agent("KF002")
    ids: list[str] = []
    for _ in range(3):
        ids.append(ordered(lead)["resync_id"])
        job.run_resyncs()  # of nobody: done
    page = lead.get("/resyncs", limit="2").json()
    rest = lead.get("/resyncs", limit="2", cursor=page["next_cursor"]).json()
    assert [r["resync_id"] for r in page["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
