"""The supplier's products: what is on hand, what it costs, and changing both."""

from collections import defaultdict
from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Item
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.shelf import queries as shelf
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, written
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

STEPS_SHOWN = 500
LOW = 5  # fewer than so many of the smallest orders are left


@page
def products(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The supplier's skus with price and stock."""
    language = get_language() or "en"
    states = (("listed", gettext("Listed")), ("unlisted", gettext("Not listed")), ("low", gettext("Running low")))
    listing = Listing(
        "products",
        gettext("Products"),
        _columns(),
        lambda wanted: shelf.offer_list(request.actor, wanted, language=language),
        Empty(gettext("No products yet."),
              gettext("Products come in through the API or an import; they stand here with stock and price.")),
        (Filter("state", gettext("State"), states),),
        gettext("Search goods by name or code"),
        icon="box",
    )  # fmt: skip
    return show_list(request, listing)


def _columns() -> list[Column]:
    return [
        Column("name", gettext("Goods"),
               lambda offer: Cell(offer.name, url=reverse("supplier:product", args=[offer.product_ref])), is_kept=True),
        Column("code", gettext("Code"), lambda offer: Cell(offer.code), "number", "code"),
        Column("price", gettext("List price"), lambda offer: Cell(offer.list_price, currency=offer.currency), "price"),
        Column("moq", gettext("Smallest quantity"), lambda offer: Cell(offer.moq, note=words.word("unit", offer.unit)),
               "quantity", "moq"),
        Column("stock", gettext("Free stock"),
               lambda offer: Cell(offer.available, is_low=offer.available < LOW * offer.moq), "quantity"),
        Column("state", gettext("State"),
               lambda offer: Cell(chips=[("listed" if offer.is_listed else "unlisted", "")]), "chips"),
    ]  # fmt: skip


@page
def product(request: WorkspaceRequest, ref: str) -> Shown:
    """One product: each sku with its stock by warehouse and its price steps by list."""
    actor = request.actor
    found = shelf.offer(actor, ref, language=get_language() or "en")
    levels = stock.stock_of(actor, sku_refs=[sku.offer.sku_ref for sku in found.skus])
    lists = prices.price_lists(actor)
    steps = _steps_by_sku(actor, lists, {sku.offer.sku_ref for sku in found.skus})
    skus = []
    for sku in found.skus:
        its = [level for level in levels if level.sku_ref == sku.offer.sku_ref]
        skus.append(
            {
                "sku": sku,
                "levels": its,
                "steps": steps[sku.offer.sku_ref],
                "forms": [_count_form(sku.offer.sku_ref, its), *_price_forms(sku.offer.sku_ref, lists)],
            }
        )
    return Shown("supplier/product.html", {"product": found, "skus": skus})


def _steps_by_sku(
    actor: Actor, lists: Sequence[prices.PriceListRow], sku_refs: set[str]
) -> dict[str, list[tuple[prices.PriceListRow, prices.ListedPrice]]]:
    found: dict[str, list[tuple[prices.PriceListRow, prices.ListedPrice]]] = defaultdict(list)
    for price_list in lists:
        for price in prices.prices_of(actor, price_list.ref, limit=STEPS_SHOWN):
            if price.sku_ref in sku_refs:
                found[price.sku_ref].append((price_list, price))
    return found


def _count_form(sku_ref: str, levels: list[stock.StockRow]) -> Form:
    on_hand = written(levels[0].on_hand) if levels else "0"
    places = [(level.location_ref, level.location_name) for level in levels]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        *((Field("location_ref", gettext("Warehouse"), "select", places[0][0], choices=places),) if places else ()),
        Field("quantity", gettext("Counted on hand"), "number", on_hand, is_narrow=True),
    )
    return Form(f"count-{sku_ref}", reverse("supplier:count_stock"), gettext("Set stock"), fields, is_inline=True)


def _price_forms(sku_ref: str, lists: Sequence[prices.PriceListRow]) -> list[Form]:
    choices = [(each.ref, f"{each.name} · {each.currency}") for each in lists]
    if not choices:
        return []
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        Field("list_ref", gettext("Price list"), "select", choices[0][0], choices=choices),
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True),
    )
    return [Form(f"price-{sku_ref}", reverse("supplier:set_price"), gettext("Set price"), fields, is_inline=True)]


@act
def count_stock(request: WorkspaceRequest) -> None:
    """Set what is on hand of a sku to what was counted."""
    values = request.POST
    item = Item(values.get("sku_ref", ""), forms.quantity(values, "quantity", zero=True))
    inventory.count_stock(request.actor, [item], location_ref=values.get("location_ref") or None)


@act
def set_price(request: WorkspaceRequest) -> None:
    """Set the price of a sku from a quantity on, in one of the supplier's lists."""
    values = request.POST
    step = forms.quantity(values, "from_quantity")
    price = forms.plain_number(values.get("unit_price", ""))
    if not values.get("list_ref"):
        raise NotFound(what="price list", ref="", field="list_ref")
    pricing.set_prices(request.actor, values["list_ref"], [(values.get("sku_ref", ""), step, price)])
