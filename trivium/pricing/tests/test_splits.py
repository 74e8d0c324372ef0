"""Share contracts, splits and what is given back, without a database."""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trivium.pricing import rules
from trivium.pricing.errors import (
    BadPercent,
    BadTerms,
    CouponRefused,
    OverlappingClauses,
)
from trivium.pricing.rules import (
    Coupon,
    LineFacts,
    LineSplit,
    PricedLine,
    Promotion,
    Stage,
)
from trivium.pricing.tests import worked
from trivium.pricing.tests.builders import clause, earned, line, partner_terms, supplier_terms

D = Decimal


# -- the permanent example ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", worked.EXPECTED)
def test_the_worked_example_to_the_cent(mode: str) -> None:
    found = worked.by_rules(mode)
    for n, (trail, split) in enumerate(found.values()):
        expected = {name: pair[n] for name, pair in worked.EXPECTED[mode].items()}
        assert worked.figures(trail.stages, split) == expected
        assert rules.faults(trail.stages, split) == []
    whole = rules.total(split for _trail, split in found.values())
    freight = sum(worked.FREIGHT.values())
    assert whole.paid + whole.service_fee + freight == worked.TOTAL[mode]
    suppliers = whole.supplier + freight
    partner = whole.commission + whole.service_fee - whole.partner_part
    operator = whole.fee - whole.operator_part
    assert suppliers + partner + operator == worked.TOTAL[mode]


def test_what_the_example_gives_each_party() -> None:
    """944.69 + 72.40 + 0.90 = 1 017.99, and the escrow of S1: 915.71 + 27.14 + 9.05 = 849.39 + 74.55 + 27.96.
    """
    found = worked.by_rules("commission")
    a = found["A"][1]
    whole = rules.total(split for _trail, split in found.values())
    assert (whole.supplier + 2800, whole.commission - whole.partner_part, whole.fee - whole.operator_part) == (
        94469, 7240, 90,
    )  # fmt: skip
    assert (a.paid + 2000) + a.operator_part + a.partner_part == (a.supplier + 2000) + a.commission + a.fee == 95190


# -- contracts ------------------------------------------------------------------------------------------


def test_terms_are_written_down_one_way() -> None:
    text = rules.clean_terms(rules.OPERATOR_SUPPLIER, {"share_percent": "8.00", "fee_percent": 3})
    assert text == (
        '{"fee_percent":"3","markup_band":null,"net_of_tax":false,"payable":"when_paid","share_percent":"8"}'
    )
    assert rules.terms_hash(text) == hashlib.sha256(text.encode()).hexdigest()
    assert rules.clean_terms(rules.OPERATOR_SUPPLIER, json.loads(text)) == text


@pytest.mark.parametrize("terms", [
    None, [], {}, {"fee_percent": "3"}, {"fee_percent": "60", "share_percent": "41"}, {"fee_percent": 3.5,
    "share_percent": "1"}, {"fee_percent": "3", "share_percent": "8", "extra": 1}, {"fee_percent": "3",
    "share_percent": "8", "net_of_tax": "no"}, {"fee_percent": "3", "share_percent": "8", "net_of_tax": 0},
    {"fee_percent": "3", "share_percent": "8", "payable": "soon"}, {"fee_percent": "3", "share_percent": "8",
    "markup_band": 5}, {"fee_percent": "3", "share_percent": "8", "markup_band": {"min_percent": 9, "max_percent": 8}},
])  # fmt: skip
def test_bad_supplier_terms_are_refused(terms: object) -> None:
    with pytest.raises((BadTerms, BadPercent)):
        rules.clean_terms(rules.OPERATOR_SUPPLIER, terms)


@pytest.mark.parametrize("terms", [
    {"mode": "gift"}, {"mode": "markup", "clauses": [{"bands": [{"percent": "1"}]}]}, {"mode": "commission",
    "clauses": "all"}, {"mode": "commission", "clauses": [{}]}, {"mode": "commission", "clauses": [{"bands": []}]},
    {"mode": "commission", "clauses": [{"bands": [{"from": 5, "percent": "1"}]}]},
    {"mode": "commission", "currency": "CNY", "clauses": [{"bands": [{"percent": "1"}, {"from": 0, "percent": "2"}]}]},
    {"mode": "commission", "clauses": [{"bands": [{"percent": "1"}], "floor": 5}]},
    {"mode": "commission", "currency": "yuan", "clauses": []},
    {"mode": "commission", "currency": "CNY", "clauses": [{"bands": [{"percent": "1"}], "floor": 6, "cap": 5}]},
    {"mode": "commission", "currency": "CNY", "clauses": [{"bands": [{"percent": "1"}], "cap": -5}]},
    {"mode": "commission", "clauses": [{"bands": [{"percent": "101"}]}]},
    {"mode": "commission", "clauses": [{"bands": [{"percent": "1"}], "category": ""}]},
])  # fmt: skip
def test_bad_partner_terms_are_refused(terms: object) -> None:
    with pytest.raises(Exception) as refusal:
        rules.clean_terms(rules.OPERATOR_PARTNER, terms)
    assert type(refusal.value).__name__ in ("BadTerms", "BadPercent", "BadCurrency")


