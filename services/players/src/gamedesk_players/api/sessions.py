"""Signing in and out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask
from gamedesk_chassis import deadlines
from gamedesk_chassis.client_address import HEADER, opened
from gamedesk_chassis.database import will_pass
from gamedesk_chassis.errors import Unavailable
from gamedesk_chassis.web import Answer, answer

from gamedesk_players import passwords
from gamedesk_players.api.resources import resources
from gamedesk_players.commands import sessions, sign_ins
from gamedesk_players.errors import SessionEnded
from gamedesk_players.repository.agents import password_hash
from gamedesk_players.views.agents import session_view


def sign_in(body: dict[str, Any]) -> Answer:
    r, attempt = resources(), attempt_of(body["agent_id"])
    with place_for(attempt):
        stored = r.database.read(password_hash, body["agent_id"])
        verified = stored if passwords.matches(stored, body["password"]) else None
    session = r.database.transact(sessions.sign_in, r.issuer, body["agent_id"], verified, attempt)
    return answer(session_view(session), 201)


def attempt_of(agent_id: str) -> sign_ins.Attempt:
    """An attempt with a password for `agent_id` by who sent the request at hand."""
    key = resources().gateway_key
    address = opened(key, flask.request.headers.get(HEADER, "")) or flask.request.remote_addr or ""
    return sign_ins.Attempt.of(key, agent_id, address)


@contextmanager
def place_for(attempt: sign_ins.Attempt | None) -> Iterator[None]:
    """A place among the few that look at passwords, for an attempt that was counted first: who has to wait for his
    next one takes none. Raises TooManyRequests, or Unavailable, and then the attempt does not count; nor does one
    whose stored hash the database did not give, which is all that is asked of it in here."""
    database = resources().database
    if attempt is not None:
        database.transact(sign_ins.begin, attempt)
    try:
        with passwords.one_of_few():
            yield
    except Exception as error:
        if attempt is not None and (isinstance(error, Unavailable) or will_pass(error)):
            deadlines.begin(None)  # it is to be taken back, however late
            database.transact(sign_ins.not_made, attempt)
        raise


def refresh_session(body: dict[str, Any]) -> Answer:
    r = resources()
    session = r.database.transact(sessions.refresh, r.issuer, body["refresh_token"])
    if session is None:
        raise SessionEnded("The token was used before; sign in again.")
    return answer(session_view(session), 201)


def revoke_session(body: dict[str, Any]) -> Answer:
    resources().database.transact(sessions.revoke, body["refresh_token"])
    return answer(None, 204)
