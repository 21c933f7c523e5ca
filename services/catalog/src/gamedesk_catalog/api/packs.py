"""Packs, and what one would cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, bounded_day, create_once, expected_version, time_of

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import packs
from gamedesk_catalog.model.packs import CODE_LENGTH, NewPack, PackFilter, PackSort
from gamedesk_catalog.queries import packs as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.packs import pack_view, preview_view, revision_view


def list_packs(
    state: str | None = None,
    game_id: str | None = None,
    q: str | None = None,
    created_by: str | None = None,
    campaign_id: str | None = None,
    player_id: str | None = None,
    item_id: str | None = None,
    rejected: bool = False,
    valid_on: str | None = None,
    sort: PackSort = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    wanted = PackFilter(
        state=state,
        game_id=game_id,
        created_by=created_by,
        campaign_id=UUID(campaign_id) if campaign_id else None,
        player_id=UUID(player_id) if player_id else None,
        valid_on=bounded_day(valid_on, "/query/valid_on") if valid_on else None,
        text=q,
        item_id=UUID(item_id) if item_id else None,
        rejected=rejected,
    )
    found, next_cursor = resources().database.snapshot(queries.list_packs, wanted, sort, cursor, limit)
    return answer({"items": [pack_view(pack) for pack in found], "next_cursor": next_cursor})


def create_pack(body: dict[str, Any]) -> Answer:
    new = NewPack(**_pack_fields(body))
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: packs.create_pack(tx, caller, new),
    )
    return _pack(UUID(outcome.resource_id), outcome.status)


def get_pack(pack_id_or_code: str) -> Answer:
    return _pack(_id_or_code(pack_id_or_code))


def edit_pack(pack_id_or_code: str, body: dict[str, Any]) -> Answer:
    return change_pack(pack_id_or_code, packs.edit_pack, _pack_fields(body))


def submit_pack(pack_id_or_code: str) -> Answer:
    return change_pack(pack_id_or_code, packs.submit_pack)


def copy_pack(pack_id_or_code: str, body: dict[str, Any]) -> Answer:
    id_or_code, fields = _id_or_code(pack_id_or_code), _pack_fields(body)
    outcome = create_once(
        resources().database,
        idempotency_keys,
        body,
        lambda tx, caller: packs.copy_pack(tx, caller, id_or_code, fields),
    )
    return _pack(UUID(outcome.resource_id), outcome.status)


def list_pack_revisions(pack_id_or_code: str, limit: int = 50, cursor: str | None = None) -> Answer:
    id_or_code = _id_or_code(pack_id_or_code)
    found, next_cursor = resources().database.read(queries.list_revisions, id_or_code, cursor, limit)
    return answer({"items": [revision_view(revision) for revision in found], "next_cursor": next_cursor})


def retire_pack(pack_id_or_code: str) -> Answer:
    return change_pack(pack_id_or_code, packs.retire_pack)


def preview_pack_price(body: dict[str, Any]) -> Answer:
    fields = _pack_fields(body)
    terms = (fields["contents"], fields["discount_bp"], fields.get("campaign_id"))
    priced = resources().database.snapshot(queries.preview, current_principal(), *terms)
    return answer(preview_view(priced))


def _pack(id_or_code: UUID | str, status: int = 200) -> Answer:
    pack = resources().database.snapshot(queries.get_pack, id_or_code)
    return answer(pack_view(pack), status, version=pack.version)


def change_pack(name: str, command: Callable[..., None], *more: Any) -> Answer:
    """Let `command` change a pack under If-Match."""
    id_or_code = _id_or_code(name)
    caller, expected = current_principal(), expected_version()
    try:
        resources().database.transact(command, caller, id_or_code, expected, *more)
    except StaleVersion as stale:
        stale.extra["current"] = _pack(id_or_code)[0]
        raise
    return _pack(id_or_code)


def _id_or_code(name: str) -> UUID | str:
    return name if len(name) == CODE_LENGTH else UUID(name)


def _pack_fields(body: dict[str, Any]) -> dict[str, Any]:
    fields = dict(body)
    if "contents" in fields:
        fields["contents"] = tuple((UUID(line["item_id"]), line["quantity"]) for line in fields["contents"])
    for name in ("valid_from", "valid_until"):
        if fields.get(name) is not None:
            fields[name] = time_of(fields[name], f"/{name}")
    for name in ("campaign_id", "player_id"):
        if fields.get(name) is not None:
            fields[name] = UUID(fields[name])
    return fields
