"""When suppliers do not work: their deadlines stand still, and the shelf says when they work again."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.market import Market
from trivium.core.errors import Denied, NotFound, TooLong
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, day_starts, use_clock
from trivium.inventory import commands, queries
from trivium.inventory.errors import HolidayBackwards, HolidayOver, HolidayOverlaps, HolidayTooLong
from trivium.inventory.models import Holiday, Location
from trivium.inventory.rules import past_holidays

NOW = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)  # a Monday, 14:00 in Shanghai
TODAY = dt.date(2026, 3, 2)


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def clock():
    clock = SettableClock(NOW)
    with use_clock(clock):
        yield clock


@pytest.fixture
def market(db, clock):
    return Market()


hours = st.integers(0, 2000).map(lambda n: NOW + dt.timedelta(hours=n))


@given(hours, st.integers(1, 200), st.lists(st.tuples(st.integers(-200, 2000), st.integers(1, 200)), max_size=5))
def test_a_deadline_leaves_as_much_open_time_as_it_would_without_holidays(at, length, gaps):
    """Count the hours between, less those closed: never fewer, and no later than needed."""
    closed, last = [], None
    for start, size in sorted(gaps):
        begins = NOW + dt.timedelta(hours=start)
        if last is None or begins >= last:
            last = begins + dt.timedelta(hours=size)
            closed.append((begins, last))
    due = past_holidays(at, at + dt.timedelta(hours=length), closed)
    shut = sum((max(dt.timedelta(), min(e, due) - max(b, at)) for b, e in closed), dt.timedelta())
    assert due - at - shut == dt.timedelta(hours=length)


def test_an_order_in_the_midst_of_a_holiday_waits_until_it_is_over(market, clock):
    supplier = market.supplier("Chenguang")
    commands.set_holiday(supplier.actor, begins=day(0), ends=day(0))
    commands.set_holiday(supplier.actor, begins=day(1), ends=day(2))
    found = queries.work_deadlines([supplier.id], NOW, NOW + dt.timedelta(hours=48))
    assert found[supplier.id] == day_starts(day(3)) + dt.timedelta(hours=48)


def test_a_holiday_taken_back_holds_nothing_up(market, clock):
    supplier = market.supplier("Chenguang")
    ref = commands.set_holiday(supplier.actor, begins=day(0), ends=day(2))
    assert queries.work_deadlines([supplier.id], NOW, NOW) == {supplier.id: day_starts(day(3))}
    commands.remove_holiday(supplier.actor, ref)
    assert queries.work_deadlines([supplier.id], NOW, NOW) == {supplier.id: NOW}


@pytest.mark.parametrize(
    ("begins", "ends", "refusal", "field"),
    [
        (-1, 2, HolidayOver, "begins"),
        (3, 2, HolidayBackwards, "ends"),
        (1, 93, HolidayTooLong, "ends"),
        (401, 402, HolidayTooLong, "ends"),
        (4, 5, HolidayOverlaps, "begins"),
        (6, 9, HolidayOverlaps, "begins"),
        (2, 30, HolidayOverlaps, "begins"),
    ],
)
def test_days_that_cannot_be_a_holiday(market, begins, ends, refusal, field):
    supplier = market.supplier("Chenguang")
    commands.set_holiday(supplier.actor, begins=day(5), ends=day(6)) if refusal is HolidayOverlaps else None
    with pytest.raises(refusal) as raised, transaction.atomic():
        commands.set_holiday(supplier.actor, begins=day(begins), ends=day(ends))
    assert raised.value.field == field
    kept = int(refusal is HolidayOverlaps)
    assert (Holiday.objects.count(), EventRecord.objects.filter(name="HolidaySet").count()) == (kept, kept)


def test_the_database_itself_refuses_two_holidays_at_once(market):
    supplier = market.supplier("Chenguang")
    ref = commands.set_holiday(supplier.actor, begins=day(5), ends=day(6))
    same = {"organization_id": supplier.id, "words": {}, "set_by": "x", "set_at": NOW}
    with pytest.raises(DatabaseError), transaction.atomic():
        Holiday(begins=day(6), ends=day(7), **same).save(force_insert=True)
    commands.remove_holiday(supplier.actor, ref)
    commands.set_holiday(supplier.actor, begins=day(6), ends=day(7))


def test_a_holiday_is_the_suppliers_own(market):
    mine, other = market.supplier("Chenguang"), market.supplier("Hengtai")
    buyer = market.buyer("Yuelai", market.house)
    ref = commands.set_holiday(mine.actor, begins=day(5), ends=day(6))
    for actor, refusal in ((other.actor, NotFound), (buyer.actor, Denied), (market.operator.actor, Denied)):
        with pytest.raises(refusal), transaction.atomic():
            commands.remove_holiday(actor, ref)
    with pytest.raises(Denied), transaction.atomic():
        commands.set_holiday(buyer.actor, begins=day(5), ends=day(6))
    assert [row.ref for row in queries.holidays_of(mine.actor)] == [ref]
    assert queries.holidays_of(other.actor) == queries.holidays_of(buyer.actor) == []
    with pytest.raises(TooLong), transaction.atomic():
        commands.set_holiday(mine.actor, begins=day(8), ends=day(9), words="x" * 201)
    commands.remove_holiday(mine.actor, ref)
    with pytest.raises(NotFound), transaction.atomic():
        commands.remove_holiday(mine.actor, ref)


def test_a_holiday_set_and_taken_back_is_told_to_its_supplier_and_the_operator(market: Market) -> None:
    supplier, other = market.supplier("Lvyuan"), market.supplier("Hengtai")
    ref = commands.set_holiday(supplier.actor, begins=day(3), ends=day(5))
    commands.remove_holiday(supplier.actor, ref)
    for reader, asked in ((supplier, ref), (supplier, supplier.ref), (market.operator, ref)):
        fields = [row.change.field for row in queries.supply_history(reader.actor, asked).rows]
        assert fields[0] == "removed_at" and set(fields) >= {"begins", "ends"}
    for asked in (ref, supplier.ref):
        with pytest.raises(NotFound):
            queries.supply_history(other.actor, asked)


def test_a_warehouse_opened_and_renamed_is_told_to_its_supplier_and_the_operator(market: Market) -> None:
    supplier, other = market.supplier("Lvyuan"), market.supplier("Hengtai")
    ref = commands.open_location(supplier.actor, name="Foshan", priority=3)
    Location.objects.filter(ref=ref).update(name="Foshan East")
    for reader, asked in ((supplier, ref), (supplier, supplier.ref), (market.operator, ref)):
        found = queries.supply_history(reader.actor, asked)
        told = [(row.change.kind, row.change.field, row.change.old, row.change.new) for row in found.rows]
        assert told[0] == ("location", "name", "Foshan", "Foshan East") and ("location", "priority", None, 3) in told
        assert found.names[ref] == "Foshan East"
        assert {row.change.subject for row in found.rows if row.change.kind == "location"} == {ref}
    for asked in (ref, supplier.ref):
        with pytest.raises(NotFound):
            queries.supply_history(other.actor, asked)
