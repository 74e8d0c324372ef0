"""What becomes of each order: when it is placed, who answers when, what goes wrong. Pure.

Times count backwards from the present, so that whenever the market is made, its newest orders are open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random

DAYS = 89.0
GROWTH = 0.62  # a young market: six orders a day at the end, two at the beginning
SETTLED_DAYS = 6.0
REJECTED, OBJECTED, LATE, RETURNED, SHORT = 0.05, 0.03, 0.05, 0.03, 0.03
CANCELLED = 0.015
PAYING_DAYS = 3  # what a supplier allows for the money when it names a date
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


@dataclass(frozen=True, slots=True)
class Outline:
    """Between whom an order is."""

    buyer: int
    partner: int
    suppliers: tuple[int, ...]


def draw_fates(orders: Sequence[Outline], visitors: Outline, random: Random) -> list[OrderFate]:
    """A fate for each order, the first placed first. `visitors` are those one signs in as."""
    fates = [_usual(place, len(orders), outline, random) for place, outline in enumerate(orders)]
    _leave_open(fates, random)
    _keep_for_visitors(orders, fates, visitors)
    _go_wrong([f for f in fates if f.days_ago > SETTLED_DAYS], random)
    return fates


def _usual(place: int, count: int, outline: Outline, random: Random) -> OrderFate:
    u = (place + random.random()) / count
    usual = random.random() < 0.8
    kind = (PREPAID, TRANSFER, ACCOUNT)[outline.buyer % 3] if usual else random.choice((PREPAID, TRANSFER))
    fate = OrderFate(
        days_ago=DAYS * (1 - u**GROWTH) + 0.02,
        payment=kind,
        pay_hours=random.uniform(1, 16) if kind == PREPAID else random.uniform(5, 40),
        approve_hours=random.uniform(1, 8),
        coupon=random.random() < 0.07,
        parts=[_usual_part(supplier, random) for supplier in outline.suppliers],
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


def _leave_open(fates: Sequence[OrderFate], random: Random) -> None:
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


def _keep_for_visitors(orders: Sequence[Outline], fates: Sequence[OrderFate], visitors: Outline) -> None:
    """Whoever signs in finds work: the newest orders of each visitor wait for it."""
    newest = list(zip(orders, fates, strict=True))[::-1]
    for place, fate in enumerate([fate for outline, fate in newest if outline.buyer == visitors.buyer][:9]):
        _keep_for_buyer(place, fate)
    (supplier,) = visitors.suppliers
    others = [(outline, fate) for outline, fate in newest if outline.buyer != visitors.buyer]
    of_supplier = [fate for outline, fate in others if supplier in outline.suppliers][:8]
    for place, fate in enumerate(of_supplier):
        _keep_for_supplier(place, fate, supplier)
    of_partner = [fate for outline, fate in others if outline.partner == visitors.partner and fate not in of_supplier]
    for place, fate in enumerate(of_partner[:6]):
        fate.days_ago = min(fate.days_ago, 0.3 + 0.4 * place)
        for part in fate.parts:
            part.outcome, part.margin_hours = "fine", NEVER


def _keep_for_supplier(place: int, fate: OrderFate, supplier: int) -> None:
    """To confirm, and to ship: one of those by now late."""
    fate.cancelled, fate.approve_hours = False, 1.0
    own = next(part for part in fate.parts if part.supplier == supplier)
    own.outcome = "fine"
    if place < 4:
        fate.days_ago, own.supply_hours = min(fate.days_ago, 0.2 + 0.4 * place), NEVER
        return
    fate.days_ago, fate.payment = (3.4 + 0.4 * place, ACCOUNT)
    for part in fate.parts:
        part.outcome, part.supply_hours, part.margin_hours = "fine", 2.0, 2.0
    own.days_to_ship, own.late_days = (-PAYING_DAYS + 1, 30) if place == 7 else (6, 0)


def _keep_for_buyer(place: int, fate: OrderFate) -> None:
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
    hand = iter(parts)
    for outcome, share in (("rejected", REJECTED), ("upheld", OBJECTED / 2), ("overruled", OBJECTED / 2),
                           ("short", SHORT)):  # fmt: skip
        for part in _dealt(hand, len(parts), share):
            part.outcome = outcome
    for part in _dealt(hand, len(parts), LATE):
        part.late_days = random.choice((2, 3, 4))
    for part in _dealt(hand, len(parts), RETURNED):
        part.returned = random.choice(("returned", "returned", "unwanted"))
    for fate in random.sample(list(fates), round(len(fates) * CANCELLED)):
        fate.cancelled = all(part.outcome == "fine" and not part.returned for part in fate.parts)


def _dealt(hand: Iterator[PartFate], count: int, share: float) -> Iterator[PartFate]:
    """That share of all parts, one at least; fewer if no more are there."""
    return islice(hand, max(1, round(count * share)))
