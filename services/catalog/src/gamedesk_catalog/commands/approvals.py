"""Letting packs be sold that are beyond their maker's allowance, or giving them back: another person does (R23)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.commands.pack_changes import (
    at_terms,
    check_end,
    in_state,
    lines_of,
    locked,
    require_open_campaign,
    save,
    seen,
)
from gamedesk_catalog.errors import AllowanceExceeded, NothingToApprove, OwnWork
from gamedesk_catalog.model.packs import WAITING, Pack
from gamedesk_catalog.pricing import price_lines
from gamedesk_catalog.repository import discount_rules, items, pack_revisions


def approve_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int) -> None:
    """Let a pack that waits for approval, or for review, be sold at today's prices, within the caller's allowance.

    Raises PackNotFound, StaleVersion, PackRetired, NothingToApprove, OwnWork, UnknownCampaign, ValidUntilPassed,
    AllowanceExceeded.
    """
    discount_rules.hold(tx)
    moment = now()
    pack = seen(tx, id_or_code, expected_version)
    lines = lines_of(pack)
    found = items.share(tx, [item_id for item_id, _ in lines])
    pack = _waiting(tx, caller, pack.pack_id, expected_version)
    require_open_campaign(tx, pack)
    check_end(pack.valid_until, moment)
    priced = price_lines(tx, caller.role, lines, pack.discount_bp, found, pack.campaign_id, stated=False)
    if not priced.allowed:
        raise AllowanceExceeded("Ask someone whose allowance covers it.")
    approved = at_terms(pack, priced, "active", caller.role, moment)
    approved = replace(approved, approved_by=caller.id, rejected_by=None, rejected_reason=None)
    save(tx, pack, approved, caller.id, moment)
    pack_revisions.approve(tx, approved, caller.id, moment)


def reject_pack(tx: Connection, caller: Principal, id_or_code: UUID | str, expected_version: int, reason: str) -> None:
    """Make a draft of a pack that waits, which says why; its maker changes it and submits it again, or lets it be.

    Raises PackNotFound, StaleVersion, PackRetired, NothingToApprove, OwnWork.
    """
    moment = now()
    pack = _waiting(tx, caller, seen(tx, id_or_code, expected_version).pack_id, expected_version)
    rejected = replace(
        in_state(pack, "draft", moment),
        allowed_as=None,
        floor_fen=None,
        review_reason=None,
        approved_by=None,
        rejected_by=caller.id,
        rejected_reason=reason,
    )
    save(tx, pack, rejected, caller.id, moment)


def _waiting(tx: Connection, caller: Principal, pack_id: UUID, expected_version: int) -> Pack:
    pack = locked(tx, pack_id, expected_version)
    if pack.state not in WAITING:
        raise NothingToApprove()
    if pack.created_by == caller.id or pack_revisions.revised_by(tx, [pack.pack_id], caller.id):
        raise OwnWork("Ask another lead.")
    return pack
