"""What a page says that is not there: where the reader may know it, what became of the thing; otherwise the way on.

A link of one's own past explains itself. Of what was never the reader's own, the answer is the same as for what never
was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.i18n import gettext_noop as _
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.parties.queries import Workspace
from trivium.service import queries as service
from trivium.web.shared.access import ROLES
from trivium.web.shared.filters import day
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
    why = _lost_workspace(request, actor) or _gone_thing(request, actor) if actor else None
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


def _gone_thing(request: HttpRequest, actor: Actor | None) -> Why | None:
    """What a page of one's own portal showed, and what became of it."""
    match = request.resolver_match
    if actor is None or match is None:
        return None
    portal, _colon, name = match.view_name.partition(":")
    explain = _GONE.get(name) if portal == actor.role else None
    return explain(actor, str(match.kwargs.get("ref", ""))) if explain else None


def _gone_product(actor: Actor, ref: str) -> Why | None:
    """Goods the buyer has ordered before and that are no longer on its shelf."""
    bought = ordering.last_bought(actor, ref) if actor.role == "buyer" else None
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


def _taken_back(actor: Actor, ref: str) -> Why | None:
    """An announcement or a poll that was for the reader, and was taken back by the operator."""
    at = service.taken_back_at(actor, ref)
    if at is None:
        return None
    is_poll = ref.startswith("pol_")
    words = gettext("The operator has taken this poll back") if is_poll else gettext(
        "The operator has taken this announcement back")  # fmt: skip
    said = gettext("It was for you until %(day)s and holds no more; there is nothing to do.") % {"day": day(at)}
    way = (gettext("To all polls"), "polls") if is_poll else (gettext("To all announcements"), "announcements")
    return Why(words, said, [(way[0], path_to(f"{actor.role}:{way[1]}"))])


def _ended(actor: Actor, ref: str) -> Why | None:
    """Somebody, or a part or a rule of one's own company, that is there no more."""
    found = parties.ended_inside(actor, ref)
    if found is None:
        return None
    words, said, way, place = _ENDED[found.kind]
    named = {"name": found.name, "day": day(found.at)}
    return Why(gettext(words) % named, gettext(said) % named, [(gettext(way), path_to(f"{actor.role}:{place}"))])


_ENDED: Mapping[str, tuple[str, str, str, str]] = {
    "person": (_("%(name)s no longer works here"), _("They left, or were removed, on %(day)s. What they did keeps "
               "their name; what waited for them went to whoever took over."), _("To those who work here"), "people"),
    "department": (_("The department %(name)s was closed"), _("That was on %(day)s. Orders of its time keep it."),
                   _("To departments and cost centres"), "inside"),
    "cost_centre": (_("The cost centre %(name)s was closed"), _("That was on %(day)s. Orders of its time keep it."),
                    _("To departments and cost centres"), "inside"),
    "rule": (_("The rule “%(name)s” was ended"), _("That was on %(day)s. What waits because of it goes on waiting."),
             _("To the rules"), "rules"),
}  # fmt: skip
_GONE: Mapping[str, Callable[[Actor, str], Why | None]] = {
    "product": _gone_product, "announcement": _taken_back, "poll": _taken_back, "colleague": _ended, "part": _ended,
    "rule": _ended,
}  # fmt: skip
"""The pages whose things end, by name, and who knows what became of them."""


def _elsewhere(request: HttpRequest, actor: Actor) -> list[Workspace]:
    """The person's other workspaces of the role whose portal the link leads to, or of this one's."""
    role = request.path.strip("/").partition("/")[0]
    if role not in ROLES:
        return []
    here = (actor.organization_ref, actor.role)
    return [w for w in workspaces_of(request) if w.role == role and (w.organization_ref, w.role) != here]
