"""The game server's API, as far as this service uses it (docs/api/game-server.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gamedesk_chassis.http_client import CallFailed, Reply, call, sync_client
from gamedesk_chassis.remotes import Remote
from pydantic import BaseModel, Field, ValidationError

from gamedesk_sales.model.deliveries import Account

_DEADLINE_SECONDS = 10.0
_MAX_BYTES = 256 * 1024
# Our key is not the right one (any more), or the game wants to be asked later: it has judged nothing.
_NOT_NOW = (401, 403, 408, 425, 429)

Contents = Sequence[tuple[str, int]]


class GrantRefused(Exception):
    """The game has not delivered, and will not: `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.reason = f"status {status}"


class LookUpRefused(Exception):
    """The game does not say whether it has delivered, and will not if it is only asked again."""

    def __init__(self, status: int) -> None:
        super().__init__(f"lookup {status}")
        self.reason = f"lookup {status}"


class _Content(BaseModel):
    code: str = Field(max_length=200)
    quantity: int = Field(ge=1)


class _Grant(BaseModel):
    order_id: str = Field(max_length=64)
    game_account_id: str = Field(max_length=64)
    contents: list[_Content] = Field(max_length=200)


class GameServer:
    """One game's server. Calls end within 10 s, as far as `http_client.call` can see to it."""

    def __init__(self, game: Remote) -> None:
        self._client = sync_client(game.api_url, headers={"Authorization": f"Bearer {game.api_key}"})

    def was_granted(self, order_id: UUID, account: Account, contents: Contents) -> bool:
        """Whether the game has delivered this order. Raises GrantRefused if it was something else, or to another
        account; LookUpRefused for any other 4xx; CallFailed: also for an answer that makes no sense."""
        reply = self._call("GET", order_id)
        if reply.status == 404:
            return False
        if 400 <= reply.status < 500:
            raise LookUpRefused(reply.status)
        if reply.status != 200:
            raise CallFailed("status", reply.status)
        _check(reply, order_id, account, contents)
        return True

    def grant(self, order_id: UUID, account: Account, contents: Contents) -> None:
        """Deliver an order: once, however often it is called. Raises GrantRefused, and CallFailed when nobody knows
        whether it was delivered, or (401, 403, 429) when it was not and may be later."""
        body: dict[str, Any] = {
            "game_account_id": account.game_account_id,
            "contents": [{"code": code, "quantity": quantity} for code, quantity in contents],
        }
        if account.server_id is not None:
            body["server_id"] = account.server_id
        reply = self._call("PUT", order_id, json=body)
        if reply.status >= 400:
            raise GrantRefused(reply.status)
        if reply.status not in (200, 201):
            raise CallFailed("status", reply.status)
        _check(reply, order_id, account, contents)

    def _call(self, method: str, order_id: UUID, **options: Any) -> Reply:
        path = f"/v1/grants/{order_id}"
        reply = call(self._client, method, path, deadline=_DEADLINE_SECONDS, limit=_MAX_BYTES, **options)
        if reply.status in _NOT_NOW or 300 <= reply.status < 400:
            raise CallFailed("status", reply.status)
        return reply


def _check(reply: Reply, order_id: UUID, account: Account, contents: Contents) -> None:
    try:
        grant = _Grant.model_validate(reply.json())
    except ValidationError:
        raise CallFailed("body", reply.status) from None
    if grant.order_id != str(order_id):
        raise CallFailed("body", reply.status)
    given = sorted((content.code, content.quantity) for content in grant.contents)
    if grant.game_account_id != account.game_account_id or given != sorted(contents):
        raise GrantRefused(409)
