"""The game server's API, as far as this service uses it (docs/api/game-server.md)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

from gamedesk_chassis.http_client import CallFailed, call, sync_client
from gamedesk_chassis.remotes import Remote
from pydantic import BaseModel, Field, ValidationError

from gamedesk_players.model.profiles import Account

_DEADLINE_SECONDS = 5.0
# All phones of a player together: less than the lease under which they are asked.
_LONGEST_SECONDS = 20.0
_MAX_BYTES = 256 * 1024
# No control characters: they make no name, and PostgreSQL stores no NUL.
_Text = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\P{Cc}+$")]


class _Server(BaseModel):
    id: _Text
    name: _Text


class _Profile(BaseModel):
    game_account_id: _Text
    nickname: _Text
    server: _Server
    level: int | None = Field(default=None, ge=0, le=1_000_000)
    vip_level: int | None = Field(default=None, ge=0, le=1_000)


class _Answer(BaseModel):
    profiles: list[_Profile] = Field(max_length=50)


class GameServer:
    """One game's server. A question ends within 5 s whatever the server does."""

    def __init__(self, game: Remote) -> None:
        self._client = sync_client(game.api_url, headers={"Authorization": f"Bearer {game.api_key}"})

    def accounts_of_each(self, phones: Sequence[str]) -> list[list[Account]]:
        """`accounts_of` for all phones of a player, one after the other; the first failure is that of all."""
        ends = time.monotonic() + _LONGEST_SECONDS
        answers: list[list[Account]] = []
        for phone in phones:
            left = ends - time.monotonic()
            if left <= 0:
                raise CallFailed("timeout")
            answers.append(self.accounts_of(phone, min(left, _DEADLINE_SECONDS)))
        return answers

    def accounts_of(self, phone: str, deadline: float = _DEADLINE_SECONDS) -> list[Account]:
        """The accounts registered with an E.164 phone. Raises CallFailed: also for an answer that makes no sense."""
        reply = call(
            self._client,
            "GET",
            "/v1/profiles",
            params={"phone": phone},
            deadline=deadline,
            limit=_MAX_BYTES,
        )
        if reply.status != 200:
            raise CallFailed("status", reply.status)
        accounts = [_account(profile) for profile in _parse(reply.json()).profiles]
        if len({account.game_account_id for account in accounts}) < len(accounts):
            raise CallFailed("body")
        return accounts


def _parse(body: Any) -> _Answer:
    try:
        return _Answer.model_validate(body)
    except ValidationError:
        raise CallFailed("body") from None


def _account(profile: _Profile) -> Account:
    return Account(
        game_account_id=profile.game_account_id,
        nickname=profile.nickname,
        server_id=profile.server.id,
        server_name=profile.server.name,
        level=profile.level,
        vip_level=profile.vip_level,
    )
