"""Companies that want to trade: what they say of themselves, what was screened, and who decided what."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.fields import AmountField, CurrencyField, EncryptedTextField, FingerprintField, RefField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import Membership, User
from trivium.parties.rules import APPLIED_FOR, OPEN, ApplicationStatus, Job, Strength


class ApplicationQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever made it, the administrators of the company it is for; the reviewers once it has been submitted.

        What belongs to a company is no more its maker's, once they administer the company no longer.
        """
        if actor.is_system:
            return self
        seen = _made_by(actor)
        if actor.may("application.review"):
            seen |= Q(submitted_at__isnull=False)
        if actor.may("application.file"):
            seen |= Q(organization_id=actor.organization_id or 0)
        return self.filter(seen)

    def filed_by(self, actor: Actor) -> Self:
        """Those this actor may write in."""
        own = _made_by(actor)
        if actor.may("application.file"):
            own |= Q(organization_id=actor.organization_id or 0)
        return self.filter(own)


def _made_by(actor: Actor) -> Q:
    runs = Membership.objects.filter(user_id=actor.user_id or 0, job=Job.ADMIN, ends_at=None).values("organization_id")
    still = Q(organization=None) | Q(organization_id__in=runs)
    return Q(applicant_id=actor.user_id or 0) & still


class Application(Model):
    """A company's wish to trade in a role. `organization` is the company once it is on the platform.

    `version` counts its changes, so that two tabs cannot overwrite each other unseen.
    """

    ref = RefField("app")
    role = models.CharField(max_length=10)
    applicant = models.ForeignKey(User, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, default=ApplicationStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)

    legal_name = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, default="CN")
    number = models.CharField(max_length=40, blank=True)
    currency = CurrencyField(default="CNY")
    region = models.CharField(max_length=6, blank=True)
    address = models.CharField(max_length=300, blank=True)
    industry = models.CharField(max_length=1, blank=True)
    size = models.CharField(max_length=10, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(found_by="phone")
    email = models.CharField(max_length=254, blank=True)
    bank_account = EncryptedTextField(found_by="bank account")
    bank_account_print = FingerprintField("bank_account", "bank account")
    expected_monthly = AmountField(null=True)
    categories = ArrayField(models.CharField(max_length=80), default=list)
    territory = ArrayField(models.CharField(max_length=6), default=list)
    serves = models.CharField(max_length=1, blank=True)
    is_exclusive = models.BooleanField(default=False)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(APPLIED_FOR)), name="parties_application_role_known"),
            models.CheckConstraint(
                condition=Q(status__in=list(ApplicationStatus)), name="parties_application_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["approved", "rejected", "withdrawn"], decided_at__isnull=False)
                | Q(status__in=list(OPEN), decided_at=None),
                name="parties_application_decided_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="parties_application_submitted_first",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(organization__isnull=False), name="parties_approved_is_a_company"
            ),
            models.UniqueConstraint(
                fields=["applicant", "role"], condition=Q(status__in=list(OPEN), organization=None),
                name="parties_one_open_application",
            ),
            models.UniqueConstraint(
                fields=["organization", "role"],
                condition=Q(status__in=list(OPEN), organization__isnull=False),
                name="parties_one_open_application_each",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["number"], condition=~Q(number=""), name="parties_application_number"),
            models.Index(fields=["bank_account_print"], name="parties_application_account"),
            models.Index(fields=["submitted_at"], condition=Q(status="submitted"), name="parties_waiting_applications"),
        ]


class ApplicationStep(Sealed):
    """What has happened with an application: one row for each act on it, with the words that were written."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    is_review = models.BooleanField()
    words = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=["ask", "answer", "approve", "reject"]) | ~Q(words=""),
                name="parties_step_has_words",
            )
        ]


class Screening(Sealed):
    """An application as it was when it was looked at: on submission, on each answer, and at the decision.

    Or a change an admitted company asks for (`change`): when it was asked for, and when it was approved. `facts` are
    the company's; persons, phones and accounts stay where they can be erased.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="screenings", null=True)
    change = models.ForeignKey("ChangeRequest", models.PROTECT, related_name="screenings", null=True)
    act = models.CharField(max_length=10)
    facts = models.JSONField()
    papers = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, change=None) | Q(application=None, change__isnull=False),
                name="parties_screening_of_one",
            )
        ]


class ScreeningResult(Sealed):
    """What one rule said then, in the version it had."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="results")
    rule = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    strength = models.CharField(max_length=10)
    settings = models.JSONField()
    is_met = models.BooleanField()
    findings = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screening", "rule"], name="parties_one_result_each")]


class ScreeningRule(Sealed):
    """A version of a screening rule. The newest one holds; none is ever changed."""

    keeps_history = True

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    strength = models.CharField(max_length=10)
    is_on = models.BooleanField()
    settings = models.JSONField()
    reason = models.CharField(max_length=500)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="parties_rule_version_once"),
            models.CheckConstraint(condition=Q(strength__in=list(Strength)), name="parties_rule_strength_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="parties_rule_version_positive"),
        ]


class BlockEntry(Sealed):
    """A number, name or mail domain put on the blocklist, or taken off it: the newest version of each holds."""

    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=254)
    written = models.CharField(max_length=254)
    version = models.PositiveIntegerField()
    is_blocked = models.BooleanField()
    reason = models.CharField(max_length=500)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "version"], name="parties_block_version_once"),
            models.CheckConstraint(condition=Q(kind__in=["number", "name", "mail"]), name="parties_block_kind_known"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(value=""), name="parties_block_has_reason"),
        ]


class Territory(Model):
    """Where a partner works, alone or beside others; `serves` is the section it serves, "" all."""

    partner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    region = models.CharField(max_length=6)
    serves = models.CharField(max_length=1, blank=True)
    is_exclusive = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "region", "serves"], condition=Q(ends_at=None), name="parties_territory_once"
            )
        ]
