"""Agreements as companies read, sign and keep them; and the list of those the operator has written."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.core.limits import address_of
from trivium.core.lists import among
from trivium.parties import commands, queries
from trivium.parties.queries import AgreementRow, AgreementView, Standing, VersionView
from trivium.parties.rules import TONGUES
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

CHIPS = {"wanted": "to_sign", "due": "sign_soon", "offered": "may_sign", "signed": "is_signed", "ended": "over"}


def signer_of(row: Standing) -> str:
    """Who has signed, and whether for good: a moment at which it ends stands in its own column."""
    is_endless = row.signature_ref and row.counts_until is None
    return " · ".join([row.signed_by, gettext("for good")]) if is_endless else row.signed_by


@page
def agreements(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What the own company has to sign and has signed; for those who write agreements, all of them."""
    actor = request.actor
    return show_list(request, _written(actor) if actor.role == "operator" else _own(actor))


def _own(actor: Actor) -> Listing:
    rows = queries.agreements_of(actor)

    def number(row: Standing) -> Cell:
        said = gettext("Version %(number)s") % {"number": row.signed_number} if row.signed_number else "–"
        proof = reverse(f"{actor.role}:agreement_signature", args=[row.signature_ref]) if row.signature_ref else ""
        return Cell(said, url=proof, note=signer_of(row))

    columns = [
        Column("title", gettext("Agreement"), lambda row: Cell(
            translate(row.title, get_language() or "en"), url=reverse(f"{actor.role}:agreement", args=[row.ref]),
            note=gettext("Version %(number)s") % {"number": row.number}), is_kept=True),
        Column("state", gettext("State"), lambda row: Cell(chips=[(CHIPS[row.state], "")]), "chips", is_kept=True),
        Column("due", gettext("To be signed by"), lambda row: Cell(row.due_at), "when"),
        Column("signed", gettext("Signature"), number),
        Column("at", gettext("Signed on"), lambda row: Cell(row.signed_at), "when"),
        Column("until", gettext("Counts until"), lambda row: Cell(row.counts_until), "when"),
    ]  # fmt: skip
    empty = Empty(gettext("There is nothing to sign."), gettext(
        "What the operator asks your company to sign stands here: what it says, by when, and for how long."))
    return Listing(
        "agreements", gettext("Agreements"), columns,
        lambda wanted: among(rows, wanted, text=lambda row: " ".join(row.title.values())), empty, icon="pen",
        help=gettext("An administrator signs for your company. What was signed stays here to the letter."),
    )  # fmt: skip


def _written(actor: Actor) -> Listing:
    rows = queries.agreements(actor) if actor.may("agreement.edit") else []

    def title(row: AgreementRow) -> Cell:
        note = gettext("Version %(number)s") % {"number": row.number} if row.number else gettext("Not published")
        url = reverse("operator:agreement", args=[row.ref])
        return Cell(translate(row.title, get_language() or "en"), url=url, note=note)

    def state(row: AgreementRow) -> Cell:
        code = "over" if row.ended_at else "draft" if not row.number else "asked_for" if row.is_required else "may_sign"
        return Cell(chips=[(code, "")])

    columns = [
        Column("title", gettext("Agreement"), title, is_kept=True),
        Column("role", gettext("Binds"), lambda row: Cell(chips=[(row.role, words.word("role", row.role))]), "tags"),
        Column("state", gettext("State"), state, "chips", is_kept=True),
        Column("binds", gettext("Binds from"), lambda row: Cell(row.binds_from), "day"),
        Column("signed", gettext("Companies that have signed"),
               lambda row: Cell(f"{row.signed} / {row.companies}" if row.number else "–")),
        Column("drafted", gettext("Draft changed"), lambda row: Cell(row.drafted_at), "when"),
    ]  # fmt: skip
    links = [(gettext("Write an agreement"), reverse("operator:new_agreement"))] if actor.may("agreement.edit") else []
    roles = [(role, words.word("role", role)) for role in ("supplier", "partner", "buyer")]
    empty = Empty(gettext("No agreements yet."), gettext(
        "Begin with one of ours or with a blank page. Nothing is asked of anybody before you publish it."))
    return Listing(
        "agreements", gettext("Agreements"), columns,
        lambda wanted: among([row for row in rows if wanted.filters.get("role") in (None, "", row.role)], wanted,
                             text=lambda row: " ".join(row.title.values())),
        empty, (Filter("role", gettext("Binds"), roles),), gettext("Title"), icon="pen", context={"links": links},
    )  # fmt: skip


