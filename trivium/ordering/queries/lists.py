"""The order list: filtered, sorted and cut, with the figures the reader may see."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.ids import number_to_id
from trivium.core.lists import COUNTED, Found, Wanted, counted, like
from trivium.core.time import now
from trivium.ordering.models import ORDER_SEEN_BY, PART_SEEN_BY, Order, OrderLine, SupplierOrder
from trivium.ordering.queries.orders import ORDER_FIELDS, by_ref_or_number, order_rows
from trivium.ordering.queries.parts import sees
from trivium.ordering.rules import PaymentMethod, Status

PERIODS = ("7", "30", "90")
_SORTS = {"placed": "t.id", "buyer": "b.name", "partner": "r.name", "payment": "t.payment_method"}
_NAMED = """JOIN parties_organization b ON b.id = t.buyer_id JOIN parties_organization r ON r.id = t.partner_id"""
_COUNT = "SELECT count(*) FROM (SELECT FROM ordering_order t {named} WHERE {where} LIMIT {most:d}) AS counted"
_PAGE = """SELECT {fields} FROM ordering_order t {named} WHERE {where}
ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}"""
_FIELDS = ", ".join(f"t.{name}" for name in ORDER_FIELDS)
_NET = """, (SELECT coalesce(sum(l.supplier_net), 0) FROM ordering_supplierorder x
    JOIN ordering_orderline l ON l.supplier_order_id = x.id
    WHERE x.order_id = t.id AND x.supplier_id = %(own)s)::bigint AS supplier_net"""
_HAS_STATUS = """EXISTS (SELECT FROM ordering_supplierorder p
    WHERE p.order_id = t.id AND p.status = %(status)s AND {seen})"""
_BY_TEXT = "t.po_number ILIKE %(text)s OR b.name ILIKE %(text)s"
_BY_OTHERS = """ OR r.name ILIKE %(text)s OR EXISTS (
    SELECT FROM ordering_supplierorder p JOIN parties_organization s ON s.id = p.supplier_id
    WHERE p.order_id = t.id AND s.name ILIKE %(text)s AND {seen})"""


def order_list(actor: Actor, wanted: Wanted) -> Found:
    """Orders this workspace may see. Filters: status (of a part), payment, days, and for a buyer the code of a
    cost centre. Five statements for any number.

    Text is looked for in the order number, the buyer's own number, and the names of buyer, partner and supplier. A
    supplier's rows say what it gets for the goods (`supplier_net`).
    """
    where, params = _narrowed(actor, wanted)
    sorts = _SORTS if actor.is_role("supplier") else {**_SORTS, "total": "t.total"}
    column, sign = sorts.get(wanted.sort, "t.id"), "DESC" if wanted.descending or wanted.sort not in sorts else "ASC"
    named = _NAMED if wanted.text or column in ("b.name", "r.name") else ""
    most = sql.rows(_COUNT.format(named=named, where=where, most=COUNTED + 1), params)[0][0]
    order = f"{column} {sign}, t.id {sign}" if column != "t.id" else f"t.id {sign}"
    fields = _FIELDS + (_NET if actor.is_role("supplier") else "")
    page = _PAGE.format(fields=fields, named=named, where=where, order=order, limit=wanted.limit, offset=wanted.offset)
    return Found(order_rows(actor, sql.dicts(page, params)), *counted(most))


def _narrowed(actor: Actor, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The conditions of a list of orders, and what they are asked with."""
    seen = sees(actor, PART_SEEN_BY).replace("t.", "p.")
    params: dict[str, Any] = {"own": actor.organization_id, "text": like(wanted.text), **wanted.filters}
    clauses = [sees(actor, ORDER_SEEN_BY)]
    if wanted.filters.get("status") in set(Status):
        clauses.append(_HAS_STATUS.format(seen=seen))
    if wanted.filters.get("payment") in set(PaymentMethod):
        clauses.append("t.payment_method = %(payment)s")
    if wanted.filters.get("cost_centre") and actor.is_role("buyer"):
        clauses.append("t.cost_centre_code = %(cost_centre)s")
    if wanted.filters.get("days") in PERIODS:
        clauses.append("t.placed_at > %(since)s")
        params["since"] = now() - dt.timedelta(days=int(wanted.filters["days"]))
    if (numbered := _by_number(actor, wanted.text)) is not None:
        clauses.append("t.id = %(numbered)s")
        params["numbered"] = numbered
    elif wanted.text:
        clauses.append(_BY_TEXT if actor.is_role("supplier") else _BY_TEXT + _BY_OTHERS.format(seen=seen))
    return " AND ".join(f"({clause})" for clause in clauses), params


def _by_number(actor: Actor, text: str) -> int | None:
    """The key of the one order a whole number or reference names: nothing else has to be looked through then."""
    if number_to_id(text) is None and not text.startswith("ord_"):
        return None
    orders = Order.objects.visible_to(actor).filter(by_ref_or_number(text))
    key: int | None = orders.values_list("pk", flat=True).first()
    return key


def visible_parts(actor: Actor) -> Any:
    """The keys of the supplier orders a workspace may see, as a subquery: for lists of what hangs on them.

    A partner's are those of orders placed under it: what happens to them later stays its own, what its buyer orders
    after another partner has taken over is not.
    """
    return SupplierOrder.objects.visible_to(actor).order_by().values("id")


@dataclass(frozen=True, slots=True)
class Bought:
    """The last time a company ordered goods: what they were called then, and in which order."""

    name: dict[str, str]
    order_ref: str
    order_number: str
    supplier: str


def last_bought(actor: Actor, product_ref: str) -> Bought | None:
    """When a buyer last ordered a product: its own past, which it may know whatever became of the product."""
    found = OrderLine.objects.filter(sku__product__ref=product_ref[:40], supplier_order__in=visible_parts(actor))
    names = ("name", "supplier_order__order__ref", "supplier_order__order_id", "supplier_order__supplier__name")
    row = found.order_by("-id").values_list(*names).first()
    return Bought(row[0], row[1], Order(pk=row[2]).number, row[3]) if row else None


_NAMES = """
SELECT name FROM parties_organization WHERE id IN (
    SELECT unnest(ARRAY[x.buyer_id, x.partner_id, x.supplier_id]) FROM ordering_supplierorder x
    WHERE x.id = ANY (%(parts)s::bigint[])) ORDER BY name
"""


def company_names(actor: Actor, *, limit: int) -> list[str]:
    """The names of everybody in the newest supplier orders this workspace may see. Two statements."""
    parts = SupplierOrder.objects.visible_to(actor).order_by("-id").values_list("id", flat=True)[:limit]
    return [row[0] for row in sql.rows(_NAMES, {"parts": list(parts)})]
