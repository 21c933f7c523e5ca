"""Packs, and what one would cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, time_of

from gamedesk_catalog.api.resources import resources
from gamedesk_catalog.commands import packs
from gamedesk_catalog.model.packs import CODE_LENGTH, NewPack
from gamedesk_catalog.queries import packs as queries
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views.packs import pack_view, preview_view


def list_packs(
    state: str | None = None,
    game_id: str | None = None,
    q: str | None = None,
    created_by: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = resources().database.transact(
        queries.list_packs,
        state=state,
        game_id=game_id,
        created_by=created_by,
        text=q,
        cursor=cursor,
        limit=limit,
    )
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
    return _change_pack(pack_id_or_code, packs.edit_pack, _pack_fields(body))


def approve_pack(pack_id_or_code: str) -> Answer:
    return _change_pack(pack_id_or_code, packs.approve_pack)


def retire_pack(pack_id_or_code: str) -> Answer:
    return _change_pack(pack_id_or_code, packs.retire_pack)


def preview_pack_price(body: dict[str, Any]) -> Answer:
    role = current_principal().role
    fields = _pack_fields(body)
    priced = resources().database.transact(queries.preview, role, fields["contents"], fields["discount_bp"])
    return answer(preview_view(priced))


def _pack(id_or_code: UUID | str, status: int = 200) -> Answer:
    pack = resources().database.transact(queries.get_pack, id_or_code)
    return answer(pack_view(pack), status, version=pack.version)


def _change_pack(name: str, command: Callable[..., None], *more: Any) -> Answer:
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
    if fields.get("valid_until") is not None:
        fields["valid_until"] = time_of(fields["valid_until"], "/valid_until")
    return fields
