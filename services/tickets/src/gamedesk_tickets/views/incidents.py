"""Answers to incidents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.incidents import IncidentAnswer, Progress


def answer_view(answer: IncidentAnswer, progress: Progress) -> dict[str, Any]:
    return {**asdict(answer), **asdict(progress), "state": "done" if progress.finished_at else "running"}
