"""What becomes of each order: when it is placed, who answers when, what goes wrong. Pure.

Times count backwards from the present, so that whenever the market is made, its newest orders are open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

DAYS = 89.0
GROWTH = 0.62  # a young market: six orders a day at the end, two at the beginning
SETTLED_DAYS = 6.0
REJECTED, OBJECTED, LATE, RETURNED, SHORT = 0.05, 0.03, 0.05, 0.03, 0.03
CANCELLED = 0.015
NEVER = 10_000.0
MARGIN_WAITS, SUPPLY_WAITS, MONEY_WAITS = 3.0, 2.0, 5.0  # days in which much of it is still open
PREPAID, TRANSFER, ACCOUNT = "prepaid", "bank_transfer", "on_account"


@dataclass(slots=True)
class PartFate:
    """One supplier's part. Hours count from the step before; `NEVER` leaves the step to the person who looks at it."""

    supplier: int
    supply_hours: float
    margin_hours: float
    days_to_ship: int
    late_days: int = 0
    transit_hours: float = 40
    sign_hours: float = 5
    outcome: str = "fine"  # rejected | upheld | overruled | objected (open) | short | fine
    returned: str = ""  # "" | returned | unwanted
    return_hours: float = 40


@dataclass(slots=True)
class OrderFate:
    """A whole order. `days_ago` counts back from now."""

    days_ago: float
    payment: str
    pay_hours: float
    approve_hours: float
    cancelled: bool = False
    by_colleague: bool = False
    coupon: bool = False
    parts: list[PartFate] = field(default_factory=list)


Outline = tuple[int, list[int]]


def draw_fates(orders: Sequence[Outline], main_buyer: int, random: Random) -> list[OrderFate]:
    """A fate for each order (its buyer, its suppliers), the first placed first."""
    fates = [_usual(place, len(orders), outline, random) for place, outline in enumerate(orders)]
    _leave_open(orders, fates, main_buyer, random)
    _go_wrong([f for f in fates if f.days_ago > SETTLED_DAYS], random)
    return fates


def _usual(place: int, count: int, outline: Outline, random: Random) -> OrderFate:
    buyer, suppliers = outline
    u = (place + random.random()) / count
    kind = (PREPAID, TRANSFER, ACCOUNT)[buyer % 3] if random.random() < 0.8 else random.choice((PREPAID, TRANSFER))
    fate = OrderFate(
        days_ago=DAYS * (1 - u**GROWTH) + 0.02,
        payment=kind,
        pay_hours=random.uniform(1, 16) if kind == PREPAID else random.uniform(5, 40),
        approve_hours=random.uniform(1, 8),
        coupon=random.random() < 0.07,
        parts=[_usual_part(supplier, random) for supplier in suppliers],
    )
    return fate


def _usual_part(supplier: int, random: Random) -> PartFate:
    return PartFate(
        supplier,
        supply_hours=random.uniform(1, 20),
        margin_hours=random.uniform(0.5, 16),
        days_to_ship=random.choice((1, 1, 2, 2, 3)),
        transit_hours=random.uniform(24, 90),
        sign_hours=random.uniform(1, 20),
        return_hours=random.uniform(10, 90),
    )


def _leave_open(
    orders: Sequence[Outline], fates: Sequence[OrderFate], main_buyer: int, random: Random
) -> None:
    """The newest orders wait: for the supplier, the partner, the buyer's money, the operator's booking."""
    for fate in fates:
        for part in fate.parts:
            if fate.days_ago < MARGIN_WAITS and random.random() < 0.9:
                part.margin_hours = NEVER
            if fate.days_ago < SUPPLY_WAITS and random.random() < 0.6:
                part.supply_hours = NEVER
        if fate.days_ago < MONEY_WAITS and random.random() < 0.7:
            fate.pay_hours = NEVER
    open_ones = [part for fate in fates if fate.days_ago < MARGIN_WAITS for part in fate.parts]
    for part in open_ones[: max(1, len(open_ones) // 8)]:
        part.outcome, part.margin_hours = "objected", 3.0
    mine = [fate for (buyer, _suppliers), fate in zip(orders, fates, strict=True) if buyer == main_buyer][-10:]
    for place, fate in enumerate(reversed(mine)):
        _keep_for_the_visitor(place, fate)


def _keep_for_the_visitor(place: int, fate: OrderFate) -> None:
    """The main buyer's newest orders: to approve, to pay, to sign for, and waiting for the others."""
    fate.coupon = False
    for part in fate.parts:
        part.outcome, part.returned, part.late_days = "fine", "", 0
        part.supply_hours = part.margin_hours = 2.0
    if place < 3:
        fate.days_ago, fate.approve_hours, fate.by_colleague = 0.15 + 0.3 * place, NEVER, True
    elif place < 6:
        fate.days_ago, fate.payment, fate.pay_hours = 1.0 + 0.2 * place, (PREPAID, TRANSFER)[place % 2], NEVER
    elif place < 9:
        fate.days_ago, fate.payment, fate.pay_hours = 3.5 + 0.3 * place, PREPAID, 1.0
        for part in fate.parts:
            part.days_to_ship, part.transit_hours, part.sign_hours = 1, 30, NEVER


def _go_wrong(fates: Sequence[OrderFate], random: Random) -> None:
    """Deal out what goes wrong, to the share of all parts that domain and life ask for."""
    parts = [part for fate in fates for part in fate.parts]
    random.shuffle(parts)
    count = len(parts)
    hand = iter(parts)
    for outcome, share in (("rejected", REJECTED), ("upheld", OBJECTED / 2), ("overruled", OBJECTED / 2),
                           ("short", SHORT)):  # fmt: skip
        for _ in range(max(1, round(count * share))):
            next(hand).outcome = outcome
    for _ in range(max(1, round(count * LATE))):
        next(hand).late_days = random.choice((2, 3, 4))
    for _ in range(max(1, round(count * RETURNED))):
        next(hand).returned = random.choice(("returned", "returned", "unwanted"))
    for fate in random.sample(list(fates), max(1, round(len(fates) * CANCELLED))):
        fate.cancelled = all(part.outcome == "fine" and not part.returned for part in fate.parts)
