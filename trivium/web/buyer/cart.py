"""The cart and the checkout."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.money import to_text
from trivium.core.time import business_day, now
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.rules import PaymentMethod, read_address
from trivium.parties import queries as parties
from trivium.parties.errors import NoSuchCostCentre
from trivium.parties.queries import Booked
from trivium.parties.rules import TradingTerms
from trivium.settlement import queries as settlement
from trivium.settlement.queries import BudgetMoney
from trivium.web.buyer.asking import asked_of
from trivium.web.buyer.pricing import Priced, delivery_methods, price_cart
from trivium.web.buyer.shelf import next_steps
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import money
from trivium.web.shared.forms import Field, Form, Refused, Second, written
from trivium.web.shared.refusals import text_of
from trivium.web.shared.regions import country_choices, region_choices
from trivium.web.shared.workspace import WorkspaceRequest

PREVIEW = "preview"


@page
def cart(request: WorkspaceRequest) -> Shown:
    """What is in the cart, by supplier, with its price."""
    priced = price_cart(request.actor)
    lines = [(line.sku.id, line.sku.moq, line.quantity) for group in priced.groups for line in group.lines]
    better = next_steps(request.actor, priced.terms, lines)
    faces = catalog.faces([line.sku.ref for group in priced.groups for line in group.lines])
    rows = [
        {
            "group": group,
            "lines": [
                {"line": line, "face": faces.get(line.sku.ref), "form": _quantity_form(line),
                 "next": better.get(line.sku.id)}
                for line in group.lines
            ],
        }
        for group in priced.groups
    ]  # fmt: skip
    return Shown("buyer/cart.html", {"priced": priced, "groups": rows})


def _quantity_form(line: Any) -> Form:
    fields = (
        Field("sku_ref", kind="hidden", value=line.sku.ref),
        Field("quantity", gettext("Quantity"), "number", written(line.quantity),
              suffix=words.word("unit", line.sku.unit), is_narrow=True,
              help=gettext("0 takes it out of the cart.")),
    )  # fmt: skip
    url, button = reverse("buyer:set_cart_line"), gettext("Change")
    remove = Second(gettext("Remove"), "remove")
    return Form(f"line-{line.sku.ref}", url, button, fields, tone="quiet", is_inline=True, second=remove)


@act
def set_cart_line(request: WorkspaceRequest) -> None:
    """Set how much of a sku is in the cart; nothing takes it out."""
    values = request.POST
    quantity = forms.quantity({"quantity": "0"} if "remove" in values else values, "quantity", zero=True)
    ordering.set_cart_line(request.actor, values.get("sku_ref", ""), quantity)


def checkout(request: WorkspaceRequest, refused: Refused | None = None) -> HttpResponse:
    """Where it goes and how it is paid. Sent with the second button it only shows the new total."""
    if refused is None and request.method == "POST":
        refused = _preview(request)
    return _checkout(request, refused=refused)


checkout.is_page = True  # type: ignore[attr-defined]


def _preview(request: WorkspaceRequest) -> Refused:
    """Shown again with what was written: nothing was refused, unless it cannot be priced that way."""
    values = {name: str(value) for name, value in request.POST.items()}
    return Refused("checkout", values, None, 200)


@page
def _checkout(request: WorkspaceRequest) -> Shown:
    values = request.POST if request.method == "POST" else _last_address(request.actor)
    priced = _price(request.actor, values)
    methods = delivery_methods(request.actor, priced.groups, priced.terms.currency)
    form = _checkout_form(request.actor, priced, values, methods or ["standard"])
    booked = _booked(request.actor, priced.terms, str(values.get("cost_centre", "")))
    asks = asked_of(request.actor, priced, str(values.get("budget_code", "")), booked)
    return Shown("buyer/checkout.html", {"priced": priced, "form": form, "asks": asks, "is_empty": not priced.groups})


def _booked(actor: Actor, terms: TradingTerms, code: str) -> Booked | None:
    """The cost centre that is chosen, or the person's own; one that has closed meanwhile is refused when placing."""
    with suppress(NoSuchCostCentre):
        return parties.booked_on(terms, actor.user_id, code)
    return None


def _price(actor: Actor, values: Mapping[str, Any]) -> Priced:
    return price_cart(
        actor,
        coupon_codes=forms.tokens(values, "coupon_codes"),
        delivery_method=values.get("delivery_method") or "standard",
        country=(values.get("ship_to.country") or "").strip().upper() or None,
        region=(values.get("ship_to.region") or "").strip() if "ship_to.region" in values else None,
    )


def _last_address(actor: Actor) -> dict[str, str]:
    """Where the company's last order went."""
    last = orders.orders_of(actor, limit=1)
    if not last:
        return {}
    ship_to = orders.get_order(actor, last[0]["ref"])["ship_to"]
    return {f"ship_to.{name}": str(value) for name, value in ship_to.items()}


def _cost_centre_field(actor: Actor, terms: TradingTerms) -> Field:
    """On which cost centre of the company the order is booked: on the person's own, if nothing else is chosen."""
    if not terms.has_cost_centres:
        return Field("cost_centre", kind="hidden")
    own = parties.booked_on(terms, actor.user_id)
    centres = [(each.code, f"{each.code} {each.name}") for each in parties.cost_centres(actor)]
    choices = centres if own else [("", gettext("none")), *centres]
    return Field("cost_centre", gettext("Cost centre"), "select", own.code if own else "", choices=choices,
                 required=False, is_narrow=True,
                 help=gettext("Where your company books this order. Nobody outside of it sees that."))  # fmt: skip


