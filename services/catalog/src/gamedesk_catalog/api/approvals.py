"""Packs that wait for another person, and what he decides."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.web import Answer, answer

from gamedesk_catalog.api.packs import change_pack
from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import approvals
from gamedesk_catalog.queries import approvals as queries
from gamedesk_catalog.views.approvals import waiting_view


def list_pack_approvals(game_id: str | None = None, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.snapshot(
        queries.list_waiting, current_principal(), game_id, cursor, limit
    )
    return answer({"items": [waiting_view(waiting) for waiting in found], "next_cursor": next_cursor})


def approve_pack(pack_id_or_code: str) -> Answer:
    return change_pack(pack_id_or_code, approvals.approve_pack)


def reject_pack(pack_id_or_code: str, body: dict[str, Any]) -> Answer:
    return change_pack(pack_id_or_code, approvals.reject_pack, body["reason"])
