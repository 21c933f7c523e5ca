"""Merging players and undoing it. The rows of the loser keep his id; reads of the survivor include them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.commands.access import require_may_act, require_present
from gamedesk_players.commands.owners import give, record_changes, require_active_owner
from gamedesk_players.commands.players import index_names
from gamedesk_players.errors import MergeNotFound, MergeRefused, MergeUndone, PlayerErased, PlayerNotFound
from gamedesk_players.model.merges import (
    LONGEST_NOTE,
    MOST_MERGED,
    MOST_TAGS,
    Choice,
    Merge,
    put_back,
    survivor_with,
    taken_over,
)
from gamedesk_players.model.players import Player
from gamedesk_players.repository import agents, history, players
from gamedesk_players.repository import merges as repository


@dataclass(frozen=True)
class MergeRequest:
    """`keep`: field → whose value the survivor has from now on."""

    loser_id: UUID
    loser_version: int
    keep: dict[str, Choice]


def merge_players(
    tx: Connection, caller: Principal, survivor_id: UUID, expected_version: int, request: MergeRequest
) -> Outcome:
    """Merge the loser into the survivor; both are the caller's to change, in the versions that he saw.

    Whoever was merged into the loser follows him to the survivor. Raises PlayerNotFound, MergeRefused, PlayerMerged,
    PlayerErased, NotAllowed, StaleVersion (at /loser_version for the loser's), UnknownOwner.
    """
    if survivor_id == request.loser_id:
        raise MergeRefused("Name another player.", pointer="/loser_id")
    locked = players.lock_families(tx, [survivor_id, request.loser_id])
    survivor, loser = locked.get(survivor_id), locked.get(request.loser_id)
    if survivor is None:
        raise PlayerNotFound()
    if loser is None:
        raise MergeRefused("There is no such player.", pointer="/loser_id")
    _require_mergeable(tx, caller, survivor, loser)
    if survivor.version != expected_version:
        raise StaleVersion()
    if loser.version != request.loser_version:
        raise StaleVersion("The player to be merged was changed.", pointer="/loser_version")
    kept = survivor_with(survivor, loser, request.keep)
    _require_room(kept)
    if kept.owner_agent_id != survivor.owner_agent_id:
        require_active_owner(tx, kept.owner_agent_id, "/keep/owner")
    moment = now()
    merge = Merge(
        merge_id=new_id(),
        survivor_id=survivor_id,
        loser_id=loser.player_id,
        owner_before=loser.owner_agent_id,
        moved=loser.merged_from,
        fields=taken_over(survivor, kept),
        merged_by=caller.id,
        merged_at=moment,
    )
    repository.insert_merge(tx, merge)
    _save(tx, survivor, kept, caller.id, moment)
    give(tx, (locked[i] for i in survivor.merged_from), kept.owner_agent_id, caller.id, moment)
    for member in (loser, *(locked[i] for i in loser.merged_from)):
        _set_root(tx, member, survivor_id, kept.owner_agent_id, caller.id, moment)
    _record(tx, merge, "merged", caller.id, moment)
    return Outcome(str(merge.merge_id))


def undo_merge(tx: Connection, caller: Principal, merge_id: UUID, reason: str) -> Outcome:
    """Make the loser a player of his own again, with those who had been merged into him and the owner he had.

    The survivor's fields are put back unless somebody changed them since. Owners who are active no more get nobody.
    Raises MergeNotFound, MergeUndone, PlayerMerged (a later merge has to be undone first), PlayerErased, NotAllowed.
    """
    merge = repository.get(tx, merge_id)
    if merge is None:
        raise MergeNotFound()
    locked = players.lock_families(tx, [merge.survivor_id, merge.loser_id])
    merge = repository.get(tx, merge_id)  # as it is now that nobody else can undo it
    assert merge
    survivor, loser = locked[merge.survivor_id], locked[merge.loser_id]
    if merge.undone_at is not None:
        raise MergeUndone()
    if survivor.merged_into is not None:
        require_present(survivor)
    if loser.erased:
        raise PlayerErased("What is erased stays erased.")
    require_may_act(tx, caller, survivor.owner_agent_id)
    part(tx, merge, locked, caller.id, reason)
    return Outcome(str(merge_id), 200)


def part(tx: Connection, merge: Merge, locked: Mapping[UUID, Player], actor: str, reason: str) -> None:
    """Undo a merge whose survivor is a root; `locked` holds his family."""
    survivor, loser = locked[merge.survivor_id], locked[merge.loser_id]
    moment = now()
    leaving = {loser.player_id, *merge.moved}
    restored = survivor if survivor.erased else _restored(tx, survivor, merge, leaving)
    owner = merge.owner_before if agents.is_active(tx, merge.owner_before) else restored.owner_agent_id
    repository.set_undone(tx, merge.merge_id, actor, reason, moment)
    _set_root(tx, loser, None, owner, actor, moment)
    for member_id in merge.moved:
        _set_root(tx, locked[member_id], loser.player_id, owner, actor, moment)
    _save(tx, survivor, restored, actor, moment)
    staying = (locked[i] for i in survivor.merged_from if i not in leaving)
    give(tx, staying, restored.owner_agent_id, actor, moment)
    _record(tx, merge, "merge_undone", actor, moment)


def _require_mergeable(tx: Connection, caller: Principal, survivor: Player, loser: Player) -> None:
    require_present(survivor)
    require_present(loser, "/loser_id")
    require_may_act(tx, caller, survivor.owner_agent_id)
    require_may_act(tx, caller, loser.owner_agent_id)
    if len(survivor.merged_from) + len(loser.merged_from) + 1 > MOST_MERGED:
        raise MergeRefused(f"At most {MOST_MERGED} players are merged into one.", pointer="/loser_id")


def _require_room(kept: Player) -> None:
    if len(kept.note) > LONGEST_NOTE:
        raise MergeRefused("Both notes together are too long; keep one of them.", pointer="/keep/note")
    if len(kept.tags) > MOST_TAGS:
        raise MergeRefused(f"A player has at most {MOST_TAGS} tags; keep those of one.", pointer="/keep/tags")


def _restored(tx: Connection, survivor: Player, merge: Merge, leaving: set[UUID]) -> Player:
    """The survivor without what this merge brought."""
    restored = put_back(survivor, _remembered_here(tx, survivor, merge))
    if restored.owner_agent_id != survivor.owner_agent_id and not agents.is_active(tx, restored.owner_agent_id):
        restored = replace(restored, owner_agent_id=survivor.owner_agent_id)
    if restored.wechat_id and players.holder_of_wechat_id(tx, restored.wechat_id) in leaving:
        restored = replace(restored, wechat_id=players.latest_wechat_id(tx, survivor.player_id))
    return restored


def _remembered_here(tx: Connection, survivor: Player, merge: Merge) -> dict[str, tuple[Any, Any]]:
    """The merge's memory of the survivor's fields, without what a later merge covers: that one remembers it now."""
    here = dict(merge.fields)
    for later in repository.standing_after(tx, merge):
        covered = {field for field in here if field in later.fields and later.fields[field][0] == here[field][1]}
        if covered:
            handed_on = {field: (here.pop(field)[0], later.fields[field][1]) for field in covered}
            repository.set_fields(tx, later.merge_id, {**later.fields, **handed_on})
    return here


def _save(tx: Connection, before: Player, after: Player, actor: str, moment: datetime) -> None:
    """Write the survivor; his version grows in any case, because reading him shows more or less than before."""
    after = replace(after, version=before.version + 1, updated_at=moment)
    players.save(tx, after)
    if after.wechat_name != before.wechat_name:
        index_names(tx, after.player_id)
    events.player_updated(tx, after, actor)
    record_changes(tx, before, after, actor)


def _set_root(tx: Connection, player: Player, root: UUID | None, owner: str, actor: str, moment: datetime) -> None:
    """Merge the player into `root`, or let him stand for himself."""
    moved = replace(player, merged_into=root, owner_agent_id=owner, version=player.version + 1, updated_at=moment)
    players.save(tx, moved)
    publish = events.player_updated if root is None else events.player_merged
    publish(tx, moved, actor)


def _record(tx: Connection, merge: Merge, kind: Any, actor: str, moment: datetime) -> None:
    details = {
        "merge_id": str(merge.merge_id),
        "survivor_id": str(merge.survivor_id),
        "loser_id": str(merge.loser_id),
    }
    for player_id in (merge.survivor_id, merge.loser_id):
        history.record(tx, player_id, kind, details, agent_id=actor, happened_at=moment)
