"""Tickets, and what was said on them."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.fields import EncryptedTextField, RefField
from trivium.core.ids import business_number
from trivium.core.models import Model, QuerySet, Sealed
from trivium.service.rules import PAGE, PAGE_TITLE, PERSON, SUBJECT, TICKET, VISITOR, Outcome, Side, State, TicketKind


class TicketQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a company those it opened in this role; a person in no company their own."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.organization_id is None:
            return self.filter(organization=None, opened_by_id=actor.user_id or 0)
        return self.filter(organization_id=actor.organization_id, role=actor.role)


class Ticket(Model):
    """What somebody wants of the operator, and where it stands. Feedback is one with a page.

    It is its company's, in the role it was opened in; or, in the role PERSON, of whoever opened it and works in none;
    or, in the role VISITOR, of whoever holds the link that went to `address`, of which only the secret's hash is kept.
    Some time after its end `address` and link are forgotten.
    """

    ref = RefField("tkt")
    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", null=True)
    role = models.CharField(max_length=10)
    opened_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    address = EncryptedTextField(null=True)
    link_hash = models.BinaryField(null=True, unique=True)
    locale = models.CharField(max_length=10, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=SUBJECT)
    about_ref = models.CharField(max_length=40, blank=True)
    page = models.CharField(max_length=PAGE, blank=True)
    page_title = models.CharField(max_length=PAGE_TITLE, blank=True)
    state = models.CharField(max_length=10, default=TICKET.start)
    taken_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    objects: ClassVar[Any] = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(organization__isnull=False, opened_by__isnull=False) & ~Q(role__in=[PERSON, VISITOR]))
                | Q(organization=None, role=PERSON, opened_by__isnull=False)
                | Q(organization=None, role=VISITOR, opened_by=None),
                name="service_ticket_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(role=VISITOR, address__isnull=False, link_hash__isnull=False)
                | (Q(address__isnull=True, link_hash__isnull=True) & (~Q(role=VISITOR) | Q(state=State.ENDED))),
                name="service_ticket_of_visitor_has_address",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(TicketKind)), name="service_ticket_kind_known"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="service_ticket_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, closed_at__isnull=False, outcome__in=list(Outcome))
                | (~Q(state=State.ENDED) & Q(closed_at=None, outcome="")),
                name="service_ticket_ends_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.TAKEN, State.ASKED]) | Q(taken_by__isnull=False),
                name="service_ticket_taken_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "role", "-id"], name="service_tickets_of"),
            models.Index(fields=["opened_by", "-id"], condition=Q(organization=None), name="service_tickets_of_person"),
            models.Index(fields=["id"], condition=~Q(state=State.ENDED), name="service_tickets_open"),
            models.Index(fields=["closed_at"], condition=Q(address__isnull=False), name="service_tickets_forgotten"),
        ]

    @property
    def number(self) -> str:
        """The number people read."""
        return ticket_number(self.pk)


def ticket_number(row_id: int) -> str:
    """The number of a ticket, from its key."""
    return business_number("T", row_id)


class TicketWord(Sealed):
    """One thing said or done on a ticket: by whom (a visitor is nobody known), on which side, and the state it was
    in after it.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="words")
    act = models.CharField(max_length=10)
    side = models.CharField(max_length=10)
    by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="service_word_side_known"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="service_word_state_known"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(side=Side.COMPANY), name="service_word_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="service_words_of")]
