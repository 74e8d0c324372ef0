"""Where a supplier delivers to, how, and what it costs. Without a rate nobody can order."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, among
from trivium.parties import queries as parties
from trivium.pricing import commands, queries
from trivium.pricing.rules import NewFreightRate
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.regions import country_choices, country_name, region_choices, region_name
from trivium.web.shared.workspace import WorkspaceRequest

METHODS = ("standard", "express", "freight", "pickup")
SORTS = {"method": lambda rate: rate["delivery_method"], "base": lambda rate: rate["base"]}
IMPORTED = "IMPORT"  # the place of orders that an import has placed
PROVINCE = 2  # digits of a code that say the province
PLACE = ("delivery_method", "country", "region_prefix", "currency")


@page
def freight(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Every rate: by which way, to which place, for how much."""
    actor = request.actor
    rates = queries.freight_rates(actor)

    def fetch(wanted: Wanted) -> Found:
        return among(rates, wanted, SORTS)

    listing = Listing(
        "freight",
        gettext("Delivery"),
        _columns(),
        fetch,
        Empty(gettext("You deliver nowhere yet."),
              gettext("Set a rate above, for every place or for some: until then nobody can order your goods.")),
        help=gettext("For an address, the rate for its region counts, else the one for its country, else the one for "
                     "every place."),
        icon="truck",
        context={"acts": [_form(actor)]},
    )  # fmt: skip
    return show_list(request, listing)


def _columns() -> list[Column]:
    def do(rate: dict[str, Any]) -> Cell:
        key = "-".join(str(rate[name]) for name in PLACE)
        fields = tuple(Field(name, kind="hidden", value=str(rate[name])) for name in PLACE)
        return Cell(forms=[Form(f"remove-{key}", reverse("supplier:remove_freight"), gettext("Remove"), fields,
                                tone="danger", is_inline=True)])  # fmt: skip

    def money(name: str) -> Any:
        return lambda rate: Cell(rate[name], currency=rate["currency"])

    return [
        Column("method", gettext("Delivery"), lambda rate: Cell(words.word("delivery", rate["delivery_method"])),
               sort="method", is_kept=True),
        Column("place", gettext("Place"), lambda rate: Cell(_place(rate)), is_kept=True),
        Column("base", gettext("For each order"), money("base"), "money", "base", is_kept=True),
        Column("per_kg", gettext("For each kg"), money("per_kg"), "money"),
        Column("free_from", gettext("Free from"), money("free_from"), "money"),
        Column("do", "", do, "do", is_kept=True),
    ]  # fmt: skip


def _place(rate: dict[str, Any]) -> str:
    country, region = str(rate["country"]), str(rate["region_prefix"])
    if region == IMPORTED:
        return gettext("Imported invoices")
    finer = region if len(region.rstrip("0")) > PROVINCE else ""
    named = [country_name(country), region_name(country, region), finer]
    return " · ".join(filter(None, named)) or gettext("Every place")


def _places() -> list[tuple[str, str]]:
    """Every place, China and its provinces, the other countries: "", "CN", "CN-44", "DE"."""
    china, *others = country_choices()
    provinces = [(code, name) for code, name in region_choices(china[0]) if code]
    within = [(f"{china[0]}-{code[:PROVINCE]}", f"{china[1]} · {name}") for code, name in provinces]
    return [("", gettext("Every place")), china, *within, *others]


def _form(actor: Actor) -> Form:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    fields = (
        Field("delivery_method", gettext("Delivery"), "select", METHODS[0],
              choices=[(code, words.word("delivery", code)) for code in METHODS],
              help=gettext("How the goods travel; the buyer chooses among what all its suppliers offer.")),
        Field("country", gettext("Place"), "select", choices=_places(),
              help=gettext("Where this rate holds: everywhere, in a province of China, or in a country.")),
        Field("base", gettext("For each order"), "number", "0", is_narrow=True, suffix=currency,
              help=gettext("What each order to you costs, whatever it weighs.")),
        Field("per_kg", gettext("For each kg"), "number", "0", is_narrow=True, suffix=currency,
              help=gettext("Added for each kilogram begun.")),
        Field("free_from", gettext("Free from"), "number", required=False, is_narrow=True, suffix=currency,
              help=gettext("From this value of goods on nothing is asked; left empty it never is.")),
        Field("currency", kind="hidden", value=currency),
    )  # fmt: skip
    return Form("put-freight", reverse("supplier:put_freight"), gettext("Set this rate"), fields,
                summary=gettext("Set a rate"))  # fmt: skip


@act
def put_freight(request: WorkspaceRequest) -> None:
    """Set a rate, or change the one for the same way and place."""
    values = request.POST
    currency = values.get("currency", "")
    country, _, province = forms.choice(values, "country", [place for place, _ in _places()]).partition("-")
    rate = NewFreightRate(
        delivery_method=forms.choice(values, "delivery_method", METHODS),
        currency=currency,
        base=forms.amount(values, "base", currency),
        per_kg=forms.amount(values, "per_kg", currency, empty=0),
        free_from=forms.amount(values, "free_from", currency, empty=0) or None,
        country=country,
        region_prefix=province,
    )
    commands.put_freight_rate(request.actor, rate)


@act
def remove_freight(request: WorkspaceRequest) -> None:
    """Deliver there no longer."""
    method, country, region, currency = (request.POST.get(name, "") for name in PLACE)
    rate = NewFreightRate(delivery_method=method, currency=currency, base=0, country=country, region_prefix=region)
    commands.remove_freight_rate(request.actor, rate)
