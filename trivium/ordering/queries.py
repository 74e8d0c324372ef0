"""Reads of ordering. Pages and API see an order only through these, cut to what the reader may see."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from django.db.models import Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.ids import number_to_id
from trivium.ordering.errors import EmptyOrder
from trivium.ordering.models import Order, OrderLine, PriceStage, SupplierOrder
from trivium.ordering.rules import Status, Wish, back_so_far, buyer_word, figures, visible_figures
from trivium.parties import queries as parties
from trivium.parties.queries import Party

# -- for commands ----------------------------------------------------------------------------------------------------


def refuse_order(ref: str) -> NoReturn:
    """The one answer for an order that is not there or not the reader's.

    Refuses: NotFound.
    """
    raise NotFound(what="order", ref=ref)


def lock_order(actor: Actor, order_ref: str) -> tuple[Order, list[SupplierOrder]]:
    """An order the actor may see, with all its parts, locked: the order first, then the parts by key.

    Refuses: NotFound.
    """
    found = list(Order.objects.visible_to(actor).filter(ref=order_ref).locked())
    if not found:
        refuse_order(order_ref)
    return found[0], list(SupplierOrder.objects.filter(order=found[0]).locked())


def lock_part(actor: Actor, ref: str) -> tuple[Order, list[SupplierOrder], SupplierOrder]:
    """A supplier order the actor may see, locked through its order, with its siblings.

    Refuses: NotFound.
    """
    mine = SupplierOrder.objects.visible_to(actor).filter(ref=ref).values("order_id")
    found = list(Order.objects.filter(pk__in=mine).locked())
    if not found:
        raise NotFound(what="supplier order", ref=ref)
    parts = list(SupplierOrder.objects.filter(order=found[0]).locked())
    return found[0], parts, next(part for part in parts if part.ref == ref)


_CART = """
SELECT s.ref, l.quantity FROM ordering_cart c JOIN ordering_cartline l ON l.cart_id = c.id
JOIN catalog_sku s ON s.id = l.sku_id
WHERE c.organization_id = %s AND c.user_id = %s ORDER BY l.id FOR UPDATE OF c, l
"""


def lock_cart(actor: Actor) -> list[Wish]:
    """What is in the person's cart, locked.

    Refuses: EmptyOrder.
    """
    found = sql.rows(_CART, [actor.organization_id, actor.user_id])
    if not found:
        raise EmptyOrder(field="cart")
    return [Wish(ref, quantity) for ref, quantity in found]


def budget_account(buyer_ref: str, code: str) -> str:
    """The ledger account a company's budget lies in."""
    return f"buyer/{buyer_ref}/budget/{code}"


def refs_of(ids: Sequence[int]) -> list[str]:
    """References of organizations in the given order, in one statement."""
    found = parties.names_of(ids)
    return [found[key].ref for key in ids]


def audiences(parts: Sequence[SupplierOrder]) -> dict[int, tuple[str, ...]]:
    """Who may be told of each part: its buyer, partner and supplier. One statement for all."""
    found = parties.names_of([key for p in parts for key in (p.buyer_id, p.partner_id, p.supplier_id)])
    return {p.pk: tuple(found[key].ref for key in (p.buyer_id, p.partner_id, p.supplier_id)) for p in parts}


def audience(part: SupplierOrder) -> tuple[str, ...]:
    """Who may be told of a part."""
    return audiences([part])[part.pk]


def supplier_of(line: OrderLine) -> int:
    """The key of the supplier a line belongs to."""
    found = SupplierOrder.objects.filter(pk=line.supplier_order_id).values_list("supplier_id", flat=True)
    return int(found[0])


def due(at: dt.datetime, limit: int) -> list[tuple[str, str]]:
    """Deadlines that have passed, as (kind, reference): oldest first, each once."""
    orders = Order.objects.order_by("pk").values_list("ref", flat=True)
    parts = SupplierOrder.objects.order_by("pk").values_list("ref", flat=True)
    unpaid = SupplierOrder.objects.filter(status=Status.CONFIRMED).values("order_id")
    found = [
        ("approve", orders.filter(approval="waiting", closed_at=None, approve_by__lte=at)),
        ("confirm", parts.filter(status=Status.SUBMITTED, confirm_by__lte=at)),
        ("pay", orders.filter(pay_by__lte=at, pk__in=unpaid)),
        ("complete", parts.filter(status=Status.SIGNED, completes_at__lte=at, holds=0)),
    ]
    return [(kind, ref) for kind, refs in found for ref in refs[:limit]][:limit]


