"""The shelf: what this buyer can order, at its own price; and a product's page with its price steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.lists import Wanted
from trivium.core.money import exponent
from trivium.ordering import commands as ordering
from trivium.parties.rules import TradingTerms
from trivium.shelf import queries as shelf
from trivium.shelf.queries import Offer, OfferedSku, Step
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import word
from trivium.web.shared.forms import Field, Form, written
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.signs import SIGNS
from trivium.web.shared.stock import band_of, facets_of
from trivium.web.shared.workspace import WorkspaceRequest


@dataclass(frozen=True, slots=True)
class Card:
    """Goods on the shelf."""

    offer: Offer
    band: str


@page
def offers(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Goods as cards, by category, supplier, stock and text."""
    actor, language = request.actor, get_language() or "en"
    asked = {name: request.GET.get(name, "")[:40] for name in ("category", "supplier", "state")}
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    categories, suppliers = shelf.facets(actor, Wanted(filters=asked, text=text), language=language)
    listing = Listing(
        "shelf",
        gettext("Shelf"),
        _columns(),
        lambda wanted: shelf.offer_list(actor, wanted, language=language),
        Empty(gettext("The shelf is empty."),
              gettext("As soon as suppliers list goods, they appear here with your own price.")),
        (*facets_of(categories, suppliers, asked["category"]),
         Filter("state", gettext("Stock"), [("stocked", gettext("In stock"))])),
        gettext("Search goods by name or code"),
        icon="store",
    )  # fmt: skip
    shown = show_list(request, listing, "buyer/shelf.html")
    if isinstance(shown, HttpResponse):
        return shown
    items = shown.context["list"]["items"]
    return Shown(shown.template, {**shown.context, "cards": [Card(offer, band_of(offer)) for offer in items]})


def _columns() -> list[Column]:
    """What a file of the shelf holds, and by what it can be sorted."""
    return [
        Column("name", gettext("Goods"), lambda o: Cell(o.name), is_kept=True),
        Column("code", gettext("Code"), lambda o: Cell(o.code), "number", "code"),
        Column("price", gettext("Your price"), lambda o: Cell(o.unit_price, currency=o.currency), "price"),
        Column("moq", gettext("Smallest quantity"), lambda o: Cell(o.moq, note=words.word("unit", o.unit)),
               "quantity", "moq"),
        Column("stock", gettext("Stock"), lambda o: Cell(o.available), "quantity"),
        Column("supplier", gettext("Supplier"), lambda o: Cell(o.supplier_name)),
        Column("newest", gettext("Newest"), lambda o: Cell(o.sku_ref), "text", "newest", is_shown=False),
    ]  # fmt: skip


@page
def product(request: WorkspaceRequest, ref: str) -> Shown:
    """One product: its words, and each sku with own price by step, stock and a box for the quantity."""
    found = shelf.offer(request.actor, ref, language=get_language() or "en")
    here = next((c for c in catalog.categories() if c.ref == found.skus[0].offer.category_ref), None)
    skus = [
        {
            "sku": sku,
            "form": _add_form(sku),
            "band": band_of(sku.offer),
            "steps": [ScriptedStep.of(step, sku.offer.currency) for step in sku.steps],
        }
        for sku in found.skus
    ]
    photos = catalog.pictures(request.actor, ref)
    shown = {"product": found, "skus": skus, "photos": photos, "here": here, "closed": found.skus[0].offer.closed}
    return Shown("buyer/product.html", shown)


@dataclass(frozen=True, slots=True)
class ScriptedStep:
    """A price step with its price as whole numbers, so that the page's script adds up without fractions.

    `price` is in `scale` parts of the currency's smallest unit.
    """

    step: Step
    price: int
    scale: int
    digits: int
    sign: str

    @classmethod
    def of(cls, step: Step, currency: str) -> "ScriptedStep":
        """The step as the script reads it."""
        digits = exponent(currency)
        places = len(f"{step.unit_price.normalize():f}".partition(".")[2])
        finer = max(0, places - digits)
        price = int(step.unit_price.scaleb(digits + finer))
        return cls(step, price, 10**finer, digits, SIGNS.get(currency, f"{currency} "))


def _add_form(sku: OfferedSku) -> Form | None:
    offer = sku.offer
    if not sku.steps or (offer.available <= 0 and not offer.backorder):
        return None
    fields = (
        Field("sku_ref", kind="hidden", value=offer.sku_ref),
        Field("quantity", gettext("Quantity"), "number", written(offer.moq), suffix=word(offer.unit, "unit"),
              is_narrow=True, data=(("steps", f"steps-{offer.sku_ref}"), ("total", f"total-{offer.sku_ref}")),
              help=gettext("At least the smallest quantity, and in its steps.")),
    )  # fmt: skip
    url = reverse("buyer:add_to_cart")
    return Form(f"add-{offer.sku_ref}", url, gettext("Add to cart"), fields, is_inline=True)


@act
def add_to_cart(request: WorkspaceRequest) -> str:
    """Put more of a sku into the cart."""
    values = request.POST
    ordering.add_to_cart(request.actor, values.get("sku_ref", ""), forms.quantity(values, "quantity"))
    return reverse("buyer:cart")


def next_steps(
    actor: Actor, terms: TradingTerms, lines: Sequence[tuple[int, Decimal, Decimal]]
) -> dict[int, tuple[Decimal, Step]]:
    """For each (sku, smallest quantity, quantity): how much is missing to its next cheaper step, if there is one."""
    steps = shelf.steps_for(actor, terms, [(key, moq) for key, moq, _quantity in lines])
    found = {}
    for key, _moq, quantity in lines:
        better = next((step for step in steps[key] if step.from_quantity > quantity), None)
        if better is not None:
            found[key] = (better.from_quantity - quantity, better)
    return found
