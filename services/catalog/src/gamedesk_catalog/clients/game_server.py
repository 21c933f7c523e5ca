"""The game server's API, as far as this service uses it (docs/api/game-server.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gamedesk_chassis.http_client import CallFailed, call, sync_client
from gamedesk_chassis.remotes import Remote
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from gamedesk_catalog.quotes import Quote

_DEADLINE_SECONDS = 10.0
_PAGE_SIZE = 500


class _Item(BaseModel):
    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")
    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    price_fen: int = Field(ge=0, le=100_000_000, strict=True)
    currency: Literal["CNY"]
    version: int = Field(ge=1, le=2**53 - 1, strict=True)
    effective_at: AwareDatetime


class _Answer(BaseModel):
    items: list[_Item] = Field(max_length=_PAGE_SIZE)
    total: int | None = Field(default=None, ge=0, le=1_000_000_000)
    next_cursor: str | None = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


@dataclass(frozen=True)
class ItemPage:
    """Prices in force now; `next_cursor` is None on the last page. `total`: all items, where the game says it."""

    quotes: list[Quote]
    next_cursor: str | None
    total: int | None = None


class GameServer:
    """One game's server. Calls end within 10 s whatever the server does."""

    def __init__(self, game: Remote) -> None:
        self._client = sync_client(game.api_url, headers={"Authorization": f"Bearer {game.api_key}"})

    def items(self, cursor: str | None, moment: datetime) -> ItemPage:
        """One page of the price list. Raises CallFailed: also for an answer that makes no sense."""
        params = {"limit": str(_PAGE_SIZE)} | ({"cursor": cursor} if cursor else {})
        reply = call(self._client, "GET", "/v1/items", params=params, deadline=_DEADLINE_SECONDS)
        if reply.status != 200:
            raise CallFailed("status", reply.status)
        try:
            answer = _Answer.model_validate(reply.json())
        except ValidationError:
            raise CallFailed("body") from None
        codes = {item.code for item in answer.items}
        if len(codes) != len(answer.items) or (cursor is not None and answer.next_cursor == cursor):
            raise CallFailed("body")
        return ItemPage([_quote(item, moment) for item in answer.items], answer.next_cursor, answer.total)


def _quote(item: _Item, moment: datetime) -> Quote:
    """The list holds what is in force, even where the game's clock is a little ahead of ours."""
    return Quote(item.code, item.price_fen, item.version, min(item.effective_at, moment), item.name)
