"""An open cart says when a price has changed since the goods were put in; the total is always at today's price."""

import pytest

from trivium.ordering import queries as ordering
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewPrice
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db


def put(hands: Hands, trade, quantity: int) -> None:
    product = next(part for part in hands.open("shelf/").split('href="/buyer/products/')[1:] if trade.lamp in part)
    hands.open(f"products/{product.split('/')[0]}/")
    hands.send(f"add-{trade.lamp}", quantity=str(quantity))


def set_price(trade, price: str) -> None:
    (price_list,) = prices.price_lists(trade.s1.actor)
    pricing.set_prices(trade.s1.actor, price_list.ref, [(trade.lamp, 10, price)])


def test_a_changed_price_is_flagged_until_the_line_is_touched(trade):
    buyer = Hands(trade.buyer.actor)
    put(buyer, trade, 10)
    assert "was ¥" not in buyer.open("cart/") and "950.00" in buyer.text
    set_price(trade, "97.50")
    text = buyer.open("cart/")
    assert "was ¥95.00, now ¥97.50" in text and "The price of one line has changed" in text
    assert "¥975.00" in text
    assert "原价 ¥95.00，现价 ¥97.50" in Hands(trade.buyer.actor, "zh-hans").open("cart/")
    buyer.open("cart/")
    buyer.send(f"line-{trade.lamp}", quantity="12")
    assert "was ¥" not in buyer.text and ordering.prices_seen(trade.buyer.actor)[trade.lamp][1] == pytest.approx(97.5)


def test_a_price_that_goes_back_is_flagged_no_more(trade):
    buyer = Hands(trade.buyer.actor)
    put(buyer, trade, 10)
    set_price(trade, "80.00")
    assert "was ¥95.00, now ¥80.00" in buyer.open("cart/")
    set_price(trade, "95.00")
    assert "was ¥" not in buyer.open("cart/")


def test_another_step_is_no_changed_price(trade):
    buyer = Hands(trade.buyer.actor)
    put(buyer, trade, 4)
    put(buyer, trade, 6)
    text = buyer.open("cart/")
    assert "¥950.00" in text and "was ¥" not in text


def test_a_supplier_opens_an_order_under_markup_without_the_price_it_may_not_know(trade):
    partner = trade.market.partner("Xihu Trading", "markup")
    pricing.publish_price_list(
        partner.actor, name="Own", currency="CNY", prices=[NewPrice(trade.lamp, 1, "110.00")], supplier_ref=trade.s1.ref
    )
    order = trade.market.order(trade.market.buyer("Jinhe Inns", partner), [(trade.lamp, 10)]).ref
    for language in ("en", "zh-hans"):
        text = Hands(trade.s1.actor, language).open(f"orders/{order}/")
        assert "950.00" in text and "110.00" not in text and "1,100.00" not in text
