"""Quotes and other reads of pricing on a real PostgreSQL."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.core.errors import NotFound
from trivium.core.time import now
from trivium.parties.tests.factories import make_buyer, make_organization
from trivium.pricing import commands, queries, rules
from trivium.pricing.errors import (
    AmountTooLarge,
    CouponRefused,
    DeliveryUnavailable,
    MarkupOutsideBand,
    NoContract,
    NotPriced,
    TooManyCoupons,
)
from trivium.pricing.rules import NewFreightRate
from trivium.pricing.tests import worked
from trivium.pricing.tests.factories import Market, later, make_actor, party_id, refused

pytestmark = pytest.mark.django_db


def _set_up(*mode: str) -> Market:
    return Market(*mode).set_up()


@pytest.fixture
def market() -> Market:
    return market_of(_set_up)


# -- the permanent example ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", worked.EXPECTED)
def test_the_worked_example_to_the_cent(mode: str) -> None:
    market = market_of(_set_up, mode)
    quote = market.quote(coupon_codes=["ten"])
    assert (quote.total, quote.mode, len(quote.coupon_ids)) == (worked.TOTAL[mode], mode, 1)
    assert quote.freight == {
        supplier.organization_id: worked.FREIGHT[sku] for sku, supplier in market.suppliers.items()
    }
    for n, line in enumerate(quote.lines):
        expected = {name: pair[n] for name, pair in worked.EXPECTED[mode].items()}
        assert worked.figures(list(line.stages), line.split) == expected
        assert rules.faults(line.stages, line.split) == []
    assert [str(line.unit_price.normalize()) for line in quote.lines] == (
        ["104.5", "36"] if mode == "markup" else ["95", "33.33"]
    )


@pytest.mark.parametrize("mode", worked.EXPECTED)
def test_the_same_contract_versions_give_the_same_figures_again(mode: str) -> None:
    market = market_of(_set_up, mode)
    quote = market.quote(coupon_codes=["TEN"])
    market.sign("operator_supplier", {"fee_percent": "9", "share_percent": "9"}, market.suppliers["A"])
    market.sign("operator_partner", {"mode": "commission", "clauses": []}, market.partner)
    assert market.quote(coupon_codes=["TEN"], at=later(seconds=1)).lines[0].split != quote.lines[0].split
    pinned = {line.supplier_contract_id for line in quote.lines} | {
        line.partner_contract_id for line in quote.lines if line.partner_contract_id
    }
    terms = queries.terms_by_id(sorted(pinned))
    for line in quote.lines:
        supplier_terms, partner_terms = terms[line.supplier_contract_id], terms[line.partner_contract_id or 0]
        assert isinstance(supplier_terms, rules.SupplierTerms)
        assert isinstance(partner_terms, rules.PartnerTerms)
        stored = rules.LineFacts.from_json(line.facts.to_json())
        assert rules.split_under(supplier_terms, partner_terms, stored) == line.split


def test_a_quote_is_one_statement_whatever_its_size(market: Market) -> None:
    for lines, coupons in ((market.wants(A=10), []), (market.wants(A=10, C=3), ["TEN"]), (market.wants(A=1) * 40, [])):
        request = market.request(lines, coupon_codes=coupons)
        with CaptureQueriesContext(connection) as captured:
            assert len(queries.quote(request).lines) == len(lines)
        assert len(captured) == 1


def test_the_trail_says_where_each_figure_comes_from(market: Market) -> None:
    stages = market.quote(coupon_codes=["TEN"]).lines[0].stages
    assert [s.kind for s in stages] == ["base", "promotion", "coupon"]
    assert [s.label for s in stages] == ["Wholesale", "Spend 1000 save 50", "TEN"]
    assert [s.source.split("_")[0] for s in stages] == ["prl", "prm", "cpn"]
    assert queries.names_of_promotions([stages[1].source])[stages[1].source]["zh-hans"] == "满1000减50"


# -- prices ---------------------------------------------------------------------------------------------


def test_price_lists_count_from_their_start_until_before_their_end() -> None:
    market = Market()
    market.sign_all()
    market.set_freight()
    begins, ends = later(days=1), later(days=2)
    market.publish(market.suppliers["A"], "A", [(0, "10.00")], starts_at=begins, ends_at=ends)
    lines = market.wants(A=1)
    for at, price in ((begins, 1000), (ends, None), (later(), None)):
        if price is None:
            with refused(NotPriced) as refusal:
                market.quote(lines, at=at)
            assert refusal.value.params["sku"] == market.skus["A"]
        else:
            assert market.quote(lines, at=at).lines[0].split.gross == price


def test_a_level_price_is_for_its_level_and_another_currency_for_nobody(market: Market) -> None:
    supplier = market.suppliers["A"]
    market.publish(supplier, "A", [(0, "90.00")], buyer_level="gold")
    commands.publish_price_list(
        supplier, name="Export", currency="USD", prices=[rules.NewPrice(market.skus["A"], 0, "1.00")]
    )
    lines = market.wants(A=1)
    assert market.quote(lines, at=later()).lines[0].unit_price == 100
    assert market.quote(lines, at=later(), buyer_level="gold").lines[0].unit_price == 90
    with refused(NotPriced):
        market.quote(market.wants(A=1, C=1), at=later(), currency="USD")


def test_a_contract_price_is_for_its_buyer_and_goes_first(market: Market) -> None:
    supplier = market.suppliers["A"]
    ref = commands.agree_contract_price(
        supplier, buyer_ref=market.buyer.ref, sku_ref=market.skus["A"], unit_price="97.5", currency="CNY"
    )
    line = market.quote(market.wants(A=10), at=later()).lines[0]
    assert (line.unit_price, line.stages[0].source) == (Decimal("97.5"), ref)
    other = make_buyer("Another Hotel", make_organization("Else", "partner", is_house=True, confirms_by_rule=True))
    assert market.quote(market.wants(A=10), at=later(), buyer_id=other.pk).lines[0].unit_price == 95


def test_tax_on_top_is_a_stage_of_its_own() -> None:
    market = Market()
    market.sign_all()
    market.set_freight()
    market.publish(market.suppliers["A"], "A", [(0, "10.01")], tax_rate="13", tax_included=False)
    line = market.quote(market.wants(A=1), at=later()).lines[0]
    assert [(s.kind, s.amount, s.label) for s in line.stages] == [("base", 1001, "Wholesale"), ("tax", 130, "13 %")]
    assert (line.split.paid, line.split.tax, line.split.base) == (1131, 130, 1131)
    assert rules.faults(line.stages, line.split) == []


def test_an_amount_no_platform_can_carry_is_refused(market: Market) -> None:
    market.publish(market.suppliers["C"], "C", [(0, "999999999")], buyer_level="x", starts_at=later(days=1))
    commands.agree_contract_price(
        market.suppliers["C"], buyer_ref=market.buyer.ref, sku_ref=market.skus["C"], unit_price="999999999",
        currency="CNY",
    )  # fmt: skip
    with refused(AmountTooLarge):
        market.quote(market.wants(C=999_999_999), at=later())


# -- contracts ------------------------------------------------------------------------------------------


def test_without_a_signed_contract_nothing_can_be_divided() -> None:
    market = Market()
    market.publish_prices()
    market.set_freight()
    with refused(NoContract) as refusal:
        market.quote()
    assert refusal.value.params["side"] == "supplier"
    for supplier in market.suppliers.values():
        market.sign("operator_supplier", worked.SUPPLIER_TERMS, supplier)
    with refused(NoContract) as refusal:
        market.quote(at=later())
    assert refusal.value.params == {"party": market.partner.organization_ref, "side": "partner"}
    ref = commands.propose_share_contract(
        market.operator, kind="operator_partner", terms=worked.PARTNER_TERMS["commission"],
        party_ref=market.partner.organization_ref,
    )  # fmt: skip
    commands.sign_share_contract(market.operator, ref)
    with refused(NoContract):
        market.quote(at=later())
    commands.sign_share_contract(market.partner, ref)
    assert market.quote(at=later()).mode == "commission"


def test_the_house_partner_needs_no_contract_and_earns_nothing(market: Market) -> None:
    house = make_organization("House", "partner", is_house=True, confirms_by_rule=True)
    quote = market.quote(market.wants(A=10), partner_id=house.pk)
    split, line = quote.lines[0].split, quote.lines[0]
    assert (quote.mode, line.partner_contract_id, split.commission, split.fee) == (None, None, 0, 2850 + 7600)


def test_the_version_in_force_at_the_order_counts(market: Market) -> None:
    supplier = market.suppliers["A"]
    first = market.quote(market.wants(A=1), at=later()).lines[0].split.fee
    market.sign("operator_supplier", {"fee_percent": "5", "share_percent": "8"}, supplier, starts_at=later(days=3))
    assert market.quote(market.wants(A=1), at=later(days=2)).lines[0].split.fee == first == 300
    assert market.quote(market.wants(A=1), at=later(days=4)).lines[0].split.fee == 500


def test_bands_go_by_the_recorded_volume(market: Market) -> None:
    bands = [{"from": 0, "percent": "5"}, {"from": 100_000, "percent": "8"}]
    terms = {"mode": "commission", "currency": "CNY", "clauses": [{"bands": bands}]}
    market.sign("operator_partner", terms, market.partner)
    lines = market.wants(A=1)
    assert market.quote(lines, at=later()).lines[0].split.commission == 500
    commands.record_spend(market.partner.organization_id or 0, 99_999, "CNY")
    commands.record_spends([(market.partner.organization_id or 0, currency, 1) for currency in ("CNY", "USD", "USD")])
    assert market.quote(lines, at=later()).lines[0].split.commission == 800


# -- markup ---------------------------------------------------------------------------------------------


def test_under_markup_without_the_partners_own_price_there_is_none() -> None:
    market = Market("markup")
    market.sign_all()
    market.set_freight()
    market.publish(market.suppliers["A"], "A", worked.STEPS["A"])
    with refused(NotPriced):
        market.quote(market.wants(A=1), at=later())


def test_a_supply_price_that_rises_above_the_partners_stops_the_sale() -> None:
    market = market_of(_set_up, "markup")
    commands.agree_contract_price(
        market.suppliers["A"], buyer_ref=market.buyer.ref, sku_ref=market.skus["A"], unit_price="111", currency="CNY"
    )
    with refused(MarkupOutsideBand) as refusal:
        market.quote(at=later())
    assert "111" not in str(refusal.value)


def test_a_suppliers_agreement_lowers_the_supply_price_and_the_partners_the_buyers() -> None:
    market = market_of(_set_up, "markup")
    for seller, price in ((market.suppliers["A"], "60"), (market.partner, "99")):
        commands.agree_contract_price(
            seller, buyer_ref=market.buyer.ref, sku_ref=market.skus["A"], unit_price=price, currency="CNY"
        )
    split = market.quote(market.wants(A=1), at=later()).lines[0].split
    assert (split.gross, split.supply, split.commission) == (9900, 6000, 3900)


def test_a_partner_buying_for_itself_pays_the_supply_price() -> None:
    market = market_of(_set_up, "markup")
    split = market.quote(market.wants(A=1), buyer_id=market.partner.organization_id).lines[0].split
    assert (split.gross, split.supply, split.commission) == (10000, 10000, 0)


# -- coupons and delivery -------------------------------------------------------------------------------


@pytest.mark.parametrize(("terms", "reason"), [
    ({"starts_at": 1}, "not_yet"), ({"starts_at": -2, "ends_at": -1}, "expired"), ({"min_spend": 10**9}, "min_spend"),
    ({"currency": "USD"}, "other_currency"), ({"ended": True}, "unknown"), ({"used": True}, "used_up"),
    ({"by": "stranger"}, "wrong_scope"), ({"by": "supplier"}, None), ({"by": "other supplier"}, "wrong_scope"),
])  # fmt: skip
def test_a_coupon_says_why_it_cannot_be_used(market: Market, terms: dict[str, Any], reason: str | None) -> None:
    days = {name: later(days=terms[name]) for name in ("starts_at", "ends_at") if name in terms}
    makers = {
        "stranger": make_actor(make_organization("Other", "partner"), "partner"), "supplier": market.suppliers["A"],
        "other supplier": market.suppliers["C"],
    }  # fmt: skip
    ref = commands.create_coupon(
        makers.get(terms.get("by", ""), market.partner), code="Nine", amount_off=900, **days,
        currency=terms.get("currency", "CNY"), min_spend=terms.get("min_spend", 0), uses=1,
    )  # fmt: skip
    if "ended" in terms:
        commands.end_coupon(market.partner, ref)
    if "used" in terms:
        used = market.quote(coupon_codes=["nine"], at=later())
        commands.redeem_coupon(used.coupon_ids, buyer_id=market.buyer.pk, subject="ord_1", at=now())
    lines = market.wants(A=1)
    if reason is None:
        assert market.quote(lines, coupon_codes=["nine"], at=later()).lines[0].split.supplier_part == 900
        return
    with refused(CouponRefused) as refusal:
        market.quote(lines, coupon_codes=["nine"], at=later())
    assert refusal.value.params["reason"] == reason


@pytest.mark.parametrize("code", ["", "NONE", "x" * 10_000, "a\x00b", "'; DROP TABLE pricing_coupon; --", "🎁", " "])
def test_an_unknown_code_is_just_unknown(market: Market, code: str) -> None:
    with refused(CouponRefused) as refusal:
        market.quote(coupon_codes=[code])
    assert refusal.value.params["reason"] == "unknown"


def test_a_code_counts_once_and_only_a_few_fit(market: Market) -> None:
    with refused(CouponRefused) as refusal:
        market.quote(coupon_codes=["TEN", "ten"])
    assert refusal.value.params["reason"] == "twice"
    with refused(TooManyCoupons):
        market.quote(coupon_codes=["TEN"] * 6)


def test_promotions_are_for_their_time_their_goods_and_their_partner(market: Market) -> None:
    other = make_actor(make_organization("Other", "partner"), "partner")
    commands.launch_promotion(market.suppliers["A"], name="own goods", percent=10, lane=1)
    commands.launch_promotion(other, name="other's buyers", percent=20, lane=2)
    commands.launch_promotion(market.operator, name="later", percent=20, lane=3, starts_at=later(days=1))
    ended = commands.launch_promotion(market.operator, name="ended", percent=20, lane=4)
    commands.end_promotion(market.operator, ended)
    a, c = market.quote(at=later()).lines
    assert [s.label for s in a.stages[1:]] == ["Spend 1000 save 50", "own goods"]
    assert [s.label for s in c.stages[1:]] == ["Spend 1000 save 50"]


def test_delivery_that_nobody_offers_is_refused_by_supplier(market: Market) -> None:
    for more in ({"delivery_method": "drone"}, {"delivery_method": "standard", "currency": "CNY", "country": "XX"}):
        if more.get("country"):
            rate = NewFreightRate(delivery_method="standard", currency="CNY", base=1, country="CN")
            commands.set_freight_rates(market.suppliers["C"], [rate])
        with refused(DeliveryUnavailable) as refusal:
            market.quote(**more)
    assert refusal.value.params["supplier"] == market.suppliers["C"].organization_ref


def test_freight_is_by_started_kilogram_and_free_from_an_amount(market: Market) -> None:
    supplier = market.suppliers["A"]
    rate = NewFreightRate(delivery_method="standard", currency="CNY", base=500, per_kg=100, free_from=100_000)
    commands.set_freight_rates(supplier, [rate])
    (line,) = market.wants(A=3)
    heavy = queries.WantedLine(*(getattr(line, f) for f in line.__slots__[:6]), weight_g=700)
    assert market.quote([heavy]).freight == {supplier.organization_id: 800}
    assert market.quote([heavy] * 20).freight == {supplier.organization_id: 0}


# -- lists and pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["commission", "markup"])
def test_own_prices_are_the_quotes_prices_in_one_statement(mode: str) -> None:
    market = market_of(_set_up, mode)
    commands.agree_contract_price(
        market.suppliers["C"], buyer_ref=market.buyer.ref, sku_ref=market.skus["C"], unit_price="30", currency="CNY"
    )
    lines = market.wants(A=1, C=1)
    who = {"buyer_id": market.buyer.pk, "partner_id": market.partner.organization_id or 0, "currency": "CNY"}
    with CaptureQueriesContext(connection) as captured:
        found = queries.own_prices([line.sku_id for line in lines], at=later(), **who)  # type: ignore[arg-type]
    assert len(captured) == 1
    quoted = market.quote(lines, at=later()).lines
    assert {line.sku_id: line.unit_price for line in quoted} == {k: p.unit_price for k, p in found.items()}
    assert found[lines[1].sku_id].is_contract is (mode == "commission")
    buying_itself = {**who, "buyer_id": market.partner.organization_id}
    assert queries.own_prices([lines[0].sku_id], at=later(), **buying_itself)[lines[0].sku_id].unit_price == 100  # type: ignore[arg-type]


def test_each_workspace_reads_its_own(market: Market) -> None:
    a, c = market.suppliers["A"], market.suppliers["C"]
    stranger = make_actor(make_organization("Else", "buyer"), "buyer")
    (own,) = queries.price_lists(a)
    assert [len(queries.price_lists(who)) for who in (a, market.operator, market.partner, stranger)] == [1, 2, 0, 0]
    assert [p.unit_price for p in queries.prices_of(a, own.ref)] == [100, 95]
    assert [len(queries.share_contracts(who)) for who in (a, market.operator, market.partner, stranger)] == [1, 3, 1, 0]
    assert [len(queries.promotions(who)) for who in (a, market.operator, market.partner)] == [0, 1, 0]
    assert [len(queries.coupons(who)) for who in (a, market.operator, market.partner)] == [0, 1, 1]
    assert [r["base"] for r in queries.freight_rates(a)] == [2000]
    for who in (c, market.partner, stranger):
        with pytest.raises(NotFound):
            queries.prices_of(who, own.ref)
        with pytest.raises(NotFound):
            queries.get_share_contract(who, queries.share_contracts(a)[0].ref)
    contract = queries.get_share_contract(a, queries.share_contracts(a)[0].ref)
    assert contract.is_complete
    assert contract.terms["fee_percent"] == "3"
    assert party_id(a.organization_ref) == a.organization_id
