"""HTTP: request → command or query → answer. One function per operationId of openapi.yaml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import flask
from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, resources_of_app, time_of

from gamedesk_catalog import queries
from gamedesk_catalog.commands import items, packs, pulls, pushes
from gamedesk_catalog.errors import EventIdMismatch, SignatureInvalid, UnknownGame
from gamedesk_catalog.model import CODE_LENGTH, NewPack
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.signatures import Signature, verify
from gamedesk_catalog.tables import idempotency_keys
from gamedesk_catalog.views import change_view, item_view, pack_view, preview_view, pull_view, rule_view


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root. `push_keys` has every configured game."""

    database: Database
    push_keys: dict[str, tuple[bytes, ...]]
    hold_factor: int


def _resources() -> Resources:
    return resources_of_app()


def list_items(
    game_id: str | None = None,
    q: str | None = None,
    differs: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = _resources().database.transact(queries.list_items, game_id, q, differs, cursor, limit)
    return answer({"items": [item_view(item) for item in found], "next_cursor": next_cursor})


def get_item(item_id: str) -> Answer:
    return _item(UUID(item_id))


def override_price(item_id: str, body: dict[str, Any]) -> Answer:
    price, reason = body["override_price_fen"], body["reason"]
    return _edit_item(UUID(item_id), items.override_price, price_fen=price, reason=reason)


def decide_held_price(item_id: str, body: dict[str, Any]) -> Answer:
    apply = body["decision"] == "apply"
    return _edit_item(UUID(item_id), items.decide_held_price, apply=apply, reason=body.get("reason"))


def list_item_history(item_id: str, limit: int = 50, cursor: str | None = None) -> Answer:
    found, next_cursor = _resources().database.transact(queries.item_history, UUID(item_id), cursor, limit)
    return answer({"items": [change_view(change) for change in found], "next_cursor": next_cursor})


def request_item_pull(body: dict[str, Any]) -> Answer:
    r = _resources()
    if body["game_id"] not in r.push_keys:
        raise UnknownGame("Choose a configured game.", pointer="/game_id")
    outcome = create_once(
        r.database,
        idempotency_keys,
        body,
        lambda tx, caller: pulls.request_pull(tx, caller.id, body["game_id"]),
    )
    return _pull(UUID(outcome.resource_id), outcome.status)


def get_item_pull(pull_id: str) -> Answer:
    return _pull(UUID(pull_id))


def push_prices(game_id: str, body: dict[str, Any]) -> Answer:
    r = _resources()
    keys = r.push_keys.get(game_id)
    if keys is None:
        raise SignatureInvalid()
    headers = flask.request.headers
    signature = Signature(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"])
    verify(keys, signature, flask.request.get_data(cache=True), now())
    event_id = body["event_id"]
    if headers["webhook-id"] != event_id:
        raise EventIdMismatch("Send the event_id as webhook-id.", pointer="/event_id")
    quotes = [_quote(price, number) for number, price in enumerate(body["prices"])]
    results = r.database.transact(pushes.push_prices, game_id, event_id, body, quotes, r.hold_factor)
    return answer({"event_id": event_id, "results": [{"code": code, "fate": fate} for code, fate in results]})


def list_packs(
    state: str | None = None,
    game_id: str | None = None,
    q: str | None = None,
    created_by: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    found, next_cursor = _resources().database.transact(
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
        _resources().database,
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
    priced = _resources().database.transact(queries.preview, role, fields["contents"], fields["discount_bp"])
    return answer(preview_view(priced))


def list_discount_rules() -> Answer:
    rules = _resources().database.transact(queries.list_rules)
    return answer({"items": [rule_view(rule) for rule in rules]})


def _item(item_id: UUID) -> Answer:
    item = _resources().database.transact(queries.get_item, item_id)
    return answer(item_view(item), version=item.version)


def _edit_item(item_id: UUID, command: Callable[..., None], **fields: Any) -> Answer:
    caller, expected = current_principal(), expected_version()
    try:
        _resources().database.transact(command, caller, item_id, expected, **fields)
    except StaleVersion as stale:
        stale.extra["current"] = _item(item_id)[0]
        raise
    return _item(item_id)


def _pull(pull_id: UUID, status: int = 200) -> Answer:
    return answer(pull_view(_resources().database.transact(queries.get_pull, pull_id)), status)


def _pack(id_or_code: UUID | str, status: int = 200) -> Answer:
    pack = _resources().database.transact(queries.get_pack, id_or_code)
    return answer(pack_view(pack), status, version=pack.version)


def _change_pack(name: str, command: Callable[..., None], *more: Any) -> Answer:
    id_or_code = _id_or_code(name)
    caller, expected = current_principal(), expected_version()
    try:
        _resources().database.transact(command, caller, id_or_code, expected, *more)
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


def _quote(price: dict[str, Any], number: int) -> Quote:
    effective_at = time_of(price["effective_at"], f"/prices/{number}/effective_at")
    return Quote(price["code"], price["price_fen"], price["version"], effective_at)
