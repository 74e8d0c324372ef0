"""Stock for tests."""

from decimal import Decimal

from trivium.catalog.tests.factories import make_skus, sku_id
from trivium.core.actor import Actor
from trivium.core.ids import new_ref
from trivium.inventory import commands
from trivium.inventory.rules import Item, Want


def stock_up(supplier: Actor, sku_ref: str, quantity: object, *, location_ref: str | None = None) -> int:
    """Receive so much of a sku; returns the sku's key."""
    item = Item(sku_ref, quantity)  # type: ignore[arg-type]
    commands.receive(supplier, [item], location_ref=location_ref, key=new_ref("in"))
    return sku_id(sku_ref)


def make_stock(supplier: Actor, *quantities: object) -> list[int]:
    """Keys of new skus with so much on hand of each."""
    refs = make_skus(supplier, len(quantities))
    return [stock_up(supplier, ref, quantity) for ref, quantity in zip(refs, quantities, strict=True)]


def want(sku: int, quantity: object, subject: str | None = None) -> Want:
    """A wish for so much of a sku."""
    return Want(sku, Decimal(str(quantity)), subject or new_ref("oln"))
