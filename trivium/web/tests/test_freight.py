"""A supplier says where it delivers to, and for how much."""

import pytest

from trivium.pricing import queries

pytestmark = pytest.mark.django_db


def rates(trade):
    """(way, country, region, base, per kg, free from) of each rate."""
    names = ("delivery_method", "country", "region_prefix", "base", "per_kg", "free_from")
    return {tuple(rate[name] for name in names) for rate in queries.freight_rates(trade.s1.actor)}


def test_a_rate_is_set_changed_and_removed(trade):
    before = rates(trade)
    hands = trade.at(trade.s1.actor)
    hands.open("delivery/")
    hands.send("put-freight", delivery_method="express", country="CN-44", base="12.50", per_kg="1")
    assert rates(trade) - before == {("express", "CN", "44", 1250, 100, None)}
    assert "China · Guangdong" in hands.text and "¥12.50" in hands.text
    hands.send("put-freight", delivery_method="express", country="CN-44", base="9", free_from="500")
    assert rates(trade) - before == {("express", "CN", "44", 900, 0, 50000)}
    hands.send("remove-express-CN-44")
    assert rates(trade) == before


@pytest.mark.parametrize(
    ("values", "field"),
    [({"base": "-1"}, "base"), ({"base": "much"}, "base"), ({"base": "1", "country": "China"}, "country"),
     ({"base": "1", "country": "cn"}, "country"), ({"base": "1", "delivery_method": "drone"}, "delivery_method"),
     ({"base": "1", "country": "CN-" + "4" * 21}, "country"), ({"base": "1", "per_kg": "1.005"}, "per_kg")],
)  # fmt: skip
def test_what_cannot_be_a_rate_comes_back_at_its_field(trade, values, field):
    before = rates(trade)
    hands = trade.at(trade.s1.actor)
    hands.open("delivery/")
    text = hands.send("put-freight", 422, **values)
    assert f'id="put-freight-{field}-error"' in text or 'aria-invalid="true"' in text
    assert rates(trade) == before


def test_one_that_is_not_there_is_not_found_and_others_stay(trade):
    hands = trade.at(trade.s1.actor)
    hands.open("delivery/")
    sent = {"form": "x", "on": "/supplier/delivery/", "key": "k1", "delivery_method": "pickup", "currency": "CNY"}
    before = rates(trade)
    assert hands.client.post("/supplier/delivery/remove/", sent).status_code in (404, 422)
    assert rates(trade) == before
    trade.at(trade.buyer.actor).open("/supplier/delivery/", 404)
