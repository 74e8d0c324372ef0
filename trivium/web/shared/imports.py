"""Imports: hand in a file of invoices, watch it go through the trade, fetch what could not be traded."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.errors import NotFound
from trivium.integration import commands, queries
from trivium.integration.errors import EmptyFile
from trivium.integration.queries import ImportRow
from trivium.integration.rules import IMPORT_JOB, Kind, Status
from trivium.parties import queries as parties
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

CURRENCY = "GBP"
SUPPLIERS = 500


@page
def imports(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The imports of one's company, newest first; the operator sees all, and releases them."""
    actor = request.actor
    states = [(s, words.word("import", s)) for s in Status]
    kinds = [(kind, words.word("import_kind", kind)) for kind in Kind]
    listing = Listing(
        "imports",
        gettext("Imports"),
        _columns(actor.role),
        lambda wanted: queries.import_list(actor, wanted),
        Empty(gettext("No import yet."),
              gettext("Hand in a file of old invoices above; the operator releases it, then it is traded.")),
        (Filter("status", gettext("State"), states), Filter("kind", gettext("What it holds"), kinds)),
        icon="paper",
        context={"fields": _fields(request), "form_id": "ask-import", "url": reverse(f"{actor.role}:ask_import")},
    )  # fmt: skip
    return show_list(request, listing, "shared/imports.html")


def _columns(role: str) -> list[Column]:
    def file(row: ImportRow) -> Cell:
        return Cell(row.file_name, url=reverse(f"{role}:import", args=[row.ref]), note=row.asked_by)

    found = [
        Column("file", gettext("File"), file, is_kept=True),
        Column("supplier", gettext("Supplier"), lambda row: Cell(row.supplier_name), sort="supplier"),
        Column("kind", gettext("What it holds"), lambda row: Cell(words.word("import_kind", row.kind))),
        Column("state", gettext("State"), lambda row: Cell(words.word("import", row.status)), sort="status"),
        Column("rows", gettext("Rows done"), lambda row: Cell(row.rows), "quantity", "rows"),
        Column("traded", gettext("Traded"), lambda row: Cell(row.traded_lines), "quantity"),
        Column("kept", gettext("In quarantine"), lambda row: Cell(row.kept_lines), "quantity"),
        Column("asked", gettext("Handed in"), lambda row: Cell(row.asked_at), "when", "asked"),
    ]
    return found if role == "operator" else [column for column in found if column.key != "supplier"]


def _fields(request: WorkspaceRequest) -> tuple[Field, ...]:
    if request.actor.role != "operator":
        return ()
    rows = parties.organizations(request.actor, role="supplier", limit=SUPPLIERS)
    choices = [(row.ref, row.name) for row in sorted(rows, key=lambda row: row.name)]
    return (Field("supplier_ref", gettext("Whose invoices these are"), "select", choices=choices, is_narrow=True,
                  help=gettext("The orders become this supplier’s.")),)


@act
def ask_import(request: WorkspaceRequest) -> str:
    """Hand in a file."""
    file = request.FILES.get("file")
    if file is None:
        raise EmptyFile(field="file")
    name, supplier = file.name or "file", request.POST.get("supplier_ref") or None
    ref = commands.ask_import(request.actor, file.chunks(), file_name=name, supplier_ref=supplier)
    return reverse(f"{request.actor.role}:import", args=[ref])


@page
def import_page(request: WorkspaceRequest, ref: str) -> Shown:
    """An import: how far it is, what came of its lines, and what can be done with it."""
    actor = request.actor
    row = queries.get_import(actor, ref)
    reasons = sorted(row.reasons.items(), key=lambda each: -each[1])
    context = {
        "row": row,
        "currency": CURRENCY,
        "is_running": row.status == Status.RUNNING,
        "is_goods": row.kind == Kind.GOODS,
        "changed": row.traded_lines - row.known_lines,
        "reasons": [(words.word("kept", reason), lines) for reason, lines in reasons],
        "forms": _forms(actor.role, row) if actor.may("import.release") else (),
    }
    return Shown("shared/import.html", context)


def _forms(role: str, row: ImportRow) -> list[Form]:
    found = []
    if IMPORT_JOB.allows(row.status, "release"):
        note = gettext("By releasing it you say that these invoices were paid; orders are booked on your word.")
        url = reverse(f"{role}:release_import", args=[row.ref])
        found.append(Form("release-import", url, gettext("Release"), note=note))
    if IMPORT_JOB.allows(row.status, "decline"):
        url = reverse(f"{role}:decline_import", args=[row.ref])
        found.append(Form("decline-import", url, gettext("Decline"), tone="quiet"))
    return found


def quarantine(request: WorkspaceRequest, ref: str) -> StreamingHttpResponse:
    """The lines that could not be traded, as a file."""
    try:
        pieces = queries.quarantine(request.actor, ref)
    except NotFound as refusal:
        raise Http404 from refusal
    headers = {"Content-Disposition": f'attachment; filename="{ref}.quarantine.csv"'}
    return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=headers)


@act
def release_import(request: WorkspaceRequest, ref: str) -> None:
    """Let an import run."""
    commands.release_import(request.actor, ref)


@act
def decline_import(request: WorkspaceRequest, ref: str) -> None:
    """Do not run an import."""
    commands.decline_import(request.actor, ref)
