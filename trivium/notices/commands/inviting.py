"""Mails to an address that belongs to nobody here, so they are no notices: invitations, answers to visitors."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from trivium.core.time import now
from trivium.notices.rules import composer
from trivium.parties import queries as parties
from trivium.parties.queries import InvitationLetter
from trivium.service import queries as service
from trivium.service.queries import VisitorLetter


def send_invitation(ref: str) -> bool:
    """Send an invitation's link, if it is still open; whether a mail went out.

    No transaction of its own: nothing is locked while the mail server is spoken to. What fails is tried again by the
    worker; a mail that went out twice has the same Message-ID and opens the same link.
    """
    return _send(parties.invitation_letter(ref, now()), f"invitation-{ref}")


def tell_visitor(ref: str, what: str, word: int) -> bool:
    """Tell whoever gave feedback without signing in what became of it, likewise; whether a mail went out."""
    return _send(service.visitor_letter(ref, what), f"ticket-{ref}-{word}")


def _send(letter: InvitationLetter | VisitorLetter | None, name: str) -> bool:
    if letter is None:
        return False
    subject, text = composer()(letter)
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, None, [letter.email], headers=headers).send()
    return True
