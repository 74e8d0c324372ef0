"""The order list, the order page and the page of one line: the same for all, cut to what the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.fulfilment import queries as fulfilment
from trivium.ordering import queries as ordering
from trivium.ordering.rules import PaymentMethod, Status
from trivium.parties import queries as parties
from trivium.pricing import queries as pricing
from trivium.settlement import queries as settlement
from trivium.web.shared import timeline, words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.forms import Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.paths import path_to
from trivium.web.shared.regions import region_name
from trivium.web.shared.workspace import WorkspaceRequest

MAIN_FIGURE = {"supplier": "supplier_net"}
_EMPTY_BUYER = _("Put goods from the shelf into the cart; your first order will stand here.")
_EMPTY = _("As soon as a buyer places one that concerns you, it stands here.")

PartForms = Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Form]]
OrderForms = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], Sequence[Form]]


def number(text: str | None) -> int | None:
    """A row's key in a URL, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@page
def orders(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Orders of this workspace, newest first unless asked otherwise."""
    role = request.actor.role
    waits = _EMPTY_BUYER if role == "buyer" else _EMPTY
    empty = Empty(gettext("No orders yet."), gettext(waits))
    if role == "buyer":
        empty = replace(empty, url=reverse("buyer:shelf"), button=gettext("To the shelf"))
    centres = parties.cost_centres(request.actor) if role == "buyer" else ()
    listing = Listing(
        "orders",
        gettext("Orders"),
        _order_columns(role, has_centres=bool(centres)),
        lambda wanted: ordering.order_list(request.actor, wanted),
        empty,
        (
            Filter("status", gettext("State"), [(each.value, words.word("status", each)) for each in Status]),
            Filter("payment", gettext("Payment"), [(m.value, words.word("payment", m)) for m in PaymentMethod]),
            Filter("days", gettext("Placed"), [(days, gettext("in the last %(days)s days") % {"days": days})
                                               for days in ordering.PERIODS]),
            *([Filter("cost_centre", gettext("Cost centre"), [(c.code, f"{c.code} {c.name}") for c in centres])]
              if centres else ()),
        ),
        gettext("Number or company"),
        "-placed",
    )  # fmt: skip
    return show_list(request, listing)


def _order_columns(role: str, *, has_centres: bool) -> list[Column]:
    """What a role reads of an order in a list; a supplier reads no totals but what it gets for the goods, and where an
    order is booked is its buyer's own affair."""
    net = Column("net", words.word("figure", "supplier_net"),
                 lambda row: Cell(row["supplier_net"], currency=row["currency"]), "money")  # fmt: skip
    total = Column("total", gettext("Total"), lambda row: Cell(row["total"], currency=row["currency"]), "money",
                   "total")  # fmt: skip
    found = [
        Column("number", gettext("Order"),
               lambda row: Cell(row["number"], url=path_to(f"{role}:order", row["ref"]), note=row["po_number"]),
               "number", is_kept=True),
        Column("placed", gettext("Placed"), lambda row: Cell(row["placed_at"]), "ago", "placed"),
        Column("buyer", gettext("Buyer"), lambda row: Cell(row["buyer"]["name"]), sort="buyer",
               is_shown=role != "buyer"),
        Column("partner", gettext("Channel partner"), lambda row: Cell(row["partner"]["name"]), sort="partner",
               is_shown=role == "operator"),
        Column("state", gettext("State"), lambda row: Cell(chips=_states(role, row)), "chips", is_kept=True),
        Column("payment", gettext("Payment"), lambda row: Cell(words.word("payment", row["payment_method"])),
               sort="payment"),
        Column("pay_by", gettext("To be paid by"), lambda row: Cell(row["pay_by"]), "when", is_shown=False),
    ]  # fmt: skip
    if role == "buyer":
        found.append(Column("cost_centre", gettext("Cost centre"), lambda row: Cell(row["cost_centre"]),
                            is_shown=has_centres))  # fmt: skip
    return [*found, net if role == "supplier" else total]


def _states(role: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    if row["approval"] == "waiting":
        return [("waiting", "")]
    return [(p["progress"], "" if role == "supplier" else p["supplier"]["name"]) for p in row["supplier_orders"]]


def order_page(
    request: WorkspaceRequest, ref: str, *, part_forms: PartForms, order_forms: OrderForms | None = None
) -> Shown:
    """One order with its timeline, lines, parcels and money, and what this reader can do with it now."""
    actor = request.actor
    order = ordering.get_order(actor, ref)
    parts = order["supplier_orders"]
    refs = [part["ref"] for part in parts]
    shipments = fulfilment.shipments_of(actor, refs)
    refunds = settlement.refunds_of(actor, refs)
    payments = settlement.payments_of(actor, order["ref"])
    order["entry_acts"] = ordering.entry_acts(actor, order["ref"])
    _name_stages(parts)
    faces = catalog.faces([line["sku_ref"] for part in parts for line in part["lines"]])
    for part in parts:
        for line in part["lines"]:
            line["face"] = faces.get(line["sku_ref"])
        part["shipments"], part["refunds"] = shipments[part["ref"]], refunds[part["ref"]]
        _show_part(actor, order, part)
        part["forms"] = list(part_forms(order, part))
    forms = list(order_forms(order, payments)) if order_forms else []
    region = region_name(order["ship_to"].get("country", ""), order["ship_to"].get("region", ""))
    context = {
        "order": order,
        "parts": parts,
        "payments": payments,
        "forms": forms,
        "next": _next_act(forms, parts),
        "ship_region": region,
    }
    return Shown("shared/order.html", context)


def _show_part(actor: Actor, order: dict[str, Any], part: dict[str, Any]) -> None:
    """What the template draws of a supplier order, besides what one can do with it."""
    of_line = {line["ref"]: line for line in part["lines"]}
    for shipment in part["shipments"]:
        for line in shipment["lines"]:
            line["line"] = of_line.get(line["line_ref"])
        for parcel in shipment["parcels"]:
            parcel["way"] = timeline.parcel_way(parcel)
    part["timeline"] = timeline.steps(order, part, part["shipments"])
    part["way"] = timeline.way(part)
    part["now"] = timeline.now_words(order, part)
    part["main"] = MAIN_FIGURE.get(actor.role, "paid")
    for line in part["lines"]:
        line["main"] = line["figures"].get(part["main"])
        line["other_figures"] = [(k, v) for k, v in line["figures"].items() if k not in ("unit_price",) and v]


def _next_act(forms: list[Form], parts: Sequence[dict[str, Any]]) -> Form | None:
    """The one thing this reader does next, for the head of the page.

    An act that asks nothing is done there, and taken from where it stood; one that asks is only led to.
    """
    holders: list[list[Form]] = [forms, *(part["forms"] for part in parts)]
    for holder in holders:
        for form in holder:
            if form.tone == "primary":
                if not form.rows and all(each.kind == "hidden" for each in form.fields):
                    holder.remove(form)
                return form
    return None


def _name_stages(parts: Sequence[Mapping[str, Any]]) -> None:
    """Promotions by their names in the reader's language."""
    stages = [stage for part in parts for line in part["lines"] for stage in line["stages"]]
    named = pricing.names_of_promotions([s["source"] for s in stages if s["source"].startswith("prm_")])
    for stage in stages:
        stage["label"] = named.get(stage["source"]) or stage["label"]


@page
def line(request: WorkspaceRequest, ref: str) -> Shown:
    """Why a line costs what it costs, and where its money goes."""
    found = settlement.explain_line(request.actor, ref)
    order = ordering.get_order(request.actor, found["order_ref"])
    part = next(p for p in order["supplier_orders"] if p["ref"] == found["supplier_order_ref"])
    its_line = next(each for each in part["lines"] if each["ref"] == ref)
    _name_stages([part])
    for row in found["books"]:
        row["account_words"] = account_words(request.actor, row["account"])
    context = {
        "found": found,
        "order": order,
        "part": part,
        "line": its_line,
        "figures": [(name, value) for name, value in found["figures"].items() if value],
        "back": [(name, value) for name, value in found["given_back"].items() if value],
    }
    return Shown("shared/line.html", context)


def account_words(actor: Actor, account: str) -> str:
    """An account of the books in words. Only accounts the reader may see come here."""
    first, *rest = account.split("/")
    last = rest[-1] if rest else ""
    own = len(rest) > 1 and rest[0] == actor.organization_ref
    said = {
        "escrow": gettext("Escrow of this order"),
        "bank": gettext("Bank"),
        "psp": gettext("Payment gateway"),
        "tax": gettext("Tax"),
    }.get(first)
    if said:
        return said
    kinds = {
        "pending": gettext("pending"),
        "payable": gettext("payable"),
        "receivable": gettext("owed on account"),
        "fees": gettext("fees"),
        "promotions": gettext("promotions"),
        "psp_fees": gettext("gateway fees"),
    }
    whose = gettext("Own account") if own else words.word("role", first)
    return gettext("%(whose)s: %(kind)s") % {"whose": whose, "kind": kinds.get(last, last)}


def home_url(actor: Actor) -> str:
    """The home of the reader's portal."""
    return reverse(f"{actor.role}:home")
