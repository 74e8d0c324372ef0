"""Writing announcements: from a blank page or a template, to roles or to named companies."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.fields import translate
from trivium.service import commands
from trivium.service.rules import GROUPS, LANGUAGES, LETTER, TEMPLATES, TITLE, Notice, Template, template_of
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.workspace import WorkspaceRequest


@page
def new_announcement(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The form of a new announcement; `template` in the address names a paper to start from."""
    template = template_of(request.GET.get("template", "")[:40])
    url = reverse("operator:new_announcement")
    language = get_language() or "en"
    papers = [(translate(each.title, language), words.word("announcement", each.kind), f"{url}?template={each.code}")
              for each in TEMPLATES]  # fmt: skip
    return Shown("operator/new_announcement.html", {"form": _form(template), "papers": papers})


def _form(template: Template | None) -> Form:
    roles = template.roles if template else ()
    fields: list[Field] = [
        Field("kind", gettext("Kind"), "select", template.kind if template else Notice.NEWS, is_narrow=True,
              choices=[(kind, words.word("announcement", kind)) for kind in Notice],
              help=gettext("Readers see it beside the title.")),
    ]  # fmt: skip
    for language in words.readers_first(LANGUAGES):
        named = {"language": words.language(language)}
        fields.append(Field(f"title.{language}", gettext("Title, %(language)s") % named, limit=TITLE,
                            value=template.title[language] if template else "",
                            help=gettext("One line; it stands on homes.")))  # fmt: skip
        fields.append(Field(f"text.{language}", gettext("Text, %(language)s") % named, "textarea", limit=LETTER,
                            value=template.text[language] if template else "",
                            help=gettext("Plain text; an empty line begins a new paragraph.")))  # fmt: skip
    fields += [
        *group_fields(roles),
        Field("must_acknowledge", gettext("Has to be acknowledged"), "checkbox", "1" if template else "",
              required=False, help=gettext("Each reader says that they have read and understood it; you see who has.")),
        Field("until", gettext("On homes until"), "date", required=False, is_narrow=True,
              help=gettext("The last day it stands on homes; empty: until it has been read.")),
    ]  # fmt: skip
    return Form("announce", reverse("operator:announce"), gettext("Publish"), tuple(fields),
                note=gettext("What is published is not changed any more; it can be taken back."))  # fmt: skip


def group_fields(roles: Sequence[str]) -> list[Field]:
    """To whom something goes: roles, these ticked already, and companies by name."""
    found = [
        Field(f"role.{role}", words.word("role", role), "checkbox", "1" if role in roles else "", required=False,
              group=gettext("Goes to"), help=gettext("Everybody who works in this role, now or later."))
        for role in GROUPS
    ]  # fmt: skip
    return [*found, Field("companies", gettext("Companies"), "textarea", required=False,
                          help=gettext("Beside or instead of roles: names or references, one on a line."))]  # fmt: skip


def addressed(request: WorkspaceRequest) -> dict[str, list[str]]:
    """To whom it shall go, as it was written."""
    lines = request.POST.get("companies", "")[:20_000].splitlines()
    return {
        "roles": [role for role in GROUPS if request.POST.get(f"role.{role}")],
        "companies": [line.strip() for line in lines if line.strip()],
    }


@act
def announce(request: WorkspaceRequest) -> str:
    """Publish an announcement."""
    values = request.POST
    ref = commands.announce(
        request.actor,
        title={language: values.get(f"title.{language}", "") for language in LANGUAGES},
        text={language: values.get(f"text.{language}", "") for language in LANGUAGES},
        kind=values.get("kind", ""),
        until=forms.date(values, "until") if values.get("until", "").strip() else None,
        must_acknowledge=bool(values.get("must_acknowledge")),
        **addressed(request),
    )
    return reverse("operator:announcement", args=[ref])


@act
def withdraw_announcement(request: WorkspaceRequest, ref: str) -> None:
    """Take an announcement back."""
    commands.withdraw_announcement(request.actor, ref)
