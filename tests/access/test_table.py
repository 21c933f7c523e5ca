"""The table is whole: no operation without a rule, no rule that nobody uses, and the published page is fresh."""

from __future__ import annotations

from copy import deepcopy

import pytest
from gamedesk_chassis.contract import of_document

from tests.access.rules import RELATIONS, ROLES, RULES, UNITS, Unruled, contract_of, entries_of, table


@pytest.mark.parametrize("unit", UNITS)
def test_every_operation_is_in_the_table(unit: str) -> None:
    found = contract_of(unit)

    assert [entry.name for entry in entries_of(unit, found)] == [o.operation_id for o in found.operations]


@pytest.mark.parametrize("spoilt", [None, "anybody", "public"])
def test_an_operation_that_is_left_out_or_has_no_such_rule_fails_the_build(spoilt: str | None) -> None:
    document = deepcopy(contract_of("sales").document)
    described = document["paths"]["/orders/{order_id}"]["get"]
    described.pop("x-access")
    if spoilt:
        described["x-access"] = spoilt

    with pytest.raises(Unruled, match="sales get_order"):
        list(entries_of("sales", of_document(document)))


def test_an_operation_without_security_is_public_in_the_table_too() -> None:
    document = deepcopy(contract_of("sales").document)
    described = document["paths"]["/orders/{order_id}"]["get"]
    described.pop("x-roles")
    described["security"] = []

    with pytest.raises(Unruled, match="go together"):
        list(entries_of("sales", of_document(document)))


def test_rules_say_all_they_have_to_and_each_is_used() -> None:
    used = {entry.rule for entry in table()}

    assert used == set(RULES)
    for name, rule in RULES.items():
        if name != "public":
            assert all(set(rule[relation]) <= set(ROLES) for relation in RELATIONS), name


def test_nobody_decides_about_his_own_work() -> None:
    four_eyes = {"verify_order", "reject_payment", "create_refund", "extend_quote", "approve_pack", "reject_pack"}

    ruled = {entry.name for entry in table() if not entry.public and not any(entry.may("own", r) for r in ROLES)}

    assert ruled == four_eyes
