"""What becomes of the orders: as much goes wrong as has to, and whoever signs in finds work."""

from random import Random

from demo import words
from demo.fates import NEVER, SETTLED_DAYS, Outline, draw_fates
from demo.story import address

VISITORS = Outline(buyer=1, partner=1, suppliers=(1,))
ORDERS = [Outline(n % 7, n % 3, tuple(sorted({n % 5, n % 4}))) for n in range(400)]


def test_shares_of_what_goes_wrong():
    fates = draw_fates(ORDERS, VISITORS, Random(3))
    parts = [part for fate in fates if fate.days_ago > SETTLED_DAYS for part in fate.parts]

    def share(of) -> float:
        return sum(1 for part in parts if of(part)) / len(parts)

    assert 0.07 <= share(lambda p: p.outcome in ("rejected", "upheld", "overruled")) <= 0.09
    assert 0.04 <= share(lambda p: 0 < p.late_days < 10) <= 0.06
    assert 0.025 <= share(lambda p: bool(p.returned)) <= 0.035


def test_no_part_goes_wrong_twice():
    for fate in draw_fates(ORDERS, VISITORS, Random(3)):
        for part in fate.parts:
            assert [part.outcome != "fine", 0 < part.late_days < 10, bool(part.returned)].count(True) <= 1


def test_orders_of_the_visitors_wait():
    fates = draw_fates(ORDERS, VISITORS, Random(3))
    pairs = list(zip(ORDERS, fates, strict=True))
    mine = [fate for outline, fate in pairs if outline.buyer == VISITORS.buyer]
    assert sum(fate.approve_hours == NEVER for fate in mine) == 3
    assert sum(fate.pay_hours == NEVER and fate.approve_hours < NEVER for fate in mine) >= 3
    to_confirm = [p for o, f in pairs for p in f.parts if p.supplier == 1 and p.supply_hours == NEVER]
    assert len(to_confirm) >= 4
    to_stand_by = [p for o, f in pairs if o.partner == 1 for p in f.parts if p.margin_hours == NEVER]
    assert len(to_stand_by) >= 5


def test_a_city_that_is_its_own_province_is_not_named_twice():
    person = words.Word("Lin Yue", "林悦")
    assert address(words.cities()["110000"], person, 0).city == "朝阳区 Beijing"
    assert address(words.cities()["440300"], person, 0).city == "深圳 Shenzhen"
    assert address(words.cities()["440300"], person, 0).street == "南山区科苑路 8 号"
