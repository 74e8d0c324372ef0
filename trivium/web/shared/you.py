"""A person's own data: what is held, to see and to take along; consents; how long it is kept; being erased."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import ConsentRow
from trivium.parties.rules import PURPOSES, Jurisdiction, Purpose, Rule
from trivium.service import queries as service
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.notice import how_long
from trivium.web.shared.workspace import WorkspaceRequest


@page
def you(request: WorkspaceRequest) -> Shown:
    """What is held on the person who looks, in short, and what they can do about it."""
    actor = request.actor
    held = _held(actor)
    given = {row.purpose: row for row in queries.consents_of(actor) if row.withdrawn_at is None}
    law = Jurisdiction(held["jurisdiction"])
    context = {
        "held": held,
        "law": words.word("law", law),
        "counts": _counts(held),
        "consents": [_consent(purpose, given.get(purpose.code)) for purpose in PURPOSES],
        "kept": [_kept(rule) for rule in queries.retention_rules() if rule.jurisdiction == law],
        "erase": _erase_form(held["person"]),
        "history": reverse(f"{actor.role}:history", args=[actor.user_ref]) if actor.organization_id else "",
    }
    return Shown("shared/you.html", context)


def _held(actor: Actor) -> dict[str, Any]:
    """All that is held, what they said to the operator for themselves included."""
    return {**queries.held_on(actor), "feedback": service.said_for_themselves(actor)}


def _counts(held: dict[str, Any]) -> list[tuple[str, int]]:
    ways = sum(len(rows) for rows in held["ways_to_sign_in"].values())
    return [
        (gettext("Places in companies"), len(held["places"])),
        (gettext("Mail addresses, phones and other ways to sign in"), ways),
        (gettext("Settings"), len(held["settings"])),
        (gettext("API keys"), len(held["keys"])),
        (gettext("Consents"), len(held["consents"])),
        (gettext("Feedback you gave for yourself"), len(held["feedback"])),
        (gettext("Rows of trade that name you"), len(held["named_in"])),
        (gettext("What you did, by the event log"), len(held["acts"])),
        (gettext("Changes of your data"), len(held["changes"])),
    ]


def _consent(purpose: Purpose, given: ConsentRow | None) -> dict[str, Any]:
    is_given = given is not None and given.version == purpose.version
    fields: tuple[Field, ...] = (Field("purpose", kind="hidden", value=purpose.code),)
    if is_given:
        form = Form(f"withdraw-{purpose.code}", reverse("web:withdraw_consent"), gettext("Take back"), fields,
                    tone="quiet", is_inline=True)  # fmt: skip
    else:
        fields = (*fields, Field("version", kind="hidden", value=str(purpose.version)))
        form = Form(f"give-{purpose.code}", reverse("web:give_consent"), gettext("I agree"), fields, tone="quiet",
                    is_inline=True)  # fmt: skip
    return {
        "words": gettext(purpose.words), "help": gettext(purpose.help), "law": words.cited(purpose.law),
        "version": purpose.version, "since": given.given_at if is_given and given else None, "form": form,
    }  # fmt: skip


def _kept(rule: Rule) -> dict[str, Any]:
    return {
        "words": words.word("kept_data", rule.kept), "long": how_long(rule.days), "law": words.cited(rule.law),
        "is_swept": rule.is_swept,
    }  # fmt: skip


def _erase_form(person: dict[str, Any]) -> Form:
    typed = gettext("Type %(address)s to say that you mean it.") % {"address": person["email"] or person["ref"]}
    fields = (Field("email", gettext("Your mail address"), limit=254, autocomplete="off", help=typed),)
    note = gettext("You can no longer sign in, your name is replaced by a number, and nothing of it can be undone.")
    said = gettext("Erase my data")
    return Form("erase", reverse("web:erase_myself"), said, fields, tone="danger", summary=said, note=note)


@page
def own_data(request: WorkspaceRequest) -> HttpResponse:
    """Everything that is held on the person who asks, as one file."""
    held = _held(request.actor)
    text = json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="trivium-{day(now())}.json"'
    response["Cache-Control"] = "no-store"
    return response


@act
def give_consent(request: WorkspaceRequest) -> None:
    """Agree to a purpose in the version that was shown."""
    version = request.POST.get("version", "")
    commands.give_consent(
        request.actor, request.POST.get("purpose", ""), version=int(version) if version.isdecimal() else 0
    )


@act
def withdraw_consent(request: WorkspaceRequest) -> None:
    """Take a consent back."""
    commands.withdraw_consent(request.actor, request.POST.get("purpose", ""))


@act
def erase_myself(request: WorkspaceRequest) -> str:
    """Forget the person who asks; they are signed out by it."""
    commands.erase_myself(request.actor, email=request.POST.get("email", ""))
    return reverse("account_login")
