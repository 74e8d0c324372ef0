"""What a person has agreed to, when, in which version, and when they took it back."""

from django.db import models
from django.db.models import Q

from trivium.core.models import Model
from trivium.parties.models.people import User


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
