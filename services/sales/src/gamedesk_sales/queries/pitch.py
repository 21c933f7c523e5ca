"""What to know before the next pitch (R14, B3, B5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from sqlalchemy import Connection

from gamedesk_sales.errors import PlayerNotFound
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.contact_blocks import ContactBlock
from gamedesk_sales.model.contact_rules import Frequency, suggested_tier
from gamedesk_sales.model.follow_ups import FollowUp
from gamedesk_sales.model.minor_caps import Allowance
from gamedesk_sales.model.pitch import Figures, Suggestion, figures_of, suggestions_for
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.recovery_proposals import RecoveryProposal
from gamedesk_sales.model.sell_safe import SellSafe
from gamedesk_sales.model.touches import Touch
from gamedesk_sales.queries.contact_rules import frequency_of_ids
from gamedesk_sales.repository import (
    contact_blocks,
    contact_rules,
    copies,
    follow_ups,
    minor_caps,
    recovery_proposals,
    touches,
)
from gamedesk_sales.repository import pitch as repository


@dataclass(frozen=True)
class Pitch:
    """Of one person, whatever ids his records are kept under; `suggestions` are empty if he may not be contacted."""

    player: Player
    as_of: datetime
    sell_safe: SellSafe
    block: ContactBlock | None
    frequency: Frequency
    allowance: Allowance | None
    last_touch: Touch | None
    follow_up: FollowUp | None
    proposals: Sequence[RecoveryProposal]
    suggested_tier: str
    figures: Figures
    suggestions: Sequence[Suggestion]

    @property
    def is_contactable(self) -> bool:
        return self.block is None and not self.player.erased


def get_pitch(tx: Connection, player_id: UUID) -> Pitch:
    """Raises PlayerNotFound."""
    player = copies.find_player(tx, player_id)
    if player is None:
        raise PlayerNotFound()
    moment, rules = now(), contact_rules.current(tx)
    today = business_day(moment)
    last = touches.last_counted(tx, player.ids)
    history = repository.history(tx, player.ids, moment, last.occurred_at if last else None)
    figures = figures_of(history)
    block = contact_blocks.in_force(tx, player.ids)
    silent = block is not None or player.erased
    return Pitch(
        player=player,
        as_of=moment,
        sell_safe=SellSafe(repository.open_tickets(tx, player.ids, rules.warning_categories)),
        block=block,
        frequency=frequency_of_ids(tx, rules, player.ids, today),
        allowance=minor_caps.allowance(tx, player.minor_band, player.ids, today),
        last_touch=last,
        follow_up=follow_ups.open_of(tx, player.ids),
        proposals=recovery_proposals.unanswered_of(tx, player.ids),
        suggested_tier=suggested_tier(rules.tier_thresholds, figures.spent_90_days_fen, figures.kept_fen),
        figures=figures,
        suggestions=() if silent else suggestions_for(history, figures),
    )
