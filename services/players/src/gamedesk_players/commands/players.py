"""Creating and changing players (R1–R4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players import events, phone
from gamedesk_players.commands.access import require_may_act, require_present
from gamedesk_players.commands.owners import give, record_changes, require_active_owner
from gamedesk_players.commands.syncs import plan_games
from gamedesk_players.errors import PhoneNeeded, PlayerExists, PlayerNotFound
from gamedesk_players.model.players import NewPlayer, Player
from gamedesk_players.model.profiles import Priority
from gamedesk_players.repository import history, players, profiles, search


def create_player(
    tx: Connection,
    caller: Principal,
    new: NewPlayer,
    game_ids: Sequence[str],
    priority: Priority = Priority.NEW_PLAYER,
) -> Outcome:
    """Create a player and plan the first sync with every game; a game that is down never blocks this.

    Raises PhoneNotValid, UnknownOwner, PlayerExists (with the existing player's id).
    """
    number = phone.normalise(new.phone)
    require_active_owner(tx, new.owner_agent_id)
    moment = now()
    player = Player(
        player_id=new_id(),
        owner_agent_id=new.owner_agent_id,
        wechat_id=new.wechat_id,
        wechat_name=new.wechat_name,
        tier=new.tier,
        minor_band=new.minor_band,
        note=new.note,
        tags=new.tags,
        merged_into=None,
        erased=False,
        version=1,
        created_at=moment,
        updated_at=moment,
        phones=(number,),
    )
    players.insert_player(tx, player)
    _refuse_duplicate(tx, player.player_id, players.claim_phone(tx, player.player_id, number, 0), "/phone")
    if new.wechat_id:
        _claim_wechat_id(tx, player.player_id, new.wechat_id, moment)
    search.set_names(tx, player.player_id, [new.wechat_name or ""])
    events.player_created(tx, player, caller.id)
    history.record(tx, player.player_id, "created", {}, agent_id=caller.id, happened_at=moment)
    plan_games(tx, [player.player_id], game_ids, priority)
    return Outcome(str(player.player_id))


def edit_player(
    tx: Connection,
    caller: Principal,
    player_id: UUID,
    expected_version: int,
    changes: dict[str, Any],
    game_ids: Sequence[str],
) -> None:
    """Apply `changes` (fields of Player); his owner, a lead of the owner's team or an admin may.

    `phones` are all of his own from now on, the first is primary; the games are asked again when there
    are others. Phones of players merged into him stay, whether they are named or not. A new WeChat id keeps the one
    before as an alias. A new owner gets the players merged into him too. What changes nothing leaves no trace.

    Raises PlayerNotFound, PlayerMerged, PlayerErased, NotAllowed, StaleVersion, UnknownOwner, PlayerExists,
    PhoneNotValid, PhoneNeeded.
    """
    family = players.lock_families(tx, [player_id])
    player = family.get(player_id)
    if player is None:
        raise PlayerNotFound()
    require_present(player)
    require_may_act(tx, caller, player.owner_agent_id)
    if player.version != expected_version:
        raise StaleVersion()
    if "tags" in changes:
        changes = {**changes, "tags": tuple(changes["tags"])}
    if "phones" in changes:
        changes = {**changes, "phones": _wanted_phones(tx, player, changes["phones"])}
    edited = replace(player, **changes)
    if edited == player:
        return
    edited = replace(edited, version=player.version + 1, updated_at=now())
    if edited.owner_agent_id != player.owner_agent_id:
        require_active_owner(tx, edited.owner_agent_id)
    if edited.wechat_id and edited.wechat_id != player.wechat_id:
        _claim_wechat_id(tx, player_id, edited.wechat_id, edited.updated_at)
    if edited.phones != player.phones:
        _change_phones(tx, player, edited.phones)
        if set(edited.phones) != set(player.phones):
            plan_games(tx, [player_id], game_ids, Priority.AGENT_WAITS)
    players.save(tx, edited)
    if edited.wechat_name != player.wechat_name:
        index_names(tx, player_id)
    events.player_updated(tx, edited, caller.id)
    record_changes(tx, player, edited, caller.id)
    losers = (family[loser_id] for loser_id in player.merged_from)
    give(tx, losers, edited.owner_agent_id, caller.id, edited.updated_at)


def reveal_contacts(tx: Connection, caller: Principal, player_id: UUID, reason: str) -> Outcome:
    """Record that `caller` looked at the contacts of a player who is not his own; of a merged one, at the survivor's.

    Raises PlayerNotFound, PlayerErased.
    """
    asked = players.get(tx, player_id)
    if asked is None:
        raise PlayerNotFound()
    player = players.lock(tx, asked.merged_into or player_id)  # an erasure at the same time finds what is written here
    assert player
    require_present(player)
    moment = now()
    players.record_reveal(tx, player.player_id, caller.id, reason, moment)
    history.record(tx, player.player_id, "contacts_revealed", {}, agent_id=caller.id, happened_at=moment)
    return Outcome(str(player_id))


def index_names(tx: Connection, player_id: UUID) -> None:
    """Make a player findable by his WeChat name and all his nicknames.

    Call it after the last change: whoever holds the lock sees what the one before him has committed, so that
    answers of several games at once lose nobody's nicknames.
    """
    search.lock_names(tx, player_id)
    player = players.get(tx, player_id)
    if player is None:
        return
    known = profiles.of_players(tx, [player_id]).get(player_id, [])
    nicknames = [profile.account.nickname for profile in known if profile.account]
    search.set_names(tx, player_id, [player.wechat_name or "", *nicknames])


def _wanted_phones(tx: Connection, player: Player, spelt: Sequence[str]) -> tuple[str, ...]:
    """All his phones after an edit: his own as wanted, then those of the players merged into him."""
    wanted = dict.fromkeys(phone.normalise(text, pointer=f"/phones/{i}") for i, text in enumerate(spelt))
    others = players.phones_of(tx, player.merged_from)
    own = [number for number in wanted if number not in others]
    if not own:
        raise PhoneNeeded("Name one that is not of a player merged into him.", pointer="/phones")
    return (*own, *(number for number in player.phones if number in others))


def _change_phones(tx: Connection, player: Player, wanted: Sequence[str]) -> None:
    # Claims in the order of the numbers and releases last, so that two edits at once wait in no circle.
    for number in sorted(set(wanted) - set(player.phones)):
        position = wanted.index(number)
        holder = players.claim_phone(tx, player.player_id, number, position)
        _refuse_duplicate(tx, player.player_id, holder, f"/phones/{position}")
    players.set_phones(tx, player.player_id, wanted)


def _claim_wechat_id(tx: Connection, player_id: UUID, wechat_id: str, moment: datetime) -> None:
    holder = players.claim_wechat_id(tx, player_id, wechat_id, moment)
    _refuse_duplicate(tx, player_id, holder, "/wechat_id")


def _refuse_duplicate(tx: Connection, player_id: UUID, holder: UUID, pointer: str) -> None:
    """A player merged into him is himself; of others, the one who took their place is named."""
    existing = holder if holder == player_id else players.root_of(tx, holder)
    if existing != player_id:
        raise PlayerExists("Open the existing player.", pointer=pointer, existing_player_id=str(existing))
