"""Orders and their parts as commands and higher steps read them: locked, or with the money that stands."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import NoReturn

from django.db.models import Exists, OuterRef, Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import is_plain
from trivium.ordering.models import ORDER_SEEN_BY, PART_SEEN_BY, Order, OrderLine, PriceStage, SupplierOrder
from trivium.ordering.rules import Status, back_so_far, part_given_back
from trivium.parties import queries as parties
from trivium.pricing import rules as pricing
from trivium.pricing.rules import Kept, Stage


def refuse_order(ref: str) -> NoReturn:
    """The one answer for an order that is not there or not the reader's.

    Refuses: NotFound.
    """
    raise NotFound(what="order", ref=ref)


def lock_order(actor: Actor, order_ref: str) -> tuple[Order, list[SupplierOrder]]:
    """An order the actor may see, with all its parts, locked: the order first, then the parts by key.

    Refuses: NotFound.
    """
    found = _lock(actor, f"t.ref = %(ref)s AND {sees(actor, ORDER_SEEN_BY)}", order_ref)
    return found or refuse_order(order_ref)


def sees(actor: Actor, conditions: Mapping[str, str]) -> str:
    """The condition under which a reader sees a row, of those by role."""
    return conditions.get("operator" if actor.is_system else actor.role, "false")


def _lock(actor: Actor, which: str, ref: str) -> tuple[Order, list[SupplierOrder]] | None:
    found = Order.objects.read(
        f"WHERE {which} FOR UPDATE", {"ref": ref, "own": actor.organization_id}, without=("ship_to", "receiver")
    )
    if not found:
        return None
    order: Order = found[0]
    return order, SupplierOrder.objects.read("WHERE t.order_id = %(id)s ORDER BY t.id FOR UPDATE", {"id": order.pk})


def lock_part(actor: Actor, ref: str) -> tuple[Order, list[SupplierOrder], SupplierOrder]:
    """A supplier order the actor may see, locked through its order, with its siblings.

    Refuses: NotFound.
    """
    mine = f"SELECT t.order_id FROM ordering_supplierorder t WHERE t.ref = %(ref)s AND {sees(actor, PART_SEEN_BY)}"
    found = _lock(actor, f"t.id = ({mine})", ref)
    if found is None:
        raise NotFound(what="supplier order", ref=ref)
    order, parts = found
    return order, parts, next(part for part in parts if part.ref == ref)


BUDGET = "o.budget_code || CASE WHEN o.budget_period <> '' THEN '/' || o.budget_period ELSE '' END"
"""The step or steps of a budget's accounts an order is booked in."""


def budget_path(code: str, period: str) -> str:
    """What a budget's accounts are called: by its code, and where it renews by the period."""
    return f"{code}/{period}" if period else code


def budget_account(buyer_ref: str, path: str) -> str:
    """The ledger account a company's budget, or a period of it, lies in."""
    return f"buyer/{buyer_ref}/budget/{path}"


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


def audience_of(supplier_order_ref: str) -> tuple[str, ...]:
    """Who may be told of a part, by its reference."""
    found = sql.rows(f"SELECT b.ref, c.ref, s.ref {_TABLES} WHERE p.ref = %s", [supplier_order_ref])
    return tuple(found[0])


_DUE = """
SELECT kind, ref FROM (
    (SELECT 1 AS place, 'approve' AS kind, o.id, o.ref FROM ordering_order o
     WHERE o.approval = 'waiting' AND o.closed_at IS NULL AND o.approve_by <= %(at)s ORDER BY o.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 2, 'confirm', p.id, p.ref FROM ordering_supplierorder p
     WHERE p.status = 'submitted' AND p.confirm_by <= %(at)s ORDER BY p.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 3, 'pay', o.id, o.ref FROM ordering_order o
     WHERE o.pay_by <= %(at)s
       AND EXISTS (SELECT FROM ordering_supplierorder p WHERE p.order_id = o.id AND p.status = 'confirmed')
     ORDER BY o.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 4, 'complete', p.id, p.ref FROM ordering_supplierorder p
     WHERE p.status = 'signed' AND p.completes_at <= %(at)s AND p.holds = 0 ORDER BY p.id LIMIT %(limit)s)) AS due
ORDER BY place, id LIMIT %(limit)s
"""


