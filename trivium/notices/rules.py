"""In which words each role hears of each event, what of it comes by mail, and what happens to a mail: pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from trivium.core.i18n import gettext_noop as _

_TRADING = ("supplier", "partner", "buyer")
_EVERYBODY = ("operator", *_TRADING)
PERSON = "person"
"""Somebody told for themselves and in no workspace: by mail alone."""
_APPLYING = (PERSON, *_TRADING)

# (event, role) → the sentence; what is not here is not told. %(number)s is the order's number where there is one.
WORDS: Mapping[tuple[str, str], str] = {
    ("OrderPlaced", "buyer"): _("Order %(number)s was placed."),
    ("OrderPlaced", "partner"): _("A buyer of yours placed order %(number)s."),
    ("SupplierOrderSubmitted", "partner"): _("A buyer of yours placed order %(number)s."),
    ("SupplierOrderSubmitted", "supplier"): _("New order %(number)s waits for your confirmation."),
    ("SupplyConfirmed", "buyer"): _("The supplier confirmed order %(number)s."),
    ("SupplyConfirmed", "partner"): _("The supplier confirmed order %(number)s."),
    ("MarginConfirmed", "supplier"): _("The partner confirmed order %(number)s."),
    ("MarginObjected", "operator"): _("A partner objected to order %(number)s; you decide."),
    ("OrderDecided", "buyer"): _("Order %(number)s is confirmed."),
    ("SupplierOrderReleased", "supplier"): _("Order %(number)s is funded and can be shipped."),
    ("SupplierOrderShipped", "buyer"): _("Goods of order %(number)s are on their way."),
    ("SupplierOrderShipped", "partner"): _("Goods of order %(number)s are on their way."),
    ("SupplierOrderSigned", "supplier"): _("Order %(number)s was signed for."),
    ("SupplierOrderSigned", "partner"): _("Order %(number)s was signed for."),
    ("SupplierOrderCompleted", "supplier"): _("Order %(number)s is completed."),
    ("SupplierOrderCompleted", "partner"): _("Order %(number)s is completed."),
    ("SupplierOrderCompleted", "buyer"): _("Order %(number)s is completed."),
    ("SupplierOrderCancelled", "buyer"): _("A part of order %(number)s was cancelled."),
    ("SupplierOrderCancelled", "partner"): _("A part of order %(number)s was cancelled."),
    ("SupplierOrderCancelled", "supplier"): _("Order %(number)s was cancelled."),
    ("RefundGranted", "buyer"): _("You get money back for order %(number)s."),
    ("RefundGranted", "partner"): _("A refund was granted for order %(number)s."),
    ("PaymentReceived", "buyer"): _("Your payment for order %(number)s has arrived."),
    ("PaymentFailed", "buyer"): _("Your payment for order %(number)s did not go through. Try again."),
    ("ApprovalAsked", "buyer"): _("Order %(number)s waits for approval in your company."),
    ("ApprovalRerouted", "buyer"): _("An approval of order %(number)s has gone on to a colleague of who left."),
    ("ApprovalAsked", "operator"): _("The payout of statement %(number)s waits for approval."),
    ("ImportAsked", "operator"): _("A supplier handed in a file that waits for your release."),
    ("ChangeAsked", "operator"): _("A company asks to change its legal name, number or bank account."),
    ("ChangeDecided", "supplier"): _("The operator decided on a change of your company’s particulars."),
    ("ChangeDecided", "partner"): _("The operator decided on a change of your company’s particulars."),
    ("ChangeDecided", "buyer"): _("The operator decided on a change of your company’s particulars."),
    **{("EntryBegun", role): _("%(number)s of the operator has entered your workspace.") for role in _TRADING},
    **{("EntryEnded", role): _("%(number)s of the operator has left your workspace.") for role in _TRADING},
    ("PartnerChanged", "buyer"): _("You have another channel partner from %(number)s on."),
    ("BuyerGoes", "partner"): _("A buyer of yours goes over to another partner: %(number)s."),
    ("BuyerComes", "partner"): _("A buyer comes to you: %(number)s."),
    ("CutoverWithdrawn", "partner"): _("A buyer’s change of partner was withdrawn: %(number)s."),
    ("CutoverWithdrawn", "buyer"): _("You keep your channel partner: the change of %(number)s was withdrawn."),
    ("PaperHandedIn", "operator"): _("%(number)s handed in a paper that waits for your review."),
    ("PaperExpiring", "operator"): _("A paper of %(number)s expires soon."),
    ("PaperLapsed", "operator"): _("A paper of %(number)s has expired; nothing new that needs it goes on sale."),
    **{("PaperDecided", role): _("The operator decided on a paper of your company.") for role in _TRADING},
    **{("PaperExpiring", role): _("A paper of your company expires on %(number)s. Hand in the renewed one in time.")
       for role in _TRADING},
    **{("PaperLapsed", role): _("A paper of your company expired on %(number)s. What needs it cannot be put on sale "
                                "anew until a renewed one is approved.") for role in _TRADING},
    ("StatementIssued", "supplier"): _("Statement %(number)s is ready to be checked."),
    ("StatementIssued", "partner"): _("Statement %(number)s is ready to be checked."),
    ("PayoutSent", "supplier"): _("The payout of statement %(number)s has been sent to you."),
    ("PayoutSent", "partner"): _("The payout of statement %(number)s has been sent to you."),
    ("ApplicationSubmitted", "operator"): _("%(number)s has applied and waits for your review."),
    ("ApplicationAnswered", "operator"): _("%(number)s has answered your question; the application waits again."),
    ("ApplicationWithdrawn", "operator"): _("%(number)s has withdrawn its application."),
    **{("ApplicationAsked", role): _("A question about the application of %(number)s waits for you.")
       for role in _APPLYING},
    **{("ApplicationApproved", role): _("The application of %(number)s was approved.") for role in _APPLYING},
    **{("ApplicationRejected", role): _("The application of %(number)s was rejected.") for role in _APPLYING},
    ("PartnerActivated", "partner"): _("Your share contract is in force: buyers can be assigned to you."),
    ("TicketOpened", "operator"): _("Ticket %(number)s was opened."),
    ("TicketReplied", "operator"): _("There is a reply on ticket %(number)s."),
    **{("TicketTaken", role): _("Somebody looks after your ticket %(number)s now.") for role in _TRADING},
    **{("TicketAnswered", role): _("Your ticket %(number)s was answered.") for role in _TRADING},
    **{("TicketAskedBack", role): _("A question about your ticket %(number)s waits for you.") for role in _TRADING},
    ("TicketAnswered", PERSON): _("Your feedback %(number)s was answered."),
    ("TicketAskedBack", PERSON): _("A question about your feedback %(number)s waits for you."),
    ("TicketClosed", PERSON): _("Your feedback %(number)s is closed."),
    ("TicketReopened", PERSON): _("Your feedback %(number)s is open again."),
    **{("TicketClosed", role): _("Ticket %(number)s is closed.") for role in _EVERYBODY},
    **{("TicketReopened", role): _("Ticket %(number)s is open again.") for role in _EVERYBODY},
    **{("AnnouncementPublished", role): _("The operator has an announcement for you.") for role in _EVERYBODY},
    **{("AgreementPublished", role): _("A new version of an agreement is there to be read and signed.")
       for role in _TRADING},
    **{("AgreementLapses", role): _("An agreement has to be signed soon, or your company cannot go on.")
       for role in _TRADING},
    **{("PollOpened", role): _("The operator asks you something: a poll waits for your vote.") for role in _EVERYBODY},
    **{("PollClosed", role): _("A poll you were asked in is closed; its results can be seen.") for role in _EVERYBODY},
    **{("MeetingCalled", role): _("You are invited to a meeting.") for role in _EVERYBODY},
    **{("MeetingMoved", role): _("A meeting you are invited to has another time or place.") for role in _EVERYBODY},
    **{("MeetingCalledOff", role): _("A meeting you were invited to was called off.") for role in _EVERYBODY},
    **{("MeetingIsNear", role): _("A meeting you are invited to begins within a day.") for role in _EVERYBODY},
    ("MeetingAnswered", "operator"): _("A company has answered the invitation to a meeting."),
}


def told(role: str) -> list[str]:
    """The names of the events a role is told of."""
    return [event for event, its_role in WORDS if its_role == role]


class Kind(StrEnum):
    """What a notice is to its reader; a person chooses by kind what comes by mail."""

    ASKS = "asks"
    TROUBLE = "trouble"
    MONEY = "money"
    PROGRESS = "progress"


MAIL = "mail"
"""The name of the preference."""
MAILED: Mapping[Kind, bool] = {Kind.ASKS: True, Kind.TROUBLE: True, Kind.MONEY: True, Kind.PROGRESS: False}
"""What comes by mail unless a person has chosen otherwise: what needs them. Progress stands in the bell."""

_KINDS: Mapping[Kind, frozenset[tuple[str, str]]] = {
    Kind.ASKS: frozenset({
        ("OrderPlaced", "partner"),
        ("SupplierOrderSubmitted", "partner"),
        ("SupplierOrderSubmitted", "supplier"),
        ("SupplierOrderReleased", "supplier"),
        ("ApprovalAsked", "buyer"),
        ("ApprovalRerouted", "buyer"),
        ("ApprovalAsked", "operator"),
        ("MarginObjected", "operator"),
        *(("CutoverWithdrawn", role) for role in ("partner", "buyer")),
        *((event, "partner") for event in ("BuyerGoes", "BuyerComes")),
        ("PartnerChanged", "buyer"),
        ("ImportAsked", "operator"),
        ("ChangeAsked", "operator"),
        ("PaperHandedIn", "operator"),
        *((event, role) for event in ("PaperDecided", "PaperExpiring") for role in _TRADING),
        ("ApplicationSubmitted", "operator"),
        ("ApplicationAnswered", "operator"),
        *((event, role) for event in ("ApplicationAsked", "ApplicationApproved") for role in _APPLYING),
        ("StatementIssued", "supplier"),
        ("StatementIssued", "partner"),
        ("TicketOpened", "operator"),
        ("TicketReplied", "operator"),
        ("TicketReopened", "operator"),
        *((event, role) for event in ("TicketAskedBack", "TicketAnswered") for role in (PERSON, *_TRADING)),
        *(("AnnouncementPublished", role) for role in _EVERYBODY),
        *((event, role) for event in ("AgreementPublished", "AgreementLapses") for role in _TRADING),
        *(("PollOpened", role) for role in _EVERYBODY),
        *((event, role) for event in ("MeetingCalled", "MeetingMoved", "MeetingIsNear") for role in _EVERYBODY),
    }),
    Kind.TROUBLE: frozenset({
        *(("EntryBegun", role) for role in _TRADING),
        *(("PaperLapsed", role) for role in _TRADING),
        *(("ApplicationRejected", role) for role in _APPLYING),
        *(("MeetingCalledOff", role) for role in _EVERYBODY),
        ("SupplierOrderCancelled", "buyer"),
        ("SupplierOrderCancelled", "partner"),
        ("SupplierOrderCancelled", "supplier"),
        ("PaymentFailed", "buyer"),
    }),
    Kind.MONEY: frozenset({
        ("RefundGranted", "buyer"),
        ("RefundGranted", "partner"),
        ("PaymentReceived", "buyer"),
        ("PayoutSent", "supplier"),
        ("PayoutSent", "partner"),
    }),
}  # fmt: skip


def kind_of(event: str, role: str) -> Kind:
    """What the notice of an event is to a role; what is in no other list is progress."""
    return next((kind for kind, told_ in _KINDS.items() if (event, role) in told_), Kind.PROGRESS)


class MailStatus(StrEnum):
    """Where a mail is: on its way, or at an end."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"  # there was nothing to tell any more
    FAILED = "failed"


FRESH = dt.timedelta(days=1)
"""What is older when it is found is told by the bell alone: nobody wants last week's mails at once."""
GIVEN_UP_AFTER = dt.timedelta(minutes=10)
"""How long a worker may be at one mail; then another one takes it."""
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))


def next_try(at: dt.datetime, tries: int) -> dt.datetime | None:
    """When a mail that could not be sent is tried again; None after about eleven hours."""
    return at + WAITS[tries - 1] if tries <= len(WAITS) else None


Composer = Callable[[Any], tuple[str, str]]
"""Makes subject and text of a letter (queries.Letter, an invitation's or a visitor's), in the reader's language: the
portals, who know their pages."""
_composers: list[Composer] = []


def register_composer(composer: Composer) -> None:
    """Make known who writes the letters; the portals do this when the program starts."""
    _composers[:] = [composer]


def composer() -> Composer:
    """Whoever writes the letters."""
    return _composers[0]
