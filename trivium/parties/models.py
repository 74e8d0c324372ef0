"""Tables of parties."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q

from trivium.core.actor import Actor
from trivium.core.fields import AmountField, CurrencyField, RefField
from trivium.core.models import Model, QuerySet
from trivium.parties.rules import ApprovalStatus, Job, Role


class OrganizationQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a company sees itself, a partner also its buyers."""
        if actor.is_system or actor.is_role(Role.OPERATOR):
            return self
        seen = Q(pk=actor.organization_id)
        if actor.is_role(Role.PARTNER):
            seen |= Q(
                pk__in=Assignment.objects.filter(partner_id=actor.organization_id, ends_at=None).values("buyer_id")
            )
        return self.filter(seen)


class Organization(Model):
    """A company. What it may be on the platform stands in its roles."""

    ref = RefField("org")
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=20, blank=True)
    currency = CurrencyField(default="CNY")
    level = models.CharField(max_length=20, blank=True)
    is_house = models.BooleanField(default=False)
    confirms_by_rule = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_house"], condition=Q(is_house=True), name="parties_one_house_partner"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="parties_organization_external_id_once"
            ),
        ]


class OrganizationRole(Model):
    """A role an organization has been admitted to."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=10, choices=[(r, r) for r in Role])
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "role"], name="parties_role_once"),
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="parties_role_known"),
        ]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. One sign-in, any number of workspaces."""

    ref = RefField("usr")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    locale = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]


class Membership(Model):
    """A person's place in an organization, in one of its roles."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10)
    job = models.CharField(max_length=10, default=Job.STAFF)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "role"], name="parties_membership_once"),
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="parties_membership_role_known"),
            models.CheckConstraint(condition=Q(job__in=list(Job)), name="parties_membership_job_known"),
        ]


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Assignment(Model):
    """Which partner a buyer belongs to, from when until when (half-open). At most one at any moment."""

    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="parties_one_partner_at_a_time",
                expressions=[
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("buyer", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")), name="parties_assignment_has_length"
            ),
        ]
        indexes = [models.Index(fields=["partner", "buyer"], condition=Q(ends_at=None), name="parties_current_buyers")]


class ApiKey(Model):
    """A program's key to one workspace. Only its hash is kept.

    `used_at` is written down from time to time; the moment of the last use stands in the meter's bucket.
    """

    ref = RefField("key")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    job = models.CharField(max_length=10, default=Job.ADMIN)
    label = models.CharField(max_length=80)
    secret_hash = models.BinaryField(unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gte=1), name="parties_key_has_scopes"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=models.F("created_at")), name="parties_key_has_length"
            ),
        ]


class ApprovalRule(Model):
    """From which amount a company asks for approvals of its own people before an act goes out."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    threshold = AmountField()
    currency = CurrencyField()
    needed = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "act", "currency"], name="parties_one_rule_per_act"),
            models.CheckConstraint(condition=Q(needed__gte=1, threshold__gte=0), name="parties_rule_is_sane"),
        ]


class Approval(Model):
    """A question to the people of one company: may this go out? Decided by distinct persons, never the asker."""

    ref = RefField("apv")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, unique=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    needed = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, default=ApprovalStatus.WAITING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization"], condition=Q(status="waiting"), name="parties_waiting_approvals")
        ]


class ApprovalVote(Model):
    """One person's word on an approval."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="votes")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    yes = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "person"], name="parties_one_vote_each"),
            models.CheckConstraint(
                condition=Q(asked_by=None) | ~Q(person=models.F("asked_by")), name="parties_not_the_requester"
            ),
        ]


class Preference(Model):
    """What a person has set for themselves: in one workspace ("org_…:buyer"), or everywhere ("")."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    workspace = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "workspace", "name"], name="parties_one_preference_each")
        ]