def test_overlapping_clauses_are_refused_with_a_line_both_claim() -> None:
    with pytest.raises(OverlappingClauses) as refusal:
        partner_terms(clauses=[clause("1"), clause("2", category="tools"), clause("3", category="tools")])
    assert refusal.value.params == {"first": 2, "second": 3, "supplier": "*", "category": "tools"}


def test_the_most_specific_clause_wins() -> None:
    terms = partner_terms(clauses=[
        clause("1"), clause("2", category="tools"), clause("3", category="tools/hand"), clause("4", supplier="org_s"),
        clause("5", supplier="org_s", category="tools"),
    ])  # fmt: skip

    def percent(category: str, supplier: str) -> int:
        found = rules.pick_clause(terms, category_path=category, supplier_ref=supplier, currency="CNY")
        return int(found.percent(0)) if found else 0

    assert [percent(c, s) for c, s in (
        ("food", "org_x"), ("tools", "org_x"), ("tools/hand/saws", "org_x"), ("food", "org_s"), ("tools/hand", "org_s"),
    )] == [1, 2, 3, 4, 5]  # fmt: skip


def test_a_contract_may_grant_nothing_on_a_line() -> None:
    assert earned(partner_terms(clauses=[clause("8", category="tools")]), category_path="food")[0] == 0


def test_a_band_goes_by_the_volume_the_partner_stands_on() -> None:
    bands = [{"from": 0, "percent": "5"}, {"from": 1000, "percent": "6"}, {"from": 5000, "percent": "8"}]
    terms = partner_terms(clauses=[{"bands": bands}], currency="CNY")
    found = [earned(terms, volume=volume)[0] for volume in (-5, 0, 999, 1000, 4999, 5000, 10**12)]
    assert found == [500, 500, 500, 600, 600, 800, 800]


def test_floor_and_cap_are_per_line_and_in_one_currency() -> None:
    terms = partner_terms(clauses=[clause("5", floor=100, cap=400), clause("1", category="x")], currency="CNY")
    assert [earned(terms, gross)[0] for gross in (1000, 4000, 10000)] == [100, 200, 400]
    assert earned(terms, 10000, currency="USD")[0] == 0


def test_a_fixed_amount_per_line_is_a_floor_that_is_its_cap() -> None:
    terms = partner_terms(clauses=[clause("0", floor=250, cap=250)], currency="CNY")
    assert [earned(terms, gross)[0] for gross in (5000, 100000)] == [250, 250]


def test_a_commission_is_at_most_the_suppliers_deduction() -> None:
    terms = partner_terms(clauses=[clause("90")])
    assert earned(terms) == (2300, 0, 7700)


def test_what_the_supplier_gives_up_does_not_depend_on_what_the_partner_earns() -> None:
    ways = [None, partner_terms(clauses=[clause("1")]), partner_terms(clauses=[clause("20")]),
            partner_terms("service_fee")]  # fmt: skip
    assert {earned(terms)[2] for terms in ways} == {7700}
    assert earned(None) == (0, 2300, 7700)


def test_nothing_is_earned_on_own_purchases_unless_the_contract_says_so() -> None:
    for mode in ("commission", "service_fee"):
        for allowed in (False, True):
            facts = LineFacts(gross=10000, supply=10000, is_own_purchase=True)
            split = rules.split_under(supplier_terms(), partner_terms(mode, own_purchases=allowed), facts)
            assert (split.commission + split.service_fee > 0) is allowed


def test_a_service_fee_is_on_top_and_nothing_on_a_gift() -> None:
    terms = partner_terms("service_fee", [clause("5", floor=100)], currency="CNY")
    split = rules.split_under(supplier_terms(), terms, LineFacts(gross=10000, supply=10000))
    assert (split.paid, split.service_fee, split.commission, split.fee) == (10000, 500, 0, 1100)
    free = rules.split_under(supplier_terms(), terms, LineFacts(gross=10000, operator_off=10000, supply=10000))
    assert (free.paid, free.service_fee) == (0, 0)


def test_both_halves_of_a_cent_cannot_cost_the_supplier_two() -> None:
    split = rules.split_under(supplier_terms("50", "50"), None, LineFacts(gross=3, supply=3))
    assert (split.fee, split.supplier) == (3, 0)


# -- tax ------------------------------------------------------------------------------------------------


