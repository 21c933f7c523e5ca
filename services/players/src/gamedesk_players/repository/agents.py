"""Agents, their WeChat bindings, and their sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gamedesk_chassis.active_callers import Standing
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.text_search import key
from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gamedesk_players.model.agents import Agent
from gamedesk_players.tables import agent_wechat_bindings as bindings
from gamedesk_players.tables import agents, refresh_tokens


def _agents() -> Select[Any]:
    active_binding = and_(bindings.c.agent_id == agents.c.agent_id, bindings.c.valid_until.is_(None))
    return select(agents, bindings.c.wechat_id, bindings.c.wechat_name).outerjoin(bindings, active_binding)


def _agent(row: Row[Any]) -> Agent:
    return Agent(
        agent_id=row.agent_id,
        name=row.name,
        role=row.role,
        team=row.team,
        active=row.active,
        wechat_id=row.wechat_id,
        wechat_name=row.wechat_name,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def get(tx: Connection, agent_id: str) -> Agent | None:
    row = tx.execute(_agents().where(agents.c.agent_id == agent_id)).one_or_none()
    return _agent(row) if row else None


def lock(tx: Connection, agent_id: str) -> Agent | None:
    """The agent, whom nobody else changes, signs in or out before this transaction ends."""
    query = _agents().where(agents.c.agent_id == agent_id)
    row = tx.execute(query.with_for_update(of=agents, key_share=True)).one_or_none()
    return _agent(row) if row else None


def list_page(tx: Connection, after: str | None, limit: int) -> list[Agent]:
    query = _agents().order_by(agents.c.agent_id).limit(limit)
    if after is not None:
        query = query.where(agents.c.agent_id > after)
    return [_agent(row) for row in tx.execute(query)]


def insert_agent(tx: Connection, agent: Agent, password_hash: str) -> bool:
    """False, and nothing written, if the id is taken. Waits for a concurrent insert."""
    inserted = tx.execute(
        pg_insert(agents)
        .values(
            agent_id=agent.agent_id,
            name=agent.name,
            role=agent.role,
            team=agent.team,
            active=agent.active,
            password_hash=password_hash,
            version=agent.version,
            created_at=agent.created_at,
            updated_at=agent.updated_at,
        )
        .on_conflict_do_nothing()
        .returning(agents.c.agent_id)
    )
    return inserted.one_or_none() is not None


def save(tx: Connection, agent: Agent) -> None:
    tx.execute(
        update(agents)
        .where(agents.c.agent_id == agent.agent_id)
        .values(
            name=agent.name,
            role=agent.role,
            team=agent.team,
            active=agent.active,
            version=agent.version,
            updated_at=agent.updated_at,
        )
    )


def bind_wechat(tx: Connection, agent_id: str, wechat_id: str, wechat_name: str, moment: datetime) -> bool:
    """Start a binding; the one before it ends at the same moment. False if another agent has the WeChat id."""
    end_binding(tx, agent_id, moment)
    inserted = tx.execute(
        pg_insert(bindings)
        .values(
            binding_id=new_id(),
            agent_id=agent_id,
            wechat_id=wechat_id,
            wechat_key=key(wechat_id),
            wechat_name=wechat_name,
            valid_from=moment,
        )
        .on_conflict_do_nothing()
        .returning(bindings.c.binding_id)
    )
    return inserted.one_or_none() is not None


def end_binding(tx: Connection, agent_id: str, moment: datetime) -> None:
    active = and_(bindings.c.agent_id == agent_id, bindings.c.valid_until.is_(None))
    tx.execute(update(bindings).where(active).values(valid_until=moment))


def bindings_page(tx: Connection, agent_id: str, before: UUID | None, limit: int) -> list[Row[Any]]:
    """The agent's WeChat ids with their dates, the newest first: rows of agent_wechat_bindings."""
    query = select(bindings).where(bindings.c.agent_id == agent_id)
    query = query if before is None else query.where(bindings.c.binding_id < before)
    return list(tx.execute(query.order_by(bindings.c.binding_id.desc()).limit(limit)))


def count_active_admins(tx: Connection) -> int:
    """Locks them all, so that two admins cannot step down at once."""
    rows = tx.execute(
        select(agents.c.agent_id).where(agents.c.role == "admin", agents.c.active).with_for_update()
    ).all()
    return len(rows)


def standing(tx: Connection, agent_id: str) -> Standing | None:
    query = select(agents.c.active, agents.c.role, agents.c.team).where(agents.c.agent_id == agent_id)
    row = tx.execute(query).one_or_none()
    return Standing(row.active, row.role, row.team) if row else None


def is_active(tx: Connection, agent_id: str) -> bool | None:
    """Whether he is, and stays so until this transaction ends: who is given something is not deactivated meanwhile."""
    query = select(agents.c.active).where(agents.c.agent_id == agent_id)
    return tx.execute(query.with_for_update(read=True)).scalar_one_or_none()


def members_of(tx: Connection, team: str) -> set[str]:
    """Ids of all agents of a team, active or not."""
    return set(tx.execute(select(agents.c.agent_id).where(agents.c.team == team)).scalars())


def team_of(tx: Connection, agent_id: str) -> str | None:
    return tx.execute(select(agents.c.team).where(agents.c.agent_id == agent_id)).scalar_one_or_none()


def password_hash(tx: Connection, agent_id: str) -> str | None:
    return tx.execute(select(agents.c.password_hash).where(agents.c.agent_id == agent_id)).scalar_one_or_none()


def set_password_hash(tx: Connection, agent_id: str, value: str) -> None:
    tx.execute(update(agents).where(agents.c.agent_id == agent_id).values(password_hash=value))


def insert_refresh_token(
    tx: Connection, *, token_hash: str, family_id: UUID, agent_id: str, lifetime: timedelta
) -> None:
    tx.execute(
        insert(refresh_tokens).values(
            token_hash=token_hash, family_id=family_id, agent_id=agent_id, expires_at=func.now() + lifetime
        )
    )


def holder_of_refresh_token(tx: Connection, token_hash: str) -> str | None:
    """The agent id whose refresh token this is."""
    query = select(refresh_tokens.c.agent_id).where(refresh_tokens.c.token_hash == token_hash)
    return tx.execute(query).scalar_one_or_none()


def lock_refresh_token(tx: Connection, token_hash: str) -> Row[Any] | None:
    """Columns family_id, agent_id, expires_at, rotated_at, revoked_at, and `moment`: all by the database's clock."""
    query = (
        select(refresh_tokens, func.clock_timestamp().label("moment"))
        .where(refresh_tokens.c.token_hash == token_hash)
        .with_for_update()
    )
    return tx.execute(query).one_or_none()


def mark_rotated(tx: Connection, token_hash: str) -> None:
    query = update(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)
    tx.execute(query.values(rotated_at=func.coalesce(refresh_tokens.c.rotated_at, func.now())))


def revoke_family(tx: Connection, family_id: UUID) -> None:
    tx.execute(update(refresh_tokens).where(refresh_tokens.c.family_id == family_id).values(revoked_at=func.now()))


def revoke_sessions(tx: Connection, agent_id: str) -> None:
    tx.execute(update(refresh_tokens).where(refresh_tokens.c.agent_id == agent_id).values(revoked_at=func.now()))


def purge_refresh_tokens(tx: Connection) -> int:
    """Delete up to 5,000 expired tokens."""
    expired = select(refresh_tokens.c.token_hash).where(refresh_tokens.c.expires_at < func.now()).limit(5000)
    return tx.execute(delete(refresh_tokens).where(refresh_tokens.c.token_hash.in_(expired))).rowcount
