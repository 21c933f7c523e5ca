"""Recording contacts with players (R16, R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import ReferenceNotYetKnown
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.campaign_calls import follow_touch, known_campaign
from gamedesk_sales.commands.contact_blocks import block_contact, require_contactable
from gamedesk_sales.errors import (
    FollowUpNotPossible,
    FollowUpRequired,
    NoteRequired,
    QuoteForAnother,
    QuoteNotFound,
    ReasonNotApplicable,
    ReasonRequired,
    TimeInFuture,
    UnknownReason,
)
from gamedesk_sales.model.business_days import business_day, lies_in_future
from gamedesk_sales.model.packs import Pack, normal_code
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.quotes import Quote
from gamedesk_sales.model.touches import NewTouch, Touch, answers_until
from gamedesk_sales.repository import contact_blocks, copies, follow_ups, lost_reasons, quotes, recovery_proposals
from gamedesk_sales.repository import touches as repository


def record_touch(tx: Connection, caller: Principal, new: NewTouch) -> Outcome:
    """Record a contact. It answers the player's open follow-up and opens the one it names.

    Raises ReferenceNotYetKnown, DoNotContact, PlayerErased, ReasonRequired, ReasonNotApplicable, UnknownReason,
    NoteRequired, FollowUpRequired, FollowUpNotPossible, TimeInFuture, QuoteNotFound, QuoteForAnother.
    """
    player = known_player(tx, new.player_id)
    require_contactable(tx, player)
    moment = now()
    if new.campaign_id is not None:
        known_campaign(tx, new.campaign_id)
    _check_reason(tx, new)
    _check_times(new, moment)
    quote = _known_quote(tx, player, new.quote_id) if new.quote_id else None
    offered = _offered(tx, new, quote)
    touch = Touch(
        touch_id=new_id(),
        player_id=player.player_id,
        agent_id=caller.id,
        outcome=new.outcome,
        reason_id=new.reason_id,
        situation=new.situation,
        player_state=new.player_state,
        pack_code=offered.pack_code,
        follow_up_on=new.follow_up_on,
        occurred_at=new.occurred_at or moment,
        recorded_at=moment,
        campaign_id=new.campaign_id or (quote.campaign_id if quote else None),
        quote_id=new.quote_id,
        agent_team=copies.team_of(tx, caller.id) or caller.team or "",
        tier=player.tier,
        offered_price_fen=offered.price_fen,
        offered_discount_bp=offered.discount_bp,
    )
    append_touch(tx, player, touch)
    return Outcome(str(touch.touch_id))


def append_touch(tx: Connection, player: Player, touch: Touch) -> None:
    """Store a touch with what follows from it; call with the player locked.

    One that is typed in late answers what waited when it happened; what was said since goes on waiting, instead of a
    day that it names.
    """
    repository.insert_touch(tx, touch)
    until = answers_until(touch)
    follow_ups.close_open(tx, player.ids, touch.touch_id, until)
    recovery_proposals.close_unanswered(tx, player.ids, touch.touch_id, until)
    if touch.outcome == "do_not_contact":
        block_contact(tx, touch)
    if touch.follow_up_on is not None:
        today = business_day(touch.recorded_at)
        # Nobody is reminded of what he has just set for today.
        reminded_on = today if touch.follow_up_on == today else None
        later = follow_ups.open_of(tx, player.ids)
        closed_by = later.touch.touch_id if later else None
        follow_ups.open_follow_up(tx, touch, player.owner_agent_id, reminded_on, closed_by)
    follow_touch(tx, player, touch)
    events.touch_recorded(tx, touch, touch.agent_id)


def reopen_answered(tx: Connection, player_id: UUID) -> None:
    """An order was taken back: what contacts of such orders answered, this one's or another's, waits again, unless the
    player was contacted since it was promised, or is not to be contacted. Call with the player locked."""
    player = copies.find_player(tx, player_id)
    if player is None or player.erased or contact_blocks.in_force(tx, player.ids):
        return
    answered_until = repository.answered_until(tx, player.ids)
    if follow_ups.open_of(tx, player.ids) is None:
        follow_ups.reopen(tx, player.ids, answered_until, player.owner_agent_id)
    recovery_proposals.reopen(tx, player.ids, answered_until, player.owner_agent_id)


def known_player(tx: Connection, player_id: UUID) -> Player:
    """The player, locked: he whom this one was merged into, if he was. Raises ReferenceNotYetKnown."""
    player = copies.lock_player(tx, player_id)
    if player is None:
        raise ReferenceNotYetKnown(pointer="/player_id", reference={"kind": "player", "id": str(player_id)})
    return player


def known_pack(tx: Connection, typed_code: str) -> Pack:
    """Raises ReferenceNotYetKnown."""
    code = normal_code(typed_code)
    pack = copies.pack(tx, code)
    if pack is None:
        raise ReferenceNotYetKnown(pointer="/pack_code", reference={"kind": "pack", "id": code})
    return pack


@dataclass(frozen=True)
class _Offered:
    """The pack that the contact was about, as it was then."""

    pack_code: str | None = None
    price_fen: int | None = None
    discount_bp: int | None = None


def _offered(tx: Connection, new: NewTouch, quote: Quote | None) -> _Offered:
    """The quote's pack at the quote's price, else the pack named at its price of now. Raises ReferenceNotYetKnown."""
    if quote is not None:
        return _Offered(quote.pack.code, quote.amount_fen, quote.pack.discount_bp)
    if not new.pack_code:
        return _Offered()
    pack = known_pack(tx, new.pack_code)
    return _Offered(pack.code, pack.price_fen, pack.discount_bp)


def _known_quote(tx: Connection, player: Player, quote_id: UUID) -> Quote:
    """Raises QuoteNotFound, QuoteForAnother."""
    quote = quotes.get(tx, quote_id)
    if quote is None:
        raise QuoteNotFound()
    if quote.player_id not in player.ids:
        raise QuoteForAnother("Choose a quote of this player.", pointer="/quote_id")
    return quote


def _check_reason(tx: Connection, new: NewTouch) -> None:
    if new.outcome != "lost":
        if new.reason_id is not None:
            raise ReasonNotApplicable("Leave the reason out, or record the sale as lost.", pointer="/reason_id")
        return
    if new.reason_id is None:
        raise ReasonRequired("Choose a reason from the list.", pointer="/reason_id")
    reason = lost_reasons.get(tx, new.reason_id)
    if reason is None or not reason.active:
        raise UnknownReason("Choose a reason from the list.", pointer="/reason_id")
    if reason.needs_note and not new.situation.strip():
        raise NoteRequired("Say in your own words why.", pointer="/situation")


def _check_times(new: NewTouch, moment: datetime) -> None:
    if new.occurred_at is not None and lies_in_future(new.occurred_at, moment):
        raise TimeInFuture("Give the time at which it happened.", pointer="/occurred_at")
    if new.follow_up_on is None:
        if new.outcome == "thinking":
            raise FollowUpRequired("Give the day to ask again.", pointer="/follow_up_on")
    elif new.outcome == "do_not_contact":
        raise FollowUpNotPossible("He asked not to be contacted: no day can be set.", pointer="/follow_up_on")
    elif new.follow_up_on < business_day(moment):
        raise FollowUpNotPossible("Choose today or a later day.", pointer="/follow_up_on")
