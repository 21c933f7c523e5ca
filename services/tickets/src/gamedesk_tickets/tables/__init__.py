"""The tables of this service's database."""

from gamedesk_tickets.tables.attachments import attachment_removals, attachments
from gamedesk_tickets.tables.base import idempotency_keys, metadata
from gamedesk_tickets.tables.categories import ticket_categories
from gamedesk_tickets.tables.copies import agent_copies, player_copies, profile_copies
from gamedesk_tickets.tables.cycles import cycles
from gamedesk_tickets.tables.delivery_tickets import delivery_tickets
from gamedesk_tickets.tables.incidents import incident_answer_tickets, incident_answers
from gamedesk_tickets.tables.service_rules import service_rules
from gamedesk_tickets.tables.templates import reply_templates
from gamedesk_tickets.tables.tickets import entries, tickets
from gamedesk_tickets.tables.transfers import ticket_transfers

__all__ = [
    "agent_copies",
    "attachment_removals",
    "attachments",
    "cycles",
    "delivery_tickets",
    "entries",
    "idempotency_keys",
    "incident_answer_tickets",
    "incident_answers",
    "metadata",
    "player_copies",
    "profile_copies",
    "reply_templates",
    "service_rules",
    "ticket_categories",
    "ticket_transfers",
    "tickets",
]
