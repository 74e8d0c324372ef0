"""Pages for whoever is signed in: what they sign in with."""

from collections.abc import Sequence
from typing import Any

from allauth.account import views as theirs
from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trivium.parties.rules import text_sender
from trivium.web.account.drawing import Page, Way, Words, drawn
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.gone import not_found
from trivium.web.shared.workspace import WorkspaceRequest


def ways(request: WorkspaceRequest) -> HttpResponse:
    """What this person signs in with, and where each is changed."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return render(request, "account/ways.html", {"rows": ways_of(request)})


def ways_of(request: WorkspaceRequest) -> list[tuple[str, str, str, str]]:
    """(what, how it stands, what can be done, where), a row each."""
    person: Any = request.user
    phone = get_adapter().get_phone(person)
    has_password = person.has_usable_password()
    change, add = gettext("Change"), gettext("Add")
    rows = [
        (gettext("Mail address"), person.email or gettext("None"), change if person.email else add,
         reverse("account_email")),
        (gettext("Password"), gettext("Kept") if has_password else gettext("None"), change if has_password else add,
         reverse("account_change_password" if has_password else "account_set_password")),
    ]  # fmt: skip
    if text_sender():
        number = phone[0] if phone and phone[1] else ""
        do = change if number else add
        rows.insert(1, (gettext("Phone"), number or gettext("None"), do, reverse("account_change_phone")))
    return rows


class _Own(Page):
    """A page that leads back to the overview."""

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("All ways to sign in"), reverse("web:ways")),)


class Again(_Own, theirs.ReauthenticateView):
    name, title, button = "again", _("Is it you?"), _("Go on")
    lead = _("What comes next concerns your sign-in, so we ask for your password once more.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return [Way(str(each["description"]), each["url"]) for each in context["reauthentication_alternatives"]]


class Mail(_Own, theirs.EmailView):
    name, title, button = "mail", _("Mail address"), _("Send a code")

    def said(self, context: dict[str, Any]) -> Words:
        now = context.get("current_emailaddress")
        if now is None:
            return gettext("You have none yet. A code goes to the one you enter.")
        return gettext("It is %(mail)s until you have confirmed another one.") % {"mail": now.email}

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        act = (Field("action_add", kind="hidden", value="1"),)
        return (drawn(context["form"], self.name, self.request.path, self.button, extra=act),)


class Phone(_Own, theirs.ChangePhoneView):
    name, title, button = "phone", _("Phone"), _("Send a code")

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **named) if text_sender() else not_found(request)
        return answer

    def said(self, context: dict[str, Any]) -> Words:
        found = get_adapter().get_phone(self.request.user)
        if found is None or not found[1]:
            return gettext("You have none yet. A code goes to the one you enter.")
        return gettext("It is %(phone)s until you have confirmed another one.") % {"phone": found[0]}


class ChangePassword(_Own, theirs.PasswordChangeView):
    name, title, button = "password", _("Change your password"), _("Keep it")
    lead = _("Everywhere else you are signed out with it.")


class FirstPassword(_Own, theirs.PasswordSetView):
    name, title, button = "password", _("Set a password"), _("Keep it")
    lead = _("You can then sign in with your mail address or phone and this password.")
