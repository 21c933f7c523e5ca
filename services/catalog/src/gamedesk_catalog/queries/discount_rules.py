"""Who may give what discount, and who changed that."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from gamedesk_chassis.pagination import decode_cursor, page
from sqlalchemy import Connection

from gamedesk_catalog.errors import RuleNotFound
from gamedesk_catalog.model.discount_rules import DiscountRule, RuleChange
from gamedesk_catalog.repository import discount_rules


def list_rules(tx: Connection) -> Sequence[DiscountRule]:
    return discount_rules.list_rules(tx)


def get_rule(tx: Connection, rule_id: UUID) -> DiscountRule:
    rule = discount_rules.get(tx, rule_id)
    if rule is None:
        raise RuleNotFound()
    return rule


def list_changes(
    tx: Connection, rule_id: UUID | None, cursor: str | None, limit: int
) -> tuple[list[RuleChange], str | None]:
    before = decode_cursor(cursor, [UUID])
    found = discount_rules.list_changes(tx, rule_id, before[0] if before else None, limit + 1)
    return page(found, limit, lambda change: [change.change_id])
