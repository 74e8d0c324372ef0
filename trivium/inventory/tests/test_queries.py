"""Inventory's reads on a real database."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.catalog.tests.factories import make_skus, make_supplier, sku_id
from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound
from trivium.core.time import now
from trivium.inventory import commands, queries
from trivium.inventory.rules import Item
from trivium.inventory.tests.factories import make_stock, stock_up, want
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Actor:
    return make_supplier()


def test_available_counts_all_locations_and_knows_nothing_as_nothing(supplier: Actor) -> None:
    sku, bare = make_skus(supplier, 2)
    there = commands.open_location(supplier, name="There", priority=9)
    stock_up(supplier, sku, 5)
    lamp = stock_up(supplier, sku, "2.5", location_ref=there)
    commands.reserve([want(lamp, 6)], at=now())
    with CaptureQueriesContext(connection) as statements:
        assert queries.available([lamp, sku_id(bare), -1]) == {lamp: Decimal("1.5"), sku_id(bare): 0, -1: 0}
    assert len([s for s in statements if "inventory" in s["sql"]]) == 1


def test_stock_is_seen_by_its_supplier_and_the_operator_only(supplier: Actor) -> None:
    make_stock(supplier, 1, 2)
    other = make_supplier("Other")
    make_stock(other, 3)
    assert [row.on_hand for row in queries.stock_of(supplier)] == [1, 2]
    assert [row.on_hand for row in queries.stock_of(other)] == [3]
    assert len(queries.stock_of(SYSTEM)) == 3
    sku = queries.stock_of(supplier)[0].sku_ref
    assert queries.stock_of(other, sku_refs=[sku]) == []
    for role in ("buyer", "partner"):
        outsider = make_actor(make_organization(role, role), role)
        with pytest.raises(Denied):
            queries.stock_of(outsider)
        with pytest.raises(Denied):
            queries.movements_of(outsider, sku)
        assert queries.locations_of(outsider) == []
    with pytest.raises(NotFound):
        queries.movements_of(other, sku)


def test_stock_pages_follow_each_other(supplier: Actor) -> None:
    skus = make_skus(supplier, 25)
    commands.receive(supplier, [Item(sku, 1) for sku in skus], key="all")
    seen: list[str] = []
    after = 0
    while page := queries.stock_of(supplier, after_id=after, limit=10):
        seen += [row.sku_ref for row in page]
        after = page[-1].id
    assert sorted(seen) == sorted(skus) and len(seen) == 25


def test_every_broken_level_is_named(supplier: Actor) -> None:
    skus = make_stock(supplier, *[10] * 7)
    commands.reserve([want(sku, 2) for sku in skus], at=now())
    assert not list(queries.broken_levels(at_once=3))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stocklevel SET on_hand = 11 WHERE sku_id = %s", [skus[1]])
        cursor.execute("UPDATE inventory_stocklevel SET reserved = 3 WHERE sku_id = %s", [skus[5]])
    broken = list(queries.broken_levels(at_once=3))
    assert [(b.on_hand, b.moved, b.reserved, b.held) for b in broken] == [(11, 10, 2, 2), (10, 10, 3, 2)]
    assert queries.movements_without_level() == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inventory_stocklevel WHERE sku_id = %s", [make_stock(supplier, 1)[0]])
    assert len(queries.movements_without_level()) == 1


def test_all_holds_can_be_paged_through(supplier: Actor) -> None:
    (lamp,) = make_stock(supplier, 10)
    commands.reserve([want(lamp, 1, f"oln_{i}") for i in range(7)], at=now())
    commands.release(["oln_3"], at=now())
    first = queries.held_subjects(limit=4)
    rest = queries.held_subjects(after_id=first[-1][0], limit=4)
    assert [row[1] for row in first + rest] == [f"oln_{i}" for i in range(7) if i != 3]
