"""Tables of fulfilment."""

from django.db import models
from django.db.models import Q

from trivium.core.fields import QuantityField, RefField
from trivium.core.ids import business_number
from trivium.core.models import Model, Sealed


class Shipment(Model):
    """Goods of one supplier order that leave together, in one or more parcels."""

    ref = RefField("shp")
    supplier_order = models.ForeignKey("ordering.SupplierOrder", models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=60)
    dispatched_at = models.DateTimeField()
    dispatched_by = models.CharField(max_length=120)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, blank=True)

    @property
    def number(self) -> str:
        """The number people read."""
        return business_number("H", self.pk)


class ShipmentLine(Model):
    """How much of an order line goes with a shipment."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("ordering.OrderLine", models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="fulfilment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="fulfilment_quantity_positive"),
        ]


class Parcel(Model):
    """One piece a carrier moves, by its tracking number."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="parcels")
    carrier = models.CharField(max_length=60)
    tracking_number = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "tracking_number"], name="fulfilment_tracking_once")]


class TrackingEvent(Sealed):
    """One thing a carrier said of a parcel. The same said twice is one row, whatever order it came in."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=80)
    code = models.CharField(max_length=20)
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "event_id"], name="fulfilment_event_once")]
        indexes = [models.Index(fields=["parcel", "at"], name="fulfilment_timeline")]
