"""working hours, cycles and deadlines of tickets."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A desk that is there every day from nine to nine, and takes its meals by turns; leads set their own.
_FIRST_RULES: dict[str, Any] = {
    "revision": 1,
    "zone": "Asia/Shanghai",
    "weekly": {day: [["09:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "special_days": [],
    "targets": {
        "low": {"first_response_minutes": 240, "resolution_minutes": 3600},
        "normal": {"first_response_minutes": 60, "resolution_minutes": 1440},
        "high": {"first_response_minutes": 30, "resolution_minutes": 720},
        "urgent": {"first_response_minutes": 15, "resolution_minutes": 240},
    },
}

_SECOND_IN_SHANGHAI = "(floor(extract(epoch FROM {moment}))::bigint + 28800)"


def _worked_until(moment: str) -> str:
    """SQL: the working seconds from 1970 until `moment` by the first rules.

    They are the same every day, in a zone without summer time (since 1991): nothing has to be walked or looked up.
    """
    second = _SECOND_IN_SHANGHAI.format(moment=moment)
    return f"({second} / 86400 * 43200 + least(greatest({second} % 86400 - 32400, 0), 43200))"


def _worked(since: str, until: str) -> str:
    """SQL: the working seconds between two moments; null if there is no second."""
    return f"CASE WHEN {until} IS NOT NULL THEN greatest(0, {_worked_until(until)} - {_worked_until(since)}) END"


def _due_at(since: str, minutes: str) -> str:
    """SQL: when so many minutes were worked since a moment."""
    last = f"({_worked_until(since)} + {minutes} * 60 - 1)"
    return f"to_timestamp({last} / 43200 * 86400 + {last} % 43200 + 1 + 32400 - 28800)"


_TARGETS = ", ".join(
    f"('{priority}', {target['first_response_minutes']}, {target['resolution_minutes']})"
    for priority, target in _FIRST_RULES["targets"].items()
)

# What the timeline says of the cycles until now: a cycle begins with the question or a reopening, ends with the
# transition to done, and its first response is the first reply recorded for a time after its beginning. The first rules
# count for all of them; pauses that have ended are not taken off. One statement, however many tickets there are.
_FILL_CYCLES = f"""
WITH openings AS (
  SELECT ticket_id, 1 AS cycle, asked_at AS opened_at FROM tickets
  UNION ALL
  SELECT ticket_id, 1 + row_number() OVER (PARTITION BY ticket_id ORDER BY position), recorded_at
  FROM entries WHERE kind = 'transition' AND from_state = 'done'
), endings AS (
  SELECT ticket_id, row_number() OVER (PARTITION BY ticket_id ORDER BY position) AS cycle, recorded_at, agent_id
  FROM entries WHERE kind = 'transition' AND to_state = 'done'
), spans AS (
  SELECT *, lead(opened_at, 1, 'infinity') OVER (PARTITION BY ticket_id ORDER BY cycle) AS next_opened_at FROM openings
), replies AS (
  SELECT DISTINCT ON (spans.ticket_id, cycle) spans.ticket_id, cycle, happened_at, agent_id
  FROM spans JOIN entries ON entries.ticket_id = spans.ticket_id AND kind = 'reply'
                         AND happened_at >= opened_at AND happened_at < next_opened_at
  ORDER BY spans.ticket_id, cycle, happened_at, position
), pauses AS (
  SELECT entries.ticket_id, max(recorded_at) AS since
  FROM entries JOIN tickets ON tickets.ticket_id = entries.ticket_id AND tickets.waiting_on = 'player'
  WHERE changes @> '[{{"field": "waiting_on", "after": "player"}}]' GROUP BY entries.ticket_id
)
INSERT INTO cycles (ticket_id, cycle, opened_at, first_replied_at, first_replied_by, first_replied_team,
                    done_at, done_by, done_team, paused_since, first_response_due_at, resolution_due_at,
                    first_response_seconds, resolution_seconds, rules_revision)
