"""What can go wrong in this service, by name."""

from __future__ import annotations

from gamedesk_chassis.errors import Conflict, NotAuthenticated, NotFound, RuleViolation, TooManyRequests


class PlayerNotFound(NotFound):
    title = "There is no such player"


class AgentNotFound(NotFound):
    title = "There is no such agent"


class PlayerExists(Conflict):
    """Carries `existing_player_id`: the player who already has this phone or WeChat id."""

    slug = "player-exists"
    title = "A player with this phone or WeChat id exists"


class PlayerMerged(Conflict):
    """Carries `merged_into`: the player who took his place."""

    slug = "player-merged"
    title = "This player was merged into another one"


class PlayerErased(RuleViolation):
    slug = "player-erased"
    title = "This player was erased on request"


class PhoneNeeded(RuleViolation):
    slug = "phone-needed"
    title = "A player keeps at least one phone of his own"


class MergeNotFound(NotFound):
    title = "There is no such merge"


class MergeRefused(RuleViolation):
    slug = "merge-refused"
    title = "These players cannot be merged like this"


class MergeUndone(Conflict):
    slug = "merge-undone"
    title = "This merge was undone before"


class HandoffNotFound(NotFound):
    title = "There is no such handoff"


class HandoffRefused(RuleViolation):
    slug = "handoff-refused"
    title = "The players cannot be handed off like this"


class HandoffRunning(Conflict):
    slug = "handoff-running"
    title = "One of these agents takes part in a handoff that is still running"


class AgentExists(Conflict):
    slug = "agent-exists"
    title = "An agent with this id exists"


class WechatIdInUse(Conflict):
    slug = "wechat-id-in-use"
    title = "Another active agent has this WeChat id"


class WechatNotBindable(RuleViolation):
    slug = "wechat-not-bindable"
    title = "This WeChat account cannot be bound to the agent"


class UnknownOwner(RuleViolation):
    slug = "unknown-owner"
    title = "The owner must be an active agent"


class PhoneNotValid(RuleViolation):
    slug = "phone-not-valid"
    title = "This is not a valid phone number"


class ImportNotFound(NotFound):
    title = "There is no such import"


class ImportNotReady(Conflict):
    """Carries the `state` that it is in."""

    slug = "import-not-ready"
    title = "This import cannot be run now"


class ImportNotClean(Conflict):
    """Carries `bad` and `duplicates`, the numbers of rows that are not good."""

    slug = "import-not-clean"
    title = "Not every row of this import is good"


class TooManyImports(TooManyRequests):
    slug = "too-many-imports"
    title = "Wait until your other imports are through"


class LastAdmin(RuleViolation):
    slug = "last-admin"
    title = "The last active admin has to stay one"


class SignInRefused(NotAuthenticated):
    slug = "sign-in-refused"
    title = "Agent id or password is wrong"


class SessionEnded(NotAuthenticated):
    slug = "session-ended"
    title = "This session has ended; sign in again"


class ProfileNotFound(NotFound):
    title = "There is no such game profile"


class ResyncNotFound(NotFound):
    title = "There is no such resync"


class ResyncRunning(Conflict):
    """Carries `resync_id`: the one to wait for."""

    slug = "resync-running"
    title = "A resync with one of these games is not done yet"


class UnknownGame(RuleViolation):
    slug = "unknown-game"
    title = "There is no such game"
