"""An order on paper: to its buyer the confirmation with what is to be paid and until when; to the others their view."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.documents import Document
from trivium.ordering import queries as ordering
from trivium.parties.queries import Letterhead
from trivium.settlement import queries as settlement
from trivium.web.shared import words
from trivium.web.shared.documents.frame import (
    Pair,
    column,
    drawn,
    heads_of,
    known,
    moment,
    noted,
    number_and_address,
    numbered,
    recipient,
    side,
)
from trivium.web.shared.filters import day, money, qty, unit_price, words_in

Facts = Mapping[str, Any]

# Of a line's figures the reader may see, those that make a sum across the page; the others stand below.
_ACROSS = {"supplier": ("gross", "supply", "deduction", "supplier_net")}
_ACROSS_ALL = ("gross", "discount", "paid")
_LESS = {"discount", "deduction"}  # taken away from what stands before them


def order_document(actor: Actor, ref: str) -> Document:
    """An order as its reader may see it.

    Refuses: NotFound.
    """
    order = ordering.get_order(actor, ref)
    parts = order["supplier_orders"]
    heads = heads_of(order["buyer"], order["partner"], *(part["supplier"] for part in parts))
    refunds = settlement.refunds_of(actor, [part["ref"] for part in parts])
    names = _across(actor.role, parts)
    has_answer = any(part["supply_confirmed_at"] for part in parts)
    is_confirmed = bool(order["decided_at"]) and any(part["status"] != "cancelled" for part in parts)
    return drawn(
        "order",
        actor,
        head=gettext("Order confirmation") if is_confirmed else gettext("Order"),
        number=order["number"],
        state=_state(order, parts),
        sides=_sides(order, heads),
        facts=_facts(order),
        pay=_pay(actor, order, parts),
        columns=_columns(names, has_answer=has_answer, has_price=_has_price(parts)),
        parts=[
            {
                "head": heads[part["supplier"]["ref"]].name,
                "note": _part_note(part, heads[part["supplier"]["ref"]]),
                "lines": _lines(part, names, order["currency"], has_answer=has_answer, has_price=_has_price(parts)),
                "sums": _part_sums(actor, order, part),
                "more": _part_more(order, part, names, refunds[part["ref"]]),
            }
            for part in parts
        ],
        sums_head=gettext("The whole order"),
        sums=_order_sums(order) if len(parts) > 1 else (),
    )


def _state(order: Facts, parts: Sequence[Facts]) -> str:
    if order["approval"] in ("waiting", "declined"):
        return words.word("status", order["approval"])
    return " · ".join(dict.fromkeys(words.word("status", part["progress"]) for part in parts))


def _sides(order: Facts, heads: Mapping[str, Letterhead]) -> list[dict[str, Any]]:
    return [
        side(gettext("Buyer"), heads[order["buyer"]["ref"]]),
        side(gettext("Channel partner"), heads[order["partner"]["ref"]]),
        recipient(order["ship_to"]),
    ]


def _facts(order: Facts) -> list[Pair]:
    return known(
        (gettext("Placed"), moment(order["placed_at"])),
        (gettext("Buyer’s order number"), order["po_number"]),
        (gettext("Cost centre"), order.get("cost_centre", "")),
        (gettext("Payment"), words.word("payment", order["payment_method"])),
        (gettext("To be paid by"), moment(order["pay_by"])),
        (gettext("Delivery"), words.word("delivery", order["delivery_method"])),
        (gettext("Substitutes"), gettext("may be sent") if order["accepts_substitutes"] else ""),
    )


def _has_price(parts: Sequence[Facts]) -> bool:
    return any("unit_price" in line for part in parts for line in part["lines"])


def _across(role: str, parts: Sequence[Facts]) -> list[str]:
    """The figures that have a column: those the reader may see, without a discount nobody got."""
    seen = {name for part in parts for line in part["lines"] for name in line["figures"]}
    got = {name for part in parts for name, amount in part["totals"].items() if amount}
    same = all(part["totals"].get("gross") == part["totals"].get("paid") for part in parts)
    left = _LESS - got | ({"gross"} if same else set())
    return [name for name in _ACROSS.get(role, _ACROSS_ALL) if name in seen - left]


def _columns(names: Sequence[str], *, has_answer: bool, has_price: bool) -> list[dict[str, str]]:
    paid = gettext("To pay") if "gross" in names else gettext("Amount")
    heads = {"gross": gettext("Amount"), "paid": paid, "discount": gettext("Discounts")}
    found = [column("#", is_figure=True), column(gettext("Goods"), is_wide=True),
             column(gettext("Ordered"), is_figure=True)]  # fmt: skip
    if has_answer:
        found.append(column(gettext("To send"), is_figure=True))
    if has_price:
        found.append(column(gettext("Unit price"), is_figure=True))
    return found + [column(heads.get(name) or words.word("figure", name), is_figure=True) for name in names]


def _lines(part: Facts, names: Sequence[str], currency: str, *, has_answer: bool, has_price: bool) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for line in part["lines"]:
        unit = words.word("unit", line["unit"])
        row: list[Any] = [noted(words_in(line["name"]), line["code"]), f"{qty(line['quantity'])} {unit}"]
        if has_answer:
            row.append(qty(line["confirmed"]) if part["supply_confirmed_at"] else "–")
        if has_price:
            row.append(unit_price(line.get("unit_price"), currency))
        rows.append(row + [_figure(name, line["figures"].get(name), currency) for name in names])
    return numbered(rows)


def _figure(name: str, minor: int | None, currency: str) -> str:
    return money(-minor if minor and name in _LESS else minor, currency)


def _part_note(part: Facts, head: Letterhead) -> str:
    ships = gettext("Ships on %(day)s") % {"day": day(part["ship_date"])} if part["ship_date"] else ""
    return " · ".join(filter(None, [ships, *number_and_address(head)]))


def _part_sums(actor: Actor, order: Facts, part: Facts) -> list[Pair]:
    """What comes together to what the buyer owes for this part, or to what its supplier gets."""
    currency = order["currency"]
    if actor.is_role("supplier"):
        net = part["totals"].get("supplier_net", 0)
        return [
            (words.word("figure", "supplier_net"), money(net, currency)),
            (gettext("Freight"), money(part["freight"], currency)),
            (gettext("You get"), money(net + part["freight"], currency)),
        ]
    rows = [(gettext("Goods"), part["goods"]), (gettext("Service fee"), part["service_fee"]),
            (gettext("Freight"), part["freight"])]  # fmt: skip
    ordered = sum(amount for _label, amount in rows)
    owed = ordered if part["due"] is None else part["due"]
    rows.append((gettext("Not supplied"), owed - ordered))
    kept = [(label, money(amount, currency)) for place, (label, amount) in enumerate(rows) if amount or not place]
    return [*kept, (gettext("Total"), money(owed, currency))]


def _part_more(order: Facts, part: Facts, names: Sequence[str], refunds: Sequence[Facts]) -> list[Pair]:
    """What the reader may know besides: the tax in it, its own margin, what was given back since."""
    currency, totals = order["currency"], part["totals"]
    shown = {*names, "gross", "paid", "service_fee"}
    rows = [(words.word("figure", name), money(amount, currency)) for name, amount in totals.items()
            if amount and name not in shown]  # fmt: skip
    back = sum(refund.get("amount", 0) for refund in refunds)
    if back:
        rows.append((gettext("Refunded since"), money(-back, currency)))
    return rows


def _order_sums(order: Facts) -> list[Pair]:
    if order.get("total") is None:
        return []
    rows = [(gettext("Goods"), order["goods"]), (gettext("Service fee"), order["service_fee"]),
            (gettext("Freight"), order["freight"])]  # fmt: skip
    shown = [(label, money(amount, order["currency"])) for label, amount in rows if amount]
    return [*shown, (gettext("Total"), money(order["total"], order["currency"]))]


def _pay(actor: Actor, order: Facts, parts: Sequence[Facts]) -> list[str]:
    """For whoever pays and whoever books it: how much, until when, and how. A head and sentences."""
    if not actor.is_role("buyer", "operator") or order["closed_at"]:
        return []
    currency = order["currency"]
    payments = settlement.payments_of(actor, order["ref"])
    received = sum(each["amount"] for each in payments if each["status"] == "received")
    if received:
        return [gettext("Paid: %(amount)s") % {"amount": money(received, currency)}]
    due = sum(part["due"] or 0 for part in parts if part["status"] == "confirmed")
    if not order["decided_at"] or not due:
        on_account = order["payment_method"] == "on_account" and order["decided_at"]
        return [gettext("Booked on account"), gettext("It is paid with the buyer’s account.")] if on_account else []
    amount = money(due, currency)
    head = gettext("To be paid by %(when)s: %(amount)s") % {"when": moment(order["pay_by"]), "amount": amount}
    if order["payment_method"] == "bank_transfer":
        said = gettext("Transfer exactly %(amount)s and name %(number)s. The operator books it when it arrives.")
        return [head, said % {"amount": amount, "number": order["number"]}]
    return [head, gettext("Pay it online, on the page of this order.")]
