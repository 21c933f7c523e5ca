"""Follow-ups."""

from __future__ import annotations

from datetime import date
from typing import Any

from gamedesk_sales.model.follow_ups import FollowUp
from gamedesk_sales.views.touches import touch_view


def follow_up_view(follow_up: FollowUp, today: date) -> dict[str, Any]:
    return {
        **touch_view(follow_up.touch),
        "owner_agent_id": follow_up.owner_agent_id,
        "follow_up_on": follow_up.due_on,
        "promised_on": follow_up.touch.follow_up_on,
        "overdue": follow_up.is_overdue(today),
        "done": follow_up.closed_by is not None,
        "postponed_times": follow_up.postponed_times,
        "postponed_by": follow_up.postponed_by,
        "postponed_at": follow_up.postponed_at,
        "postpone_reason": follow_up.postpone_reason,
        "version": follow_up.version,
    }
