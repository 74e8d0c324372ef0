"""What waits for a workspace, and what lies in its cart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DateTimeField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import Combinable

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.lists import COUNTED as LISTED
from trivium.core.lists import Found, Wanted, counted
from trivium.core.time import now
from trivium.core.waiting import Waiting
from trivium.ordering.errors import EmptyOrder
from trivium.ordering.models import CartLine, Order, OrderLine, SupplierOrder, order_number
from trivium.ordering.queries.orders import by_ref_or_number
from trivium.ordering.queries.trade import ZONE
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

_SHIP_BY = Func(
    F("ship_date"), template=f"timezone('{ZONE}', (%(expressions)s + 1)::timestamp)", output_field=DateTimeField()
)  # the end of the promised day

_WORK: dict[str, list[tuple[str, Q, str, Combinable]]] = {
    "supplier": [
        ("confirm_supply", Q(status="submitted", supply_confirmed_at=None), "buyer__name", F("confirm_by")),
        ("ship", Q(status="released", shipped_at=None), "buyer__name", _SHIP_BY),
        ("ship_rest", Q(_TO_SHIP, status="released", shipped_at__isnull=False), "buyer__name", _SHIP_BY),
    ],
    "partner": [
        (
            "confirm_margin",
            Q(status="submitted", margin_confirmed_at=None, objected_at=None),
            "buyer__name",
            F("confirm_by"),
        )
    ],
    "buyer": [
        ("pay", Q(status="confirmed", order__decided_at__isnull=False), "supplier__name", F("order__pay_by")),
        ("sign", Q(_TO_SIGN, status="released", shipped_at__isnull=False), "supplier__name", F("shipped_at")),
    ],
    "operator": [
        (
            "judge_objection",
            Q(status="submitted", objected_at__isnull=False, margin_confirmed_at=None),
            "supplier__name",
            F("confirm_by"),
        ),
        (
            "record_transfer",
            Q(status="confirmed", order__payment_method="bank_transfer", due__isnull=False),
            "buyer__name",
            F("order__pay_by"),
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
            found.append(Work(act, order_ref, order_number(order_id), ref, name, at, amount, currency))
    return found


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row of the worklist as a list shows it; `figure` is what the reader's trade in it comes to (minor units)."""

    act: str
    order_ref: str
    order_number: str
    supplier_order_ref: str
    buyer: str
    supplier: str
    due_at: dt.datetime | None
    figure: int
    lines: int
    currency: str


_FIGURES = """
SELECT p.id, (SELECT count(*) FROM ordering_orderline l WHERE l.supplier_order_id = p.id), {figure}
FROM (SELECT unnest(%(parts)s::bigint[]) AS id) w JOIN ordering_supplierorder p ON p.id = w.id
"""
_FIGURE = {
    "supplier": "(SELECT coalesce(sum(l.supplier_net), 0) FROM ordering_orderline l WHERE l.supplier_order_id = p.id)",
    "partner": "(SELECT coalesce(sum(l.commission + l.service_fee), 0) FROM ordering_orderline l"
               " WHERE l.supplier_order_id = p.id)",
}  # fmt: skip
_WAITING_SORTS = {"due": "due_at", "order": "order_id", "buyer": "buyer__name", "supplier": "supplier__name"}


def waiting_acts(actor: Actor) -> list[str]:
    """The kinds of acts that can wait on supplier orders for this workspace."""
    return [act for act, *_rest in _WORK.get(actor.role, [])]


def waiting_list(actor: Actor, wanted: Wanted) -> Found:
    """What waits on supplier orders, the most urgent first. Filter: act. Text: the number, or a company's name.

    Three statements for any number.
    """
    text = wanted.text
    by_text = by_ref_or_number(text) if text else Q()
    orders = Q(order_id__in=Order.objects.filter(by_text).values("id")) if text else Q()
    named = orders | Q(buyer__name__icontains=text) | Q(supplier__name__icontains=text) if text else Q()
    kinds = []
    for act, condition, _other, due_at in _WORK.get(actor.role, []):
        if wanted.filters.get("act", act) == act:
            rows = SupplierOrder.objects.visible_to(actor).filter(condition).filter(named).order_by()
            kinds.append(rows.annotate(act=Value(act), due_at=due_at).values_list(*_WAITING))
    if not kinds:
        return Found([], 0)
    found = kinds[0].union(*kinds[1:], all=True) if len(kinds) > 1 else kinds[0]
    count, is_more = counted(found[: LISTED + 1].count())
    column = _WAITING_SORTS.get(wanted.sort, "due_at")
    first = F(column).desc(nulls_last=True) if wanted.descending else F(column).asc(nulls_last=True)
    page = list(found.order_by(first, "id")[wanted.offset : wanted.offset + wanted.limit])
    figures = sql.rows(_FIGURES.format(figure=_FIGURE.get(actor.role, "0")), {"parts": [row[0] for row in page]})
    of_part = {key: rest for key, *rest in figures}
    return Found([_waiting_row(row, *of_part[row[0]]) for row in page], count, is_more)


