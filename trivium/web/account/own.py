"""Pages for whoever is signed in: what they sign in with."""

from collections.abc import Sequence
from typing import Any

from allauth.account import views as theirs
from allauth.account.adapter import get_adapter
from allauth.usersessions import views as theirs_sessions
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trivium.parties.rules import text_sender
from trivium.web.account.drawing import Page, Way, Words, drawn
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.gone import not_found


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
    name, title, button = "phone", _("Mobile phone"), _("Send a code")

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
