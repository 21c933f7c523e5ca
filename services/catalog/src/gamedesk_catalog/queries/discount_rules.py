"""Who may give what discount."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from gamedesk_catalog.model.discount_rules import DiscountRule
from gamedesk_catalog.repository import discount_rules


def list_rules(tx: Connection) -> Sequence[DiscountRule]:
    return discount_rules.list_rules(tx)
