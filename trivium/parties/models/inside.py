"""What a company is inside: departments, cost centres, and whom it has invited."""

from django.db import models
from django.db.models import Q

from trivium.core.fields import AmountField, CurrencyField, RefField
from trivium.core.models import Model
from trivium.parties.rules import Job, Renewal, Role


class Department(Model):
    """A part of a company, by the company's own word; below another one, or at the top.

    The database keeps the tree: no circle, not too deep, within one company (`parties_department_in_tree`).
    """

    keeps_history = True

    ref = RefField("dep")
    organization = models.ForeignKey("parties.Organization", models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(ended_at=None), name="parties_department_name_once"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="parties_department_not_below_itself"
            ),
        ]


class CostCentre(Model):
    """Where a company books what is spent, by its own code."""

    keeps_history = True

    ref = RefField("cct")
    organization = models.ForeignKey("parties.Organization", models.CASCADE, related_name="+")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], condition=Q(ended_at=None), name="parties_cost_centre_code_once"
            ),
            # What keys of two columns point to: an order's cost centre is its buyer's.
            models.UniqueConstraint(fields=["organization", "id"], name="parties_cost_centre_of_company"),
        ]


class Budget(Model):
    """Who may order on a budget, and when; what is left of it stands in the ledger, in the account of its code.

    `ends_on` is the last day. Of a department it is for those below it too. One that renews has an account for each
    period, which begins with `amount`.
    """

    ref = RefField("bud")
    organization = models.ForeignKey("parties.Organization", models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", null=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    renews = models.CharField(max_length=10, default=Renewal.ONCE, db_default=Renewal.ONCE)
    amount = AmountField(default=0, db_default=0)
    currency = CurrencyField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="parties_budget_code_once"),
            models.CheckConstraint(
                condition=Q(renews=Renewal.ONCE, amount=0, currency="")
                | Q(renews__in=[each for each in Renewal if each != Renewal.ONCE], amount__gte=0) & ~Q(currency=""),
                name="parties_budget_renews_with_amount",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="parties_budget_has_length",
            ),
        ]


class Invitation(Model):
    """Somebody is asked to work in a company. The link's secret is made from the reference; only its hash is kept."""

    ref = RefField("inv")
    organization = models.ForeignKey("parties.Organization", models.CASCADE, related_name="+")
    role = models.CharField(max_length=10)
    job = models.CharField(max_length=10)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", null=True)
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", null=True)
    spending_limit = AmountField(null=True)
    monthly_limit = AmountField(null=True)
    email = models.EmailField()
    locale = models.CharField(max_length=10)
    token_hash = models.BinaryField(unique=True)
    invited_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "role", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="parties_one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(role__in=list(Role), job__in=list(Job)), name="parties_invitation_place_known"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="parties_invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(spending_limit=None) | Q(spending_limit__gte=0), name="parties_invitation_limit_sane"
            ),
            models.CheckConstraint(
                condition=Q(monthly_limit=None) | Q(monthly_limit__gte=0), name="parties_invitation_month_sane"
            ),
        ]
