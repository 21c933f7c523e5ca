"""Whether a player may be contacted; do_not_contact is lifted by a lead alone."""

from __future__ import annotations

from uuid import UUID

from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.campaign_calls import follow_block
from gamedesk_sales.errors import DoNotContact, NoContactBlock, PlayerErased
from gamedesk_sales.model.contact_blocks import ContactBlock
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.repository import contact_blocks as repository
from gamedesk_sales.repository import copies


def require_contactable(tx: Connection, player: Player) -> None:
    """Call with the player locked. Raises DoNotContact, PlayerErased."""
    if player.erased:
        raise PlayerErased("His data was erased at his request.", pointer="/player_id")
    block = repository.in_force(tx, player.ids)
    if block is not None:
        raise DoNotContact("A lead can lift this, with a reason.", blocked_at=rfc3339(block.blocked_at))


def block_contact(tx: Connection, touch: Touch) -> None:
    block = ContactBlock(
        block_id=new_id(),
        player_id=touch.player_id,
        touch_id=touch.touch_id,
        blocked_by=touch.agent_id,
        blocked_at=touch.recorded_at,
    )
    repository.insert_block(tx, block)


def lift_block(tx: Connection, caller: Principal, player_id: UUID, reason: str) -> Outcome:
    """Let the player be contacted again. Raises NoContactBlock."""
    copies.lock_player(tx, player_id)
    ids, moment = copies.same_person(tx, [player_id]), now()
    block_id = repository.lift(tx, ids, caller.id, moment, reason)
    if block_id is None:
        raise NoContactBlock()
    follow_block(tx, ids, moment)
    events.follow_up_changed(tx, player_id, caller.id)
    return Outcome(str(block_id), status=200)
