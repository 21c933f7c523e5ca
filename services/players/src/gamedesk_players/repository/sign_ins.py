"""Counts of sign-ins. All times are the database's: replicas' clocks may differ."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import Connection, Integer, case, cast, delete, extract, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gamedesk_players.tables import sign_in_counts as counts

_FORGIVEN_EVERY = timedelta(minutes=15)  # one failure; no wait is longer, so nobody is faster for it
_FORGOTTEN_AFTER = timedelta(days=1)  # by then, all of them
_USUAL_FOR = timedelta(days=30)
_LONGEST_WAIT = timedelta(minutes=15)
_MOST_DOUBLINGS = 10
_HALF = 32


def take(tx: Connection, subject: str, free: int) -> int | None:
    """Count an attempt as failed, before anybody knows: so parallel guesses are no more guesses.

    After `free` failures each next one has to wait twice as long, from 2 seconds to 15 minutes; one is forgiven every
    15 minutes. Answers None, or how many seconds are left to wait; then nothing was counted.
    """
    # Below nothing where the last failure came while this transaction, which began before it, waited for the row.
    elapsed = func.greatest(extract("epoch", func.now() - counts.c.last_at), 0)
    forgiven = cast(func.floor(elapsed / _FORGIVEN_EVERY.total_seconds()), Integer)
    left = func.greatest(counts.c.failures - forgiven, 0)
    failures = left + 1
    doublings = func.least(failures - free, _MOST_DOUBLINGS)
    wait = func.least(timedelta(seconds=1) * func.power(2, doublings + 1), _LONGEST_WAIT)
    new = insert(counts).values(subject=subject, failures=1, last_at=func.now())
    statement = new.on_conflict_do_update(
        index_elements=[counts.c.subject],
        set_={
            "failures": failures,
            # What has begun of the next quarter of an hour is kept, however often somebody fails.
            "last_at": case((left > 0, counts.c.last_at + forgiven * _FORGIVEN_EVERY), else_=func.now()),
            "blocked_until": case((failures >= free, func.now() + wait), else_=None),
        },
        where=or_(counts.c.blocked_until.is_(None), counts.c.blocked_until <= func.now()),
    )
    if tx.execute(statement.returning(counts.c.failures)).scalar_one_or_none() is not None:
        return None
    wait_left = select(counts.c.blocked_until - func.now()).where(counts.c.subject == subject)
    return max(math.ceil(tx.execute(wait_left).scalar_one().total_seconds()), 1)


def hold(tx: Connection, subject: str) -> None:
    """Nobody else counts for it until this transaction ends."""
    tx.execute(select(counts.c.subject).where(counts.c.subject == subject).with_for_update())


def failures(tx: Connection, subject: str) -> int:
    """What is counted, less what time had forgiven when it was last counted."""
    return tx.execute(select(counts.c.failures).where(counts.c.subject == subject)).scalar_one_or_none() or 0


def give_back(tx: Connection, subject: str, attempts: int = 1) -> None:
    """So many attempts went well, were not made, or are forgotten; others stay."""
    if attempts > 0:
        values = {"failures": func.greatest(counts.c.failures - attempts, 0), "blocked_until": None}
        tx.execute(update(counts).where(counts.c.subject == subject).values(values))


def clear(tx: Connection, subject: str) -> None:
    """Nothing failed."""
    tx.execute(update(counts).where(counts.c.subject == subject).values(failures=0, blocked_until=None))


def place(*, of_agent: str, here: str) -> str:
    """An agent at an address: half of either hash, so that all that is counted of one agent stands together."""
    return of_agent[:_HALF] + here[:_HALF]


def clear_everywhere(tx: Connection, agent: str) -> None:
    """Nothing failed in this agent's name, neither where he signs in usually."""
    of_agent = counts.c.subject.between(agent[:_HALF], agent[:_HALF] + "g")  # beyond every hexadecimal digit
    tx.execute(update(counts).where(of_agent).values(failures=0, blocked_until=None))


def is_usual(tx: Connection, subject: str) -> bool:
    """Whether this agent signed in from this address within 30 days."""
    recent = counts.c.signed_in_at > func.now() - _USUAL_FOR
    return tx.execute(select(counts.c.subject).where(counts.c.subject == subject, recent)).first() is not None


def note_usual(tx: Connection, subject: str) -> None:
    """He did so now."""
    now = {"last_at": func.now(), "signed_in_at": func.now()}
    new = insert(counts).values(subject=subject, failures=0, **now)
    tx.execute(new.on_conflict_do_update(index_elements=[counts.c.subject], set_=now))


def purge(tx: Connection) -> int:
    """Delete up to 5,000 counts that nobody has touched for 30 days, or that say nothing any more."""
    idle = counts.c.last_at < func.now() - case((counts.c.signed_in_at.is_(None), _FORGOTTEN_AFTER), else_=_USUAL_FOR)
    over = select(counts.c.subject).where(idle).limit(5000)
    return tx.execute(delete(counts).where(counts.c.subject.in_(over))).rowcount
