"""The checker is proven: it finds nothing in a world that fits together, and whatever is planted in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.faults import small_world
from tests.faults.harness.checks import CHECKS, check, copies, not_applied
from tests.faults.harness.checks.evidence import OWNED, Evidence, Published
from tests.faults.harness.ledger import Ledger, Write, writes_in
from tests.faults.harness.shop import GAME
from tests.faults.harness.trial import given
from tests.faults.small_world import ORDER, PLAYER, POISON, TICKET, id_of, write


@pytest.fixture
def world(fresh_database: Any) -> Iterator[Evidence]:
    with small_world.make(fresh_database) as evidence:
        yield evidence
    for url in evidence.databases.values():
        fresh_database.drop(url)


def spoil(world: Evidence, service: str, statement: str) -> None:
    with psycopg.connect(world.databases[service].replace("+psycopg", "")) as connection:
        connection.execute(statement.encode())


def test_a_world_that_fits_together_has_nothing_to_find(world: Evidence) -> None:
    assert check(world) == {}


_NEW_OUTBOX_ROW = "INSERT INTO outbox (event_id, aggregate_id, version, type, source, payload, published_at) VALUES"
_COPY_OF_ORDER = """
    INSERT INTO orders (order_id, player_id, seller_agent_id, pack_id, pack_code, pack_name, pack_revision,
        pack_version, discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency, method,
        transaction_id, paid_at, state, verified, version, created_at, updated_at)
    SELECT gen_random_uuid(), player_id, seller_agent_id, pack_id, pack_code, pack_name, pack_revision, pack_version,
        discount_bp, list_price_fen, contents, amount_due_fen, amount_paid_fen, currency, 'alipay', transaction_id,
        paid_at, 'paid', verified, 1, created_at, updated_at FROM orders
"""
_COPY_OF_TICKET = """
    INSERT INTO tickets (ticket_id, player_id, state, detail, category, priority, waiting_on, player_tier, created_by,
        asked_at, version, revision, created_at, updated_at)
    SELECT gen_random_uuid(), player_id, state, detail, category, priority, waiting_on, player_tier, created_by,
        asked_at, version, revision, created_at, updated_at FROM tickets
