"""allauth's views under our look: its forms become ours, with our words beside each field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from allauth.core import ratelimit
from allauth.core.exceptions import RateLimited
from django import forms
from django.contrib.messages import get_messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trivium.parties.rules import PURPOSES, Purpose
from trivium.web.shared.forms import Field, Form, Kind
from trivium.web.shared.notice import consent_field

Words = str | Promise
KINDS: Mapping[str, Kind] = {"email": "email", "password": "password", "checkbox": "checkbox", "hidden": "hidden"}
TOO_OFTEN = {"too_many_login_attempts", "rate_limited"}

ASKED: Mapping[str, tuple[Words, Words]] = {
    "login": (
        _("Mail address or phone"),
        _("The one you signed up with. A phone outside China begins with + and the country's code."),
    ),  # fmt: skip
    "password": (_("Password"), _("Capital and small letters are told apart.")),
    "oldpassword": (_("Your password now"), _("So that nobody else changes it at your unlocked screen.")),
    "password1": (_("New password"), _("At least 10 characters; not your name, nor one that many people use.")),
    "name": (_("Your name"), _("As colleagues and trading partners shall read it.")),
    "email": (_("Mail address"), _("A code goes there, to see that it is yours.")),
    "phone": (_("Mobile phone"), _("A code goes there. A phone outside China begins with + and the country's code.")),
    "code": (_("Confirmation code"), _("Six digits, good for a few minutes and for one use.")),
}
"""What is asked, by the name of the field: its label and its help."""
AGREED: Mapping[str, Purpose] = {f"agrees_{purpose.code}": purpose for purpose in PURPOSES}


@dataclass(frozen=True, slots=True)
class Way:
    """A link below the forms."""

    words: Words
    url: str


def drawn(form: forms.BaseForm, name: str, url: str, button: Words, **more: Any) -> Form:
    """One of allauth's forms as ours; `more` is for Form, `extra` are fields besides, `asked` other words."""
    extra, asked = more.pop("extra", ()), {**ASKED, **more.pop("asked", {})}
    fields = tuple(field_of(bound, asked) for bound in form)
    error = " ".join(str(each) for each in form.non_field_errors()) if form.is_bound else ""
    return Form(name, url, str(button), (*fields, *extra), error=error, **more)


def field_of(bound: BoundField, asked: Mapping[str, tuple[Words, Words]]) -> Field:
    """One field of a form of allauth's as ours."""
    widget = bound.field.widget
    kind = KINDS.get(str(widget.attrs.get("type") or getattr(widget, "input_type", "")), "text")
    if bound.is_hidden:
        return Field(bound.html_name, kind="hidden", value=str(bound.value() or ""))
    if bound.name in AGREED:
        return replace(consent_field(AGREED[bound.name]), value=str(bound.value() or ""),
                       error=" ".join(str(each) for each in bound.errors) if bound.form.is_bound else "")  # fmt: skip
    label, help_text = asked[bound.name]
    value = "" if kind == "password" else str(bound.value() or "")
    error = " ".join(str(each) for each in bound.errors) if bound.form.is_bound else ""
    limit = int(getattr(bound.field, "max_length", None) or 0)
    autocomplete = str(widget.attrs.get("autocomplete") or "")
    return Field(bound.html_name, str(label), kind, value, str(help_text), required=bound.field.required, limit=limit,
                 autocomplete=autocomplete, error=error)  # fmt: skip


def is_too_often(form: forms.BaseForm) -> bool:
    """Whether a form came back because it was sent too often."""
    return any(error["code"] in TOO_OFTEN for errors in form.errors.get_json_data().values() for error in errors)


class Page:
    """Comes before one of allauth's views, and draws it."""

    template_name = "account/page.html"
    title: Words = ""
    lead: Words = ""
    button: Words = ""
    name = "account"
    asked: Mapping[str, tuple[Words, Words]] = {}

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        """The forms of the page, in their order."""
        if "form" not in context:
            return ()
        back = str(context.get("redirect_field_value") or "")
        extra = (Field("next", kind="hidden", value=back),) if back else ()
        path: str = self.request.path  # type: ignore[attr-defined]
        return (drawn(context["form"], self.name, path, self.button, extra=extra, asked=self.asked),)

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        """Where else one can go from here."""
        return ()

    def said(self, context: dict[str, Any]) -> Words:
        """What the page says above its forms."""
        return self.lead

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)  # type: ignore[misc]
        ours = {"title": self.title, "lead": self.said(context), "forms": self.shown(context)}
        return {**context, **ours, "ways": self.ways(context), "told": told(self.request)}  # type: ignore[attr-defined]

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **named)  # type: ignore[misc]
        except RateLimited:
            response = ratelimit.respond_429(request)
        return response

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 429 if is_too_often(form) else 422
        return response


def told(request: HttpRequest) -> list[str]:
    """What allauth has to say about what was just done."""
    return [message.message for message in get_messages(request)]
