"""What can go wrong in this service, by name."""

from __future__ import annotations

from gamedesk_chassis.errors import Conflict, NotAuthenticated, NotFound, RuleViolation


class ItemNotFound(NotFound):
    title = "There is no such item"


class PackNotFound(NotFound):
    title = "There is no such pack"

    @classmethod
    def named(cls, id_or_code: object) -> PackNotFound:
        """For a code with look-alike characters it says that no code has them."""
        mistyped = isinstance(id_or_code, str) and not set(id_or_code.upper()).isdisjoint("0O1IL")
        return cls("Pack codes have no 0, O, 1, I or L: look at it again." if mistyped else "")


class PullNotFound(NotFound):
    title = "There is no such pull"


class ImpactNotFound(NotFound):
    title = "There is no such price impact"


class DecisionNotFound(NotFound):
    title = "There is no such decision"


class CampaignNotFound(NotFound):
    title = "There is no such campaign"


class CampaignNotOpen(RuleViolation):
    """`state` is the one that it has."""

    slug = "campaign-not-open"
    title = "This campaign's state does not allow it"


class CampaignDatesWrong(RuleViolation):
    slug = "campaign-dates-wrong"
    title = "The campaign would have no days"


class FixedSinceLaunch(RuleViolation):
    slug = "fixed-since-launch"
    title = "This stays as it was when the campaign was launched"


class CampaignInUse(RuleViolation):
    slug = "campaign-in-use"
    title = "Packs or discount rules of this campaign are in a game that it would leave"


class UnknownPack(RuleViolation):
    slug = "unknown-pack"
    title = "There is no such pack for this campaign"


class UnknownGame(RuleViolation):
    slug = "unknown-game"
    title = "This game is not configured"


class UnknownItem(RuleViolation):
    slug = "unknown-item"
    title = "There is no such item"


class ItemTwice(RuleViolation):
    slug = "item-twice"
    title = "An item is named twice"


class SortNeedsGame(RuleViolation):
    slug = "sort-needs-game"
    title = "This order is that of one game's items"


class OneGamePerPack(RuleViolation):
    slug = "one-game-per-pack"
    title = "All items of a pack belong to one game"


class PriceTooHigh(RuleViolation):
    slug = "price-too-high"
    title = "The pack would cost more than a pack may"


class DiscountNotAllowed(RuleViolation):
    """No role has an allowance for it, so that asking for approval would not help either."""

    slug = "discount-not-allowed"
    title = "Nobody may allow this discount or price"


class ValidUntilPassed(RuleViolation):
    slug = "valid-until-passed"
    title = "The pack would have expired already"


class UnknownCampaign(RuleViolation):
    slug = "unknown-campaign"
    title = "There is no such campaign, or not for this any more"


class ValidFromAfterEnd(RuleViolation):
    slug = "valid-from-after-end"
    title = "The pack would end before it begins"


class NotADraft(RuleViolation):
    slug = "not-a-draft"
    title = "Only a draft is submitted"


class RuleNotFound(NotFound):
    title = "There is no such discount rule"


class RuleClashes(Conflict):
    """`rule_id` is the other one."""

    slug = "rule-clashes"
    title = "Another rule says something for the same role, game, campaign and days"


class RuleDatesWrong(RuleViolation):
    slug = "rule-dates-wrong"
    title = "The rule would never be in force"


class RuleBeyondAllowance(RuleViolation):
    slug = "rule-beyond-allowance"
    title = "Nobody lets others do what he may not do himself"


class TooManyRules(RuleViolation):
    slug = "too-many-rules"
    title = "There are too many discount rules"


class PackRetired(RuleViolation):
    slug = "pack-retired"
    title = "A retired pack does not change any more"


class NothingToApprove(RuleViolation):
    slug = "nothing-to-approve"
    title = "This pack does not wait for approval"


class OwnWork(RuleViolation):
    slug = "own-work"
    title = "Nobody approves his own work"


class AllowanceExceeded(RuleViolation):
    slug = "allowance-exceeded"
    title = "This discount or price is beyond your allowance"


class OverrideNotAllowed(RuleViolation):
    slug = "override-not-allowed"
    title = "This price is further below the game's than you may go"


class NoPriceHeld(RuleViolation):
    slug = "no-price-held"
    title = "No price of this item waits for a decision"


class EventIdMismatch(RuleViolation):
    slug = "event-id-mismatch"
    title = "webhook-id and event_id differ"


class EventIdReused(RuleViolation):
    slug = "event-id-reused"
    title = "This event_id was used with another body"


class SignatureInvalid(NotAuthenticated):
    slug = "signature-invalid"
    title = "The signature is not right"


class SignatureExpired(NotAuthenticated):
    slug = "signature-expired"
    title = "The signature is too old"
