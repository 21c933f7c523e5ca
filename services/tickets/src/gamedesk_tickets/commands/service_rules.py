"""Setting the rules of service."""

from __future__ import annotations

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_tickets.model.service_rules import NewRules, checked, plain
from gamedesk_tickets.repository import service_rules


def save_service_rules(tx: Connection, caller: Principal, expected_revision: int, new: NewRules) -> None:
    """Make `new` the next revision; saving what is there already makes none. Raises StaleVersion, RulesImpossible."""
    current = service_rules.current(tx)
    if current.revision != expected_revision:
        raise StaleVersion()
    moment = now()
    new = checked(new, moment.date())
    if plain(new) == plain(current):
        return
    if not service_rules.add(tx, current.revision + 1, new, caller.id, moment):
        raise StaleVersion()
