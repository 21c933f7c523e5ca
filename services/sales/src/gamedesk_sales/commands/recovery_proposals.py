"""Proposing to win a player back when his payment or refund ticket is closed, and deciding about it (B3)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.contact_blocks import require_contactable
from gamedesk_sales.commands.follow_ups import require_day_ahead
from gamedesk_sales.commands.selling import require_seller
from gamedesk_sales.commands.touches import known_player
from gamedesk_sales.errors import ProposalDecided, ProposalNotFound
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.recovery_proposals import OPEN_FOR, PROPOSED_WITHIN, ClosedTicket
from gamedesk_sales.repository import contact_blocks, contact_rules, copies, touches
from gamedesk_sales.repository import recovery_proposals as repository

_LAPSE_AT_ONCE = 200


def propose_recovery(tx: Connection, ticket: ClosedTicket) -> None:
    """A closed ticket of a warning category is a reason to speak with its player, unless somebody has since, or he
    wants to be left alone."""
    moment = now()
    if ticket.category not in contact_rules.current(tx).warning_categories:
        return
    player = copies.lock_player(tx, ticket.player_id)
    if ticket.done_at < moment - PROPOSED_WITHIN or (player and player.erased):
        return
    ids = player.ids if player else [ticket.player_id]
    last = touches.last_counted(tx, ids)
    if contact_blocks.in_force(tx, ids) is None and not (last and last.occurred_at > ticket.done_at):
        proposal_id = repository.propose(tx, ticket, player.owner_agent_id if player else None, moment)
        if proposal_id is not None:
            events.follow_up_changed(tx, ticket.player_id, None, proposal_id=proposal_id)


def withdraw_proposals(tx: Connection, ticket_id: UUID, player_id: UUID) -> None:
    """The ticket is open again, so nobody speaks about it as if it were solved."""
    copies.lock_player(tx, player_id)  # before his proposals, as whoever answers, takes or reopens one does
    for proposal in repository.withdraw(tx, ticket_id):
        events.follow_up_changed(tx, proposal.player_id, None, proposal_id=proposal.proposal_id)


def lapse_proposals(tx: Connection) -> bool:
    """End what nobody has decided about in time; whether there may be more."""
    lapsed = repository.lapse(tx, now() - OPEN_FOR, _LAPSE_AT_ONCE)
    for proposal in lapsed:
        events.follow_up_changed(tx, proposal.player_id, None, proposal_id=proposal.proposal_id)
    return len(lapsed) == _LAPSE_AT_ONCE


def take_proposal(tx: Connection, caller: Principal, proposal_id: UUID, expected_version: int, due_on: date) -> None:
    """The player will be contacted on a day.

    Raises ProposalNotFound, NotYourPlayer, DoNotContact, PlayerErased, StaleVersion, ProposalDecided,
    FollowUpNotPossible.
    """
    player = _undecided(tx, caller, proposal_id, expected_version)
    require_contactable(tx, player)
    today = require_day_ahead(due_on)
    reminded = today if due_on == today else None
    repository.decide(tx, proposal_id, "taken", by=caller.id, at=now(), due_on=due_on, reminded_on=reminded)
    events.follow_up_changed(tx, player.player_id, caller.id, proposal_id=proposal_id)


def dismiss_proposal(
    tx: Connection, caller: Principal, proposal_id: UUID, expected_version: int, reason: str | None
) -> None:
    """Nobody will contact the player because of it. Raises as take_proposal."""
    player = _undecided(tx, caller, proposal_id, expected_version)
    repository.decide(tx, proposal_id, "dismissed", by=caller.id, at=now(), dismiss_reason=reason)
    events.follow_up_changed(tx, player.player_id, caller.id, proposal_id=proposal_id)


def _undecided(tx: Connection, caller: Principal, proposal_id: UUID, expected_version: int) -> Player:
    """The player, locked as by touches, which answer proposals. One that is taken may be taken for another day."""
    found = repository.get(tx, proposal_id)
    if found is None:
        raise ProposalNotFound()
    player = known_player(tx, found.player_id)
    require_seller(tx, caller, player, now())
    proposal = repository.lock(tx, proposal_id)
    assert proposal is not None, "proposals are never deleted"
    if proposal.version != expected_version:
        raise StaleVersion()
    if proposal.state not in ("open", "taken"):
        raise ProposalDecided("It is answered, dismissed or lapsed, or its ticket was opened again.")
    return player
