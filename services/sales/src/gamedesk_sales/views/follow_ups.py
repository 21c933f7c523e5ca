"""Follow-ups."""

from __future__ import annotations

from datetime import date
from typing import Any

from gamedesk_sales.model.touches import Touch
from gamedesk_sales.views.touches import touch_view


def follow_up_view(touch: Touch, today: date) -> dict[str, Any]:
    overdue = touch.follow_up_on is not None and touch.follow_up_on < today
    return {**touch_view(touch), "overdue": overdue}
