"""What a person has agreed to, when, in which version, and when they took it back; how long what is held is kept."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from trivium.core.models import Model, Sealed
from trivium.parties.models.people import User
from trivium.parties.rules import RETENTION


class Consent(Model):
    """A person's consent to one purpose. Taken back it stays, as a proof, for as long as the law asks for.

    `via` is where it was given: the actor's ("web", "api:key_…"), or the way of signing up ("sign-up:mail").
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    jurisdiction = models.CharField(max_length=10)
    via = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="parties_one_consent_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
                name="parties_consent_has_length",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="parties_consents_of_person")]


class RetentionRule(Sealed):
    """A version of how long something is kept under a law. The newest one holds; none is ever changed.

    The first, which Trivium brings, has no person. Never below what a law asks for (`rules.LEAST`), never none at all.
    """

    keeps_history = True

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    law = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="parties_retention_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="parties_retention_version_positive"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="parties_retention_has_reason"),
            models.CheckConstraint(
                condition=reduce(
                    or_, (Q(code=rule.code, days__gte=rule.least, days__lte=rule.most) for rule in RETENTION)
                ),
                name="parties_retention_within_bounds",
            ),
        ]