def due(at: dt.datetime, limit: int) -> list[tuple[str, str]]:
    """Deadlines that have passed, as (kind, reference): oldest first, each once."""
    return [(kind, ref) for kind, ref in sql.rows(_DUE, {"at": at, "limit": limit})]


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
    budget: str
    payable: str
    lines: tuple["LineMoney", ...] = field(default=())


# Figures whose column has another name than in the split.
COLUMNS = {"supplier": "supplier_net"}


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


_MONEY = f"""
p.ref, o.ref, p.status, p.currency, o.mode, o.payment_method, p.due, p.freight, p.buyer_id, b.ref, p.partner_id,
c.ref, p.supplier_id, s.ref, {BUDGET}, p.payable
"""
_TABLES = """
FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
JOIN parties_organization b ON b.id = p.buyer_id JOIN parties_organization c ON c.id = p.partner_id
JOIN parties_organization s ON s.id = p.supplier_id
"""
_PARTS = f"SELECT {_MONEY} {_TABLES}"


def parts_of_order(order_ref: str) -> list[PartMoney]:
    """All parts of an order as settlement sees them, without lines; for commands that hold the order's lock."""
    return [PartMoney(*row) for row in sql.rows(_PARTS + "WHERE o.ref = %s ORDER BY p.id", [order_ref])]


_SUMS = ", ".join(f"COALESCE(sum(l.{COLUMNS.get(name, name)}), 0)::bigint" for name in pricing.FIGURES)
_STANDING = f"""
SELECT p.id, {_MONEY}, {_SUMS} {_TABLES} LEFT JOIN ordering_orderline l ON l.supplier_order_id = p.id
GROUP BY p.id, o.id, b.id, c.id, s.id ORDER BY p.id
"""


def standing_parts() -> Iterator[tuple[PartMoney, pricing.LineSplit]]:
    """Every part, without lines, and what its lines' figures come to as they stand now; by key, read in pieces.

    The database adds up what was ordered; what was given back is taken off line by line, by the one rule there is.
    """
    returned = OrderLine.objects.filter(Q(back_quantity__gt=0) | Q(back_amount__gt=0)).defer("name", "facts")
    rows = returned.order_by("supplier_order_id").iterator(chunk_size=500)
    groups = groupby(rows, attrgetter("supplier_order_id"))
    key, lines = next(groups, (None, ()))
    wide = len(pricing.FIGURES)
    for part_id, *row in sql.stream(_STANDING):
        while key is not None and key < part_id:
            key, lines = next(groups, (None, ()))
        stands = pricing.LineSplit(*row[-wide:])
        for line in lines if key == part_id else ():
            stands -= back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
        yield PartMoney(*row[:-wide]), stands


def part_money(supplier_order_ref: str) -> PartMoney:
    """One part with its lines' figures as they stand now.

    Refuses: NotFound.
    """
    found = sql.rows(f"SELECT p.id, {_MONEY} {_TABLES} WHERE p.ref = %s", [supplier_order_ref])
    if not found:
        raise NotFound(what="supplier order", ref=supplier_order_ref)
    key, *money = found[0]
    return replace(PartMoney(*money), lines=tuple(_standing(line) for line in lines_of([key])))


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
    return left_of(get_part(actor, supplier_order_ref))


def left_of(part: SupplierOrder) -> list[ToShip]:
    """What of a part at hand may still be shipped, line by line."""
    return [ToShip(line.ref, line.to_ship) for line in lines_of([part.pk]) if line.to_ship > 0]


def lines_of(parts: Sequence[int]) -> list[OrderLine]:
    """The lines of parts, each part's by position; their words and facts, with which nobody counts, are left out."""
    found: list[OrderLine] = OrderLine.objects.read(
        "WHERE t.supplier_order_id = ANY(%(parts)s::bigint[]) ORDER BY t.supplier_order_id, t.position",
        {"parts": list(parts)},
        without=_WORDS,
    )
    return found


def lock_lines(part: SupplierOrder, refs: Sequence[str] | None = None) -> list[OrderLine]:
    """The lines of a part, or those of them that are named, locked by key; without words and facts."""
    named = "" if refs is None else "AND t.ref = ANY(%(refs)s::text[])"
    found: list[OrderLine] = OrderLine.objects.read(
        f"WHERE t.supplier_order_id = %(part)s {named} ORDER BY t.id FOR UPDATE",
        {"part": part.pk, "refs": [ref for ref in refs or () if is_plain(ref)]},
        without=_WORDS,
    )
    return found


