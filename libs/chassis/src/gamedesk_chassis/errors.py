"""Errors that a use case may raise. They know no HTTP; `problems` turns each kind into a problem document.

DomainError
├── InvalidInput          a value has the right shape and still cannot be
├── RuleViolation         a rule of the domain forbids it
├── NotFound              it does not exist, or the caller may not know that it does
├── NotAllowed            the caller's role or ownership does not permit it
├── NotAuthenticated      the caller is not who he says
├── Conflict              it clashes with something that exists
│   └── ReferenceNotYetKnown   it names something this service has not heard of (yet)
├── StaleVersion          the caller edited an older version
├── TooManyRequests       the caller should wait
└── Unavailable           a part that is needed does not answer
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """`slug` is the stable name that clients switch on, `title` the sentence people read.

    `detail` says how to mend it and `pointer` (a JSON pointer) where it is; neither may repeat what was sent.
    `extra` becomes further members of the problem document.
    """

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, detail: str = "", *, pointer: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.pointer = pointer
        self.extra = extra


class InvalidInput(DomainError):
    slug = "validation"
    title = "The request is not valid"


class RuleViolation(DomainError):
    slug = "rule-violation"
    title = "A rule forbids this"


class NotFound(DomainError):
    slug = "not-found"
    title = "There is no such thing"


class NotAllowed(DomainError):
    slug = "forbidden"
    title = "You are not allowed to do this"


class NotAuthenticated(DomainError):
    slug = "unauthenticated"
    title = "Sign in first"


class Conflict(DomainError):
    slug = "conflict"
    title = "This clashes with something that exists"


class ReferenceNotYetKnown(Conflict):
    slug = "reference-not-yet-known"
    title = "Something this refers to is not known here yet"


class StaleVersion(DomainError):
    """`current` (set by the API layer) is the state that the caller has not seen."""

    slug = "stale-version"
    title = "Someone else changed this in the meantime"


class TooManyRequests(DomainError):
    slug = "too-many-requests"
    title = "Too many requests; wait a moment"


class Unavailable(DomainError):
    slug = "unavailable"
    title = "A part of the system does not answer; try again in a moment"
