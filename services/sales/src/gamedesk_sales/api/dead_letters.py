"""Events that could not be handled: seen and replayed by leads."""

from __future__ import annotations

from gamedesk_chassis import dead_letters
from gamedesk_chassis.web import Answer, answer

from gamedesk_sales.api.resources import resources
from gamedesk_sales.consumers import LISTENERS


def list_dead_letters(limit: int = 50, cursor: str | None = None) -> Answer:
    return answer(resources().database.read(dead_letters.waiting_view, cursor, limit))


def replay_dead_letter(letter_id: int) -> Answer:
    dead_letters.replay_for_caller(resources().database, letter_id, LISTENERS)
    return answer(None, 204)
