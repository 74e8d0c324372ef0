"""Tables of notices."""

from django.db import models

from trivium.core.models import Model


class ReadMark(Model):
    """Up to which event a person has read the notices of a workspace."""

    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization", "role"], name="notices_one_mark_each")]
