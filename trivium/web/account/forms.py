"""What allauth's forms ask, where we ask for something else."""

import struct
from typing import Any

from allauth.account import forms as theirs
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_factors
from allauth.mfa.webauthn import forms as keys
from allauth.socialaccount import forms as others
from django import forms

from trivium.parties.errors import NotAgreed, OtherWords
from trivium.parties.rules import NOTICE, PURPOSES, check_agreed
from trivium.web.shared.refusals import text_of


def _name() -> forms.CharField:
    return forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class Agreeing(forms.Form):
    """What a person agrees to while signing up: each purpose by itself, none ticked beforehand."""

    kind = "mail"

    def ask_consents(self) -> None:
        """Put the purposes, and which words of theirs were shown, below the rest."""
        for purpose in PURPOSES:
            self.fields[f"agrees_{purpose.code}"] = forms.BooleanField(required=False)
        self.fields["notice"] = forms.CharField(initial=NOTICE, required=False, widget=forms.HiddenInput())

    def agreed(self) -> list[str]:
        """The purposes that were ticked."""
        return [each.code for each in PURPOSES if self.cleaned_data.get(f"agrees_{each.code}")]

    def way(self) -> str:
        """The way they sign up by, as it is kept beside each consent."""
        return f"sign-up:{self.kind}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            check_agreed(self.agreed(), notice=cleaned.get("notice", ""))
        except NotAgreed as refusal:
            self.add_error(refusal.field, forms.ValidationError(text_of(refusal), code=refusal.code))
        except OtherWords as refusal:
            shown: Any = self.data
            shown = shown.copy()
            shown["notice"] = NOTICE
            self.data = shown
            self.add_error(None, forms.ValidationError(text_of(refusal), code=refusal.code))
        return cleaned


class SignInForm(theirs.LoginForm):
    """By mail address or phone, and password."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["login"] = forms.CharField(
            max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"})
        )
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, Any]:
        """Phones as they are stored, however they were written."""
        found: dict[str, Any] = super().user_credentials()
        if "phone" in found:
            found["phone"] = get_adapter().phone_form_field().clean(found["phone"])
        return found


_EITHER = {"email", "phone"}


class CodeForm(theirs.RequestLoginCodeForm):
    """By a code that goes to a mail address or a phone: one box for both."""

    def __init__(self, data: Any = None, **named: Any) -> None:
        if data is not None:
            login = str(data.get("login") or "").strip()
            data = data.copy()
            data["email"], data["phone"] = (login, "") if "@" in login else ("", login)
        super().__init__(data, **named)
        for name in self.fields.keys() & _EITHER:
            self.fields[name].widget = forms.HiddenInput()
        self.fields["login"] = forms.CharField(
            max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"})
        )
        self.order_fields(["login"])

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the address or the phone stands at the box it was written into."""
        super().add_error("login" if field in _EITHER else field, error)

    def clean(self) -> dict[str, Any]:
        """Whatever is wrong with one of the two is wrong with the box."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("email", "phone"):
            for error in self.errors.pop(name, forms.utils.ErrorList()).as_data():
                self.add_error("login", error)
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("login", get_adapter().validation_error("invalid_login"))
        return cleaned


class SignUpForm(Agreeing, theirs.SignupForm):
    """By mail address; the phone comes later, or never."""

    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"] = _name()
        email: Any = self.fields["email"]
        email.max_length = 254
        self.fields.pop("phone", None)
        self.order_fields(self.field_order)
        self.ask_consents()


class PhoneSignUpForm(Agreeing, theirs.SignupForm):
    """By phone alone: a code that goes there stands for a password."""

    kind = "phone"
    field_order = ["name", "phone"]

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"] = _name()
        for name in ("email", "password1"):
            self.fields.pop(name, None)
        self.fields["phone"].required = True
        self.order_fields(self.field_order)
        self.ask_consents()


class ServiceSignUpForm(Agreeing, others.SignupForm):
    """By another service, which has said who they are: the name can be mended, the rest is theirs to agree to."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in ("email", "phone"):
            self.fields.pop(name, None)
        self.fields["name"] = _name()
        self.fields["name"].initial = self.sociallogin.user.name
        self.kind = self.sociallogin.account.provider
        self.ask_consents()


class ChangePasswordForm(theirs.ChangePasswordForm):
    """The new password once: it can be made visible, and set anew by mail."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["password2"]


class SetPasswordForm(theirs.SetPasswordForm):
    """Likewise, for whoever has none yet."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["password2"]


class ResetPasswordForm(theirs.ResetPasswordKeyForm):
    """Likewise, for whoever has forgotten theirs."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["password2"]


NONSENSE = (LookupError, TypeError, ValueError, AttributeError, struct.error)
"""How a library that reads WebAuthn's bytes says that they are none."""


class AddPasskeyForm(keys.AddWebAuthnForm):
    """A new passkey; what is none is refused and breaks nothing."""

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            raise
        except NONSENSE:
            raise get_factors().validation_error("incorrect_code") from None
        return cleaned


class _Signed:
    """What a passkey has signed; what is none is refused and breaks nothing."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            raise
        except NONSENSE:
            raise get_factors().validation_error("incorrect_code") from None


class SecondByPasskeyForm(_Signed, keys.AuthenticateWebAuthnForm):
    """The second step."""


class SignInByPasskeyForm(_Signed, keys.LoginWebAuthnForm):
    """The only step."""


class AgainByPasskeyForm(_Signed, keys.ReauthenticateWebAuthnForm):
    """Showing once more that it is oneself."""
