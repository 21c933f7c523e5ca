"""Players as the caller may see them; contacts are masked here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gamedesk_players import phone
from gamedesk_players.model.players import Player
from gamedesk_players.model.profiles import Profile
from gamedesk_players.model.search import Match
from gamedesk_players.names import masked_wechat_id
from gamedesk_players.queries.players import PlayerDetails, PlayerPage

_NAMES_ON_A_CARD = 3


class PlayerViews:
    """`game_names`: id → name of the configured games. A profile counts as stale after `stale_after`."""

    def __init__(self, game_names: dict[str, str], stale_after: timedelta) -> None:
        self._game_names, self.stale_after = game_names, stale_after

    def page(self, found: PlayerPage) -> dict[str, Any]:
        items = [
            self.card(player, found.profiles.get(player.player_id, ()), match=found.matches.get(player.player_id))
            for player in found.players
        ]
        return {"items": items, "next_cursor": found.next_cursor, "refine": found.refine}

    def card(
        self, player: Player, profiles: Sequence[Profile], *, masked: bool = True, match: Match | None = None
    ) -> dict[str, Any]:
        return {
            "player_id": player.player_id,
            "wechat_id": _wechat_id(player.wechat_id, masked),
            "wechat_name": player.wechat_name,
            "phone": _phone(player.phones[0], masked) if player.phones else None,
            "masked": masked,
            "owner_agent_id": player.owner_agent_id,
            "tier": player.tier,
            "minor_band": player.minor_band,
            "tags": list(player.tags),
            "game_names": [self._line(p) for p in profiles if p.account][:_NAMES_ON_A_CARD],
            "match": match,
            "version": player.version,
            "created_at": player.created_at,
            "updated_at": player.updated_at,
        }

    def details(self, found: PlayerDetails, moment: datetime, *, masked: bool) -> dict[str, Any]:
        player, owner = found.player, found.owner
        return {
            **self.card(player, found.profiles, masked=masked),
            "phones": [{"phone": _phone(p, masked), "primary": i == 0} for i, p in enumerate(player.phones)],
            "wechat_aliases": [_wechat_id(alias, masked) for alias in player.wechat_aliases],
            "note": player.note,
            "owner": {
                "agent_id": owner.agent_id,
                "name": owner.name,
                "wechat_id": owner.wechat_id,
                "wechat_name": owner.wechat_name,
            },
            "profiles": [self.profile(profile, moment) for profile in found.profiles],
            "merged_into": player.merged_into,
            "merged_from": list(player.merged_from),
            "redirected_from": found.redirected_from,
            "erased": player.erased,
        }

    def profile(self, profile: Profile, moment: datetime) -> dict[str, Any]:
        account = profile.account
        return {
            "profile_id": profile.profile_id,
            "game_id": profile.game_id,
            "game_name": self._game_names.get(profile.game_id, profile.game_id),
            "state": profile.state_at(moment, self.stale_after),
            "game_account_id": account.game_account_id if account else None,
            "nickname": account.nickname if account else None,
            "server": account.server_name if account else None,
            "level": account.level if account else None,
            "vip_level": account.vip_level if account else None,
            "synced_at": profile.synced_at,
            "attempted_at": profile.attempted_at,
            "error": profile.error,
        }

    def _line(self, profile: Profile) -> str:
        assert profile.account
        game = self._game_names.get(profile.game_id, profile.game_id)
        return f"{game} · {profile.account.server_name} · {profile.account.nickname}"


def _phone(e164: str, masked: bool) -> str:
    return phone.masked(e164) if masked else phone.shown(e164)


def _wechat_id(wechat_id: str | None, masked: bool) -> str | None:
    return masked_wechat_id(wechat_id) if wechat_id and masked else wechat_id
