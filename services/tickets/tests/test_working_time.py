"""Working time against references that walk second by second, or minute by minute, and look at the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from gamedesk_tickets.model.working_time import WEEKDAYS, SpecialDay, WorkingTime
from hypothesis import example, given, settings
from hypothesis import strategies as st

# Zones whose clocks jump by an hour, by half of one, at midnight, a minute past it, or over a whole day.
JUMPS = {
    "Asia/Shanghai": [datetime(1988, 4, 16, 18, tzinfo=UTC), datetime(1991, 9, 14, 17, tzinfo=UTC)],
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "America/Havana": [datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)],
    "America/St_Johns": [datetime(2006, 4, 2, 3, 31, tzinfo=UTC), datetime(2006, 10, 29, 2, 31, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10, tzinfo=UTC), datetime(2012, 3, 31, 14, tzinfo=UTC)],
}
A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)


class Schedule:
    """What a WorkingTime is made of, kept for the reference."""

    def __init__(
        self, zone: str, weekly: dict[str, list[tuple[str, str]]], special: dict[date, list[tuple[str, str]]]
    ) -> None:
        self.zone, self.weekly, self.special = ZoneInfo(zone), weekly, special
        days = [SpecialDay(day, "special", tuple(shifts)) for day, shifts in special.items()]
        self.working_time = WorkingTime(zone, weekly, days)

    def __repr__(self) -> str:
        return f"{self.zone} {self.weekly} {self.special}"

    def is_worked(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        shifts = self.special.get(local.date(), self.weekly.get(WEEKDAYS[local.weekday()], []))
        return any(begin <= local.strftime("%H:%M:%S") < end for begin, end in shifts)

    def walked(self, start: datetime, end: datetime, step: timedelta) -> int:
        """The seconds of all steps of [start, end) that begin at work."""
        steps = (end - start) // step
        return sum(self.is_worked(start + n * step) for n in range(steps)) * int(step.total_seconds())


@st.composite
def shifts(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Up to six shifts that do not overlap; some meet, some reach midnight."""
    ends = sorted(draw(st.sets(st.integers(0, 48), max_size=12)))
    times = [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in ends]
    return list(zip(times[::2], times[1::2], strict=False))


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """A schedule, and a moment at which its zone's clock is set."""
    zone = draw(st.sampled_from(sorted(JUMPS)))
    jump = draw(st.sampled_from(JUMPS[zone]))
    weekly = {day: draw(shifts()) for day in WEEKDAYS}
    weekly["wed"] = weekly["wed"] or [("09:00", "12:00"), ("13:30", "24:00")]
    around = st.integers(-4, 4).map(lambda days: (jump + timedelta(days=days)).date())
    special = draw(st.dictionaries(around, shifts(), max_size=4))
    return Schedule(zone, weekly, special), jump


