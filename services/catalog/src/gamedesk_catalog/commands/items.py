"""What agents and leads do with an item's price (R22)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.commands.prices import Edit, Origin, commit_edits
from gamedesk_catalog.errors import ItemNotFound, NoPriceHeld, OverrideNotAllowed
from gamedesk_catalog.model.items import Item
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
    commit_edits(tx, [edit], Origin("override", caller.id, reason), now())


def decide_held_price(
    tx: Connection, caller: Principal, item_id: UUID, expected_version: int, *, apply: bool, reason: str | None
) -> None:
    """Bring the held price into force, or refuse it. Raises ItemNotFound, StaleVersion, NoPriceHeld."""
    item = _locked(tx, item_id, expected_version)
    if item.held is None:
        raise NoPriceHeld()
    edit = Edit(item, confirm_held(item) if apply else discard_held(item))
    commit_edits(tx, [edit], Origin("confirm" if apply else "discard", caller.id, reason), now())


def _locked(tx: Connection, item_id: UUID, expected_version: int) -> Item:
    item = items.lock(tx, item_id)
    if item is None:
        raise ItemNotFound()
    if item.version != expected_version:
        raise StaleVersion()
    return item
