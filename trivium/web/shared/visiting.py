"""Feedback of whoever is not signed in: given from public pages, and followed by the link of the mail that answers it.

What is said to whoever gives it is the same whatever mail address they name: nobody looks whose it is.
"""

import json
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core import limits
from trivium.core.actor import Actor
from trivium.core.errors import NotFound, Refusal
from trivium.core.idempotency import Answer, run_once
from trivium.parties import queries as parties
from trivium.parties.rules import Kept, days_kept
from trivium.service import commands, queries
from trivium.service.rules import TEXT, State
from trivium.web.shared.acting import check_characters
from trivium.web.shared.forms import Field, Form, Refused
from trivium.web.shared.notice import how_long
from trivium.web.shared.refusals import STATUS
from trivium.web.shared.tickets import chip_of, page_and_title

FROM_SOMEWHERE, OF_SOMEBODY = limits.Limit(10, 3600), limits.Limit(3, 3600)
"""How often somebody gives feedback from one network address, and with one mail address."""
MORE = limits.Limit(60, 900)


def say(request: HttpRequest) -> HttpResponse:
    """The form of feedback on the page the reader comes from, and sending it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    actor: Actor | None = getattr(request, "actor", None)
    if request.method != "POST":
        if actor is not None:  # somebody signed in says it for themselves
            return redirect(f"{reverse(f'{actor.role}:feedback')}?{request.GET.urlencode()}")
        return _form(request, *page_and_title(request.GET))
    values = {name: request.POST.get(name, "") for name in ("email", "text", "page", "page_title")}

    def act() -> str:
        whose = parties.hash_token(values["email"].strip().casefold()).hex()
        limits.check(f"feedback:{whose}", OF_SOMEBODY)
        commands.give_feedback_unknown(**values, locale=get_language() or "")
        return reverse("web:said")

    limit = f"feedback:{limits.address_of(request.META)}", FROM_SOMEWHERE
    answer = _once(request, "say", limit, values, act)
    if isinstance(answer, str):
        return redirect(answer)
    shown = page_and_title({"page": values["page"], "title": values["page_title"]})
    return _form(request, *shown, refused=answer)


def said(request: HttpRequest) -> HttpResponse:
    """It has arrived."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return render(request, "shared/say.html", {"form": None})


def visited(request: HttpRequest, ref: str) -> HttpResponse:
    """What became of it, for whoever holds the link, and writing more. A wrong link is a page that is not there."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        found = queries.get_visited(ref)
    except NotFound as absent:
        raise Http404 from absent
    here, refused = reverse("web:visited", args=[ref]), None
    if request.method == "POST":
        values = {"text": request.POST.get("text", "")}

        def act() -> str:
            commands.reply_unknown(ref, text=values["text"])
            return here

        answer = _once(request, found.row.ref, (f"said:{limits.address_of(request.META)}", MORE), values, act)
        if isinstance(answer, str):
            return redirect(answer)
        refused = answer
    form = None
    if found.row.state != State.ENDED or found.may_reopen:
        more = Field(
            "text", gettext("Reply"), "textarea", limit=TEXT, help=gettext("Only you and the operator read it.")
        )
        if found.may_reopen:
            more = Field("text", gettext("What is still open"), "textarea", limit=TEXT,
                         help=gettext("It is opened again with it."))  # fmt: skip
        form = Form("reply", here, gettext("Send"), (more,))
    context = {"ticket": found.row, "found": found, "state": chip_of(found.row), "form": form, "refused": refused,
               "on": here}  # fmt: skip
    return render(request, "shared/visited.html", context, status=refused.status if refused else 200)


def _once(
    request: HttpRequest, scope: str, limit: tuple[str, limits.Limit], values: dict[str, str], act: Callable[[], str]
) -> str | Refused:
    """Once per form: where it leads, or why it was refused."""
    try:
        limits.check(*limit)
        check_characters(request)
        asked = json.dumps(values).encode()
        key = request.POST.get("key", "")
        return run_once(f"web:visitor:{scope}", key, asked, lambda: Answer(303, act().encode())).body.decode()
    except Refusal as refusal:
        return Refused(request.POST.get("form", ""), values, refusal, STATUS[refusal.kind])


def _form(request: HttpRequest, path: str, title: str, refused: Refused | None = None) -> HttpResponse:
    fields = (
        Field("email", gettext("Mail address"), "email", limit=254, autocomplete="email",
              help=gettext("The answer goes there, with a link that shows what becomes of it.")),
        Field("text", gettext("What you think"), "textarea", limit=TEXT,
              help=gettext("What is missing, wrong or in the way, and what would help. Never write a password or a "
                           "code here. Only you and the operator read it.")),
        Field("page", kind="hidden", value=path),
        Field("page_title", kind="hidden", value=title),
    )  # fmt: skip
    days = min(days_kept(parties.retention_rules(), Kept.VISITORS).values())
    context = {
        "form": Form("say", reverse("web:say"), gettext("Send feedback"), fields),
        "page": path,
        "about": title or path,
        "kept": how_long(days),
        "refused": refused,
        "on": reverse("web:say"),
    }
    return render(request, "shared/say.html", context, status=refused.status if refused else 200)
