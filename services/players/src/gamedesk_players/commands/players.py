"""Creating and changing players (R1–R4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players import events, phone
from gamedesk_players.errors import PlayerExists, PlayerNotFound, UnknownOwner
from gamedesk_players.model.players import NewPlayer, Player
from gamedesk_players.model.profiles import Profile
from gamedesk_players.repository import agents, history, players, profiles


def create_player(tx: Connection, caller: Principal, new: NewPlayer, game_ids: Sequence[str]) -> Outcome:
    """Create a player and plan the first sync with every game; a game that is down never blocks this.

    Raises PhoneNotValid, UnknownOwner, PlayerExists (with the existing player's id).
    """
    number = phone.normalise(new.phone)
    _require_active_owner(tx, new.owner_agent_id)
    moment = now()
    player = Player(
        player_id=new_id(),
        owner_agent_id=new.owner_agent_id,
        wechat_id=new.wechat_id,
        wechat_name=new.wechat_name,
        tier=new.tier,
        minor_band=new.minor_band,
        note=new.note,
        tags=(),
        merged_into=None,
        erased=False,
        version=1,
        created_at=moment,
        updated_at=moment,
        phones=(number,),
    )
    players.insert_player(tx, player)
    _refuse_duplicate(player.player_id, players.claim_phone(tx, player.player_id, number, 0), "/phone")
    if new.wechat_id:
        _claim_wechat_id(tx, player.player_id, new.wechat_id, moment)
    players.set_names(tx, player.player_id, [new.wechat_name or ""])
    events.player_created(tx, player, caller.id)
    history.record(tx, player.player_id, "created", {}, agent_id=caller.id, happened_at=moment)
    plan_games(tx, player.player_id, game_ids)
    return Outcome(str(player.player_id))


def edit_player(
    tx: Connection,
    caller: Principal,
    player_id: UUID,
    expected_version: int,
    changes: dict[str, Any],
    game_ids: Sequence[str],
) -> None:
    """Apply `changes` (fields of Player); his owner or a lead may.

    `phones` are all he has from now on, the first is primary; the games are asked again about a new primary one.
    A new WeChat id keeps the one before as an alias. What changes nothing leaves no trace.

    Raises PlayerNotFound, NotAllowed, StaleVersion, UnknownOwner, PlayerExists, PhoneNotValid.
    """
    player = players.lock(tx, player_id)
    if player is None:
        raise PlayerNotFound()
    if caller.id != player.owner_agent_id and not caller.is_lead:
        raise NotAllowed("Only his owner or a lead changes a player.")
    if player.version != expected_version:
        raise StaleVersion()
    if "tags" in changes:
        changes = {**changes, "tags": tuple(changes["tags"])}
    if "phones" in changes:
        spelt = (phone.normalise(text, pointer=f"/phones/{i}") for i, text in enumerate(changes["phones"]))
        changes = {**changes, "phones": tuple(dict.fromkeys(spelt))}
    edited = replace(player, **changes)
    if edited == player:
        return
    edited = replace(edited, version=player.version + 1, updated_at=now())
    if edited.owner_agent_id != player.owner_agent_id:
        _require_active_owner(tx, edited.owner_agent_id)
    if edited.wechat_id and edited.wechat_id != player.wechat_id:
        _claim_wechat_id(tx, player_id, edited.wechat_id, edited.updated_at)
    if edited.phones != player.phones:
        _change_phones(tx, player, edited.phones)
        if edited.phones[:1] != player.phones[:1]:
            plan_games(tx, player_id, game_ids)
    players.save(tx, edited)
    if edited.wechat_name != player.wechat_name:
        index_names(tx, player_id)
    events.player_updated(tx, edited, caller.id)
    _record_changes(tx, player, edited, caller.id)


def reveal_contacts(tx: Connection, caller: Principal, player_id: UUID, reason: str) -> Outcome:
    """Record that `caller` looked at the contacts of a player who is not his own."""
    if players.get(tx, player_id) is None:
        raise PlayerNotFound()
    moment = now()
    players.record_reveal(tx, player_id, caller.id, reason, moment)
    history.record(tx, player_id, "contacts_revealed", {}, agent_id=caller.id, happened_at=moment)
    return Outcome(str(player_id))


def index_names(tx: Connection, player_id: UUID) -> None:
    """Make a player findable by his WeChat name and all his nicknames.

    Call it after the last change: whoever holds the index row sees what the one before him has committed, so that
    answers of several games at once lose nobody's nicknames.
    """
    indexed = players.lock_names(tx, player_id)
    player = players.get(tx, player_id)
    if player is None:
        return
    known = profiles.of_players(tx, [player_id]).get(player_id, [])
    nicknames = [profile.account.nickname for profile in known if profile.account]
    wanted = [player.wechat_name or "", *nicknames]
    if players.indexed_text(wanted) != indexed:
        players.set_names(tx, player_id, wanted)


def plan_games(tx: Connection, player_id: UUID, game_ids: Sequence[str]) -> None:
    """Have these games asked about a player as soon as a worker is free; each has a place for its answer."""
    profiles.plan_syncs(tx, player_id, game_ids, now())
    for game_id in profiles.games_without_profile(tx, player_id, game_ids):
        profile = pending_profile(player_id, game_id)
        profiles.upsert(tx, profile)
        events.profile_synced(tx, profile)


def pending_profile(player_id: UUID, game_id: str) -> Profile:
    """The place that a game's answer will take."""
    return Profile(
        profile_id=new_id(),
        player_id=player_id,
        game_id=game_id,
        state="pending",
        account=None,
        synced_at=None,
        attempted_at=None,
        error=None,
        version=1,
    )


def _record_changes(tx: Connection, before: Player, after: Player, actor: str) -> None:
    moment = after.updated_at
    if before.owner_agent_id != after.owner_agent_id:
        owners = {"before": before.owner_agent_id, "after": after.owner_agent_id}
        history.record(tx, after.player_id, "handed_off", owners, agent_id=actor, happened_at=moment)
    if before.tier != after.tier:
        tiers = {"before": before.tier, "after": after.tier}
        history.record(tx, after.player_id, "tier_changed", tiers, agent_id=actor, happened_at=moment)


def _require_active_owner(tx: Connection, agent_id: str) -> None:
    if not agents.is_active(tx, agent_id):
        raise UnknownOwner("Name an active agent.", pointer="/owner_agent_id")


def _change_phones(tx: Connection, player: Player, wanted: Sequence[str]) -> None:
    # Claims in the order of the numbers and releases last, so that two edits at once wait in no circle.
    for number in sorted(set(wanted) - set(player.phones)):
        position = wanted.index(number)
        holder = players.claim_phone(tx, player.player_id, number, position)
        _refuse_duplicate(player.player_id, holder, f"/phones/{position}")
    players.set_phones(tx, player.player_id, wanted)


def _claim_wechat_id(tx: Connection, player_id: UUID, wechat_id: str, moment: datetime) -> None:
    _refuse_duplicate(player_id, players.claim_wechat_id(tx, player_id, wechat_id, moment), "/wechat_id")


def _refuse_duplicate(player_id: UUID, holder: UUID, pointer: str) -> None:
    if holder != player_id:
        raise PlayerExists("Open the existing player.", pointer=pointer, existing_player_id=str(holder))
