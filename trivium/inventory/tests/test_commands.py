"""Inventory's commands on a real database."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.catalog.tests.factories import make_skus, make_supplier, sku_id
from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.core.time import now
from trivium.inventory import commands, queries
from trivium.inventory.errors import (
    AlreadyHeld,
    BelowReserved,
    NamedTwice,
    NotHeld,
    NothingMoved,
    NotOnHand,
    OutOfStock,
    SameLocation,
)
from trivium.inventory.models import Movement, Reservation, StockLevel
from trivium.inventory.rules import Item, Returned, Take
from trivium.inventory.tests.factories import make_stock, stock_up, want
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db
BAD_REFS = ["sku_none", "'; DROP TABLE inventory_movement; --", "x" * 10_000, "📦"]


@pytest.fixture
def supplier() -> Actor:
    return make_supplier()


def state() -> tuple[object, ...]:
    levels = list(StockLevel.objects.order_by("id").values_list("id", "on_hand", "reserved", "backorder"))
    holds = list(Reservation.objects.order_by("id").values_list("id", "quantity", "status"))
    return levels, holds, Movement.objects.count(), EventRecord.objects.count()


def refused(refusal: type[Refusal], act: Callable[[], object]) -> Refusal:
    """The act is refused so, and changes nothing and tells nobody."""
    before = state()
    with pytest.raises(refusal) as caught, transaction.atomic():
        act()
    assert state() == before
    return caught.value


def take(subject: str, quantity: object) -> Take:
    return Take(subject, Decimal(str(quantity)))


def capture(*takes: Take, key: str = "ship:1") -> list[object]:
    return list(commands.capture(takes, at=now(), key=key, actor_ref="tests"))


def on_hand(sku: int) -> tuple[Decimal, Decimal]:
    rows = StockLevel.objects.filter(sku_id=sku).values_list("on_hand", "reserved")
    return sum((row[0] for row in rows), Decimal(0)), sum((row[1] for row in rows), Decimal(0))


# -- holding --------------------------------------------------------------------------------------------


def test_reserving_takes_all_lines_in_one_statement(supplier: Actor) -> None:
    lamp, shade, bulb = make_stock(supplier, 10, 5, "2.5")
    wants = [
        want(lamp, 4, "oln_a"),
        want(shade, 5, "oln_b"),
        want(lamp, 6, "oln_c"),
        want(bulb, "0.001", "oln_d"),
    ]
    with CaptureQueriesContext(connection) as statements:
        shares = commands.reserve(wants, at=now())
    assert len(statements) == 1
    assert sorted((s.subject, s.sku_id, s.quantity) for s in shares) == [
        ("oln_a", lamp, 4), ("oln_b", shade, 5), ("oln_c", lamp, 6), ("oln_d", bulb, Decimal("0.001")),
    ]  # fmt: skip
    assert queries.available([lamp, shade, bulb]) == {lamp: 0, shade: 0, bulb: Decimal("2.499")}
    assert not list(queries.faults())


def test_reserving_nothing_takes_no_statement() -> None:
    with CaptureQueriesContext(connection) as statements:
        assert commands.reserve([], at=now()) == []
    assert len(statements) == 0


def test_all_or_nothing_and_every_short_sku_is_named(supplier: Actor) -> None:
    lamp, shade, bulb = make_stock(supplier, 10, 5, 1)
    never_kept = sku_id(make_skus(supplier)[0])
    wants = [
        want(lamp, 1),
        want(shade, 6),
        want(bulb, "0.6"),
        want(bulb, "0.6"),
        want(never_kept, 2),
        want(-7, 1),
    ]
    refusal = refused(OutOfStock, lambda: commands.reserve(wants, at=now()))
    assert isinstance(refusal, OutOfStock)
    found = {(short.asked, short.available) for short in refusal.short}
    assert found == {(6, 5), (Decimal("1.2"), 1), (2, 0), (1, 0)}
    assert refusal.params["count"] == 4


def test_a_subject_holds_once(supplier: Actor) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 1, "oln_a")], at=now())
    refused(AlreadyHeld, lambda: commands.reserve([want(lamp, 1, "oln_a")], at=now()))
    commands.release(["oln_a"], at=now())
    commands.reserve([want(lamp, 2, "oln_a")], at=now())
    assert queries.held(["oln_a"]) == {"oln_a": 2}


def test_locations_are_taken_by_priority_then_age(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    places = [
        commands.open_location(supplier, name=name, priority=priority)
        for name, priority in (("Far", 2), ("Near", 1), ("Near too", 1))
    ]
    far, near, near_too = (queries.get_place(supplier, place).id for place in places)
    for place in places:
        lamp = stock_up(supplier, sku, 10, location_ref=place)
    shares = commands.reserve([want(lamp, 15, "oln_a"), want(lamp, 7, "oln_b")], at=now())
    assert {(s.subject, s.location_id): s.quantity for s in shares} == {
        ("oln_a", near): 10, ("oln_a", near_too): 5, ("oln_b", near_too): 5, ("oln_b", far): 2,
    }  # fmt: skip
    commands.release(["oln_b"], quantities={"oln_b": Decimal(3)}, at=now())
    held = {(h.subject, h.location_id): h.quantity for h in queries.holds_of(["oln_b"]) if h.status == "held"}
    assert held == {("oln_b", near_too): 4}
    gone = capture(take("oln_a", 12))
    assert {(s.location_id, s.quantity) for s in gone} == {(near, 10), (near_too, 2)}  # type: ignore[attr-defined]
    assert not list(queries.faults())


def test_backorder_takes_real_stock_first_and_then_goes_on(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    lamp = stock_up(supplier, sku, 3)
    commands.set_backorder(supplier, [sku], is_allowed=True)
    commands.reserve([want(lamp, 2, "oln_a"), want(lamp, 100, "oln_b")], at=now())
    assert on_hand(lamp) == (3, 102) and queries.available([lamp]) == {lamp: 0}
    assert queries.on_backorder([lamp]) == {lamp}
    refused(BelowReserved, lambda: commands.set_backorder(supplier, [sku], is_allowed=False))
    refusal = refused(NotOnHand, lambda: capture(take("oln_b", 4)))
    assert isinstance(refusal, NotOnHand)
    assert [(short.asked, short.available) for short in refusal.short] == [(4, 3)]
    stock_up(supplier, sku, 99)
    capture(take("oln_b", 100), take("oln_a", 2))
    assert on_hand(lamp) == (0, 0)
    commands.set_backorder(supplier, [sku], is_allowed=False)
    assert not list(queries.faults())


def test_releasing_twice_changes_nothing(supplier: Actor) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 4, "oln_a"), want(lamp, 6, "oln_b")], at=now())
    with CaptureQueriesContext(connection) as statements:
        first = commands.release(["oln_a", "oln_none"], at=now())
    assert len(statements) == 1
    assert [(s.subject, s.quantity) for s in first] == [("oln_a", 4)]
    before = state()
    assert commands.release(["oln_a", "oln_a"], at=now()) == [] and commands.release([], at=now()) == []
    assert state() == before and queries.available([lamp]) == {lamp: 4}


def test_part_releases_keep_the_sum_of_a_subject(supplier: Actor) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 9, "oln_a")], at=now())
    commands.release(["oln_a"], quantities={"oln_a": Decimal("2.5")}, at=now())
    commands.release(["oln_a"], quantities={"oln_a": Decimal(1)}, at=now())
    capture(take("oln_a", 3))
    assert [(h.quantity, h.status) for h in queries.holds_of(["oln_a"])] == [
        (Decimal("2.5"), "held"), (Decimal("2.5"), "released"), (1, "released"), (3, "captured"),
    ]  # fmt: skip
    refused(NotHeld, lambda: commands.release(["oln_a"], quantities={"oln_a": Decimal(3)}, at=now()))
    commands.release(["oln_a"], quantities={"oln_a": Decimal("2.5")}, at=now())
    assert queries.held(["oln_a"]) == {} and on_hand(lamp) == (7, 0)


def test_shipping_moves_goods_to_the_customer_once_per_key(supplier: Actor) -> None:
    lamp, shade = make_stock(supplier, 10, 5)
    commands.reserve([want(lamp, 4, "oln_a"), want(shade, 5, "oln_b")], at=now())
    with CaptureQueriesContext(connection) as statements:
        gone = capture(take("oln_a", 3), take("oln_b", 5))
    assert len(statements) == 1 and len(gone) == 2
    before = state()
    assert capture(take("oln_a", 3), take("oln_b", 5)) == []
    assert capture(take("oln_a", 1)) == []
    assert state() == before
    assert on_hand(lamp) == (7, 1) and on_hand(shade) == (0, 0)
    refused(NotHeld, lambda: capture(take("oln_a", 2), key="ship:2"))
    refused(NotHeld, lambda: capture(take("oln_none", 1), key="ship:2"))
    assert list(Movement.objects.filter(key__startswith="ship:").values_list("subject", "quantity").order_by("id")) == [
        ("oln_a", 3), ("oln_b", 5),
    ]  # fmt: skip
    assert not list(queries.faults())


def test_what_comes_back_is_on_hand_again_once_per_key(supplier: Actor) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 10, "oln_a")], at=now())
    capture(take("oln_a", 10))
    back = [Returned(lamp, Decimal(4), "oln_a")]
    assert commands.take_back(back, at=now(), key="back:1", actor_ref="tests")
    assert not commands.take_back(back, at=now(), key="back:1", actor_ref="tests")
    assert not commands.take_back([], at=now(), key="back:2", actor_ref="tests")
    assert on_hand(lamp) == (4, 0)
    assert not list(queries.faults())


# -- goods ----------------------------------------------------------------------------------------------


def test_a_thousand_skus_are_received_and_counted_in_a_handful_of_statements(supplier: Actor) -> None:
    skus = make_skus(supplier, 1000)
    commands.receive(supplier, [Item(skus[0], 1)], key="warm")

    def statements(items: list[Item], key: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as received:
            assert commands.receive(supplier, items, key=key)
        with CaptureQueriesContext(connection) as counted:
            commands.count_stock(supplier, items)
        return len(received), len(counted)

    few = statements([Item(sku, 5) for sku in skus[:2]], "few")
    many = statements([Item(sku, 7) for sku in skus], "many")
    assert few == many and max(many) <= 7
    assert sum(queries.available([sku_id(sku) for sku in skus[:3]]).values()) == 21
    assert not list(queries.faults())


def test_a_delivery_is_received_once_per_key_and_supplier(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    assert commands.receive(supplier, [Item(sku, 5)], key="note 17")
    before = state()
    assert not commands.receive(supplier, [Item(sku, 5)], key="note 17")
    assert state() == before
    other = make_supplier("Other")
    assert commands.receive(other, [Item(make_skus(other)[0], 5)], key="note 17")
    told = EventRecord.objects.filter(name="StockReceived").values_list("data", flat=True)
    assert list(told) == [{"sku_count": 1}] * 2


def test_counting_sets_what_is_there_by_a_movement(supplier: Actor) -> None:
    first, second = make_skus(supplier, 2)
    lamp, shade = (stock_up(supplier, sku, 10) for sku in (first, second))
    assert commands.count_stock(supplier, [Item(first, "7.5"), Item(second, 12)]) == 2
    assert queries.available([lamp, shade]) == {lamp: Decimal("7.5"), shade: 12}
    assert commands.count_stock(supplier, [Item(first, "7.5"), Item(second, 12)]) == 0
    moves = [(m.source, m.destination, m.quantity) for m in queries.movements_of(supplier, first)]
    assert moves == [
        ("supplier", "Main warehouse", 10), ("Main warehouse", "correction", Decimal("2.5")),
    ]  # fmt: skip
    commands.reserve([want(lamp, 7)], at=now())
    refusal = refused(
        BelowReserved, lambda: commands.count_stock(supplier, [Item(first, 6), Item(second, 0)])
    )
    assert isinstance(refusal, BelowReserved) and [short.sku_ref for short in refusal.short] == [first]
    assert commands.count_stock(supplier, [Item(first, 7), Item(second, 0)]) == 2
    assert not list(queries.faults())


def test_goods_move_between_locations_and_to_scrap_but_not_what_is_promised(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    here = commands.open_location(supplier, name="Here")
    there = commands.open_location(supplier, name="There", priority=1)
    lamp = stock_up(supplier, sku, 10, location_ref=here)
    assert commands.move_stock(supplier, [Item(sku, 4)], source_ref=here, destination_ref=there, key="1")
    assert not commands.move_stock(supplier, [Item(sku, 4)], source_ref=here, destination_ref=there, key="1")
    assert commands.write_off(supplier, [Item(sku, 1)], location_ref=there, key="1")
    assert {row.location_ref: row.on_hand for row in queries.stock_of(supplier)} == {here: 6, there: 3}
    commands.reserve([want(lamp, 5)], at=now())
    refused(BelowReserved, lambda: commands.write_off(supplier, [Item(sku, 2)], location_ref=here, key="2"))
    refused(BelowReserved, lambda: commands.write_off(supplier, [Item(sku, 4)], location_ref=there, key="3"))
    refused(
        SameLocation,
        lambda: commands.move_stock(supplier, [Item(sku, 1)], source_ref=here, destination_ref=here, key="4"),
    )
    assert not list(queries.faults())


# -- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([], NothingMoved),
        ([Item("sku_a", 0)], BadQuantity),
        ([Item("sku_a", -3)], BadQuantity),
        ([Item("sku_a", 10**12)], BadQuantity),
        ([Item("sku_a", 1), Item("sku_a", 1)], NamedTwice),
        *(([Item(ref, 1)], NotFound) for ref in BAD_REFS),
    ],
)
def test_bad_lists_are_refused(supplier: Actor, items: list[Item], refusal: type[Refusal]) -> None:
    make_stock(supplier, 1)
    refused(refusal, lambda: commands.receive(supplier, items, key="k"))
    here = queries.locations_of(supplier)[0].ref
    refused(refusal, lambda: commands.write_off(supplier, items, location_ref=here, key="k"))


def test_names_and_keys_have_a_limit(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    refused(TooLong, lambda: commands.open_location(supplier, name="x" * 10_000))
    make_stock(supplier, 1)
    refused(TooLong, lambda: commands.receive(supplier, [Item(sku, 1)], key="x" * 10_000))
    assert commands.open_location(supplier, name="仓库 📦")


def test_others_goods_and_locations_are_not_found(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    stock_up(supplier, sku, 5)
    here = queries.locations_of(supplier)[0].ref
    stranger = make_supplier("Other")
    own = make_skus(stranger)[0]
    stock_up(stranger, own, 5)
    place = queries.locations_of(stranger)[0].ref
    refused(NotFound, lambda: commands.receive(stranger, [Item(sku, 1)], key="k"))
    refused(NotFound, lambda: commands.count_stock(stranger, [Item(sku, 0)]))
    refused(NotFound, lambda: commands.receive(stranger, [Item(own, 1)], location_ref=here, key="k"))
    refused(NotFound, lambda: commands.set_backorder(stranger, [sku], is_allowed=True))
    refused(
        NotFound,
        lambda: commands.move_stock(
            supplier, [Item(sku, 1)], source_ref=here, destination_ref=place, key="k"
        ),
    )
    operator = make_actor(make_organization("House", "operator"), "operator")
    refused(NotFound, lambda: commands.receive(operator, [Item(own, 1)], location_ref=here, key="k"))
    assert commands.receive(operator, [Item(sku, 1)], supplier_ref=supplier.organization_ref, key="k")
    buyer = make_actor(make_organization("Shop", "buyer"), "buyer")
    refused(Denied, lambda: commands.receive(buyer, [Item(sku, 1)], key="k"))
    refused(Denied, lambda: commands.count_stock(buyer, [Item(sku, 1)]))


# -- what the database holds to -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_movement SET quantity = quantity + 1",
        "DELETE FROM inventory_movement",
        "DELETE FROM inventory_reservation",
        "UPDATE inventory_reservation SET status = 'held', resolved_at = NULL WHERE status = 'released'",
        "UPDATE inventory_reservation SET status = 'captured' WHERE status = 'released'",
        "UPDATE inventory_reservation SET status = 'released' WHERE status = 'held'",
        "UPDATE inventory_reservation SET subject = 'oln_x' WHERE status = 'held'",
        "UPDATE inventory_stocklevel SET on_hand = -1, reserved = 0",
        "UPDATE inventory_stocklevel SET reserved = on_hand + 1",
        "UPDATE inventory_stocklevel SET reserved = -1",
    ],
)
def test_the_database_refuses_to_break_a_promise(supplier: Actor, statement: str) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 4, "oln_a"), want(lamp, 3, "oln_b")], at=now())
    commands.release(["oln_a"], at=now())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
