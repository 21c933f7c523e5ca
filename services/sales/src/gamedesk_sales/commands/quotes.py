"""Promising a price: it holds until it expires, whatever the catalog does meanwhile (B2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.errors import InvalidInput, NotAllowed, StaleVersion
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales import events
from gamedesk_sales.commands.campaign_calls import known_campaign
from gamedesk_sales.commands.contact_blocks import require_contactable
from gamedesk_sales.commands.minor_caps import require_not_barred
from gamedesk_sales.commands.selling import frozen, leads, named_profile, require_offered, require_seller
from gamedesk_sales.commands.touches import known_pack, known_player
from gamedesk_sales.errors import (
    OwnQuote,
    QuoteExists,
    QuoteExpired,
    QuoteExtendedAlready,
    QuoteForAnother,
    QuoteNotFound,
    QuoteNotOpen,
    QuoteTooLong,
)
from gamedesk_sales.model.packs import Pack
from gamedesk_sales.model.players import Player
from gamedesk_sales.model.quotes import NewQuote, Quote, QuoteRules
from gamedesk_sales.repository import copies
from gamedesk_sales.repository import quotes as repository

_AT_ONCE = 200


def create_quote(tx: Connection, caller: Principal, new: NewQuote, rules: QuoteRules) -> Outcome:
    """Promise a player the pack's price of now.

    Raises ReferenceNotYetKnown, NotYourPlayer, DoNotContact, PlayerErased, PackForAnother, PackChanged,
    MinorCapExceeded, UnknownProfile, QuoteTooLong, QuoteExists (with the open one's id), InvalidInput.
    """
    player = known_player(tx, new.player_id)
    moment = now()
    stand_in = require_seller(tx, caller, player, moment)
    require_contactable(tx, player)
    if new.campaign_id is not None:
        known_campaign(tx, new.campaign_id)
    pack = known_pack(tx, new.pack_code)
    require_offered(pack, player, new.pack_revision, new.price_fen, moment)
    require_not_barred(tx, player, pack.price_fen, moment)
    promised = frozen(pack)
    if new.profile_id is not None:
        named_profile(tx, player, new.profile_id, promised.games)
    expires_at = _end(new, pack, moment, rules)
    _require_first(tx, caller, player, pack, moment)
    quote = Quote(
        quote_id=new_id(),
        number=0,
        player_id=player.player_id,
        agent_id=caller.id,
        stand_in=stand_in,
        profile_id=new.profile_id,
        pack=promised,
        amount_fen=pack.price_fen,
        currency=pack.currency,
        campaign_id=new.campaign_id or pack.campaign_id,
        note=new.note,
        expires_at=expires_at,
        state="open",
        version=1,
        created_at=moment,
        updated_at=moment,
        agent_team=copies.team_of(tx, caller.id) or caller.team or "",
        tier=player.tier,
    )
    quote = replace(quote, number=repository.insert_quote(tx, quote))
    events.quote_updated(tx, quote, caller.id)
    return Outcome(str(quote.quote_id))


def withdraw_quote(tx: Connection, caller: Principal, quote_id: UUID, expected_version: int, reason: str) -> None:
    """Take a promise back: who made it, the player's owner, or a lead. Raises QuoteNotFound, NotAllowed, StaleVersion,
    QuoteNotOpen."""
    quote = _locked(tx, quote_id)
    owner = copies.owner_of(tx, quote.player_id)
    if caller.id not in (quote.agent_id, owner) and not any(leads(tx, caller, of) for of in (quote.agent_id, owner)):
        raise NotAllowed("Only its seller, the player's owner or a lead of theirs withdraws a quote.")
    moment = _require_open(quote, expected_version)
    _save(
        tx,
        replace(quote, state="withdrawn", withdrawn_by=caller.id, withdrawn_at=moment, withdraw_reason=reason),
        moment,
        caller.id,
    )


def extend_quote(
    tx: Connection,
    caller: Principal,
    quote_id: UUID,
    expected_version: int,
    expires_at: datetime,
    reason: str,
    rules: QuoteRules,
) -> None:
    """A lead lets an open quote of another hold longer, once: as long from now on as a new one might, so twice as long
    in all at most, and no longer than the pack as it is now.

    Raises QuoteNotFound, NotAllowed, OwnQuote, StaleVersion, QuoteNotOpen, QuoteExtendedAlready, QuoteTooLong,
    InvalidInput.
    """
    quote = _locked(tx, quote_id)
    if not leads(tx, caller, quote.agent_id):
        raise NotAllowed("Only a lead of its seller's team extends a quote.")
    if quote.agent_id == caller.id:
        raise OwnQuote("Ask another lead.")
    moment = _require_open(quote, expected_version)
    if quote.extended_at is not None:
        raise QuoteExtendedAlready("Make a new quote when this one is over.")
    if expires_at <= quote.expires_at:
        raise InvalidInput("Choose a time after the one until which it holds.", pointer="/expires_at")
    _require_not_too_long(expires_at, _latest(copies.pack(tx, quote.pack.code), moment, rules))
    _save(
        tx,
        replace(quote, expires_at=expires_at, extended_by=caller.id, extended_at=moment, extend_reason=reason),
        moment,
        caller.id,
    )


def expire_quotes(tx: Connection) -> bool:
    """Mark those whose time is over, some at a time; whether there may be more."""
    moment = now()
    over = repository.lock_over(tx, moment, _AT_ONCE)
    for quote in over:
        _save(tx, replace(quote, state="expired"), moment, None)
    return len(over) == _AT_ONCE


def take_quote(
    tx: Connection, player: Player, quote_id: UUID, paid_at: datetime, moment: datetime, rules: QuoteRules
) -> Quote:
    """The promise that is sold from, locked; its end counts for when he paid, not for when that was typed in.

    Call with the player locked. Raises QuoteNotFound, QuoteForAnother, QuoteNotOpen, QuoteExpired.
    """
    quote = repository.lock(tx, quote_id)
    if quote is None:
        raise QuoteNotFound()
    if quote.player_id not in player.ids:
        raise QuoteForAnother("Choose a quote of this player.", pointer="/quote_id")
    if quote.state in ("sold", "withdrawn"):
        raise _not_open(quote, moment)
    if not quote.covers(paid_at, moment, rules):
        raise QuoteExpired(
            "Offer him the pack as it is now.", pointer="/quote_id", expires_at=rfc3339(quote.expires_at)
        )
    return quote


def close_quote(tx: Connection, quote: Quote, order_id: UUID, moment: datetime, actor: str) -> None:
    """It was sold."""
    _save(tx, replace(quote, state="sold", order_id=order_id), moment, actor)


def reopen_quote(tx: Connection, quote_id: UUID, moment: datetime, actor: str) -> None:
    """Its order was cancelled: the promise is what it would be without. Call with the player locked.

    Where the seller has made the same promise again meanwhile, this one is withdrawn.
    """
    quote = repository.lock(tx, quote_id)
    if quote is None or quote.state != "sold":
        return
    free = replace(quote, state="open", order_id=None)
    if free.state_at(moment) == "expired":
        free = replace(free, state="expired")
    elif _standing(tx, copies.same_person(tx, [quote.player_id]), quote.agent_id, quote.pack.pack_id, moment):
        free = replace(free, state="withdrawn", withdrawn_by=actor, withdrawn_at=moment)
    _save(tx, free, moment, actor)


def _require_first(tx: Connection, caller: Principal, player: Player, pack: Pack, moment: datetime) -> None:
    """One promise for a pack at a time."""
    standing = _standing(tx, player.ids, caller.id, pack.pack_id, moment)
    if standing is not None:
        raise QuoteExists("Open it, or withdraw it first.", existing_quote_id=str(standing.quote_id))


def _standing(
    tx: Connection, player_ids: Sequence[UUID], agent_id: str, pack_id: UUID, moment: datetime
) -> Quote | None:
    """What the agent has promised for the pack and holds; those whose time is over make room."""
    for quote in repository.lock_open(tx, player_ids, agent_id, pack_id):
        if quote.state_at(moment) == "open":
            return quote
        _save(tx, replace(quote, state="expired"), moment, None)
    return None


def _latest(pack: Pack | None, moment: datetime, rules: QuoteRules) -> datetime:
    """No promise outlives the pack's own time."""
    latest = moment + rules.longest
    return latest if pack is None or pack.valid_until is None else min(latest, pack.valid_until)


def _end(new: NewQuote, pack: Pack, moment: datetime, rules: QuoteRules) -> datetime:
    latest = _latest(pack, moment, rules)
    if new.expires_at is not None and new.valid_minutes is not None:
        raise InvalidInput("Give one of valid_minutes and expires_at.", pointer="/expires_at")
    if new.valid_minutes is not None:
        asked = moment + timedelta(minutes=new.valid_minutes)
    elif new.expires_at is not None:
        asked = new.expires_at
    else:
        return min(moment + rules.usual, latest)
    if asked <= moment:
        raise InvalidInput("Choose a time that is still to come.", pointer="/expires_at")
    _require_not_too_long(asked, latest, "/valid_minutes" if new.valid_minutes is not None else "/expires_at")
    return asked


def _require_not_too_long(asked: datetime, latest: datetime, pointer: str = "/expires_at") -> None:
    if asked > latest:
        raise QuoteTooLong("Choose an earlier time.", pointer=pointer, latest_expires_at=rfc3339(latest))


def _locked(tx: Connection, quote_id: UUID) -> Quote:
    quote = repository.lock(tx, quote_id)
    if quote is None:
        raise QuoteNotFound()
    return quote


def _require_open(quote: Quote, expected_version: int) -> datetime:
    """The moment at which it is. Raises StaleVersion, QuoteNotOpen."""
    if quote.version != expected_version:
        raise StaleVersion()
    moment = now()
    if quote.state_at(moment) != "open":
        raise _not_open(quote, moment)
    return moment


def _not_open(quote: Quote, moment: datetime) -> QuoteNotOpen:
    if quote.order_id is not None:
        what_next, order_id = "It was sold already: open its order.", str(quote.order_id)
    else:
        what_next, order_id = "See its state; make a new one.", None
    return QuoteNotOpen(what_next, pointer="/quote_id", state=quote.state_at(moment), order_id=order_id)


def _save(tx: Connection, quote: Quote, moment: datetime, actor: str | None) -> None:
    quote = replace(quote, version=quote.version + 1, updated_at=moment)
    repository.save(tx, quote)
    events.quote_updated(tx, quote, actor)
