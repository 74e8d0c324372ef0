"""A supplier's skus on their product's page: stock, prices, and whether they are on sale."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.catalog import commands as products_commands
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Item
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewPrice
from trivium.shelf.queries import Offer, ProductOffer
from trivium.web.shared import forms
from trivium.web.shared.acting import act
from trivium.web.shared.forms import Field, Form, written
from trivium.web.shared.workspace import WorkspaceRequest

STEPS_SHOWN = 500
CURRENCIES = ("CNY", "GBP", "EUR", "USD")


@act
def set_listed(request: WorkspaceRequest) -> None:
    """Put a sku on sale, or take it off."""
    change = products_commands.list_sku if request.POST.get("on_sale") == "1" else products_commands.delist_sku
    change(request.actor, request.POST.get("sku_ref", ""))


def shown(actor: Actor, found: ProductOffer, revising: Mapping[str, Form]) -> list[dict[str, Any]]:
    """Each sku of a product with its stock by warehouse, its price steps by list, and what can be done with it."""
    refs = [sku.offer.sku_ref for sku in found.skus]
    levels, lists = stock.stock_of(actor, sku_refs=refs), prices.price_lists(actor)
    steps = _steps_by_sku(actor, lists, set(refs))
    rows = []
    for sku in found.skus:
        ref = sku.offer.sku_ref
        its = [level for level in levels if level.sku_ref == ref]
        rows.append(
            {
                "sku": sku,
                "levels": its,
                "steps": steps[ref],
                "forms": [_count_form(ref, its), *_price_forms(ref, lists)],
                "listing": _listed_form(sku.offer),
                "revising": revising[ref],
            }
        )
    return rows


def _steps_by_sku(
    actor: Actor, lists: Sequence[prices.PriceListRow], sku_refs: set[str]
) -> dict[str, list[tuple[prices.PriceListRow, prices.ListedPrice]]]:
    found: dict[str, list[tuple[prices.PriceListRow, prices.ListedPrice]]] = defaultdict(list)
    for price_list in lists:
        for price in prices.prices_of(actor, price_list.ref, sku_refs=list(sku_refs), limit=STEPS_SHOWN):
            found[price.sku_ref].append((price_list, price))
    return found


def _listed_form(offer: Offer) -> Form:
    fields = (
        Field("sku_ref", kind="hidden", value=offer.sku_ref),
        Field("on_sale", kind="hidden", value="0" if offer.is_listed else "1"),
    )
    said = gettext("Take off sale") if offer.is_listed else gettext("Put on sale")
    return Form(f"listed-{offer.sku_ref}", reverse("supplier:set_listed"), said, fields, tone="quiet", is_inline=True)


def _count_form(sku_ref: str, levels: list[stock.StockRow]) -> Form:
    on_hand = written(levels[0].on_hand) if levels else "0"
    places = [(level.location_ref, gettext(level.location_name)) for level in levels]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        *((Field("location_ref", gettext("Warehouse"), "select", places[0][0], choices=places,
               help=gettext("Where it was counted.")),) if places else ()),
        Field("quantity", gettext("Counted on hand"), "number", on_hand, is_narrow=True,
              help=gettext("All that lies there, what is reserved included.")),
    )
    return Form(f"count-{sku_ref}", reverse("supplier:count_stock"), gettext("Set stock"), fields, is_inline=True)


def _price_forms(sku_ref: str, lists: Sequence[prices.PriceListRow]) -> list[Form]:
    choices = [(each.ref, " · ".join([gettext(each.name), each.currency])) for each in lists]
    if not choices:
        return [_first_price_form(sku_ref)]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        Field("list_ref", gettext("Price list"), "select", choices[0][0], choices=choices,
              help=gettext("Each list has its own currency.")),
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True,
              help=gettext("The price holds from this quantity on, up to the next step.")),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True,
              help=gettext("For one unit, before discounts.")),
    )
    return [Form(f"price-{sku_ref}", reverse("supplier:set_price"), gettext("Set price"), fields, is_inline=True)]


def _first_price_form(sku_ref: str) -> Form:
    """The first price of somebody who has no price list yet: the list is made with it."""
    currencies = [(currency, currency) for currency in CURRENCIES]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        Field("list_name", gettext("Name of your price list"), limit=120, value=gettext("Price list"),
              help=gettext("To tell your lists apart.")),
        Field("currency", gettext("Currency"), "select", CURRENCIES[0], choices=currencies, is_narrow=True,
              help=gettext("Of all prices in the list; it stays.")),
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True,
              help=gettext("The price holds from this quantity on, up to the next step.")),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True,
              help=gettext("For one unit, before discounts.")),
    )
    url = reverse("supplier:set_price")
    return Form(f"price-{sku_ref}", url, gettext("Set price"), fields, is_inline=True)


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
    if not values.get("list_ref") and values.get("list_name"):
        first = NewPrice(values.get("sku_ref", ""), step, price)
        currency = forms.choice(values, "currency", CURRENCIES)
        pricing.publish_price_list(request.actor, name=values["list_name"], currency=currency, prices=[first])
        return
    if not values.get("list_ref"):
        raise NotFound(what="price list", ref="", field="list_ref")
    pricing.set_prices(request.actor, values["list_ref"], [(values.get("sku_ref", ""), step, price)])
