"""Announcements, to whom they go, who has read them, and what a new company has done of its first steps."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.fields import RefField, TranslatedField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.service.rules import Notice, Receipt


class AnnouncementQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; others what is addressed to their role or their company and not taken back."""
        found = self.addressed_to(actor)
        return found if actor.is_system or actor.is_role("operator") else found.filter(withdrawn_at=None)

    def addressed_to(self, actor: Actor) -> Self:
        """The same, with what was taken back."""
        if actor.is_system or actor.is_role("operator"):
            return self
        named = AnnouncementCompany.objects.filter(organization_id=actor.organization_id or 0).values("announcement_id")
        return self.filter(Q(roles__contains=[actor.role]) | Q(pk__in=named))


class Announcement(Model):
    """What the operator tells everybody in some roles, or in some companies. What was published is not changed."""

    ref = RefField("ann")
    kind = models.CharField(max_length=10)
    title = TranslatedField()
    text = TranslatedField()
    roles = ArrayField(models.CharField(max_length=10), default=list)
    must_acknowledge = models.BooleanField(default=False)
    until = models.DateField(null=True)
    published_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Notice)), name="service_announcement_kind_known"),
        ]


class AnnouncementCompany(Model):
    """A company an announcement is addressed to by name."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="companies")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "announcement"], name="service_company_addressed_once")
        ]


class AnnouncementReceipt(Sealed):
    """A person has opened an announcement, or has acknowledged it: in which workspace, and when."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="receipts")
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    act = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "user", "act"], name="service_receipt_once"),
            models.CheckConstraint(condition=Q(act__in=list(Receipt)), name="service_receipt_act_known"),
        ]


class StepDone(Sealed):
    """Somebody has done one of a new company's first steps."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    step = models.CharField(max_length=20)
    by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "role", "step"], name="service_step_done_once"),
        ]
