"""Imports: a supplier's file of invoices on its way through the trade."""

from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import amount, answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import Instant, Made, Money, Page, Ref, Shown
from trivium.integration import commands, queries
from trivium.integration.queries import ImportRow
from trivium.integration.rules import Kind

router = Router()
CURRENCY = "GBP"  # of all such files
FILE = {
    "required": True,
    "description": "The file itself: invoices as Parquet or CSV, goods as CSV; its content says which.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
CSV = {"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}}


class ImportView(Shown):
    """An import. Rows read = lines traded + kept, amounts likewise; `known_lines` of the traded were there before."""

    ref: str
    kind: str
    supplier_ref: str
    supplier_name: str
    status: str
    file_name: str
    file_bytes: int
    total_rows: int | None
    rows: int
    amount: Money
    traded_lines: int
    traded_amount: Money
    known_lines: int
    orders: int
    kept_lines: int
    kept_amount: Money
    reasons: dict[str, int]
    lines_a_second: int
    currency: str
    fault: str
    asked_by: str
    asked_at: Instant
    released_at: Instant | None
    ended_at: Instant | None


class FileNamed(Shown):
    """What is said beside a file: its name, what it holds, and whose it is (the operator says so)."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Kind = Kind.INVOICES
    supplier_ref: Ref | None = None


def _show(row: ImportRow) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ImportView.model_fields if name != "currency"}
    for name in ("amount", "traded_amount", "kept_amount"):
        shown[name] = amount(shown[name], CURRENCY)
    return {**shown, "currency": CURRENCY}


def _id(row: ImportRow) -> int:
    return row.id


@router.get("/imports", **reads(Page[ImportView]))
def imports(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """Imports of the workspace's company, newest first; the operator's are all."""
    found = queries.imports(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_show))


_ASKING = writes(Made, 201)
_ASKING["openapi_extra"] = {**_ASKING["openapi_extra"], "requestBody": FILE}


@router.post("/imports", **_ASKING)
@once
def ask(request: Asked, named: Query[FileNamed]) -> HttpResponse:
    """Hand in a file as the body. Invoices are traded once the operator releases them; a sheet of goods (CSV: products,
    prices, stock) is taken over at once. Larger ones go by the portal.
    """
    ref = commands.ask_import(
        request.auth, [request.body], file_name=named.name, supplier_ref=named.supplier_ref, kind=named.kind,
        language=get_language() or "en",
    )  # fmt: skip
    return answer({"ref": ref}, 201)


@router.get("/imports/{ref}", **reads(ImportView))
def get_import(request: Asked, ref: str) -> HttpResponse:
    """An import and how far it is."""
    return answer(_show(queries.get_import(request.auth, ref)))


@router.get("/imports/{ref}/quarantine", openapi_extra=CSV, **reads(str))
def quarantine(request: Asked, ref: str) -> StreamingHttpResponse:
    """The lines that could not be traded so far, as CSV with row and reason."""
    return StreamingHttpResponse(queries.quarantine(request.auth, ref), content_type="text/csv; charset=utf-8")


@router.post("/imports/{ref}/release", **writes(Made))
@once
def release(request: Asked, ref: str) -> HttpResponse:
    """Let an import run: its orders are placed, confirmed and booked as paid on the operator's word."""
    commands.release_import(request.auth, ref)
    return answer({"ref": ref})


@router.post("/imports/{ref}/decline", **writes(Made))
@once
def decline(request: Asked, ref: str) -> HttpResponse:
    """Do not run an import."""
    commands.decline_import(request.auth, ref)
    return answer({"ref": ref})
