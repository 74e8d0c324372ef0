"""Pages and acts. A page shows; an act parses, commands once, and goes back to the page, or shows it with the refusal.

Every form carries an idempotency key: the double click of an impatient hand is one act with one answer.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve

from trivium.core.errors import BadText, NotFound, Refusal
from trivium.core.idempotency import Answer, InFlight, run_once
from trivium.web.shared import gone
from trivium.web.shared.access import may_open
from trivium.web.shared.forms import Refused
from trivium.web.shared.refusals import STATUS
from trivium.web.shared.workspace import WorkspaceRequest

PATIENCE_S = 10.0
NOT_PART_OF_IT = ("csrfmiddlewaretoken", "key")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: a template and what it needs."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


def page(view: Callable[..., Shown | HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that only reads. It is shown again, with what was refused, when an act on it comes back."""

    @wraps(view)
    def show(request: WorkspaceRequest, *args: Any, refused: Refused | None = None, **named: Any) -> HttpResponse:
        if refused is None and request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            shown = view(request, *args, **named)
        except (NotFound, Http404):
            return gone.not_found(request)
        if isinstance(shown, HttpResponse):
            return shown
        status = refused.status if refused else 200
        context = {**shown.context, "refused": refused, "outcome": getattr(request, "outcome", None)}
        if refused:
            context["on"] = request.POST.get("on", request.get_full_path())
        return render(request, shown.template, context, status=status)

    show.is_page = True  # type: ignore[attr-defined]
    return show


def act(view: Callable[..., str | None]) -> Callable[..., HttpResponse]:
    """A view that carries out one act, once per form. It returns where to go, or None for the page the form was on."""

    @wraps(view)
    def carry_out(request: WorkspaceRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        here = page_of(request)

        def answer() -> Answer:
            return Answer(303, (view(request, *args, **named) or here.url).encode())

        try:
            check_characters(request)
            to = once(request, request.POST.get("key", ""), request.POST.lists(), answer).body.decode()
        except Refusal as refusal:
            return here.again(request, refusal)
        response = HttpResponse(status=303)
        response["Location"] = to
        return response

    return carry_out


def check_characters(request: HttpRequest) -> None:
    """No database keeps a NUL, wherever it stands.

    Refuses: BadText.
    """
    for name, values in request.POST.lists():
        if any("\x00" in str(value) for value in values):
            raise BadText(field=name)


@dataclass(frozen=True, slots=True)
class Here:
    """The page a form stood on, with the filters it had."""

    url: str
    show: Callable[..., HttpResponse]
    args: tuple[Any, ...]
    named: Mapping[str, Any]

    def again(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        """The page with the refusal at its form. What is not there, and was not typed, is a page not found."""
        if refusal.kind == "not_found" and refusal.field is None:
            raise Http404 from refusal
        values = {name: str(value) for name, value in request.POST.items()}
        return self.shown(request, Refused(values.get("form", ""), values, refusal, STATUS[refusal.kind]))

    def shown(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        """The page again, under the filters it was open with."""
        request.GET = QueryDict(self.url.partition("?")[2])
        return self.show(request, *self.args, refused=refused, **self.named)


def page_of(request: WorkspaceRequest) -> Here:
    """The page a form was on: a page of the same workspace, or there is none."""
    url = request.POST.get("on", "")[:2000]
    try:
        match = resolve(url.partition("?")[0])
    except Resolver404:
        raise Http404 from None
    if not may_open(match.view_name, request.actor.role) or not getattr(match.func, "is_page", False):
        raise Http404
    return Here(url, match.func, match.args, match.kwargs)


def once(
    request: WorkspaceRequest, key: str, values: Iterable[tuple[str, list[str]]], answer: Callable[[], Answer]
) -> Answer:
    """Carry it out once for this key; whoever comes second waits for the first one's answer."""
    scope = f"web:{request.actor.user_ref}@{request.actor.organization_ref}:{request.actor.role}"
    body = json.dumps([request.path, sorted((name, its) for name, its in values if name not in NOT_PART_OF_IT)])
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return run_once(scope, key, body.encode(), answer)
        except InFlight:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
