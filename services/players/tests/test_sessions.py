"""Signing in, renewing and ending sessions."""

from __future__ import annotations

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

from .conftest import PASSWORD, waiting

As = Callable[[str], ApiClient]


def sign_in(client: ApiClient, agent_id: str = "KF003", password: str = PASSWORD) -> Any:
    return client.request("POST", "/sessions", json={"agent_id": agent_id, "password": password})


def refresh(client: ApiClient, token: str) -> Any:
    return client.request("POST", "/sessions/refresh", json={"refresh_token": token})


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


def test_a_refresh_token_is_rotated_and_its_late_reuse_ends_the_whole_session(anonymous: ApiClient) -> None:
    first = sign_in(anonymous).json()["refresh_token"]
    second = refresh(anonymous, first).json()["refresh_token"]
    assert refresh(anonymous, first).status_code == 201, "within the grace of 10 s"

    with time_machine.travel(now() + timedelta(seconds=11), tick=True):
        assert refresh(anonymous, first).status_code == 401
        assert refresh(anonymous, second).status_code == 401, "the family is revoked"


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
            agents.change_password(tx, "KF001", True, "KF003", None, passwords.hashed("another long one"))
            renewal, late = others.submit(refresh, anonymous, token), others.submit(sign_in, anonymous)
            eventually(lambda: waiting(database) == 2)
        assert renewal.result(timeout=10).status_code == 401
        assert late.result(timeout=10).status_code == 401, "the old password was right only before"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"expires_in": -1},
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
