"""Migrations of the chassis' own tables, for the services' Alembic revisions.

A function here is history: once released it never changes; what comes later is a `…_v2` that a new revision calls.
"""

from __future__ import annotations

from typing import Protocol


class Operations(Protocol):
    """`alembic.op`."""

    def execute(self, sqltext: str) -> object: ...


_EVENT_TABLES_V1 = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    aggregate_id varchar(64) NOT NULL,
    version integer NOT NULL,
    type varchar(128) NOT NULL,
    source varchar(64) NOT NULL,
    payload jsonb NOT NULL,
    traceparent varchar(64),
    actor varchar(64),
    republication boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT uq_outbox_event_id UNIQUE (event_id)
);
CREATE UNIQUE INDEX uq_outbox_aggregate_id_version ON outbox (aggregate_id, version) WHERE NOT republication;
CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL;

CREATE TABLE inbox (
    consumer varchar(64) NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id)
);
CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY,
    consumer varchar(64) NOT NULL,
    event_id uuid NOT NULL,
    subject varchar(128) NOT NULL,
    payload bytea NOT NULL,
    error varchar(1000) NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz,
    CONSTRAINT pk_dead_letter PRIMARY KEY (id)
);

CREATE TABLE relay_mark (
    stream varchar(64) NOT NULL,
    created varchar(40) NOT NULL,
    last_seq bigint NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_relay_mark PRIMARY KEY (stream)
);
"""


def create_event_tables_v1(op: Operations) -> None:
    """Create outbox, inbox, dead_letter and relay_mark, as `service.event_tables` declares them."""
    op.execute(_EVENT_TABLES_V1)


def drop_event_tables_v1(op: Operations) -> None:
    """Undo `create_event_tables_v1`."""
    op.execute("DROP TABLE relay_mark, dead_letter, inbox, outbox")


def order_outbox_v2(op: Operations) -> None:
    """What is new comes before what is only said again: the index in the order in which the relay publishes."""
    op.execute("DROP INDEX ix_outbox_unpublished")
    op.execute("CREATE INDEX ix_outbox_unpublished ON outbox (republication, id) WHERE published_at IS NULL")


def order_outbox_v1(op: Operations) -> None:
    """Undo `order_outbox_v2`."""
    op.execute("DROP INDEX ix_outbox_unpublished")
    op.execute("CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL")


_RECOVERY_V1 = """
ALTER TABLE relay_mark ADD COLUMN version_base integer NOT NULL DEFAULT 0;
CREATE TABLE copy_difference (
    consumer varchar(64) NOT NULL,
    kind varchar(64) NOT NULL,
    after_key varchar(64) NOT NULL,
    until_key varchar(64) NOT NULL,
    seen integer NOT NULL,
    owner_count integer NOT NULL,
    copy_count integer NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    asked_at timestamptz,
    CONSTRAINT pk_copy_difference PRIMARY KEY (consumer, kind, after_key)
);
"""


def add_recovery_v1(op: Operations) -> None:
    """Versions get a base in the relay's mark; create copy_difference, as `digests.difference_table` declares it."""
    op.execute(_RECOVERY_V1)


def drop_recovery_v1(op: Operations) -> None:
    """Undo `add_recovery_v1`."""
    op.execute("DROP TABLE copy_difference; ALTER TABLE relay_mark DROP COLUMN version_base")


_IDEMPOTENCY_KEYS_V1 = """
CREATE TABLE idempotency_keys (
    caller varchar(64) NOT NULL,
    operation varchar(64) NOT NULL,
    key varchar(64) NOT NULL,
    body_hash bytea NOT NULL,
    status integer NOT NULL,
    resource_id varchar(64) NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (caller, operation, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
"""


def create_idempotency_keys_v1(op: Operations) -> None:
    """Create idempotency_keys, as `idempotency.idempotency_table` declares it."""
    op.execute(_IDEMPOTENCY_KEYS_V1)


def drop_idempotency_keys_v1(op: Operations) -> None:
    """Undo `create_idempotency_keys_v1`."""
    op.execute("DROP TABLE idempotency_keys")
