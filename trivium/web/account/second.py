"""Second steps and passkeys: codes from an app, recovery codes, and keys that a device keeps."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.base import views as theirs
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from trivium.web.account.drawing import Page, Way, Words, drawn, field_of
from trivium.web.account.own import OwnPage
from trivium.web.shared.forms import Form

FROM_APP: Mapping[str, tuple[Words, Words]] = {
    "code": (_("Confirmation code"), _("Six digits that your authenticator app shows now, or a recovery code.")),
    "name": (_("Name of the passkey"), _("Such as the device it is on, so that you know it again.")),
}


def passkey(do: str, path: str, button: Words, options: Any = None) -> dict[str, Any]:
    """What the page's script needs: "create", "get", or "ask" (get, with options it asks for itself)."""
    told = json.dumps(options, cls=DjangoJSONEncoder) if options is not None else ""
    return {"passkey": {"do": do, "url": path, "button": button, "options": told}}


class _Asked(Page):
    """Forms whose code comes from an app."""

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        if context.get("form") is None:
            return ()
        path: str = self.request.path  # type: ignore[attr-defined]
        return (drawn(context["form"], self.name, path, self.button, asked=FROM_APP),)


class Enter(_Asked, theirs.AuthenticateView):
    """The second step of signing in."""

    template_name = "account/passkey.html"
    name, title, button = "second", _("Second step"), _("Sign in")
    lead = _("You have added a second step to your sign-in.")

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super().get_context_data(**named)
        keys = context.get("js_data", {}).get("request_options")
        cancel = Form("cancel", reverse("account_logout"), gettext("Begin again"), tone="quiet")
        key = passkey("get", self.request.path, _("Use a passkey"), keys)
        return {**context, **key, "forms": (*context["forms"], cancel)}


class SignIn(webauthn.LoginWebAuthnView):
    """Signing in by passkey alone: what the sign-in page's button asks and sends."""


class Again(OwnPage, theirs.ReauthenticateView):
    name, title, button = "again", _("Is it you?"), _("Go on")
    lead = _("What comes next concerns your sign-in, so we ask once more.")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return (drawn(context["form"], self.name, self.request.get_full_path(), self.button, asked=FROM_APP),)

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return other_ways(context)


class PasskeyAgain(OwnPage, webauthn.ReauthenticateWebAuthnView):
    template_name = "account/passkey.html"
    title = _("Is it you?")
    lead = _("What comes next concerns your sign-in, so we ask once more.")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return ()

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super().get_context_data(**named)
        options = context["js_data"]["request_options"]
        return {**context, **passkey("get", self.request.get_full_path(), _("Use a passkey"), options)}

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return other_ways(context)


def other_ways(context: dict[str, Any]) -> Sequence[Way]:
    """How else somebody can show that it is them."""
    return [Way(str(each["description"]), each["url"]) for each in context["reauthentication_alternatives"]]


class Overview(RedirectView):
    """Where allauth leads after a change."""

    pattern_name, http_method_names = "web:ways", ["get", "head"]

    def get_redirect_url(self, *args: Any, **named: Any) -> str:
        return reverse("web:ways")


class AddPasskey(OwnPage, webauthn.AddWebAuthnView):
    template_name = "account/passkey.html"
    title = _("Add a passkey")
    lead = _("Your device keeps it and unlocks it by fingerprint, face or PIN. You then sign in without a password.")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return ()

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super().get_context_data(**named)
        form = named.get("form") or context["form"]
        key = passkey("create", self.request.path, _("Add"), context["js_data"]["creation_options"])
        errors = form.non_field_errors() if form.is_bound else ()
        return {**context, **key, "fields": [field_of(form["name"], FROM_APP)], "errors": errors}


class RemovePasskey(OwnPage, webauthn.RemoveWebAuthnView):
    name, title, button = "remove", _("Remove the passkey"), _("Remove it")
    lead = _("You no longer sign in with it. Delete it on its device, too.")


class AddCodes(OwnPage, totp.ActivateTOTPView):
    template_name = "account/totp.html"
    name, title, button = "totp", _("Ask for a code from an app"), _("Switch it on")
    lead = _("Scan the picture with an authenticator app, then enter the six digits it shows.")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return (drawn(context["form"], self.name, self.request.path, self.button, asked=FROM_APP),)

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super().get_context_data(**named)
        secret = context["form"].secret
        return {**context, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


class RemoveCodes(OwnPage, totp.DeactivateTOTPView):
    name, title, button = "totp", _("No longer ask for a code"), _("Switch it off")
    lead = _("Your password alone then signs you in. Recovery codes go with it, unless you have a passkey.")


class Recovery(OwnPage, recovery.ViewRecoveryCodesView):
    template_name = "account/recovery.html"
    title = _("Recovery codes")

    def said(self, context: dict[str, Any]) -> Words:
        if context["can_view_codes"]:
            return gettext("Each stands once for a code from your app. Print them or keep them in a safe: they are "
                           "shown only now.")  # fmt: skip
        return gettext("You have %(count)s left. They are shown only once; if you have lost them, make new ones.") % {
            "count": len(context["unused_codes"])
        }

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("Make new ones"), reverse("mfa_generate_recovery_codes")), *super().ways(context))


class NewRecovery(OwnPage, recovery.GenerateRecoveryCodesView):
    name, title, button = "recovery", _("New recovery codes"), _("Make new ones")
    lead = _("The earlier ones no longer work then.")
