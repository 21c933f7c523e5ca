"""The tables of this service's database."""

from gamedesk_catalog.tables.base import idempotency_keys, metadata
from gamedesk_catalog.tables.campaigns import campaigns
from gamedesk_catalog.tables.copies import agent_copies
from gamedesk_catalog.tables.discount_rules import discount_rule_changes, discount_rules, pack_judging
from gamedesk_catalog.tables.impacts import price_impact_packs, price_impacts
from gamedesk_catalog.tables.items import item_decisions, item_price_changes, items, pending_prices
from gamedesk_catalog.tables.packs import pack_contents, pack_revisions, packs
from gamedesk_catalog.tables.pulls import item_pulls
from gamedesk_catalog.tables.pushes import price_pushes

__all__ = [
    "agent_copies",
    "campaigns",
    "discount_rule_changes",
    "discount_rules",
    "idempotency_keys",
    "item_decisions",
    "item_price_changes",
    "item_pulls",
    "items",
    "metadata",
    "pack_contents",
    "pack_judging",
    "pack_revisions",
    "packs",
    "pending_prices",
    "price_impact_packs",
    "price_impacts",
    "price_pushes",
]
