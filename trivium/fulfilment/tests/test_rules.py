"""How a parcel stands: pure."""

import datetime as dt
from itertools import permutations

import pytest

from trivium.fulfilment.rules import Tracking, latest

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TOLD = [(START + dt.timedelta(hours=n), code) for n, code in enumerate(list(Tracking)[:4])]


def test_nothing_is_known_of_a_parcel_nobody_spoke_of() -> None:
    assert latest([]) is None


@pytest.mark.parametrize("told", list(permutations(TOLD)))
def test_events_in_any_order_say_the_same(told: tuple) -> None:
    assert latest(told) == Tracking.DELIVERED


def test_at_one_moment_the_furthest_counts() -> None:
    assert latest([(START, Tracking.DELIVERED), (START, Tracking.PICKED_UP)]) == Tracking.DELIVERED


def test_a_later_return_outweighs_delivery() -> None:
    assert latest([*TOLD, (START + dt.timedelta(days=3), Tracking.RETURNED)]) == Tracking.RETURNED
