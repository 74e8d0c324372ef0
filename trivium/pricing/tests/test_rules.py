"""Prices, discounts and freight, without a database."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from trivium.core.quantity import BadQuantity
from trivium.pricing import rules
from trivium.pricing.errors import (
    BadDiscount,
    BadFunders,
    BadPercent,
    BadPrice,
    BadWindow,
    CouponRefused,
    DuplicateStep,
    MarkupOutsideBand,
)
from trivium.pricing.rules import (
    Band,
    Coupon,
    FreightRow,
    NewPrice,
    Promotion,
)
from trivium.pricing.tests.builders import line, row, split_of

D = Decimal


# -- base price -----------------------------------------------------------------------------------------


def test_the_lowest_step_reached_counts() -> None:
    steps = [row("0", "100"), row("10", "95"), row("100", "90")]
    prices = {q: rules.base_price(steps, D(q)) for q in ("1", "9.999", "10", "99", "100")}
    assert {q: p and p.unit_price for q, p in prices.items()} == {
        "1": 100, "9.999": 100, "10": 95, "99": 95, "100": 90,
    }  # fmt: skip


def test_below_the_first_step_there_is_no_price() -> None:
    assert rules.base_price([row("10", "95")], D(9)) is None
    assert rules.base_price([], D(9)) is None


def test_the_cheapest_list_counts_and_a_level_only_for_its_buyers() -> None:
    lists = [
        row("0", "100", source="all"),
        row("0", "90", source="gold", level="gold"),
        row("0", "95", source="b"),
    ]
    assert [rules.base_price(lists, D(1), level).source for level in ("", "gold", "silver")] == [
        "b",
        "gold",
        "b",
    ]  # type: ignore[union-attr]


def test_a_contract_price_goes_before_a_cheaper_list() -> None:
    rows = [row("0", "80"), row("0", "99", is_contract=True), row("10", "98", is_contract=True)]
    assert rules.base_price(rows, D(1)).unit_price == 99  # type: ignore[union-attr]
    assert rules.base_price(rows, D(10)).unit_price == 98  # type: ignore[union-attr]


def test_prices_are_compared_with_their_tax() -> None:
    rows = [row("0", "100", tax_rate=D(13), tax_included=False), row("0", "112", tax_rate=D(13))]
    assert rules.base_price(rows, D(1)).unit_price == 112  # type: ignore[union-attr]


@pytest.mark.parametrize("value", ["0", "-1", "1e9", "1E400", "NaN", "Infinity", "1.0000001", "", "abc", None, True,
                                   1.5, "1_0", "９", "9" * 60, "1;DROP"])  # fmt: skip
def test_absurd_prices_are_refused(value: object) -> None:
    with pytest.raises(BadPrice):
        rules.parse_price(value)


@pytest.mark.parametrize("value", ["-0.1", "100.1", "1e3", "NaN", "3.00001", None, True, "x" * 10_000])
def test_absurd_percentages_are_refused(value: object) -> None:
    with pytest.raises(BadPercent):
        rules.parse_percent(value)


def test_percentages_are_written_one_way() -> None:
    assert [str(rules.parse_percent(value)) for value in ("3", "3.0", "0.50", 100, "1E2", "0.00")] == [
        "3", "3", "0.5", "100", "100", "0",
    ]  # fmt: skip


def test_a_step_stands_once() -> None:
    with pytest.raises(DuplicateStep):
        rules.clean_prices([NewPrice("sku_a", 10, "1"), NewPrice("sku_a", "10.000", "2")])
    assert len(rules.clean_prices([NewPrice("sku_a", 10, "1"), NewPrice("sku_b", 10, "2")])) == 2
    with pytest.raises(BadQuantity):
        rules.clean_prices([NewPrice("sku_a", -1, "1")])


def test_an_interval_needs_length() -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rules.check_window(start, None)
    rules.check_window(start, start + dt.timedelta(seconds=1))
    with pytest.raises(BadWindow):
        rules.check_window(start, start)


def test_a_partners_price_stays_in_the_band_at_every_step_of_either_side() -> None:
    band = Band(D(5), D(20))
    supply = [row("0", "100"), row("10", "90")]
    rules.check_own_prices(band, [row("0", "105"), row("10", "108")], supply, sku="a")
    for own in ([row("0", "104.999999")], [row("0", "120.01"), row("10", "100")], [row("0", "110")]):
        with pytest.raises(MarkupOutsideBand):  # the last: 110 is 22 % above the supplier's step price of 90
            rules.check_own_prices(band, own, supply, sku="a")
    with pytest.raises(MarkupOutsideBand):
        rules.check_own_prices(None, [row("0", "99")], supply, sku="a")
    with pytest.raises(MarkupOutsideBand):
        rules.check_own_prices(None, [row("0", "99")], [], sku="a")


def test_a_special_supply_price_does_not_outlaw_the_partners_list() -> None:
    rules.check_band(Band(D(0), D(20)), D(120), D(50), D(100), sku="a", quantity=D(1))
    with pytest.raises(MarkupOutsideBand):
        rules.check_band(Band(D(0), D(20)), D(120), D(121), D(100), sku="a", quantity=D(1))


# -- discounts ------------------------------------------------------------------------------------------


def test_ten_off_three_equal_lines_is_ten() -> None:
    """erpnext#58042: 10.00 off 3 × 100.00 was stored as 3.33 + 3.32 + 3.33."""
    trails = rules.apply_promotions([line(10000, n) for n in range(3)], [Promotion(ref="p", amount_off=1000)])
    assert [t.stages[1].amount for t in trails] == [-334, -333, -333]
    assert [t.left for t in trails] == [9666, 9667, 9667]
    assert all(t.line.gross + t.stages[1].amount == t.left for t in trails)


