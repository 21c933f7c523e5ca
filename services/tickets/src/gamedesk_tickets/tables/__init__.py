"""The tables of this service's database."""

from gamedesk_tickets.tables.attachments import attachment_removals, attachments
from gamedesk_tickets.tables.base import idempotency_keys, metadata
from gamedesk_tickets.tables.copies import agent_copies, player_copies
from gamedesk_tickets.tables.cycles import cycles
from gamedesk_tickets.tables.service_rules import service_rules
from gamedesk_tickets.tables.tickets import entries, tickets

__all__ = [
    "agent_copies",
    "attachment_removals",
    "attachments",
    "cycles",
    "entries",
    "idempotency_keys",
    "metadata",
    "player_copies",
    "service_rules",
    "tickets",
]