SELECT spans.ticket_id, spans.cycle, spans.opened_at, replies.happened_at, replies.agent_id, repliers.team,
       endings.recorded_at, endings.agent_id, closers.team,
       CASE WHEN endings.recorded_at IS NULL THEN pauses.since END,
       {_due_at("spans.opened_at", "targets.first_response")}, {_due_at("spans.opened_at", "targets.resolution")},
       {_worked("spans.opened_at", "replies.happened_at")}, {_worked("spans.opened_at", "endings.recorded_at")}, 1
FROM spans
LEFT JOIN endings USING (ticket_id, cycle)
LEFT JOIN replies USING (ticket_id, cycle)
LEFT JOIN pauses ON pauses.ticket_id = spans.ticket_id
LEFT JOIN agent_copies AS repliers ON repliers.agent_id = replies.agent_id
LEFT JOIN agent_copies AS closers ON closers.agent_id = endings.agent_id
JOIN tickets ON tickets.ticket_id = spans.ticket_id
JOIN (VALUES {_TARGETS}) AS targets (priority, first_response, resolution) ON targets.priority = tickets.priority
"""  # noqa: S608 - all of it is in this file

_FILL_TICKETS = """
UPDATE tickets SET cycle = cycles.cycle, paused_since = cycles.paused_since,
                   first_response_due_at = cycles.first_response_due_at,
                   resolution_due_at = CASE WHEN tickets.state <> 'done' AND cycles.paused_since IS NULL
                                            THEN cycles.resolution_due_at END,
                   next_due_at = CASE WHEN tickets.state <> 'done' THEN
                     least(CASE WHEN cycles.first_replied_at IS NULL THEN cycles.first_response_due_at END,
                           CASE WHEN cycles.paused_since IS NULL THEN cycles.resolution_due_at END) END,
                   player_tier = coalesce(player_copies.tier, 'none')
