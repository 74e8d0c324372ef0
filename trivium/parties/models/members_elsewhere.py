"""What other services say of their members."""

from django.db import models

from trivium.core.models import Model


class ServiceMember(Model):
    """The last word of another service on one of its members: whether they may sign in here through it.

    `uid` is the member as the sign-in knows them. Whoever has no row was never spoken of. What was said before
    `said_at` and comes later changes nothing.
    """

    provider = models.CharField(max_length=30)
    uid = models.CharField(max_length=191)
    may_sign_in = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "uid"], name="parties_service_member_once")]
