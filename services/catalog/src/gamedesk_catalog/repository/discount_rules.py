"""The discount rules, who changed them, and how far packs are judged by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, delete, exists, func, insert, select, update

from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.discount_rules import DiscountRule, DiscountRules, RuleChange
from gamedesk_catalog.tables import campaigns, discount_rules, pack_judging
from gamedesk_catalog.tables import discount_rule_changes as changes

Plain = dict[str, Any]

_RULES = select(
    discount_rules,
    exists().where(campaigns.c.campaign_id == discount_rules.c.campaign_id, campaigns.c.state == "ended")
    .label("campaign_ended"),
)  # fmt: skip


_KEY = func.hashtextextended("discount_rules", 0)


def hold(tx: Connection) -> None:
    """Whoever makes a pack active does this first, before items and packs are locked: packs are judged by other rules
    only when it has ended."""
    tx.execute(select(func.pg_advisory_xact_lock_shared(_KEY)))


def wait_for_packs(tx: Connection) -> None:
    """Go on when every pack that was priced by the rules of before can be seen."""
    tx.execute(select(func.pg_advisory_xact_lock(_KEY)))


def in_force(tx: Connection, moment: datetime) -> DiscountRules:
    return DiscountRules(list_rules(tx), business_day(moment))


def list_rules(tx: Connection) -> list[DiscountRule]:
    """All rules, the most general first."""
    order = (
        discount_rules.c.campaign_id.nulls_first(),
        discount_rules.c.game_id.nulls_first(),
        discount_rules.c.max_discount_bp,
        discount_rules.c.rule_id,
    )
    return [DiscountRule(**row._mapping) for row in tx.execute(_RULES.order_by(*order))]


def get(tx: Connection, rule_id: UUID) -> DiscountRule | None:
    row = tx.execute(_RULES.where(discount_rules.c.rule_id == rule_id)).one_or_none()
    return DiscountRule(**row._mapping) if row else None


def lock_all(tx: Connection) -> list[DiscountRule]:
    """All rules; they are compared with each other and changed by one transaction at a time."""
    wait_for_packs(tx)
    return list_rules(tx)


def insert_rule(tx: Connection, rule: DiscountRule) -> None:
    tx.execute(insert(discount_rules).values(_columns(rule)))


def save(tx: Connection, rule: DiscountRule) -> None:
    tx.execute(update(discount_rules).where(discount_rules.c.rule_id == rule.rule_id).values(_columns(rule)))


def _columns(rule: DiscountRule) -> dict[str, Any]:
    return {name: value for name, value in asdict(rule).items() if name != "campaign_ended"}


def delete_rule(tx: Connection, rule_id: UUID) -> None:
    tx.execute(delete(discount_rules).where(discount_rules.c.rule_id == rule_id))


def record(tx: Connection, change: RuleChange) -> None:
    """Append to the history of rules."""
    tx.execute(insert(changes).values(asdict(change)))


def list_changes(tx: Connection, rule_id: UUID | None, before: UUID | None, limit: int) -> list[RuleChange]:
    """The newest first (ids are made in the order of time)."""
    query = select(changes).order_by(changes.c.change_id.desc()).limit(limit)
    if rule_id is not None:
        query = query.where(changes.c.rule_id == rule_id)
    if before is not None:
        query = query.where(changes.c.change_id < before)
    return [RuleChange(**row._mapping) for row in tx.execute(query)]


def plain(rule: DiscountRule) -> Plain:
    """What a rule says, as JSON."""
    names = (
        "role",
        "game_id",
        "campaign_id",
        "max_discount_bp",
        "lowest_price_fen",
        "rounding",
        "starts_on",
        "ends_on",
    )
    return orjson.loads(orjson.dumps({name: getattr(rule, name) for name in names}))


@dataclass(frozen=True)
class Judging:
    """How far packs are judged: by the rules `in_force`, except for packs of `changed` rules after `after`."""

    in_force: list[Plain]
    changed: list[Plain]
    after: UUID | None

    def now_in_force(self, rules: Sequence[Plain]) -> Judging:
        """Begin again with what differs, if other rules are in force than were."""
        differing = [rule for rule in rules if rule not in self.in_force]
        differing += [rule for rule in self.in_force if rule not in rules]
        if not differing:
            return self
        more = [rule for rule in differing if rule not in self.changed]
        return replace(self, in_force=list(rules), changed=[*self.changed, *more], after=None)


def lock_judging(tx: Connection) -> Judging:
    row = tx.execute(select(pack_judging).with_for_update()).one()
    return Judging(row.in_force, row.changed, row.after)


def save_judging(tx: Connection, judging: Judging) -> None:
    tx.execute(update(pack_judging).values(asdict(judging)))
