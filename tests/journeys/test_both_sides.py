"""Nobody decides on both sides of one act, whatever memberships they hold."""

import datetime as dt

import pytest
from django.db import transaction

from tests.journeys.market import SYSTEM, Market
from trivium.core.actor import Actor
from trivium.core.time import SettableClock, use_clock
from trivium.ordering import commands as ordering
from trivium.ordering.errors import BothSides
from trivium.ordering.queries import get_order
from trivium.parties import commands as parties
from trivium.parties import queries as people

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class Deal:
    """An order between a supplier and a partner for both of which one person works."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.supplier, self.partner = market.supplier("Lvyuan Hardware"), market.partner("Nanfang Channel")
        buyer = market.buyer("Haiwen Engineering", self.partner)
        self.order = market.order(buyer, [(market.sku(self.supplier, "A", [(1, "10.00")]), 1)])
        self.part = self.order.supplier_order_refs[0]
        mail = "both@example.test"
        user = parties.register_person(SYSTEM, email=mail, name="Lin Yue", password="correct horse 9")
        for company, role in ((self.supplier, "supplier"), (self.partner, "partner")):
            parties.grant_role(SYSTEM, email=mail, organization_ref=company.ref, role=role)
        self.as_supplier = self._at_work(user.pk, self.supplier.ref, "supplier")
        self.as_partner = self._at_work(user.pk, self.partner.ref, "partner")

    def _at_work(self, user_id: int, organization_ref: str, role: str) -> Actor:
        actor = people.actor_of(user_id, organization_ref, role)
        assert actor is not None
        return actor

    def status(self) -> str:
        return str(get_order(self.market.operator.actor, self.order.ref)["supplier_orders"][0]["status"])


def test_who_confirmed_the_goods_cannot_confirm_the_margin() -> None:
    with use_clock(SettableClock(START)):
        deal = Deal()
        ordering.confirm_supply(deal.as_supplier, deal.part, ship_date=START.date())
        with pytest.raises(BothSides), transaction.atomic():
            ordering.confirm_margin(deal.as_partner, deal.part)
        assert deal.status() == "submitted"
        ordering.confirm_margin(deal.partner.actor, deal.part)
        assert deal.status() == "confirmed"


def test_who_confirmed_the_margin_cannot_confirm_the_goods() -> None:
    with use_clock(SettableClock(START)):
        deal = Deal()
        ordering.confirm_margin(deal.as_partner, deal.part)
        with pytest.raises(BothSides), transaction.atomic():
            ordering.confirm_supply(deal.as_supplier, deal.part, ship_date=START.date())
        assert deal.status() == "submitted"
        ordering.confirm_supply(deal.supplier.colleague, deal.part, ship_date=START.date())
        assert deal.status() == "confirmed"