def _budget_field(actor: Actor) -> Field:
    """Which budget of the company the order is booked on: of those that are open today and this person's."""
    found = settlement.budgets_of(actor, actor.organization_ref)
    today = business_day(now())
    mine = [each for each in found if each.terms.is_own and each.terms.is_open(today)]
    if not found:
        return Field("budget_code", kind="hidden")
    choices = [("", gettext("none")), *((each.code, _left(each)) for each in mine)]
    return Field("budget_code", gettext("Budget"), "select", choices=choices, required=False, is_narrow=True,
                 help=gettext("The budget of your company that this order is booked on."))  # fmt: skip


def _left(budget: BudgetMoney) -> str:
    left = f"{to_text(budget.left, budget.currency)} {budget.currency}"
    said = {"budget": budget.code, "amount": left, "centre": budget.terms.cost_centre}
    if said["centre"]:
        return gettext("%(budget)s, %(amount)s left, only for cost centre %(centre)s") % said
    return gettext("%(budget)s, %(amount)s left") % said


def _checkout_form(actor: Actor, priced: Priced, values: Mapping[str, Any], methods: Sequence[str]) -> Form:
    total = str(priced.quote.total) if priced.quote else ""
    fields = (
        *_address_fields(priced.terms, values),
        Field("delivery_method", gettext("Delivery"), "select", methods[0],
              choices=[(m, words.word("delivery", m)) for m in methods],
              help=gettext("Freight depends on it, supplier by supplier.")),
        Field("payment_method", gettext("Payment"), "radio", PaymentMethod.PREPAID.value,
              choices=[(m.value, words.word("payment", m)) for m in PaymentMethod],
              help=gettext("Nothing is paid before the suppliers have confirmed.")),
        Field("coupon_codes", gettext("Coupons"), required=False, limit=300, is_seldom=True,
              help=gettext("Codes, separated by spaces; each is taken off once.")),
        Field("po_number", gettext("Your order number"), required=False, limit=60, is_seldom=True,
              help=gettext("Stands on every paper of this order.")),
        _cost_centre_field(actor, priced.terms),
        _budget_field(actor),
        Field("accepts_substitutes", gettext("Suppliers may send a substitute at the same price"), "checkbox",
              required=False, is_seldom=True, help=gettext("Otherwise what is missing is simply not sent.")),
        Field("expected_total", kind="hidden", value=total),
    )  # fmt: skip
    second = Second(gettext("Update total"), PREVIEW, reverse("buyer:checkout"))
    said = gettext("Place order")
    if priced.quote:
        said = gettext("Place order: %(total)s") % {"total": money(priced.quote.total, priced.quote.currency)}
    error = text_of(priced.refusal) if priced.refusal else ""
    return Form("checkout", reverse("buyer:place"), said, fields, second=second, error=error)


def _address_fields(terms: TradingTerms, values: Mapping[str, Any]) -> tuple[Field, ...]:
    def given(name: str, otherwise: str = "") -> str:
        return str(values.get(f"ship_to.{name}") or otherwise)

    country = given("country", terms.country)
    regions = region_choices(country, given("region", terms.region))
    region = Field("ship_to.region", gettext("Province or region"), "select" if regions else "text",
                   given("region", terms.region), required=False, choices=regions, limit=20,
                   help=gettext("Freight can differ by it."))  # fmt: skip
    return (
        Field("ship_to.name", gettext("Receiver"), value=given("name"), limit=200, autocomplete="name",
              help=gettext("Who takes the goods in at the door.")),
        Field("ship_to.phone", gettext("Phone"), value=given("phone"), limit=200, required=False, autocomplete="tel",
              help=gettext("For the carrier, should nobody open.")),
        Field("ship_to.country", gettext("Country"), "select", country.upper(), choices=country_choices(country),
              autocomplete="country", help=gettext("Where the goods go.")),
        region,
        Field("ship_to.city", gettext("City"), value=given("city"), limit=200, autocomplete="address-level2",
              help=gettext("City or district, as the carrier knows it.")),
        Field("ship_to.street", gettext("Street and house"), value=given("street"), limit=200,
              autocomplete="street-address", help=gettext("With gate, building and floor.")),
        Field("ship_to.postcode", gettext("Postcode"), value=given("postcode"), limit=200, required=False,
              is_narrow=True, autocomplete="postal-code", help=gettext("Leave it empty where there is none.")),
    )  # fmt: skip


@act
def place(request: WorkspaceRequest) -> str:
    """Turn the cart into an order, at the total that was shown."""
    values = request.POST
    address = {name.removeprefix("ship_to."): value for name, value in values.items() if name.startswith("ship_to.")}
    address["country"] = str(address.get("country", "")).strip().upper()
    expected = str(values.get("expected_total", ""))
    placed = ordering.place_order(
        request.actor,
        (),
        ship_to=read_address(address),
        delivery_method=values.get("delivery_method", ""),
        payment_method=values.get("payment_method", ""),
        coupon_codes=forms.tokens(values, "coupon_codes"),
        po_number=values.get("po_number", ""),
        budget_code=values.get("budget_code", ""),
        cost_centre=values.get("cost_centre", ""),
        accepts_substitutes=bool(values.get("accepts_substitutes")),
        expected_total=int(expected) if expected.isascii() and expected.isdigit() else None,
        from_cart=True,
    )
    note = "?said=passed" if placed.approval == "passed" else ""
    return reverse("buyer:order", args=[placed.ref]) + note
