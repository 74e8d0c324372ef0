"""Pages for whoever is not signed in: sign up, sign in, with a password or a code, and a forgotten password."""

from collections.abc import Sequence
from typing import Any

from allauth.account import views as theirs
from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trivium.parties.rules import text_sender
from trivium.web.account import elsewhere
from trivium.web.account.drawing import Page, Way, Words, drawn, told
from trivium.web.account.forms import PhoneSignUpForm
from trivium.web.account.notice import Notified
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.gone import not_found


class SignIn(Page, theirs.LoginView):
    template_name = "account/passkey.html"
    name, title, button = "sign-in", _("Sign in"), _("Sign in")
    lead = _("One sign-in for every workspace you belong to.")

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context = super().get_context_data(**named)
        key = {"do": "ask", "url": reverse("mfa_login_webauthn"), "button": _("Sign in with a passkey"), "options": ""}
        return {**context, "passkey": key, "services": elsewhere.forms_for(self.request, "login")}

    def render_to_response(self, context: dict[str, Any], **named: Any) -> HttpResponse:
        return elsewhere.lets_out(super().render_to_response(context, **named))

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        onward = self.passthrough_next_url
        return (
            Way(gettext("Sign in with a code instead"), onward(reverse("account_request_login_code"))),
            Way(gettext("Forgotten your password?"), reverse("account_reset_password")),
            Way(gettext("New here? Sign up"), onward(reverse("account_signup"))),
        )


class AskCode(Page, theirs.RequestLoginCodeView):
    name, title, button = "ask-code", _("Sign in with a code"), _("Send a code")
    lead = _("We send a code to your mail address or your phone. No password is needed.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("Sign in with a password instead"), self.passthrough_next_url(reverse("account_login"))),)


def code_forms(path: str, context: dict[str, Any]) -> Sequence[Form]:
    """A code has been sent; enter it, or have another sent."""
    back = str(context.get("redirect_field_value") or "")
    onward = (Field("next", kind="hidden", value=back),) if back else ()
    enter = drawn(context["verify_form"], "code", path, _("Go on"), extra=onward)
    is_entry = not context.get("cancel_url")
    cancel = (Form("cancel", reverse("account_logout"), gettext("Begin again"), onward, tone="quiet"),) * is_entry
    if not context.get("can_resend"):
        return (enter, *cancel)
    note = gettext("Nothing has come? Look in the spam folder, too.") if context.get("email") else ""
    again = (Field("action", kind="hidden", value="resend"), *onward)
    return (enter, Form("again", path, gettext("Send another code"), again, tone="quiet", note=note), *cancel)


def code_lead(context: dict[str, Any]) -> str:
    """Where a code went, as far as somebody may know who only says who they are."""
    to = context.get("email") or context.get("phone")
    return gettext("If %(to)s can be reached, a code is on its way there.") % {"to": to}


class _EnterCode(Page):
    title: Words = _("Enter the code")

    def said(self, context: dict[str, Any]) -> Words:
        return code_lead(context)

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return code_forms(self.request.path, context)  # type: ignore[attr-defined]


class EnterSignInCode(_EnterCode, theirs.ConfirmLoginCodeView):
    pass


class EnterMailCode(_EnterCode, theirs.ConfirmEmailVerificationCodeView):
    title = _("Confirm your mail address")


def enter_phone_code(request: HttpRequest) -> HttpResponseBase:
    """The code that went to a phone: of somebody new, or of somebody who changes theirs."""
    response: HttpResponseBase = theirs.verify_phone(request)
    if isinstance(response, TemplateResponse):
        context: dict[str, Any] = response.context_data or {}
        ours = {"title": gettext("Confirm your phone"), "lead": code_lead(context),
                "forms": code_forms(request.path, context), "told": told(request)}  # fmt: skip
        response.template_name, response.context_data = Page.template_name, {**context, **ours}
        if context["verify_form"].errors:
            response.status_code = 422
    return response


class SignUp(Notified, Page, theirs.SignupView):
    name, title, button = "sign-up", _("Sign up"), _("Sign up")
    lead = _("For people. Your company is admitted afterwards, or adds you if it trades here already.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        onward = self.passthrough_next_url
        by_phone = Way(gettext("Sign up by phone instead"), onward(reverse("account_signup_phone")))
        sign_in = Way(gettext("Signed up already? Sign in"), onward(reverse("account_login")))
        return (by_phone, sign_in) if text_sender() else (sign_in,)


class SignUpByPhone(Notified, Page, theirs.SignupView):
    name, title, button = "sign-up", _("Sign up by phone"), _("Send a code")
    lead = _("A code that we send you stands for a password. You can add a mail address and a password later.")
    form_class = PhoneSignUpForm

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **named) if text_sender() else not_found(request)
        return answer

    def get_form_class(self) -> type[PhoneSignUpForm]:
        return PhoneSignUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        named: dict[str, Any] = super().get_form_kwargs()
        return {**named, "email_required": False}

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("Sign up by mail instead"), self.passthrough_next_url(reverse("account_signup"))),)


class ForgottenPassword(Page, theirs.PasswordResetView):
    name, title, button = "forgotten", _("Set a new password"), _("Send a link")
    lead = _("We send a link to your mail address. With it you set a new password; the old one is not needed.")
    asked = {"email": (_("Mail address"), _("The one you signed up with."))}

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("To the sign-in"), reverse("account_login")),)


class LinkSent(Page, theirs.PasswordResetDoneView):
    title = _("Look into your mails")
    lead = _("If the address can be reached, a link to set a new password is on its way there. It is good for three "
             "hours. Look among unwanted mails, too.")  # fmt: skip

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("To the sign-in"), reverse("account_login")),)


class NewPassword(Page, theirs.PasswordResetFromKeyView):
    name, title, button = "new-password", _("Set a new password"), _("Keep it")

    def said(self, context: dict[str, Any]) -> Words:
        if context.get("token_fail"):
            return gettext("This link has been used, or is too old. Ask for a new one.")
        return gettext("Everywhere else you are signed out with it.")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        return () if context.get("token_fail") else super().shown(context)

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        found = (Way(gettext("Ask for a new link"), reverse("account_reset_password")),)
        return found if context.get("token_fail") else ()

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        get_adapter().forget_wrong_passwords(self.request, self.reset_user)
        return response


class NewPasswordKept(Page, theirs.PasswordResetFromKeyDoneView):
    title = _("Your new password is kept")
    lead = _("Sign in with it now.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("To the sign-in"), reverse("account_login")),)


class Closed(Page, theirs.AccountInactiveView):
    title = _("This sign-in is closed")
    lead = _("Ask the administrator of your company, or the operator of this site.")


class SignOut(theirs.LogoutView):
    """End the session; never by a mere link."""

    http_method_names = ["post"]
