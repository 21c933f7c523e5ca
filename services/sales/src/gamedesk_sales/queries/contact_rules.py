"""How often players are contacted, and what speaks against a pitch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from gamedesk_sales.model.contact_rules import ContactRules, Frequency, frequency, window_begins
from gamedesk_sales.repository import contact_rules, copies, touches


def get_contact_rules(tx: Connection) -> ContactRules:
    return contact_rules.current(tx)


def frequency_of(tx: Connection, player_id: UUID, today: date) -> Frequency:
    """How often a person was contacted lately."""
    return frequency_of_ids(tx, contact_rules.current(tx), copies.same_person(tx, [player_id]), today)


def frequency_of_ids(tx: Connection, rules: ContactRules, player_ids: Sequence[UUID], today: date) -> Frequency:
    return frequency(rules, touches.days_since(tx, player_ids, window_begins(rules, today)), today)
