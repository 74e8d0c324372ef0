"""What happens to shipments; subject: the shipment."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ShipmentDispatched(Event):
    """Goods have left the supplier."""

    supplier_order_ref: str
    parcels: int


@dataclass(frozen=True, kw_only=True)
class ParcelTracked(Event):
    """A carrier has said something new of a parcel."""

    code: str


@dataclass(frozen=True, kw_only=True)
class ShipmentSigned(Event):
    """The buyer has signed for a shipment."""

    supplier_order_ref: str
