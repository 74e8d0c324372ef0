"""Our answers to what allauth asks: who is new, what mails say, where codes go, how often something may be tried."""

import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from trivium.core.errors import Refusal
from trivium.core.time import now
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.rules import read_phone, text_sender
from trivium.web.account.letters import compose
from trivium.web.shared.refusals import text_of

log = logging.getLogger("trivium.sign_in")


class PhoneField(forms.CharField):
    """A phone, as people write it."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("max_length", 40)
        named.setdefault("widget", forms.TextInput(attrs={"autocomplete": "tel"}))
        super().__init__(**named)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return read_phone(text) if text else ""
        except Refusal as refusal:
            raise forms.ValidationError(text_of(refusal), code="bad_phone") from None


class MailStage(EmailVerificationStage):
    """Mail has to be confirmed by whoever has one; a confirmed phone, or another service, is as good without."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is not None and not user.email and _is_known_otherwise(user.pk):
            return None, True
        found: tuple[HttpResponse | None, bool] = super().handle()
        return found


def _is_known_otherwise(user_id: int) -> bool:
    phone = queries.phone_of(user_id)
    return (phone is not None and phone[1]) or bool(queries.links_of(user_id))


class Adapter(DefaultAccountAdapter):
    """allauth's account adapter for Trivium."""

    error_messages = {
        "account_inactive": _("This sign-in is closed. Ask the administrator of your company."),
        "cannot_remove_primary_email": _("This is your only mail address. Enter another one first."),
        "duplicate_email": _("This is your mail address already."),
        "email_password_mismatch": _("Mail address and password do not belong together. Check both and try again."),
        "phone_password_mismatch": _("Phone and password do not belong together. Check both and try again."),
        "username_password_mismatch": _(
            "Mail address and password do not belong together. Check both and try again."
        ),
        "email_taken": _("This mail address belongs to another sign-in. Use another one."),
        "enter_current_password": _("That is not your password now. Try again."),
        "incorrect_code": _("That is not the code. Read it again, or have a new one sent."),
        "incorrect_password": _("That is not your password. Try again."),
        "invalid_or_expired_key": _("This link has been used, or is too old. Ask for a new one."),
        "invalid_login": _("Enter a mail address or a phone."),
        "invalid_password_reset": _("This link has been used, or is too old. Ask for a new one."),
        "max_email_addresses": _("You have %d mail addresses, and cannot have more."),
        "phone_taken": _("This phone belongs to another sign-in. Use another one."),
        "too_many_login_attempts": _("This was tried too often. Wait a few minutes, then try again."),
        "unknown_email": _("There is no sign-in under this mail address."),
        "unknown_phone": _("There is no sign-in under this phone."),
        "unverified_primary_email": _("Your mail address must be confirmed first."),
        "username_blacklisted": _("Choose another name."),
        "username_taken": _("Choose another name."),
        "select_only_one": _("Enter a mail address or a phone, not both."),
        "same_as_current": _("This is what you have already. Enter another one."),
        "rate_limited": _("This was tried too often. Wait a few minutes, then try again."),
    }

    # -- people ----------------------------------------------------------------------------------------------------

    def new_user(self, request: HttpRequest) -> Any:
        """Somebody who reads in the language of this page."""
        user: Any = super().new_user(request)
        user.created_at, user.locale = now(), get_language() or "en"
        return user

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Somebody new, and what they agree to with it: both are kept, or neither."""
        user.name = form.cleaned_data.get("name") or user.name
        with transaction.atomic():
            saved = super().save_user(request, user, form, commit)
            parties.agree_at_sign_up(saved.pk, form.agreed(), notice=form.cleaned_data["notice"], via=form.way())
        return saved

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "trivium.web.account.adapter.MailStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse:
        """Go on in the language of whoever has come, unless this browser has chosen one."""
        response: HttpResponse = super().post_login(request, user, **named)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and user.locale in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.locale, samesite="Lax")
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": gettext("Use your password"),
            "mfa_reauthenticate": gettext("Use a code from your app"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey"),
        }
        return [{**each, "description": words[each["id"]]} for each in super().get_reauthentication_methods(user)]

    # -- how often -------------------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """A password is tried for somebody from somewhere: each such pair is counted besides, and more strictly.

        The person alone has much room, so that strangers cannot lock anybody out with a few wrong passwords.
        """
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_failed_here", key=self._pair(request, credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whoever these words belong to; a right password makes the wrong ones before it forgotten."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            ratelimit.clear(request, action="login_failed_here", key=self._pair(request, credentials))
        return user

    def _pair(self, request: HttpRequest, credentials: Mapping[str, Any]) -> str:
        who = str(credentials.get("email") or credentials.get("phone") or "").strip().lower()
        return f"{who} {self.get_client_ip(request)}"

    def forget_wrong_passwords(self, request: HttpRequest, user: Any) -> None:
        """Whoever has just set a new password may try it at once."""
        for who in filter(None, (user.email, *(self.get_phone(user) or ())[:1])):
            ratelimit.clear(request, action="login_failed_here", key=self._pair(request, {"email": who}))

    # -- addresses -------------------------------------------------------------------------------------------------

    def is_safe_url(self, url: str) -> bool:
        """Only to pages of this site, by their path."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in a mail: to the site's own address, whatever the request called it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.TRIVIUM['SITE_URL']}{path.replace('UID-KEY', key)}"

    # -- mails -----------------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our letters, in the language of its reader."""
        site = settings.TRIVIUM["SITE_URL"]
        links = {"signup_url": "account_signup", "password_reset_url": "account_reset_password"}
        ours = {name: site + reverse(to) for name, to in links.items() if name in context}
        if template_prefix.endswith("password_reset_key"):
            ours = {}
        user = context.get("user")
        with translation.override(user.locale if user is not None else get_language()):
            subject, text = compose(template_prefix.rpartition("/")[2], {**context, **ours})
        try:
            EmailMessage(subject, text, None, [email]).send()
        except (OSError, smtplib.SMTPException) as error:
            self._not_sent(error)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def _not_sent(self, error: Exception) -> None:
        log.warning("Nothing could be sent: %s", type(error).__name__)
        raise ImmediateHttpResponse(render(self.request, "account/not_sent.html", status=503)) from error

    # -- phones ----------------------------------------------------------------------------------------------------

    def phone_form_field(self, **named: Any) -> PhoneField:
        return PhoneField(**named)

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        (parties.confirm_phone if verified else parties.name_phone)(user.pk, phone)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return queries.phone_of(user.pk)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        parties.confirm_phone(user.pk, phone)

    def get_user_by_phone(self, phone: str) -> Any:
        return queries.person_by_phone(phone)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **named: Any) -> None:
        self._text(phone, gettext("Trivium: your code is %(code)s. It is good for a few minutes; tell it to nobody."),
                   code=code)  # fmt: skip

    def send_unknown_account_sms(self, phone: str, **named: Any) -> None:
        self._text(phone, gettext("Trivium: there is no sign-in under this phone. You can sign up on our site."))

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._text(phone, gettext("Trivium: this phone has a sign-in already. Sign in with a code."))

    def _text(self, phone: str, text: str, **named: str) -> None:
        sender = text_sender()
        if sender is None:
            self._not_sent(ConnectionError("nobody carries short messages"))
            return
        try:
            sender.send(phone, text % named)
        except OSError as error:
            self._not_sent(error)


class SecondFactors(DefaultMFAAdapter):
    """allauth's adapter for second factors and passkeys: secrets under the vault's keys, and our words."""

    error_messages = {
        "add_email_blocked": _("Remove the second step first, then change your mail address."),
        "cannot_delete_authenticator": _("This second step cannot be removed."),
        "cannot_generate_recovery_codes": _("Recovery codes go with a second step. Add one first."),
        "incorrect_code": _("That did not fit. Try again with the newest code, or with a passkey you have added."),
        "unverified_email": _("Confirm your mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return parties.seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return parties.open_secret(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = sum(each.kind == type for each in queries.factors_of(user.pk))
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.name, "name": user.email or user.name}

    def get_totp_label(self, user: Any) -> str:
        return str(user.email or user.name)