_WAITING = ("id", "ref", "order__ref", "order_id", "buyer__name", "supplier__name", "currency", "act", "due_at")


def _waiting_row(row: Sequence[Any], lines: int, figure: int) -> WaitingRow:
    _id, ref, order_ref, order_id, buyer, supplier, currency, act, due_at = row
    number = order_number(order_id)
    return WaitingRow(act, order_ref, number, ref, buyer, supplier, due_at, int(figure), lines, currency)


def _waiting_rows(actor: Actor) -> list[Any]:
    parts = SupplierOrder.objects.visible_to(actor)
    found = []
    for act, condition, _other, _due_at in _WORK.get(actor.role, []):
        rows = parts.filter(condition)
        if act in ("pay", "record_transfer"):  # an order is paid once; what is on account is not asked for
            rows = rows.exclude(order__payment_method="on_account").distinct("order_id")
        found.append(rows)
    return found


WORK_WAITING = Waiting(_waiting_rows)
"""The acts that wait for a workspace, each kind by itself."""

CART_WAITING = Waiting(
    lambda actor: [
        CartLine.objects.filter(cart__organization_id=actor.organization_id or 0, cart__user_id=actor.user_id or 0)
    ]
)
"""The lines in a person's cart."""


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


_LEFT_AFTER = dt.timedelta(minutes=10)
_CARTS_LEFT = """
SELECT o.ref, u.ref FROM ordering_cart c JOIN parties_organization o ON o.id = c.organization_id
JOIN parties_user u ON u.id = c.user_id
JOIN parties_membership m ON m.user_id = c.user_id AND m.organization_id = c.organization_id AND m.role = 'buyer'
WHERE m.ends_at < %s AND EXISTS (SELECT FROM ordering_cartline l WHERE l.cart_id = c.id)
  AND EXISTS (SELECT FROM parties_membership n JOIN parties_user v ON v.id = n.user_id AND v.is_active
              WHERE n.organization_id = c.organization_id AND n.role = 'buyer' AND n.ends_at IS NULL)
ORDER BY c.id LIMIT 1000
"""


def carts_left(at: dt.datetime) -> list[tuple[str, str]]:
    """Carts of people who have left and to whom nobody succeeded, where somebody buys now: (company, leaver). Those
    who left just now are still succeeded by whom they named. One statement."""
    return [(company, person) for company, person in sql.rows(_CARTS_LEFT, [at - _LEFT_AFTER])]


_APPROVED_AND_HELD = """
SELECT o.ref FROM ordering_order o JOIN parties_approval a ON a.subject = o.ref AND a.status = 'approved'
JOIN parties_organization b ON b.id = o.buyer_id
WHERE o.approval = 'waiting' AND o.closed_at IS NULL AND %(buyer)s::text IN ('', b.ref)
  AND parties_wanted_agreement(b.id, 'buyer', %(at)s) = '' ORDER BY o.id LIMIT 1000
"""


def approved_and_held(buyer_ref: str = "") -> list[str]:
    """Orders, of one company or of all, that were approved when an agreement had lapsed, and lack none now. One
    statement."""
    return [ref for (ref,) in sql.rows(_APPROVED_AND_HELD, {"buyer": buyer_ref, "at": now()})]


def cart_of(actor: Actor) -> list[Wish]:
    """What is in the person's cart, without locking it."""
    statement = _CART.replace(" FOR UPDATE OF c, l", "")
    return [Wish(ref, quantity) for ref, quantity in sql.rows(statement, [actor.organization_id, actor.user_id])]


_SEEN = """
SELECT s.ref, l.seen_currency, l.seen_price
FROM ordering_cart c JOIN ordering_cartline l ON l.cart_id = c.id JOIN catalog_sku s ON s.id = l.sku_id
WHERE c.organization_id = %s AND c.user_id = %s AND l.seen_price IS NOT NULL
"""


def prices_seen(actor: Actor) -> dict[str, tuple[str, Decimal]]:
    """What a unit cost when it was put into the person's cart: currency and price by sku. One statement."""
    return {ref: (currency, price) for ref, currency, price in sql.rows(_SEEN, [actor.organization_id, actor.user_id])}
