"""However many incidents there were: each question about one reads its own rows, by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.database import Database
from gamedesk_tickets.repository import incidents
from sqlalchemy import Connection, text

from .conftest import migrate_tickets
from .test_ticket_plans import FILL, PLAYER, plan_of, steps_of

pytestmark = pytest.mark.large

# 1,000 answers to 100 tickets each, the last one on its way.
ANSWERS = """
INSERT INTO incident_answers (answer_id, ticket_id, text, close, requested_by, created_at)
SELECT lpad(to_hex(a), 32, '0')::uuid, lpad(to_hex(1 + a % 5), 32, '0')::uuid, 'x', false, 'KF1', now()
FROM generate_series(1, 1000) AS a;
INSERT INTO incident_answer_tickets (answer_id, ticket_id, outcome, answered_at)
SELECT lpad(to_hex(a), 32, '0')::uuid, lpad(to_hex(a * 10 + t), 32, '0')::uuid,
       CASE WHEN a < 1000 OR t < 50 THEN 'answered' END, CASE WHEN a < 1000 OR t < 50 THEN now() END
FROM generate_series(1, 1000) AS a, generate_series(1, 100) AS t;
ANALYZE incident_answers; ANALYZE incident_answer_tickets;
"""
MOST_BLOCKS = 400


def statement_of(execute: Callable[..., Any], *arguments: Any) -> Any:
    """The statement that a function of the repository executes."""
    said: list[Any] = []

    class Transaction:
        def execute(self, statement: Any) -> list[Any]:
            said.append(statement)
            return []

    execute(Transaction(), *arguments)
    (statement,) = said
    return statement


QUESTIONS: dict[str, Callable[[], Any]] = {
    "which of these are incidents": lambda: incidents.parents_query([UUID(int=n) for n in range(1, 101)]),
    "how far an answer has got": lambda: incidents.progress_query(UUID(int=500)),
    "whom it could not get to": lambda: incidents.failed_query(UUID(int=500)),
    "what is to be answered": lambda: statement_of(incidents.claim_waiting, 10),
    "what was answered to a player's incidents": lambda: incidents.answers_query(PLAYER),
}


@pytest.fixture(scope="module")
def filled(fresh_database: Callable[..., str]) -> Iterator[Connection]:
    database = Database(fresh_database("tickets", migrate_tickets), pool_size=1)
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(FILL))
        tx.execute(text(ANSWERS))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM tickets, incident_answer_tickets"))
    with database.begin() as tx:
        yield tx
    database.dispose()


@pytest.mark.parametrize("question", QUESTIONS)
def test_incidents_are_read_by_index_at_100_000_rows(filled: Connection, question: str) -> None:
    plan = plan_of(filled, QUESTIONS[question]())

    assert "Seq Scan" not in {step["Node Type"] for step in steps_of(plan)}
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BLOCKS