# -- for higher steps ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartMoney:
    """What settlement has to know of a supplier order. Amounts in minor units; `due` is None until it is decided."""

    ref: str
    order_ref: str
    status: str
    currency: str
    mode: str
    payment_method: str
    due: int | None
    freight: int
    buyer_id: int
    buyer_ref: str
    partner_id: int
    partner_ref: str
    supplier_id: int
    supplier_ref: str
    budget_code: str
    payable: str
    lines: tuple["LineMoney", ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LineMoney:
    """A line's figures as they stand now: as ordered, less what has been given back."""

    ref: str
    paid: int
    service_fee: int
    operator_part: int
    partner_part: int
    supplier_net: int
    commission: int
    fee: int
    supplier_contract_id: int
    partner_contract_id: int | None


_PARTS = """
SELECT p.ref, o.ref, p.status, p.currency, o.mode, o.payment_method, p.due, p.freight, p.buyer_id, b.ref, p.partner_id,
       c.ref, p.supplier_id, s.ref, o.budget_code, p.payable
FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
JOIN parties_organization b ON b.id = p.buyer_id JOIN parties_organization c ON c.id = p.partner_id
JOIN parties_organization s ON s.id = p.supplier_id
"""


def parts_of_order(order_ref: str) -> list[PartMoney]:
    """All parts of an order as settlement sees them, without lines; for commands that hold the order's lock."""
    return [PartMoney(*row) for row in sql.rows(_PARTS + "WHERE o.ref = %s ORDER BY p.id", [order_ref])]


def part_money(supplier_order_ref: str) -> PartMoney:
    """One part with its lines' figures as they stand now.

    Refuses: NotFound.
    """
    found = sql.rows(_PARTS + "WHERE p.ref = %s", [supplier_order_ref])
    if not found:
        raise NotFound(what="supplier order", ref=supplier_order_ref)
    lines = OrderLine.objects.filter(supplier_order__ref=supplier_order_ref).order_by("position")
    return PartMoney(*found[0], lines=tuple(_standing(line) for line in lines))


def _standing(line: OrderLine) -> LineMoney:
    back = back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
    now = line.split
    return LineMoney(
        line.ref,
        now.paid - back.paid,
        now.service_fee - back.service_fee,
        now.operator_part - back.operator_part,
        now.partner_part - back.partner_part,
        now.supplier - back.supplier,
        now.commission - back.commission,
        now.fee - back.fee,
        line.supplier_contract_id,
        line.partner_contract_id,
    )


@dataclass(frozen=True, slots=True)
class ToShip:
    """A line's quantity that may still leave."""

    line_ref: str
    quantity: Decimal


def left_to_ship(actor: Actor, supplier_order_ref: str) -> list[ToShip]:
    """What of a supplier order may still be shipped, line by line.

    Refuses: NotFound.
    """
    part = get_part(actor, supplier_order_ref)
    return [ToShip(line.ref, line.to_ship) for line in part.lines.order_by("position") if line.to_ship > 0]


def get_part(actor: Actor, ref: str) -> SupplierOrder:
    """A supplier order the reader may see.

    Refuses: NotFound.
    """
    found = SupplierOrder.objects.visible_to(actor).filter(ref=ref).select_related("order").first()
    if found is None:
        raise NotFound(what="supplier order", ref=ref)
    return found


def part_refs(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """References of visible parts by key."""
    return dict(SupplierOrder.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "ref"))


# -- for doors -------------------------------------------------------------------------------------------------------

_ORDER_FIELDS = (
    "id",
    "ref",
    "currency",
    "mode",
    "payment_method",
    "delivery_method",
    "po_number",
    "approval",
    "placed_at",
    "approve_by",
    "submitted_at",
    "decided_at",
    "pay_by",
    "closed_at",
    "goods",
    "freight",
    "service_fee",
    "total",
    "buyer_id",
    "partner_id",
)
_PART_FACTS = (
    "submitted_at",
    "confirm_by",
    "supply_confirmed_at",
    "ship_date",
    "margin_confirmed_at",
    "objected_at",
    "objection",
    "confirmed_at",
    "funded_at",
    "released_at",
    "shipped_at",
    "signed_at",
    "completes_at",
    "completed_at",
    "cancelled_at",
    "cancel_reason",
    "holds",
)
_TOTALS = ("goods", "freight", "service_fee", "total")
_PARTNER_FACTS = frozenset({"objected_at", "objection"})


def by_ref_or_number(ref: str) -> Q:
    """Orders by public reference or by the number people read."""
    row_id = number_to_id(ref) if ref[:2].upper() == "O-" else None
    return Q(pk=row_id) if row_id is not None and row_id < 2**62 else Q(ref=ref[:40])


def order_ref_of(actor: Actor, ref_or_number: str) -> str:
    """The reference of a visible order, given its reference or its number.

    Refuses: NotFound.
    """
    found = (
        Order.objects.visible_to(actor).filter(by_ref_or_number(ref_or_number)).values_list("ref", flat=True).first()
    )
    if found is None:
        refuse_order(ref_or_number)
    return str(found)


def numbers_of(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """The numbers of visible orders by reference, in one statement."""
    found = Order.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "pk")
    return {ref: Order(pk=key).number for ref, key in found}


def orders_of(
    actor: Actor, *, before_id: int | None = None, limit: int = 24, status: str | None = None
) -> list[dict[str, Any]]:
    """Orders this workspace may see, newest first, with the figures it may see. Three statements for any number.

    `before_id` pages by key; `status` keeps orders that have a part in that state.
    """
    found = Order.objects.visible_to(actor).order_by("-id")
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    if status:
        found = found.filter(pk__in=SupplierOrder.objects.visible_to(actor).filter(status=status).values("order_id"))
    orders = list(found.values(*_ORDER_FIELDS)[:limit])
    parts = (
        SupplierOrder.objects.visible_to(actor)
        .filter(order_id__in=[order["id"] for order in orders])
        .order_by("id")
        .values("id", "order_id", "ref", "status", "supplier_id", "shipped_at")
    )
    of_order: dict[int, list[dict[str, Any]]] = {}
    for part in parts:
        of_order.setdefault(part["order_id"], []).append(part)
    names = _names(orders, [p for its in of_order.values() for p in its])
    return [_order_row(actor, order, of_order.get(order["id"], []), names) for order in orders]


def _names(orders: Sequence[dict[str, Any]], parts: Sequence[dict[str, Any]]) -> dict[int, Party]:
    ids = {order[key] for order in orders for key in ("buyer_id", "partner_id")}
    return parties.names_of([*ids, *(part["supplier_id"] for part in parts)])


def _face(party: Party) -> dict[str, str]:
    return {"ref": party.ref, "name": party.name}


def _order_row(
    actor: Actor, order: dict[str, Any], parts: Sequence[dict[str, Any]], names: dict[int, Party]
) -> dict[str, Any]:
    hidden = _TOTALS if actor.is_role("supplier") else ()
    row = {key: value for key, value in order.items() if key not in hidden and key not in ("buyer_id", "partner_id")}
    row["number"] = Order(pk=order["id"]).number
    row["buyer"], row["partner"] = _face(names[order["buyer_id"]]), _face(names[order["partner_id"]])
    row["supplier_orders"] = [
        {
            "ref": part["ref"],
            "status": part["status"],
            "progress": buyer_word(part["status"], shipped=part["shipped_at"] is not None),
            "supplier": _face(names[part["supplier_id"]]),
        }
        for part in parts
    ]
    return row


def get_order(actor: Actor, ref_or_number: str) -> dict[str, Any]:
    """An order as this reader may see it: own parts, own figures, one timeline. Five statements for any size.

    Refuses: NotFound.
    """
    order = Order.objects.visible_to(actor).filter(by_ref_or_number(ref_or_number)).first()
    if order is None:
        refuse_order(ref_or_number)
    parts = list(SupplierOrder.objects.visible_to(actor).filter(order=order).order_by("id"))
    lines = list(
        OrderLine.objects.filter(supplier_order__in=parts).select_related("sku", "substitute").order_by("position")
    )
    stages = PriceStage.objects.filter(line__in=lines).order_by("line_id", "position")
    of_line: dict[int, list[PriceStage]] = {}
    for stage in stages:
        of_line.setdefault(stage.line_id, []).append(stage)
    summary = {name: getattr(order, name) for name in _ORDER_FIELDS}
    part_rows = [
        {"ref": p.ref, "status": p.status, "supplier_id": p.supplier_id, "shipped_at": p.shipped_at} for p in parts
    ]
    view = _order_row(actor, summary, part_rows, _names([summary], part_rows))
    view["ship_to"], view["accepts_substitutes"] = order.ship_to, order.accepts_substitutes
    for row, part in zip(view["supplier_orders"], parts, strict=True):
        its = [line for line in lines if line.supplier_order_id == part.pk]
        row.update(_part_view(actor, order, part, its, of_line))
    return view


def _part_view(
    actor: Actor, order: Order, part: SupplierOrder, lines: Sequence[OrderLine], stages: dict[int, list[PriceStage]]
) -> dict[str, Any]:
    hidden = _PARTNER_FACTS if actor.is_role("buyer", "supplier") else frozenset()
    view: dict[str, Any] = {name: getattr(part, name) for name in _PART_FACTS if name not in hidden}
    view["freight"] = part.freight
    if not actor.is_role("supplier"):
        view |= {"goods": part.goods, "service_fee": part.service_fee, "due": part.due}
    view["lines"] = [_line_view(actor, order.mode, line, stages.get(line.pk, [])) for line in lines]
    names = view["lines"][0]["figures"] if lines else {}
    view["totals"] = {name: sum(line["figures"][name] for line in view["lines"]) for name in names}
    return view


def _line_view(actor: Actor, mode: str, line: OrderLine, stages: Sequence[PriceStage]) -> dict[str, Any]:
    seen = visible_figures(actor.role, mode)
    ordered = figures(line.split, mode)
    back = figures(back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount), mode)
    view: dict[str, Any] = {
        "ref": line.ref,
        "sku_ref": line.sku.ref,
        "code": line.code,
        "name": line.name,
        "unit": line.unit,
        "quantity": line.quantity,
        "confirmed": line.quantity - line.shortfall,
        "to_ship": line.to_ship,
        "shipped": line.shipped,
        "signed": line.signed,
        "given_back_quantity": line.back_quantity,
        "substitute_sku_ref": line.substitute.ref if line.substitute else None,
        "figures": {name: ordered[name] for name in seen if name in ordered},
        "given_back": {name: back[name] for name in seen if name in back},
    }
    if "unit_price" in seen:
        view["unit_price"] = line.unit_price
    view["stages"] = [_stage_view(actor, mode, stage) for stage in stages if _sees_stage(actor, mode, stage)]
    return view


