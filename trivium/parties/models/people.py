"""People, their places in companies, their programs and their own settings."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from trivium.core.fields import AmountField, EncryptedTextField, FingerprintField, RefField
from trivium.core.models import Model
from trivium.parties.models.companies import Organization
from trivium.parties.rules import Job, Role


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. One sign-in, any number of workspaces; whoever signs in without a mail address has none here."""

    keeps_history = True

    ref = RefField("usr")
    email = models.EmailField(unique=True, null=True)
    name = models.CharField(max_length=120)
    locale = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    is_to_agree = models.BooleanField(default=False, db_default=False)
    """Whether somebody else has entered them, and they have not read the privacy notice: no page opens before."""

    workspaces: "list[Any] | None" = None
    preferences: "list[tuple[str, str, Any]] | None" = None
    """Where they work, and (workspace, name, value) of what they have set, where `queries.signed_in` has read it."""

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]


class Phone(Model):
    """The phone a person signs in with. Of several who name the same number, one can confirm it."""

    keeps_history = True

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    number = EncryptedTextField(found_by="phone")
    number_print = FingerprintField("number", "phone")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_print"], condition=~Q(verified_at=None), name="parties_phone_of_one_person"
            )
        ]


class Membership(Model):
    """A person's place in an organization, in one of its roles.

    Minor units of the organization's currency: `spending_limit` is what an order of theirs, `monthly_limit` what all
    their orders of a month may come to without an approval.
    """

    keeps_history = True

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10)
    job = models.CharField(max_length=10, default=Job.STAFF)
    department = models.ForeignKey("parties.Department", models.PROTECT, related_name="+", null=True)
    cost_centre = models.ForeignKey("parties.CostCentre", models.PROTECT, related_name="+", null=True)
    spending_limit = AmountField(null=True)
    monthly_limit = AmountField(null=True)
    since = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "role"], name="parties_membership_once"),
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="parties_membership_role_known"),
            models.CheckConstraint(condition=Q(job__in=list(Job)), name="parties_membership_job_known"),
            models.CheckConstraint(
                condition=Q(spending_limit=None) | Q(spending_limit__gte=0), name="parties_membership_limit_sane"
            ),
            models.CheckConstraint(
                condition=Q(monthly_limit=None) | Q(monthly_limit__gte=0), name="parties_membership_month_sane"
            ),
        ]


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
