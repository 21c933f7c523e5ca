"""Packs, and what one would cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog import events
from gamedesk_catalog.model.packs import Pack
from gamedesk_catalog.model.prices import CURRENCY
from gamedesk_catalog.pricing import Priced


def pack_view(pack: Pack) -> dict[str, Any]:
    return {**events.pack_payload(pack), "created_by": pack.created_by, "approved_by": pack.approved_by}


def preview_view(priced: Priced) -> dict[str, Any]:
    return {**asdict(priced), "contents": events.contents_payload(priced.contents), "currency": CURRENCY}