def test_tax_is_in_the_price_or_comes_on_top() -> None:
    assert rules.tax_of(11300, D(13), included=True) == 1300
    assert rules.tax_of(10000, D(13), included=False) == 1300
    assert rules.tax_of(10000, D(0), included=False) == 0
    assert rules.tax_of(1, D(50), included=False) == 1  # half-up


def test_shares_are_on_amounts_with_tax_unless_the_contract_says_net() -> None:
    for net, base in ((False, 11300), (True, 10000)):
        for facts in (LineFacts(gross=11300, supply=11300, tax_rate=D(13)),
                      LineFacts(gross=10000, supply=10000, tax_rate=D(13), tax_included=False)):  # fmt: skip
            split = rules.split_under(supplier_terms(net_of_tax=net), partner_terms(), facts)
            assert (split.paid, split.tax, split.base) == (11300, 1300, base)
            assert split.supplier == 11300 - split.fee - split.commission


def test_under_markup_the_supplier_gets_its_supply_price_with_its_tax() -> None:
    facts = LineFacts(gross=12000, supply=10000, tax_rate=D(13), tax_included=False, supply_tax_rate=D(13),
                      supply_tax_included=False)  # fmt: skip
    split = rules.split_under(supplier_terms(), partner_terms("markup"), facts)
    assert (split.paid, split.supply, split.base, split.fee) == (13560, 11300, 11300, 339)
    assert (split.supplier, split.commission) == (10961, 2260)


# -- properties -----------------------------------------------------------------------------------------

amounts = st.integers(0, 10**7)
percents = st.decimals(0, 100, places=2)
funder_sets = st.lists(
    st.tuples(st.sampled_from(rules.FUNDERS), st.integers(1, 100)),
    min_size=1,
    max_size=3,
    unique_by=lambda f: f[0],
).map(tuple)


@st.composite
def discounts(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"percent": draw(st.decimals("0.01", 100, places=2))}
    return {"amount_off": draw(st.integers(1, 10**7))}


@st.composite
def promotions(draw: st.DrawFn) -> Promotion:
    return Promotion(
        ref=f"p{draw(st.integers(0, 99))}", kind=draw(st.sampled_from(["line", "order"])), lane=draw(st.integers(0, 2)),
        threshold=draw(st.sampled_from([0, 100, 10**6])), supplier_id=draw(st.sampled_from([None, None, 0, 1])),
        funders=draw(funder_sets), **draw(discounts()),
    )  # fmt: skip


@st.composite
def deals(draw: st.DrawFn) -> tuple[list[rules.Trail], list[LineSplit], list[LineFacts], Any]:
    """An order of a few lines under random discounts and contracts."""
    mode = draw(st.sampled_from(["commission", "service_fee", "markup", "house"]))
    supply = draw(st.lists(amounts, min_size=1, max_size=5))
    extra = draw(st.lists(amounts, min_size=len(supply), max_size=len(supply)))
    gross = [s + e for s, e in zip(supply, extra, strict=True)] if mode == "markup" else supply
    lines = [
        PricedLine(sku_id=n, supplier_id=n % 2, gross=g, room=supply[n] if mode == "markup" else None)
        for n, g in enumerate(gross)
    ]
    coupons = [
        Coupon(ref=f"c{n}", code="C", funder=draw(st.sampled_from(["operator", "partner"])), **draw(discounts()))
        for n in range(draw(st.integers(0, 2)))
    ]
    try:
        trails = rules.apply_promotions(lines, draw(st.lists(promotions(), max_size=5)), coupons)
    except CouponRefused:
        assume(False)
    fee = draw(percents)
    terms = supplier_terms(str(fee), str(draw(st.decimals(0, 100 - fee, places=2))), net_of_tax=draw(st.booleans()))
    own = None if mode == "house" else partner_terms(mode, [] if mode == "markup" else [clause(str(draw(percents)))])
    tax = {} if mode == "markup" else {"tax_rate": draw(percents), "tax_included": draw(st.booleans())}
    facts = [
        LineFacts(gross=t.line.gross, operator_off=t.operator, partner_off=t.partner, supplier_off=t.supplier,
                  supply=supply[n], **tax)
        for n, t in enumerate(trails)
    ]  # fmt: skip
    splits = [rules.split_under(terms, own, f) for f in facts]
    for trail, split, f in zip(trails, splits, facts, strict=True):
        if not f.tax_included and split.tax:
            trail.stages.append(Stage("tax", "", "", split.tax))
    return trails, splits, facts, (terms, own)


@given(deals())
def test_stages_and_parts_sum_and_nothing_is_negative(deal: Any) -> None:
    trails, splits, facts, (terms, own) = deal
    for trail, split, line_facts in zip(trails, splits, facts, strict=True):
        assert rules.faults(trail.stages, split) == []
        stored = LineFacts.from_json(json.loads(json.dumps(line_facts.to_json())))
        assert rules.split_under(terms, own, stored) == split


