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


# Said once more, by name: who may do what is otherwise read from the contracts, which the services enforce as they are.
ANYBODY = {
    "players": {"sign_in", "refresh_session", "revoke_session"},
    "catalog": {"push_prices"},
    "gateway": {"sign_in", "sign_out", "get_openapi"},
}
ONLY_ADMINS = {"players": {"create_agent", "edit_agent"}, "sales": {"edit_minor_cap"}}
ONLY_LEADS_AND_ADMINS = {
    "players": {
        *("erase_player", "list_reveals"),
        *("create_handoff", "get_handoff", "list_handoffs"),
        *("create_resync", "get_resync", "list_resyncs"),
    },
    "tickets": {
        *("create_ticket_category", "edit_ticket_category", "save_service_rules"),
        *("list_dead_letters", "replay_dead_letter"),
    },
    "sales": {
        *("verify_order", "reject_payment", "create_refund", "extend_quote"),
        *("create_stand_in", "end_stand_in", "lift_contact_block", "save_contact_rules"),
        *("create_lost_reason", "edit_lost_reason", "draw_campaign", "preview_campaign_audience"),
        *("list_dead_letters", "replay_dead_letter"),
    },
    "catalog": {
        *("list_pack_approvals", "approve_pack", "reject_pack"),
        *("create_campaign", "edit_campaign", "launch_campaign", "end_campaign"),
        *("create_discount_rule", "edit_discount_rule", "delete_discount_rule", "list_discount_rule_changes"),
        *("decide_held_price", "decide_held_prices"),
        *("request_item_pull", "get_item_pull", "list_item_pulls"),
        *("list_dead_letters", "replay_dead_letter"),
    },
}


@pytest.mark.parametrize("unit", UNITS)
def test_what_agents_may_not_do_is_said_by_name(unit: str) -> None:
    found: dict[frozenset[str] | None, set[str]] = {}
    for entry in table([unit]):
        roles = None if entry.public else frozenset(entry.operation.roles)
        found.setdefault(roles, set()).add(entry.name)

    assert found.pop(None, set()) == ANYBODY.get(unit, set())
    assert found.pop(frozenset({"admin"}), set()) == ONLY_ADMINS.get(unit, set())
    assert found.pop(frozenset({"lead", "admin"}), set()) == ONLY_LEADS_AND_ADMINS.get(unit, set())
    assert set(found) == {frozenset(ROLES)}, "the rest is for everybody who is signed in"