def test_a_whole_discount_leaves_nothing_whatever_the_tax() -> None:
    """odoo#156897: 100 % off five lines with 15 % tax on top left 0.01."""
    lines = [line(gross, n) for n, gross in enumerate((560, 892, 4491, 21726, 240000))]
    for coupon in (
        Coupon(ref="c", code="ALL", percent=D(100)),
        Coupon(ref="c", code="ALL", amount_off=10**9),
    ):
        trails = rules.apply_promotions(lines, (), [coupon])
        splits = [split_of(t, tax_rate=D(15), tax_included=False) for t in trails]
        assert [(s.paid, s.tax) for s in splits] == [(0, 0)] * 5
        assert all(s.is_balanced for s in splits)


def test_a_whole_promotion_on_a_price_with_tax_leaves_nothing() -> None:
    """medusa#12226: 100 % off 399.00 with 19 % tax in it left -1.647059e-14."""
    (trail,) = rules.apply_promotions([line(39900)], [Promotion(ref="p", kind="line", percent=D(100))])
    split = split_of(trail, tax_rate=D(19))
    assert (split.paid, split.tax, split.supplier) == (0, 0, 39900 - split.fee - split.commission)


def test_lines_before_orders_before_coupons_each_on_what_is_left() -> None:
    promotions = [
        Promotion(ref="order", percent=D(10)),
        Promotion(ref="line", kind="line", percent=D(50)),
    ]
    (trail,) = rules.apply_promotions([line(10000)], promotions, [Coupon(ref="c", code="C", percent=D(10))])
    assert [(s.source, s.amount) for s in trail.stages[1:]] == [("line", -5000), ("order", -500), ("c", -450)]


def test_one_wins_inside_a_lane_and_lanes_add_up_in_their_order() -> None:
    promotions = [
        Promotion(ref="late", lane=2, amount_off=100),
        Promotion(ref="small", lane=1, amount_off=300),
        Promotion(ref="big", lane=1, percent=D(10)),
    ]
    (trail,) = rules.apply_promotions([line(10000)], promotions)
    assert [(s.source, s.amount) for s in trail.stages[1:]] == [("big", -1000), ("late", -100)]


def test_ties_inside_a_lane_go_to_the_earlier() -> None:
    twins = [Promotion(ref="first", amount_off=100), Promotion(ref="second", amount_off=100)]
    (trail,) = rules.apply_promotions([line(10000)], twins)
    assert [s.source for s in trail.stages[1:]] == ["first"]


def test_each_line_takes_its_own_best_line_promotion() -> None:
    promotions = [
        Promotion(ref="flat", kind="line", amount_off=150),
        Promotion(ref="tenth", kind="line", percent=D(10)),
    ]
    small, large = rules.apply_promotions([line(1000, 1), line(2000, 2)], promotions)
    assert (small.stages[1].source, large.stages[1].source) == ("flat", "tenth")


