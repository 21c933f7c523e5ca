"""Signing in, renewing and ending sessions. A family of refresh tokens is one sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from prometheus_client import Counter
from sqlalchemy import Connection

from gamedesk_players import tokens
from gamedesk_players.commands import sign_ins
from gamedesk_players.errors import SessionEnded, SignInRefused
from gamedesk_players.model.agents import Agent
from gamedesk_players.repository import agents as repository

log = structlog.get_logger(__name__)

_REUSED = Counter("gamedesk_refresh_tokens_reused", "Refresh tokens used again too late; their sessions were ended")
# A browser may send two requests at once with the token that the first of them rotates.
ROTATION_GRACE = timedelta(seconds=10)


@dataclass(frozen=True)
class Session:
    agent: Agent
    access_token: str
    expires_at: datetime
    refresh_token: str


def sign_in(
    tx: Connection, issuer: tokens.TokenIssuer, agent_id: str, verified: str | None, attempt: sign_ins.Attempt
) -> Session:
    """Start a session. `attempt` was begun and the password checked before, outside of the transaction (argon2 takes
    its time): `verified` is the stored hash that it matched, and has to be the stored one still."""
    agent = repository.lock(tx, agent_id)
    if agent is None or not agent.active or verified is None or verified != repository.password_hash(tx, agent_id):
        raise SignInRefused("Check both; an admin can set a new password.")
    sign_ins.succeeded(tx, attempt)
    return _issue(tx, issuer, agent, new_id())


def refresh(tx: Connection, issuer: tokens.TokenIssuer, refresh_token: str) -> Session | None:
    """Rotate a refresh token. None when it was stolen or is used twice: the whole family is revoked (and that has
    to be committed, so it is no exception). Raises SessionEnded for one that is unknown or over."""
    token_hash = tokens.hash_of(refresh_token)
    # The agent first: his sessions are ended under the same lock, so that none outlives it by a race.
    agent = repository.lock(tx, repository.holder_of_refresh_token(tx, token_hash) or "")
    stored = repository.lock_refresh_token(tx, token_hash)
    if agent is None or stored is None or stored.revoked_at is not None or stored.expires_at <= stored.moment:
        raise SessionEnded()
    if stored.rotated_at is not None and stored.moment - stored.rotated_at > ROTATION_GRACE:
        repository.revoke_family(tx, stored.family_id)
        _REUSED.inc()
        log.warning("refresh_token_reused", agent=agent.agent_id, family=str(stored.family_id))
        return None
    if not agent.active:
        raise SessionEnded()
    repository.mark_rotated(tx, token_hash)
    return _issue(tx, issuer, agent, stored.family_id)


def revoke(tx: Connection, refresh_token: str) -> None:
    """Sign out. An unknown token is no error."""
    token_hash = tokens.hash_of(refresh_token)
    repository.lock(tx, repository.holder_of_refresh_token(tx, token_hash) or "")
    stored = repository.lock_refresh_token(tx, token_hash)
    if stored is not None:
        repository.revoke_family(tx, stored.family_id)


def _issue(tx: Connection, issuer: tokens.TokenIssuer, agent: Agent, family_id: UUID) -> Session:
    moment = now()
    access_token, expires_at = issuer.access_token(agent, moment)
    refresh_token = tokens.new_refresh_token()
    repository.insert_refresh_token(
        tx,
        token_hash=tokens.hash_of(refresh_token),
        family_id=family_id,
        agent_id=agent.agent_id,
        lifetime=tokens.REFRESH_LIFETIME,
    )
    return Session(agent, access_token, expires_at, refresh_token)
