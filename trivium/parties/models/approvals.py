"""What a company asks its own people before an act goes out."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q

from trivium.core.fields import AmountField, CurrencyField, RefField
from trivium.core.models import Model
from trivium.parties.models.companies import Organization
from trivium.parties.models.inside import CostCentre, Department
from trivium.parties.models.people import User
from trivium.parties.rules import ApprovalStatus, IfNobody


class ApprovalRule(Model):
    """From which amount a company asks for approvals of its own people before an act goes out.

    The one without a name is about the total alone and asks for `needed` of anybody. The others have a name, and may
    look at a category (`scope`), a budget, a cost centre, or a department with those below it, and ask those of their
    steps, one after the other.
    """

    keeps_history = True

    ref = RefField("apr")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    threshold = AmountField()
    currency = CurrencyField()
    scope = models.CharField(max_length=200, blank=True, default="")
    budget_code = models.CharField(max_length=40, blank=True, default="")
    cost_centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="+", null=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", null=True)
    needed = models.PositiveSmallIntegerField(default=1)
    if_nobody = models.CharField(max_length=10, default=IfNobody.WAIT)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "act", "currency"], condition=Q(name=""), name="parties_one_rule_per_act"
            ),
            models.UniqueConstraint(
                fields=["organization", "act", "name"],
                condition=~Q(name="") & Q(ended_at=None),
                name="parties_rule_name_once",
            ),
            models.CheckConstraint(condition=Q(needed__gte=1, threshold__gte=0), name="parties_rule_is_sane"),
            models.CheckConstraint(
                condition=Q(if_nobody__in=list(IfNobody)), name="parties_rule_says_what_if_nobody"
            ),
        ]


class ApprovalRuleStep(Model):
    """Whose word a rule asks for, and who may give it in their stead."""

    keeps_history = True

    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(User, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "position"], name="parties_rule_step_once"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=models.F("approver")), name="parties_deputy_is_another"
            ),
        ]


class DayRange(Func):
    """The days from a first to a last one, both included; without a last one, all that follow."""

    template = "DATERANGE(%(expressions)s, '[]')"
    output_field = DateRangeField()


class Deputy(Model):
    """Who gives an approver's words in their stead, by the approver's own word, from a day to a day, both included.

    Beside whom rules name. `ended_at` says that it was taken back.
    """

    keeps_history = True

    ref = RefField("dpt")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(deputy=models.F("approver")), name="parties_deputy_is_not_oneself"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="parties_deputy_has_days"
            ),
            ExclusionConstraint(
                name="parties_one_deputy_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("approver", RangeOperators.EQUAL),
                    (DayRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
        ]


class Approval(Model):
    """A question to the people of one company: may this go out? Decided by distinct persons, never the asker.

    `needed` is how many words it takes; where it has steps, one for each that has not fallen away.
    """

    ref = RefField("apv")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, unique=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    needed = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=10, default=ApprovalStatus.WAITING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization"], condition=Q(status="waiting"), name="parties_waiting_approvals")
        ]


class ApprovalStep(Model):
    """One word of an approval, in its order; decided, or fallen away because its people had given theirs before."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    fell_away = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "position"], name="parties_approval_step_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None) | Q(decided_at__isnull=False, decided_by__isnull=False)
                & Q(fell_away=False),
                name="parties_approval_step_decided_once",
            ),
        ]  # fmt: skip


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
