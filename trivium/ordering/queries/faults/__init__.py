"""What must hold of orders: totals and lines (promise 2), what they hold (3), and the causes of their states (4)."""

from collections.abc import Iterator

from trivium.core.faults import Check, Fault, all_of
from trivium.ordering.queries.faults import figures, holds, states

CHECKS: tuple[Check, ...] = (*figures.CHECKS, *holds.CHECKS, *states.CHECKS)


def faults() -> Iterator[Fault]:
    """Every order, part and line that breaks a promise."""
    return all_of(CHECKS)