# -- one agreement, as a company reads it ------------------------------------------------------------------------------


def language_of(request: WorkspaceRequest) -> str:
    """In which language an agreement is shown: the one asked for, else the reader's, else English."""
    asked = request.GET.get("language", "") or (get_language() or "")
    return asked if asked in TONGUES else "en"


def version_of(request: WorkspaceRequest, view: AgreementView) -> VersionView:
    """The version asked for, else the newest.

    Refuses: NotFound.
    """
    asked = request.GET.get("version", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        raise NotFound(what="agreement", ref=view.ref)
    return view.version(int(asked) if asked else None)


@page
def agreement(request: WorkspaceRequest, ref: str) -> Shown:
    """An agreement as it is read and signed: the text of a version to the letter, and how the company stands to it."""
    actor = request.actor
    view = queries.get_agreement(actor, ref)
    version, language = version_of(request, view), language_of(request)
    standing = next((row for row in queries.agreements_of(actor) if row.ref == ref), None)
    return Shown("shared/agreement.html", {
        "view": view, "version": version, "standing": standing, "chip": CHIPS[standing.state] if standing else "over",
        **reading(actor.role, view, version, language),
        "form": _sign_form(actor, view, version, language, standing),
        "given": queries.signatures(actor, ref, limit=20),
    })  # fmt: skip


def reading(role: str, view: AgreementView, version: VersionView, language: str) -> dict[str, object]:
    """What every page that shows a version's text needs: title, text, fingerprint, and the ways to other texts."""
    here = reverse(f"{role}:agreement", args=[view.ref])
    file = reverse(f"{role}:agreement_text", args=[view.ref])
    return {
        "language": language, "title": version.title[language], "text": version.text[language],
        "text_hash": version.hashes[language],
        "tongues": [(words.language(each), f"{here}?version={version.number}&language={each}", each == language)
                    for each in TONGUES],
        "others": [(each, f"{here}?version={each.number}&language={language}") for each in view.versions
                   if each.number != version.number],
        "file": f"{file}?version={version.number}&language={language}",
    }  # fmt: skip


def _sign_form(
    actor: Actor, view: AgreementView, version: VersionView, language: str, standing: Standing | None
) -> Form | None:
    if standing is None or not standing.may_sign or version.number != standing.number:
        return None
    if not actor.may("agreement.sign"):
        return None
    fields = (
        Field("number", kind="hidden", value=str(version.number)),
        Field("language", kind="hidden", value=language),
        Field("text_hash", kind="hidden", value=version.hashes[language]),
    )
    note = gettext("You sign the text on this page for your company. Your name, the moment, the fingerprint and the "
                   "network you sign from are kept.")  # fmt: skip
    return Form("sign-agreement", reverse(f"{actor.role}:sign_agreement", args=[view.ref]),
                gettext("Sign for the company"), fields, note=note)  # fmt: skip


@act
def sign_agreement(request: WorkspaceRequest, ref: str) -> str:
    """Sign what was read for the own company."""
    values = request.POST
    number = values.get("number", "")
    commands.sign_agreement(
        request.actor, ref, number=int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0,
        language=values.get("language", ""), text_hash=values.get("text_hash", ""), address=address_of(request.META),
    )  # fmt: skip
    return reverse(f"{request.actor.role}:agreement", args=[ref])


@page
def agreement_text(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """The text of a version as a file: its SHA-256 is the fingerprint that is signed."""
    view = queries.get_agreement(request.actor, ref)
    version, language = version_of(request, view), language_of(request)
    response = HttpResponse(version.words(language).encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{ref}-{version.number}-{language}.txt"'
    return response


@page
def agreement_signature(request: WorkspaceRequest, ref: str) -> Shown:
    """What proves a signature: the text that was signed, and its fingerprint reckoned anew."""
    found = queries.get_signature(request.actor, ref)
    title, _line, text = found.words.partition("\n\n")
    role = request.actor.role
    file = reverse(f"{role}:agreement_text", args=[found.agreement_ref])
    return Shown("shared/agreement_signature.html", {
        "found": found, "title": title, "text": text, "language": words.language(found.language),
        "back": reverse(f"{role}:agreement", args=[found.agreement_ref]),
        "file": f"{file}?version={found.number}&language={found.language}",
    })  # fmt: skip
