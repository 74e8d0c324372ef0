"""Documents as PDF: an order, the packing list of a shipment, a statement, a share contract.

Each is composed from queries with the reader's actor, so it shows what the reader's pages show and nothing else. The
templates are templates/documents/*.typ; the API hands out the same through core.documents.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext

from trivium.core import documents
from trivium.core.errors import NotFound
from trivium.web.shared import gone
from trivium.web.shared.documents.contracts import contract_document
from trivium.web.shared.documents.orders import order_document
from trivium.web.shared.documents.packing import packing_list
from trivium.web.shared.documents.statements import statement_document
from trivium.web.shared.refusals import STATUS, text_of
from trivium.web.shared.workspace import WorkspaceRequest

COMPOSERS = {
    "order": order_document,
    "packing_list": packing_list,
    "statement": statement_document,
    "contract": contract_document,
}


def register() -> None:
    """Make known who composes documents; the portals do this when the program starts."""
    for kind, composer in COMPOSERS.items():
        documents.register_composer(kind, composer)


def file_of(kind: str) -> Callable[..., HttpResponse]:
    """The view that hands out a kind of document: a file to download and no page."""

    def document(request: WorkspaceRequest, ref: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            drawn = documents.compose(kind, request.actor, ref)
        except NotFound:
            return gone.not_found(request)
        except documents.NoFont as refusal:
            why = gone.Why(gettext("This document cannot be drawn"), text_of(refusal))
            context: dict[str, Any] = {"why": why, "elsewhere": []}
            return render(request, "404.html", context, status=STATUS[refusal.kind])
        response = HttpResponse(drawn.body, content_type=documents.MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{drawn.name}.pdf"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response

    return document
