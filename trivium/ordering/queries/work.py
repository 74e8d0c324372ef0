"""What waits for a workspace, and what lies in its cart."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.ordering.errors import EmptyOrder
from trivium.ordering.models import Order, OrderLine, SupplierOrder
from trivium.ordering.rules import Wish


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


_LINES = OrderLine.objects.filter(supplier_order=OuterRef("pk"))
_TO_SHIP = Exists(_LINES.filter(shipped__lt=F("quantity") - F("unshipped_back")))
_TO_SIGN = Exists(_LINES.filter(signed__lt=F("shipped")))

_WORK: dict[str, list[tuple[str, Q, str, str]]] = {
    "supplier": [
        ("confirm_supply", Q(status="submitted", supply_confirmed_at=None), "buyer__name", "confirm_by"),
        ("ship", Q(status="released", shipped_at=None), "buyer__name", "released_at"),
        ("ship_rest", Q(_TO_SHIP, status="released", shipped_at__isnull=False), "buyer__name", "released_at"),
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
        ("sign", Q(_TO_SIGN, status="released", shipped_at__isnull=False), "supplier__name", "shipped_at"),
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


COUNTED = 99


def work_waiting(actor: Actor) -> int:
    """How many acts wait for this workspace, each kind counted up to 99. One statement."""
    parts = SupplierOrder.objects.visible_to(actor)
    found: list[Any] = []
    for act, condition, _other, _due_at in _WORK.get(actor.role, []):
        rows = parts.filter(condition)
        if act == "pay":  # an order is paid once; what is on account is not asked for
            rows = rows.exclude(order__payment_method="on_account").distinct("order_id")
        found.append(rows.values("ref")[:COUNTED])
    if not found:
        return 0
    return int(found[0].union(*found[1:], all=True).count())


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


def cart_of(actor: Actor) -> list[Wish]:
    """What is in the person's cart, without locking it."""
    statement = _CART.replace(" FOR UPDATE OF c, l", "")
    return [Wish(ref, quantity) for ref, quantity in sql.rows(statement, [actor.organization_id, actor.user_id])]
