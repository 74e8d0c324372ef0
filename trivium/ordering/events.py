"""What happens to orders. Subjects: the order for Order…, the supplier order for SupplierOrder…."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """A buyer has placed an order: stock, coupon, budget and credit are held for it."""

    lines: int
    suppliers: int


@dataclass(frozen=True, kw_only=True)
class SupplierOrderSubmitted(Event):
    """A supplier order stands in the worklists of supplier and partner; their deadlines run."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SupplyConfirmed(Event):
    """The supplier has said what it will send, and when."""

    order_ref: str
    short_lines: int


@dataclass(frozen=True, kw_only=True)
class MarginConfirmed(Event):
    """The partner stands by its earnings on this supplier order."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class MarginObjected(Event):
    """The partner objects; the operator decides, or the deadline does."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SupplierOrderConfirmed(Event):
    """Both sides have confirmed."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class OrderDecided(Event):
    """The last supplier order of an order was confirmed or fell away: the buyer owes what was confirmed."""

    confirmed: int


@dataclass(frozen=True, kw_only=True)
class SupplierOrderReleased(Event):
    """Funded and confirmed by both: it may be shipped."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SupplierOrderShipped(Event):
    """Goods have left; `complete` says whether nothing is left to ship."""

    order_ref: str
    complete: bool


@dataclass(frozen=True, kw_only=True)
class SupplierOrderSigned(Event):
    """The buyer has all of it; the return window runs."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SupplierOrderCompleted(Event):
    """The window is over and nothing holds it: the money may go where the lines say."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SupplierOrderCancelled(Event):
    """It will not be delivered; everything held for it is free again."""

    order_ref: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LinesGivenBack(Event):
    """Part of a supplier order went back, or will never be sent."""

    order_ref: str
    lines: int
