"""Promise 2: totals equal lines, and every line's trail and split are what its price and its contracts make them."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter

from trivium.core.faults import Check, Fault, faults_in
from trivium.core.money import line_minor
from trivium.ordering.models import OrderLine
from trivium.ordering.rules import back_so_far
from trivium.pricing import queries as pricing
from trivium.pricing.rules import LineFacts, PartnerTerms, Stage, SupplierTerms, split_under
from trivium.pricing.rules import faults as faults_of_line

PAGE = 500


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
    """What a buyer owes for a decided part: its lines less their shortfalls, its service fees, and its freight."""
    rows = OrderLine.objects.filter(supplier_order__due__isnull=False).order_by("supplier_order_id", "position")
    lines = rows.select_related("supplier_order").defer("name", "facts").iterator(chunk_size=1000)
    for _key, its in groupby(lines, attrgetter("supplier_order_id")):
        owed, part = 0, None
        for line in its:
            part = line.supplier_order
            short = back_so_far(line.split, line.quantity, line.shortfall, 0)
            owed += line.paid + line.service_fee - short.paid - short.service_fee
        if part is not None and part.due != owed + part.freight:
            yield Fault(2, f"supplier order {part.ref}", f"is due {part.due}, its lines make it {owed + part.freight}")


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


def _lines() -> Iterator[list[OrderLine]]:
    rows = OrderLine.objects.order_by("pk").select_related("supplier_order").prefetch_related("stages").defer("name")
    lines = rows.iterator(chunk_size=PAGE)
    while page := list(islice(lines, PAGE)):
        yield page


def trails_and_parts_add_up() -> Iterator[Fault]:
    """A line's stages sum to what the buyer pays, its parties' parts sum to it, every discount is funded by name."""
    for page in _lines():
        for line in page:
            for words in _wrong_with_trail(line):
                yield Fault(2, f"order line {line.ref}", words)


def _wrong_with_trail(line: OrderLine) -> list[str]:
    names = ("kind", "source", "label", "amount", "operator", "partner", "supplier", "recheck_below")
    trail = [Stage(*(getattr(stage, name) for name in names)) for stage in line.stages.all()]
    wrong = faults_of_line(trail, line.split)
    if not trail or trail[0].kind != "base" or trail[0].amount != line.gross:
        wrong.append("its trail does not begin with the base price")
    if line_minor(line.unit_price, line.quantity, line.supplier_order.currency) != line.gross:
        wrong.append("its unit price times its quantity is not its gross amount")
    return wrong


def splits_follow_from_contracts() -> Iterator[Fault]:
    """A line's split, made again under the contract versions it was born with, is the same to the cent."""
    for page in _lines():
        ids = {line.supplier_contract_id for line in page} | {line.partner_contract_id for line in page} - {None}
        terms = pricing.terms_by_id(sorted(ids))
        for line in page:
            wrong = _wrong_with_split(line, terms)
            if wrong:
                yield Fault(2, f"order line {line.ref}", wrong)


def _wrong_with_split(line: OrderLine, terms: dict[int, SupplierTerms | PartnerTerms]) -> str:
    supplier, partner = terms.get(line.supplier_contract_id), terms.get(line.partner_contract_id or 0)
    if not isinstance(supplier, SupplierTerms):
        return "its contract with the supplier is none"
    if line.partner_contract_id is not None and not isinstance(partner, PartnerTerms):
        return "its contract with the partner is none"
    try:
        facts = LineFacts.from_json(line.facts)
    except (KeyError, TypeError, ArithmeticError):
        return "the facts its split was made of cannot be read"
    again = split_under(supplier, partner if isinstance(partner, PartnerTerms) else None, facts)
    stored = line.split.to_json()
    other = [f"{name} {stored[name]}, not {made}" for name, made in again.to_json().items() if stored[name] != made]
    return f"its contracts give another split: {', '.join(other)}" if other else ""


CHECKS: Sequence[Check] = (
    orders_equal_their_parts,
    parts_equal_their_lines,
    dues_follow_from_lines,
    decided_parts_are_due,
    trails_and_parts_add_up,
    splits_follow_from_contracts,
)
