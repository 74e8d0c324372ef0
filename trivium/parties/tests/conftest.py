"""A clock that is set, and somebody who reviews applications."""

import datetime as dt
from collections.abc import Iterator

import pytest

from trivium.core.actor import Actor
from trivium.core.time import SettableClock, use_clock
from trivium.parties.models import Organization
from trivium.parties.tests.applying import TODAY
from trivium.parties.tests.factories import make_actor, make_organization
from trivium.parties.tests.office import Office


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture
def reviewer() -> Actor:
    make_organization("Sanhui Direct", "partner", is_house=True)
    return make_actor(make_organization("Sanhui", "operator"), "operator")


@pytest.fixture
def desk(clock: SettableClock) -> Actor:
    return make_actor(make_organization("Sanhui", "operator"), "operator")


@pytest.fixture
def buyer() -> Organization:
    return make_organization("Hengtong", "buyer")


@pytest.fixture
def signer(buyer: Organization) -> Actor:
    return make_actor(buyer, "buyer")


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    with use_clock(SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))):
        yield Office()
