"""Signing in and out, the language, and which workspace one works in."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.i18n import set_language

from trivium.core import limits
from trivium.core.actor import Actor
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.errors import SignInFailed
from trivium.web.shared.access import PERSON, ROLES
from trivium.web.shared.forms import Field, Form, Refused
from trivium.web.shared.refusals import STATUS
from trivium.web.shared.workspace import KEPT, WorkspaceRequest, at_work

BACKEND = "django.contrib.auth.backends.ModelBackend"


def root(request: HttpRequest) -> HttpResponse:
    """The site's front door: to one's own portal, to the first steps of somebody new, or to the sign-in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return redirect("web:sign_in")
    return redirect("web:welcome" if actor.role == PERSON else f"{actor.role}:home")


def welcome(request: WorkspaceRequest) -> HttpResponse:
    """For somebody who works in no company: how to begin."""
    if at_work(request) is not None:
        return redirect("web:root")
    return render(request, "shared/welcome.html")


def sign_in(request: HttpRequest) -> HttpResponse:
    """Mail address and password. One answer for every wrong pair; after many wrong ones, none for a while."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method != "POST":
        return redirect("web:root") if request.user.is_authenticated else _show(request)
    values = {name: str(value) for name, value in request.POST.items()}
    buckets = _buckets(request, values.get("email", ""))
    try:
        for name, limit in buckets:
            limits.check(name, limit)
        user = parties_commands.check_sign_in(values.get("email", ""), values.get("password", ""))
    except (SignInFailed, limits.TooOften) as refusal:
        response = _show(request, Refused("sign-in", values, refusal, STATUS[refusal.kind]))
        if isinstance(refusal, limits.TooOften):
            response["Retry-After"] = str(refusal.params["seconds"])
        return response
    for name, limit in buckets:
        limits.give_back(name, limit)
    login(request, user, backend=BACKEND)
    response = redirect(_next(request) or "web:root")
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and user.locale in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.locale, samesite="Lax")
    return response


def _buckets(request: HttpRequest, email: str) -> tuple[tuple[str, limits.Limit], ...]:
    """What a try is counted against: the pair of mail and network address, the address, and the mail from anywhere.

    The mail alone has much room, so that strangers cannot lock anybody out with a few wrong passwords.
    """
    tries = settings.TRIVIUM["SIGN_IN_FAILURES"]
    address = limits.address_of(request.META)
    mail = hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()[:32]
    names = ((f"sign-in:{mail}:{address}", 1), (f"sign-in:{address}", 5), (f"sign-in:{mail}", 10))
    return tuple((name, limits.Limit(tries * times, 900)) for name, times in names)


def _show(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    back = _next(request)
    fields = (
        Field("email", gettext("Mail address"), "email", limit=254, autocomplete="username",
              help=gettext("The one your company gave when it added you.")),
        Field("password", gettext("Password"), "password", limit=200, autocomplete="current-password",
              help=gettext("Capital and small letters are told apart.")),
        *((Field("next", kind="hidden", value=back),) if back else ()),
    )
    form = Form("sign-in", reverse("web:sign_in"), gettext("Sign in"), fields)
    context = {"form": form, "refused": refused}
    return render(request, "shared/sign_in.html", context, status=refused.status if refused else 200)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, None) else ""


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return redirect("web:sign_in")


def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's workspaces."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    organization_ref, _, role = request.POST.get("workspace", "").partition(":")
    actor: Any = parties.actor_of(request.user.pk or 0, organization_ref, role) if role in ROLES else None
    if actor is None:
        raise Http404
    request.session[KEPT] = [organization_ref, role]
    return redirect(_next(request) or f"{role}:home")


def language(request: HttpRequest) -> HttpResponse:
    """Read and write in another language from now on; mails come in it too."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actor, chosen = getattr(request, "actor", None), request.POST.get("language", "")
    if actor is not None and chosen in dict(settings.LANGUAGES):
        parties_commands.choose_language(actor, chosen)
    response: HttpResponse = set_language(request)
    return response
