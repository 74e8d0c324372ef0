"""What a supplier charges for delivery: per supplier order, by place and weight."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FreightRow:
    """A rate of one supplier for one way of delivery. Empty country or region means any.

    `base` is for the delivery, `per_kg` for each started kilogram, both minor units; from goods of
    `free_from` on the delivery is free. None never is.
    """

    country: str
    region_prefix: str
    base: int
    per_kg: int
    free_from: int | None


def freight_for(rates: Iterable[FreightRow], *, country: str, region: str, weight_g: int, goods: int) -> int | None:
    """The freight of one supplier order in minor units, or None if it does not deliver there.

    The most specific rate counts: its country before any country, the longest region before a shorter one.
    `goods` is what the buyer pays for this supplier's goods.
    """
    best: FreightRow | None = None
    for rate in rates:
        if rate.country not in ("", country) or not region.startswith(rate.region_prefix):
            continue
        if best is None or (rate.country, len(rate.region_prefix)) > (best.country, len(best.region_prefix)):
            best = rate
    if best is None:
        return None
    if best.free_from is not None and goods >= best.free_from:
        return 0
    return best.base + best.per_kg * -(-weight_g // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFreightRate:
    """A freight rate as a supplier writes it; amounts are minor units."""

    delivery_method: str
    currency: str
    base: int
    per_kg: int = 0
    free_from: int | None = None
    country: str = ""
    region_prefix: str = ""
