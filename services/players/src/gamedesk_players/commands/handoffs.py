"""Handing all players of an agent to another: asked for in a request, done by the worker in small transactions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players.commands.access import require_may_act
from gamedesk_players.commands.owners import give, require_active_owner
from gamedesk_players.errors import HandoffRefused, HandoffRunning
from gamedesk_players.model.handoffs import Handoff
from gamedesk_players.repository import agents, players
from gamedesk_players.repository import handoffs as repository

PLAYERS_AT_ONCE = 200
_TRANSACTIONS_A_TURN = 25


def request_handoff(tx: Connection, caller: Principal, from_agent_id: str, to_agent_id: str, reason: str) -> Outcome:
    """Plan to give all players of one agent, who may be inactive, to another, who is active.

    Raises HandoffRefused, UnknownOwner, NotAllowed, HandoffRunning (two at once could pass players to and fro).
    """
    if from_agent_id == to_agent_id:
        raise HandoffRefused("Name two agents.", pointer="/to_agent_id")
    both = sorted([from_agent_id, to_agent_id])
    known = {agent_id: agents.lock(tx, agent_id) for agent_id in both}
    if known[from_agent_id] is None:
        raise HandoffRefused("There is no such agent.", pointer="/from_agent_id")
    require_active_owner(tx, to_agent_id, "/to_agent_id")
    require_may_act(tx, caller, from_agent_id)
    if repository.is_busy(tx, both):
        raise HandoffRunning("Wait until it is done.")
    handoff = Handoff(
        handoff_id=new_id(),
        from_agent_id=from_agent_id,
        to_agent_id=to_agent_id,
        reason=reason,
        state="running",
        total=repository.count_players(tx, from_agent_id),
        moved=0,
        requested_by=caller.id,
        created_at=now(),
    )
    repository.insert_handoff(tx, handoff)
    return Outcome(str(handoff.handoff_id), 202)


def move_players(database: Database) -> None:
    """The worker's turn: some transactions of what is running, so that a worker that is told to stop soon does."""
    for _ in range(_TRANSACTIONS_A_TURN):
        if database.transact(move_some) is None:
            return


def move_some(tx: Connection) -> UUID | None:
    """Move the next players of the oldest running handoff, in the order of ids; None when there is nothing to do.

    Each transaction leaves the handoff where another worker can take it up. It stops when the new owner is active no
    more: who has moved stays, the others wait for another handoff.
    """
    handoff = repository.claim_running(tx)
    if handoff is None:
        return None
    moment = now()
    ids = repository.next_ids(tx, handoff.from_agent_id, PLAYERS_AT_ONCE)
    if not ids:
        repository.save(tx, replace(handoff, state="done", finished_at=moment))
    elif not agents.is_active(tx, handoff.to_agent_id):
        stopped = replace(handoff, state="stopped", stop_reason="new_owner_inactive", finished_at=moment)
        repository.save(tx, stopped)
    else:
        repository.save(tx, replace(handoff, moved=handoff.moved + _move(tx, handoff, ids, moment)))
    return handoff.handoff_id


def _move(tx: Connection, handoff: Handoff, ids: list[UUID], moment: datetime) -> int:
    """Move these and whoever was merged into them; how many moved, each person once. Who was merged or given to
    somebody since the ids were read has what he needs."""
    locked = players.lock_families(tx, ids)
    roots = [p for p in locked.values() if p.merged_into is None and p.owner_agent_id == handoff.from_agent_id]
    for root in roots:
        family = (root, *(locked[i] for i in root.merged_from))
        give(tx, family, handoff.to_agent_id, handoff.requested_by, moment)
    return len(roots)
