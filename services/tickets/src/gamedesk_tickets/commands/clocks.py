"""Keeping the clocks of a ticket in step with whatever happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gamedesk_tickets.model import clocks
from gamedesk_tickets.model.clocks import Credit, Cycle
from gamedesk_tickets.model.tickets import Entry, Priority, Ticket
from gamedesk_tickets.repository import copies, cycles, entries, service_rules


def first_cycle(tx: Connection, ticket: Ticket) -> Cycle:
    """The cycle of a new ticket, under the rules of now; to be stored after the ticket."""
    return clocks.opened(ticket.ticket_id, 1, ticket.asked_at, ticket.priority, service_rules.current(tx))


def follow(tx: Connection, before: Ticket, after: Ticket, entry: Entry, *, overrides: bool = True) -> Ticket:
    """Store what the change from `before` to `after` means for the cycles; the ticket with its clock.

    A reply counts for the cycle that was running when the player saw it, unless `overrides` only if that has none yet;
    all else, at the time of recording, for the present one. What is not about time touches no cycle.
    """
    if entry.kind == "reply":
        after = _replied(tx, after, entry, overrides)
    if before.state == "done" and after.state != "done":
        return clocks.shown_by(after, _reopened(tx, after, entry))
    if (before.state, before.priority, before.waiting_on) == (after.state, after.priority, after.waiting_on):
        return after
    if before.state == "done":
        return after
    cycle = cycles.get(tx, after.ticket_id, before.cycle)
    rules = service_rules.of_revision(tx, cycle.rules_revision)
    replaced = _replaced(tx, cycle) if before.priority != after.priority else {}
    cycle = clocks.changed(cycle, before, after, entry.recorded_at, _credit(tx, entry), rules, replaced)
    cycles.save(tx, cycle)
    return clocks.shown_by(after, cycle)


def _replaced(tx: Connection, cycle: Cycle) -> dict[datetime, Priority]:
    deadlines = cycle.first_response_due_at, cycle.resolution_due_at
    return entries.priorities_replaced_at(tx, cycle.ticket_id, deadlines)


def _replied(tx: Connection, ticket: Ticket, entry: Entry, overrides: bool) -> Ticket:
    cycle = cycles.running_at(tx, ticket.ticket_id, entry.happened_at)
    rules = service_rules.of_revision(tx, cycle.rules_revision)
    cycle = clocks.replied(cycle, entry, _credit(tx, entry), rules, overrides=overrides)
    cycles.save(tx, cycle)
    if cycle.cycle == 1:
        ticket = replace(ticket, first_replied_at=cycle.first_replied_at)
    return clocks.shown_by(ticket, cycle) if cycle.cycle == ticket.cycle else ticket


def _reopened(tx: Connection, ticket: Ticket, entry: Entry) -> Cycle:
    rules = service_rules.current(tx)
    cycles.mark_reopened(tx, ticket.ticket_id, ticket.cycle)
    cycle = clocks.opened(ticket.ticket_id, ticket.cycle + 1, entry.recorded_at, ticket.priority, rules)
    cycles.insert_cycle(tx, cycle)
    return cycle


def _credit(tx: Connection, entry: Entry) -> Credit:
    standing = copies.standing(tx, entry.agent_id)
    return Credit(entry.agent_id, standing.team if standing else None)
