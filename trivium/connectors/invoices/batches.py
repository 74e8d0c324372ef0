"""Invoices out of lines, and days out of invoices. Pure."""

import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from trivium.connectors.invoices.sorting import CURRENCY, Line
from trivium.core.money import line_minor

MOST_LINES = 5_000
REMEMBERED = 5_000

Key = tuple[str, str]
"""What makes an invoice one: its number and its customer."""

Sold = Counter[tuple[str, Decimal]]
"""How many pieces of (stock code, unit price)."""


@dataclass(slots=True)
class Invoice:
    """The tradable lines of one invoice, in the file's order. With several timestamps, the first counts."""

    number: str
    customer: str
    country: str
    at: dt.datetime
    lines: list[Line] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Number and customer."""
        return self.number, self.customer

    def sold(self) -> Sold:
        """What was sold at which price, over all lines."""
        counted: Sold = Counter()
        for line in self.lines:
            counted[line.code, line.unit_price] += line.quantity
        return counted


@dataclass(slots=True)
class Lot:
    """Lines of an invoice that become one order line: one code at one price. `amount` is the sum of theirs."""

    code: str
    unit_price: Decimal
    quantity: int
    amount: int
    lines: list[Line]


def days(lines: Iterable[Line], *, most_lines: int = MOST_LINES) -> Iterator[list[Invoice]]:
    """The invoices of one day after the other; a day of more than `most_lines` comes in several parts.

    An invoice stays whole as long as its lines stand within the same part of a day, side by side or not.
    """
    open_ones: dict[Key, Invoice] = {}
    day, count, last = dt.date.min, 0, ("", "")
    for line in lines:
        key = (line.invoice, line.customer)
        is_next = line.at.date() > day or count >= most_lines
        if open_ones and is_next and key != last:
            yield list(open_ones.values())
            open_ones, count = {}, 0
        if not open_ones:
            day = line.at.date()
        if key not in open_ones:
            open_ones[key] = Invoice(line.invoice, line.customer, line.country, line.at)
        open_ones[key].lines.append(line)
        count, last = count + 1, key
    if open_ones:
        yield list(open_ones.values())


def lots(lines: Sequence[Line]) -> list[Lot]:
    """Lines of the same code and price become one, in order of first appearance.

    Exact duplicates are real: the same article scanned twice. Where a price of less than a penny would make the
    rounded parts differ from the rounded whole, a lot of its own is begun instead, so that no penny is lost.
    """
    found: dict[tuple[str, Decimal], list[Lot]] = {}
    for line in lines:
        its = found.setdefault((line.code, line.unit_price), [])
        if its and _fits(its[-1], line):
            lot = its[-1]
            lot.quantity += line.quantity
            lot.amount += line.amount
            lot.lines.append(line)
        else:
            its.append(Lot(line.code, line.unit_price, line.quantity, line.amount, [line]))
    return [lot for its in found.values() for lot in its]


def _fits(lot: Lot, line: Line) -> bool:
    whole = line_minor(lot.unit_price, Decimal(lot.quantity + line.quantity), CURRENCY)
    return whole == lot.amount + line.amount


def orders(of_invoice: Sequence[Lot], *, most_lines: int) -> list[list[Lot]]:
    """Divide an invoice into as few orders as can be: a code stands once on an order, as the house rules.

    Nearly always one. A code sold at two prices on one invoice needs a second order, for that line alone.
    """
    layers: list[list[Lot]] = []
    turn: Counter[str] = Counter()
    for lot in of_invoice:
        layer = turn[lot.code]
        turn[lot.code] += 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append(lot)
    return [layer[start : start + most_lines] for layer in layers for start in range(0, len(layer), most_lines)]


def not_yet(lines: Sequence[Line], there: Sold) -> tuple[list[Line], list[Line]]:
    """Divide an invoice's lines into those still to be traded and those in the books already.

    `there` counts what its orders hold; it is used up by the lines that are found there.
    """
    fresh, known = [], []
    for line in lines:
        key = (line.code, line.unit_price)
        if there[key] >= line.quantity:
            there[key] -= line.quantity
            known.append(line)
        else:
            fresh.append(line)
    return fresh, known


class Memory:
    """What the last invoices sold before this part of the file, for one that goes on in a later part."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._sold: OrderedDict[Key, Sold] = OrderedDict()

    def before(self, invoice: Invoice) -> Sold:
        """What earlier parts of this very invoice sold; from now on this part counts too."""
        earlier = self._sold.pop(invoice.key, Counter())
        self._sold[invoice.key] = earlier + invoice.sold()
        while len(self._sold) > self._size:
            self._sold.popitem(last=False)
        return earlier
