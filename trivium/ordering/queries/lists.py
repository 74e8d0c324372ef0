"""The order list: filtered, sorted and cut, with the figures the reader may see."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.ids import number_to_id
from trivium.core.lists import Found, Wanted, cut
from trivium.core.time import now
from trivium.ordering.models import Order, OrderLine, SupplierOrder
from trivium.ordering.queries.orders import ORDER_FIELDS, by_ref_or_number, order_rows
from trivium.ordering.rules import PaymentMethod, Status

PERIODS = ("7", "30", "90")
_SORTS = {"placed": "id", "buyer": "buyer__name", "partner": "partner__name", "payment": "payment_method"}


def order_list(actor: Actor, wanted: Wanted) -> Found:
    """Orders this workspace may see. Filters: status (of a part), payment, days. Five statements for any number.

    Text is looked for in the order number, the buyer's own number, and the names of buyer, partner and supplier.
    """
    found = Order.objects.visible_to(actor)
    parts = SupplierOrder.objects.visible_to(actor)
    if wanted.filters.get("status") in set(Status):
        found = found.filter(pk__in=parts.filter(status=wanted.filters["status"]).values("order_id"))
    if wanted.filters.get("payment") in set(PaymentMethod):
        found = found.filter(payment_method=wanted.filters["payment"])
    if wanted.filters.get("days") in PERIODS:
        found = found.filter(placed_at__gt=now() - dt.timedelta(days=int(wanted.filters["days"])))
    numbered = _by_number(found, wanted.text)
    if numbered is not None:
        found = found.filter(pk=numbered)
    elif wanted.text:
        text = wanted.text
        named = parts.filter(supplier__name__icontains=text).values("order_id")
        by_text = by_ref_or_number(text) | Q(po_number__icontains=text) | Q(buyer__name__icontains=text)
        if not actor.is_role("supplier"):
            by_text |= Q(partner__name__icontains=text) | Q(pk__in=named)
        found = found.filter(by_text)
    sorts = _SORTS if actor.is_role("supplier") else {**_SORTS, "total": "total"}
    page, count, is_more = cut(found, wanted, sorts)
    return Found(order_rows(actor, list(page.values(*ORDER_FIELDS))), count, is_more)


def _by_number(orders: Any, text: str) -> int | None:
    """The key of the one order a whole number or reference names: nothing else has to be looked through then."""
    is_whole = number_to_id(text) is not None or text.startswith("ord_")
    key: int | None = orders.filter(by_ref_or_number(text)).values_list("pk", flat=True).first() if is_whole else None
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
