"""What new prices do to packs: what they would do, and what they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed
from gamedesk_chassis.pagination import decode_cursor, page
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.errors import ImpactNotFound, ItemTwice, OverrideNotAllowed
from gamedesk_catalog.model.discount_rules import DiscountRules
from gamedesk_catalog.model.impacts import (
    ImpactSummary,
    PackImpact,
    PriceImpact,
    at_prices,
    following_after,
    impact_of,
    matter_to_packs,
    to_review,
)
from gamedesk_catalog.model.items import Item
from gamedesk_catalog.quotes import Quote, confirm_held, decide
from gamedesk_catalog.repository import discount_rules, impacts, items, packs


@dataclass(frozen=True)
class PriceWish:
    """What the price of an item might become: the game's, or the agents' own (None takes that back)."""

    code: str
    price_fen: int | None
    of_game: bool


@dataclass(frozen=True)
class Trial:
    """How new prices are tried. With `confirmed`, extreme ones are taken as confirmed by a lead."""

    hold_factor: int
    confirmed: bool


def preview(
    tx: Connection, caller: Principal, game_id: str, wishes: Sequence[PriceWish], trial: Trial
) -> tuple[list[PackImpact], ImpactSummary]:
    """The packs that would change, those that would go to review first; nothing is changed.

    Raises NotAllowed for a game's prices asked about by an agent, ItemTwice, OverrideNotAllowed.
    """
    if caller.role == "agent" and any(wish.of_game for wish in wishes):
        raise NotAllowed("An agent asks about overrides only.")
    moment = now()
    found = items.by_codes(tx, game_id, _distinct(wishes))
    rules = discount_rules.in_force(tx, moment)
    after = {
        wish.code: _tried(found[wish.code], wish, trial, moment)
        for number, wish in enumerate(wishes)
        if wish.code in found and _allowed(rules, caller, found[wish.code], wish, number)
    }
    moved = [item for code, item in after.items() if matter_to_packs(found[code], item)]
    of_packs = _of_packs(tx, rules, {item.item_id: item for item in moved}, moment)
    held = sum(item.held is not None and item.held != found[code].held for code, item in after.items())
    summary = ImpactSummary(
        items_changed=len(moved),
        items_unchanged=len(after) - len(moved) - held,
        items_held=held,
        items_unknown=len(wishes) - len(found),
        packs_changed=len(of_packs),
        packs_to_review=to_review(of_packs),
    )
    return sorted(of_packs, key=lambda impact: (not impact.to_review, impact.pack_id)), summary


def get_impact(tx: Connection, impact_id: UUID) -> PriceImpact:
    impact = impacts.get(tx, impact_id)
    if impact is None:
        raise ImpactNotFound()
    return impact


def list_impacts(
    tx: Connection, game_id: str | None, cause_id: str | None, pack_id: UUID | None, cursor: str | None, limit: int
) -> tuple[list[tuple[PriceImpact, PackImpact | None]], str | None]:
    """Each with what it did to `pack_id`."""
    before = decode_cursor(cursor, [UUID])
    found = impacts.list_page(
        tx,
        game_id=game_id,
        cause_id=cause_id,
        pack_id=pack_id,
        before=before[0] if before else None,
        limit=limit + 1,
    )
    shown, next_cursor = page(found, limit, lambda impact: [impact.impact_id])
    did = impacts.of_pack(tx, pack_id, [impact.impact_id for impact in shown]) if pack_id and shown else {}
    return [(impact, did.get(impact.impact_id)) for impact in shown], next_cursor


def list_impact_packs(
    tx: Connection, impact_id: UUID, cursor: str | None, limit: int
) -> tuple[list[PackImpact], str | None]:
    get_impact(tx, impact_id)
    after = decode_cursor(cursor, [UUID])
    found = impacts.list_packs(tx, impact_id, after[0] if after else None, limit + 1)
    return page(found, limit, lambda impact: [impact.pack_id])


def _distinct(wishes: Sequence[PriceWish]) -> Collection[str]:
    seen: set[str] = set()
    for number, wish in enumerate(wishes):
        if wish.code in seen:
            raise ItemTwice("State one price of it.", pointer=f"/changes/{number}/code")
        seen.add(wish.code)
    return seen


def _allowed(rules: DiscountRules, caller: Principal, item: Item, wish: PriceWish, number: int) -> bool:
    if wish.of_game or wish.price_fen is None or rules.allow_override(caller.role, item, wish.price_fen):
        return True
    raise OverrideNotAllowed("Ask a lead to set it.", pointer=f"/changes/{number}/override_price_fen")


def _tried(item: Item, wish: PriceWish, trial: Trial, moment: datetime) -> Item:
    """`item` as it would be, by the rules that hold for a price that comes now as the newest one."""
    if not wish.of_game or wish.price_fen is None:
        return replace(item, override_price_fen=wish.price_fen)
    if wish.price_fen == item.game_price_fen:
        return item
    known = [item.source_version, *(p.source_version for p in (item.held, item.scheduled) if p)]
    fate, after = decide(item, Quote(item.code, wish.price_fen, max(known) + 1, moment), moment, trial.hold_factor)
    return confirm_held(after) if fate == "held" and trial.confirmed else after


def _of_packs(tx: Connection, rules: DiscountRules, moved: Mapping[UUID, Item], moment: datetime) -> list[PackImpact]:
    """As `commands.prices.follow_items` does it, but for the writing."""
    if not moved:
        return []
    prices = {item_id: (item.price_fen, item.game_price_fen) for item_id, item in moved.items()}
    before = packs.with_items(tx, moved.keys(), following_after(moment))
    of_packs = [impact_of(pack, rules.follow(at_prices(pack, prices), moment)) for pack in before]
    return [impact for impact in of_packs if impact.changed]
