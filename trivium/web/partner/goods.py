"""The goods a partner's buyers can order: what they pay, and what the partner earns by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted
from trivium.core.money import line_minor, share
from trivium.core.time import now
from trivium.pricing import queries as pricing
from trivium.pricing.queries import Earning
from trivium.pricing.rules import PriceRow, base_price
from trivium.shelf import queries as shelf
from trivium.shelf.queries import Offer, Step
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.prices import markup_over
from trivium.web.shared.setting_prices import own_currency, step_fields
from trivium.web.shared.stock import band_of, facets_of
from trivium.web.shared.workspace import WorkspaceRequest

Supply = Mapping[int, Sequence[PriceRow]]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Earned:
    """Goods as a partner sees them: what it earns on them in percent, or under markup what it pays itself."""

    offer: Offer
    percent: Decimal | None
    supply: PriceRow | None

    @property
    def amount(self) -> int | None:
        """What the smallest order earns, before discounts, in minor units."""
        offer = self.offer
        if self.percent is None or offer.unit_price is None:
            return None
        return share(line_minor(offer.unit_price, offer.moq, offer.currency), self.percent)

    @property
    def markup(self) -> Decimal | None:
        """By how much the own price lies over the supply price."""
        offer = self.offer
        if self.supply is None or offer.unit_price is None:
            return None
        asked = offer.unit_price
        if not offer.tax_included and offer.tax_rate:
            asked = asked * (HUNDRED + offer.tax_rate) / HUNDRED
        return markup_over(asked, self.supply)


@page
def goods(request: WorkspaceRequest) -> Shown | HttpResponse:
    """All goods on sale, by category, supplier, stock and text."""
    actor, language = _seeing(request), get_language() or "en"
    asked = {name: request.GET.get(name, "")[:40] for name in ("category", "supplier", "state")}
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    categories, suppliers = shelf.facets(actor, Wanted(filters=asked, text=text), language=language)
    earning = pricing.own_earning(actor, own_currency(actor), now())

    def fetch(wanted: Wanted) -> Found:
        found = shelf.offer_list(actor, wanted, language=language)
        supply = _supply(earning, [offer.id for offer in found.rows])
        return Found([_earned(offer, earning, supply) for offer in found.rows], found.count, found.is_more)

    listing = Listing(
        "goods",
        gettext("Goods"),
        _columns(earning),
        fetch,
        Empty(gettext("No goods yet."),
              gettext("As soon as suppliers put goods on sale they stand here, with what your buyers pay.")),
        (Filter("state", gettext("Stock"), [("stocked", gettext("In stock"))]),
         *facets_of(categories, suppliers, asked["category"])),
        gettext("Search goods by name or code"),
        help=_help(earning),
        icon="store",
    )  # fmt: skip
    return show_list(request, listing)


@page
def product(request: WorkspaceRequest, ref: str) -> Shown:
    """One product: each sku with what buyers pay at every step, what the partner earns by it, and its stock."""
    actor = _seeing(request)
    found = shelf.offer(actor, ref, language=get_language() or "en")
    earning = pricing.own_earning(actor, own_currency(actor), now())
    supply = _supply(earning, [sku.offer.id for sku in found.skus])
    form_of = _price_forms(actor, earning, found.skus[0].offer.supplier_ref)
    skus = [
        {
            "sku": sku,
            "band": band_of(sku.offer),
            "earned": _earned(sku.offer, earning, supply),
            "steps": [_step(step, sku.offer, earning, supply) for step in sku.steps],
            "form": form_of(sku.offer),
        }
        for sku in found.skus
    ]
    here = next((c for c in catalog.categories() if c.ref == found.skus[0].offer.category_ref), None)
    photos = catalog.pictures(actor, ref)
    context = {"product": found, "skus": skus, "photos": photos, "here": here, "mode": earning.mode}
    return Shown("partner/product.html", context)


def _seeing(request: WorkspaceRequest) -> Actor:
    """Who reads, if they may: to whoever may not see goods there is no such page."""
    if not request.actor.may("product.view"):
        raise Http404
    return request.actor


def _supply(earning: Earning, sku_ids: Sequence[int]) -> Supply:
    """What suppliers ask the partner, which only one under markup pays and sees."""
    return pricing.supplier_prices(sku_ids, earning.currency, now()) if earning.mode == "markup" else {}


def _earned(offer: Offer, earning: Earning, supply: Supply) -> Earned:
    if earning.mode == "markup":
        return Earned(offer, None, base_price(supply.get(offer.id, []), offer.moq))
    path = offer.face.category if offer.face else ""
    return Earned(offer, earning.percent_on(category_path=path, supplier_ref=offer.supplier_ref), None)


def _step(step: Step, offer: Offer, earning: Earning, supply: Supply) -> dict[str, Any]:
    """A step with what it earns: of a unit in percent, or over which supply price."""
    cost = base_price(supply.get(offer.id, []), step.from_quantity)
    asked = step.unit_price if step.tax_included else step.unit_price * (HUNDRED + step.tax_rate) / HUNDRED
    its = _earned(offer, earning, {}).percent
    amount = None if its is None else share(line_minor(step.unit_price, step.from_quantity, offer.currency), its)
    return {"step": step, "supply": cost, "markup": markup_over(asked, cost) if cost else None, "amount": amount}


def _help(earning: Earning) -> str:
    return {
        "commission": gettext("What your buyers can order, at the price they pay, and your commission on it before "
                              "discounts. A buyer’s own contract price may differ."),
        "service_fee": gettext("What your buyers can order, at the price they pay, and your service fee on it "
                               "before discounts. A buyer’s own contract price may differ."),
        "markup": gettext("What your buyers can order, at the price you ask, and what you pay for it. What has no "
                          "price of yours they cannot order."),
    }.get(earning.mode, gettext("What your buyers can order, at the price they pay."))  # fmt: skip


def _columns(earning: Earning) -> list[Column]:
    def name(row: Earned) -> Cell:
        url = reverse("partner:product", args=[row.offer.product_ref])
        return Cell(row.offer.name, url=url, face=row.offer.face)

    def price(row: Earned) -> Cell:
        return Cell(row.offer.unit_price, currency=row.offer.currency)

    def supply(row: Earned) -> Cell:
        return Cell(row.supply.unit_price if row.supply else None, currency=row.offer.currency)

    its: list[Column] = []
    if earning.mode == "markup":
        its = [
            Column("supply", gettext("Supply price"), supply, "price"),
            Column("markup", gettext("Markup"), lambda row: Cell(row.markup), "percent"),
        ]  # fmt: skip
    elif earning.terms:
        its = [
            Column("percent", words.word("mode", earning.mode), lambda row: Cell(row.percent), "percent"),
            Column("amount", gettext("On the smallest order"),
                   lambda row: Cell(row.amount, currency=row.offer.currency), "money"),
        ]  # fmt: skip
    return [
        Column("name", gettext("Goods"), name, is_kept=True),
        Column("code", gettext("Code"), lambda row: Cell(row.offer.code), "number", "code"),
        Column("supplier", gettext("Supplier"), lambda row: Cell(row.offer.supplier_name)),
        Column("price", gettext("Buyer’s price"), price, "price", is_kept=True),
        *its,
        Column("moq", gettext("Smallest quantity"),
               lambda row: Cell(row.offer.moq, note=words.word("unit", row.offer.unit)), "quantity", "moq"),
        Column("stock", gettext("Stock"), lambda row: Cell(row.offer.available), "quantity"),
        Column("newest", gettext("Newest"), lambda row: Cell(row.offer.sku_ref), "text", "newest", is_shown=False),
    ]  # fmt: skip


def _price_forms(actor: Actor, earning: Earning, supplier_ref: str) -> Callable[[Offer], Form | None]:
    """Setting an own price where the goods stand: in a list of the supplier's goods that is not over."""
    lists: list[tuple[str, str]] = []
    if earning.mode == "markup" and actor.may("price.edit"):
        at = now()
        lists = [
            (each.ref, " · ".join([gettext(each.name), each.currency]))
            for each in pricing.price_lists(actor, limit=200)
            if each.supplier_ref == supplier_ref and (each.ends_at is None or each.ends_at > at)
        ]  # fmt: skip

    def form_of(offer: Offer) -> Form | None:
        if not lists:
            return None
        fields = (
            Field("sku_ref", kind="hidden", value=offer.sku_ref),
            Field("list_ref", gettext("Price list"), "select", lists[0][0], choices=lists,
                  help=gettext("Each list has its own currency.")),
            *step_fields(),
        )  # fmt: skip
        url = reverse("partner:set_price")
        return Form(f"price-{offer.sku_ref}", url, gettext("Set price"), fields, summary=gettext("Set price"))

    return form_of
