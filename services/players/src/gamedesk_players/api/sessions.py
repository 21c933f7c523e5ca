"""Signing in and out."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.web import Answer, answer

from gamedesk_players import passwords
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import sessions
from gamedesk_players.errors import SessionEnded
from gamedesk_players.repository.agents import password_hash
from gamedesk_players.views.agents import session_view


def sign_in(body: dict[str, Any]) -> Answer:
    r = resources()
    stored = r.database.transact(password_hash, body["agent_id"])
    verified = stored if passwords.matches(stored, body["password"]) else None
    session = r.database.transact(sessions.sign_in, r.issuer, body["agent_id"], verified)
    return answer(session_view(session), 201)


def refresh_session(body: dict[str, Any]) -> Answer:
    r = resources()
    session = r.database.transact(sessions.refresh, r.issuer, body["refresh_token"])
    if session is None:
        raise SessionEnded("The token was used before; sign in again.")
    return answer(session_view(session), 201)


def revoke_session(body: dict[str, Any]) -> Answer:
    resources().database.transact(sessions.revoke, body["refresh_token"])
    return answer(None, 204)
