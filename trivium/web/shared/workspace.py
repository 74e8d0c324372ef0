"""The workspace a request comes from: built once, before the view runs, and the only place that opens a URL."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.notices import queries as notices
from trivium.parties import queries as parties
from trivium.web.shared.access import ACCESS, ANYONE, FILES, PERSON, may_open
from trivium.web.shared.entering import answer_in_entry, banner, entry_of, look_for_entry, workspace_of
from trivium.web.shared.look import look_of

KEPT = "workspace"
AGREEING = frozenset({"web:agree", "web:agree_now"})

View = Callable[..., HttpResponseBase]


class WorkspaceRequest(HttpRequest):
    """A request of somebody signed in, as views get it. Without a workspace the actor's role is PERSON."""

    actor: Actor


class WorkspaceMiddleware:
    """Puts the actor on requests for a page and answers those that may not come in.

    Nobody signed in: to the sign-in. Entered by somebody else: first to the privacy notice. Nowhere at work: to the
    page that says how to begin. Another role's URL: not found, like any other that does not exist. Other doors (the
    API) are left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: WorkspaceRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not view.__module__.startswith("trivium.web."):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in FILES:
            return None
        over = look_for_entry(request)
        if over is not None:
            return over
        if is_to_agree(request) and ACCESS.get(name, ANYONE) is not ANYONE and name not in AGREEING:
            return redirect("web:agree")
        entry = entry_of(request)
        actor = entry.actor if entry else find_actor(request) or find_person(request)
        if actor is not None:
            request.actor = actor
        if entry is not None:
            return answer_in_entry(request, entry, name)
        if may_open(name, actor.role if actor else None):
            if name.startswith(f"{PERSON}:"):  # what somebody said for themselves, wherever they work by now
                request.actor = find_person(request) or request.actor
            return None
        if actor is not None and actor.role == PERSON and name in ACCESS:
            return redirect("web:welcome")
        if actor is None and name in ACCESS and ACCESS[name] is not ANYONE:
            back = request.get_full_path() if request.method == "GET" else ""
            return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}" if back else "account_login")
        from trivium.web.shared.gone import not_found

        return not_found(request)


def is_to_agree(request: HttpRequest) -> bool:
    """Whether somebody else has entered this person, who has not read yet what is kept of them."""
    person = request.user
    return bool(person.is_authenticated and person.is_to_agree)


def find_actor(request: HttpRequest) -> Actor | None:
    """The signed-in person's chosen workspace, or their first one if that is no longer theirs."""
    person = request.user
    if not person.is_authenticated or person.pk is None:
        return None
    workspaces = workspaces_of(request)
    chosen = tuple(request.session.get(KEPT) or ())
    found = next((each for each in workspaces if (each.organization_ref, each.role) == chosen), None)
    found = found or next(iter(workspaces), None)
    return parties.actor_in(person.pk, person.ref, found) if found else None


def find_person(request: HttpRequest) -> Actor | None:
    """The signed-in person outside any workspace: they hold no right, and act for themselves alone."""
    person = request.user
    if not person.is_authenticated or person.pk is None:
        return None
    return Actor(person.pk, person.ref, None, "", PERSON)


def at_work(request: HttpRequest) -> Actor | None:
    """Who is at work in a company here; None for everybody else."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor if actor is not None and actor.role != PERSON else None


def workspaces_of(request: HttpRequest) -> list[parties.Workspace]:
    """Every workspace of the signed-in person; they were read along with the person, or are now."""
    person: Any = request.user
    if not person.is_authenticated:
        return []
    if person.workspaces is None:
        person.workspaces = parties.workspaces_of(person.pk)
    found: list[parties.Workspace] = person.workspaces
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """For every page's frame: the workspace, the others one could switch to, the menu, and what is unread."""
    from trivium.web.shared.menu import menu_of

    actor = at_work(request)
    if actor is None or is_to_agree(request):
        person = request.user if hasattr(request, "actor") else None
        return {"actor": None, "person": person, "look": look_of(request)}
    entry = entry_of(request)
    workspaces = [workspace_of(entry)] if entry else workspaces_of(request)
    mine = (actor.organization_ref, actor.role)
    return {
        "actor": actor,
        "person": request.user,
        "look": look_of(request),
        "workspace": next((w for w in workspaces if (w.organization_ref, w.role) == mine), None),
        "other_workspaces": [w for w in workspaces if (w.organization_ref, w.role) != mine],
        "menu": menu_of(actor, request.path),
        "entry": banner(entry) if entry else None,
        "unread": notices.unread(actor, now()),
    }
