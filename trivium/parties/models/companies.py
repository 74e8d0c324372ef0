"""Companies, what they may be, and which partner a buyer belongs to."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q

from trivium.core.actor import Actor
from trivium.core.fields import CurrencyField, RefField
from trivium.core.models import Model, QuerySet
from trivium.core.time import now
from trivium.parties.rules import Role


class OrganizationQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a company sees itself, a partner also its buyers."""
        if actor.is_system or actor.is_role(Role.OPERATOR):
            return self
        seen = Q(pk=actor.organization_id)
        if actor.is_role(Role.PARTNER):
            at = now()
            theirs = Assignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
            seen |= Q(pk__in=theirs.filter(partner_id=actor.organization_id).values("buyer_id"))
        return self.filter(seen)


class Organization(Model):
    """A company. What it may be on the platform stands in its roles."""

    keeps_history = True

    ref = RefField("org")
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    industry = models.CharField(max_length=1, blank=True)
    size = models.CharField(max_length=10, blank=True)
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
            models.UniqueConstraint(
                fields=["country", "number"], condition=~Q(number=""), name="parties_organization_number_once"
            ),
        ]


class OrganizationRole(Model):
    """A role an organization has been admitted to. A partner that is not active yet waits for its share contract, or
    with that in force since `contracted_at` for its signature on an agreement."""

    keeps_history = True

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=10, choices=[(r, r) for r in Role])
    since = models.DateTimeField()
    is_active = models.BooleanField(default=True)
    contracted_at = models.DateTimeField(null=True)
    grade = models.ForeignKey("parties.PartnerGrade", models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "role"], name="parties_role_once"),
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="parties_role_known"),
            models.CheckConstraint(condition=Q(grade=None) | Q(role="partner"), name="parties_only_partners_graded"),
        ]


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Assignment(Model):
    """Which partner a buyer belongs to, from when until when (half-open). At most one at any moment."""

    keeps_history = True

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
        indexes = [
            models.Index(fields=["partner", "buyer"], condition=Q(ends_at=None), name="parties_current_buyers"),
            models.Index(fields=["partner", "starts_at"], name="parties_buyers_of_partner"),
        ]


class CutoverQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; the buyer and both partners those that concern them."""
        if actor.is_system or actor.is_role(Role.OPERATOR):
            return self
        if actor.is_role(Role.PARTNER):
            return self.filter(Q(before_id=actor.organization_id) | Q(partner_id=actor.organization_id))
        return self.filter(buyer_id=actor.organization_id if actor.is_role(Role.BUYER) else None)


class Cutover(Model):
    """That a buyer goes over from one partner to another, when and why. The assignments follow from it.

    Withdrawn is one that never came to be.
    """

    ref = RefField("cut")
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    before = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = CutoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "starts_at"], condition=Q(withdrawn_at=None), name="parties_one_cutover_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(before=models.F("partner")), name="parties_cutover_to_another"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=models.F("asked_at")), name="parties_cutover_not_in_the_past"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__lt=models.F("starts_at")),
                name="parties_cutover_withdrawn_before",
            ),
        ]
