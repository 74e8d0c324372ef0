"""What carriers say, and how far a shipment is: pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from trivium.core.permissions import declare

MAX_PARCELS = 100

PERMISSIONS = declare(
    {
        "shipment.dispatch": ("supplier",),
        "shipment.track": ("supplier", "operator"),
        "shipment.sign": ("buyer", "operator"),
    }
)


class Tracking(StrEnum):
    """What can happen to a parcel, in the order it usually does."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"


_RANK = {code: rank for rank, code in enumerate(Tracking)}


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One thing a carrier says of one parcel. `event_id` is the carrier's own; with it a repetition is known."""

    tracking_number: str
    event_id: str
    code: str
    at: dt.datetime
    place: str = ""
    note: str = ""


class Carrier(Protocol):
    """What any carrier connector offers: turn its messages into CarrierEvents."""

    name: str

    def read(self, body: bytes, headers: dict[str, str]) -> list[CarrierEvent]:
        """Check the message's signature and read its events."""


def latest(events: Iterable[tuple[dt.datetime, str]]) -> str | None:
    """How a parcel stands, whatever order its events came in: the latest by the carrier's time, then the furthest."""
    found = sorted(events, key=lambda event: (event[0], _RANK.get(Tracking(event[1]), 0)))
    return found[-1][1] if found else None
