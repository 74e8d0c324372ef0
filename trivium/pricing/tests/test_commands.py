"""Pricing's commands on a real PostgreSQL."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.catalog.tests.factories import make_skus
from trivium.core.errors import Denied, Empty, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.time import now
from trivium.parties.tests.factories import make_organization
from trivium.pricing import commands, queries
from trivium.pricing.errors import (
    BadAmountOff,
    BadCouponCode,
    BadCurrency,
    BadKind,
    BadNumber,
    BadPercent,
    BadPrice,
    BadWindow,
    CouponCodeTaken,
    CouponRefused,
    DuplicateStep,
    FundedByOthers,
    MarkupOutsideBand,
    NoPrices,
)
from trivium.pricing.models import Coupon, CouponAllowance, CouponUse, Price, PriceList
from trivium.pricing.rules import NewPrice
from trivium.pricing.tests import worked
from trivium.pricing.tests.factories import Market, later, make_actor, refused

pytestmark = pytest.mark.django_db

ANY_SKU = "sku_" + "0" * 20


@pytest.fixture
def market() -> Market:
    return market_of(Market)


def events() -> list[str]:
    return list(EventRecord.objects.order_by("id").values_list("name", flat=True))


# -- price lists ----------------------------------------------------------------------------------------


def test_an_import_publishes_four_thousand_prices_in_a_few_statements(market: Market) -> None:
    supplier = market.suppliers["A"]
    skus = make_skus(supplier, 200)
    prices = [NewPrice(ref, step, f"{100 - step}.5") for ref in skus for step in range(20)]
    with CaptureQueriesContext(connection) as captured:
        ref = commands.publish_price_list(supplier, name="Import", currency="CNY", prices=prices)
    assert len(captured) <= 7
    assert Price.objects.filter(price_list__ref=ref).count() == 4000
    with CaptureQueriesContext(connection) as captured:
        assert commands.set_prices(supplier, ref, [(sku, 0, "1.25") for sku in skus]) == 200
    assert len(captured) <= 7
    assert Price.objects.filter(price_list__ref=ref, unit_price="1.25").count() == 200
    assert events()[-2:] == ["PriceListPublished", "PricesChanged"]
    assert EventRecord.objects.last().data == {"prices": 200}  # type: ignore[union-attr]


@pytest.mark.parametrize(("change", "refusal"), [
    ({"prices": []}, NoPrices), ({"prices": [("A", 0, "0")]}, BadPrice), ({"prices": [("A", 0, "-5")]}, BadPrice),
    ({"prices": [("A", 0, "1e12")]}, BadPrice), ({"prices": [("A", 1, "5"), ("A", 1, "6")]}, DuplicateStep),
    ({"prices": [("C", 0, "5")]}, NotFound), ({"prices": [("none", 0, "5")]}, NotFound),
    ({"currency": "yuan"}, BadCurrency), ({"tax_rate": "101"}, BadPercent), ({"name": "x" * 200}, TooLong),
    ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, BadWindow), ({"supplier_ref": "C"}, NotFound),
])  # fmt: skip
def test_a_bad_price_list_is_refused_by_name(market: Market, change: dict[str, Any], refusal: type[Refusal]) -> None:
    given: dict[str, Any] = {"name": "W", "currency": "CNY", "prices": [("A", 0, "5")], **change}
    given["prices"] = [NewPrice(market.skus.get(s, ANY_SKU), step, price) for s, step, price in given["prices"]]
    if "supplier_ref" in given:
        given["supplier_ref"] = market.suppliers[given["supplier_ref"]].organization_ref
    with refused(refusal):
        commands.publish_price_list(market.suppliers["A"], **given)


def test_prices_are_set_by_their_seller_only(market: Market) -> None:
    ref = market.publish(market.suppliers["A"], "A", [(0, "5")])
    buyer = make_actor(market.buyer, "buyer")
    with refused(Denied):
        market.publish(buyer, "A", [(0, "5")])
    for stranger in (market.suppliers["C"], market.partner):
        with refused(NotFound):
            commands.set_prices(stranger, ref, [(market.skus["A"], 0, "1")])
        with refused(NotFound):
            commands.end_price_list(stranger, ref)
        with refused(NotFound):
            commands.remove_prices(stranger, ref, [market.skus["A"]])


def test_a_list_can_lose_a_sku_and_end(market: Market) -> None:
    ref = market.publish(market.suppliers["A"], "A", worked.STEPS["A"])
    assert commands.remove_prices(market.suppliers["A"], ref, [market.skus["A"]]) == 2
    commands.end_price_list(market.suppliers["A"], ref)
    ends_at = PriceList.objects.get(ref=ref).ends_at
    commands.end_price_list(market.suppliers["A"], ref)
    assert PriceList.objects.get(ref=ref).ends_at == ends_at
    waiting = market.publish(market.suppliers["A"], "A", [(0, "5")], starts_at=later(days=9))
    commands.end_price_list(market.suppliers["A"], waiting)
    assert events().count("PriceListEnded") == 2


def test_the_database_refuses_what_the_command_would(market: Market) -> None:
    ref = market.publish(market.suppliers["A"], "A", [(0, "5")])
    for change in ({"unit_price": 0}, {"unit_price": -1}, {"from_quantity": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Price.objects.filter(price_list__ref=ref).update(**change)


def test_a_partners_own_list_stays_in_the_suppliers_band() -> None:
    market = Market("markup")
    market.sign_all()
    market.publish(market.suppliers["A"], "A", worked.STEPS["A"])
    supplier_ref = market.suppliers["A"].organization_ref
    for steps in ([(0, "99.99")], [(0, "150.01")], [(0, "143")], [(0, "101"), (10, "94")]):
        with refused(MarkupOutsideBand):
            market.publish(market.partner, "A", steps, supplier_ref=supplier_ref)
    ref = market.publish(market.partner, "A", [(0, "142.50"), (10, "95")], supplier_ref=supplier_ref)
    with refused(MarkupOutsideBand):
        commands.set_prices(market.partner, ref, [(market.skus["A"], 10, "94.999999")])
    with refused(NotFound):
        market.publish(market.partner, "A", [(0, "120")])


# -- contract prices ------------------------------------------------------------------------------------


def test_a_new_agreement_replaces_the_one_in_force(market: Market) -> None:
    def agree(price: str, **more: Any) -> str:
        return commands.agree_contract_price(
            market.suppliers["A"], buyer_ref=market.buyer.ref, sku_ref=market.skus["A"], unit_price=price,
            currency="CNY", **more,
        )  # fmt: skip

    agree("10")
    agree("9", from_quantity=5)
    agree("8", starts_at=later(days=10))
    agree("7", starts_at=later(days=5), ends_at=later(days=20))
    rows = queries.contract_prices(market.suppliers["A"])
    spans = [(str(r["unit_price"]), r["starts_at"] == r["ends_at"], r["ends_at"] is None) for r in rows]
    assert spans == [
        ("10.000000", False, False), ("9.000000", False, True), ("8.000000", True, False), ("7.000000", False, False),
    ]  # fmt: skip
    buyer = make_actor(market.buyer, "buyer")
    assert len(queries.contract_prices(buyer)) == 4
    with refused(NotFound):
        agree("5", supplier_ref=market.suppliers["C"].organization_ref)
    with refused(BadPrice):
        agree("0")
    with refused(BadWindow):
        agree("5", ends_at=later(days=-1))


def test_two_contract_prices_never_hold_at_once(market: Market) -> None:
    commands.agree_contract_price(
        market.suppliers["A"], buyer_ref=market.buyer.ref, sku_ref=market.skus["A"], unit_price="5", currency="CNY"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pricing_contractprice (ref, supplier_id, partner_id, buyer_id, sku_id, from_quantity,"
            " unit_price, currency, starts_at, ends_at, tax_rate, tax_included, created_at)"
            " SELECT 'ctp_x', supplier_id, partner_id, buyer_id, sku_id, from_quantity, 4, currency,"
            " starts_at + interval '1 day', NULL, 0, true, created_at FROM pricing_contractprice"
        )


# -- promotions and coupons -----------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "refusal"), [
    ({"percent": "101"}, BadPercent), ({"percent": "-1"}, BadPercent),
    ({"amount_off": 0, "percent": None}, BadAmountOff), ({"threshold": -1}, BadAmountOff),
    ({"kind": "gift"}, BadKind), ({"lane": -1}, BadNumber), ({"lane": "1"}, BadNumber),
    ({"threshold": 5}, BadCurrency), ({"sku_ref": "sku_no"}, NotFound), ({"category_ref": "cat_no"}, NotFound),
    ({"partner_ref": "org_no"}, NotFound), ({"supplier_ref": "org_no"}, NotFound),
    ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, BadWindow), ({"name": "x" * 121}, TooLong),
])  # fmt: skip
def test_a_bad_promotion_is_refused_by_name(market: Market, change: dict[str, Any], refusal: type[Refusal]) -> None:
    given: dict[str, Any] = {"name": "Sale", "percent": "5", **change}
    with refused(refusal):
        commands.launch_promotion(market.operator, **given)


def test_nobody_gives_away_what_others_pay(market: Market) -> None:
    both = [{"party": "supplier", "weight": 1}, {"party": "operator", "weight": 1}]
    with refused(FundedByOthers):
        commands.launch_promotion(market.suppliers["A"], name="Sale", percent="5", funders=both)
    with refused(NotFound):
        commands.launch_promotion(
            market.suppliers["A"], name="Sale", percent="5", supplier_ref=market.suppliers["C"].organization_ref
        )
    with refused(NotFound):
        commands.launch_promotion(market.suppliers["A"], name="Sale", percent="5", sku_ref=market.skus["C"])
    with refused(Denied):
        commands.launch_promotion(make_actor(market.buyer, "buyer"), name="Sale", percent="5")
    ref = commands.launch_promotion(market.suppliers["A"], name="Sale", percent="5")
    with refused(NotFound):
        commands.end_promotion(market.suppliers["C"], ref)
    commands.end_promotion(market.suppliers["A"], ref)
    commands.end_promotion(market.suppliers["A"], ref)
    assert events()[-2:] == ["PromotionLaunched", "PromotionEnded"]


def test_coupon_codes_differ_by_more_than_case(market: Market) -> None:
    commands.create_coupon(market.partner, code="Spring-5", percent=5)
    with refused(CouponCodeTaken):
        commands.create_coupon(market.operator, code="SPRING-5", percent=5)
    for code, refusal in (("a b", BadCouponCode), ("a\tb", BadCouponCode), (" ", Empty), ("x" * 41, TooLong)):
        with refused(refusal):
            commands.create_coupon(market.partner, code=code, percent=5)
    with refused(BadNumber):
        commands.create_coupon(market.partner, code="x", percent=5, uses=0)


def redeem(coupon: Coupon, buyer_id: int, subject: str) -> None:
    commands.redeem_coupon([coupon.pk], buyer_id=buyer_id, subject=subject, at=now())


def test_caps_hold_in_all_and_per_buyer(market: Market) -> None:
    ref = commands.create_coupon(market.partner, code="C", percent=5, uses=3, per_buyer=2)
    coupon = Coupon.objects.get(ref=ref)
    other = make_organization("Other", "buyer")
    redeem(coupon, market.buyer.pk, "ord_1")
    redeem(coupon, market.buyer.pk, "ord_2")
    with refused(CouponRefused):
        redeem(coupon, market.buyer.pk, "ord_3")
    redeem(coupon, other.pk, "ord_4")
    with refused(CouponRefused) as refusal:
        redeem(coupon, other.pk, "ord_5")
    assert refusal.value.params == {"coupon": "C", "reason": "used_up"}
    coupon.refresh_from_db()
    assert (coupon.uses_left, CouponUse.objects.count()) == (0, 3)
    for table, change in ((Coupon, {"uses_left": -1}), (CouponAllowance, {"used": 3})):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.update(**change)


def test_a_released_coupon_comes_back_once(market: Market) -> None:
    coupon = Coupon.objects.get(ref=commands.create_coupon(market.partner, code="C", percent=5, uses=1))
    redeem(coupon, market.buyer.pk, "ord_1")
    assert [commands.release_coupon("ord_1", at=now()) for _ in range(3)] == [1, 0, 0]
    coupon.refresh_from_db()
    assert (coupon.uses_left, CouponUse.objects.get().status) == (1, "returned")
    redeem(coupon, market.buyer.pk, "ord_2")
    assert commands.spend_coupons(["ord_2"], at=now()) == 1
    assert commands.spend_coupons(["ord_2"], at=now()) == 0
    assert commands.release_coupons(["ord_2", "ord_none"], at=now()) == 1
    coupon.refresh_from_db()
    assert (coupon.uses_left, CouponAllowance.objects.get().used) == (1, 0)


def test_a_coupon_that_expired_meanwhile_lapses(market: Market) -> None:
    ends_at = later(days=1)
    ref = commands.create_coupon(market.partner, code="C", percent=5, uses=1, ends_at=ends_at)
    coupon = Coupon.objects.get(ref=ref)
    redeem(coupon, market.buyer.pk, "ord_1")
    assert commands.release_coupon("ord_1", at=ends_at) == 0
    coupon.refresh_from_db()
    assert (coupon.uses_left, CouponUse.objects.get().status) == (0, "lapsed")


def test_several_coupons_of_an_order_are_taken_in_one_statement_or_not_at_all(market: Market) -> None:
    made = [commands.create_coupon(market.partner, code=f"C{n}", percent=5, uses=n or None) for n in range(3)]
    ids = list(Coupon.objects.filter(ref__in=made).values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as captured:
        commands.redeem_coupon(ids, buyer_id=market.buyer.pk, subject="ord_1", at=now())
        commands.redeem_coupon([], buyer_id=market.buyer.pk, subject="ord_1", at=now())
    assert len(captured) == 1
    other = make_organization("Other", "buyer")
    with refused(CouponRefused) as refusal:
        commands.redeem_coupon(ids, buyer_id=other.pk, subject="ord_2", at=now())
    assert refusal.value.params["coupon"] == "C1"
