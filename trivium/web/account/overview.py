"""How somebody signs in, on one page: mail, phone, password, second steps, passkeys, other services and sessions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _
from trivium.core.time import now
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.rules import text_sender
from trivium.web.account.drawing import told
from trivium.web.account.elsewhere import forms_for, lets_out, name_of
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Form
from trivium.web.shared.workspace import WorkspaceRequest


def ways(request: WorkspaceRequest, **named: Any) -> HttpResponse:
    """What this person signs in with; the page's forms may lead to other services."""
    return lets_out(_ways(request, **named))


ways.is_page = True  # type: ignore[attr-defined]


@page
def _ways(request: WorkspaceRequest) -> Shown:
    """What this person signs in with, where they are signed in, and where each is changed."""
    person: Any = request.user
    factors = queries.factors_of(person.pk)
    sessions = queries.sessions_of(person.pk, now())
    here = request.session.session_key
    context = {
        "links": [
            {"service": name_of(each.provider, each.provider), "name": each.name}
            for each in queries.links_of(person.pk)
        ],
        "services": forms_for(request, "connect"),
        "rows": [*_first_ways(person), *_second_steps(factors)],
        "passkeys": [each for each in factors if each.kind == "webauthn"],
        "sessions": [
            (each, browser_of(each.browser), each.session_key == here, _end_form(each.id)) for each in sessions
        ],
        "told": told(request),
    }
    return Shown("account/ways.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """One way to sign in: what it is, how it stands, and what can be done about it."""

    what: str
    how: str
    act: str
    url: str


def _first_ways(person: Any) -> Iterator[Row]:
    change, add, none = gettext("Change"), gettext("Add"), gettext("None")
    yield Row(gettext("Mail address"), person.email or none, change if person.email else add, reverse("account_email"))
    if text_sender():
        phone = get_adapter().get_phone(person)
        number = phone[0] if phone and phone[1] else ""
        yield Row(gettext("Mobile phone"), number or none, change if number else add, reverse("account_change_phone"))
    if person.has_usable_password():
        yield Row(gettext("Password"), gettext("Set"), change, reverse("account_change_password"))
    else:
        yield Row(gettext("Password"), none, add, reverse("account_set_password"))


def _second_steps(factors: Sequence[queries.FactorRow]) -> Iterator[Row]:
    kinds = {each.kind for each in factors}
    app = gettext("Code from an app")
    if "totp" in kinds:
        yield Row(app, gettext("Asked for at each sign-in"), gettext("Switch it off"), reverse("mfa_deactivate_totp"))
    else:
        yield Row(app, gettext("Not asked for"), gettext("Switch it on"), reverse("mfa_activate_totp"))
    if "recovery_codes" in kinds:
        kept = gettext("For when the app is lost")
        yield Row(gettext("Recovery codes"), kept, gettext("Look at them"), reverse("mfa_view_recovery_codes"))


_BROWSERS = (
    ("wxwork", _("WeCom")), ("MicroMessenger", _("WeChat")), ("DingTalk", _("DingTalk")), ("Edg", "Edge"),
    ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_of(agent: str) -> str:
    """A browser as people know it, from what it says of itself; each that is named here also says what stands below it.

    What is not known is shown as it is, cut off.
    """
    named = [next((gettext(name) for sign, name in kinds if sign in agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, named)) or agent[:60]


def _end_form(session_id: int) -> Form:
    url = reverse("web:end_session", args=[session_id])
    return Form(f"end-{session_id}", url, gettext("Sign out there"), tone="quiet", is_inline=True)


@act
def end_session(request: WorkspaceRequest, pk: int) -> None:
    """Sign out of one browser."""
    parties.end_session(request.actor, pk)
