"""Who may change a player, and who can be changed at all."""

from __future__ import annotations

from gamedesk_chassis.errors import NotAllowed
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_players.errors import PlayerErased, PlayerMerged
from gamedesk_players.model.players import Player
from gamedesk_players.repository import agents


def may_act(tx: Connection, caller: Principal, agent_id: str) -> bool:
    """Whether this is the caller's own work, his team's if he leads it, or he is an admin."""
    if caller.role == "admin" or caller.id == agent_id:
        return True
    return caller.role == "lead" and caller.team is not None and caller.team == agents.team_of(tx, agent_id)


def require_may_act(tx: Connection, caller: Principal, owner_agent_id: str) -> None:
    """His owner, a lead of the owner's team, or an admin. Raises NotAllowed."""
    if may_act(tx, caller, owner_agent_id):
        return
    raise NotAllowed("Only his owner, a lead of the owner's team or an admin changes a player.")


def require_present(player: Player, pointer: str | None = None) -> None:
    """Raises PlayerMerged (with who took his place) or PlayerErased."""
    if player.merged_into is not None:
        raise PlayerMerged("Work with the one who took his place.", pointer=pointer, merged_into=player.merged_into)
    if player.erased:
        raise PlayerErased("Nothing is kept or recorded about him any more.", pointer=pointer)
