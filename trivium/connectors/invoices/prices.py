"""A price list with steps that gives every line of a day exactly its invoice's price. Pure.

A wholesaler's price depends on the quantity, so its list has steps, and the steps are learned from the invoices:
pieces sold at a price become a step from that quantity on. Most days one change of the list in the morning is enough
for all of the day's invoices; only where the same quantity was sold at another price, or more pieces at a higher one,
the list changes again before that invoice.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

Steps = dict[int, Decimal]
"""From how many pieces on a unit costs so much; the lowest step reached counts."""

Use = tuple[int, Decimal]
"""So many pieces were sold at this unit price."""

Change = tuple[str, int, Decimal]
"""From so many pieces of a code on, a unit costs so much."""


def plan(sales: Sequence[Iterable[tuple[str, int, Decimal]]], steps: dict[str, Steps]) -> dict[int, list[Change]]:
    """What the list must be changed to before which order, so that each finds its prices; 0 is before the first.

    `sales` holds each order's (code, pieces, unit price), in the order they will be placed. `steps` is the list as it
    stands and afterwards as it will stand.
    """
    changes: dict[int, list[Change]] = defaultdict(list)
    of_code: dict[str, list[tuple[int, Use]]] = defaultdict(list)
    for place, order in enumerate(sales):
        for code, pieces, unit_price in order:
            of_code[code].append((place, (pieces, unit_price)))
    for code, uses in of_code.items():
        for place, together in _runs(uses):
            for pieces, unit_price in fit(steps.setdefault(code, {}), together):
                changes[place].append((code, pieces, unit_price))
    return dict(changes)


def _runs(uses: Sequence[tuple[int, Use]]) -> list[tuple[int, list[Use]]]:
    """Cut a code's sales into runs that one set of steps can serve; each begins at its first order, the first at 0."""
    runs: list[tuple[int, list[Use]]] = []
    for place, use in uses:
        if not runs:
            runs.append((0, []))
        if not _agrees(runs[-1][1], use):
            runs.append((place, []))
        together = runs[-1][1]
        at = bisect_left(together, use)
        if together[at : at + 1] != [use]:
            together.insert(at, use)
    return runs


def _agrees(together: Sequence[Use], use: Use) -> bool:
    """Whether more pieces never cost more a unit, and the same number costs the same, with this sale added."""
    pieces, unit_price = use
    at = bisect_left(together, (pieces, Decimal(0)))
    if at and together[at - 1][1] < unit_price:
        return False
    if at == len(together):
        return True
    next_pieces, next_price = together[at]
    return next_price == unit_price if next_pieces == pieces else next_price <= unit_price


def fit(steps: Steps, uses: Sequence[Use]) -> list[Use]:
    """Change steps so that each use, sorted by pieces, finds its price; returns the changed and the new steps."""
    before = dict(steps)
    if not steps:
        steps[1] = uses[0][1]
    for start in steps:
        reached = bisect_left(uses, (start, Decimal(0)))
        if reached < len(uses):
            steps[start] = max(steps[start], uses[reached][1])
    for pieces, unit_price in uses:
        if min(price for start, price in steps.items() if start <= pieces) > unit_price:
            steps[pieces] = unit_price
    return [(start, price) for start, price in steps.items() if before.get(start) != price]
