"""Licences and certificates, and the times in which a company may not trade."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.fields import PrivateFileField, RefField
from trivium.core.models import Model, QuerySet
from trivium.parties.models.applications import Application
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import User
from trivium.parties.rules import PaperKind, PaperStatus


class PaperQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those who may see the application, the administrators of the company, and the reviewers: nobody else."""
        if actor.is_system:
            return self
        applications = Application.objects.visible_to(actor).values("pk")
        seen = Q(application_id__in=applications)
        if actor.may("application.review"):
            seen |= Q(organization__isnull=False)
        if actor.may("application.file"):
            seen |= Q(organization_id=actor.organization_id or 0)
        return self.filter(seen)


class Paper(Model):
    """A licence or certificate as it was handed in; the file itself lies encrypted in the private store.

    It belongs to an application, and once that is approved to the company too. A paper an admitted company hands in has
    no application; until it is approved, what it `replaces` stays in force.
    """

    keeps_history = True

    ref = RefField("pap")
    application = models.ForeignKey(Application, models.PROTECT, related_name="papers", null=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=60, blank=True)
    expires_on = models.DateField(null=True)
    status = models.CharField(max_length=10, default=PaperStatus.FILED)
    file = PrivateFileField()
    file_name = models.CharField(max_length=120)
    media = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)

    objects: ClassVar[Any] = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(PaperKind)), name="parties_paper_kind_known"),
            models.CheckConstraint(condition=Q(status__in=list(PaperStatus)), name="parties_paper_status_known"),
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(organization__isnull=False), name="parties_paper_is_owned"
            ),
            models.CheckConstraint(condition=Q(size__gte=1, pages__gte=1), name="parties_paper_holds_something"),
            models.UniqueConstraint(
                fields=["application", "sha256"], condition=Q(status=PaperStatus.FILED), name="parties_paper_once"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(status=PaperStatus.FILED), name="parties_one_renewal_waiting"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(status__in=[PaperStatus.IN_FORCE, PaperStatus.REPLACED]),
                name="parties_paper_replaced_once",
            ),
            models.CheckConstraint(
                condition=Q(status=PaperStatus.FILED) | Q(decided_at__isnull=False), name="parties_paper_decided"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[PaperStatus.IN_FORCE, PaperStatus.DECLINED]) | Q(application__isnull=False)
                | Q(filed_by=None) | Q(decided_by=None) | ~Q(decided_by=models.F("filed_by")),
                name="parties_paper_not_by_its_filer",
            ),
            models.CheckConstraint(
                condition=~Q(status=PaperStatus.DECLINED) | ~Q(reason=""), name="parties_declined_paper_has_words"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"], condition=Q(status=PaperStatus.IN_FORCE), name="parties_papers_expiring"
            ),
            models.Index(fields=["organization"], name="parties_papers_of_company"),
            models.Index(
                fields=["filed_at"], condition=Q(status=PaperStatus.FILED, application=None),
                name="parties_papers_waiting",
            ),
        ]  # fmt: skip


class Suspension(Model):
    """A time in which a company took no new orders: from when, until when, by whom and why."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    ends_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(ends_at=None), name="parties_one_suspension_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")), name="parties_suspension_has_length"
            ),
        ]
