"""Making, changing and ending discount rules, and judging packs by them (R23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog import events
from gamedesk_catalog.errors import (
    RuleBeyondAllowance,
    RuleClashes,
    RuleDatesWrong,
    RuleNotFound,
    TooManyRules,
)
from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.discount_rules import (
    MOST_RULES,
    DiscountRule,
    DiscountRules,
    NewDiscountRule,
    RuleChange,
    covers,
    leaves_within,
)
from gamedesk_catalog.model.impacts import following_after
from gamedesk_catalog.pricing import check_campaign
from gamedesk_catalog.repository import discount_rules, packs
from gamedesk_catalog.repository.discount_rules import Judging

_CHUNK = 200


def create_rule(tx: Connection, caller: Principal, new: NewDiscountRule) -> Outcome:
    """Raises NotAllowed, RuleBeyondAllowance, RuleDatesWrong, RuleClashes, TooManyRules, UnknownCampaign."""
    moment = now()
    rules = discount_rules.lock_all(tx)
    if len(rules) >= MOST_RULES:
        raise TooManyRules(f"There are {MOST_RULES} already; delete those that ended.")
    if new.ends_on is not None and new.ends_on < business_day(moment):
        raise RuleDatesWrong("Choose an end to come.", pointer="/ends_on")
    check_campaign(tx, caller, new.campaign_id, new.game_id)
    rule = DiscountRule(
        **vars(new),
        rule_id=new_id(),
        version=1,
        created_by=caller.id,
        updated_by=caller.id,
        created_at=moment,
        updated_at=moment,
    )
    _check(caller, rules, rule, moment)
    discount_rules.insert_rule(tx, rule)
    _record(tx, caller, None, rule, moment)
    return Outcome(str(rule.rule_id))


def edit_rule(tx: Connection, caller: Principal, rule_id: UUID, expected_version: int, changes: dict[str, Any]) -> None:
    """`changes` are fields of NewDiscountRule other than the scope.

    Raises RuleNotFound, StaleVersion, NotAllowed, RuleBeyondAllowance, RuleDatesWrong, RuleClashes.
    """
    moment = now()
    rules = discount_rules.lock_all(tx)
    before = _found(rules, rule_id, expected_version)
    rule = replace(before, **changes, version=before.version + 1, updated_by=caller.id, updated_at=moment)
    _check(caller, rules, rule, moment)
    _check_instead(caller, before, rules, [rule if other == before else other for other in rules], moment)
    discount_rules.save(tx, rule)
    _record(tx, caller, before, rule, moment)


def delete_rule(tx: Connection, caller: Principal, rule_id: UUID, expected_version: int) -> None:
    """What is more general goes in its place. Raises RuleNotFound, StaleVersion, NotAllowed, RuleBeyondAllowance."""
    moment = now()
    rules = discount_rules.lock_all(tx)
    rule = _found(rules, rule_id, expected_version)
    _require_may(caller, rule)
    _check_instead(caller, rule, rules, [other for other in rules if other != rule], moment)
    discount_rules.delete_rule(tx, rule_id)
    _record(tx, caller, rule, None, moment)


def judge_some(tx: Connection) -> bool:
    """Judge some active packs by rules that began, changed or ended since; whether there are more.

    What is being made active by the rules of before is waited for, and so is who changes rules. Only then the rules
    are read that packs are judged by, for out of review only a person brings them.

    The judging row is locked first, then the rules, then packs by id. A push locks items, then packs by id, and reads
    the rules after that, which it does not lock.
    """
    seen = discount_rules.lock_judging(tx)
    if not _to_judge(seen, discount_rules.list_rules(tx), now()).changed:
        return False
    rules = discount_rules.lock_all(tx)
    moment = now()
    judging = _to_judge(seen, rules, moment)
    if not judging.changed:
        return False
    today = business_day(moment)
    page = packs.lock_carried(tx, judging.changed, following_after(moment), judging.after, _CHUNK)
    judged = [(pack, DiscountRules(rules, today).follow(pack, moment)) for pack in page]
    changed = [replace(a, version=b.version + 1, updated_at=moment) for b, a in judged if a != b]
    if changed:
        packs.save_followed(tx, changed)
        events.packs_updated(tx, changed, None)
    more = len(page) == _CHUNK
    judging = replace(judging, after=page[-1].pack_id) if more else replace(judging, changed=[], after=None)
    discount_rules.save_judging(tx, judging)
    return more


def _to_judge(seen: Judging, rules: Sequence[DiscountRule], moment: datetime) -> Judging:
    today = business_day(moment)
    return seen.now_in_force([discount_rules.plain(rule) for rule in rules if rule.in_force(today)])


def _found(rules: Sequence[DiscountRule], rule_id: UUID, expected_version: int) -> DiscountRule:
    rule = next((rule for rule in rules if rule.rule_id == rule_id), None)
    if rule is None:
        raise RuleNotFound()
    if rule.version != expected_version:
        raise StaleVersion()
    return rule


def _require_may(caller: Principal, rule: DiscountRule) -> None:
    if caller.role != "admin" and rule.role != "agent":
        raise NotAllowed("An admin sets what leads and admins may.")


def _check(caller: Principal, rules: Sequence[DiscountRule], rule: DiscountRule, moment: datetime) -> None:
    _require_may(caller, rule)
    if rule.starts_on is not None and rule.ends_on is not None and rule.starts_on > rule.ends_on:
        raise RuleDatesWrong("Begin before the end.", pointer="/starts_on")
    others = [other for other in rules if other.rule_id != rule.rule_id]
    clash = next((other for other in others if rule.clashes(other)), None)
    if clash is not None:
        raise RuleClashes("Change that one, or choose other days.", rule_id=str(clash.rule_id))
    if caller.role == "lead" and not covers(rules, "lead", rule, business_day(moment)):
        raise RuleBeyondAllowance("Allow no more than you may yourself, in every game and campaign, on every day.")


def _check_instead(
    caller: Principal,
    rule: DiscountRule,
    before: Sequence[DiscountRule],
    after: Sequence[DiscountRule],
    moment: datetime,
) -> None:
    """A rule that a lead takes away or shortens leaves agents no more than it allowed, or than he may himself."""
    if caller.role == "lead" and not leaves_within("lead", rule, before, after, business_day(moment)):
        raise RuleBeyondAllowance(
            "What would hold instead allows more than this, and than you may yourself; ask an admin."
        )


def _record(
    tx: Connection, caller: Principal, before: DiscountRule | None, after: DiscountRule | None, moment: datetime
) -> None:
    rule = after or before
    assert rule
    then, now_ = (discount_rules.plain(side) if side else None for side in (before, after))
    discount_rules.record(tx, RuleChange(new_id(), rule.rule_id, then, now_, caller.id, moment))
