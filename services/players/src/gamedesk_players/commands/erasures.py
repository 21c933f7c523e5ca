"""Erasing a player on request (PIPL): what identifies him goes, the books stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players import events
from gamedesk_players.commands import merges as merging
from gamedesk_players.commands.access import require_may_act, require_present
from gamedesk_players.errors import PlayerNotFound
from gamedesk_players.model.players import Player
from gamedesk_players.repository import erasures as repository
from gamedesk_players.repository import merges, players
from gamedesk_players.repository.erasures import Erasure

_REPLAYED = "erasure replayed"


def erase_player(tx: Connection, caller: Principal, player_id: UUID, reason: str) -> Outcome:
    """Erase a player and everybody merged into him; whoever of them is erased already stays as he is.

    Raises PlayerNotFound, PlayerMerged, NotAllowed.
    """
    family = players.lock_families(tx, [player_id])
    player = family.get(player_id)
    if player is None:
        raise PlayerNotFound()
    require_may_act(tx, caller, player.owner_agent_id)
    if not player.erased:
        require_present(player)
    if present := [member for member in family.values() if not member.erased]:
        moment = now()
        _erase(tx, present, [Erasure(member.player_id, caller.id, reason, moment) for member in present])
    return Outcome(str(player_id), 200)


def remember(tx: Connection, erasure: Erasure) -> None:
    """Put somebody on the list; `replay` erases him."""
    repository.record(tx, erasure)


def replay(tx: Connection, erasure: Erasure) -> bool:
    """Erase again whom a restored backup brought back; False if he is not there, or erased.

    Only whoever is on the list (`remember` all of it before): a merge with others that stood when the backup was made
    was undone before he was erased, and is undone again.
    """
    _part_from_unlisted(tx, erasure)
    player = players.lock(tx, erasure.player_id)
    if player is None or player.erased:
        return False
    _erase(tx, [player], [erasure])
    return True


def _part_from_unlisted(tx: Connection, erasure: Erasure) -> None:
    """Undo the merges, newest first, that make one person of him and of players who are not on the list."""
    while True:
        player = players.get(tx, erasure.player_id)
        if player is None:
            return
        root = player.merged_into or player.player_id
        family = players.lock_families(tx, [root])
        if erasure.player_id not in family:  # parted meanwhile
            continue
        unlisted = family.keys() - repository.listed(tx, family)
        for merge in merges.standing_into(tx, root):
            group = {merge.loser_id, *merge.moved}
            his = root == erasure.player_id or erasure.player_id in group
            if his and (root in unlisted or group & unlisted):
                merging.part(tx, merge, family, erasure.erased_by, _REPLAYED)
                break
        else:
            return


def _erase(tx: Connection, found: Iterable[Player], erasures: Iterable[Erasure]) -> None:
    by_id = {erasure.player_id: erasure for erasure in erasures}
    repository.remove_all_of(tx, list(by_id))
    for player in found:
        erasure = by_id[player.player_id]
        erased = replace(
            player,
            wechat_id=None,
            wechat_name=None,
            tier="none",
            minor_band="none",
            note="",
            tags=(),
            erased=True,
            version=player.version + 1,
            updated_at=now(),
        )
        players.save(tx, erased)
        repository.mark_erased(tx, player.player_id, erasure.erased_at)
        repository.record(tx, erasure)
        events.player_erased(tx, erased, erasure.erased_by)
