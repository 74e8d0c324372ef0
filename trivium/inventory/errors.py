"""What inventory refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Short:
    """A sku there is too little of: its reference and code, what was asked for and what is left."""

    sku_ref: str
    code: str
    asked: Decimal
    available: Decimal

    def __str__(self) -> str:
        return f"{self.code or self.sku_ref} ({self.asked.normalize():f} > {self.available.normalize():f})"


class _NamesSkus(Conflict):
    """Names every sku that is short, in `short` for programs and in the message for people."""

    def __init__(self, short: Sequence[Short], *, field: str | None = "quantity") -> None:
        super().__init__(field=field, skus=", ".join(str(one) for one in short[:10]), count=len(short))
        self.short = tuple(short)


class OutOfStock(_NamesSkus):
    """Too little is left; nothing was reserved."""

    code = "inventory.out_of_stock"
    message = _(
        "There is not enough left of: %(skus)s (asked > available). Take less, or ask when more will come."
    )


class NotOnHand(_NamesSkus):
    """What was promised has not arrived: it was sold on backorder."""

    code = "inventory.not_on_hand"
    message = _(
        "These have not arrived yet: %(skus)s (to ship > on hand). Receive them first, or ship a part."
    )


class BelowReserved(_NamesSkus):
    """Less would be left than is promised to orders."""

    code = "inventory.below_reserved"
    message = _("Orders hold more than would be left of: %(skus)s (held > left). Release orders first.")


class NotHeld(Conflict):
    """More is to be taken from a hold than it holds."""

    code = "inventory.not_held"
    message = _("%(asked)s cannot be taken from the hold for “%(subject)s”: it holds %(held)s.")


class AlreadyHeld(Conflict):
    """A subject holds a sku once at a location; that hold is resolved before it can hold more there."""

    code = "inventory.already_held"
    message = _("Stock is already held for this. Look at it again.")


class AlreadyMoved(Conflict):
    """The same movement is being written now by somebody else."""

    code = "inventory.already_moved"
    message = _("This movement of goods was recorded a moment ago. Look at it again.")


class NothingMoved(Invalid):
    code = "inventory.nothing_moved"
    message = _("Say what and how much.")


class NamedTwice(Invalid):
    code = "inventory.named_twice"
    message = _("The sku “%(sku)s” stands in the list more than once. Give each its one quantity.")


class BadPriority(Invalid):
    code = "inventory.bad_priority"
    message = _(
        "“%(value)s” is not a place in the order of locations. Give a whole number from 0 to %(limit)s."
    )


class SameLocation(Invalid):
    code = "inventory.same_location"
    message = _("Goods cannot move from a location to itself.")


class HolidayOver(Invalid):
    code = "holiday.over"
    message = _("A holiday begins today or later; %(day)s is over.")


class HolidayBackwards(Invalid):
    code = "holiday.backwards"
    message = _("The last day lies before the first. Change one of them.")


class HolidayTooLong(Invalid):
    code = "holiday.too_long"
    message = _("A holiday has at most %(days)s days and begins within %(ahead)s. For longer, take goods off sale.")


class HolidayOverlaps(Conflict):
    code = "holiday.overlaps"
    message = _("You have a holiday from %(begins)s to %(ends)s already. Take it back, or choose other days.")
