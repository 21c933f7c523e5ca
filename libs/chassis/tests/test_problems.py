"""Problem documents as they go out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from gamedesk_chassis import problems


def test_times_look_as_in_every_other_answer() -> None:
    body = problems.document(412, "stale-version", "x", current={"updated_at": datetime(2026, 11, 22, tzinfo=UTC)})

    assert json.loads(problems.dump(body))["current"]["updated_at"] == "2026-11-22T00:00:00Z"