FROM (SELECT DISTINCT ON (ticket_id) * FROM cycles ORDER BY ticket_id, cycle DESC) AS cycles
LEFT JOIN tickets AS same ON same.ticket_id = cycles.ticket_id
LEFT JOIN player_copies ON player_copies.player_id = same.player_id
WHERE tickets.ticket_id = cycles.ticket_id
"""

_FIRST_DONE = """
UPDATE tickets SET first_done_at = cycles.done_at FROM cycles
WHERE cycles.ticket_id = tickets.ticket_id AND cycles.cycle = 1
"""

_INDEXES = {
    "ix_tickets_category_state_ticket_id": (["category", "state", "ticket_id"], None),
    "ix_tickets_priority_state_ticket_id": (["priority", "state", "ticket_id"], None),
    "ix_tickets_player_tier_state_ticket_id": (["player_tier", "state", "ticket_id"], None),
    "ix_tickets_game": (["game_id", "state", "ticket_id"], "game_id IS NOT NULL"),
    "ix_tickets_server": (["game_id", "server", "state", "ticket_id"], "server IS NOT NULL"),
    "ix_tickets_asked_at_ticket_id": (["asked_at", "ticket_id"], None),
    "ix_tickets_due": (["next_due_at", "ticket_id"], "next_due_at IS NOT NULL"),
    "ix_tickets_assignee_due": (["assignee_agent_id", "next_due_at", "ticket_id"], "next_due_at IS NOT NULL"),
    "ix_tickets_without_deadline": (["ticket_id"], "next_due_at IS NULL AND state <> 'done'"),
    "ix_tickets_parent": (["parent_ticket_id", "ticket_id"], "parent_ticket_id IS NOT NULL"),
}


_CYCLE_INDEXES = {
    "ix_cycles_opened": "(opened_at, ticket_id, cycle) WHERE NOT voided",
    "ix_cycles_done": "(done_at, ticket_id, cycle) WHERE NOT voided",
    "ix_cycles_undone": "(opened_at, ticket_id, cycle) WHERE NOT voided AND done_at IS NULL",
    "ix_cycles_running": "USING gist (tstzrange(least(opened_at, done_at), done_at, '(]')) WHERE NOT voided",
}


def upgrade() -> None:
    _create_service_rules()
    _widen_tickets()
    _create_cycles()


def downgrade() -> None:
    op.add_column("tickets", sa.Column("first_done_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_FIRST_DONE)
    op.drop_table("cycles")
    op.drop_table("service_rules")
    for name in _INDEXES:
        op.drop_index(name, table_name="tickets")
    op.drop_constraint("ck_tickets_clock", "tickets")
    op.drop_constraint("ck_tickets_parent", "tickets")
    for name in (
        "form",
        "parent_ticket_id",
        "game_id",
        "profile_id",
        "server",
        "player_tier",
        "cycle",
        "first_response_due_at",
        "resolution_due_at",
        "next_due_at",
        "paused_since",
    ):
        op.drop_column("tickets", name)
    # Categories made meanwhile have longer names than there was room for.
    op.execute("UPDATE tickets SET category = 'other' WHERE length(category) > 16")
    op.alter_column("tickets", "category", type_=sa.String(length=16))


def _widen_tickets() -> None:
    op.alter_column("tickets", "category", type_=sa.String(length=32))
    for column in (
        sa.Column("form", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("parent_ticket_id", sa.Uuid(), nullable=True),
        sa.Column("game_id", sa.String(length=32), nullable=True),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("server", sa.String(length=64), nullable=True),
        sa.Column("player_tier", sa.String(length=16), nullable=False, server_default="none"),
        sa.Column("cycle", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("first_response_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("tickets", column)
    op.drop_column("tickets", "first_done_at")
    op.create_foreign_key("fk_tickets_parent_ticket_id", "tickets", "tickets", ["parent_ticket_id"], ["ticket_id"])
    op.create_check_constraint(
        op.f("ck_tickets_clock"), "tickets", "state <> 'done' OR (next_due_at IS NULL AND paused_since IS NULL)"
    )
    op.create_check_constraint(op.f("ck_tickets_parent"), "tickets", "parent_ticket_id <> ticket_id")


def _create_cycles() -> None:
    op.create_table(
        "cycles",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_replied_by", sa.String(length=32), nullable=True),
        sa.Column("first_replied_team", sa.String(length=32), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.Column("done_team", sa.String(length=32), nullable=True),
        sa.Column("first_response_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_seconds", sa.Integer(), nullable=True),
        sa.Column("resolution_seconds", sa.Integer(), nullable=True),
        sa.Column("rules_revision", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False, server_default="false"),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_cycles_cycle")),
        sa.CheckConstraint("done_at IS NULL OR paused_since IS NULL", name=op.f("ck_cycles_paused_since")),
        sa.PrimaryKeyConstraint("ticket_id", "cycle", name=op.f("pk_cycles")),
    )
    op.execute(_FILL_CYCLES)
    # Checked at once for all rows, which is quicker than for each as it comes.
    op.create_foreign_key(op.f("fk_cycles_ticket_id"), "cycles", "tickets", ["ticket_id"], ["ticket_id"])
    op.create_foreign_key(op.f("fk_cycles_rules_revision"), "cycles", "service_rules", ["rules_revision"], ["revision"])
    op.execute("ANALYZE cycles")
    op.execute(_FILL_TICKETS)
    for name, definition in _CYCLE_INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON cycles {definition}")
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "tickets", columns, postgresql_where=sa.text(where) if where else None)


def _create_service_rules() -> None:
    service_rules = op.create_table(
        "service_rules",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekly", postgresql.JSONB(), nullable=False),
        sa.Column("special_days", postgresql.JSONB(), nullable=False),
        sa.Column("targets", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_service_rules_revision")),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_service_rules")),
    )
    op.bulk_insert(service_rules, [_FIRST_RULES | {"created_at": datetime.now(UTC)}])
