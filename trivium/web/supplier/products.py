"""The supplier's products: what is on hand, what it costs, and changing both."""

from collections import defaultdict
from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import commands as products_commands
from trivium.catalog import queries as catalog
from trivium.catalog.rules import NewSku
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Item
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewPrice
from trivium.shelf import queries as shelf
from trivium.shelf.queries import Offer
from trivium.web.errors import BadChoice
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, written
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

STEPS_SHOWN = 500
INDENT = "\u2003"
CURRENCIES = ("CNY", "GBP", "EUR", "USD")
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
        context={"acts": [_new_product_form(language)]},
    )  # fmt: skip
    return show_list(request, listing)


def _new_product_form(language: str) -> Form:
    """One product with one sku; more of both come by the API or an import."""
    tree = [(c.ref, INDENT * c.path.count("/") + translate(c.name, language)) for c in catalog.categories()]
    units = [(unit, words.word("unit", unit)) for unit in words.WORDS["unit"]]
    fields = (
        Field("name", gettext("Name in Chinese"), limit=200,
              help=gettext("What buyers read; the other language is shown where this one is missing.")),
        Field("name_en", gettext("Name in English"), required=False, limit=200),
        Field("category_ref", gettext("Category"), "select", choices=tree,
              help=gettext("Where buyers find it on the shelf.")),
        Field("code", gettext("Your code"), limit=64, is_narrow=True,
              help=gettext("Yours alone; it stands on orders and papers.")),
        Field("unit", gettext("Unit"), "select", "pcs", choices=units, is_narrow=True),
        Field("moq", gettext("Smallest quantity"), "number", "1", is_narrow=True),
        Field("quantity_step", gettext("In steps of"), "number", "1", is_narrow=True, is_seldom=True,
              help=gettext("Buyers order multiples of this.")),
        Field("weight_g", gettext("Weight in grams"), "number", "0", is_narrow=True, is_seldom=True,
              help=gettext("Freight by weight is reckoned from it.")),
        Field("description", gettext("Description"), "textarea", required=False, limit=5000, is_seldom=True),
    )  # fmt: skip
    note = gettext("It is listed at once and can be ordered as soon as it has a price and stock.")
    return Form("create-product", reverse("supplier:create_product"), gettext("Create product"), fields,
                summary=gettext("Add a product"), note=note)  # fmt: skip


@act
def create_product(request: WorkspaceRequest) -> str:
    """Bring a product with its first sku; the page that follows asks for its price and stock."""
    values = request.POST
    name = {"zh-hans": values.get("name", ""), "en": values.get("name_en", "")}
    weight = forms.plain_number(values.get("weight_g", "")) or "0"
    if not weight.isdecimal() or len(weight) > 9:
        raise BadChoice(value=weight[:40], field="weight_g")
    sku = NewSku(
        code=values.get("code", ""),
        unit=values.get("unit", ""),
        moq=forms.quantity(values, "moq"),
        quantity_step=forms.quantity(values, "quantity_step"),
        weight_g=int(weight),
    )
    made = products_commands.create_product(
        request.actor, name=name, category_ref=values.get("category_ref", ""), skus=[sku],
        description=values.get("description", ""),
    )  # fmt: skip
    return reverse("supplier:product", args=[made.ref])


@act
def set_listed(request: WorkspaceRequest) -> None:
    """Put a sku on sale, or take it off."""
    change = products_commands.list_sku if request.POST.get("on_sale") == "1" else products_commands.delist_sku
    change(request.actor, request.POST.get("sku_ref", ""))


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
                "listing": _listed_form(sku.offer),
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


def _listed_form(offer: Offer) -> Form:
    fields = (
        Field("sku_ref", kind="hidden", value=offer.sku_ref),
        Field("on_sale", kind="hidden", value="0" if offer.is_listed else "1"),
    )
    said = gettext("Take off sale") if offer.is_listed else gettext("Put on sale")
    return Form(f"listed-{offer.sku_ref}", reverse("supplier:set_listed"), said, fields, tone="quiet", is_inline=True)


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
        return [_first_price_form(sku_ref)]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        Field("list_ref", gettext("Price list"), "select", choices[0][0], choices=choices),
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True),
    )
    return [Form(f"price-{sku_ref}", reverse("supplier:set_price"), gettext("Set price"), fields, is_inline=True)]


def _first_price_form(sku_ref: str) -> Form:
    """The first price of somebody who has no price list yet: the list is made with it."""
    currencies = [(currency, currency) for currency in CURRENCIES]
    fields = (
        Field("sku_ref", kind="hidden", value=sku_ref),
        Field("list_name", gettext("Name of your price list"), limit=120, value=gettext("Price list")),
        Field("currency", gettext("Currency"), "select", CURRENCIES[0], choices=currencies, is_narrow=True),
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True),
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
