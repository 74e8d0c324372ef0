"""Who took the goods, and where: kept as long as the law of the buyer's country says, and no longer."""

import datetime as dt

import pytest

from trivium.ordering import commands, queries
from trivium.ordering.jobs import forget_addresses
from trivium.ordering.models import Order
from trivium.ordering.tests.factories import Trade
from trivium.parties.rules import RETENTION, Jurisdiction, Kept, days_kept

pytestmark = pytest.mark.django_db
KEPT = dt.timedelta(days=days_kept(RETENTION, Kept.ADDRESSES)[Jurisdiction.PIPL])


def ended(trade: Trade) -> Order:
    placed = trade.order((trade.a, 1))
    commands.cancel_order(trade.buyer.actor, placed.ref, reason="not needed")
    return Order.objects.get(ref=placed.ref)


def test_an_address_goes_when_its_order_ended_so_long_ago(trade: Trade) -> None:
    old = ended(trade)
    before = old.address
    trade.clock.at += KEPT
    assert forget_addresses() == 0
    still_open, late = trade.order((trade.b, 1)), ended(trade)
    trade.clock.at += dt.timedelta(seconds=1)
    assert forget_addresses() == 1 and forget_addresses() == 0
    old.refresh_from_db()
    kept = {name: before[name] for name in ("country", "region", "city")}
    assert old.receiver == "" and old.address == {**kept, "name": "#", "phone": "", "street": "#", "postcode": ""}
    shown = queries.get_order(trade.buyer.actor, old.ref)
    assert (shown["ship_to"]["name"], shown["ship_to"]["city"]) == ("#", before["city"])
    assert Order.objects.get(pk=late.pk).address["name"] == before["name"]
    assert Order.objects.get(ref=still_open.ref).address["name"] == before["name"]


def test_an_order_that_has_not_ended_keeps_its_address_however_old(trade: Trade) -> None:
    placed = trade.released((trade.a, 1))
    trade.clock.at += 2 * KEPT
    assert forget_addresses() == 0
    trade.ship(trade.part(placed), 1)
    assert forget_addresses() == 0


def test_a_batch_is_followed_by_the_next(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trivium.ordering.commands.retention.BATCH", 1)
    for _each in range(3):
        ended(trade)
    trade.clock.at += KEPT + dt.timedelta(seconds=1)
    assert forget_addresses() == 3
