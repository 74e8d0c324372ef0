"""Promise 2: totals equal lines, and every line's trail and split are what its price and its contracts make them."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from trivium.core import sql
from trivium.core.faults import Check, Fault, faults_in
from trivium.core.money import exponent
from trivium.pricing import queries as pricing
from trivium.pricing.rules import FIGURES, LineFacts, PartnerTerms, SupplierTerms, split_under

PAGE = 1000
Terms = SupplierTerms | PartnerTerms | None


def orders_equal_their_parts() -> Iterator[Fault]:
    """An order's totals are the sums of its supplier orders."""
    return faults_in(
        2,
        """
        SELECT 'order ' || o.ref,
               'has the totals ' || concat_ws(' + ', o.goods, o.freight, o.service_fee) || ' = ' || o.total
               || ', its parts come to ' || COALESCE(concat_ws(' + ', p.goods, p.freight, p.service_fee), 'nothing')
        FROM ordering_order o LEFT JOIN (
            SELECT order_id, sum(goods) AS goods, sum(freight) AS freight, sum(service_fee) AS service_fee
            FROM ordering_supplierorder GROUP BY order_id) AS p ON p.order_id = o.id
        WHERE (p.goods, p.freight, p.service_fee) IS DISTINCT FROM (o.goods, o.freight, o.service_fee)
           OR o.total <> o.goods + o.freight + o.service_fee
        ORDER BY o.id
        """,
    )


def parts_equal_their_lines() -> Iterator[Fault]:
    """A supplier order's totals are the sums of its lines, and its parties and currency are its order's."""
    return faults_in(
        2,
        """
        SELECT 'supplier order ' || p.ref,
               'has the totals ' || concat_ws(' + ', p.goods, p.service_fee) || ', its lines come to '
               || COALESCE(concat_ws(' + ', l.goods, l.service_fee), 'nothing')
        FROM ordering_supplierorder p LEFT JOIN (
            SELECT supplier_order_id, sum(paid) AS goods, sum(service_fee) AS service_fee
            FROM ordering_orderline GROUP BY supplier_order_id) AS l ON l.supplier_order_id = p.id
        WHERE (l.goods, l.service_fee) IS DISTINCT FROM (p.goods, p.service_fee) OR p.freight < 0
        UNION ALL
        SELECT 'supplier order ' || p.ref, 'is not in the hands and the currency of its order ' || o.ref
        FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
        WHERE (p.buyer_id, p.partner_id, p.currency) <> (o.buyer_id, o.partner_id, o.currency)
        ORDER BY 1
        """,
    )


def dues_follow_from_lines() -> Iterator[Fault]:
    """What a buyer owes for a decided part: its lines less their shortfalls, its service fees, and its freight.

    Half-up of a × s / q is div(2as + q, 2q), exactly.
    """
    return faults_in(
        2,
        """
        SELECT 'supplier order ' || p.ref,
               'is due ' || p.due || ', its lines and freight make it ' || p.freight + COALESCE(l.owed, 0)
        FROM ordering_supplierorder p LEFT JOIN (
            SELECT supplier_order_id, sum(
                paid - div(2 * paid * shortfall + quantity, 2 * quantity)
                + service_fee - div(2 * service_fee * shortfall + quantity, 2 * quantity)) AS owed
            FROM ordering_orderline WHERE quantity > 0 GROUP BY supplier_order_id) AS l ON l.supplier_order_id = p.id
        WHERE p.due <> p.freight + COALESCE(l.owed, 0) ORDER BY p.id
        """,
    )


def decided_parts_are_due() -> Iterator[Fault]:
    """When an order is decided, each part that was not cancelled by then has its amount; before, none has."""
    return faults_in(
        2,
        """
        SELECT 'supplier order ' || p.ref,
               CASE WHEN p.due IS NULL THEN 'belongs to a decided order, but nothing is due for it'
                    ELSE 'is due ' || p.due || ', but its order is not decided' END
        FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
        WHERE (p.due IS NOT NULL AND o.decided_at IS NULL)
           OR (p.due IS NULL AND o.decided_at IS NOT NULL AND p.status <> 'cancelled')
        ORDER BY p.id
        """,
    )


def trails_and_parts_add_up() -> Iterator[Fault]:
    """A line's stages sum to what the buyer pays, its parties' parts sum to it, every discount is funded by name.

    The first stage is the base price: unit price × quantity, half-up to the currency's minor unit.
    """
    currencies = [row[0] for row in sql.rows("SELECT DISTINCT currency FROM ordering_supplierorder")]
    return faults_in(2, _TRAILS, {"currencies": currencies, "places": [exponent(each) for each in currencies]})


