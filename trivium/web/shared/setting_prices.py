"""Publishing price lists, setting and ending their prices, and agreeing prices with single buyers."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Wanted
from trivium.parties import queries as parties
from trivium.pricing import commands, queries
from trivium.pricing.queries import OwnList
from trivium.pricing.rules import NewPrice
from trivium.web.shared import forms
from trivium.web.shared.acting import act
from trivium.web.shared.filters import day_begins
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.workspace import WorkspaceRequest

CURRENCIES = ("CNY", "GBP", "EUR", "USD")
MOST_BUYERS = 500
MOST_SUPPLIERS = 500


def own_currency(actor: Actor) -> str:
    """In which currency a workspace trades."""
    return parties.get_organization(actor, actor.organization_ref).currency


def _goods_fields(actor: Actor) -> tuple[Field, ...]:
    """Of whose goods, and of which."""
    code = Field("code", gettext("Code of the goods"), limit=64, is_narrow=True,
                 help=gettext("The supplier’s code, as it stands in the list of goods."))  # fmt: skip
    return (*_supplier_field(actor), code)


def _supplier_field(actor: Actor) -> tuple[Field, ...]:
    if actor.role == "supplier":
        return ()
    choices = [(each.ref, each.name) for each in parties.suppliers(limit=MOST_SUPPLIERS)]
    return (Field("supplier_ref", gettext("Supplier"), "select", choices=choices,
                  help=gettext("Whose goods are priced.")),)  # fmt: skip


def step_fields() -> tuple[Field, ...]:
    """A price, and from which quantity on it holds."""
    return (
        Field("from_quantity", gettext("From quantity"), "number", "1", is_narrow=True,
              help=gettext("The price holds from this quantity on, up to the next step.")),
        Field("unit_price", gettext("Unit price"), "number", is_narrow=True,
              help=gettext("For one unit, before discounts.")),
    )  # fmt: skip


def _terms_fields(currency: str) -> tuple[Field, ...]:
    """From when until when, in which currency, and with which tax."""
    known = [(each, each) for each in (currency, *(each for each in CURRENCIES if each != currency))]
    return (
        Field("currency", gettext("Currency"), "select", currency, choices=known, is_narrow=True,
              help=gettext("In which the price is asked; it stays.")),
        Field("starts_at", gettext("First day"), "date", required=False, is_narrow=True,
              help=gettext("Left empty it begins now.")),
        Field("ends_at", gettext("Last day"), "date", required=False, is_narrow=True,
              help=gettext("The day itself counts; left empty it holds until you end it.")),
        Field("tax_rate", gettext("Tax rate"), "number", "0", is_narrow=True, is_seldom=True, suffix="%",
              help=gettext("0 where no tax is shown.")),
        Field("tax_excluded", gettext("Tax comes on top"), "checkbox", is_seldom=True,
              help=gettext("Otherwise it is in the price.")),
    )  # fmt: skip


def publish_form(actor: Actor) -> Form:
    """A new list with its first price."""
    fields = (
        Field("name", gettext("Name of the list"), limit=120, help=gettext("To tell your lists apart.")),
        *_goods_fields(actor),
        *step_fields(),
        *_terms_fields(own_currency(actor)),
        Field("buyer_level", gettext("Member level"), limit=20, required=False, is_narrow=True, is_seldom=True,
              help=gettext("Only buyers of this level pay by it; left empty it is for all.")),
    )  # fmt: skip
    said = gettext("Publish a price list")
    note = gettext("It begins with one price; more are set on its page, or many at once by the API.")
    return Form("publish-list", reverse(f"{actor.role}:publish_list"), said, fields, summary=said, note=note)


def agree_form(actor: Actor) -> Form:
    """A price for one of a partner's own buyers."""
    wanted = Wanted({"state": "in_force"}, sort="buyer", limit=MOST_BUYERS)
    choices = [(each.buyer_ref, each.buyer_name) for each in parties.buyer_list(actor, wanted).rows]
    buyer = Field("buyer_ref", gettext("Buyer"), "select", choices=choices,
                  help=gettext("With whom it is agreed; nobody else sees it."))  # fmt: skip
    said = gettext("Agree a contract price")
    fields = (buyer, *_goods_fields(actor), *step_fields(), *_terms_fields(own_currency(actor)))
    return Form("agree-price", reverse(f"{actor.role}:agree_price"), said, fields, summary=said)


