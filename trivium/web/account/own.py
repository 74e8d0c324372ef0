"""Pages for whoever is signed in: what they sign in with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account import views as theirs
from allauth.account.adapter import get_adapter
from allauth.usersessions import views as theirs_sessions
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trivium.core.time import now
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.rules import text_sender
from trivium.web.account.drawing import Page, Way, Words, drawn, told
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.gone import not_found
from trivium.web.shared.workspace import WorkspaceRequest


@page
def ways(request: WorkspaceRequest) -> Shown:
    """What this person signs in with, where they are signed in, and where each is changed."""
    person: Any = request.user
    factors = queries.factors_of(person.pk)
    sessions = queries.sessions_of(person.pk, now())
    here = request.session.session_key
    context = {
        "rows": [*_first_ways(person), *_second_steps(factors)],
        "passkeys": [each for each in factors if each.kind == "webauthn"],
        "sessions": [(each, each.session_key == here, _end_form(each.id)) for each in sessions],
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
        yield Row(gettext("Phone"), number or none, change if number else add, reverse("account_change_phone"))
    if person.has_usable_password():
        yield Row(gettext("Password"), gettext("Kept"), change, reverse("account_change_password"))
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


def _end_form(session_id: int) -> Form:
    url = reverse("web:end_session", args=[session_id])
    return Form(f"end-{session_id}", url, gettext("Sign out there"), tone="quiet", is_inline=True)


@act
def end_session(request: WorkspaceRequest, pk: int) -> None:
    """Sign out of one browser."""
    parties.end_session(request.actor, pk)


class Sessions(theirs_sessions.ListUserSessionsView):
    """Sign out everywhere else; the list itself stands among the ways to sign in."""

    http_method_names = ["post"]
    success_url = reverse_lazy("web:ways")


class OwnPage(Page):
    """A page that leads back to the overview."""

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("All ways to sign in"), reverse("web:ways")),)


class Again(OwnPage, theirs.ReauthenticateView):
    name, title, button = "again", _("Is it you?"), _("Go on")
    lead = _("What comes next concerns your sign-in, so we ask for your password once more.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return [Way(str(each["description"]), each["url"]) for each in context["reauthentication_alternatives"]]


class Mail(OwnPage, theirs.EmailView):
    name, title, button = "mail", _("Mail address"), _("Send a code")

    def said(self, context: dict[str, Any]) -> Words:
        current = context.get("current_emailaddress")
        if current is None:
            return gettext("You have none yet. A code goes to the one you enter.")
        return gettext("It is %(mail)s until you have confirmed another one.") % {"mail": current.email}

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        act = (Field("action_add", kind="hidden", value="1"),)
        return (drawn(context["form"], self.name, self.request.path, self.button, extra=act),)


class Phone(OwnPage, theirs.ChangePhoneView):
    name, title, button = "phone", _("Phone"), _("Send a code")

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **named) if text_sender() else not_found(request)
        return answer

    def said(self, context: dict[str, Any]) -> Words:
        found = get_adapter().get_phone(self.request.user)
        if found is None or not found[1]:
            return gettext("You have none yet. A code goes to the one you enter.")
        return gettext("It is %(phone)s until you have confirmed another one.") % {"phone": found[0]}


class ChangePassword(OwnPage, theirs.PasswordChangeView):
    name, title, button = "password", _("Change your password"), _("Keep it")
    lead = _("Everywhere else you are signed out with it.")


class FirstPassword(OwnPage, theirs.PasswordSetView):
    name, title, button = "password", _("Set a password"), _("Keep it")
    lead = _("You can then sign in with your mail address or phone and this password.")
