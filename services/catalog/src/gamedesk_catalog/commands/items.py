"""What agents and leads do with an item's price (R22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.commands.prices import Edit, Origin, commit_edits
from gamedesk_catalog.errors import ItemNotFound, ItemTwice, NoPriceHeld, OverrideNotAllowed
from gamedesk_catalog.model.items import Decision, DecisionFate, Item
from gamedesk_catalog.quotes import confirm_held, discard_held
from gamedesk_catalog.repository import discount_rules, items


def override_price(
    tx: Connection, caller: Principal, item_id: UUID, expected_version: int, price_fen: int | None, reason: str
) -> None:
    """Set the agents' own price beside the game's, or take it back (None).

    Raises ItemNotFound, StaleVersion, OverrideNotAllowed.
    """
    item = _locked(tx, item_id, expected_version)
    if price_fen == item.override_price_fen:
        return
    if price_fen is not None and not discount_rules.in_force(tx, now()).allow_override(caller.role, item, price_fen):
        raise OverrideNotAllowed("Ask a lead to set it.", pointer="/override_price_fen")
    edit = Edit(item, replace(item, override_price_fen=price_fen))
    commit_edits(tx, [edit], Origin("override", caller.id, reason, str(new_id())), now())


def decide_held_price(
    tx: Connection, caller: Principal, item_id: UUID, expected_version: int, *, apply: bool, reason: str | None
) -> None:
    """Bring the held price into force, or refuse it. Raises ItemNotFound, StaleVersion, NoPriceHeld."""
    item = _locked(tx, item_id, expected_version)
    if item.held is None:
        raise NoPriceHeld()
    _decide(tx, caller, [(item_id, item.version)], {item_id: item}, apply=apply, reason=reason)


def decide_held_prices(
    tx: Connection, caller: Principal, asked: Sequence[tuple[UUID, int]], *, apply: bool, reason: str | None
) -> Outcome:
    """Decide on the held prices of many items, (item id, version seen); those that cannot be are left as they are.

    Raises ItemTwice.
    """
    if len({item_id for item_id, _ in asked}) != len(asked):
        raise ItemTwice("State each item once.", pointer="/items")
    locked = items.lock_ids(tx, [item_id for item_id, _ in asked])
    return Outcome(str(_decide(tx, caller, asked, locked, apply=apply, reason=reason)))


def _decide(
    tx: Connection,
    caller: Principal,
    asked: Sequence[tuple[UUID, int]],
    locked: Mapping[UUID, Item],
    *,
    apply: bool,
    reason: str | None,
) -> UUID:
    """The id of the decision, which is kept, with what became of each."""
    decision_id, moment = new_id(), now()
    fates: list[tuple[UUID, DecisionFate]] = []
    edits: dict[UUID, Edit] = {}
    for item_id, version in asked:
        item = locked.get(item_id)
        fate = _refused(item, version)
        if fate is None and item is not None:
            edits[item_id] = Edit(item, confirm_held(item) if apply else discard_held(item))
        fates.append((item_id, fate or ("applied" if apply else "discarded")))
    origin = Origin("confirm" if apply else "discard", caller.id, reason, str(decision_id))
    commit_edits(tx, list(edits.values()), origin, moment)
    decision = Decision(decision_id, "apply" if apply else "discard", reason, caller.id, moment, results=tuple(fates))
    items.insert_decision(tx, decision)
    return decision_id


def _refused(item: Item | None, version: int) -> DecisionFate | None:
    if item is None:
        return "unknown_item"
    if item.version != version:
        return "stale"
    return None if item.held else "no_price_held"


def _locked(tx: Connection, item_id: UUID, expected_version: int) -> Item:
    item = items.lock(tx, item_id)
    if item is None:
        raise ItemNotFound()
    if item.version != expected_version:
        raise StaleVersion()
    return item
