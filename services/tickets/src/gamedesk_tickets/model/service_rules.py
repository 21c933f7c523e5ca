"""The domain: rules of service, that is working hours and how soon the desk wants to have answered and solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from gamedesk_tickets.errors import RulesImpossible
from gamedesk_tickets.model.tickets import Priority
from gamedesk_tickets.model.working_time import WEEKDAYS, SpecialDay, WorkingTime

_A_YEAR = timedelta(days=366)
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@dataclass(frozen=True)
class Target:
    """Deadlines of a priority in working minutes; waiting for the player is taken off the resolution."""

    first_response_minutes: int
    resolution_minutes: int

    @property
    def first_response_seconds(self) -> int:
        return self.first_response_minutes * 60

    @property
    def resolution_seconds(self) -> int:
        return self.resolution_minutes * 60


@dataclass(frozen=True)
class NewRules:
    """What a lead saves. `weekly`: weekday → shifts [["09:00", "12:00"], …]."""

    zone: str
    weekly: Mapping[str, Sequence[Sequence[str]]]
    special_days: tuple[SpecialDay, ...]
    targets: Mapping[Priority, Target]

    @cached_property
    def working_time(self) -> WorkingTime:
        return WorkingTime(self.zone, self.weekly, self.special_days)


@dataclass(frozen=True)
class Rules(NewRules):
    """A saved revision, which never changes. A cycle of a ticket keeps the one under which it was opened.

    `created_by` is None for the first revision, which comes with the database.
    """

    revision: int
    created_by: str | None
    created_at: datetime


def checked(new: NewRules, today: date) -> NewRules:
    """`new` with shifts and special days in order. Raises RulesImpossible, pointing at what to mend."""
    if not _is_zone(new.zone):
        raise RulesImpossible("Name a time zone as area and city, such as Asia/Shanghai, or UTC.", pointer="/zone")
    weekly = {day: _in_order(new.weekly.get(day, ()), f"/weekly/{day}") for day in WEEKDAYS}
    special_days = tuple(
        SpecialDay(special.date, special.name, _in_order(special.shifts, f"/special_days/{index}/shifts"))
        for index, special in enumerate(new.special_days)
    )
    _require_each_day_once(special_days)
    for priority, target in new.targets.items():
        if target.resolution_minutes < target.first_response_minutes:
            pointer = f"/targets/{priority}/resolution_minutes"
            raise RulesImpossible("Nothing is solved before it is answered: give it as much time.", pointer=pointer)
    found = NewRules(new.zone, weekly, tuple(sorted(special_days, key=lambda special: special.date)), new.targets)
    _require_deadlines_within_a_year(found, today)
    return found


def _is_zone(name: str) -> bool:
    """Names of places alone: what else systems know as a zone (localtime, Factory) is another one on each of them."""
    return name == "UTC" or (name.partition("/")[0] in _AREAS and name in available_timezones())


def _require_deadlines_within_a_year(new: NewRules, today: date) -> None:
    """From today, and from any special day to come: holidays may follow each other."""
    if not any(new.weekly.values()):
        raise RulesImpossible("On no day of the week does anybody work.", pointer="/weekly")
    begins = (
        datetime.combine(day, time(), UTC) for day in {today, *(s.date for s in new.special_days)} if day >= today
    )
    worked = min(new.working_time.seconds_between(begin, begin + _A_YEAR) for begin in begins)
    if not worked:
        raise RulesImpossible("Nobody would work within a year: no deadline could be met.", pointer="/weekly")
    for priority, target in new.targets.items():
        if target.resolution_seconds > worked:
            pointer = f"/targets/{priority}/resolution_minutes"
            raise RulesImpossible("There is not so much working time in a year.", pointer=pointer)


def _in_order(shifts: Sequence[Sequence[str]], pointer: str) -> tuple[tuple[str, str], ...]:
    ordered = sorted((begin, end) for begin, end in shifts)
    for begin, end in ordered:
        if begin >= end:  # times of day of one form compare as text
            raise RulesImpossible(
                "A shift ends after it begins; past midnight goes on the next day, from 00:00.", pointer=pointer
            )
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise RulesImpossible("Two shifts overlap.", pointer=pointer)
    return tuple(ordered)


def _require_each_day_once(special_days: Sequence[SpecialDay]) -> None:
    seen: set[date] = set()
    for index, special in enumerate(special_days):
        if special.date in seen:
            raise RulesImpossible("This day is there twice.", pointer=f"/special_days/{index}/date")
        seen.add(special.date)


def rules_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of NewRules as the contract and the database have them (JSON). The inverse of `plain`.

    Raises ValueError for a date that the calendar does not have.
    """
    return {
        "zone": stored["zone"],
        "weekly": stored["weekly"],
        "special_days": tuple(
            SpecialDay(
                date.fromisoformat(special["date"]),
                special["name"],
                tuple((begin, end) for begin, end in special["shifts"]),
            )
            for special in stored["special_days"]
        ),
        "targets": {priority: Target(**target) for priority, target in stored["targets"].items()},
    }


def plain(rules: NewRules) -> dict[str, Any]:
    """Rules as JSON: what the contract and the database have."""
    return {
        "zone": rules.zone,
        "weekly": {day: [list(shift) for shift in rules.weekly.get(day, ())] for day in WEEKDAYS},
        "special_days": [
            {
                "date": special.date.isoformat(),
                "name": special.name,
                "shifts": [list(shift) for shift in special.shifts],
            }
            for special in rules.special_days
        ],
        "targets": {priority: asdict(target) for priority, target in rules.targets.items()},
    }
