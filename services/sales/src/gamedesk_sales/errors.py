"""What can go wrong in this service, by name."""

from __future__ import annotations

from gamedesk_chassis.errors import Conflict, NotAllowed, NotFound, RuleViolation


class PackNotFound(NotFound):
    title = "There is no such pack"

    @classmethod
    def named(cls, code: str) -> PackNotFound:
        """For a code with look-alike characters it says that no code has them."""
        mistyped = not set(code.upper()).isdisjoint("0O1IL")
        return cls("Pack codes have no 0, O, 1, I or L: look at it again." if mistyped else "")


class OrderNotFound(NotFound):
    title = "There is no such order"


class QuoteNotFound(NotFound):
    title = "There is no such quote"


class StandInNotFound(NotFound):
    title = "There is no such stand-in"


class NoSuchBand(NotFound):
    title = "There is no such age band"


class DrawNotFound(NotFound):
    title = "No list was drawn for such a campaign"


class CampaignNotRunning(RuleViolation):
    """`state` is the one that it has."""

    slug = "campaign-not-running"
    title = "This campaign does not run"


class PlayerNotFound(NotFound):
    title = "Sales does not know this player"


class FollowUpNotFound(NotFound):
    title = "There is no such follow-up"


class ProposalNotFound(NotFound):
    title = "There is no such proposal"


class ReasonNotFound(NotFound):
    title = "There is no such reason"


class NoContactBlock(NotFound):
    title = "This player has not asked to be left alone"


class NotYourPlayer(NotAllowed):
    slug = "not-your-player"
    title = "Only the player's owner, his stand-in, his team's lead or an admin sells to him"


class OwnQuote(NotAllowed):
    slug = "own-quote"
    title = "Nobody extends a quote of his own"


class OwnOrder(NotAllowed):
    slug = "own-order"
    title = "Nobody confirms a payment for his own sale"


class DoNotContact(Conflict):
    """The player asked to be left alone; carries `blocked_at`."""

    slug = "do-not-contact"
    title = "The player asked not to be contacted"


class PackChanged(Conflict):
    """Carries `offer`, the pack as it is now (set by the API layer)."""

    slug = "pack-changed"
    title = "The pack is not what it was, or not for sale"


class TransactionExists(Conflict):
    """Carries `existing_order_id`: the order that this payment was recorded for."""

    slug = "transaction-exists"
    title = "This payment is recorded already"


class QuoteExists(Conflict):
    """Carries `existing_quote_id`: the seller's open quote for this player and pack."""

    slug = "quote-exists"
    title = "You have promised him a price for this pack already"


class QuoteNotOpen(Conflict):
    """Carries its `state` and the `order_id` that it was sold with, if it was."""

    slug = "quote-not-open"
    title = "This quote does not hold any more"


class QuoteExpired(Conflict):
    """Carries `expires_at`."""

    slug = "quote-expired"
    title = "The time of this quote is over"


class ReasonExists(Conflict):
    slug = "reason-exists"
    title = "A reason with this name exists"


class PlayerErased(RuleViolation):
    slug = "player-erased"
    title = "This player's data was erased"


class TooManyReasons(RuleViolation):
    slug = "too-many-reasons"
    title = "There are too many reasons to choose from"


class ReasonRequired(RuleViolation):
    slug = "reason-required"
    title = "A lost sale needs its reason"


class ReasonNotApplicable(RuleViolation):
    slug = "reason-not-applicable"
    title = "Only a lost sale has a reason from the list"


class UnknownReason(RuleViolation):
    slug = "unknown-reason"
    title = "The reason must be an active one"


class NoteRequired(RuleViolation):
    slug = "note-required"
    title = "This reason needs a note"


class FollowUpRequired(RuleViolation):
    slug = "follow-up-required"
    title = "A player who is thinking needs a date to ask him again"


class FollowUpNotPossible(RuleViolation):
    slug = "follow-up-not-possible"
    title = "The day of the follow-up cannot be"


class FollowUpDone(RuleViolation):
    slug = "follow-up-done"
    title = "A later contact has answered this follow-up"


class ProposalDecided(RuleViolation):
    slug = "proposal-decided"
    title = "Nothing is left to decide about this proposal"


class TimeInFuture(RuleViolation):
    slug = "time-in-future"
    title = "This cannot have happened in the future"


class DifferenceReasonRequired(RuleViolation):
    """Carries `amount_due_fen`."""

    slug = "difference-reason-required"
    title = "Paying more or less than due needs a reason"


class ProfileRequired(RuleViolation):
    slug = "profile-required"
    title = "The player has several accounts in this game; name the one to deliver to"


class UnknownProfile(RuleViolation):
    slug = "unknown-profile"
    title = "The profile must be an account of this player in the pack's game"


class NotCancellable(RuleViolation):
    slug = "not-cancellable"
    title = "This order cannot be cancelled any more"


class NothingToVerify(RuleViolation):
    slug = "nothing-to-verify"
    title = "There is no payment to confirm here"


class NotRetryable(RuleViolation):
    slug = "not-retryable"
    title = "The game cannot be asked again to deliver this"


class NotRefundable(RuleViolation):
    """Carries `left_fen`: what may be given back of this order."""

    slug = "not-refundable"
    title = "This cannot be given back"


class RefundExists(Conflict):
    slug = "refund-exists"
    title = "This payment back is recorded already"


class PackForAnother(RuleViolation):
    slug = "pack-for-another"
    title = "This pack was made for another player"


class QuoteForAnother(RuleViolation):
    slug = "quote-for-another"
    title = "This quote was made for another player"


class QuoteTooLong(RuleViolation):
    """Carries `latest_expires_at`."""

    slug = "quote-too-long"
    title = "A quote cannot hold until then"


class QuoteExtendedAlready(RuleViolation):
    slug = "quote-extended-already"
    title = "A quote is extended once"


class MinorCapExceeded(RuleViolation):
    """Carries `cap` (per_order or per_month), `band`, `limit_fen`, `spent_fen` in that month, `left_fen`."""

    slug = "minor-cap"
    title = "A minor may not spend that much"


class UnknownAgent(RuleViolation):
    slug = "unknown-agent"
    title = "The agent must be one who is known and active"


class StandInOver(RuleViolation):
    slug = "stand-in-over"
    title = "Nobody stands in here any more"
