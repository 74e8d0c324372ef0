"""Polls with their votes, meetings with their answers and minutes, and to whom both go."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import RefField, TranslatedField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.service.models.announcements import Announcement
from trivium.service.rules import Coming, ResultsShown, Voters


class PollQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; others what their role or their company is asked, unless it was taken back."""
        found = self.addressed_to(actor)
        return found if actor.is_system or actor.is_role("operator") else found.filter(withdrawn_at=None)

    def addressed_to(self, actor: Actor) -> Self:
        """The same, with what was taken back."""
        if actor.is_system or actor.is_role("operator"):
            return self
        named = PollCompany.objects.filter(organization_id=actor.organization_id or 0).values("poll_id")
        return self.filter(Q(roles__contains=[actor.role]) | Q(pk__in=named))


class Poll(Model):
    """A question to everybody in some roles, or in some companies, until a time. What was asked is not changed."""

    ref = RefField("pol")
    question = TranslatedField()
    is_multiple = models.BooleanField(default=False)
    voters = models.CharField(max_length=10)
    results_shown = models.CharField(max_length=10)
    roles = ArrayField(models.CharField(max_length=10), default=list)
    asked_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PollQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(voters__in=list(Voters)), name="service_poll_voters_known"),
            models.CheckConstraint(condition=Q(results_shown__in=list(ResultsShown)), name="service_poll_shown_known"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="service_poll_closes_later"),
        ]
        indexes = [
            models.Index(fields=["closes_at"], name="service_poll_due", condition=Q(closed_at=None, withdrawn_at=None)),
        ]


class PollCompany(Model):
    """A company a poll is addressed to by name."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="companies")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "poll"], name="service_poll_company_once")]


class PollOption(Sealed):
    """What can be voted for; `position` counts from 0."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="options")
    position = models.SmallIntegerField()
    words = TranslatedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="service_option_once")]


class PollVote(Sealed):
    """A vote as it was given: a changed one is another row with the next `number`, and the last one counts.

    `voter` is the reference of whoever has the one vote: of the company, or of the person.
    """

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="votes")
    voter = models.CharField(max_length=40)
    number = models.SmallIntegerField()
    choices = ArrayField(models.SmallIntegerField())
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter", "number"], name="service_vote_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="service_vote_counted"),
            models.CheckConstraint(condition=Q(choices__len__gte=1), name="service_vote_for_something"),
        ]


class MeetingQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; others those their role or their company is invited to."""
        if actor.is_system or actor.is_role("operator"):
            return self
        named = MeetingCompany.objects.filter(organization_id=actor.organization_id or 0).values("meeting_id")
        return self.filter(Q(roles__contains=[actor.role]) | Q(pk__in=named))


class Meeting(Model):
    """A meeting everybody in some roles, or in some companies, is invited to.

    `zone` is where its clock stands; `sequence` counts changes of time and place, for calendars.
    """

    ref = RefField("mtg")
    subject = TranslatedField()
    agenda = TranslatedField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    place = models.CharField(max_length=200)
    link = models.CharField(max_length=300)
    roles = ArrayField(models.CharField(max_length=10), default=list)
    sequence = models.SmallIntegerField(default=0)
    called_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="service_meeting_ends_later"),
            models.CheckConstraint(condition=~Q(place="", link=""), name="service_meeting_is_somewhere"),
            models.CheckConstraint(
                condition=Q(called_off_at=None) | Q(remind_at=None), name="service_meeting_off_is_not_reminded"
            ),
        ]
        indexes = [
            models.Index(fields=["remind_at"], name="service_meeting_due", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["begins_at"], name="service_meeting_begins"),
        ]


class MeetingCompany(Model):
    """A company that is invited by name."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="companies")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "meeting"], name="service_invited_once")]


class MeetingAnswer(Model):
    """Whether an invited company comes, and who: one answer of each, which it may change until the meeting begins.

    `guests` are names of people; they are forgotten some time after the meeting.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="answers")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    answer = models.CharField(max_length=5)
    guests = models.CharField(max_length=200)
    by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organization"], name="service_answer_once"),
            models.CheckConstraint(condition=Q(answer__in=list(Coming)), name="service_answer_known"),
        ]


class Minutes(Sealed):
    """What a meeting decided, in one version; its announcement is what people acknowledge."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    version = models.SmallIntegerField()
    announcement = models.OneToOneField(Announcement, models.PROTECT, related_name="+")
    text = TranslatedField()
    written_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="service_minutes_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="service_minutes_counted"),
        ]


class MinutesPoint(Sealed):
    """A decision, or with `who` and `until` a task, of one version of the minutes."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="points")
    position = models.SmallIntegerField()
    words = TranslatedField()
    who = models.CharField(max_length=120)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "position"], name="service_point_once"),
            models.CheckConstraint(
                condition=Q(who="", until=None) | (~Q(who="") & Q(until__isnull=False)), name="service_task_is_whole"
            ),
        ]
