"""Setting how often players are contacted, and what speaks against a pitch."""

from __future__ import annotations

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import InvalidInput, StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.model.contact_rules import NewContactRules, in_order
from gamedesk_sales.repository import contact_rules as repository


def save_contact_rules(tx: Connection, caller: Principal, expected_version: int, new: NewContactRules) -> None:
    """They count at once, for everybody. Raises InvalidInput, StaleVersion."""
    if in_order(new.tier_thresholds) is None:
        raise InvalidInput("Name each tier once, a higher one with no lower amounts.", pointer="/tier_thresholds")
    if not repository.replace(tx, new, expected_version, caller.id, now()):
        raise StaleVersion()
