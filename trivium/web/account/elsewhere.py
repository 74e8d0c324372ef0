"""Other services one signs in with: WeCom, DingTalk, and whatever speaks OpenID Connect."""

from collections.abc import Sequence
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import views as theirs
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trivium.parties import queries
from trivium.web.account.drawing import Page, Way
from trivium.web.account.forms import ServiceSignUpForm
from trivium.web.account.notice import Notified
from trivium.web.account.own import OwnPage
from trivium.web.shared.forms import Field, Form

NAMES = {"wecom": _("WeCom"), "dingtalk": _("DingTalk")}


class Services(DefaultSocialAccountAdapter):
    """allauth's adapter for other services: what they say of mail is not believed, and the last way in stays."""

    error_messages = {
        "email_taken": _("This mail address has a sign-in already. Sign in with it, then add %s there."),
        "invalid_token": _("The other service's answer could not be read. Try again."),
        "no_password": _("This is your only way to sign in. Add another one first."),
        "no_verified_email": _("This is your only way to sign in. Add another one first."),
        "disconnect_last": _("This is your only way to sign in. Add another one first."),
        "connected_other": _("That belongs to another sign-in here. Remove it there first."),
    }

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        try:
            return super().get_app(request, provider, client_id)
        except ObjectDoesNotExist:
            raise Http404 from None

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those of the settings: this site keeps none in its tables."""
        return super().list_apps(request, provider, client_id) if settings.SOCIALACCOUNT_PROVIDERS else []

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """A name, and nothing else: mail and phone are confirmed here or nowhere."""
        user = sociallogin.user
        user.name, user.email = str(data.get("name") or "")[:120], None
        sociallogin.email_addresses = []
        sociallogin.account.extra_data = _without_contact(sociallogin.account.extra_data)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whom the service has called disabled or gone stays out, whatever its sign-in page says."""
        if queries.is_barred(sociallogin.account.provider, sociallogin.account.uid):
            raise ImmediateHttpResponse(render_authentication_error(request, sociallogin.account.get_provider()))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("web:ways")

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody is kept here before they have read what for, and agreed."""
        return False

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        if not has_other_way(account.user, account.pk):
            raise self.validation_error("disconnect_last")


_CONTACT = frozenset({"mobile", "phone", "phone_number", "telephone", "email", "stateCode", "address"})


def _without_contact(told: Any) -> Any:
    """What a service tells of a person, without phone, mail and street: they are not asked for, so not kept."""
    if not isinstance(told, dict):
        return told
    return {name: _without_contact(value) for name, value in told.items() if name not in _CONTACT}


def has_other_way(user: Any, account_id: int) -> bool:
    """Whether somebody can still sign in without this link."""
    if any(each.id != account_id for each in queries.links_of(user.pk)):
        return True
    phone = queries.phone_of(user.pk)
    is_key = any(each.kind == "webauthn" for each in queries.factors_of(user.pk))
    return bool(user.email) or is_key or (phone is not None and phone[1])


def forms_for(request: HttpRequest, process: str) -> Sequence[Form]:
    """A button for each service that is configured; process is "login", or "connect" for whoever is signed in."""
    found = get_adapter().list_providers(request)
    onward = request.GET.get("next", "")
    extra = (Field("next", kind="hidden", value=onward),) if onward else ()
    words = gettext("Sign in with %(service)s") if process == "login" else gettext("Add %(service)s")
    return [
        Form(f"{process}-{each.sub_id}", each.get_login_url(request),
             words % {"service": name_of(each.id, each.name)}, (Field("process", kind="hidden", value=process), *extra),
             tone="quiet")
        for each in found
    ]  # fmt: skip


def name_of(provider: str, name: str) -> str:
    """What a service is called by the reader."""
    return str(NAMES.get(provider, name))


def lets_out(response: HttpResponse) -> HttpResponse:
    """Allow the page's forms to lead to the services."""
    if settings.SIGN_IN_ORIGINS:
        kept = getattr(response, "_csp_update", None) or {}
        response._csp_update = {**kept, "form-action": settings.SIGN_IN_ORIGINS}  # type: ignore[attr-defined]
    return response


class SignUp(Notified, Page, theirs.SignupView):
    """Whoever comes by another service for the first time says how they are called, and what they agree to."""

    name, title, button = "sign-up", _("Sign up"), _("Sign up")
    lead = _("The other service has said who you are. This is all that is missing.")
    form_class = ServiceSignUpForm

    def get_form_class(self) -> type[ServiceSignUpForm]:
        return ServiceSignUpForm


class Cancelled(Page, theirs.LoginCancelledView):
    title = _("Not signed in")
    lead = _("You have cancelled at the other service.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("To the sign-in"), reverse("account_login")),)


class Failed(Page, theirs.LoginErrorView):
    title = _("Not signed in")
    lead = _("The other service did not say who you are. Try again, or choose another way.")

    def ways(self, context: dict[str, Any]) -> Sequence[Way]:
        return (Way(gettext("To the sign-in"), reverse("account_login")),)


class Links(OwnPage, theirs.ConnectionsView):
    """Remove a link; the list itself stands among the ways to sign in."""

    name, title, button = "links", _("Linked services"), _("Remove it")
    success_url = reverse_lazy("web:ways")

    def shown(self, context: dict[str, Any]) -> Sequence[Form]:
        rows = queries.links_of(self.request.user.pk)
        error = " ".join(str(each) for each in context["form"].non_field_errors()) if context["form"].is_bound else ""
        return [
            Form(f"unlink-{each.id}", self.request.path, gettext("Remove it"),
                 (Field("account", kind="hidden", value=str(each.id)),), tone="danger", error=error,
                 note=f"{name_of(each.provider, each.provider)} · {each.name}")
            for each in rows
        ]  # fmt: skip
