"""What a mail says: a notice in the reader's own language, with the way to it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from trivium.notices.queries import Letter
from trivium.parties.queries import InvitationLetter
from trivium.web.shared.filters import day
from trivium.web.shared.paths import path_of
from trivium.web.shared.words import word


def compose(letter: Letter | InvitationLetter) -> tuple[str, str]:
    """Subject and text."""
    return _invitation(letter) if isinstance(letter, InvitationLetter) else _notice(letter)


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
