"""The supplier's range as a sheet, out and in again; and acts on many of its skus at once."""

import csv
from collections.abc import Iterator, Mapping, Sequence

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import commands as catalog
from trivium.catalog import queries as goods
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.time import business_day, now
from trivium.integration import commands, queries
from trivium.integration.errors import EmptyFile
from trivium.integration.rules import HEADINGS, Kind
from trivium.web.shared.acting import act
from trivium.web.shared.bulk import bulk, nothing_asked
from trivium.web.shared.forms import Field, Form, Second
from trivium.web.shared.lists import Bulk
from trivium.web.shared.workspace import WorkspaceRequest

MARK = "\ufeff"  # by which spreadsheet programs know UTF-8


class _Line:
    """What a CSV writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        """The line."""
        return line


def sheet(request: WorkspaceRequest) -> StreamingHttpResponse:
    """All of the supplier's skus with words, prices and stock, as a file that can be handed in again."""
    writer = csv.writer(_Line())
    rows = queries.sheet(request.actor, language=get_language() or "en")

    def lines() -> Iterator[str]:
        yield MARK
        for row in rows:
            yield writer.writerow(row)

    name = f"goods-{business_day(now())}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def sheet_form() -> Form:
    """Where a sheet is handed in."""
    language = get_language() or "en"
    columns = gettext(", ").join(names[1 if language.startswith("zh") else 0] for names in HEADINGS.values())
    note = gettext(
        "Download your goods as a sheet, change it and hand it in: rows by code, an empty cell leaves things as they "
        "are, new codes become new goods. The same sheet again changes nothing."
    )
    help_ = gettext("CSV with these columns, in any order: %(columns)s. Only the code is needed in every row.")
    said, accepted = help_ % {"columns": columns}, (("accept", ".csv,text/csv"),)
    fields = (Field("file", gettext("Sheet"), "file", help=said, data=accepted),)
    return Form("take-sheet", reverse("supplier:take_sheet"), gettext("Hand in"), fields,
                summary=gettext("Change many by a sheet"), note=note)  # fmt: skip


@act
def take_sheet(request: WorkspaceRequest) -> str:
    """Hand in a sheet; the page that follows shows how far it is."""
    file = request.FILES.get("file")
    if file is None:
        raise EmptyFile(field="file")
    ref = commands.ask_import(
        request.actor, file.chunks(), file_name=file.name or "file", kind=Kind.GOODS, language=get_language() or "en"
    )
    return reverse("supplier:import", args=[ref])


def listing_bulk() -> Bulk:
    """Putting many skus on sale at once, or taking them off."""
    off = Second(gettext("Take off sale"), "off", reverse("supplier:delist_many"))
    return Bulk(reverse("supplier:list_many"), gettext("Put on sale"), lambda offer: str(offer.sku_ref), second=off)


def _names(actor: Actor, sku_refs: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    found, language = goods.tradable(sku_refs), get_language() or "en"
    return {
        ref: (translate(sku.name, language), reverse("supplier:product", args=[sku.product_ref]))
        for ref, sku in found.items()
        if sku.supplier_id == actor.organization_id
    }


@bulk(nothing_asked, _names)
def list_many(request: WorkspaceRequest, sku_ref: str, _asked: None) -> None:
    """Put a sku on sale."""
    catalog.list_sku(request.actor, sku_ref)


@bulk(nothing_asked, _names)
def delist_many(request: WorkspaceRequest, sku_ref: str, _asked: None) -> None:
    """Take a sku off sale."""
    catalog.delist_sku(request.actor, sku_ref)
