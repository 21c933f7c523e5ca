"""The domain: when the desk works, and how much working time lies between two moments.

A second is worked when its local wall time lies in a shift of its local day. That is all there is to summer time: a
shift loses the hour that a clock skips, and has the hour that it repeats twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
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
class _Year:
    """A year of UTC. `begins`, `ends`: its worked spans in order, as seconds since 1970, cut to the year.

    `worked[i]`: the working seconds of the year before span i; the last one is all of the year.
    """

    begins: Sequence[int]
    ends: Sequence[int]
    worked: Sequence[int]

    def worked_until(self, second: int) -> int:
        span = bisect_right(self.begins, second) - 1
        return self.worked[span] + min(second, self.ends[span]) - self.begins[span] if span >= 0 else 0

    def when_worked(self, seconds: int) -> int:
        """The earliest second until which so many were worked: 0 < seconds ≤ worked[-1]."""
        span = bisect_left(self.worked, seconds) - 1
        return self.begins[span] + seconds - self.worked[span]


class WorkingTime:
    """Working hours in a time zone: shifts of local wall time for each weekday, and for special days.

    `weekly`: weekday (`mon`…`sun`; one left out has none) → shifts [["09:00", "12:00"], …] without overlaps, up to
    "24:00". Immutable; the spans of a year are worked out once, in about a millisecond, and kept. Moments are aware,
    cut to whole seconds, and those before 1970 are taken for its beginning.
    """

    def __init__(self, zone: str, weekly: Mapping[str, Shifts], special_days: Sequence[SpecialDay]) -> None:
        self._zone = ZoneInfo(zone)
        self._weekly = [_seconds_of_day(weekly.get(name, ())) for name in WEEKDAYS]
        self._special = {special.date.toordinal(): _seconds_of_day(special.shifts) for special in special_days}
        self._years: dict[int, _Year] = {}

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """The working seconds in [start, end); 0 if end is not after start."""
        first, last = _second(start), _second(end)
        if first >= last:
            return 0
        year, last_year = _year_of(first), _year_of(last)
        years_before = sum(self._year(number).worked[-1] for number in range(year, last_year))
        return years_before + self._year(last_year).worked_until(last) - self._year(year).worked_until(first)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The earliest moment (UTC) until which `seconds` were worked since `start`: at the latest a shift's end.

        Needs a weekday with shifts if `seconds` is positive.
        """
        if seconds <= 0:
            return start
        first = _second(start)
        number = _year_of(first)
        year = self._year(number)
        seconds += year.worked_until(first)
        while seconds > year.worked[-1]:
            seconds -= year.worked[-1]
            number += 1
            year = self._year(number)
        return datetime.fromtimestamp(year.when_worked(seconds), UTC)

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            begin, end = _new_year(number), _new_year(number + 1)
            clipped = ((max(since, begin), min(until, end)) for since, until in self._spans(begin, end))
            spans = [span for span in clipped if span[0] < span[1]]
            worked = [0, *accumulate(until - since for since, until in spans)]
            known = _Year([since for since, _ in spans], [until for _, until in spans], worked)
            self._years[number] = known
        return known

    def _spans(self, begin: int, end: int) -> Iterator[Span]:
        """The shifts of all local days that reach into [begin, end), in order, parted where a clock is set."""
        for since, until, offset in self._stretches(begin, end):
            first, last = ((second + offset) // _DAY for second in (since, until))
            for day in range(first, last + 1):
                midnight = day * _DAY - offset
                ordinal = day + _EPOCH_ORDINAL
                for opens, closes in self._special.get(ordinal, self._weekly[(ordinal - 1) % 7]):
                    yield max(since, midnight + opens), min(until, midnight + closes)

    def _stretches(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """[begin, end) parted into (since, until, offset from UTC); the offset changes at most once a day."""
        days = [*range(begin, end, _DAY), end]
        offsets = [self._offset(second) for second in days]
        since = begin
        for (early, before), (late, after) in pairwise(zip(days, offsets, strict=True)):
            if before != after:
                change = self._change_between(early, late)
                yield since, change, before
                since = change
        yield since, end, offsets[-1]

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


def _second(moment: datetime) -> int:
    return max(0, (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def _year_of(second: int) -> int:
    return datetime.fromtimestamp(second, UTC).year


def _new_year(number: int) -> int:
    return _second(datetime(number, 1, 1, tzinfo=UTC))


def _seconds_of_day(shifts: Shifts) -> tuple[Span, ...]:
    return tuple(sorted((_second_of_day(begin), _second_of_day(end)) for begin, end in shifts))


def _second_of_day(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
