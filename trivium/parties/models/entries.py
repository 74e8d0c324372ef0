"""The operator's entries into the workspaces of companies, and every act done in one."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import RefField
from trivium.core.models import Model, QuerySet
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import User
from trivium.parties.rules.entries import ENTERED
from trivium.parties.rules.roles import Role


class EntryQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a company those into this workspace of its own."""
        if actor.is_system or actor.is_role(Role.OPERATOR):
            return self
        return self.filter(organization_id=actor.organization_id, role=actor.role)


class Entry(Model):
    """That a person of the operator works in a company's workspace, why, and until when at the latest."""

    ref = RefField("ent")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    acts = models.BooleanField()
    reason = models.CharField(max_length=500)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="parties_one_entry_at_a_time"),
            models.CheckConstraint(condition=Q(role__in=list(ENTERED)), name="parties_entry_role_entered"),
            models.CheckConstraint(condition=~Q(organization=F("operator")), name="parties_entry_elsewhere"),
            models.CheckConstraint(
                condition=Q(until__gt=F("starts_at"), until__lte=F("starts_at") + dt.timedelta(hours=1)),
                name="parties_entry_is_short",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at"), ended_at__lte=F("until")),
                name="parties_entry_ends_in_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="parties_entry_has_reason"),
        ]
        indexes = [models.Index(fields=["organization", "role", "-id"], name="parties_entries_of_company")]


class EntryAct(Model):
    """One act done in an entry, by context and name: written with the act itself, and never changed."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entry", "id"], name="parties_acts_of_entry")]
