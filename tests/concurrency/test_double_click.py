"""An impatient hand clicks twice: both clicks get the answer of the one act they caused."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest

from tests.concurrency.sessions import all_at_once
from tests.journeys.ground import sweep_the_floor
from tests.journeys.market import Market
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 6


@pytest.fixture
def market(transactional_db: None) -> Iterator[Market]:
    sweep_the_floor()
    yield Market()
    sweep_the_floor()


def test_many_clicks_at_once_are_one_act(market):
    supplier = market.supplier("Lvyuan")
    buyer = market.buyer("Haiwen", market.house)
    sku = market.sku(supplier, "S1", [(1, "10.00")])
    ordering.add_to_cart(buyer.actor, sku, Decimal(1))
    fingers = [Hands(buyer.actor) for _click in range(CLICKS)]
    form = {"on": "/buyer/cart/", "form": "add", "key": "one-form", "sku_ref": sku, "quantity": "5"}
    answers = all_at_once([partial(hands.client.post, "/buyer/cart/add/", form) for hands in fingers])
    assert [(each.status_code, each["Location"]) for each in answers] == [(303, "/buyer/cart/")] * CLICKS
    assert [wish.quantity for wish in orders.cart_of(buyer.actor)] == [6]
