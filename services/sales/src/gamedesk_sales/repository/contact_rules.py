"""The one row of contact rules."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select, update

from gamedesk_sales.model.contact_rules import ContactRules, NewContactRules, TierThreshold
from gamedesk_sales.tables import contact_rules


def current(tx: Connection) -> ContactRules:
    row = tx.execute(select(contact_rules)).one()
    return ContactRules(
        max_touches=row.max_touches,
        per_days=row.per_days,
        warning_categories=tuple(row.warning_categories),
        tier_thresholds=tuple(TierThreshold(**threshold) for threshold in row.tier_thresholds),
        version=row.version,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
    )


def replace(tx: Connection, new: NewContactRules, expected_version: int, by: str, at: datetime) -> bool:
    """False if the rules have another version than the expected one."""
    changed = tx.execute(
        update(contact_rules)
        .where(contact_rules.c.version == expected_version)
        .values(**asdict(new), version=expected_version + 1, updated_by=by, updated_at=at)
    )
    return changed.rowcount == 1
