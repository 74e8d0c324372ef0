"""The front door, the language, and which workspace one works in."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.i18n import set_language

from trivium.core.actor import Actor
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.web.shared.access import PERSON, ROLES
from trivium.web.shared.workspace import KEPT, WorkspaceRequest, at_work


def root(request: HttpRequest) -> HttpResponse:
    """The site's front door: to one's own portal, to the first steps of somebody new, or to the sign-in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return redirect("account_login")
    return redirect("web:welcome" if actor.role == PERSON else f"{actor.role}:home")


def welcome(request: WorkspaceRequest) -> HttpResponse:
    """For somebody who works in no company, or no longer in theirs: how to begin."""
    if at_work(request) is not None:
        return redirect("web:root")
    return render(request, "shared/welcome.html", {"left": parties.last_left(request.actor)})


def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's workspaces."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    organization_ref, _, role = request.POST.get("workspace", "").partition(":")
    actor: Any = parties.actor_of(request.user.pk or 0, organization_ref, role) if role in ROLES else None
    if actor is None:
        raise Http404
    request.session[KEPT] = [organization_ref, role]
    onward = request.POST.get("next", "")
    return redirect(onward if url_has_allowed_host_and_scheme(onward, None) else f"{role}:home")


def language(request: HttpRequest) -> HttpResponse:
    """Read and write in another language from now on; mails come in it too."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actor, chosen = getattr(request, "actor", None), request.POST.get("language", "")
    if actor is not None and chosen in dict(settings.LANGUAGES):
        parties_commands.choose_language(actor, chosen)
    response: HttpResponse = set_language(request)
    return response
