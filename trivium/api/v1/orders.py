"""How orders look: what is sent to place one, and what each reader gets. Which figures a reader gets is ordering's."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from trivium.api.answers import amount, amounts, quantities, unit_price
from trivium.api.paging import Window
from trivium.api.v1.shapes import (
    Amount,
    Counted,
    Day,
    Flag,
    Given,
    Instant,
    Money,
    Number,
    Party,
    Price,
    Quantity,
    Ref,
    Short,
    Shown,
)
from trivium.ordering.commands import Placed
from trivium.ordering.queries import Work
from trivium.ordering.rules import MAX_LINES, Status

# -- given -------------------------------------------------------------------------------------------------------------


class OrdersWanted(Window):
    """Which orders."""

    status: Status | None = Field(None, description="Orders that have a part in this state.")


class ShipTo(Given):
    """Where goods go."""

    name: Short
    phone: Short = ""
    country: Short = Field(description="ISO 3166, two letters.", examples=["CN"])
    region: Short = Field("", description="The country's own code; six digits in China.", examples=["440305"])
    city: Short
    street: Short
    postcode: Short = ""


class WishedLine(Given):
    """One sku of an order. With `unit_price`, what the buyer saw: another price now is refused."""

    sku_ref: Ref
    quantity: Quantity
    unit_price: Price | None = None


class CartPlacing(Given):
    """How what is in the cart is ordered. With `expected_total`, another total now is refused."""

    ship_to: ShipTo
    delivery_method: Ref = Field(examples=["standard"])
    payment_method: Ref = Field(examples=["prepaid", "bank_transfer", "on_account"])
    coupon_codes: list[Ref] = Field([], max_length=20)
    po_number: Short = ""
    budget_code: str = Field("", max_length=40)
    cost_centre: str = Field("", max_length=20, description="Its code; left out, it is the person's own.")
    accepts_substitutes: Flag = False
    expected_total: Amount | None = None


class NewOrder(CartPlacing):
    """An order."""

    lines: list[WishedLine] = Field(max_length=MAX_LINES)


class CartWish(Given):
    """More of a sku."""

    sku_ref: Ref
    quantity: Quantity


class Remaining(Given):
    """How much there shall be."""

    quantity: Counted


class LineAnswer(Given):
    """How much of a line comes (0: none of it), and which sku stands in, if another does."""

    line_ref: Ref
    quantity: Counted
    substitute_sku_ref: str = Field("", max_length=40)


class Confirmation(Given):
    """What comes, and when it leaves."""

    ship_date: Day
    lines: list[LineAnswer] | None = Field(None, max_length=MAX_LINES)


class Choice(Given):
    """Whether it shall be held."""

    held: Flag


# -- shown -------------------------------------------------------------------------------------------------------------


class Ordered(Shown):
    """A placed order."""

    ref: str
    number: str
    total: Money
    currency: str
    approval: str
    supplier_order_refs: list[str]


class CartRow(Shown):
    """A sku in the cart."""

    sku_ref: str
    quantity: Number


class CartLines(Shown):
    """The cart."""

    lines: list[CartRow]


class PartRow(Shown):
    """A supplier's part of an order; `progress` is the word the buyer reads."""

    ref: str
    status: str
    progress: str
    supplier: Party


class OrderRow(Shown):
    """An order as a list shows it. A supplier gets no totals: it sees its own parts only."""

    ref: str
    number: str
    currency: str
    mode: str
    payment_method: str
    delivery_method: str
    po_number: str
    cost_centre: str | None = Field(None, description="The code it had when the order was placed; buyers only.")
    approval: str
    placed_at: Instant
    approve_by: Instant | None
    submitted_at: Instant | None
    decided_at: Instant | None
    pay_by: Instant | None
    closed_at: Instant | None
    goods: Money | None = None
    freight: Money | None = None
    service_fee: Money | None = None
    total: Money | None = None
    buyer: Party
    partner: Party
    supplier_orders: list[PartRow]


class StageView(Shown):
    """One step of the price trail; who funds it, as far as the reader may know."""

    kind: str
    source: str
    label: str
    amount: Money
    funded_by: dict[str, Money] | None = None


