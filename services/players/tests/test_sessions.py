"""Signing in, renewing and ending sessions."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_players import passwords
from gamedesk_players.commands import agents
from gamedesk_testing.api_client import ApiClient
from prometheus_client import REGISTRY
from sqlalchemy import text

from .conftest import PASSWORD, waiting

As = Callable[[str], ApiClient]


def sign_in(client: ApiClient, agent_id: str = "KF003", password: str = PASSWORD) -> Any:
    return client.request("POST", "/sessions", json={"agent_id": agent_id, "password": password})


def refresh(client: ApiClient, token: str) -> Any:
    return client.request("POST", "/sessions/refresh", json={"refresh_token": token})


def reuses() -> float:
    return REGISTRY.get_sample_value("gamedesk_refresh_tokens_reused_total") or 0


def test_signing_in_answers_tokens_that_work(anonymous: ApiClient) -> None:
    session = sign_in(anonymous)

    assert session.status_code == 201
    assert session.json()["agent"]["wechat_id"] == "wx_KF003"
    assert anonymous.signed_in(session.json()["access_token"]).get("/agents/KF003").status_code == 200


@pytest.mark.parametrize(("agent_id", "password"), [("KF003", "wrong"), ("KF999", PASSWORD)])
def test_a_wrong_password_and_an_unknown_agent_look_alike(anonymous: ApiClient, agent_id: str, password: str) -> None:
    refused = sign_in(anonymous, agent_id, password)

    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:gamedesk:problem:sign-in-refused"
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def seconds_pass(database: Database, seconds: int) -> None:
    with database.begin() as tx:
        for column in ("rotated_at", "expires_at"):
            statement = f"UPDATE refresh_tokens SET {column} = {column} - make_interval(secs => :seconds)"
            tx.execute(text(statement), {"seconds": seconds})


def test_a_refresh_token_is_rotated_and_its_late_reuse_ends_the_whole_session(
    anonymous: ApiClient, database: Database
) -> None:
    told = reuses()
    first = sign_in(anonymous).json()["refresh_token"]
    second = refresh(anonymous, first).json()["refresh_token"]
    assert refresh(anonymous, first).status_code == 201, "within the grace of 10 s"

    seconds_pass(database, 11)
    assert refresh(anonymous, first).status_code == 401
    assert refresh(anonymous, second).status_code == 401, "the family is revoked"
    assert reuses() == told + 1, "and it is told, once"


def test_the_grace_of_a_rotated_token_is_counted_by_one_clock(anonymous: ApiClient) -> None:
    """That of the database: replicas whose clocks differ by minutes end nobody's session."""
    token = sign_in(anonymous).json()["refresh_token"]
    with time_machine.travel(now() - timedelta(minutes=5), tick=True):
        assert refresh(anonymous, token).status_code == 201
    assert refresh(anonymous, token).status_code == 201


def test_a_refresh_token_that_was_not_used_for_two_weeks_has_ended(anonymous: ApiClient, database: Database) -> None:
    token = sign_in(anonymous).json()["refresh_token"]
    seconds_pass(database, 14 * 24 * 3600 + 1)

    assert refresh(anonymous, token).status_code == 401


def test_a_deactivated_agent_renews_no_session(anonymous: ApiClient, as_agent: As) -> None:
    token = sign_in(anonymous).json()["refresh_token"]
    assert as_agent("KF001").patch("/agents/KF003", {"active": False}, version=1).status_code == 200

    assert refresh(anonymous, token).status_code == 401
    assert sign_in(anonymous).status_code == 401


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"expires_in": -50}, 200),
        ({"expires_in": -70}, 401),
        ({"begins_in": 50}, 200),
        ({"begins_in": 70}, 401),
    ],
)
def test_clocks_of_two_machines_may_differ_by_a_minute(
    anonymous: ApiClient, token_for: Callable[..., str], times: dict[str, float], status: int
) -> None:
    begins = {"iat": int(time.time() + times["begins_in"])} if "begins_in" in times else {}
    token = token_for("KF003", "agent", "A", expires_in=times.get("expires_in", 1800), **begins)

    assert anonymous.signed_in(token).get("/games").status_code == status


def test_signing_out_ends_the_session(anonymous: ApiClient) -> None:
    token = sign_in(anonymous).json()["refresh_token"]

    assert anonymous.request("POST", "/sessions/revoke", json={"refresh_token": token}).status_code == 204
    assert refresh(anonymous, token).status_code == 401


def test_a_change_of_role_ends_the_sessions_that_had_the_old_one(anonymous: ApiClient, as_agent: As) -> None:
    token = sign_in(anonymous).json()["refresh_token"]
    as_agent("KF001").patch("/agents/KF003", {"name": "新名"}, version=1)
    token = refresh(anonymous, token).json()["refresh_token"]

    assert as_agent("KF001").patch("/agents/KF003", {"role": "lead"}, version=2).status_code == 200

    assert refresh(anonymous, token).status_code == 401


def test_no_session_is_renewed_past_a_change_of_password(
    anonymous: ApiClient, database: Database, eventually: Callable[..., Any]
) -> None:
    token = sign_in(anonymous).json()["refresh_token"]

    with ThreadPoolExecutor(2) as others:
        with database.begin() as tx:
            agents.change_password(tx, "KF001", True, "KF003", None, passwords.hashed("another long one"), "key")
            renewal, late = others.submit(refresh, anonymous, token), others.submit(sign_in, anonymous)
            eventually(lambda: waiting(database) == 2)
        assert renewal.result(timeout=10).status_code == 401
        assert late.result(timeout=10).status_code == 401, "the old password was right only before"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"expires_in": -61},
        {"aud": ["gamedesk"]},
        {"iat": None},
        {"typ": None},
        {"iss": "someone else"},
        {"aud": "another"},
        {"typ": "refresh"},
        {"exp": None},
        {"sub": None},
        {"role": "owner"},
    ],
)
def test_a_token_that_is_not_ours_or_not_valid_is_refused(
    anonymous: ApiClient, token_for: Callable[..., str], spoiled: dict[str, Any]
) -> None:
    refused = anonymous.signed_in(token_for(**{"agent_id": "KF003", "role": "agent", **spoiled})).get("/players")

    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


def test_no_token_no_answer(anonymous: ApiClient) -> None:
    assert anonymous.get("/players").status_code == 401
    assert anonymous.get("/players").headers["WWW-Authenticate"] == "Bearer"
