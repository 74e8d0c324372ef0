"""The supplier's products: what there is, what it costs, what is left of it; and bringing a new one."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import commands as products_commands
from trivium.catalog import queries as catalog
from trivium.catalog.rules import NewSku
from trivium.core.fields import translate
from trivium.shelf import queries as shelf
from trivium.web.errors import BadChoice
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest
from trivium.web.supplier import sheets

INDENT = "\u2003"
LOW = 5  # fewer than so many of the smallest orders are left


@page
def products(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The supplier's skus with price and stock."""
    language = get_language() or "en"
    states = (("listed", gettext("Listed")), ("unlisted", gettext("Not listed")), ("low", gettext("Running low")))
    ways = [(gettext("Download as a sheet"), reverse("supplier:sheet"))]
    listing = Listing(
        "products",
        gettext("Products"),
        _columns(),
        lambda wanted: shelf.offer_list(request.actor, wanted, language=language),
        Empty(gettext("No products yet."),
              gettext("Add one above, or many by a sheet or the API; they stand here with stock and price.")),
        (Filter("state", gettext("State"), states),),
        gettext("Search goods by name or code"),
        icon="box",
        context={"acts": [_new_product_form(language), sheets.sheet_form()], "ways": ways},
        bulk=sheets.listing_bulk() if request.actor.may("product.edit") else None,
    )  # fmt: skip
    return show_list(request, listing)


def category_choices(language: str) -> list[tuple[str, str]]:
    """The tree of goods, as a choice in a form."""
    return [(c.ref, INDENT * c.path.count("/") + translate(c.name, language)) for c in catalog.categories()]


def terms_fields() -> tuple[Field, ...]:
    """In what and how many a sku is sold."""
    units = [(unit, words.word("unit", unit)) for unit in words.WORDS["unit"]]
    return (
        Field("unit", gettext("Unit"), "select", "pcs", choices=units, is_narrow=True,
              help=gettext("In which it is priced, ordered and counted.")),
        Field("moq", gettext("Smallest quantity"), "number", "1", is_narrow=True,
              help=gettext("Nobody can order less.")),
        Field("quantity_step", gettext("In steps of"), "number", "1", is_narrow=True, is_seldom=True,
              help=gettext("Buyers order multiples of this.")),
        Field("weight_g", gettext("Weight in grams"), "number", "0", is_narrow=True, is_seldom=True,
              help=gettext("Freight by weight is reckoned from it.")),
    )  # fmt: skip


def whole_grams(values: Mapping[str, str]) -> int:
    """The weight in a form; none means nothing.

    Refuses: BadChoice.
    """
    weight = forms.plain_number(values.get("weight_g", "")) or "0"
    if not weight.isdecimal() or len(weight) > 9:
        raise BadChoice(value=weight[:40], field="weight_g")
    return int(weight)


def _new_product_form(language: str) -> Form:
    """One product with its first sku; its page takes more of them, and pictures."""
    names = {
        "zh-hans": Field("name", gettext("Name in Chinese"), required=False, limit=200,
                         help=gettext("What buyers read; the other language is shown where this one is missing.")),
        "en": Field("name_en", gettext("Name in English"), required=False, limit=200,
                    help=gettext("One of the two is enough.")),
    }  # fmt: skip
    fields = (
        *(names[each] for each in words.readers_first(names)),
        Field("category_ref", gettext("Category"), "select", choices=category_choices(language),
              help=gettext("Where buyers find it on the shelf.")),
        Field("code", gettext("Your code"), limit=64, is_narrow=True,
              help=gettext("Yours alone; it stands on orders and papers.")),
        *terms_fields(),
        Field("description", gettext("Description"), "textarea", required=False, limit=5000, is_seldom=True,
              help=gettext("What a buyer asks before ordering: material, use, keeping.")),
    )  # fmt: skip
    note = gettext("It is listed at once and can be ordered as soon as it has a price and stock.")
    return Form("create-product", reverse("supplier:create_product"), gettext("Create product"), fields,
                summary=gettext("Add a product"), note=note)  # fmt: skip


@act
def create_product(request: WorkspaceRequest) -> str:
    """Bring a product with its first sku; the page that follows asks for its price and stock."""
    values = request.POST
    name = {"zh-hans": values.get("name", ""), "en": values.get("name_en", "")}
    sku = NewSku(
        code=values.get("code", ""),
        unit=values.get("unit", ""),
        moq=forms.quantity(values, "moq"),
        quantity_step=forms.quantity(values, "quantity_step"),
        weight_g=whole_grams(values),
    )
    made = products_commands.create_product(
        request.actor, name=name, category_ref=values.get("category_ref", ""), skus=[sku],
        description=values.get("description", ""),
    )  # fmt: skip
    return reverse("supplier:product", args=[made.ref])


def _columns() -> list[Column]:
    return [
        Column("name", gettext("Goods"),
               lambda offer: Cell(offer.name, url=reverse("supplier:product", args=[offer.product_ref]),
                                  face=offer.face), is_kept=True),
        Column("code", gettext("Code"), lambda offer: Cell(offer.code), "number", "code"),
        Column("price", gettext("List price"), lambda offer: Cell(offer.list_price, currency=offer.currency), "price"),
        Column("moq", gettext("Smallest quantity"), lambda offer: Cell(offer.moq, note=words.word("unit", offer.unit)),
               "quantity", "moq"),
        Column("stock", gettext("Free stock"),
               lambda offer: Cell(offer.available, is_low=offer.available < LOW * offer.moq), "quantity"),
        Column("state", gettext("State"),
               lambda offer: Cell(chips=[("listed" if offer.is_listed else "unlisted", "")]), "chips"),
    ]  # fmt: skip
