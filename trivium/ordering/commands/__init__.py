"""The acts of ordering."""

from trivium.ordering.commands.budget_periods import open_budget_period
from trivium.ordering.commands.cancel import cancel_order, cancel_supplier_order, return_coupon
from trivium.ordering.commands.cart import add_to_cart, set_cart_line, take_over_cart
from trivium.ordering.commands.confirm import (
    confirm_margin,
    confirm_supply,
    object_to_margin,
    overrule_objection,
    reject_supply,
    uphold_objection,
)
from trivium.ordering.commands.deadlines import pass_deadline
from trivium.ordering.commands.place import Placed, place_order
from trivium.ordering.commands.progress import (
    Step,
    complete,
    give_back,
    hold_completion,
    lift_hold,
    record_funded,
    record_shipped,
    record_signed,
    refresh_order,
)
from trivium.ordering.commands.retention import forget_addresses

__all__ = [
    "open_budget_period",
    "Placed",
    "Step",
    "add_to_cart",
    "cancel_order",
    "cancel_supplier_order",
    "complete",
    "confirm_margin",
    "confirm_supply",
    "forget_addresses",
    "give_back",
    "hold_completion",
    "lift_hold",
    "object_to_margin",
    "overrule_objection",
    "pass_deadline",
    "place_order",
    "record_funded",
    "record_shipped",
    "record_signed",
    "refresh_order",
    "reject_supply",
    "return_coupon",
    "set_cart_line",
    "take_over_cart",
    "uphold_objection",
]
