"""Inventory's rules."""

from decimal import Decimal

import pytest

from trivium.core.errors import Refusal, WrongState
from trivium.core.quantity import BadQuantity
from trivium.inventory import rules
from trivium.inventory.errors import BadPriority, NamedTwice, NothingMoved, OutOfStock, Short
from trivium.inventory.rules import HOLD, HoldStatus, Item


def test_a_hold_resolves_once() -> None:
    assert HOLD.reachable() == set(HoldStatus)
    assert HOLD.exits(HoldStatus.HELD) == {"capture", "release"}
    for resolved in (HoldStatus.CAPTURED, HoldStatus.RELEASED):
        for act in ("capture", "release"):
            with pytest.raises(WrongState):
                HOLD.next(resolved, act)


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([], NothingMoved),
        ([Item("a", 1), Item("b", 1), Item("a", 1)], NamedTwice),
        ([Item("a", 0)], BadQuantity),
        ([Item("a", -1)], BadQuantity),
        ([Item("a", "0.0001")], BadQuantity),
        ([Item("a", 10**9)], BadQuantity),
        ([Item("a", "x" * 10_000)], BadQuantity),
        ([Item("a", float("nan"))], BadQuantity),
        ([Item("a", "1; DROP TABLE inventory_movement")], BadQuantity),
    ],
)
def test_bad_lists_are_refused(items: list[Item], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.clean_items(items)


def test_nothing_can_be_counted_but_not_moved() -> None:
    assert rules.clean_items([Item("a", 0)], zero=True) == [("a", Decimal(0))]


@pytest.mark.parametrize("priority", [-1, 10_001, True, "1", 1.5, None])
def test_a_priority_is_a_small_whole_number(priority: object) -> None:
    with pytest.raises(BadPriority):
        rules.clean_priority(priority)


def test_short_skus_are_named_with_what_is_left() -> None:
    refusal = OutOfStock(
        [
            Short("sku_1", "A-1", Decimal("5.000"), Decimal("2.500")),
            Short("sku_2", "", Decimal(100), Decimal(0)),
        ]
    )
    assert "A-1 (5 > 2.5), sku_2 (100 > 0)" in str(refusal)
    assert refusal.short[0].available == Decimal("2.5")
