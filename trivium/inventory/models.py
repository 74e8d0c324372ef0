"""Locations, stock levels, movements and reservations."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from trivium.core.actor import Actor
from trivium.core.fields import QuantityField, RefField, TranslatedField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.inventory import rules
from trivium.inventory.rules import Kind


class LocationQuerySet(QuerySet):
    """Locations by who looks."""

    def visible_to(self, actor: Actor) -> "LocationQuerySet":
        """A supplier sees its own, the operator all; nobody else sees where goods are."""
        if actor.is_system or actor.is_role("operator"):
            return self
        return (
            self.filter(organization_id=actor.organization_id) if actor.is_role("supplier") else self.none()
        )


class Location(Model):
    """A place where a supplier's goods are. Its world locations (supplier, customer, …) let every movement balance."""

    keeps_history = True

    ref = RefField("loc")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=rules.NAME_LIMIT)
    priority = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = LocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in Kind]), name="inventory_location_kind"
            ),
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=~Q(kind="warehouse"),
                name="inventory_world_location_once",
            ),
        ]


class StockLevel(Model):
    """What is at a warehouse of a sku, and how much of it is promised. The row every reservation locks.

    `on_hand` equals the sum of movements, `reserved` the sum of held reservations; both change only beside them.
    """

    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    on_hand = QuantityField()
    reserved = QuantityField()
    backorder = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "location"], name="inventory_stocklevel_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="inventory_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")) | Q(backorder=True), name="inventory_not_oversold"
            ),
        ]


class Movement(Sealed):
    """Goods went from a location to another. Append-only; undone by the opposite movement."""

    key = models.CharField(max_length=rules.KEY_LIMIT + 12, unique=True)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False)
    quantity = QuantityField()
    subject = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_movement_positive"),
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="inventory_movement_goes_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "id"], name="inventory_movement_by_sku"),
            models.Index(fields=["subject"], name="inventory_movement_by_subject"),
        ]


class Reservation(Model):
    """A hold on stock at one location for a subject. Resolved exactly once; a trigger refuses to touch it after.

    Taking a part lowers the held row and leaves a resolved row of that part beside it, so that the quantities of
    a subject always add up to what was reserved.
    """

    stock = models.ForeignKey(StockLevel, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=60)
    quantity = QuantityField()
    status = models.CharField(max_length=10)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_reservation_positive"),
            models.CheckConstraint(
                condition=Q(status="held", resolved_at=None)
                | Q(status__in=["captured", "released"], resolved_at__isnull=False),
                name="inventory_reservation_resolved_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "stock"], condition=Q(status="held"), name="inventory_held_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="inventory_hold_by_subject"),
            models.Index(fields=["stock"], condition=Q(status="held"), name="inventory_held_by_stock"),
        ]


class DayRange(Func):
    """The days from a first to a last one, both included."""

    template = "DATERANGE(%(expressions)s, '[]')"
    output_field = DateRangeField()


class HolidayQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> "HolidayQuerySet":
        """A supplier sees its own, the operator all; what buyers read of it stands on the shelf."""
        if actor.is_system or actor.is_role("operator"):
            return self
        return self.filter(organization_id=actor.organization_id) if actor.is_role("supplier") else self.none()


class Holiday(Model):
    """Days on which a supplier does not work, the first and the last included. What was taken back stays as a row."""

    keeps_history = True

    ref = RefField("hol")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField()
    words = TranslatedField()
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = HolidayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="inventory_holiday_has_days"),
            ExclusionConstraint(
                name="inventory_one_holiday_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (DayRange("begins", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(removed_at=None),
            ),
        ]
