"""Dispatching, tracking and signing, on a real database."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.core.errors import Denied, Empty, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import commands, queries
from trivium.fulfilment.errors import (
    AlreadySigned,
    BadTime,
    NothingToShip,
    TooManyParcels,
    TrackingTaken,
    UnknownParcel,
    UnknownTrackingCode,
)
from trivium.fulfilment.models import Parcel, Shipment, TrackingEvent
from trivium.fulfilment.rules import MAX_PARCELS, CarrierEvent
from trivium.fulfilment.tests.factories import Released
from trivium.ordering.errors import OverShipped, UnknownLine

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def released(clock: SettableClock) -> Released:
    return market_of(Released)


def written() -> tuple[int, ...]:
    """How much there is of what a refusal must not add."""
    tables = (Shipment, Parcel, TrackingEvent, EventRecord)
    return tuple(table.objects.count() for table in tables)


def test_goods_leave_in_parts_and_are_signed_when_all_is_here(released: Released) -> None:
    first = released.ship((0, 6))
    commands.confirm_delivery(released.buyer.actor, first.ref)
    assert released.status() == "released"
    rest = released.ship()
    assert [(line.order_line.ref, line.quantity) for line in rest.lines.order_by("id")] == [
        (released.lines[0], 4),
        (released.lines[1], 2),
    ]
    commands.confirm_delivery(released.buyer.actor, rest.ref)
    assert released.status() == "signed"
    with pytest.raises(NothingToShip), transaction.atomic():
        released.ship()


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([(0, 11)], OverShipped),
        ([(0, 0)], BadQuantity),
        ([(0, -1)], BadQuantity),
        ([(0, "0.0001")], BadQuantity),
        ([(0, 1), (0, 1)], UnknownLine),
    ],
)
def test_what_cannot_leave_does_not(released: Released, items: list, refusal: type[Refusal]) -> None:
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        released.ship(*items)
    assert written() == before


def test_lines_of_another_order_do_not_leave_with_this_one(released: Released) -> None:
    other, before = released.another(), written()
    with pytest.raises(UnknownLine), transaction.atomic():
        commands.dispatch(released.supplier.actor, other, carrier="SF", items=[(released.lines[0], Decimal(1))])
    assert written() == before


def test_only_its_supplier_sends_and_only_its_buyer_signs(released: Released) -> None:
    rival, stranger = released.market.supplier("Hengtai"), released.market.buyer("Rival", released.partner)
    with pytest.raises(NotFound), transaction.atomic():
        commands.dispatch(rival.actor, released.part, carrier="SF")
    with pytest.raises(Denied), transaction.atomic():
        commands.dispatch(released.buyer.actor, released.part, carrier="SF")
    shipment = released.ship()
    with pytest.raises(NotFound), transaction.atomic():
        commands.confirm_delivery(stranger.actor, shipment.ref)
    for actor in (released.supplier.actor, released.partner.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.confirm_delivery(actor, shipment.ref)
    assert released.status() == "released"


def test_a_shipment_is_signed_for_once(released: Released) -> None:
    shipment = released.ship()
    commands.confirm_delivery(released.buyer.actor, shipment.ref)
    before = written()
    with pytest.raises(AlreadySigned), transaction.atomic():
        commands.confirm_delivery(released.buyer.actor, shipment.ref)
    assert written() == before


# -- parcels -----------------------------------------------------------------------------------------------------------


def test_a_tracking_number_said_twice_is_one_parcel(released: Released) -> None:
    shipment = released.ship((0, 1), tracking=("SF1", " SF1", "SF2", "SF1"))
    assert list(shipment.parcels.order_by("id").values_list("tracking_number", flat=True)) == ["SF1", "SF2"]
    assert EventRecord.objects.get(name="ShipmentDispatched").data["parcels"] == 2


@pytest.mark.parametrize(
    ("carrier", "tracking", "refusal"),
    [
        ("", (), Empty),
        ("x" * 61, (), TooLong),
        ("SF Express", ("9" * 61,), TooLong),
        ("SF Express", ("",), Empty),
        ("SF Express", tuple(str(n) for n in range(MAX_PARCELS + 1)), TooManyParcels),
        ("SF Express", ("TAKEN",), TrackingTaken),
    ],
)
def test_parcels_that_cannot_be_are_refused(
    released: Released, carrier: str, tracking: tuple[str, ...], refusal: type[Refusal]
) -> None:
    released.ship((0, 1), tracking=("TAKEN",))
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        commands.dispatch(released.supplier.actor, released.part, carrier=carrier, tracking_numbers=tracking)
    assert written() == before


# -- tracking ----------------------------------------------------------------------------------------------------------


def said(number: str = "SF1", event_id: str = "1", code: str = "in_transit", hours: int = 1) -> CarrierEvent:
    return CarrierEvent(number, event_id, code, START + dt.timedelta(hours=hours), place="深圳", note="")


def test_the_same_event_twice_is_one_row_in_any_order(released: Released) -> None:
    shipment = released.ship(tracking=("SF1",))
    late, early = said(event_id="2", code="delivered", hours=5), said(hours=1)
    assert commands.record_tracking(released.supplier.actor, shipment.ref, [late, late]) == 1
    assert commands.record_tracking(released.supplier.actor, shipment.ref, [early, late]) == 1
    assert commands.record_tracking(released.supplier.actor, shipment.ref, [early, late]) == 0
    parcel = queries.shipments_of(released.buyer.actor, [released.part])[released.part][0]["parcels"][0]
    assert [event["code"] for event in parcel["events"]] == ["in_transit", "delivered"]
    assert parcel["status"] == "delivered"
    assert EventRecord.objects.filter(name="ParcelTracked").count() == TrackingEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (said(number="SF2"), UnknownParcel),
        (said(code="teleported"), UnknownTrackingCode),
        (said(hours=24 * 400), BadTime),
        (CarrierEvent("SF1", "1", "in_transit", dt.datetime(2026, 3, 2, 9)), BadTime),  # noqa: DTZ001 - that is why
        (said(event_id=""), Empty),
        (said(event_id="9" * 81), TooLong),
    ],
)
def test_what_no_carrier_says_is_refused(released: Released, event: CarrierEvent, refusal: type[Refusal]) -> None:
    shipment, before = released.ship(tracking=("SF1",)), written()
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        commands.record_tracking(released.supplier.actor, shipment.ref, [said(event_id="ok"), event])
    assert written() == before


def test_strangers_track_nothing(released: Released) -> None:
    shipment = released.ship(tracking=("SF1",))
    rival = released.market.supplier("Hengtai")
    with pytest.raises(NotFound), transaction.atomic():
        commands.record_tracking(rival.actor, shipment.ref, [said()])
    with pytest.raises(Denied), transaction.atomic():
        commands.record_tracking(released.buyer.actor, shipment.ref, [said()])
    assert not TrackingEvent.objects.exists()


def test_a_long_order_leaves_in_as_many_statements_as_a_short_one(released: Released) -> None:
    counts = []
    for size in (1, 9):
        wishes = [(released.market.sku(released.supplier, f"N{size}-{n}", [(1, "1.00")]), 1) for n in range(size)]
        part = released.another(wishes)
        with CaptureQueriesContext(connection) as statements:
            shipment = commands.dispatch(released.supplier.actor, part, carrier="SF Express")
            commands.confirm_delivery(released.buyer.actor, shipment.ref)
        counts.append(len(statements))
    assert counts[0] == counts[1]
