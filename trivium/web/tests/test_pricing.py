"""Goods, prices, promotions and coupons at the portals of those who set them."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import NotFound
from trivium.core.lists import Wanted
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewPrice
from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def markup(trade):
    """A partner under markup with a buyer, and a supplier that allows half on top."""
    market = trade.market
    trade.s1 = market.supplier("Mingde Lighting", fee="2.75", share="7", markup_band={"max_percent": "50"})
    trade.lamp = market.sku(trade.s1, "MD-7", [(1, "100.00"), (10, "95.00")])
    trade.seller = market.partner("Huitong Sourcing", mode="markup")
    trade.guest = market.buyer("Jinse Hotel", trade.seller)
    trade.own = pricing.publish_price_list(
        trade.seller.actor, name="Own", currency="CNY", supplier_ref=trade.s1.ref,
        prices=[NewPrice(trade.lamp, 1, "120.00"), NewPrice(trade.lamp, 10, "110.20")],
    )  # fmt: skip
    return trade


def product_of(trade):
    return next(each.product_ref for each in shelf.offers(trade.s1.actor) if each.sku_ref == trade.lamp)


def test_a_partner_on_commission_reads_the_buyers_price_and_what_it_earns(trade):
    hands = trade.at(trade.partner.actor)
    text = hands.open("goods/?q=DL").partition("<tbody>")[2]
    assert "¥100.00" in text and "8.0%" in text and "¥16.00" in text  # 8 % of two, the smallest order
    text = hands.open(f"products/{product_of(trade)}/")
    assert "¥95.00" in text and "¥76.00" in text and "Supply price" not in text  # of ten


def test_a_partner_under_markup_reads_its_own_price_and_what_it_pays(markup):
    hands = markup.at(markup.seller.actor)
    text = hands.open("goods/?q=MD").partition("<tbody>")[2]
    assert "¥120.00" in text and "¥100.00" in text and "20.0%" in text
    assert "MD-7" in text and "TR-60" not in text
    text = hands.open(f"products/{product_of(markup)}/")
    assert "¥110.20" in text and "¥95.00" in text and "16.0%" in text
    for path in ("goods/", "goods/?format=csv", f"products/{product_of(markup)}/", f"prices/lists/{markup.own}/"):
        text = hands.client.get(f"/partner/{path}").content.decode()
        assert "2.75" not in text and "97.25" not in text and "Platform fee" not in text, path


def test_goods_without_a_price_of_ones_own_say_that_they_cannot_be_ordered(markup):
    other = next(each.product_ref for each in shelf.offers(markup.seller.actor) if each.code == "TR-60")
    assert "your buyers cannot order it" in markup.at(markup.seller.actor).open(f"products/{other}/")


def test_a_price_outside_the_band_is_refused_beside_its_field(markup):
    hands = markup.at(markup.seller.actor)
    hands.open(f"prices/lists/{markup.own}/")
    said = hands.send("set-price", 409, code="MD-7", from_quantity="1", unit_price="99.00")
    assert 'id="set-price-unit_price-error"' in said and "outside the band" in said
    hands.open(f"products/{product_of(markup)}/")
    said = hands.send("price-", 409, from_quantity="1", unit_price="151")
    assert f'id="price-{markup.lamp}-unit_price-error"' in said
    hands.send("price-", from_quantity="1", unit_price="¥125.50")
    assert "¥125.50" in hands.open("goods/?q=MD")


def test_a_list_is_published_changed_and_ended_at_the_portal(markup):
    hands = markup.at(markup.seller.actor)
    hands.open("prices/")
    said = hands.send("publish-list", 404, name="Summer", supplier_ref=markup.s1.ref, code="NONE", unit_price="120")
    assert 'id="publish-list-code-error"' in said
    hands.open("prices/")
    hands.send("publish-list", name="Summer", supplier_ref=markup.s1.ref, code="MD-7", unit_price="120",
               from_quantity="1", ends_at="2020-01-01", status=422)  # fmt: skip
    hands.open("prices/")
    text = hands.send("publish-list", name="Summer", supplier_ref=markup.s1.ref, code="MD-7", unit_price="120")
    assert "<h1>Summer</h1>" in text and "20.0%" in text
    hands.send("set-price", code="MD-7", from_quantity="10", unit_price="114")
    assert "¥114.00" in hands.text
    hands.send("remove-")
    assert "No prices in this list." in hands.text
    hands.send("end-list")
    assert "set-price" not in hands.text
    assert "Summer" in hands.open("prices/?state=over") and "Summer" not in hands.open("prices/?state=in_force")


def test_a_contract_price_is_agreed_with_an_own_buyer_and_with_no_other(markup):
    hands = markup.at(markup.seller.actor)
    hands.open("prices/agreed/")
    assert "Yuelai Hotel" not in hands.text
    hands.send("agree-price", buyer_ref=markup.guest.ref, supplier_ref=markup.s1.ref, code="MD-7", unit_price="104")
    assert "Jinse Hotel" in hands.text.partition("<tbody>")[2]
    form = hands.form("agree-price")
    terms = {"supplier_ref": markup.s1.ref, "code": "MD-7", "unit_price": "104"}
    said = hands.post(form, 404, buyer_ref=markup.buyer.ref, **terms)
    assert 'id="agree-price-buyer_ref-error"' in said
    with pytest.raises(NotFound), transaction.atomic():
        pricing.agree_contract_price(markup.seller.actor, buyer_ref=markup.buyer.ref, sku_ref=markup.lamp,
                                     unit_price="104", currency="CNY")  # fmt: skip
    assert "¥104.00" in markup.at(markup.guest.actor).open("shelf/?q=MD")


@pytest.mark.parametrize(("language", "why"), [("en", "You earn by commission"), ("zh-hans", "您按佣金获得收益")])
def test_a_partner_on_commission_is_told_why_it_sets_no_prices(trade, language, why):
    hands = trade.at(trade.partner.actor, language)
    for path in ("prices/", "prices/agreed/"):
        assert why in hands.open(path) and "publish-list" not in hands.text and "agree-price" not in hands.text


def test_a_promotion_is_launched_acts_on_the_next_order_and_ends(trade):
    hands = trade.at(trade.partner.actor)
    hands.open("promotions/")
    for wrong, field in (({"percent": ""}, "percent"), ({"percent": "120"}, "percent"), ({"name_en": ""}, "name"),
                         ({"lane": "x"}, "lane"), ({"ends_at": "2020-01-01"}, "ends_at")):  # fmt: skip
        hands.open("promotions/")
        said = hands.send("launch-promotion", 422, **{"name_en": "Less", "percent": "10", **wrong})
        assert f'id="launch-promotion-{field}-error"' in said, field
    hands.open("promotions/")
    hands.send("launch-promotion", name_en="Less", name="立减", amount_off="50", threshold="900")
    text = hands.text.partition("<tbody>")[2]
    assert "Less" in text and "¥50.00" in text and "¥900.00" in text and "In force" in text
    number = trade.order((trade.lamp, 10))
    assert "¥50.00" in trade.at(trade.buyer.actor).open(f"orders/{number}/")
    hands.open("promotions/")
    hands.send("end-")
    assert "Over" in hands.text.partition("<tbody>")[2]
    assert "立减" in trade.at(trade.partner.actor, "zh-hans").open("promotions/?state=over")


def test_each_use_of_a_coupon_is_counted(trade):
    hands = trade.at(trade.partner.actor)
    hands.open("coupons/")
    hands.send("create-coupon", code="LESS5", percent="5", uses="3", per_buyer="")
    for code, field in (("less5", "code"), ("two words", "code")):
        hands.open("coupons/")
        said = hands.send("create-coupon", 409 if code == "less5" else 422, code=code, percent="5")
        assert f'id="create-coupon-{field}-error"' in said
    trade.order((trade.lamp, 10), coupon_codes=["LESS5"])
    (row,) = prices.coupon_rows(trade.partner.actor, Wanted(text="less")).rows
    assert (row.uses, row.uses_left, row.state) == (1, 2, "in_force")
    hands.open("coupons/")
    hands.send("end-")
    assert prices.coupon_rows(trade.partner.actor, Wanted({"state": "over"})).count == 1


def test_suppliers_and_the_operator_give_by_the_same_pages(trade):
    supplier, boss = trade.at(trade.s1.actor), trade.at(trade.market.operator.actor)
    supplier.open("promotions/")
    supplier.send("launch-promotion", name_en="Season", percent="3", kind="line")
    boss.open("promotions/")
    weights = {"weight.operator": "60", "weight.supplier": "40", "weight.partner": "0"}
    boss.send("launch-promotion", name_en="Together", percent="3", **weights)
    text = boss.text.partition("<tbody>")[2]
    assert "Season" in text and "Together" in text and "Chenguang Lighting" in text
    assert "Together" not in supplier.open("promotions/") and "weight.operator" not in supplier.text
    assert "List DL-201" in boss.open("prices/") and "publish-list" not in boss.text
    supplier.open("prices/")
    assert "<h1>Trade prices</h1>" in supplier.send("publish-list", name="Trade prices", code="DL-201", unit_price="99")


def test_what_is_anothers_is_not_found(markup):
    rival = markup.at(markup.partner.actor)
    rival.open(f"prices/lists/{markup.own}/", 404)
    assert markup.own not in rival.open("prices/")
    markup.at(markup.s1.actor).open(f"prices/lists/{markup.own}/", 404)


def test_lists_ask_as_often_for_many_rows_as_for_few(markup, clock):
    hands, asked = markup.at(markup.seller.actor), []
    paths = ("goods/", "prices/", "prices/agreed/", f"prices/lists/{markup.own}/", "promotions/", "coupons/",
             f"products/{product_of(markup)}/")  # fmt: skip
    for place in range(2):
        for i in range(3):
            sku = markup.market.sku(markup.s1, f"MD-{place}{i}", [(1, "10.00")])
            pricing.set_prices(markup.seller.actor, markup.own, [NewPrice(sku, 1, "12.00")])
            pricing.publish_price_list(markup.seller.actor, name=f"L{place}{i}", currency="CNY",
                                       supplier_ref=markup.s1.ref, prices=[NewPrice(sku, 1, "12.00")])  # fmt: skip
            pricing.agree_contract_price(markup.seller.actor, buyer_ref=markup.guest.ref, sku_ref=sku,
                                         unit_price="11.00", currency="CNY")  # fmt: skip
            pricing.launch_promotion(markup.seller.actor, name=f"P{place}{i}", percent="1",
                                     starts_at=clock.at + dt.timedelta(days=i))  # fmt: skip
            pricing.create_coupon(markup.seller.actor, code=f"C{place}{i}", percent="1")
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                hands.open(path)
            found[path] = len(captured)
        asked.append(found)
    assert asked[0] == asked[1]
    assert max(asked[1].values()) <= 14, asked[1]
