"""Building packs within the discount rules, changing, copying and retiring them (R23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog import events
from gamedesk_catalog.commands.pack_changes import (
    at_terms,
    check_end,
    in_state,
    judge,
    lines_of,
    locked,
    require_maker,
    require_open_campaign,
    save,
    seen,
)
from gamedesk_catalog.errors import NotADraft, PackNotFound, ValidFromAfterEnd
from gamedesk_catalog.model.packs import WAITING, NewPack, Pack, PackState, new_code
from gamedesk_catalog.model.prices import CURRENCY
from gamedesk_catalog.pricing import check_campaign, price_lines
from gamedesk_catalog.repository import discount_rules, items, pack_revisions, packs

_CODE_ATTEMPTS = 20
# What an edit states of a pack beside its terms.
_PLAIN = ("name", "description", "valid_from", "valid_until", "campaign_id", "player_id")


def create_pack(tx: Connection, caller: Principal, new: NewPack, make_code: Callable[[], str] = new_code) -> Outcome:
    """Build a pack: a draft if so stated; else active if the caller's allowance covers it, else waiting for another's
    approval.

    Raises what `price_lines` raises, UnknownCampaign, DiscountNotAllowed, ValidUntilPassed,
    ValidFromAfterEnd.
    """
    moment = now()
    check_end(new.valid_until, moment, "/valid_until")
    _check_begin(new.valid_from, new.valid_until, "/valid_from")
    discount_rules.hold(tx)
    found = items.share(tx, [item_id for item_id, _ in new.contents])
    priced = price_lines(tx, caller.role, new.contents, new.discount_bp, found, new.campaign_id)
    check_campaign(tx, caller, new.campaign_id, priced.game_id)
    state: PackState = "draft" if new.draft else judge(priced)
    pack = Pack(
        pack_id=new_id(),
        code=make_code(),
        name=new.name,
        description=new.description,
        game_id=priced.game_id,
        state="draft",
        state_since=moment,
        discount_bp=new.discount_bp,
        list_price_fen=priced.list_price_fen,
        price_fen=priced.price_fen,
        currency=CURRENCY,
        allowed_as=None,
        revision=1,
        version=1,
        campaign_id=new.campaign_id,
        player_id=new.player_id,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        created_by=caller.id,
        revised_by=caller.id,
        approved_by=None,
        created_at=moment,
        updated_at=moment,
    )
    pack = _inserted(tx, at_terms(pack, priced, state, caller.role, moment), make_code)
    pack_revisions.record(tx, pack)
    events.packs_updated(tx, [pack], caller.id)
    return Outcome(str(pack.pack_id))


def copy_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, changes: Mapping[str, Any]) -> Outcome:
    """A new pack with another's contents and discount at today's prices: a draft unless `changes` (fields of NewPack)
    say otherwise. Campaign, player and dates are not taken over.

    Raises PackNotFound, and what `create_pack` raises.
    """
    source = packs.get(tx, id_or_code)
    if source is None:
        raise PackNotFound.named(id_or_code)
    new = NewPack(source.name, source.discount_bp, lines_of(source), description=source.description, draft=True)
    return create_pack(tx, caller, replace(new, **changes))


def edit_pack(
    tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int, changes: Mapping[str, Any]
) -> None:
    """Make a new revision, priced anew; its maker or a lead of his team may. `changes` are fields of NewPack.

    Other terms (discount, contents, campaign, player) are judged by the caller's allowance, and so is a longer life of
    what is beyond it; a new name or an earlier end leaves the state. A draft stays one until it is submitted. What is
    as it was makes no revision; a pack in review is judged again all the same.
    Raises PackNotFound, NotAllowed, PackRetired, StaleVersion, and what `create_pack` raises.
    """
    discount_rules.hold(tx)
    moment = now()
    pack = seen(tx, id_or_code, expected_version)
    before = lines_of(pack)
    lines = changes.get("contents", before)
    found = items.share(tx, [item_id for item_id, _ in (*before, *lines)])
    pack = locked(tx, pack.pack_id, expected_version)
    require_maker(tx, caller, pack)
    changed = any(value != _stated(pack, name) for name, value in changes.items())
    if not changed and pack.state != "review":
        return
    edited = replace(pack, **{name: changes[name] for name in _PLAIN if name in changes})
    if changed:
        edited = replace(edited, revision=pack.revision + 1, revised_by=caller.id)
    check_end(changes.get("valid_until"), moment, "/valid_until")
    pointer = "/valid_from" if "valid_from" in changes else "/valid_until"
    _check_begin(edited.valid_from, edited.valid_until, pointer)
    discount_bp = changes.get("discount_bp", pack.discount_bp)
    stated = "contents" in changes
    priced = price_lines(tx, caller.role, lines, discount_bp, found, edited.campaign_id, stated=stated)
    if (edited.campaign_id, priced.game_id) != (pack.campaign_id, pack.game_id):
        check_campaign(tx, caller, edited.campaign_id, priced.game_id)
    elif pack.state in WAITING:
        require_open_campaign(tx, pack)
    new_terms = (discount_bp, tuple(lines), edited.campaign_id, edited.player_id) != (
        pack.discount_bp, before, pack.campaign_id, pack.player_id,
    )  # fmt: skip
    longer = _lives_longer(edited, pack) and not priced.allowed
    if pack.state == "draft":
        edited = at_terms(edited, priced, "draft", caller.role, moment)
    elif new_terms or longer or pack.state == "review":
        edited = at_terms(edited, priced, judge(priced), caller.role, moment)
    else:
        rules = discount_rules.in_force(tx, moment)
        edited = rules.follow(replace(edited, contents=priced.contents), moment)
    if changed:
        pack_revisions.record(tx, replace(edited, updated_at=moment))
    save(tx, pack, edited, caller.id, moment)


def submit_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int) -> None:
    """Put a draft on sale at today's prices, or before those who approve; its maker or a lead of his team may.

    Raises PackNotFound, StaleVersion, NotAllowed, PackRetired, NotADraft, UnknownCampaign, ValidUntilPassed,
    DiscountNotAllowed.
    """
    discount_rules.hold(tx)
    moment = now()
    pack = seen(tx, id_or_code, expected_version)
    lines = lines_of(pack)
    found = items.share(tx, [item_id for item_id, _ in lines])
    pack = locked(tx, pack.pack_id, expected_version)
    require_maker(tx, caller, pack)
    if pack.state != "draft":
        raise NotADraft()
    require_open_campaign(tx, pack)
    check_end(pack.valid_until, moment)
    priced = price_lines(tx, caller.role, lines, pack.discount_bp, found, pack.campaign_id, stated=False)
    submitted = at_terms(pack, priced, judge(priced), caller.role, moment)
    save(tx, pack, replace(submitted, rejected_by=None, rejected_reason=None), caller.id, moment)


def retire_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int) -> None:
    """Take a pack out of sale for good; its maker or a lead of his team may.

    Raises PackNotFound, StaleVersion, NotAllowed, PackRetired.
    """
    moment = now()
    pack = locked(tx, seen(tx, id_or_code, expected_version).pack_id, expected_version)
    require_maker(tx, caller, pack)
    save(tx, pack, in_state(pack, "retired", moment), caller.id, moment)


def _stated(pack: Pack, name: str) -> Any:
    """What the pack has of a field of NewPack."""
    return lines_of(pack) if name == "contents" else getattr(pack, name)


def _lives_longer(pack: Pack, before: Pack) -> bool:
    later = before.valid_until is not None and (pack.valid_until is None or pack.valid_until > before.valid_until)
    earlier = before.valid_from is not None and (pack.valid_from is None or pack.valid_from < before.valid_from)
    return later or earlier


def _check_begin(valid_from: datetime | None, valid_until: datetime | None, pointer: str) -> None:
    """`pointer` is to what was sent of the two. Raises ValidFromAfterEnd."""
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        raise ValidFromAfterEnd("Begin before the end.", pointer=pointer)


def _inserted(tx: Connection, pack: Pack, make_code: Callable[[], str]) -> Pack:
    for _ in range(_CODE_ATTEMPTS):
        if packs.insert_pack(tx, pack):
            return pack
        pack = replace(pack, code=make_code())
    raise RuntimeError("no free pack code was found")
