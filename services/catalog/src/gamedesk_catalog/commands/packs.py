"""Building packs within the discount rules, approving, changing and retiring them (R23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    AllowanceExceeded,
    DiscountNotAllowed,
    NothingToApprove,
    OwnWork,
    PackNotFound,
    PackRetired,
    ValidUntilPassed,
)
from gamedesk_catalog.model.packs import NewPack, Pack, PackState, new_code
from gamedesk_catalog.model.prices import CURRENCY
from gamedesk_catalog.pricing import Priced, price_lines
from gamedesk_catalog.repository import agents, items, packs

_CODE_ATTEMPTS = 20


def create_pack(tx: Connection, caller: Principal, new: NewPack, make_code: Callable[[], str] = new_code) -> Outcome:
    """Build a pack: active if the caller's allowance covers it, else waiting for another's approval.

    Raises what `price_lines` raises, DiscountNotAllowed, ValidUntilPassed.
    """
    moment = now()
    _refuse_passed(new.valid_until, moment)
    found = items.share(tx, [item_id for item_id, _ in new.contents])
    priced = price_lines(tx, caller.role, new.contents, new.discount_bp, found)
    state, allowed_as = _judge(priced, caller)
    pack = Pack(
        pack_id=new_id(),
        code=make_code(),
        name=new.name,
        game_id=priced.game_id,
        state=state,
        discount_bp=new.discount_bp,
        list_price_fen=priced.list_price_fen,
        price_fen=priced.price_fen,
        currency=CURRENCY,
        allowed_as=allowed_as,
        revision=1,
        version=1,
        valid_until=new.valid_until,
        created_by=caller.id,
        revised_by=caller.id,
        approved_by=None,
        created_at=moment,
        updated_at=moment,
        contents=priced.contents,
    )
    pack = _inserted(tx, pack, make_code)
    events.packs_updated(tx, [pack], caller.id)
    return Outcome(str(pack.pack_id))


def edit_pack(
    tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int, changes: Mapping[str, Any]
) -> None:
    """Make a new revision, priced anew; its maker or a lead of his team may. `changes` are fields of NewPack.

    Other terms (discount, contents) are judged by the caller's allowance, and so is a longer life of what is beyond
    it; a new name or an earlier end leaves the state.
    Raises PackNotFound, NotAllowed, PackRetired, StaleVersion, and what `create_pack` raises.
    """
    moment = now()
    if "valid_until" in changes:
        _refuse_passed(changes["valid_until"], moment)
    pack = _seen(tx, id_or_code, expected_version)
    before = _lines(pack)
    lines = changes.get("contents", before)
    found = items.share(tx, [item_id for item_id, _ in (*before, *lines)])
    pack = _locked(tx, pack.pack_id, expected_version)
    _require_maker(tx, caller, pack)
    priced = price_lines(tx, caller.role, lines, changes.get("discount_bp", pack.discount_bp), found)
    valid_until = changes.get("valid_until", pack.valid_until)
    edited = replace(
        _at_prices(pack, priced),
        name=changes.get("name", pack.name),
        valid_until=valid_until,
        revision=pack.revision + 1,
        revised_by=caller.id,
    )
    new_terms = (priced.discount_bp, tuple(lines)) != (pack.discount_bp, before)
    longer = _ends_later(valid_until, pack.valid_until) and not priced.allowed
    if new_terms or longer or pack.state == "review":
        state, allowed_as = _judge(priced, caller)
        edited = replace(edited, state=state, allowed_as=allowed_as, approved_by=None)
    _save(tx, edited, caller, moment)


def approve_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int) -> None:
    """Let a pack that waits for approval, or for review, be sold at today's prices.

    Raises PackNotFound, StaleVersion, NothingToApprove, OwnWork, AllowanceExceeded.
    """
    pack = _seen(tx, id_or_code, expected_version)
    lines = _lines(pack)
    found = items.share(tx, [item_id for item_id, _ in lines])
    pack = _locked(tx, pack.pack_id, expected_version)
    if pack.state not in ("pending_approval", "review"):
        raise NothingToApprove()
    if caller.id in (pack.created_by, pack.revised_by):
        raise OwnWork("Ask another lead.")
    priced = price_lines(tx, caller.role, lines, pack.discount_bp, found)
    if not priced.allowed:
        raise AllowanceExceeded("Ask someone whose allowance covers it.")
    approved = replace(_at_prices(pack, priced), state="active", allowed_as=caller.role, approved_by=caller.id)
    _save(tx, approved, caller, now())


def retire_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int) -> None:
    """Take a pack out of sale for good; its maker or a lead of his team may.

    Raises PackNotFound, StaleVersion, NotAllowed, PackRetired.
    """
    pack = _locked(tx, _seen(tx, id_or_code, expected_version).pack_id, expected_version)
    _require_maker(tx, caller, pack)
    _save(tx, replace(pack, state="retired"), caller, now())


def _lines(pack: Pack) -> tuple[tuple[UUID, int], ...]:
    return tuple((line.item_id, line.quantity) for line in pack.contents)


def _judge(priced: Priced, caller: Principal) -> tuple[PackState, str | None]:
    """State, and the role whose allowance carries it."""
    if priced.allowed:
        return "active", caller.role
    if priced.needs_approval:
        return "pending_approval", None
    raise DiscountNotAllowed("Give less discount.", pointer="/discount_bp")


def _ends_later(end: datetime | None, other: datetime | None) -> bool:
    return other is not None and (end is None or end > other)


def _refuse_passed(valid_until: datetime | None, moment: datetime) -> None:
    if valid_until is not None and valid_until <= moment:
        raise ValidUntilPassed("Choose a time to come.", pointer="/valid_until")


def _inserted(tx: Connection, pack: Pack, make_code: Callable[[], str]) -> Pack:
    for _ in range(_CODE_ATTEMPTS):
        if packs.insert_pack(tx, pack):
            return pack
        pack = replace(pack, code=make_code())
    raise RuntimeError("no free pack code was found")


def _seen(tx: Connection, id_or_code: UUID | str, expected_version: int) -> Pack:
    """The pack before it is locked: its items, which have to be locked first, follow from its version."""
    pack = packs.get(tx, id_or_code)
    if pack is None:
        raise PackNotFound()
    if pack.version != expected_version:
        raise StaleVersion()
    return pack


def _locked(tx: Connection, pack_id: UUID, expected_version: int) -> Pack:
    pack = packs.lock(tx, pack_id)
    if pack is None:
        raise PackNotFound()
    if pack.version != expected_version:
        raise StaleVersion()
    if pack.state == "retired":
        raise PackRetired()
    return pack


def _require_maker(tx: Connection, caller: Principal, pack: Pack) -> None:
    if caller.id == pack.created_by or caller.role == "admin":
        return
    if caller.role != "lead" or agents.team_of(tx, pack.created_by) != caller.team:
        raise NotAllowed("Only its maker or a lead of his team changes a pack.")


def _at_prices(pack: Pack, priced: Priced) -> Pack:
    return replace(
        pack,
        game_id=priced.game_id,
        contents=priced.contents,
        discount_bp=priced.discount_bp,
        list_price_fen=priced.list_price_fen,
        price_fen=priced.price_fen,
    )


def _save(tx: Connection, pack: Pack, caller: Principal, moment: datetime) -> None:
    saved = replace(pack, version=pack.version + 1, updated_at=moment)
    packs.save(tx, saved)
    events.packs_updated(tx, [saved], caller.id)
