"""Discounts, each on what is left: line promotions, order promotions, coupons; and who pays for each part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from trivium.core.money import allocate, share
from trivium.pricing.errors import BadDiscount, BadFunders, CouponRefused
from trivium.pricing.rules.price import parse_amount, parse_percent

Funder = Literal["operator", "partner", "supplier"]
FUNDERS: tuple[Funder, ...] = ("operator", "partner", "supplier")
MAX_WEIGHT = 1_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a line's price trail: base, promotion, coupon or tax, with its source and who pays for it.

    `amount` is what it adds to what the buyer pays; a discount's is negative and its three parts sum to it
    with the sign turned. `recheck_below` is the amount of goods (minor units) below which a return loses this
    discount.
    """

    kind: str
    source: str
    label: str
    amount: int
    operator: int = 0
    partner: int = 0
    supplier: int = 0
    recheck_below: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A promotion in force for this buyer. Scope fields that are None or empty mean everything."""

    ref: str
    label: str = ""
    kind: str = "order"
    lane: int = 0
    percent: Decimal | None = None
    amount_off: int | None = None
    threshold: int = 0
    supplier_id: int | None = None
    sku_id: int | None = None
    category_path: str = ""
    funders: tuple[tuple[Funder, int], ...] = (("operator", 1),)
    recheck_on_return: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A coupon the buyer gave and may use. A supplier's coupon is good for its own lines only."""

    ref: str
    code: str
    percent: Decimal | None = None
    amount_off: int | None = None
    min_spend: int = 0
    funder: Funder = "operator"
    supplier_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line before discounts. `room` is the most a supplier can fund of it; None means the whole line.

    Under markup it is the supply price: what a supplier-funded discount exceeds it by lowers the partner's
    margin.
    """

    sku_id: int
    supplier_id: int
    gross: int
    category_path: str = ""
    source: str = ""
    label: str = ""
    room: int | None = None


class Trail:
    """A line on its way through the discounts: what is left of it, and who has paid how much of the
    difference.
    """

    __slots__ = ("left", "line", "operator", "partner", "room", "stages", "supplier")

    def __init__(self, line: PricedLine) -> None:
        self.line = line
        self.left = line.gross
        self.room = line.gross if line.room is None else line.room
        self.operator = self.partner = self.supplier = 0
        self.stages = [Stage("base", line.source, line.label, line.gross)]

    def take(
        self, kind: str, source: str, label: str, amount: int, funders: Sequence[tuple[Funder, int]],
        recheck_below: int | None = None,
    ) -> None:  # fmt: skip
        """Lower the line by a discount and write down who pays for it (largest remainder, ties to the
        earlier).
        """
        if not amount:
            return
        parts = dict.fromkeys(FUNDERS, 0)
        if len(funders) == 1:
            parts[funders[0][0]] = amount
        else:
            for (party, _weight), part in zip(funders, allocate(amount, [w for _, w in funders]), strict=True):
                parts[party] += part
        excess = max(0, parts["supplier"] - self.room)
        parts["supplier"] -= excess
        parts["partner"] += excess
        self.room -= parts["supplier"]
        self.left -= amount
        self.operator += parts["operator"]
        self.partner += parts["partner"]
        self.supplier += parts["supplier"]
        self.stages.append(
            Stage(
                kind,
                source,
                label,
                -amount,
                parts["operator"],
                parts["partner"],
                parts["supplier"],
                recheck_below,
            )
        )


def apply_promotions(
    lines: Sequence[PricedLine], promotions: Iterable[Promotion] = (), coupons: Sequence[Coupon] = ()
) -> list[Trail]:
    """Put every discount on the lines, in the fixed order, each on what is left.

    Line promotions first, lane by lane, the best of a lane for each line; then order promotions, lane by
    lane, the best of a lane for the order; then the coupons as given. Ties go to the earlier promotion. A
    discount on the order is allocated to the lines in its scope by what is left of them, then each line's
    part to its funders. Nothing ever falls below zero.

    Refuses: CouponRefused (min_spend, wrong_scope, no_effect, twice).
    Source: docs/algorithms/pricing.md, domain.md section 3.
    """
    trails = [Trail(line) for line in lines]
    by_lane = sorted(promotions, key=_lane)
    for _lane_number, rivals in groupby((p for p in by_lane if p.kind == "line"), key=_lane):
        competitors = list(rivals)
        for trail in trails:
            _best_for_line(trail, competitors)
    for _lane_number, rivals in groupby((p for p in by_lane if p.kind == "order"), key=_lane):
        _best_for_order(trails, list(rivals))
    if len({coupon.ref for coupon in coupons}) < len(coupons):
        raise CouponRefused(coupon=coupons[-1].code, reason="twice")
    for coupon in coupons:
        _use_coupon(trails, coupon)
    return trails


def _lane(promotion: Promotion) -> int:
    return promotion.lane


def _covers(promotion: Promotion, line: PricedLine) -> bool:
    if promotion.supplier_id is not None and promotion.supplier_id != line.supplier_id:
        return False
    if promotion.sku_id is not None and promotion.sku_id != line.sku_id:
        return False
    return covers_category(promotion.category_path, line.category_path)


def covers_category(path: str, of: str) -> bool:
    """Whether a category is the named one or lies below it; an empty name covers everything."""
    return not path or of == path or of.startswith(path + "/")


def _off(left: int, percent: Decimal | None, amount_off: int | None) -> int:
    if percent is not None:
        return share(left, percent)
    return min(left, amount_off or 0)


def _best_for_line(trail: Trail, rivals: Sequence[Promotion]) -> None:
    best: Promotion | None = None
    most = 0
    for promotion in rivals:
        if trail.left >= promotion.threshold and _covers(promotion, trail.line):
            benefit = _off(trail.left, promotion.percent, promotion.amount_off)
            if benefit > most:
                best, most = promotion, benefit
    if best is not None:
        trail.take("promotion", best.ref, best.label, most, best.funders, _recheck(best))


def _best_for_order(trails: Sequence[Trail], rivals: Sequence[Promotion]) -> None:
    best: Promotion | None = None
    most, scope = 0, list[Trail]()
    for promotion in rivals:
        covered = [trail for trail in trails if _covers(promotion, trail.line)]
        left = sum(trail.left for trail in covered)
        if left >= promotion.threshold:
            benefit = _off(left, promotion.percent, promotion.amount_off)
            if benefit > most:
                best, most, scope = promotion, benefit, covered
    if best is not None:
        parts = allocate(most, [trail.left for trail in scope])
        for trail, part in zip(scope, parts, strict=True):
            trail.take("promotion", best.ref, best.label, part, best.funders, _recheck(best))


def _use_coupon(trails: Sequence[Trail], coupon: Coupon) -> None:
    scope = [t for t in trails if coupon.supplier_id is None or t.line.supplier_id == coupon.supplier_id]
    left = sum(trail.left for trail in scope)
    if not scope:
        raise CouponRefused(coupon=coupon.code, reason="wrong_scope")
    if left < coupon.min_spend:
        raise CouponRefused(coupon=coupon.code, reason="min_spend")
    off = _off(left, coupon.percent, coupon.amount_off)
    if not off:
        raise CouponRefused(coupon=coupon.code, reason="no_effect")
    for trail, part in zip(scope, allocate(off, [trail.left for trail in scope]), strict=True):
        trail.take("coupon", coupon.ref, coupon.code, part, [(coupon.funder, 1)])


def _recheck(promotion: Promotion) -> int | None:
    return promotion.threshold if promotion.recheck_on_return and promotion.threshold else None


def clean_discount(percent: object, amount_off: object) -> tuple[Decimal | None, int | None]:
    """A discount is either a percentage above 0 up to 100, or an amount of minor units above 0.

    Refuses: BadDiscount, BadPercent, BadAmountOff.
    """
    if (percent is None) == (amount_off is None):
        raise BadDiscount(field="percent")
    if percent is not None:
        value = parse_percent(percent)
        if not value:
            raise BadDiscount(field="percent")
        return value, None
    return None, parse_amount(amount_off, field="amount_off", least=1)


def clean_funders(funders: object) -> tuple[tuple[Funder, int], ...]:
    """Who pays for a discount, by weight: [{"party": "operator", "weight": 60}, {"party": "supplier",
    "weight": 40}].

    Refuses: BadFunders.
    """
    refusal = BadFunders(field="funders")
    if not isinstance(funders, list | tuple) or not 1 <= len(funders) <= len(FUNDERS):
        raise refusal
    clean: dict[Funder, int] = {}
    for entry in funders:
        party, weight = _funder(entry)
        if party in clean:
            raise refusal
        clean[party] = weight
    return tuple(clean.items())


def _funder(entry: object) -> tuple[Funder, int]:
    if isinstance(entry, dict) and set(entry) == {"party", "weight"}:
        weight = entry["weight"]
        for party in FUNDERS:
            if entry["party"] == party and type(weight) is int and 1 <= weight <= MAX_WEIGHT:
                return party, weight
    raise BadFunders(field="funders")