"""

# What is planted: (the checks that must find it, the service, the statement).
PLANTED: dict[str, tuple[set[str], str, str]] = {
    "an acknowledged touch is gone": (
        {"lost", "totals", "I2"},
        "sales",
        "DELETE FROM touches",
    ),
    "a ticket is there twice": ({"doubled", "I1"}, "tickets", _COPY_OF_TICKET),
    "an order is there twice": ({"doubled", "I1", "I7", "I8"}, "sales", _COPY_OF_ORDER),
    "a key was not kept": ({"keys", "I7"}, "sales", "DELETE FROM idempotency_keys WHERE operation = 'create_order'"),
    "a key leads to something else": (
        {"keys"},
        "tickets",
        "UPDATE idempotency_keys SET resource_id = gen_random_uuid()::text",
    ),
    "the key of what was refused is kept": (
        {"keys"},
        "tickets",
        """INSERT INTO idempotency_keys
        SELECT caller, operation, 'M-REFUSED', body_hash, status, resource_id, created_at FROM idempotency_keys""",
    ),
    "a change without its event": ({"I1", "I6"}, "players", "UPDATE players SET version = 3"),
    "an event between is missing": ({"I1", "I2"}, "players", "DELETE FROM outbox WHERE version = 1"),
    "an event twice": (
        {"I1", "I3"},
        "tickets",
        f"""DROP INDEX uq_outbox_aggregate_id_version;
        {_NEW_OUTBOX_ROW} (gen_random_uuid(), '{TICKET}', 1, 'tickets.ticket.updated.v1', '/tickets', '{{}}', now())""",
    ),
    "the event of a rollback": (
        {"I2"},
        "sales",
        f"{_NEW_OUTBOX_ROW} (gen_random_uuid(), '{ORDER}', 3, 'sales.order.updated.v1', '/sales', '{{}}', now())",
    ),
    "an event of nothing": (
        {"I2"},
        "catalog",
        f"{_NEW_OUTBOX_ROW} (gen_random_uuid(), '{uuid4()}', 1, 'catalog.pack.updated.v1', '/catalog', '{{}}', now())",
    ),
    "an event waits": ({"I3"}, "players", "UPDATE outbox SET published_at = NULL WHERE version = 2"),
    "an event was never handled": (
        {"I4"},
        "sales",
        f"DELETE FROM inbox WHERE consumer = 'sales-catalog' AND event_id = '{id_of('pack v1')}'",
    ),
    "a copy fell back": ({"I5", "I6"}, "tickets", "UPDATE player_copies SET version = 1"),
    "a copy was deleted": ({"I5", "I6"}, "sales", "DELETE FROM ticket_copies"),
    "a copy says something else": ({"I6"}, "sales", "UPDATE player_copies SET owner_agent_id = 'KF004'"),
    "a copy of nothing": (
        {"I6"},
        "catalog",
        "INSERT INTO agent_copies VALUES ('KF666', 'admin', 'A', true, 1)",
    ),
    "copies that do not follow a restored database": (
        {"I6"},
        "players",
        "INSERT INTO relay_mark (stream, created, last_seq, checked_at, version_base)"
        " VALUES ('PLAYERS', '', 0, now(), 9)",
    ),
    "a copied pack with other contents": (
        {"I6"},
        "sales",
        "UPDATE pack_copies SET contents = jsonb_set(contents, '{0,quantity}', '3')",
    ),
    "a copied pack of another version of the catalog's": ({"I6"}, "sales", "UPDATE pack_copies SET own_version = 9"),
    "a copied campaign for others": (
        {"I6"},
        "sales",
        """UPDATE campaign_copies SET segment = '{"tiers": ["big"]}'""",
    ),
    "a copied campaign of another game": ({"I6"}, "sales", """UPDATE campaign_copies SET game_ids = '["sanguo"]'"""),
    "a ticket of another tier": ({"I6"}, "tickets", "UPDATE tickets SET player_tier = 'none'"),
    "a key that nobody sent": ({"keys"}, "sales", "UPDATE idempotency_keys SET key = 'x' WHERE key = 'M-ORDER'"),
    "an order of another amount": ({"I8"}, "sales", "UPDATE orders SET amount_due_fen = 170, amount_paid_fen = 170"),
    "a refund of another amount": ({"I8", "totals"}, "sales", "UPDATE refunds SET amount_fen = 60"),
    "a stray dead letter": (
        {"I9"},
        "tickets",
        "INSERT INTO dead_letter (consumer, event_id, subject, payload, error) VALUES ('tickets-sales',"
        " gen_random_uuid(), 'x', '', 'KeyError')",
    ),
    "poison that was not buried": ({"I9"}, "sales", "DELETE FROM dead_letter"),
    "poison that nobody replayed or gave up": ({"I9"}, "sales", "UPDATE dead_letter SET replayed_at = now()"),
    "poison that was buried twice": (
        {"I9"},
        "sales",
        """INSERT INTO dead_letter (consumer, event_id, subject, payload, error)
        SELECT consumer, event_id, subject, payload, error FROM dead_letter""",
    ),
    "refunds that do not add up": ({"totals"}, "sales", "UPDATE orders SET refunded_fen = 100"),
    "a call that counts a touch twice": ({"totals"}, "sales", "UPDATE campaign_calls SET touches = 2"),
    "a pack that does not cost what is in it": ({"I6", "totals"}, "catalog", "UPDATE packs SET list_price_fen = 1"),
    "a push that came through twice": (
        {"totals"},
        "catalog",
        """INSERT INTO item_price_changes (change_id, item_id, source, new_game_price_fen, source_version, at, cause_id)
        SELECT gen_random_uuid(), item_id, 'push', 100, 2, now(), 'push-1' FROM items, generate_series(1, 2)""",
    ),
    "a delivery that the game knows nothing of": (
        {"deliveries"},
        "sales",
        f"""{_COPY_OF_ORDER};
        INSERT INTO deliveries (order_id, state) SELECT order_id, 'delivered' FROM orders WHERE version = 1""",
    ),
    "a paid order without a delivery": ({"deliveries", "I7"}, "sales", _COPY_OF_ORDER),
    "a delivery that stays in the queue": (
        {"deliveries"},
        "sales",
        "UPDATE deliveries SET state = 'queued', profile_id = gen_random_uuid()",
    ),
    "a delivery that nobody mended": (
        {"deliveries"},
        "sales",
        "UPDATE deliveries SET state = 'failed', profile_id = gen_random_uuid()",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_found(what: str, world: Evidence) -> None:
    expected, service, statement = PLANTED[what]

    spoil(world, service, statement)

    found = check(world)
    assert expected <= found.keys(), found


_COPIED = """SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_name LIKE '%_copies' ORDER BY 1"""


def test_no_column_of_a_copy_is_left_out__I6(world: Evidence) -> None:
    for service in OWNED:
        of_it = [copy for copy in copies.COPIES if copy.listener == service]
        compared = {copy.table: set(re.findall(r"\w+", copy.copied)) for copy in of_it}
        there = [row[0].split(".") for row in world.rows(service, _COPIED)]
        left_out = [f"{table}.{column}" for table, column in there if column not in compared.get(table, ())]
        # These are compared line by line, without the names of then.
        assert left_out == (["pack_copies.contents"] if service == "sales" else [])


def found_with(world: Evidence, **spoilt: Any) -> set[str]:
    """What is found when the world outside says something else."""
    return set(check(replace(world, _open={}, **spoilt)))


def test_what_clients_know_is_compared_with_what_is_there(world: Evidence) -> None:
    def with_write(other: Write) -> set[str]:
        return found_with(world, writes=[w for w in world.writes if w.key != other.key] + [other])

    assert with_write(write("create_ticket", "M-NEVER", "ok")) == {"lost", "keys"}
    assert with_write(write("create_ticket", "M-TICKET", "fail")) == {"refused", "keys"}
    assert with_write(write("create_ticket", "M-TICKET", "unknown")) == {"unresolved"}
    assert with_write(write("create_ticket", "M-NEVER", "invoked")) == {"unresolved"}
    assert with_write(write("create_ticket", "M-TICKET", "ok", PLAYER)) == {"told otherwise", "keys"}
    assert with_write(write("create_order", "M-ORDER", "ok", ORDER, fen=1)) == {"I8"}
    sent_again = replace(write("create_ticket", "M-TICKET", "ok", TICKET), status=201)
    assert with_write(replace(sent_again, again=((201, str(TICKET)),))) == set()
    assert with_write(replace(sent_again, again=((201, str(TICKET)), (201, str(PLAYER))))) == {"repeated"}
    assert with_write(replace(sent_again, again=((409, "ticket-exists"),))) == {"repeated"}


def test_what_streams_hold_is_compared_with_the_outboxes(world: Evidence) -> None:
    assert world.published is not None
    stranger = Published("SALES", str(uuid4()), "sales.order.updated.v1")

    assert found_with(world, published=[*world.published, stranger]) == {"I2"}
    assert found_with(world, published=world.published[1:]) == {"I3"}
    assert found_with(world, published=world.published[1:], streams_lost=True) == set()


def test_a_nats_that_lost_what_it_had_excuses_no_event_but_republications__I4(world: Evidence) -> None:
    again = f"('{{}}', '{PLAYER}', 2, 'players.player.updated.v1', '/players', '{{{{}}}}', now(), {{}})"
    row = _NEW_OUTBOX_ROW.replace("published_at", "published_at, republication")
    spoil(world, "players", f"{row} {again.format(uuid4(), 'true')}")
    assert found_with(world, streams_lost=True, published=None) == set()
    assert not_applied(replace(world, streams_lost=True)) != [] == not_applied(world)

    spoil(world, "sales", f"DELETE FROM inbox WHERE event_id = '{id_of('pack v1')}'")
    assert found_with(world, streams_lost=True) == {"I4"}


def test_what_the_games_gave_is_compared_with_what_was_sold(world: Evidence) -> None:
    grant = {"order_id": str(ORDER)}

    assert found_with(world, grants=[grant, grant]) == {"deliveries"}
    assert found_with(world, grants=[grant, {"order_id": str(uuid4())}]) == {"deliveries"}
    assert found_with(world, grants=[]) == {"deliveries"}


def test_what_is_paid_and_may_not_be_delivered_is_no_finding(world: Evidence) -> None:
    spoil(world, "sales", "UPDATE deliveries SET state = 'not_possible'")  # no account: a person names one
    assert check(world) == {}
    spoil(world, "sales", "UPDATE deliveries SET state = 'waiting', profile_id = gen_random_uuid();"
                          " UPDATE orders SET verified = false")  # fmt: skip
    assert check(world) == {}


def test_each_grant_is_counted_once_by_what_the_game_answered() -> None:
    def put(order: str, status: int | None) -> dict[str, Any]:
        return {"method": "PUT", "path": f"/games/{GAME}/v1/grants/{order}", "status": status}

    asked = [put("a", 201), put("a", 200), put("b", 201), put("b", 201), put("c", 503)]
    asked.append({"method": "GET", "path": f"/games/{GAME}/v1/grants/a", "status": 200})
    assert given([{"order_id": "a"}, {"order_id": "b"}, {"order_id": "old"}], asked) == ["a", "b", "b", "old"]


def test_poison_that_was_not_planted_is_a_fault(world: Evidence) -> None:
    assert found_with(world, poison={}) == {"I2", "I9"}
    assert found_with(world, poison={"sales-tickets": {POISON, uuid4()}}) == {"I9"}


def test_every_check_has_been_seen_to_find_something() -> None:
    proven = {name for checks, _, _ in PLANTED.values() for name in checks}
    assert proven | {"refused", "unresolved", "told otherwise", "repeated"} == CHECKS.keys()


def test_the_ledger_tells_what_is_known_of_each_write(tmp_path: Any) -> None:
    with Ledger(tmp_path / "ledger.jsonl") as ledger:
        for key in ("a", "b", "c"):
            ledger.invoke(write("create_ticket", key, "invoked"))
        ledger.unknown("a", "ReadTimeout")
        ledger.ok("a", 201, "t1")
        ledger.fail("b", 422, "rule-violation")
        ledger.again("a", 201, "t1")
        ledger.again("a", 422, "key-reused")

        a, b, c = ledger.writes()

    assert (a.outcome, a.told, a.was_unknown, a.status) == ("ok", "t1", True, 201)
    assert a.again == ((201, "t1"), (422, "key-reused"))
    assert (b.outcome, b.slug, b.was_unknown) == ("fail", "rule-violation", False)
    assert (c.outcome, c.was_unknown) == ("invoked", False)


@pytest.mark.parametrize("lines", ['{"event": "ok", "at": "", "key": "a"}'])
def test_a_ledger_that_tells_of_what_was_never_asked_is_refused(lines: str) -> None:
    with pytest.raises(ValueError, match="never invoked"):
        writes_in([lines])
