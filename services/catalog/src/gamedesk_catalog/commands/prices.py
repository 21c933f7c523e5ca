"""How new prices get in, whoever brings them: items, the packs that follow them, and their events, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection

from gamedesk_catalog import events
from gamedesk_catalog.model.impacts import PriceImpact, following_after, impact_of, matter_to_packs, to_review
from gamedesk_catalog.model.items import ChangeSource, Item, PriceChange
from gamedesk_catalog.model.packs import Pack
from gamedesk_catalog.model.prices import CURRENCY
from gamedesk_catalog.quotes import Fate, Quote, decide
from gamedesk_catalog.repository import discount_rules, impacts, items, packs

# A push holds no more prices than this; those of no push are as old as the catalog's first release.
_MOST_DUE = 5000


@dataclass(frozen=True)
class Origin:
    """Who or what changes a price, for the history.

    `cause_id`: the push's event id, the pull's id, the decision's; of an override an id of its own, which ties its
    history to its impact and names nothing else.
    """

    source: ChangeSource
    actor: str | None = None
    reason: str | None = None
    cause_id: str | None = None


@dataclass(frozen=True)
class Edit:
    """An item before (None: it is new) and after a change; `after.version` is not counted up yet."""

    before: Item | None
    after: Item


def apply_quotes(
    tx: Connection, game_id: str, quotes: Sequence[Quote], origin: Origin, hold_factor: int
) -> tuple[list[Fate], int]:
    """Let each quote have its effect, in their order; returns their fates and how many items changed.

    A quote with a name (from a pull) renames its item, or makes it.
    """
    moment = now()
    locked = items.lock_codes(tx, game_id, [quote.code for quote in quotes])
    after = dict(locked)
    fates: list[Fate] = []
    for quote in quotes:
        item = after.get(quote.code)
        if item is None and quote.name is not None:
            after[quote.code] = _new_item(game_id, quote, quote.name, moment)
            fates.append("applied")
        elif item is None:
            fates.append("unknown_item")
        else:
            fate, item = decide(item, quote, moment, hold_factor, origin.cause_id)
            after[quote.code] = replace(item, name=quote.name or item.name)
            fates.append(fate)
    edits = [Edit(locked.get(code), item) for code, item in after.items() if item != locked.get(code)]
    commit_edits(tx, edits, origin, moment)
    return fates, len(edits)


def commit_edits(tx: Connection, edits: Sequence[Edit], origin: Origin, moment: datetime) -> None:
    """Write what was changed of locked items, bring their packs along, and publish both."""
    made = items.insert_items(tx, [edit.after for edit in edits if edit.before is None])
    edits = [edit for edit in edits if edit.before is not None or edit.after.code in made]
    pairs = [
        (edit.before, replace(edit.after, version=edit.before.version + 1, updated_at=moment))
        for edit in edits
        if edit.before is not None
    ]
    items.save(tx, pairs)
    items.record(tx, [_change(edit, origin, moment) for edit in edits if _prices(edit.before) != _prices(edit.after)])
    changed = [edit.after for edit in edits if edit.before is None] + [after for _, after in pairs]
    events.items_updated(tx, changed, origin.actor)
    follow_items(tx, [after for before, after in pairs if matter_to_packs(before, after)], origin, moment)


def follow_items(tx: Connection, changed: Sequence[Item], origin: Origin, moment: datetime) -> None:
    """Reprice every pack that contains one of these (locked) items, unless it is retired or long expired, and keep
    what this did to them.

    An active pack whose new price breaks its discount rule goes to review.
    """
    item_ids = [item.item_id for item in changed]
    pack_ids = packs.lock_with_items(tx, item_ids, following_after(moment)) if item_ids else []
    if not pack_ids:
        return
    rules = discount_rules.in_force(tx, moment)
    before = packs.refresh_unit_prices(tx, pack_ids)
    followed = [replace(rules.follow(pack, moment), version=pack.version + 1, updated_at=moment) for pack in before]
    packs.save_followed(tx, followed)
    events.packs_updated(tx, followed, origin.actor)
    _keep_impacts(tx, changed, list(zip(before, followed, strict=True)), origin, moment)


def due_pushes(tx: Connection) -> list[tuple[str, str | None]]:
    """(game, cause) of each push that has a scheduled price whose time has come, the one due first first."""
    return items.due_causes(tx, now())


def apply_due(tx: Connection, game_id: str, cause_id: str | None, hold_factor: int) -> None:
    """Let all scheduled prices of one push, whose time has come, meet the same rules as any price that arrives now.

    They come into force together, so that no pack is priced, judged or sold at some of them. Of prices that no cause
    is known of only the first ones do.
    """
    moment = now()
    codes = items.due_codes(tx, game_id, cause_id, moment, _MOST_DUE)
    due = [
        Quote(item.code, item.scheduled.price_fen, item.scheduled.source_version, item.scheduled.effective_at)
        for item in items.lock_codes(tx, game_id, codes).values()
        if item.scheduled and item.scheduled.effective_at <= moment and item.scheduled.cause_id == cause_id
    ]
    apply_quotes(tx, game_id, due, Origin("push", cause_id=cause_id), hold_factor)


def _keep_impacts(
    tx: Connection, changed: Sequence[Item], of_packs: Sequence[tuple[Pack, Pack]], origin: Origin, moment: datetime
) -> None:
    """One record for each game; of a decision there may be several."""
    assert origin.source != "discard", "no price is other than before"
    for game_id in sorted({item.game_id for item in changed}):
        found = [impact_of(before, after) for before, after in of_packs if after.game_id == game_id]
        found = [impact for impact in found if impact.changed]
        if found:
            impact = PriceImpact(
                impact_id=new_id(),
                game_id=game_id,
                cause=origin.source,
                cause_id=origin.cause_id,
                actor=origin.actor,
                items_changed=sum(item.game_id == game_id for item in changed),
                packs_changed=len(found),
                packs_to_review=to_review(found),
                at=moment,
            )
            impacts.record(tx, impact, found)


def _new_item(game_id: str, quote: Quote, name: str, moment: datetime) -> Item:
    return Item(
        item_id=new_id(),
        game_id=game_id,
        code=quote.code,
        name=name,
        game_price_fen=quote.price_fen,
        override_price_fen=None,
        currency=CURRENCY,
        source_version=quote.version,
        version=1,
        created_at=moment,
        updated_at=moment,
    )


def _prices(item: Item | None) -> tuple[int, int | None, int] | None:
    return (item.game_price_fen, item.override_price_fen, item.source_version) if item else None


def _change(edit: Edit, origin: Origin, moment: datetime) -> PriceChange:
    before, after = edit.before, edit.after
    return PriceChange(
        change_id=new_id(),
        item_id=after.item_id,
        source=origin.source,
        old_game_price_fen=before.game_price_fen if before else None,
        new_game_price_fen=after.game_price_fen,
        old_override_price_fen=before.override_price_fen if before else None,
        new_override_price_fen=after.override_price_fen,
        source_version=after.source_version,
        reason=origin.reason,
        actor=origin.actor,
        at=moment,
        cause_id=origin.cause_id,
    )
