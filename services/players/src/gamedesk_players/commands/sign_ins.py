"""Guessing passwords is made slow (decision 29): attempts are counted in the database, for all replicas together.

Counted are addresses, and agent ids; an id at an address from which that agent signs in usually is counted apart, from
the same id tried elsewhere and from the address. So strangers slow strangers down, and not the agent at his own desk.
All such desks behind one address have a count too, a wide one: the address may be that of a proxy.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Self

import structlog
from gamedesk_chassis.client_address import whose
from gamedesk_chassis.errors import TooManyRequests
from sqlalchemy import Connection

from gamedesk_players.repository import sign_ins as repository

log = structlog.get_logger(__name__)

FREE_OF_AGENT = 5
FREE_OF_ADDRESS = 50  # a whole office may be behind one
FREE_OF_DESKS = 200  # behind one address, of those who sign in there usually


@dataclass(frozen=True)
class Attempt:
    """Whom an attempt counts for, as keyed hashes: the address and the id anywhere; or, where the agent signs in
    usually, all desks at this address and the id at it."""

    address: str
    agent: str
    desks: str
    place: str

    @classmethod
    def of(cls, key: str, agent_id: str, address: str) -> Self:
        client, agent = whose(address), agent_id.upper()
        subjects = (f"address {client}", f"agent {agent}", f"desks {client}", f"place {agent} {client}")
        hashes = [hmac.digest(key.encode(), subject.encode(), "sha256").hex() for subject in subjects]
        return cls(*hashes[:3], place=repository.place(of_agent=hashes[1], here=hashes[3]))


def begin(tx: Connection, attempt: Attempt) -> None:
    """Count the attempt. Raises TooManyRequests, and counts nothing, when it has to wait."""
    if repository.is_usual(tx, attempt.place):
        _take(tx, "usual_places_of_address", attempt.desks, FREE_OF_DESKS)
        _take(tx, "agent_at_usual_place", attempt.place, FREE_OF_AGENT)
    else:
        _take(tx, "address", attempt.address, FREE_OF_ADDRESS)
        _take(tx, "agent", attempt.agent, FREE_OF_AGENT)


def not_made(tx: Connection, attempt: Attempt) -> None:
    """The attempt was begun, and then nobody looked at the password."""
    usual = repository.is_usual(tx, attempt.place)
    for subject in [attempt.desks, attempt.place] if usual else [attempt.address, attempt.agent]:
        repository.give_back(tx, subject)


def succeeded(tx: Connection, attempt: Attempt) -> None:
    """The password was right: what was counted for this agent here is forgotten, at all desks together too."""
    if repository.is_usual(tx, attempt.place):
        repository.hold(tx, attempt.desks)  # before the place, as `begin` does
        repository.give_back(tx, attempt.desks, repository.failures(tx, attempt.place))
        repository.clear(tx, attempt.place)
    else:
        repository.give_back(tx, attempt.address)
        repository.clear(tx, attempt.agent)
    repository.note_usual(tx, attempt.place)


def clear(tx: Connection, key: str, agent_id: str) -> None:
    """Let an agent sign in again from anywhere at once; who tries too often from an address has to wait as before."""
    repository.clear_everywhere(tx, Attempt.of(key, agent_id, "").agent)


def _take(tx: Connection, what: str, subject: str, free: int) -> None:
    seconds = repository.take(tx, subject, free)
    if seconds is not None:
        log.warning("sign_in_has_to_wait", limit=what, seconds=seconds)
        raise TooManyRequests("Too many failed sign-ins; wait before the next one.", retry_after=seconds)
