"""The link of an invitation: for somebody with a sign-in, and for somebody without."""

import json

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from trivium.core import limits
from trivium.core.actor import Actor
from trivium.core.errors import NotFound, Refusal
from trivium.core.idempotency import Answer, run_once
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import Invited
from trivium.parties.rules import check_agreed
from trivium.web.shared import words
from trivium.web.shared.acting import check_characters
from trivium.web.shared.forms import Field, Form, Refused
from trivium.web.shared.notice import agreed, consent_fields, notice
from trivium.web.shared.refusals import STATUS
from trivium.web.shared.workspace import KEPT

TRIES = limits.Limit(60, 900)


def invitation(request: HttpRequest, ref: str) -> HttpResponse:
    """What the link opens, and accepting it. Whoever guesses links is held back by their network address."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        found = queries.invited(ref, now())
    except NotFound as absent:
        raise Http404 from absent
    if request.method != "POST":
        return _show(request, ref, found)
    values = {name: str(value) for name, value in request.POST.items()}
    try:
        limits.check(f"invitation:{limits.address_of(request.META)}", TRIES)
        check_characters(request)
        return _accept(request, ref, found)
    except Refusal as refusal:
        return _show(request, ref, found, Refused(values.get("form", ""), values, refusal, STATUS[refusal.kind]))


def _accept(request: HttpRequest, token: str, found: Invited) -> HttpResponse:
    """Once per form: the double click of an impatient hand joins once, and comes in."""
    actor: Actor | None = getattr(request, "actor", None)
    values = request.POST

    def answer() -> Answer:
        if actor is not None:
            company, role = commands.join(actor, token)
            return Answer(303, json.dumps([actor.user_id, company, role]).encode())
        name, password = values.get("name", ""), values.get("password", "")
        purposes, notice_read = agreed(values), values.get("notice", "")
        check_agreed(purposes, notice=notice_read)
        person = commands.join_new(token, name=name, password=password, locale=get_language() or "")
        commands.agree_at_sign_up(person.pk, purposes, notice=notice_read, via="sign-up:invitation")
        return Answer(303, json.dumps([person.pk, "", ""]).encode())

    asked = json.dumps([values.get("name", ""), values.get("password", "")]).encode()
    scope = f"web:invitation:{found.ref}:{actor.user_ref if actor else ''}"
    person_id, company, role = json.loads(run_once(scope, values.get("key", ""), asked, answer).body)
    if actor is None:
        login(request, queries.person(person_id), backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("web:root")
    request.session[KEPT] = [company, role]
    return redirect(f"{role}:home")


def _show(request: HttpRequest, token: str, found: Invited, refused: Refused | None = None) -> HttpResponse:
    here = reverse("web:invitation", args=[token])
    is_signed_in = getattr(request, "actor", None) is not None
    is_theirs = is_signed_in and request.user.pk == found.person_id
    form = None
    if found.is_open and is_theirs:
        form = Form("join", here, gettext("Accept"))
    elif found.is_open and not is_signed_in and found.person_id is None:
        form = Form("join", here, gettext("Accept"), _fields())
    context = {
        "invited": found,
        "said": {"role": words.word("role", found.role), "job": words.word("job", found.job)},
        "form": form,
        "notice": notice() if form is not None and form.fields else None,
        "is_other": found.is_open and is_signed_in and not is_theirs,
        "leave": Form("sign-out", reverse("account_logout"), gettext("Sign out"),
                      (Field("next", kind="hidden", value=here),)),
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': here})}"
        if found.is_open and not is_signed_in and found.person_id is not None
        else "",
        "refused": refused,
        "on": here,
        "languages": settings.LANGUAGES,
    }  # fmt: skip
    return render(request, "shared/invitation.html", context, status=refused.status if refused else 200)


def _fields() -> tuple[Field, ...]:
    return (
        Field("name", gettext("Full name"), limit=120, autocomplete="name",
              help=gettext("As it stands on what you confirm and sign.")),
        Field("password", gettext("Password"), "password", limit=200, autocomplete="new-password",
              help=gettext("At least ten characters; you sign in with your mail address and it.")),
        *consent_fields(),
    )  # fmt: skip