def test_a_threshold_is_measured_on_what_is_left_in_the_scope() -> None:
    promotions = [
        Promotion(ref="line", kind="line", percent=D(10)),
        Promotion(ref="reached", threshold=900, amount_off=50, lane=1),
        Promotion(ref="missed", threshold=851, amount_off=50, lane=2),
    ]
    (trail,) = rules.apply_promotions([line(1000)], promotions)
    assert [s.source for s in trail.stages[1:]] == ["line", "reached"]


def test_a_scope_is_a_supplier_a_sku_or_a_category_with_all_below_it() -> None:
    lines = [line(1000, 1, category_path="tools"), line(1000, 2, category_path="tools/hand"),
             line(1000, 3, category_path="toolshed")]  # fmt: skip

    def touched(**scope: Any) -> list[int]:
        found = rules.apply_promotions(lines, [Promotion(ref="p", amount_off=100, **scope)])
        return [t.line.sku_id for t in found if len(t.stages) > 1]

    assert touched(category_path="tools") == [1, 2]
    assert touched(category_path="tools/hand") == [2]
    assert touched(sku_id=3) == [3]
    assert touched(supplier_id=2) == [2]
    assert touched(supplier_id=9) == []


@pytest.mark.parametrize(("coupon", "reason"), [
    (Coupon(ref="c", code="C", amount_off=1, min_spend=10001), "min_spend"),
    (Coupon(ref="c", code="C", amount_off=1, funder="supplier", supplier_id=9), "wrong_scope"),
    (Coupon(ref="c", code="C", percent=D("0.0001")), "no_effect"),
])  # fmt: skip
def test_a_coupon_that_does_nothing_is_not_used_up(coupon: Coupon, reason: str) -> None:
    with pytest.raises(CouponRefused) as refusal:
        rules.apply_promotions([line(1000)], (), [coupon])
    assert refusal.value.params["reason"] == reason
    assert "%(" not in str(refusal.value)


def test_a_coupon_is_used_once_per_order() -> None:
    twice = [Coupon(ref="c", code="C", amount_off=1)] * 2
    with pytest.raises(CouponRefused):
        rules.apply_promotions([line(1000)], (), twice)


def test_what_a_supplier_funds_never_exceeds_its_supply_price() -> None:
    promotion = Promotion(ref="p", percent=D(100), funders=(("supplier", 1),))
    (trail,) = rules.apply_promotions([line(10000, room=8000)], [promotion])
    assert (trail.left, trail.supplier, trail.partner) == (0, 8000, 2000)
    split = split_of(trail, mode="markup", supply=8000)
    assert (split.supplier, split.commission, split.fee, split.partner_part) == (0, 2000, 0, 2000)


@pytest.mark.parametrize("funders", [
    None, [], "operator", [{"party": "buyer", "weight": 1}], [{"party": "operator", "weight": 0}],
    [{"party": "operator", "weight": 1}, {"party": "operator", "weight": 1}], [{"party": "operator"}],
    [{"party": "operator", "weight": True}], [{"party": "operator", "weight": 1.5}],
])  # fmt: skip
def test_bad_funders_are_refused(funders: object) -> None:
    with pytest.raises(BadFunders):
        rules.clean_funders(funders)


@pytest.mark.parametrize(("percent", "amount_off"), [(None, None), ("5", 5), ("0", None)])
def test_a_discount_is_one_thing(percent: object, amount_off: object) -> None:
    with pytest.raises(BadDiscount):
        rules.clean_discount(percent, amount_off)


# -- freight --------------------------------------------------------------------------------------------


def test_the_most_specific_freight_rate_counts() -> None:
    rates = [
        FreightRow("", "", 900, 0, None), FreightRow("CN", "", 500, 100, 50000), FreightRow("CN", "31", 300, 0, None),
        FreightRow("CN", "3", 400, 0, None),
    ]  # fmt: skip

    def cost(country: str, region: str, weight_g: int = 0, goods: int = 0) -> int | None:
        return rules.freight_for(rates, country=country, region=region, weight_g=weight_g, goods=goods)

    assert [cost("GB", ""), cost("CN", "11"), cost("CN", "310"), cost("CN", "33")] == [900, 500, 300, 400]
    assert [cost("CN", "11", w) for w in (1, 1000, 1001)] == [600, 600, 700]
    assert [cost("CN", "11", 5000, goods) for goods in (49999, 50000)] == [1000, 0]
    assert rules.freight_for(rates[1:], country="GB", region="", weight_g=0, goods=0) is None
