"""How a person likes the pages: light, dark or as the system is; the menu wide or folded.

Kept with the person; for those who have not signed in yet, in cookies.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.parties import commands as parties
from trivium.parties import queries

YEAR_S = 365 * 24 * 3600
KEPT = {"theme": ("auto", "light", "dark"), "menu": ("wide", "narrow")}
THEMES = (("auto", _("System")), ("light", _("Light")), ("dark", _("Dark")))


def preferences(request: HttpRequest) -> Mapping[str, Any]:
    """What the person has set for themselves, here and everywhere; read once for a request."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    if not hasattr(request, "_preferences"):
        request._preferences = queries.preferences_of(actor, request.user)  # type: ignore[attr-defined]
    found: Mapping[str, Any] = request._preferences  # type: ignore[attr-defined]
    return found


def look_of(request: HttpRequest) -> dict[str, Any]:
    """What the frame needs to know; what is not said well is as if nothing was said."""
    own, found = preferences(request), {}
    for name, known in KEPT.items():
        given = own.get(name) or request.COOKIES.get(name, "")
        found[name] = given if given in known else known[0]
    return {**found, "themes": [(code, gettext(words)) for code, words in THEMES]}


def keyboard(request: HttpRequest) -> HttpResponse:
    """Which keys go somewhere."""
    keys = (
        ("Tab", gettext("Next link, button or field; the first one skips to the content.")),
        ("/", gettext("To the search box.")),
        ("?", gettext("This page.")),
        ("g 1 … g 9", gettext("The first to the ninth place of the menu.")),
        ("j, k", gettext("Next and previous row of a list.")),
        ("x", gettext("Choose the row for an act on many.")),
        ("n, p", gettext("Next and previous page of a list.")),
        ("Enter", gettext("Open the link, send the form.")),
        ("Esc", gettext("Close what is open.")),
    )
    return render(request, "shared/keyboard.html", {"keys": keys})


def look(request: HttpRequest) -> HttpResponse:
    """Remember what was chosen, and go back to where it was."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    back = request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, None) else "web:root")
    actor: Actor | None = getattr(request, "actor", None)
    for name, known in KEPT.items():
        if request.POST.get(name) in known:
            response.set_cookie(name, request.POST[name], max_age=YEAR_S, samesite="Lax")
            if actor is not None:
                parties.keep_preference(actor, name, request.POST[name], everywhere=True)
    return response