def _sees_stage(actor: Actor, mode: str, stage: PriceStage) -> bool:
    """A supplier reads the goods price (not under markup) and the discounts it funds itself; the others read all."""
    if not actor.is_role("supplier"):
        return True
    return bool(stage.supplier) or (stage.kind == "base" and mode != "markup")


def _stage_view(actor: Actor, mode: str, stage: PriceStage) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": stage.kind, "source": stage.source, "label": stage.label, "amount": stage.amount}
    if actor.is_role("supplier"):
        view["amount"] = stage.amount if stage.kind == "base" else -stage.supplier
    funded = {"operator": stage.operator, "partner": stage.partner, "supplier": stage.supplier}
    if actor.is_role("operator"):
        view["funded_by"] = funded
    elif actor.role in funded and funded[actor.role]:
        view["funded_by"] = {actor.role: funded[actor.role]}
    return view


def line_place(actor: Actor, line_ref: str) -> tuple[str, str]:
    """The (order, supplier order) references of a line the reader may see.

    Refuses: NotFound.
    """
    found = OrderLine.objects.filter(ref=line_ref, supplier_order__in=SupplierOrder.objects.visible_to(actor))
    row = found.values_list("supplier_order__order__ref", "supplier_order__ref").first()
    if row is None:
        raise NotFound(what="line", ref=line_ref)
    return row[0], row[1]


