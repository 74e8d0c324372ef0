"""Price lists and contract prices: a supplier's own, a partner's under markup, and all of them for the operator."""

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted
from trivium.core.time import now
from trivium.pricing import queries
from trivium.pricing.queries import AgreedRow, OwnList, StepRow
from trivium.pricing.rules import PriceRow
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.filters import percent
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.setting_prices import agree_form, own_currency, publish_form, set_forms
from trivium.web.shared.workspace import WorkspaceRequest


@page
def price_lists(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The price lists of this workspace, and publishing another."""
    actor = _seeing(request)
    why = _no_prices_of_ones_own(actor)
    empty = Empty(
        gettext("No price list yet."), gettext("Publish one above: its prices are asked from its first day on.")
    )
    acts = [publish_form(actor)] if actor.may("price.edit") and why is None else []
    listing = Listing(
        "prices",
        gettext("Price lists"),
        _list_columns(actor),
        lambda wanted: queries.price_list_rows(actor, wanted),
        why or empty,
        (_states(),),
        gettext("List or supplier") if actor.role != "supplier" else gettext("List"),
        help="" if why else _help(actor),
        icon="coin",
        context={"tabs": _tabs(actor, "prices"), "acts": acts},
    )  # fmt: skip
    return show_list(request, listing)


@page
def contract_prices(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What was agreed with single buyers, and agreeing more."""
    actor = _seeing(request)
    why = _no_prices_of_ones_own(actor)
    empty = Empty(gettext("No contract price yet."),
                  gettext("Each goes before every list, for its buyer alone."))  # fmt: skip
    acts = [agree_form(actor)] if actor.is_role("partner") and actor.may("price.edit") and why is None else []
    listing = Listing(
        "contract_prices",
        gettext("Contract prices"),
        _agreed_columns(actor),
        lambda wanted: queries.contract_price_rows(actor, wanted),
        why or empty,
        (_states(),),
        gettext("Buyer or code"),
        help="" if why else gettext("A contract price goes before every list. A new one ends the one before it."),
        icon="pen",
        context={"tabs": _tabs(actor, "contract_prices"), "acts": acts},
    )  # fmt: skip
    return show_list(request, listing)


@page
def price_list(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """One price list with its prices, step by step."""
    actor = _seeing(request)
    found = queries.get_price_list(actor, ref)
    edits = actor.may("price.edit") and found.state != "over"

    def fetch(wanted: Wanted) -> Found:
        return queries.step_rows(actor, found, wanted)

    listing = Listing(
        "price_steps",
        gettext("Prices"),
        _step_columns(actor, found, edits=edits),
        fetch,
        Empty(gettext("No prices in this list."), gettext("Set one above; each step is a row.")),
        (),
        gettext("Search goods by name or code"),
        icon="coin",
        context={"price_list": found, "facts": _facts(actor, found), "forms": set_forms(actor, found) if edits else []},
    )  # fmt: skip
    return show_list(request, listing, "shared/price_list.html")


def _seeing(request: WorkspaceRequest) -> Actor:
    """Who reads, if they may: to whoever may not see prices there is no such page."""
    if not request.actor.may("price.view"):
        raise Http404
    return request.actor


def _no_prices_of_ones_own(actor: Actor) -> Empty | None:
    """Why a partner has no prices of its own, unless it sells under markup."""
    if actor.role != "partner":
        return None
    mode = queries.own_earning(actor, own_currency(actor), now()).mode
    if mode == "markup":
        return None
    help_text = gettext("Suppliers set the prices your buyers pay. You would set your own under a share contract by "
                        "markup, which you can propose to the operator.")  # fmt: skip
    url = reverse("partner:propose", args=["partner"]) if actor.may("contract.propose") else ""
    said = {
        "commission": gettext("You earn by commission, not by prices of your own."),
        "service_fee": gettext("You earn by a service fee, not by prices of your own."),
    }.get(mode, gettext("You have no share contract in force, and so no prices of your own."))
    return Empty(said, help_text, url, gettext("Propose to sell by markup") if url else "")


def _help(actor: Actor) -> str:
    return {
        "partner": gettext("What your buyers pay. It stays inside the band that the supplier allows over its price."),
        "supplier": gettext("What buyers and partners pay you. The lowest price in force counts."),
    }.get(actor.role, gettext("What suppliers ask, and what partners ask under markup."))


def _tabs(actor: Actor, here: str) -> list[tuple[str, str, bool]]:
    named = {"prices": gettext("Price lists"), "contract_prices": gettext("Contract prices")}
    return [(said, reverse(f"{actor.role}:{name}"), name == here) for name, said in named.items()]


def _states() -> Filter:
    return Filter("state", gettext("State"), [(each, words.word("status", each)) for each in queries.STATES])


# -- lists -------------------------------------------------------------------------------------------------------------


def _list_columns(actor: Actor) -> list[Column]:
    def name(row: OwnList) -> Cell:
        return Cell(gettext(row.name), url=reverse(f"{actor.role}:price_list", args=[row.ref]), note=row.buyer_level)

    supplier = Column("supplier", gettext("Supplier"), lambda row: Cell(row.supplier), sort="supplier")
    partner = Column("partner", gettext("Channel partner"), lambda row: Cell(row.partner))
    return [
        Column("name", gettext("Price list"), name, sort="name", is_kept=True),
        *((supplier,) if actor.role != "supplier" else ()),
        *((partner,) if actor.role == "operator" else ()),
        Column("skus", gettext("Goods"), lambda row: Cell(row.skus), "quantity"),
        Column("currency", gettext("Currency"), lambda row: Cell(row.currency)),
        Column("tax", gettext("Tax"), lambda row: Cell(tax_of(row))),
        *_days(),
    ]


def markup_over(asked: Decimal, supply: PriceRow) -> Decimal:
    """How far a price with tax lies over the supply price, in percent."""
    return round((asked / supply.with_tax - 1) * 100, 1)


def _days() -> list[Column]:
    return [
        Column("from", gettext("From"), lambda row: Cell(row.starts_at), "when", "from"),
        Column("until", gettext("Until"), lambda row: Cell(row.ends_at), "when", "until"),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row.state, "")]), "chips", is_kept=True),
    ]


