"""What price changes do to packs: B1."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.web import Answer, answer

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.errors import UnknownGame
from gamedesk_catalog.queries import impacts as queries
from gamedesk_catalog.queries.impacts import PriceWish, Trial
from gamedesk_catalog.views.impacts import impact_view, pack_impact_view, preview_view


def preview_price_impact(body: dict[str, Any]) -> Answer:
    r, game_id = resources(), body["game_id"]
    if game_id not in r.push_keys:
        raise UnknownGame("Choose a configured game.", pointer="/game_id")
    wishes = [_wish(change) for change in body["changes"]]
    trial = Trial(r.hold_factors.of(game_id), confirmed=body.get("as_confirmed", False))
    of_packs, summary = r.database.snapshot(queries.preview, current_principal(), game_id, wishes, trial)
    return answer(preview_view(of_packs, summary))


def list_price_impacts(
    game_id: str | None = None,
    cause_id: str | None = None,
    pack_id: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    of_pack = UUID(pack_id) if pack_id else None
    found, next_cursor = resources().database.snapshot(queries.list_impacts, game_id, cause_id, of_pack, cursor, limit)
    return answer({"items": [impact_view(impact, did) for impact, did in found], "next_cursor": next_cursor})


def get_price_impact(impact_id: str) -> Answer:
    return answer(impact_view(resources().database.read(queries.get_impact, UUID(impact_id))))


def list_price_impact_packs(impact_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = resources().database.read(queries.list_impact_packs, UUID(impact_id), cursor, limit)
    return answer({"items": [pack_impact_view(impact) for impact in found], "next_cursor": next_cursor})


def _wish(change: dict[str, Any]) -> PriceWish:
    of_game = "game_price_fen" in change
    return PriceWish(change["code"], change["game_price_fen" if of_game else "override_price_fen"], of_game)