@given(st.lists(amounts, min_size=1, max_size=6), funder_sets)
def test_a_discount_of_everything_leaves_exactly_nothing(gross: list[int], funders: Any) -> None:
    assume(sum(gross))
    lines = [line(g, n) for n, g in enumerate(gross)]
    trails = rules.apply_promotions(lines, [Promotion(ref="p", percent=D(100), funders=funders)])
    assert sum(t.left for t in trails) == 0
    assert sum(-t.stages[-1].amount for t in trails if len(t.stages) > 1) == sum(gross)


fractions = st.builds(lambda whole, part: Fraction(min(part, whole), whole), st.integers(1, 1000), st.integers(0, 1000))
MONOTONE = [name for name in rules.FIGURES if name != "supplier"]
NOISE = 4
"""Five figures beside the supplier's are rounded by themselves, so its rest is off by less than five minor
units.
"""


@given(deals(), st.lists(fractions, max_size=6))
def test_what_is_given_back_is_exactly_everything_in_any_order_and_pieces(deal: Any, parts: list[Fraction]) -> None:
    _trails, splits, _facts, _terms = deal
    for split in splits:
        before, so_far = Fraction(0), rules.NOTHING
        for r in [*sorted(parts), Fraction(1)]:
            now = rules.given_back(split, r)
            step = now - rules.given_back(split, before)
            assert now.is_balanced
            assert step.is_balanced
            assert all(getattr(step, name) >= 0 for name in MONOTONE), "a party was paid by a refund"
            exact = split.supplier * (r - before)
            assert step.supplier >= 0 if exact >= NOISE else step.supplier >= -NOISE
            before, so_far = r, so_far + step
        assert so_far == split


@given(st.integers(1, 10**6), st.integers(1, 60), st.integers(0, 10), st.integers(0, 20))
def test_pieces_worth_a_few_cents_never_pay_anybody(paid: int, pieces: int, fee: int, ceded: int) -> None:
    """With at least ten cents of goods in each piece, nobody at all is paid by a return, piece by piece."""
    assume(paid >= 10 * pieces)
    terms = supplier_terms(str(fee), str(ceded))
    split = rules.split_under(terms, partner_terms(), LineFacts(gross=paid, supply=paid))
    steps = [rules.given_back(split, Fraction(n, pieces)) for n in range(pieces + 1)]
    for before, after in zip(steps, steps[1:], strict=False):
        assert min((after - before).to_json().values()) >= 0


def test_the_part_must_be_a_part() -> None:
    for r in (Fraction(-1, 2), Fraction(3, 2)):
        with pytest.raises(ValueError):
            rules.given_back(rules.NOTHING, r)


def test_four_of_ten_returned() -> None:
    """The line A of the example, 4 of 10 given back: every figure half-up, the supplier the rest."""
    _trail, split = worked.by_rules("commission")["A"]
    back = rules.given_back(split, Fraction(4, 10))
    assert (back.paid, back.operator_part, back.partner_part, back.fee, back.commission, back.supplier) == (
        35828, 1086, 362, 1118, 2982, 33176,
    )  # fmt: skip
    stages = rules.stages_given_back(worked.by_rules("commission")["A"][0].stages, Fraction(4, 10))
    assert [s.amount for s in stages] == [38000, -1810, -362]


def test_a_return_below_the_threshold_loses_the_kept_benefit_only_where_it_is_rechecked() -> None:
    for recheck, lost in ((True, 30), (False, 0)):
        promotion = Promotion(ref="p", amount_off=50, threshold=1000, recheck_on_return=recheck)
        (trail,) = rules.apply_promotions([line(1000)], [promotion])
        for part, expected in ((Fraction(0), 0), (Fraction(4, 10), lost), (Fraction(1), 0)):
            found = rules.lost_benefit([rules.Kept(trail.stages, part, part)])
            assert found == ({("operator", ""): expected} if expected else {})


def test_what_a_supplier_fails_to_send_never_costs_the_buyer_its_discount() -> None:
    promotion = Promotion(ref="p", amount_off=50, threshold=1000, recheck_on_return=True)
    (trail,) = rules.apply_promotions([line(1000)], [promotion])
    assert rules.lost_benefit([rules.Kept(trail.stages, Fraction(4, 10), Fraction(0))]) == {}


def test_a_broken_line_is_named() -> None:
    trail, split = worked.by_rules("commission")["A"]
    broken = LineSplit(**{**split.to_json(), "fee": split.fee + 1})
    assert rules.faults(trail.stages, broken) == ["parts do not sum to what came in"]
    assert rules.faults(trail.stages[:1], split)[0] == "stages do not sum to what the buyer pays"