def set_forms(actor: Actor, found: OwnList) -> list[Form]:
    """Setting a price of a list, and ending it."""
    code = Field("code", gettext("Code of the goods"), limit=64, is_narrow=True,
                 help=gettext("The supplier’s code, as it stands in the list of goods."))  # fmt: skip
    said, ends = gettext("Set a price"), gettext("End this list")
    return [
        Form("set-price", reverse(f"{actor.role}:set_list_price", args=[found.ref]), said, (code, *step_fields()),
             summary=said, note=gettext("A step that is there is changed, another one is added.")),
        Form("end-list", reverse(f"{actor.role}:end_list", args=[found.ref]), ends, tone="danger", summary=ends,
             note=gettext("Its prices end now. Orders placed before keep theirs.")),
    ]  # fmt: skip


def _sku_ref(actor: Actor, supplier_ref: str, code: str) -> str:
    """The goods of a supplier by its code; of another's goods only those on sale are known.

    Refuses: NotFound (supplier, sku).
    """
    clean = code.strip()
    ref = catalog.skus_by_code(catalog.supplier_by_ref(supplier_ref).id, [clean]).get(clean)
    if ref is None or not (actor.is_role("supplier") or catalog.tradable([ref])[ref].is_listed):
        raise NotFound(what="sku", ref=code, field="code")
    return ref


def _supplier_of(request: WorkspaceRequest) -> str:
    own = request.actor
    return own.organization_ref if own.role == "supplier" else request.POST.get("supplier_ref", "")


@act
def publish_list(request: WorkspaceRequest) -> str:
    """Publish a price list with its first price; its page takes more of them."""
    request.actor.require("price.edit")
    values, supplier = request.POST, _supplier_of(request)
    sku = _sku_ref(request.actor, supplier, values.get("code", ""))
    first = NewPrice(sku, forms.quantity(values, "from_quantity", zero=True), _price(values))
    ref = commands.publish_price_list(
        request.actor, name=values.get("name", ""), prices=[first], buyer_level=values.get("buyer_level", ""),
        supplier_ref=supplier, **_terms(values),
    )  # fmt: skip
    return reverse(f"{request.actor.role}:price_list", args=[ref])


@act
def set_list_price(request: WorkspaceRequest, ref: str) -> None:
    """Set a price of a list: a step that is there is changed, another one is added."""
    request.actor.require("price.edit")
    values = request.POST
    found = queries.get_price_list(request.actor, ref)
    sku = values.get("sku_ref") or _sku_ref(request.actor, found.supplier_ref, values.get("code", ""))
    price = NewPrice(sku, forms.quantity(values, "from_quantity", zero=True), _price(values))
    commands.set_prices(request.actor, ref, [price])


@act
def set_price(request: WorkspaceRequest) -> None:
    """Set a price where the goods stand, in one of the own lists."""
    values = request.POST
    price = NewPrice(values.get("sku_ref", ""), forms.quantity(values, "from_quantity", zero=True), _price(values))
    commands.set_prices(request.actor, values.get("list_ref", ""), [price])


@act
def remove_price(request: WorkspaceRequest, ref: str) -> None:
    """Take goods out of a list with all their steps."""
    commands.remove_prices(request.actor, ref, [request.POST.get("sku_ref", "")])


@act
def end_list(request: WorkspaceRequest, ref: str) -> None:
    """Let a list's prices end now."""
    commands.end_price_list(request.actor, ref)


@act
def agree_price(request: WorkspaceRequest) -> None:
    """Agree a price with one buyer."""
    request.actor.require("price.edit")
    values, supplier = request.POST, _supplier_of(request)
    sku = _sku_ref(request.actor, supplier, values.get("code", ""))
    commands.agree_contract_price(
        request.actor, buyer_ref=values.get("buyer_ref", ""), sku_ref=sku,
        unit_price=_price(values), from_quantity=forms.quantity(values, "from_quantity", zero=True),
        supplier_ref=supplier, **_terms(values),
    )  # fmt: skip


def _price(values: Mapping[str, str]) -> str:
    return forms.plain_number(values.get("unit_price", ""))


def _terms(values: Mapping[str, str]) -> dict[str, Any]:
    first, last = values.get("starts_at"), values.get("ends_at")
    return {
        "currency": values.get("currency", ""),
        "starts_at": day_begins(forms.date(values, "starts_at")) if first else None,
        "ends_at": day_begins(forms.date(values, "ends_at") + dt.timedelta(days=1)) if last else None,
        "tax_rate": forms.plain_number(values.get("tax_rate", "")).removesuffix("%") or "0",
        "tax_included": values.get("tax_excluded") != "1",
    }