_WORDS = ("name", "facts")
_ALL_LEFT = "quantity <= unshipped_back + shipped"


def has_all_left(part: SupplierOrder) -> bool:
    """Whether nothing of a part is still to be shipped."""
    return _holds_for_all(part, _ALL_LEFT)


def has_all_arrived(part: SupplierOrder) -> bool:
    """Whether nothing of a part is still to be shipped, or on its way."""
    return _holds_for_all(part, f"{_ALL_LEFT} AND signed >= shipped")


def _holds_for_all(part: SupplierOrder, condition: str) -> bool:
    statement = f"SELECT NOT EXISTS (SELECT FROM ordering_orderline WHERE supplier_order_id = %s AND NOT ({condition}))"
    return bool(sql.rows(statement, [part.pk])[0][0])


def get_part(actor: Actor, ref: str) -> SupplierOrder:
    """A supplier order the reader may see.

    Refuses: NotFound.
    """
    seen = SupplierOrder.objects.visible_to(actor)
    found: SupplierOrder | None = seen.filter(ref=ref).select_related("order").first()
    if found is None:
        raise NotFound(what="supplier order", ref=ref)
    return found


def part_keys(actor: Actor, refs: Sequence[str]) -> dict[str, int]:
    """Keys of supplier orders by reference, in one statement.

    Refuses: NotFound, naming the first the reader may not see.
    """
    found = dict(SupplierOrder.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "pk"))
    for ref in refs:
        if ref not in found:
            raise NotFound(what="supplier order", ref=ref)
    return found


def part_refs(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """References of visible parts by key."""
    seen = f"SELECT t.id, t.ref FROM ordering_supplierorder t WHERE {sees(actor, PART_SEEN_BY)}"
    return dict(sql.rows(f"{seen} AND t.id = ANY(%(ids)s::bigint[])", {"ids": list(ids), "own": actor.organization_id}))


def line_keys(refs: Sequence[str]) -> dict[str, int]:
    """Keys of order lines by reference, in one statement."""
    statement = "SELECT ref, id FROM ordering_orderline WHERE ref = ANY(%s::text[])"
    return dict(sql.rows(statement, [[ref for ref in refs if is_plain(ref)]]))


def lost_benefit(order_ref: str) -> dict[tuple[str, str], int]:
    """What the buyer's own returns have cost it so far in discounts with a threshold, by funder (see pricing.rules).

    A part that was cancelled counts as bought. Two statements; one when no discount of the order is rechecked.
    """
    checked = PriceStage.objects.filter(recheck_below__isnull=False, line__supplier_order__order__ref=order_ref)
    if not checked.exists():
        return {}
    lines = OrderLine.objects.filter(supplier_order__order__ref=order_ref).select_related("supplier_order__supplier")
    return pricing.lost_benefit(_kept(line) for line in lines.prefetch_related("stages"))


def _kept(line: OrderLine) -> Kept:
    back = part_given_back(line.split, line.quantity, line.back_quantity, line.back_amount)
    if line.supplier_order.status == Status.CANCELLED:
        back = Fraction(1)
    stages = tuple(
        Stage(s.kind, s.source, s.label, s.amount, s.operator, s.partner, s.supplier, s.recheck_below)
        for s in line.stages.all()
    )
    chosen = Fraction(line.chosen_back) / Fraction(line.quantity)
    return Kept(stages, back, chosen, line.supplier_order.supplier.ref)


def coupon_is_free(order_ref: str) -> bool:
    """Whether every line a coupon touched has come back whole, or was cancelled, so that the coupon comes back too."""
    coupons = PriceStage.objects.filter(line=OuterRef("pk"), kind="coupon")
    touched = OrderLine.objects.filter(Exists(coupons), supplier_order__order__ref=order_ref)
    lines = list(touched.select_related("supplier_order"))
    return bool(lines) and all(line.supplier_order.status == Status.CANCELLED or _is_back(line) for line in lines)


def _is_back(line: OrderLine) -> bool:
    back = back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
    return back.paid == line.paid and (line.back_quantity == line.quantity or line.back_amount > 0)
