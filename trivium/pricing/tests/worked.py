"""The worked example of domain.md in its three ways of earning, for rules, queries and the docs page alike.
"""

from decimal import Decimal
from typing import Any

from trivium.pricing import rules
from trivium.pricing.rules import Coupon, LineFacts, LineSplit, PricedLine, PriceRow, Promotion, Trail

SUPPLIER_TERMS = {
    "fee_percent": "3",
    "share_percent": "8",
    "markup_band": {"min_percent": "0", "max_percent": "50"},
}
PARTNER_TERMS: dict[str, dict[str, Any]] = {
    "commission": {"mode": "commission", "clauses": [{"bands": [{"percent": "8"}]}]},
    "service_fee": {"mode": "service_fee", "clauses": [{"bands": [{"percent": "5"}]}]},
    "markup": {"mode": "markup"},
}
STEPS = {"A": (("0", "100.00"), ("10", "95.00")), "C": (("0", "33.33"),)}
PARTNER_STEPS = {"A": (("0", "110.00"), ("10", "104.50")), "C": (("0", "36.00"),)}
QUANTITY = {"A": Decimal(10), "C": Decimal(3)}
FREIGHT = {"A": 2000, "C": 800}
FUNDERS: tuple[tuple[rules.Funder, int], ...] = (("operator", 60), ("supplier", 40))
PROMOTION = Promotion(ref="prm_1", amount_off=5000, threshold=100_000, funders=FUNDERS)
COUPON = Coupon(ref="cpn_1", code="TEN", amount_off=1000, funder="partner")

# What every way must give, in minor units, A and C; derived by hand in docs/algorithms/commission.md.
EXPECTED: dict[str, dict[str, tuple[int, int]]] = {
    "commission": {
        "gross": (95000, 9999), "promotion": (-4524, -476), "promotion_operator": (2714, 286),
        "promotion_supplier": (1810, 190), "coupon": (-905, -95), "paid": (89571, 9428), "base": (93190, 9809),
        "fee": (2796, 294), "commission": (7455, 785), "service_fee": (0, 0), "supplier": (82939, 8730),
        "partner_net": (6550, 690), "operator_net": (82, 8), "supply": (95000, 9999),
    },
    "service_fee": {
        "gross": (95000, 9999), "promotion": (-4524, -476), "promotion_operator": (2714, 286),
        "promotion_supplier": (1810, 190), "coupon": (-905, -95), "paid": (89571, 9428), "base": (93190, 9809),
        "fee": (10251, 1079), "commission": (0, 0), "service_fee": (4479, 471), "supplier": (82939, 8730),
        "partner_net": (3574, 376), "operator_net": (7537, 793), "supply": (95000, 9999),
    },
    "markup": {
        "gross": (104500, 10800), "promotion": (-4532, -468), "promotion_operator": (2719, 281),
        "promotion_supplier": (1813, 187), "coupon": (-906, -94), "paid": (99062, 10238), "base": (93187, 9812),
        "fee": (2796, 294), "commission": (9500, 801), "service_fee": (0, 0), "supplier": (90391, 9518),
        "partner_net": (8594, 707), "operator_net": (77, 13), "supply": (95000, 9999),
    },
}  # fmt: skip
TOTAL = {"commission": 101_799, "service_fee": 106_749, "markup": 112_100}


def figures(stages: list[rules.Stage], split: LineSplit) -> dict[str, int]:
    """The figures of EXPECTED for one line."""
    promotion, coupon = stages[1], stages[2]
    return {
        "promotion": promotion.amount, "promotion_operator": promotion.operator,
        "promotion_supplier": promotion.supplier, "coupon": coupon.amount,
        "partner_net": split.commission + split.service_fee - split.partner_part,
        "operator_net": split.fee - split.operator_part,
        **{name: getattr(split, name) for name in
           ("gross", "paid", "base", "fee", "commission", "service_fee", "supplier", "supply")},
    }  # fmt: skip


def by_rules(mode: str) -> dict[str, tuple[Trail, LineSplit]]:
    """The example through the rules alone: sku → trail and split."""
    supplier_terms = rules.read_supplier_terms(rules.clean_terms(rules.OPERATOR_SUPPLIER, SUPPLIER_TERMS))
    partner_terms = rules.read_partner_terms(rules.clean_terms(rules.OPERATOR_PARTNER, PARTNER_TERMS[mode]))
    supply = {sku: _amount(STEPS[sku], sku) for sku in QUANTITY}
    gross = {sku: _amount(PARTNER_STEPS[sku], sku) for sku in QUANTITY} if mode == "markup" else supply
    lines = [
        PricedLine(sku_id=n, supplier_id=n, gross=gross[sku], room=supply[sku] if mode == "markup" else None)
        for n, sku in enumerate(QUANTITY)
    ]
    trails = rules.apply_promotions(lines, [PROMOTION], [COUPON])
    return {
        sku: (trail, rules.split_under(supplier_terms, partner_terms, LineFacts(
            gross=gross[sku], operator_off=trail.operator, partner_off=trail.partner, supplier_off=trail.supplier,
            supply=supply[sku],
        )))
        for sku, trail in zip(QUANTITY, trails, strict=True)
    }  # fmt: skip


def _amount(steps: tuple[tuple[str, str], ...], sku: str) -> int:
    row = rules.base_price([PriceRow(Decimal(q), Decimal(p)) for q, p in steps], QUANTITY[sku])
    assert row is not None
    return int(row.unit_price * QUANTITY[sku] * 100)