def line_keys(refs: Sequence[str]) -> dict[str, int]:
    """Keys of order lines by reference, in one statement."""
    return dict(OrderLine.objects.filter(ref__in=list(refs)).values_list("ref", "pk"))


def coupon_is_free(order_ref: str) -> bool:
    """Whether every line a coupon touched has come back whole, so that the coupon comes back too."""
    touched = OrderLine.objects.filter(supplier_order__order__ref=order_ref, stages__kind="coupon").distinct()
    lines = list(touched)
    return bool(lines) and all(
        back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount).paid == line.paid
        and (line.back_quantity == line.quantity or line.back_amount > 0)
        for line in lines
    )


def contracts_of(actor: Actor, line_ref: str) -> list[dict[str, Any]]:
    """The contract versions a line was split under that the reader has signed itself; the operator reads both.

    Refuses: NotFound.
    """
    line_place(actor, line_ref)
    line = OrderLine.objects.filter(ref=line_ref).select_related("supplier_contract", "partner_contract").get()
    own = {"supplier": [line.supplier_contract], "partner": [line.partner_contract]}
    both = [line.supplier_contract, line.partner_contract]
    seen = both if actor.is_system or actor.is_role("operator") else own.get(actor.role, [])
    return [
        {"ref": c.ref, "kind": c.kind, "version": c.version, "terms": c.terms, "terms_hash": c.terms_hash}
        for c in seen
        if c is not None
    ]


