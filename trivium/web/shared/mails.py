"""What a mail says: a notice in the reader's own language, with the way to it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _
from trivium.notices.queries import Letter
from trivium.parties.queries import InvitationLetter
from trivium.service.queries import VisitorLetter
from trivium.web.shared.filters import day
from trivium.web.shared.paths import path_of
from trivium.web.shared.words import word

TO_VISITORS = {
    "opened": _("Your feedback %(number)s has arrived"),
    "answered": _("Your feedback %(number)s was answered"),
    "asked": _("A question about your feedback %(number)s waits for you"),
    "closed": _("Your feedback %(number)s is closed"),
    "reopened": _("Your feedback %(number)s is open again"),
}
"""What became of feedback that was given without signing in. Nothing that was written stands in a mail."""


def compose(letter: Letter | InvitationLetter | VisitorLetter) -> tuple[str, str]:
    """Subject and text."""
    if isinstance(letter, VisitorLetter):
        return _to_visitor(letter)
    return _invitation(letter) if isinstance(letter, InvitationLetter) else _notice(letter)


def _to_visitor(letter: VisitorLetter) -> tuple[str, str]:
    with translation.override(letter.locale):
        link = settings.TRIVIUM["SITE_URL"] + reverse("web:visited", args=[letter.token])
        subject = gettext(TO_VISITORS[letter.what]) % {"number": letter.number}
        context = {"sentence": subject, "link": link}
        return subject, render_to_string("mail/visitor.txt", context).strip() + "\n"


def _invitation(letter: InvitationLetter) -> tuple[str, str]:
    with translation.override(letter.locale):
        context = {
            "inviter": letter.invited_by,
            "company": letter.organization,
            "role": word("role", letter.role),
            "until": day(letter.expires_at),
            "link": settings.TRIVIUM["SITE_URL"] + reverse("web:invitation", args=[letter.token]),
        }
        subject = gettext("%(company)s invites you") % context
        return subject, render_to_string("mail/invitation.txt", context).strip() + "\n"


def _notice(letter: Letter) -> tuple[str, str]:
    actor, notice, site = letter.actor, letter.notice, settings.TRIVIUM["SITE_URL"]
    notices = reverse(f"{actor.role}:notices") if letter.organization_name else ""
    link = path_of(actor.role, notice.link_ref) or notices
    with translation.override(letter.locale):
        sentence = gettext(notice.message) % {"number": notice.number}
        context = {
            "name": letter.name,
            "sentence": sentence,
            "link": site + link,
            "company": letter.organization_name,
            "role": word("role", actor.role),
            "notices": site + notices,
        }
        return sentence.rstrip(".。"), render_to_string("mail/notice.txt", context).strip() + "\n"