class LineView(Shown):
    """A line. `figures` are the whole line's as ordered, `given_back` what of them has been given back."""

    ref: str
    sku_ref: str
    substitute_sku_ref: str | None
    code: str
    name: dict[str, str]
    unit: str
    quantity: Number
    confirmed: Number
    to_ship: Number
    shipped: Number
    signed: Number
    given_back_quantity: Number
    unit_price: Money | None = None
    figures: dict[str, Money]
    given_back: dict[str, Money]
    stages: list[StageView]


class PartView(PartRow):
    """A supplier's part with its facts, figures and lines."""

    submitted_at: Instant | None
    confirm_by: Instant | None
    supply_confirmed_at: Instant | None
    ship_date: str | None
    margin_confirmed_at: Instant | None
    objected_at: Instant | None = None
    objection: str | None = None
    confirmed_at: Instant | None
    funded_at: Instant | None
    released_at: Instant | None
    shipped_at: Instant | None
    signed_at: Instant | None
    completes_at: Instant | None
    completed_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str
    holds: int
    goods: Money | None = None
    freight: Money
    service_fee: Money | None = None
    due: Money | None = None
    totals: dict[str, Money]
    lines: list[LineView]


class AddressView(Shown):
    """Where goods go."""

    name: str
    phone: str
    country: str
    region: str
    city: str
    street: str
    postcode: str


class EntryActView(Shown):
    """Something the operator did for a company, in an entry: by which right, to the order or a part of it."""

    at: Instant
    act: str
    subject: str
    person: str
    company: Party


class OrderView(OrderRow):
    """An order, whole, as this reader may see it."""

    ship_to: AddressView
    accepts_substitutes: bool
    supplier_orders: list[PartView]  # type: ignore[assignment]
    entry_acts: list[EntryActView]


class Waiting(Shown):
    """One act that waits for this workspace."""

    act: str
    order_ref: str
    order_number: str
    supplier_order_ref: str
    other_party: str
    due_at: Instant | None
    amount: Money | None
    currency: str


# -- from what ordering returns ----------------------------------------------------------------------------------------

_TOTALS = ("goods", "freight", "service_fee", "total")
_QUANTITIES = ("quantity", "confirmed", "to_ship", "shipped", "signed", "given_back_quantity")


def ordered(placed: Placed) -> dict[str, Any]:
    """What placing an order answers."""
    return {
        "ref": placed.ref,
        "number": placed.number,
        "total": amount(placed.total, placed.currency),
        "currency": placed.currency,
        "approval": placed.approval,
        "supplier_order_refs": placed.supplier_order_refs,
    }


def of_row(row: dict[str, Any]) -> dict[str, Any]:
    """An order of a list: amounts as text."""
    shown = {name: value for name, value in row.items() if name != "id"}
    for name in _TOTALS:
        if name in row:
            shown[name] = amount(row[name], row["currency"])
    return shown


def of_order(view: dict[str, Any]) -> dict[str, Any]:
    """An order, whole: amounts as text, quantities as numbers."""
    shown = of_row(view)
    shown["supplier_orders"] = [_part(part, view["currency"]) for part in view["supplier_orders"]]
    return shown


def _part(part: dict[str, Any], currency: str) -> dict[str, Any]:
    shown = dict(part)
    for name in (*_TOTALS, "due"):
        if name in part:
            shown[name] = amount(part[name], currency)
    shown["totals"] = amounts(part["totals"], currency)
    shown["lines"] = [_line(line, currency) for line in part["lines"]]
    return shown


def _line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    shown = {**line, **quantities(line, *_QUANTITIES)}
    if isinstance(price := line.get("unit_price"), Decimal):
        shown["unit_price"] = unit_price(price, currency)
    shown["figures"] = amounts(line["figures"], currency)
    shown["given_back"] = amounts(line["given_back"], currency)
    shown["stages"] = [of_stage(stage, currency) for stage in line["stages"]]
    return shown


def of_stage(stage: dict[str, Any], currency: str) -> dict[str, Any]:
    """A stage of the trail: amounts as text."""
    shown = {**stage, "amount": amount(stage["amount"], currency)}
    if "funded_by" in stage:
        shown["funded_by"] = amounts(stage["funded_by"], currency)
    return shown


def of_work(work: Work) -> dict[str, Any]:
    """One act that waits."""
    return {
        "act": work.act,
        "order_ref": work.order_ref,
        "order_number": work.order_number,
        "supplier_order_ref": work.supplier_order_ref,
        "other_party": work.other_party,
        "due_at": work.due_at,
        "amount": amount(work.amount, work.currency),
        "currency": work.currency,
    }
