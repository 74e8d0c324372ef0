"""Tables of integration."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import RefField
from trivium.core.models import Model, QuerySet
from trivium.integration.rules import IMPORT_JOB, Kind, Status
from trivium.parties.rules import Role


class ImportJobQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a supplier its own."""
        if actor.is_system or actor.is_role(Role.OPERATOR):
            return self
        return self.filter(supplier_id=actor.organization_id) if actor.is_role(Role.SUPPLIER) else self.none()


class ImportJob(Model):
    """A supplier's file on its way through the trade: of invoices, or of its own goods.

    Amounts in minor units of the file's currency. `traded` counts what was taken over, of either kind.
    """

    ref = RefField("imp")
    kind = models.CharField(max_length=10, default=Kind.INVOICES, db_default="invoices")
    language = models.CharField(max_length=12, default="en", db_default="en")
    supplier = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    released_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, default=Status.WAITING)
    file_name = models.CharField(max_length=120)
    file_bytes = models.BigIntegerField()
    total_rows = models.BigIntegerField(null=True)
    piece = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    traded_lines = models.BigIntegerField(default=0)
    traded_amount = models.BigIntegerField(default=0)
    known_lines = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)
    kept_lines = models.BigIntegerField(default=0)
    kept_amount = models.BigIntegerField(default=0)
    kept_bytes = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    worked_ms = models.BigIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ImportJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "kind"], condition=Q(status="running"), name="integration_one_import_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(rows=F("traded_lines") + F("kept_lines"), amount=F("traded_amount") + F("kept_amount")),
                name="integration_no_line_is_lost",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(total_rows=None) | Q(rows=F("total_rows")),
                name="integration_done_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "declined"]) | Q(released_by__isnull=False),
                name="integration_released_by_somebody",
            ),
        ]

    def move(self, act: str) -> None:
        """Take a step of the state table.

        Refuses: WrongState.
        """
        self.status = IMPORT_JOB.next(self.status, act)
