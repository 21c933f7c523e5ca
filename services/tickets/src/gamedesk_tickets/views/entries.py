"""Entries of the timeline."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.tickets import Entry


def entry_view(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "text": entry.text,
        "department": entry.department,
        "consultation_entry_id": entry.consultation_entry_id,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "changes": [asdict(change) for change in entry.changes],
        "agent_id": entry.agent_id,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "late_recorded": entry.late_recorded,
    }
