"""The accounts that games report for a player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Literal
from uuid import UUID

ChangeKind = Literal["profile_appeared", "profile_lost", "renamed", "moved_server"]
ProfileState = Literal["pending", "ok", "stale", "not_found", "ambiguous", "error"]


class Priority(IntEnum):
    """How urgently a game is asked about a player; the most urgent go first, however many wait behind them."""

    AGENT_WAITS = 0
    NEW_PLAYER = 1
    BACKGROUND = 2


@dataclass(frozen=True)
class Account:
    """An account in a game, as the game's server reports it."""

    game_account_id: str
    nickname: str
    server_id: str
    server_name: str
    level: int | None
    vip_level: int | None


@dataclass(frozen=True)
class Profile:
    """What is known of a player in one game; an aggregate of its own, so that a sync costs no agent a conflict."""

    profile_id: UUID
    player_id: UUID
    game_id: str
    state: ProfileState
    account: Account | None
    synced_at: datetime | None
    attempted_at: datetime | None
    error: str | None
    version: int

    def state_at(self, moment: datetime, stale_after: timedelta) -> ProfileState:
        """`ok` ages into `stale`; nothing else changes by itself."""
        if self.state == "ok" and self.synced_at is not None and moment - self.synced_at > stale_after:
            return "stale"
        return self.state


def united(answers: Sequence[Sequence[Account]]) -> list[tuple[Account, ProfileState]]:
    """A game's answers for each of a player's phones as one: every account once, in the order of the phones.

    An account is ambiguous if a phone that it is registered with has several of them.
    """
    accounts: dict[str, Account] = {}
    ambiguous: set[str] = set()
    for answer in answers:
        for account in answer:
            accounts.setdefault(account.game_account_id, account)
        if len(answer) > 1:
            ambiguous.update(account.game_account_id for account in answer)
    return [(account, "ambiguous" if key in ambiguous else "ok") for key, account in accounts.items()]


def changes_between(before: Profile, after: Profile) -> list[tuple[ChangeKind, dict[str, Any]]]:
    """What became of an account between two answers, for the history of its player: {game_id, before, after}."""
    old, new = _present(before), _present(after)

    def change(kind: ChangeKind, was: str | None, became: str | None) -> tuple[ChangeKind, dict[str, Any]]:
        return kind, {"game_id": after.game_id, "before": was, "after": became}

    if old is None or new is None:
        appeared = [] if new is None else [change("profile_appeared", None, new.nickname)]
        return appeared if old is None else [*appeared, change("profile_lost", old.nickname, None)]
    changes: list[tuple[ChangeKind, dict[str, Any]]] = []
    if old.nickname != new.nickname:
        changes.append(change("renamed", old.nickname, new.nickname))
    if (old.server_id, old.server_name) != (new.server_id, new.server_name):
        changes.append(change("moved_server", old.server_name, new.server_name))
    return changes


def _present(profile: Profile) -> Account | None:
    """The account, if the game named it when it last answered."""
    return None if profile.state == "not_found" else profile.account
