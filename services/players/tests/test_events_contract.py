"""What this service publishes satisfies the contract; it listens to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis import outbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.guard import republish
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import SyncLimits
from gamedesk_players import events
from gamedesk_players.__main__ import SERVICE
from gamedesk_players.commands import profiles, syncs
from gamedesk_players.model.profiles import Account
from gamedesk_testing.api_client import ApiClient
from gamedesk_testing.contracts import examples_of, schema_of
from sqlalchemy import select

TYPES = [
    events.PLAYER_CREATED,
    events.PLAYER_UPDATED,
    events.PLAYER_MERGED,
    events.PLAYER_ERASED,
    events.PROFILE_SYNCED,
    events.AGENT_UPDATED,
]
ACCOUNT = Account("10001", "齐天大圣", "s1", "花果山", 60, 8)


def published(database: Database) -> list[dict[str, Any]]:
    with database.begin() as tx:
        rows = tx.execute(select(outbox.OUTBOX).order_by(outbox.OUTBOX.c.id)).all()
    return [json.loads(outbox.to_event(row).to_bytes()) for row in rows]


def test_published_events_satisfy_their_schemas(as_agent: Callable[[str], ApiClient], database: Database) -> None:
    agent = as_agent("KF003")
    player = agent.post("/players", {"phone": "13800138000", "wechat_id": "sun_wukong", "tier": "whale"}).json()
    agent.patch(f"/players/{player['player_id']}", {"minor_band": "16_17"}, version=1)
    answered, failed = (
        database.transact(syncs.claim_syncs, game_id, SyncLimits(), 1)[0] for game_id in ("xiyou", "sanguo")
    )
    database.transact(profiles.apply_answer, answered, [[ACCOUNT]], timedelta(hours=24))
    database.transact(profiles.apply_failure, failed, CallFailed("timeout"))
    as_agent("KF001").patch("/agents/KF004", {"active": False}, version=1)
    double = agent.post("/players", {"phone": "13900139000"}).json()["player_id"]
    merges = f"/players/{player['player_id']}/merges"
    assert agent.post(merges, {"loser_id": double, "loser_version": 1}, version=2).status_code == 201
    erasure = f"/players/{player['player_id']}/erasure"
    assert as_agent("KF002").post(erasure, {"reason": "本人要求"}).status_code == 200
    republish(database, SERVICE.republish)

    seen = published(database)

    assert {envelope["type"] for envelope in seen} == set(TYPES)
    states = {envelope["data"]["state"] for envelope in seen if "profile_id" in envelope["data"]}
    assert states == {"pending", "ok", "error"}
    for envelope in seen:
        schema_of(envelope["type"]).validate(envelope["data"])
        assert envelope["source"] == "/players"
        assert not any(secret in json.dumps(envelope, ensure_ascii=False) for secret in ("齐天大圣", "13800138000"))


def test_republication_repeats_the_present_state__I6(as_agent: Callable[[str], ApiClient], database: Database) -> None:
    agent = as_agent("KF003")
    changed, _ = (agent.post("/players", {"phone": p}).json() for p in ("13800138000", "13900139000"))
    agent.patch(f"/players/{changed['player_id']}", {"tier": "big"}, version=1)
    for _ in range(2):  # the second answer says the same, and makes no version
        agent.post(f"/players/{changed['player_id']}/sync")
        for sync in database.transact(syncs.claim_syncs, "xiyou", SyncLimits(), 10):
            database.transact(profiles.apply_answer, sync, [[ACCOUNT]], timedelta(hours=24))
    latest = {e["subject"]: (e["aggregateversion"], e["data"]) for e in published(database)}

    republish(database, SERVICE.republish)

    again = {e["subject"]: (e["aggregateversion"], e["data"]) for e in published(database) if e.get("republication")}
    assert again == latest


@pytest.mark.parametrize("path", [p for t in TYPES for p in examples_of(t)], ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_our_examples_satisfy_our_schemas(path: Path) -> None:
    schema_of(path.parent.name).validate(json.loads(path.read_text(encoding="utf-8"))["data"])


def test_every_type_has_examples() -> None:
    assert all(examples_of(type) for type in TYPES)
