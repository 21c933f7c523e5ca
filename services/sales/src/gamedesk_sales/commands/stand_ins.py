"""Letting an agent sell in another's place for some days."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.commands.selling import leads
from gamedesk_sales.errors import StandInNotFound, StandInOver, UnknownAgent
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.stand_ins import LONGEST_DAYS, NewStandIn, StandIn
from gamedesk_sales.repository import copies
from gamedesk_sales.repository import stand_ins as repository


def create_stand_in(tx: Connection, caller: Principal, new: NewStandIn) -> Outcome:
    """A lead names who sells to the players of an agent of his team. Raises NotAllowed, UnknownAgent, InvalidInput."""
    for agent_id, pointer in ((new.owner_agent_id, "/owner_agent_id"), (new.stand_in_agent_id, "/stand_in_agent_id")):
        agent = copies.agent(tx, agent_id)
        if agent is None or (pointer == "/stand_in_agent_id" and not agent.active):
            raise UnknownAgent("Choose an agent who is active.", pointer=pointer)
    if not leads(tx, caller, new.owner_agent_id):
        raise NotAllowed("Leads do this for the agents of their own team.", pointer="/owner_agent_id")
    if new.owner_agent_id == new.stand_in_agent_id:
        raise InvalidInput("Choose somebody else.", pointer="/stand_in_agent_id")
    moment = now()
    if new.until_on < max(new.from_on, business_day(moment)):
        raise InvalidInput("Choose today or a later day, not before the first one.", pointer="/until_on")
    if (new.until_on - new.from_on).days >= LONGEST_DAYS:
        raise InvalidInput(
            f"Choose {LONGEST_DAYS} days at most; who is away for longer hands over.", pointer="/until_on"
        )
    stand_in = StandIn(
        stand_in_id=new_id(),
        owner_agent_id=new.owner_agent_id,
        stand_in_agent_id=new.stand_in_agent_id,
        from_on=new.from_on,
        until_on=new.until_on,
        reason=new.reason,
        created_by=caller.id,
        created_at=moment,
        version=1,
    )
    repository.insert_stand_in(tx, stand_in)
    return Outcome(str(stand_in.stand_in_id))


def end_stand_in(tx: Connection, caller: Principal, stand_in_id: UUID, expected_version: int) -> None:
    """From now on, whatever its last day was. Raises StandInNotFound, NotAllowed, StaleVersion, StandInOver."""
    stand_in = repository.lock(tx, stand_in_id)
    if stand_in is None:
        raise StandInNotFound()
    if not leads(tx, caller, stand_in.owner_agent_id):
        raise NotAllowed("Leads do this for the agents of their own team.")
    if stand_in.version != expected_version:
        raise StaleVersion()
    moment = now()
    if stand_in.ended_at is not None or stand_in.until_on < business_day(moment):
        raise StandInOver("It is over already.")
    repository.save_end(tx, replace(stand_in, ended_by=caller.id, ended_at=moment, version=stand_in.version + 1))
