"""What somebody wants to order, looked at before it is priced."""

from collections.abc import Sequence

from trivium.catalog import queries as catalog
from trivium.catalog.queries import TradableSku
from trivium.core.errors import NotFound
from trivium.core.quantity import parse_quantity
from trivium.ordering.errors import DoubleSku, EmptyOrder, NotOrderable, TooManyLines
from trivium.ordering.rules import MAX_LINES, Wish, check_quantity


def check_wishes(wishes: Sequence[Wish]) -> list[TradableSku]:
    """The skus somebody wishes, in their order, each once, on sale and in a quantity it is sold in.

    Refuses: EmptyOrder, TooManyLines, DoubleSku, NotFound, NotOrderable, BelowMinimum, WrongMultiple, BadQuantity.
    """
    if not wishes:
        raise EmptyOrder(field="lines")
    if len(wishes) > MAX_LINES:
        raise TooManyLines(limit=MAX_LINES, count=len(wishes), field="lines")
    known = catalog.tradable([wish.sku_ref for wish in wishes])
    seen: set[str] = set()
    for position, wish in enumerate(wishes):
        sku = known.get(wish.sku_ref)
        if sku is None:
            raise NotFound(what="sku", ref=wish.sku_ref, field=f"lines.{position}.sku_ref")
        if wish.sku_ref in seen:
            raise DoubleSku(sku=sku.code, field=f"lines.{position}.sku_ref")
        seen.add(wish.sku_ref)
        if not sku.is_listed:
            raise NotOrderable(sku=sku.code, field=f"lines.{position}.sku_ref")
        parse_quantity(wish.quantity, field=f"lines.{position}.quantity")
        check_quantity(
            sku.code,
            wish.quantity,
            moq=sku.moq,
            step=sku.quantity_step,
            unit=sku.unit,
            field=f"lines.{position}.quantity",
        )
    return [known[wish.sku_ref] for wish in wishes]
