"""How far an answer to an incident has got."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_tickets.errors import AnswerNotFound
from gamedesk_tickets.model.incidents import IncidentAnswer, Progress
from gamedesk_tickets.repository import incidents


def get_answer(tx: Connection, answer_id: UUID) -> tuple[IncidentAnswer, Progress]:
    answer = incidents.get(tx, answer_id)
    if answer is None:
        raise AnswerNotFound()
    return answer, incidents.progress(tx, answer_id)
