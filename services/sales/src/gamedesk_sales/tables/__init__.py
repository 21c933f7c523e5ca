"""The tables of this service's database."""

from gamedesk_sales.tables.base import idempotency_keys, metadata
from gamedesk_sales.tables.campaign_calls import campaign_calls, campaign_draws
from gamedesk_sales.tables.contact_blocks import contact_blocks
from gamedesk_sales.tables.contact_rules import contact_rules
from gamedesk_sales.tables.copies import (
    agent_copies,
    campaign_copies,
    item_copies,
    pack_copies,
    player_copies,
    profile_copies,
    ticket_copies,
)
from gamedesk_sales.tables.deliveries import deliveries
from gamedesk_sales.tables.follow_ups import follow_ups
from gamedesk_sales.tables.lost_reasons import lost_reasons
from gamedesk_sales.tables.minor_caps import minor_caps
from gamedesk_sales.tables.orders import orders
from gamedesk_sales.tables.quotes import quotes
from gamedesk_sales.tables.recovery_proposals import recovery_proposals
from gamedesk_sales.tables.refunds import refunds
from gamedesk_sales.tables.stand_ins import stand_ins
from gamedesk_sales.tables.touches import touches

__all__ = [
    "agent_copies",
    "campaign_calls",
    "campaign_copies",
    "campaign_draws",
    "contact_blocks",
    "contact_rules",
    "deliveries",
    "follow_ups",
    "idempotency_keys",
    "item_copies",
    "lost_reasons",
    "metadata",
    "minor_caps",
    "orders",
    "pack_copies",
    "player_copies",
    "profile_copies",
    "quotes",
    "recovery_proposals",
    "refunds",
    "stand_ins",
    "ticket_copies",
    "touches",
]
