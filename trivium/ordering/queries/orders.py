"""Orders as pages and the API show them, cut to what the reader may see."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.ids import number_to_id
from trivium.ordering.models import (
    ORDER_SEEN_BY,
    PART_SEEN_BY,
    Order,
    OrderLine,
    PriceStage,
    SupplierOrder,
    order_number,
)
from trivium.ordering.queries.parts import refuse_order, sees
from trivium.ordering.rules import back_so_far, buyer_word, figures, visible_figures
from trivium.parties import queries as parties
from trivium.parties.queries import Party

ORDER_FIELDS = (
    "id",
    "ref",
    "currency",
    "mode",
    "payment_method",
    "delivery_method",
    "po_number",
    "cost_centre_code",
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
    seen = f"SELECT t.ref, t.id FROM ordering_order t WHERE {sees(actor, ORDER_SEEN_BY)}"
    found = sql.rows(f"{seen} AND t.ref = ANY(%(refs)s::text[])", {"refs": list(refs), "own": actor.organization_id})
    return {ref: order_number(key) for ref, key in found}


def orders_of_parts(actor: Actor, part_refs: Sequence[str]) -> dict[str, dict[str, str]]:
    """The order, by reference and number, of each visible supplier order; one statement for any number."""
    found = SupplierOrder.objects.visible_to(actor).filter(ref__in=list(part_refs))
    rows = found.values_list("ref", "order__ref", "order_id")
    return {ref: {"ref": order_ref, "number": order_number(key)} for ref, order_ref, key in rows}


def orders_of(
    actor: Actor,
    *,
    before_id: int | None = None,
    limit: int = 24,
    status: str | None = None,
    refs: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Orders this workspace may see, newest first, with the figures it may see. Three statements for any number.

    `before_id` pages by key; `status` keeps orders that have a part in that state, `refs` those that are named.
    """
    found = Order.objects.visible_to(actor).order_by("-id")
    if refs is not None:
        found = found.filter(ref__in=list(refs))
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    if status:
        found = found.filter(pk__in=SupplierOrder.objects.visible_to(actor).filter(status=status).values("order_id"))
    return order_rows(actor, list(found.values(*ORDER_FIELDS)[:limit]))


_PARTS = "SELECT t.id, t.order_id, t.ref, t.status, t.supplier_id, t.shipped_at FROM ordering_supplierorder t WHERE"


def order_rows(actor: Actor, orders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Orders read already, with their visible parts and everybody's name. Two statements for any number."""
    parts = sql.dicts(
        f"{_PARTS} {sees(actor, PART_SEEN_BY)} AND t.order_id = ANY(%(orders)s::bigint[]) ORDER BY t.id",
        {"orders": [order["id"] for order in orders], "own": actor.organization_id},
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
    booked = row.pop("cost_centre_code")
    if actor.is_role("buyer"):
        row["cost_centre"] = booked
    row["number"] = order_number(order["id"])
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
    summary = {name: getattr(order, name) for name in ORDER_FIELDS}
    part_rows = [
        {"ref": p.ref, "status": p.status, "supplier_id": p.supplier_id, "shipped_at": p.shipped_at} for p in parts
    ]
    view = _order_row(actor, summary, part_rows, _names([summary], part_rows))
    view["ship_to"], view["accepts_substitutes"] = order.address, order.accepts_substitutes
    for row, part in zip(view["supplier_orders"], parts, strict=True):
        its = [line for line in lines if line.supplier_order_id == part.pk]
        row.update(_part_view(actor, order, part, its, of_line))
    return view


# By the right each event is the use of: of an order and its parts, an entry may place, cancel and dispatch.
_IN_ENTRY = {
    "OrderPlaced": "order.place",
    "SupplierOrderCancelled": "order.cancel",
    "SupplierOrderShipped": "shipment.dispatch",
}
_ENTRY_ACTS = """
WITH seen AS (
    SELECT t.ref, w.ref AS whole, w.placed_at FROM ordering_supplierorder t JOIN ordering_order w ON w.id = t.order_id
    WHERE w.ref = %(ref)s AND {seen})
SELECT e.at, e.name, e.subject, u.name AS person, o.ref AS company_ref, o.name AS company
FROM core_event e JOIN parties_user u ON u.ref = split_part(e.actor, '@', 1)
JOIN parties_organization o ON o.ref = split_part(split_part(e.actor, '@', 2), ':', 1)
WHERE e.subject IN (SELECT ref FROM seen UNION SELECT whole FROM seen) AND e.at >= (SELECT min(placed_at) FROM seen)
  AND e.name = ANY(%(names)s::text[]) AND strpos(e.actor, '/entry:') > 0
ORDER BY e.id
"""


def entry_acts(actor: Actor, ref: str) -> list[dict[str, Any]]:
    """What somebody of the operator did for a company with an order, and with the parts of it this reader sees: when,
    by which right, to the order or which part, who, and for whom; the oldest first. One statement.
    """
    given = {"ref": ref, "own": actor.organization_id, "names": list(_IN_ENTRY)}
    return [
        {
            "at": row["at"],
            "act": _IN_ENTRY[row["name"]],
            "subject": row["subject"],
            "person": row["person"],
            "company": {"ref": row["company_ref"], "name": row["company"]},
        }
        for row in sql.dicts(_ENTRY_ACTS.format(seen=sees(actor, PART_SEEN_BY)), given)
    ]


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


def contracts_of(actor: Actor, line_ref: str) -> list[dict[str, Any]]:
    """The contract versions a line was split under that the reader has signed itself; the operator reads both.

    Refuses: NotFound.
    """
    line_place(actor, line_ref)
    line = OrderLine.objects.filter(ref=line_ref).select_related("supplier_contract", "partner_contract").get()
    own: dict[str, list[Any]] = {"supplier": [line.supplier_contract], "partner": [line.partner_contract]}
    both = [line.supplier_contract, line.partner_contract]
    seen = both if actor.is_system or actor.is_role("operator") else own.get(actor.role, [])
    return [
        {"ref": c.ref, "kind": c.kind, "version": c.version, "terms": c.terms, "terms_hash": c.terms_hash}
        for c in seen
        if c is not None
    ]
