"""Tables of notices."""

from django.db import models
from django.db.models import Q

from trivium.core.models import Model
from trivium.notices.rules import MailStatus


class ReadMark(Model):
    """Up to which event a person has read the notices of a workspace."""

    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization", "role"], name="notices_one_mark_each")]


class MailPlace(Model):
    """How far the event log was read for mails (core.following.Place): one row."""

    last = models.BigIntegerField()
    missing = models.JSONField(default=list)


class Mail(Model):
    """A notice on its way to a person by mail: marked before it is sent, and after."""

    event_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", null=True)
    role = models.CharField(max_length=10)
    status = models.CharField(max_length=10, default=MailStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "user", "organization", "role"], name="notices_one_mail_each"),
            models.UniqueConstraint(
                fields=["event_id", "user"], condition=Q(organization=None), name="notices_one_personal_mail"
            ),
            models.CheckConstraint(condition=Q(status__in=list(MailStatus)), name="notices_mail_status_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=["waiting", "sending"]), name="notices_mails_due")
        ]
