"""The operator at work in another company's workspace: for how long, and what may be done there. What is not named here
may not be done, so whatever is new is refused until somebody has thought about it.
"""

from trivium.parties.errors import BadMinutes
from trivium.parties.rules.roles import Role, rights_of

MINUTES = (15, 30, 60)
ENTERED = (Role.SUPPLIER, Role.PARTNER, Role.BUYER)

READ_IN_ENTRY = frozenset(
    {"product.view", "stock.view", "price.view", "contract.view", "statement.read", "payout.read", "announcement.read"}
)
DONE_IN_ENTRY = frozenset(
    {"order.place", "order.cancel", "product.edit", "stock.edit", "holiday.set", "freight.edit", "shipment.dispatch"}
)
"""Rights an entry may use. Never among them: a signature, a statement, a payout or an approval, a bank account, people,
keys, and every word the operator would answer itself (a confirmation, an import, a ticket, a refund).
"""

ENTRUSTED = frozenset({
    "ordering._put",
    "ordering._take_out",
    "ordering.place_order",
    "ordering.cancel_order",
    "fulfilment.dispatch",
    "catalog.create_products",
    "catalog.add_sku",
    "catalog.revise_product",
    "catalog.revise_sku",
    "catalog._set_listed",
    "catalog._set_product_listed",
    "catalog._add",
    "catalog.arrange_pictures",
    "catalog.remove_picture",
    "inventory.open_location",
    "inventory.receive",
    "inventory.count_stock",
    "inventory.move_stock",
    "inventory.write_off",
    "inventory.set_backorder",
    "inventory.set_holiday",
    "inventory.remove_holiday",
    "pricing.set_freight_rates",
    "pricing.put_freight_rate",
    "pricing.remove_freight_rate",
})  # fmt: skip
"""Acts an entry may begin, by context and name; what such an act calls in its turn is part of it."""


def rights_in_entry(role: str, *, acts: bool, grade: tuple[str, ...] | None = None) -> frozenset[str]:
    """What an entry into a workspace of this role may do: never more than the company's own administrator."""
    allowed = READ_IN_ENTRY | DONE_IN_ENTRY if acts else READ_IN_ENTRY
    return rights_of(role, "admin", grade) & allowed


def check_minutes(value: int) -> None:
    """Whether an entry may last that long.

    Refuses: BadMinutes.
    """
    if value not in MINUTES:
        raise BadMinutes(field="minutes")
