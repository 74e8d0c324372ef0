"""Which grade fits a partner."""

from collections.abc import Sequence
from dataclasses import dataclass

from trivium.parties.rules.applications import Size


@dataclass(frozen=True, slots=True)
class GradeBar:
    """From which size and which expected volume (minor units a year) a grade is suggested."""

    ref: str
    rank: int
    from_size: str
    from_volume: int
    currency: str


def suggest_grade(bars: Sequence[GradeBar], *, size: str, volume: int, currency: str) -> str | None:
    """The highest grade whose bar a partner takes in both, its reference; None if it takes no bar.

    A bar in another currency says nothing about this volume, unless it asks for none.
    """
    sizes = list(Size)
    taken = [
        bar
        for bar in bars
        if sizes.index(Size(size)) >= sizes.index(Size(bar.from_size))
        and (bar.from_volume == 0 or (bar.currency == currency and volume >= bar.from_volume))
    ]
    return max(taken, key=lambda bar: bar.rank).ref if taken else None
