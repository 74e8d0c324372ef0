"""The only clock. Commands read it once and pass the time down; rules take it as an argument."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

UTC = dt.UTC
Clock = Callable[[], dt.datetime]


def _system_clock() -> dt.datetime:
    return dt.datetime.now(UTC)  # noqa: TID251 - this is the clock


_clock: Clock = _system_clock


def now() -> dt.datetime:
    """The time of the business, in UTC. A replay or a test may set another clock."""
    return _clock()


@contextmanager
def use_clock(clock: Clock) -> Iterator[None]:
    """Let the whole process read its time from `clock` while the block lasts."""
    global _clock
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before


class SettableClock:
    """A clock that stands still until it is set or moved; for replays and tests."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        return self.at

    def move(self, **by: float) -> dt.datetime:
        """Move on by a timedelta's arguments: clock.move(days=2)."""
        self.at += dt.timedelta(**by)
        return self.at


def business_day(at: dt.datetime, zone: str = "Asia/Shanghai") -> dt.date:
    """The date a moment belongs to, where the business is."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_starts(day: dt.date, zone: str = "Asia/Shanghai") -> dt.datetime:
    """The first moment of a date, where the business is."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(UTC)


def business_month(at: dt.datetime, zone: str = "Asia/Shanghai") -> tuple[dt.datetime, dt.datetime]:
    """The calendar month a moment belongs to, where the business is: its first moment, and that of the next one."""
    first = business_day(at, zone).replace(day=1)
    return day_starts(first, zone), day_starts(month_after(first), zone)


def add_business_days(at: dt.datetime, days: int) -> dt.datetime:
    """The same time of day, so many working days (Monday to Friday) later."""
    while days > 0:
        at += dt.timedelta(days=1)
        if at.weekday() < 5:
            days -= 1
    return at


def month_start(at: dt.datetime) -> dt.date:
    """The first day of the moment's UTC month: the partition its events lie in."""
    return at.astimezone(UTC).date().replace(day=1)


def month_after(month: dt.date) -> dt.date:
    """The first day of the following month."""
    return (month + dt.timedelta(days=32)).replace(day=1)
