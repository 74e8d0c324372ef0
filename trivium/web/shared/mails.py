"""What a mail says: a notice in the reader's own language, with the way to it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from trivium.notices.queries import Letter
from trivium.web.shared.paths import path_of
from trivium.web.shared.words import word


def compose(letter: Letter) -> tuple[str, str]:
    """Subject and text."""
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