@dataclass(frozen=True, slots=True)
class Work:
    """One act that waits for this workspace, on one supplier order or order."""

    act: str
    order_ref: str
    order_number: str
    supplier_order_ref: str
    other_party: str
    due_at: dt.datetime | None
    amount: int | None
    currency: str


_WORK: dict[str, list[tuple[str, Q, str, str]]] = {
    "supplier": [
        ("confirm_supply", Q(status="submitted", supply_confirmed_at=None), "buyer__name", "confirm_by"),
        ("ship", Q(status="released", shipped_at=None), "buyer__name", "released_at"),
        ("ship_rest", Q(status="released", shipped_at__isnull=False), "buyer__name", "released_at"),
    ],
    "partner": [
        (
            "confirm_margin",
            Q(status="submitted", margin_confirmed_at=None, objected_at=None),
            "buyer__name",
            "confirm_by",
        )
    ],
    "buyer": [
        ("pay", Q(status="confirmed", order__decided_at__isnull=False), "supplier__name", "order__pay_by"),
        ("sign", Q(status="released", shipped_at__isnull=False), "supplier__name", "shipped_at"),
    ],
    "operator": [
        (
            "judge_objection",
            Q(status="submitted", objected_at__isnull=False, margin_confirmed_at=None),
            "supplier__name",
            "confirm_by",
        ),
        (
            "record_transfer",
            Q(status="confirmed", order__payment_method="bank_transfer", due__isnull=False),
            "buyer__name",
            "order__pay_by",
        ),
    ],
}


def worklist(actor: Actor, *, limit: int = 50) -> list[Work]:
    """What waits for this workspace, oldest first. One statement per kind of act, none per row."""
    found: list[Work] = []
    for act, condition, other, due_at in _WORK.get(actor.role, []):
        rows = SupplierOrder.objects.visible_to(actor).filter(condition).order_by("id")
        fields = ("order_id", "order__ref", "ref", other, due_at, "due", "currency")
        for order_id, order_ref, ref, name, at, amount, currency in rows.values_list(*fields)[:limit]:
            amount = None if actor.is_role("supplier") else amount
            found.append(Work(act, order_ref, Order(pk=order_id).number, ref, name, at, amount, currency))
    return found


def cart_of(actor: Actor) -> list[Wish]:
    """What is in the person's cart, without locking it."""
    statement = _CART.replace(" FOR UPDATE OF c, l", "")
    return [Wish(ref, quantity) for ref, quantity in sql.rows(statement, [actor.organization_id, actor.user_id])]
