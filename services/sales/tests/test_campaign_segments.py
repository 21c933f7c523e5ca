"""Who is of a segment: what the database finds is what going through everybody finds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from gamedesk_chassis.database import Database
from gamedesk_sales.model.business_days import midnight
from gamedesk_sales.model.campaign_calls import TIERS, Candidate, Segment
from gamedesk_sales.repository import campaign_segments
from gamedesk_sales.tables import (
    agent_copies,
    contact_blocks,
    orders,
    player_copies,
    profile_copies,
    touches,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from .conftest import migrate_sales

TODAY = date(2026, 11, 20)
NAMES = UUID(int=7)
TEAMS = {"S1": "X", "S2": "Y"}


@dataclass
class Person:
    """What is known of somebody, under any of his records."""

    player_id: UUID
    tier: str
    owner: str
    minor: bool
    erased: bool
    blocked: bool
    games: list[tuple[str, str, str]] = field(default_factory=list)
    contacts: list[datetime] = field(default_factory=list)
    orders: list[tuple[datetime, str, int]] = field(default_factory=list)


def people(seed: int) -> Iterator[tuple[Person, list[UUID]]]:
    chance = random.Random(seed)
    for number in range(40):
        ids = [uuid5(NAMES, f"{seed}.{number}.{record}") for record in range(chance.choice([1, 1, 2, 3]))]
        person = Person(
            ids[0],
            chance.choice(TIERS),
            chance.choice(list(TEAMS)),
            minor=chance.random() < 0.1,
            erased=chance.random() < 0.1,
            blocked=chance.random() < 0.2,
        )
        for _ in range(chance.randrange(3)):
            state = chance.choice(["ok", "stale", "ambiguous", "not_found", "pending"])
            person.games.append((chance.choice(["xiyou", "sanguo"]), chance.choice(["一区", "二区"]), state))
        for _ in range(chance.randrange(3)):
            person.contacts.append(moment(chance))
        for _ in range(chance.randrange(4)):
            state = chance.choice(["paid", "delivered", "cancelled", "partly_refunded", "refunded"])
            person.orders.append((moment(chance), state, chance.choice([100, 500])))
        yield person, ids


def moment(chance: random.Random) -> datetime:
    """Often just at the border of a day."""
    return midnight(TODAY - timedelta(days=chance.randrange(12))) + timedelta(microseconds=chance.choice([-1, 0, 5]))


def of_segment(person: Person, segment: Segment, team: str | None) -> bool:
    def since(days: int) -> datetime:
        return midnight(TODAY - timedelta(days=days - 1))

    bought = [(at, fen) for at, state, fen in person.orders if state not in ("cancelled", "refunded")]
    if person.erased or (team is not None and TEAMS[person.owner] != team):
        return False
    if segment.tiers and person.tier not in segment.tiers:
        return False
    if segment.game_id is not None:
        known = [g for g in person.games if g[0] == segment.game_id and g[2] in ("ok", "stale", "ambiguous")]
        if not any(segment.server in (None, server) for _, server, _ in known):
            return False
    elif segment.game_ids and not any(g[0] in segment.game_ids and g[2] == "ok" for g in person.games):
        return False
    days = segment.not_contacted_days
    if days is not None and any(at >= since(days) for at in person.contacts):
        return False
    if segment.never_bought and bought:
        return False
    if segment.bought_within_days is not None:
        bought = [(at, fen) for at, fen in bought if at >= since(segment.bought_within_days)]
        if not bought:
            return False
    if len(bought) < (segment.bought_min_orders or 0):
        return False
    return sum(fen for _, fen in bought) >= (segment.spent_min_fen or 0)


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("sales", migrate_sales), pool_size=1)
    yield database
    database.dispose()


def store(tx: Connection, person: Person, ids: list[UUID], chance: random.Random) -> None:
    """Under whichever of his records."""
    for player_id in ids:
        row = {
            "player_id": player_id,
            "owner_agent_id": person.owner,
            "tier": person.tier,
            "minor_band": "8_15" if person.minor else "none",
            "merged_into": None if player_id == ids[0] else ids[0],
            "erased": person.erased,
            "version": 1,
        }
        tx.execute(insert(player_copies).values(row))
    for number, (game_id, server, state) in enumerate(person.games):
        row = {"profile_id": uuid5(ids[0], f"p{number}"), "player_id": chance.choice(ids), "game_id": game_id}
        tx.execute(insert(profile_copies).values(**row, server=server, state=state, version=1))
    blocking = [midnight(TODAY - timedelta(days=900))] if person.blocked else []
    for number, at in enumerate([*person.contacts, *blocking]):
        row = {"touch_id": uuid5(ids[0], f"t{number}"), "player_id": chance.choice(ids), "outcome": "no_reply"}
        text = {"agent_id": "S1", "situation": "", "player_state": ""}
        tx.execute(insert(touches).values(**row, **text, occurred_at=at, recorded_at=at))
        if at in blocking:
            block = {"block_id": row["touch_id"], "player_id": chance.choice(ids), "touch_id": row["touch_id"]}
            tx.execute(insert(contact_blocks).values(**block, blocked_by="S1", blocked_at=at))
    for number, (at, state, fen) in enumerate(person.orders):
        order_id = uuid5(ids[0], f"o{number}")
        # What was given back in part is not spent.
        paid, refunded = (fen + 50, 50) if state == "partly_refunded" else (fen, fen if state == "refunded" else 0)
        row = {
            "order_id": order_id, "player_id": chance.choice(ids), "seller_agent_id": "S1", "pack_id": order_id,
            "pack_code": "P", "pack_name": "P", "pack_revision": 1, "pack_version": 1, "discount_bp": 0,
            "list_price_fen": paid, "contents": [], "amount_due_fen": paid, "amount_paid_fen": paid, "currency": "CNY",
            "method": "other", "transaction_id": str(order_id), "paid_at": at, "state": state, "verified": True,
            "refunded_fen": refunded, "version": 1, "created_at": at, "updated_at": at,
        }  # fmt: skip
        tx.execute(insert(orders).values(row))


def maybe(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | values


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    game_id = draw(st.none() | st.sampled_from(["xiyou", "sanguo"]))
    never = draw(st.sampled_from([False, False, True]))
    return Segment(
        tiers=tuple(draw(st.lists(st.sampled_from(TIERS), max_size=3, unique=True))),
        game_id=game_id,
        server=draw(st.none() | st.sampled_from(["一区", "二区"])) if game_id else None,
        not_contacted_days=draw(maybe(st.integers(1, 13))),
        bought_within_days=None if never else draw(maybe(st.integers(1, 13))),
        bought_min_orders=None if never else draw(maybe(st.integers(1, 3))),
        spent_min_fen=None if never else draw(maybe(st.sampled_from([1, 500, 501, 1000]))),
        never_bought=never,
        game_ids=tuple(draw(st.lists(st.sampled_from(["xiyou", "sanguo"]), max_size=2, unique=True))),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), segment=segments(), team=st.none() | st.sampled_from(["X", "Y"]))
def test_the_database_finds_whom_going_through_everybody_finds(
    database: Database, seed: int, segment: Segment, team: str | None
) -> None:
    known = list(people(seed))
    with database.engine.connect() as tx:
        for agent_id, of_team in TEAMS.items():
            row = {"agent_id": agent_id, "role": "agent", "team": of_team, "active": True, "version": 1}
            tx.execute(insert(agent_copies).values(row))
        for person, ids in known:
            store(tx, person, ids, random.Random(seed))
        everybody = [player_id for _, ids in known for player_id in ids]
        found = campaign_segments.candidates(tx, segment, team, TODAY, everybody)
        counted = campaign_segments.audience(tx, segment, team, TODAY, 1000)
        tx.rollback()

    expected = [person for person, _ in known if of_segment(person, segment, team)]
    assert sorted(found, key=lambda one: one.player_id) == sorted(
        (Candidate(person.player_id, person.owner, person.tier, person.minor, person.blocked) for person in expected),
        key=lambda one: one.player_id,
    )
    wanted = [person.tier for person in expected if not person.minor and not person.blocked]
    assert counted.by_tier == {tier: wanted.count(tier) for tier in set(wanted)}
    assert counted.minors == sum(person.minor for person in expected)
    assert counted.blocked == sum(person.blocked and not person.minor for person in expected)
