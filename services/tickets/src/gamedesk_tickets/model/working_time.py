"""The domain: when the desk works, and how much working time lies between two moments.

A second is worked when its local wall time lies in a shift of its local day. That is all there is to summer time: a
shift loses the hour that a clock skips, and has the hour that it repeats twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Shifts = Sequence[Sequence[str]]
Span = tuple[int, int]


@dataclass(frozen=True)
class SpecialDay:
    """A day with shifts of its own: none on a holiday, some on a make-up day (调休)."""

    date: date
    name: str
    shifts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _OffsetChange:
    """From the second `at` on, local time is `after` seconds ahead of UTC instead of `before`."""

    at: int
    before: int
    after: int


class WorkingTime:
    """Working hours in a time zone: shifts of local wall time for each weekday, and for special days.

    `weekly`: weekday (`mon`…`sun`; one left out has none) → shifts [["09:00", "12:00"], …] without overlaps, up to
    "24:00". Immutable; what was worked out about a year is kept. Moments are aware, cut to whole seconds, and those
    before 1970 are taken for its beginning.
    """

    def __init__(self, zone: str, weekly: Mapping[str, Shifts], special_days: Sequence[SpecialDay]) -> None:
        self._zone = ZoneInfo(zone)
        self._weekly = [_seconds_of_day(weekly.get(name, ())) for name in WEEKDAYS]
        self._special = {special.date.toordinal(): _seconds_of_day(special.shifts) for special in special_days}
        self._unusual_days: dict[int, dict[int, int]] = {}

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """The working seconds in [start, end); 0 if end is not after start."""
        first, last = _second(start), _second(end)
        return self._between(first, last) if first < last else 0

    def add(self, start: datetime, seconds: int) -> datetime:
        """The earliest moment (UTC) until which `seconds` were worked since `start`: at the latest a shift's end.

        Needs a weekday with shifts if `seconds` is positive.
        """
        first = _second(start)
        if seconds <= 0:
            return start
        step = max(seconds, _DAY)
        early, late = first, first + step
        while self._between(first, late) < seconds:
            step *= 2
            early, late = late, late + step
        while late - early > 1:
            middle = (early + late) // 2
            if self._between(first, middle) < seconds:
                early = middle
            else:
                late = middle
        return datetime.fromtimestamp(late, UTC)

    def seconds_of_days(self, first: date, count: int) -> int:
        """The working seconds of `count` local days from `first` on."""
        return self._of_days(first.toordinal(), first.toordinal() + count)

    def _between(self, start: int, end: int) -> int:
        """Days that touch neither end count whole. A clock set back can bring a date again, hence the margins."""
        first, last = self._local_day(start) - 1, self._local_day(end) + 1
        if last - first <= 6:
            return self._clipped(range(first, last + 1), start, end)
        edges = (*range(first, first + 3), *range(last - 2, last + 1))
        return self._clipped(edges, start, end) + self._of_days(first + 3, last - 2)

    def _clipped(self, days: Sequence[int], start: int, end: int) -> int:
        spans = (span for day in days for span in self._spans(day))
        return sum(max(0, min(until, end) - max(since, start)) for since, until in spans)

    def _of_days(self, first: int, end: int) -> int:
        """The working seconds of the local days first ≤ day < end (ordinals)."""
        if end <= first:
            return 0
        weeks, rest = divmod(end - first, 7)
        usual = weeks * sum(self._usual_seconds) + sum(self._usual_seconds[_weekday(end - 1 - i)] for i in range(rest))
        years = range(date.fromordinal(first).year, date.fromordinal(end - 1).year + 1)
        return usual + sum(
            difference for year in years for day, difference in self._differences(year).items() if first <= day < end
        )

    @cached_property
    def _usual_seconds(self) -> list[int]:
        return [sum(until - since for since, until in shifts) for shifts in self._weekly]

    def _differences(self, year: int) -> dict[int, int]:
        """The days of a year that are not as their weekday is, and by how many seconds they differ."""
        known = self._unusual_days.get(year)
        if known is None:
            first, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
            changes = self._offset_changes(first - 2, end + 2)
            of_clock = {day + around for change in changes for day in _days_of(change) for around in (-1, 0, 1)}
            known = {
                day: sum(until - since for since, until in self._spans(day)) - self._usual_seconds[_weekday(day)]
                for day in of_clock | self._special.keys()
                if first <= day < end
            }
            self._unusual_days[year] = known
        return known

    def _spans(self, day: int) -> list[Span]:
        """The shifts of a local day as seconds since 1970, one for each stretch with the same offset from UTC."""
        midnight = (day - _EPOCH_ORDINAL) * _DAY
        shifts = self._special.get(day, self._weekly[_weekday(day)])
        first, last = midnight - 2 * _DAY, midnight + 3 * _DAY
        if not shifts:
            return []
        offset = self._offset(first)
        changes = self._offset_changes(day - 2, day + 3)
        bounds = [first, *(change.at for change in changes), last]
        offsets = [offset, *(change.after for change in changes)]
        clipped = (
            (max(since, midnight + begin - offset), min(until, midnight + end - offset))
            for (since, until), offset in zip(pairwise(bounds), offsets, strict=True)
            for begin, end in shifts
        )
        return [span for span in clipped if span[0] < span[1]]

    def _offset_changes(self, first: int, end: int) -> list[_OffsetChange]:
        """Where the offset from UTC changes between two midnights of UTC (ordinals); at most one change a day."""
        midnights = [(day - _EPOCH_ORDINAL) * _DAY for day in range(first, end + 1)]
        offsets = [self._offset(second) for second in midnights]
        return [
            _OffsetChange(self._change_between(early, late), before, after)
            for (early, before), (late, after) in pairwise(zip(midnights, offsets, strict=True))
            if before != after
        ]

    def _change_between(self, early: int, late: int) -> int:
        before = self._offset(early)
        while late - early > 1:
            middle = (early + late) // 2
            if self._offset(middle) == before:
                early = middle
            else:
                late = middle
        return late

    def _offset(self, second: int) -> int:
        offset = datetime.fromtimestamp(second, self._zone).utcoffset()
        assert offset is not None, "a moment in a zone has an offset"
        return offset // timedelta(seconds=1)

    def _local_day(self, second: int) -> int:
        return (second + self._offset(second)) // _DAY + _EPOCH_ORDINAL


def _second(moment: datetime) -> int:
    return max(0, (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def _weekday(day: int) -> int:
    return (day - 1) % 7


def _days_of(change: _OffsetChange) -> range:
    """The local dates just before and after a change, and those that it skips."""
    days = [(change.at + offset) // _DAY + _EPOCH_ORDINAL for offset in (change.before, change.after)]
    return range(min(days), max(days) + 1)


def _seconds_of_day(shifts: Shifts) -> tuple[Span, ...]:
    return tuple((_second_of_day(begin), _second_of_day(end)) for begin, end in shifts)


def _second_of_day(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