_TRAILS = """
WITH trail AS (
    SELECT line_id, sum(amount) AS paid,
           sum(operator) FILTER (WHERE kind IN ('promotion', 'coupon')) AS operator,
           sum(partner) FILTER (WHERE kind IN ('promotion', 'coupon')) AS partner,
           sum(supplier) FILTER (WHERE kind IN ('promotion', 'coupon')) AS supplier,
           bool_and(kind NOT IN ('promotion', 'coupon') OR amount = -operator - partner - supplier) AS is_funded,
           sum(amount) FILTER (WHERE position = 0 AND kind = 'base') AS base
    FROM ordering_pricestage GROUP BY line_id
), wrong AS (
    SELECT l.id, l.ref, concat_ws('; ',
        CASE WHEN t.paid IS DISTINCT FROM l.paid
             THEN 'its stages come to ' || COALESCE(t.paid, 0) || ', its buyer pays ' || l.paid END,
        CASE WHEN t.base IS DISTINCT FROM l.gross THEN 'its trail does not begin with its gross amount' END,
        CASE WHEN NOT t.is_funded THEN 'a discount is not fully funded' END,
        CASE WHEN (COALESCE(t.operator, 0), COALESCE(t.partner, 0), COALESCE(t.supplier, 0))
                  <> (l.operator_part, l.partner_part, l.supplier_part)
             THEN 'what its parties fund is not what its stages say' END,
        CASE WHEN l.paid + l.operator_part + l.partner_part <> l.supplier_net + l.commission + l.fee
             THEN 'its parties get ' || l.supplier_net + l.commission + l.fee || ' of '
                  || l.paid + l.operator_part + l.partner_part END,
        CASE WHEN LEAST(l.gross, l.paid, l.tax, l.service_fee, l.operator_part, l.partner_part, l.supplier_part,
                        l.base, l.fee, l.commission, l.supplier_net, l.supply) < 0 THEN 'a figure is below 0' END,
        CASE WHEN round(l.unit_price * l.quantity * power(10::numeric, c.places)) <> l.gross
             THEN 'its unit price times its quantity is not its gross amount' END) AS words
    FROM ordering_orderline l JOIN ordering_supplierorder p ON p.id = l.supplier_order_id
    JOIN unnest(%(currencies)s::text[], %(places)s::int[]) AS c(currency, places) ON c.currency = p.currency
    LEFT JOIN trail t ON t.line_id = l.id
)
SELECT 'order line ' || ref, words FROM wrong WHERE words <> '' ORDER BY id
"""

_COLUMNS = ", ".join("supplier_net" if name == "supplier" else name for name in FIGURES)
_SPLITS = f"""
SELECT ref, supplier_contract_id, partner_contract_id, facts, {_COLUMNS} FROM ordering_orderline ORDER BY id
"""


def splits_follow_from_contracts() -> Iterator[Fault]:
    """A line's split, made again under the contract versions it was born with, is the same to the cent."""
    rows = sql.stream(_SPLITS)
    while page := list(islice(rows, PAGE)):
        terms = pricing.terms_by_id(sorted({row[1] for row in page} | {row[2] or 0 for row in page}))
        for ref, supplier_id, partner_id, facts, *stored in page:
            wrong = _wrong_with_split(terms.get(supplier_id), terms.get(partner_id), partner_id, facts, stored)
            if wrong:
                yield Fault(2, f"order line {ref}", wrong)


def _wrong_with_split(
    supplier: Terms, partner: Terms, partner_id: int | None, facts: str | dict[str, Any], stored: Sequence[int]
) -> str:
    if not isinstance(supplier, SupplierTerms):
        return "its contract with the supplier is none"
    if partner_id is not None and not isinstance(partner, PartnerTerms):
        return "its contract with the partner is none"
    try:
        known = LineFacts.from_json(json.loads(facts) if isinstance(facts, str) else facts)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return "the facts its split was made of cannot be read"
    again = split_under(supplier, partner if isinstance(partner, PartnerTerms) else None, known)
    figures = zip(FIGURES, stored, strict=True)
    other = [f"{name} {was}, not {getattr(again, name)}" for name, was in figures if was != getattr(again, name)]
    return f"its contracts give another split: {', '.join(other)}" if other else ""


CHECKS: Sequence[Check] = (
    orders_equal_their_parts,
    parts_equal_their_lines,
    dues_follow_from_lines,
    decided_parts_are_due,
    trails_and_parts_add_up,
    splits_follow_from_contracts,
)
