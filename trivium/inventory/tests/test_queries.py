"""Inventory's reads on a real database."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.catalog.queries import tradable_by_id
from trivium.catalog.tests.factories import make_skus, make_supplier, sku_id
from trivium.core import sql
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


@contextmanager
def unguarded() -> Iterator[None]:
    """Triggers off, foreign keys among them, as if somebody had written past us."""
    sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    sql.execute("SET LOCAL session_replication_role = replica")
    yield
    sql.execute("SET LOCAL session_replication_role = origin")


LOOSENED = """
ALTER TABLE inventory_stocklevel DROP CONSTRAINT inventory_not_oversold,
                                 DROP CONSTRAINT inventory_on_hand_not_negative;
ALTER TABLE inventory_movement DROP CONSTRAINT inventory_movement_positive;
ALTER TABLE inventory_reservation DROP CONSTRAINT inventory_reservation_resolved_once;
"""


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (
            "UPDATE inventory_stocklevel SET on_hand = 11 WHERE id = {level}",
            "has 11 on hand, its movements come to 10",
        ),
        (
            "UPDATE inventory_stocklevel SET reserved = 3 WHERE id = {level}",
            "has 3 reserved, its holds come to 2",
        ),
        (
            "UPDATE inventory_stocklevel SET on_hand = -1 WHERE id = {level}",
            "is below 0; has promised 2 of -1",
        ),
        ("DELETE FROM inventory_stocklevel WHERE id = {level}", "touches a warehouse that keeps no level"),
        ("DELETE FROM inventory_stocklevel WHERE id = {level}", "is of stock that is not kept"),
        ("UPDATE inventory_movement SET quantity = -10 WHERE sku_id = {sku}", "carries nothing anywhere"),
        ("DELETE FROM inventory_movement WHERE sku_id = {sku}", "has 10 on hand, its movements come to 0"),
        ("UPDATE inventory_reservation SET quantity = 5 WHERE stock_id = {level}", "its holds come to 5"),
        (
            "UPDATE inventory_reservation SET status = 'captured' WHERE stock_id = {level}",
            "nobody knows since when",
        ),
        (
            "DROP TRIGGER inventory_reservation_resolved_stays ON inventory_reservation",
            "has lost its trigger",
        ),
    ],
)
def test_every_broken_promise_is_named(supplier: Actor, damage: str, named: str) -> None:
    skus = make_stock(supplier, 10, 10, 10)
    commands.reserve([want(sku, 2) for sku in skus], at=now())
    assert list(queries.faults()) == []
    level = sql.rows("SELECT id FROM inventory_stocklevel WHERE sku_id = %s", [skus[1]])[0][0]
    sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in LOOSENED.split(";")[:-1]:
        sql.execute(statement)
    with unguarded():
        sql.execute(damage.format(level=level, sku=skus[1]))
    found = [fault for fault in queries.faults() if named in fault.text]
    assert len(found) == 1
    if "stock of" in found[0].subject:
        assert tradable_by_id(skus)[skus[1]].ref in found[0].subject
