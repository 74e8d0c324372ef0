"""What a page says that is not there: where the reader may know it, what became of the thing; otherwise the way on.

A link of one's own past explains itself. Of what was never the reader's own, the answer is the same as for what never
was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.ordering import queries as ordering
from trivium.parties.queries import Workspace
from trivium.web.shared.access import ROLES
from trivium.web.shared.paths import path_to
from trivium.web.shared.workspace import KEPT, at_work, workspaces_of


@dataclass(frozen=True, slots=True)
class Why:
    """What became of something, and where one can go from here: (words, url)."""

    words: str
    help: str
    ways: Sequence[tuple[str, str]] = ()


def not_found(request: HttpRequest) -> HttpResponse:
    """The page that is not there."""
    actor = at_work(request)
    why = _lost_workspace(request, actor) or _gone_product(request, actor) if actor else None
    elsewhere = _elsewhere(request, actor) if actor and not why else []
    return render(request, "404.html", {"why": why, "elsewhere": elsewhere}, status=404)


def _lost_workspace(request: HttpRequest, actor: Actor | None) -> Why | None:
    """The person has been taken out of the company they were at work in."""
    kept = tuple(request.session.get(KEPT) or ())
    if not kept or any((each.organization_ref, each.role) == kept for each in workspaces_of(request)):
        return None
    return Why(
        gettext("You no longer work in that company"),
        gettext("Your place there has ended, and its pages with it. Ask its administrator if that is a mistake."),
    )


def _gone_product(request: HttpRequest, actor: Actor | None) -> Why | None:
    """Goods the buyer has ordered before and that are no longer on its shelf."""
    match = request.resolver_match
    if actor is None or match is None or match.view_name != "buyer:product" or actor.role != "buyer":
        return None
    bought = ordering.last_bought(actor, match.kwargs.get("ref", ""))
    if bought is None:
        return None
    named = {"name": translate(bought.name, get_language() or "en"), "supplier": bought.supplier}
    said = gettext("%(supplier)s has taken it off sale, or does not sell at the moment. You ordered it last in "
                   "%(number)s; that order stays as it is.") % {**named, "number": bought.order_number}  # fmt: skip
    ways = [
        (gettext("To that order"), path_to("buyer:order", bought.order_ref)),
        (gettext("Look for something like it"), path_to("buyer:shelf")),
    ]
    return Why(gettext("%(name)s is no longer on the shelf") % named, said, ways)


def _elsewhere(request: HttpRequest, actor: Actor) -> list[Workspace]:
    """The person's other workspaces of the role whose portal the link leads to, or of this one's."""
    role = request.path.strip("/").partition("/")[0]
    if role not in ROLES:
        return []
    here = (actor.organization_ref, actor.role)
    return [w for w in workspaces_of(request) if w.role == role and (w.organization_ref, w.role) != here]