def minutes(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(-most, most).map(lambda count: timedelta(minutes=count))


def seconds(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(-most, most).map(lambda count: timedelta(seconds=count))


@settings(max_examples=150, deadline=None)
@given(schedules(), minutes(3 * 1440), st.integers(0, 4 * 1440))
def test_days_count_as_the_wall_clock_says(drawn: tuple[Schedule, datetime], offset: timedelta, length: int) -> None:
    schedule, jump = drawn
    start = jump + offset
    end = start + timedelta(minutes=length)

    assert schedule.working_time.seconds_between(start, end) == schedule.walked(start, end, A_MINUTE)


@settings(max_examples=100, deadline=None)
@given(schedules(), seconds(86_400), st.integers(0, 2_000))
def test_every_second_counts_as_the_wall_clock_says(
    drawn: tuple[Schedule, datetime], offset: timedelta, length: int
) -> None:
    schedule, jump = drawn
    start = jump + offset
    end = start + timedelta(seconds=length)

    assert schedule.working_time.seconds_between(start, end) == schedule.walked(start, end, A_SECOND)


@settings(max_examples=15, deadline=None)
@given(schedules(), minutes(1440), st.integers(10, 24))
def test_weeks_count_as_the_wall_clock_says(drawn: tuple[Schedule, datetime], offset: timedelta, days: int) -> None:
    schedule, jump = drawn
    start = jump - timedelta(days=days // 2) + offset
    end = start + timedelta(days=days)

    assert schedule.working_time.seconds_between(start, end) == schedule.walked(start, end, A_MINUTE)


@settings(max_examples=150, deadline=None)
@given(schedules(), seconds(5 * 86_400), st.lists(st.integers(0, 20 * 365 * 86_400), min_size=1, max_size=4))
def test_parts_add_up_however_far(drawn: tuple[Schedule, datetime], offset: timedelta, lengths: list[int]) -> None:
    schedule, jump = drawn
    moments = [jump + offset + timedelta(seconds=length) for length in sorted([0, *lengths])]
    between = schedule.working_time.seconds_between
    parts = [between(early, late) for early, late in pairwise(moments)]

    assert sum(parts) == between(moments[0], moments[-1])
    assert between(moments[-1], moments[0]) == 0


@settings(max_examples=150, deadline=None)
@given(schedules(), seconds(5 * 86_400), st.one_of(st.integers(1, 200_000), st.integers(1, 90 * 86_400)))
def test_added_time_ends_with_the_last_worked_second(
    drawn: tuple[Schedule, datetime], offset: timedelta, worked: int
) -> None:
    schedule, jump = drawn
    start = jump + offset
    end = schedule.working_time.add(start, worked)

    assert schedule.working_time.seconds_between(start, end) == worked
    assert schedule.working_time.seconds_between(start, end - A_SECOND) == worked - 1
    assert schedule.is_worked(end - A_SECOND)


@settings(max_examples=100, deadline=None)
@given(schedules(), seconds(5 * 86_400), st.integers(0, 400 * 86_400))
def test_what_lies_between_brings_no_further_than_it_lies(
    drawn: tuple[Schedule, datetime], offset: timedelta, length: int
) -> None:
    schedule, jump = drawn
    start = jump + offset
    end = start + timedelta(seconds=length)
    worked = schedule.working_time.seconds_between(start, end)

    assert start <= schedule.working_time.add(start, worked) <= end


@settings(max_examples=50, deadline=None)
@given(schedules(), seconds(5 * 86_400), st.integers(0, 500_000), st.integers(0, 500_000))
@example(
    (Schedule("Asia/Shanghai", {"mon": [("09:00", "10:00")]}, {}), datetime(2026, 1, 1, tzinfo=UTC)), A_SECOND, 1, 0
)
def test_adding_in_two_steps_is_adding_at_once(
    drawn: tuple[Schedule, datetime], offset: timedelta, first: int, second: int
) -> None:
    schedule, jump = drawn
    add = schedule.working_time.add
    start = jump + offset

    assert add(add(start, first), second) == add(start, first + second)


OFFICE = Schedule(
    "Asia/Shanghai",
    {day: [("09:00", "12:00"), ("13:30", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
    {date(2026, 10, 1): [], date(2026, 10, 2): [], date(2026, 10, 10): [("09:00", "12:00")]},
).working_time


def shanghai(day: int, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    """A moment of October 2026."""
    return datetime(2026, 10, day, hour, minute, second, microsecond, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        (shanghai(8, 11, 59, 30), shanghai(8, 13, 30, 30), 60),  # over noon
        (shanghai(8, 17, 59, 59), shanghai(9, 9, 0, 1), 2),  # over night
        (shanghai(1, 0), shanghai(3, 0), 0),  # two holidays
        (shanghai(9, 17), shanghai(12, 10), (1 + 3 + 1) * 3600),  # Friday to Monday, over a Saturday that is worked
        (shanghai(8, 9), shanghai(8, 8), 0),  # backwards
        (shanghai(8, 9, 0, 0, 999_999), shanghai(8, 9, 0, 1), 1),  # cut to whole seconds
    ],
)
def test_shifts_holidays_and_make_up_days_by_hand(start: datetime, end: datetime, worked: int) -> None:
    assert OFFICE.seconds_between(start, end) == worked


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        (shanghai(8, 11), 3600, shanghai(8, 12)),  # at the end of a shift, not at the beginning of the next
        (shanghai(8, 11), 3601, shanghai(8, 13, 30, 1)),
        (shanghai(8, 20), 1, shanghai(9, 9, 0, 1)),
        (shanghai(9, 17), 2 * 3600, shanghai(10, 10)),  # goes on on the make-up day
        (shanghai(8, 20, 15), 0, shanghai(8, 20, 15)),
    ],
)
def test_deadlines_by_hand(start: datetime, worked: int, end: datetime) -> None:
    assert OFFICE.add(start, worked) == end


def test_time_before_1970_is_not_worked() -> None:
    assert OFFICE.seconds_between(datetime(1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert OFFICE.seconds_between(datetime(1, 1, 1, tzinfo=UTC), shanghai(8, 12)) > 10**8
