"""What can go wrong in this service, by name."""

from __future__ import annotations

from gamedesk_chassis.errors import Conflict, NotFound, RuleViolation


class TicketNotFound(NotFound):
    title = "There is no such ticket"


class AttachmentNotFound(NotFound):
    title = "There is no such picture"


class TooManyAttachments(RuleViolation):
    slug = "too-many-attachments"
    title = "A ticket cannot have more pictures"


class PlayerErased(RuleViolation):
    slug = "player-erased"
    title = "What was known of this player was erased on request; nothing is recorded about him any more"


class ProfileNotOfPlayer(RuleViolation):
    slug = "profile-not-of-player"
    title = "This game profile is not the player's"


class OpenTicketExists(Conflict):
    """Carries `existing_ticket_id`: the player's open ticket of the same category."""

    slug = "open-ticket-exists"
    title = "This player has an open ticket of the same category"


class MoveNotAllowed(RuleViolation):
    slug = "transition-not-allowed"
    title = "A ticket cannot go from its state to that one"


class SolutionRequired(RuleViolation):
    slug = "solution-required"
    title = "A done ticket needs a solution"


class ReasonRequired(RuleViolation):
    slug = "reason-required"
    title = "Reopening needs a reason"


class ReopenWindowOver(RuleViolation):
    slug = "reopen-window-over"
    title = "It is too late to reopen this ticket"


class TicketDone(RuleViolation):
    slug = "ticket-done"
    title = "A done ticket waits for nobody"


class NotReopenable(RuleViolation):
    slug = "not-reopenable"
    title = "A new ticket continues a done ticket of the same player"


class ReopenInstead(RuleViolation):
    slug = "reopen-instead"
    title = "A ticket that can still be opened again is not continued by a new one"


class UnknownAssignee(RuleViolation):
    slug = "unknown-assignee"
    title = "The assignee must be an active agent"


class TimeNotPossible(RuleViolation):
    slug = "time-not-possible"
    title = "This cannot have happened at that time"


class EntryFieldWrong(RuleViolation):
    slug = "entry-field"
    title = "A field is missing, or does not belong to this kind of entry"


class UnknownConsultation(RuleViolation):
    slug = "unknown-consultation"
    title = "An answer belongs to a consultation of the same ticket and department"


class CategoryNotFound(NotFound):
    title = "There is no such category"


class CategoryExists(Conflict):
    slug = "category-exists"
    title = "There is a category with this id"


class CategoryNotUsable(RuleViolation):
    slug = "unknown-category"
    title = "The category must be an active one"


class TooManyCategories(RuleViolation):
    slug = "too-many-categories"
    title = "There are as many categories as a list can hold"


class FormDefinitionWrong(RuleViolation):
    slug = "form-definition"
    title = "This form cannot be asked"


class FormWrong(RuleViolation):
    slug = "form"
    title = "The form of the category is not filled in rightly"


class TemplateNotFound(NotFound):
    title = "There is no such reply template"


class TooManyTemplates(RuleViolation):
    slug = "too-many-templates"
    title = "There are as many reply templates as a list can hold"


class UnknownPlaceholder(RuleViolation):
    """Carries `position`: the character of the text, from 1."""

    slug = "unknown-placeholder"
    title = "The text holds a placeholder that nothing is known to fill in"


class RulesImpossible(RuleViolation):
    slug = "service-rules"
    title = "These rules of service cannot be kept"


class NotAttachable(RuleViolation):
    slug = "not-attachable"
    title = "This ticket cannot belong to that incident"


class NotAnIncident(RuleViolation):
    slug = "not-an-incident"
    title = "An answer to an incident goes to open tickets that belong to it"


class AnswerNotFound(NotFound):
    title = "There is no such answer to an incident"
