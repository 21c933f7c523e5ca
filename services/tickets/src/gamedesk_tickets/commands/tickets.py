"""Recording a question, editing it, taking it from state to state (R9–R11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import ReferenceNotYetKnown
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets import events
from gamedesk_tickets.commands.categories import fitted, usable
from gamedesk_tickets.commands.changes import locked, new_entry, past, require_active, store
from gamedesk_tickets.commands.clocks import first_cycle
from gamedesk_tickets.errors import (
    NotReopenable,
    OpenTicketExists,
    PlayerErased,
    ProfileNotOfPlayer,
    ReopenInstead,
)
from gamedesk_tickets.model import clocks
from gamedesk_tickets.model import tickets as model
from gamedesk_tickets.model.categories import check_values
from gamedesk_tickets.model.players import Player, Profile
from gamedesk_tickets.model.tickets import NewTicket, State, Ticket
from gamedesk_tickets.repository import copies, cycles, entries, tickets


def create_ticket(tx: Connection, caller: Principal, new: NewTicket) -> Outcome:
    """Record a player's question (R11); without an assignee it is his owner's work.

    Who was merged into another is recorded as that other. The game and server of the profile are frozen. Raises
    ReferenceNotYetKnown, PlayerErased, ProfileNotOfPlayer, UnknownAssignee, CategoryNotUsable, FormWrong,
    TimeNotPossible, NotReopenable, ReopenInstead, and OpenTicketExists unless `new.despite_open_ticket`.
    """
    moment = now()
    player = _player(tx, new.player_id)
    about = _about(tx, new, player)
    require_active(tx, new.assignee_agent_id)
    category = usable(tx, new.category)
    check_values(category.form, new.form)
    asked_at = past(new.asked_at, moment, "/asked_at")
    _require_past_reopening(tx, new, player, moment)
    existing = tickets.open_ticket(tx, player.ids, new.category)
    if existing is not None and not new.despite_open_ticket:
        raise OpenTicketExists("Open that one, or send despite_open_ticket.", existing_ticket_id=str(existing))
    ticket = Ticket(
        ticket_id=new_id(),
        number=tickets.next_number(tx),
        player_id=player.player_id,
        state="pending",
        title=new.title,
        detail=new.detail,
        solution=None,
        category=new.category,
        priority=new.priority or category.default_priority,
        waiting_on="none",
        assignee_agent_id=new.assignee_agent_id,
        reopens_ticket_id=new.reopens_ticket_id,
        created_by=caller.id,
        asked_at=asked_at,
        first_replied_at=None,
        done_at=None,
        version=1,
        revision=1,
        created_at=moment,
        updated_at=moment,
        form=new.form,
        game_id=about.game_id if about else new.game_id,
        profile_id=new.profile_id,
        server=about.server if about else None,
    )
    cycle = first_cycle(tx, ticket)
    ticket = clocks.shown_by(ticket, cycle)
    tickets.insert_ticket(tx, ticket)
    cycles.insert_cycle(tx, cycle)
    entries.insert_entry(tx, new_entry(ticket.ticket_id, "created", caller, moment, happened_at=asked_at))
    events.ticket_updated(tx, ticket, caller.id)
    return Outcome(str(ticket.ticket_id))


def edit_ticket(
    tx: Connection, caller: Principal, ticket_id: UUID, expected_version: int, changes: dict[str, Any]
) -> None:
    """Apply `changes` (fields of Ticket); changing nothing leaves no trace.

    Raises TicketNotFound, StaleVersion, UnknownAssignee, ReferenceNotYetKnown, CategoryNotUsable, FormWrong,
    SolutionRequired, TicketDone.
    """
    before = locked(tx, ticket_id, expected_version)
    after = fitted(tx, before, model.edited(before, changes))
    if after == before:
        return
    if after.assignee_agent_id != before.assignee_agent_id:
        require_active(tx, after.assignee_agent_id)
    after = replace(after, version=before.version + 1)
    store(tx, caller, before, after, new_entry(ticket_id, "edit", caller, now()))


def move_ticket(
    tx: Connection,
    caller: Principal,
    ticket_id: UUID,
    expected_version: int,
    to: State,
    *,
    solution: str | None = None,
    reason: str | None = None,
) -> None:
    """Take a ticket to another state (R10). Raises TicketNotFound, StaleVersion, and what `model.moved` raises."""
    before = locked(tx, ticket_id, expected_version)
    moment = now()
    after = model.moved(before, to, caller.id, moment, solution=solution, reason=reason)
    after = replace(after, version=before.version + 1)
    entry = new_entry(ticket_id, "transition", caller, moment, text=reason, from_state=before.state, to_state=to)
    store(tx, caller, before, after, entry)


def _player(tx: Connection, player_id: UUID) -> Player:
    player = copies.lock_player(tx, player_id)
    if player is None:
        reference = {"kind": "player", "id": str(player_id)}
        raise ReferenceNotYetKnown(pointer="/player_id", reference=reference)
    if player.erased:
        raise PlayerErased(pointer="/player_id")
    return player


def _about(tx: Connection, new: NewTicket, player: Player) -> Profile | None:
    """The game profile that the ticket names."""
    if new.profile_id is None:
        return None
    profile = copies.profile(tx, new.profile_id)
    if profile is None:
        reference = {"kind": "profile", "id": str(new.profile_id)}
        raise ReferenceNotYetKnown(pointer="/profile_id", reference=reference)
    if profile.player_id not in player.ids:
        raise ProfileNotOfPlayer(pointer="/profile_id")
    if new.game_id not in (None, profile.game_id):
        raise ProfileNotOfPlayer("The profile is one of another game.", pointer="/game_id")
    return profile


def _require_past_reopening(tx: Connection, new: NewTicket, player: Player, moment: datetime) -> None:
    """A new ticket continues a done one only once that can be opened again no more: reopenings are counted (B6)."""
    if new.reopens_ticket_id is None:
        return
    old = tickets.get(tx, new.reopens_ticket_id)
    if old is None or old.player_id not in player.ids or old.done_at is None:
        raise NotReopenable(pointer="/reopens_ticket_id")
    if moment - old.done_at <= model.REOPEN_WINDOW:
        raise ReopenInstead(
            f"It was done at most {model.REOPEN_WINDOW.days} days ago: move it to in_progress, with a reason.",
            pointer="/reopens_ticket_id",
        )
