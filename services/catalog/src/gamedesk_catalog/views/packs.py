"""Packs, their revisions, and what one would cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog import events
from gamedesk_catalog.model.packs import Pack, Revision
from gamedesk_catalog.model.prices import CURRENCY
from gamedesk_catalog.pricing import Priced


def pack_view(pack: Pack) -> dict[str, Any]:
    """What is published of a pack, and what is for those alone who make and approve packs."""
    rejection = {"by": pack.rejected_by, "reason": pack.rejected_reason} if pack.rejected_by else None
    return {
        **events.pack_payload(pack),
        "description": pack.description,
        "approved_by": pack.approved_by,
        "revised_by": pack.revised_by,
        "rejection": rejection,
        "state_since": pack.state_since,
    }


def revision_view(revision: Revision) -> dict[str, Any]:
    return {**asdict(revision), "currency": CURRENCY}


def preview_view(priced: Priced) -> dict[str, Any]:
    return {**asdict(priced), "contents": events.contents_payload(priced.contents), "currency": CURRENCY}
