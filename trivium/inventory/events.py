"""What happens to stock. The subject is the location; how much of what is in the movements, not here.

Holding, releasing and shipping for orders are told by the events of the orders.
"""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class LocationOpened(Event):
    """A supplier keeps goods at one more place."""


@dataclass(frozen=True, kw_only=True)
class StockReceived(Event):
    """Goods of so many skus came in."""

    sku_count: int


@dataclass(frozen=True, kw_only=True)
class StockCounted(Event):
    """So many skus were counted, and so many differed from the books."""

    sku_count: int
    difference_count: int


@dataclass(frozen=True, kw_only=True)
class StockMoved(Event):
    """Goods of so many skus went to another location, or to scrap."""

    sku_count: int
    destination_ref: str


@dataclass(frozen=True, kw_only=True)
class BackorderSet(Event):
    """So many skus may now be sold beyond what is on hand, or no longer."""

    sku_count: int
    is_allowed: bool


@dataclass(frozen=True, kw_only=True)
class HolidaySet(Event):
    """A supplier has said when it does not work: from the first day to the last, both included."""

    begins: str
    ends: str


@dataclass(frozen=True, kw_only=True)
class HolidayTakenBack(Event):
    """A supplier works on those days after all."""