def tax_of(row: OwnList) -> str:
    """How tax stands in a list's prices."""
    if not row.tax_rate:
        return gettext("none")
    said = gettext("%(rate)s included") if row.tax_included else gettext("plus %(rate)s")
    return said % {"rate": percent(row.tax_rate)}


def _facts(actor: Actor, row: OwnList) -> list[str]:
    """Whose goods a list prices and for whom, in which currency, with which tax and for how long."""
    named = {"supplier": [], "partner": [row.supplier]}.get(actor.role, [row.supplier, row.partner])
    said = [*named, row.buyer_level, row.currency]
    if row.tax_rate:
        said.append(gettext("tax %(how)s") % {"how": tax_of(row)})
    return [each for each in said if each]


def _step_columns(actor: Actor, of: OwnList, *, edits: bool) -> list[Column]:
    own = actor.role == "partner"

    def markup(row: StepRow) -> Cell:
        if row.supply is None:
            return Cell()
        asked = row.unit_price if of.tax_included else row.unit_price * (100 + of.tax_rate) / 100
        return Cell(markup_over(asked, row.supply))

    def supply(row: StepRow) -> Cell:
        return Cell(row.supply.unit_price if row.supply else None, currency=of.currency)

    def remove(row: StepRow) -> Cell:
        if not row.is_first:
            return Cell()
        url = reverse(f"{actor.role}:remove_price", args=[of.ref])
        fields = (Field("sku_ref", kind="hidden", value=row.sku_ref),)
        return Cell(forms=[Form(f"remove-{row.sku_ref}", url, gettext("Take goods out"), fields, tone="danger",
                                is_inline=True)])  # fmt: skip

    return [
        Column("name", gettext("Goods"), lambda row: Cell(translate(row.names, get_language() or "en"),
                                                          url=_product(actor, row.product_ref)), is_kept=True),
        Column("code", gettext("Code"), lambda row: Cell(row.code), "number", "code"),
        Column("step", gettext("From quantity"),
               lambda row: Cell(row.from_quantity, note=words.word("unit", row.unit)), "quantity", "step",
               is_kept=True),
        Column("price", gettext("Unit price"), lambda row: Cell(row.unit_price, currency=of.currency), "price", "price",
               is_kept=True),
        *((Column("supply", gettext("Supply price"), supply, "price"),
           Column("markup", gettext("Markup"), markup, "percent")) if own else ()),
        *((Column("do", "", remove, "do", is_kept=True),) if edits else ()),
    ]  # fmt: skip


def _product(actor: Actor, ref: str) -> str:
    """The page of goods, for whoever has one."""
    has_page = actor.role in ("supplier", "partner") and actor.may("product.view")
    return reverse(f"{actor.role}:product", args=[ref]) if has_page else ""


def _agreed_columns(actor: Actor) -> list[Column]:
    def goods(row: AgreedRow) -> Cell:
        return Cell(translate(row.names, get_language() or "en"), url=_product(actor, row.product_ref))

    return [
        Column("buyer", gettext("Buyer"), lambda row: Cell(row.buyer), sort="buyer", is_kept=True),
        Column("goods", gettext("Goods"), goods, is_kept=True),
        Column("code", gettext("Code"), lambda row: Cell(row.code), "number", "code"),
        *((Column("seller", gettext("Agreed by"), lambda row: Cell(row.seller)),) if actor.role == "operator" else ()),
        Column("step", gettext("From quantity"), lambda row: Cell(row.from_quantity), "quantity"),
        Column("price", gettext("Unit price"), lambda row: Cell(row.unit_price, currency=row.currency), "price",
               "price", is_kept=True),
        *_days(),
    ]  # fmt: skip
