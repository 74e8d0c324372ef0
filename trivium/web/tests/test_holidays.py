"""Holidays: set and taken back by the supplier, told on the shelf."""

import datetime as dt

import pytest

from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db


def test_a_supplier_closes_and_buyers_read_when_it_works_again(trade, clock):
    supplier = trade.at(trade.s1.actor)
    supplier.open("holidays/")
    first, last = clock().date(), clock().date() + dt.timedelta(days=4)
    days = {"begins": first.isoformat(), "ends": last.isoformat()}
    supplier.send("set-holiday", **days, **{"words.en": "Spring Festival", "words.zh-hans": "春节放假"})
    assert "Closed now" in supplier.text
    text = supplier.send("set-holiday", 409, **days)
    assert 'id="set-holiday-begins-error"' in text
    text = supplier.send("set-holiday", 422, begins="2020-01-01", ends="2020-01-02")
    assert "2020-01-01 is over" in text
    product = next(o.product_ref for o in shelf.offers(trade.buyer.actor) if o.sku_ref == trade.lamp)
    buyer, again = trade.at(trade.buyer.actor, "zh-hans"), (last + dt.timedelta(days=1)).isoformat()
    assert again in buyer.open(f"products/{product}/") and "春节放假" in buyer.text
    assert buyer.open("shelf/").count(again) == 1  # the other supplier works
    supplier.open("holidays/")
    supplier.send("remove-")
    assert again not in buyer.open("shelf/") and "Taken back" in supplier.text
