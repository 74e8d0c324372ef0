"""The mail of an invitation: to an address that belongs to nobody here yet, so it is no notice."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from trivium.core.time import now
from trivium.notices.rules import composer
from trivium.parties import queries as parties


def send_invitation(ref: str) -> bool:
    """Send an invitation's link, if it is still open; whether a mail went out.

    No transaction of its own: nothing is locked while the mail server is spoken to. What fails is tried again by the
    worker; a mail that went out twice has the same Message-ID and opens the same link.
    """
    letter = parties.invitation_letter(ref, now())
    if letter is None:
        return False
    subject, text = composer()(letter)
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<invitation-{ref}@{host}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, None, [letter.email], headers=headers).send()
    return True
