"""How a person likes the pages: light, dark or as the system is; the menu wide or folded. Kept in cookies."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _

YEAR_S = 365 * 24 * 3600
KEPT = {"theme": ("auto", "light", "dark"), "menu": ("wide", "narrow")}
THEMES = (("auto", _("System")), ("light", _("Light")), ("dark", _("Dark")))


def look_of(request: HttpRequest) -> dict[str, Any]:
    """What the frame needs to know; anything a cookie does not say well is as if it said nothing."""
    found: dict[str, Any] = {}
    for name, known in KEPT.items():
        given = request.COOKIES.get(name, "")
        found[name] = given if given in known else known[0]
    return {**found, "themes": [(code, gettext(words)) for code, words in THEMES]}


def look(request: HttpRequest) -> HttpResponse:
    """Remember what was chosen, and go back to where it was."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    back = request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, None) else "web:root")
    for name, known in KEPT.items():
        if request.POST.get(name) in known:
            response.set_cookie(name, request.POST[name], max_age=YEAR_S, samesite="Lax")
    return response
