"""What a company asks its own people before an act goes out."""

from django.db import models
from django.db.models import Q

from trivium.core.fields import AmountField, CurrencyField, RefField
from trivium.core.models import Model
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import User
from trivium.parties.rules import ApprovalStatus


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
