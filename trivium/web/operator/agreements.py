"""Writing agreements: drafts, versions that are published for good, and who has signed."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.fields import translate
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import AgreementView, Standing
from trivium.parties.rules import ARTICLES, BOUND, HEADLINE, STARTERS, TONGUES, Starter, earliest_day, starter_of
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.agreements import CHIPS, language_of, reading, signer_of, version_of
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest


@page
def new_agreement(request: WorkspaceRequest) -> Shown:
    """The form of a new agreement; `starter` in the address names one of ours to begin with."""
    if not request.actor.may("agreement.edit"):
        raise Http404
    starter = starter_of(request.GET.get("starter", "")[:20])
    url, language = reverse("operator:new_agreement"), get_language() or "en"
    papers = [(translate(each.title, language), words.word("role", each.role), f"{url}?starter={each.code}")
              for each in STARTERS]  # fmt: skip
    role = Field("role", gettext("Binds"), "select", starter.role if starter else "supplier", is_narrow=True,
                 choices=[(each, words.word("role", each)) for each in BOUND],
                 help=gettext("Companies in this role sign it."))  # fmt: skip
    form = Form("draft", reverse("operator:draft_agreement"), gettext("Keep as draft"),
                (role, *_texts(starter)),
                note=gettext("A draft binds nobody. You publish it from its own page."))  # fmt: skip
    return Shown("operator/new_agreement.html", {"form": form, "papers": papers})


def _texts(start: Starter | AgreementView | None) -> list[Field]:
    found = []
    for language in words.readers_first(TONGUES):
        named = {"language": words.language(language)}
        found.append(Field(f"title.{language}", gettext("Title, %(language)s") % named, limit=HEADLINE,
                           value=start.title.get(language, "") if start else "",
                           help=gettext("One line; it is part of what is signed.")))  # fmt: skip
        found.append(Field(f"text.{language}", gettext("Text, %(language)s") % named, "textarea", limit=ARTICLES,
                           value=start.text.get(language, "") if start else "",
                           help=gettext("Plain text; an empty line begins a new paragraph.")))  # fmt: skip
    return found


@page
def agreement(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """An agreement for those who write it: its versions and draft, and how each company stands to it."""
    actor = request.actor
    view = queries.get_agreement(actor, ref)
    language = language_of(request)
    context: dict[str, object] = {
        "view": view, "forms": _forms(view) if actor.may("agreement.edit") and view.ended_at is None else (),
        "draft_title": translate(view.title, language),
    }  # fmt: skip
    if view.versions:
        version = version_of(request, view)
        context |= {"version": version, **reading("operator", view, version, language)}
    if not view.versions or not actor.may("agreement.edit"):
        return Shown("operator/agreement.html", context)
    states = [("unsigned", gettext("Not signed")), ("wanted", gettext("Acts are refused")),
              ("due", gettext("To be signed soon")), ("signed", gettext("Has signed"))]  # fmt: skip
    listing = Listing(
        "agreement_companies", gettext("Who has signed"), _company_columns(),
        lambda wanted: queries.standings_of(actor, ref, wanted),
        Empty(gettext("No company has this role."), gettext("Whoever is admitted in it is asked to sign.")),
        (Filter("state", gettext("State"), states),), gettext("Company"), icon="users", context=context,
    )  # fmt: skip
    return show_list(request, listing, "operator/agreement.html")


def _company_columns() -> list[Column]:
    def company(row: Standing) -> Cell:
        return Cell(row.company, url=reverse("operator:company", args=[row.company_ref]))

    def signature(row: Standing) -> Cell:
        if not row.signature_ref:
            return Cell("–")
        url = reverse("operator:agreement_signature", args=[row.signature_ref])
        return Cell(gettext("Version %(number)s") % {"number": row.signed_number}, url=url, note=signer_of(row))

    return [
        Column("company", gettext("Company"), company, sort="company", is_kept=True),
        Column("state", gettext("State"), lambda row: Cell(chips=[(CHIPS[row.state], "")]), "chips", is_kept=True),
        Column("signature", gettext("Signature"), signature),
        Column("signed", gettext("Signed on"), lambda row: Cell(row.signed_at), "when", "signed"),
        Column("until", gettext("Counts until"), lambda row: Cell(row.counts_until), "when", "until"),
        Column("due", gettext("To be signed by"), lambda row: Cell(row.due_at), "when"),
    ]


def _forms(view: AgreementView) -> list[Form]:
    seen = Field("seen", kind="hidden", value=view.draft_hash)
    args = [view.ref]
    found = [Form("change", reverse("operator:change_agreement", args=args), gettext("Keep as draft"),
                  (seen, *_texts(view)), summary=gettext("Change the draft"), is_open=not view.versions)]  # fmt: skip
    is_first = not view.versions
    earliest = earliest_day(now(), is_first=is_first)
    help_text = gettext("From this day on acts need a signature. The earliest is %(day)s.") % {"day": earliest}
    fields = [
        seen,
        Field("binds_on", gettext("Binds from"), "date", earliest.isoformat(), is_narrow=True, help=help_text),
        Field("is_required", gettext("Signature required"), "checkbox", "1", required=False, help=gettext(
            "Without one, buyers cannot order, suppliers cannot list goods, and partners are not activated.")),
        Field("valid_days", gettext("A signature is valid for"), "number", required=False, is_narrow=True,
              suffix=gettext("days"), help=gettext("Empty: for good. Companies are told 60, 30 and 7 days before.")),
    ]  # fmt: skip
    if not is_first:
        fields += [
            Field("asks_anew", gettext("Ask for a new signature"), "checkbox", "1", required=False, help=gettext(
                "Otherwise signatures on earlier versions go on counting.")),
            Field("old_until", gettext("Earlier signatures count until"), "date", required=False, is_narrow=True,
                  help=gettext("Empty: until the new version binds.")),
        ]  # fmt: skip
    note = gettext("What is published is never changed: companies sign it to the letter. The draft as it was last kept "
                   "is what is published.")  # fmt: skip
    said = gettext("Publish the draft as version %(number)s") % {"number": len(view.versions) + 1}
    found.append(Form("publish", reverse("operator:publish_agreement", args=args), gettext("Publish"), tuple(fields),
                      summary=said, note=note))  # fmt: skip
    said = gettext("End this agreement")
    note = gettext("Nobody is asked for it any more. What was signed stays written down.")
    url = reverse("operator:end_agreement", args=args)
    found.append(Form("end", url, said, tone="danger", summary=said, note=note))
    return found


def _given(request: WorkspaceRequest) -> dict[str, dict[str, str]]:
    return {name: {language: request.POST.get(f"{name}.{language}", "") for language in TONGUES}
            for name in ("title", "text")}  # fmt: skip


@act
def draft_agreement(request: WorkspaceRequest) -> str:
    """Keep a new draft."""
    given = _given(request)
    ref = commands.draft_agreement(request.actor, role=request.POST.get("role", ""), **given)
    return reverse("operator:agreement", args=[ref])


@act
def change_agreement(request: WorkspaceRequest, ref: str) -> None:
    """Change the draft."""
    commands.change_draft(request.actor, ref, seen=request.POST.get("seen", ""), **_given(request))


@act
def publish_agreement(request: WorkspaceRequest, ref: str) -> str:
    """Publish the draft as the next version."""
    values = request.POST
    commands.publish_agreement(
        request.actor, ref, seen=values.get("seen", ""), binds_on=forms.date(values, "binds_on"),
        is_required=bool(values.get("is_required")), valid_days=_days(request),
        asks_anew=bool(values.get("asks_anew")),
        old_until=forms.date(values, "old_until") if values.get("old_until", "").strip() else None,
    )  # fmt: skip
    return reverse("operator:agreement", args=[ref])


def _days(request: WorkspaceRequest) -> int | None:
    text = forms.plain_number(request.POST.get("valid_days", ""))
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


@act
def end_agreement(request: WorkspaceRequest, ref: str) -> None:
    """Ask nobody for it any more."""
    commands.end_agreement(request.actor, ref)
