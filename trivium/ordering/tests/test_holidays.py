"""Orders placed while a supplier is closed, or just before: its time to confirm stands still."""

import datetime as dt

import pytest
from django.conf import settings

from tests.journeys.market import SYSTEM, Market
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.inventory import commands as inventory
from trivium.ordering.queries import get_order
from trivium.parties import commands as parties
from trivium.parties import queries as people

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("needs_approval", [False, True])
def test_the_time_to_confirm_stands_still_for_the_supplier_that_is_closed(needs_approval):
    clock = SettableClock(NOW)
    with use_clock(clock):
        market = Market()
        closed, other = market.supplier("Chenguang"), market.supplier("Hengtai")
        inventory.set_holiday(closed.actor, begins=NOW.date() + DAY, ends=NOW.date() + 7 * DAY)
        skus = [market.sku(company, "A", [(1, "10.00")]) for company in (closed, other)]
        buyer = market.buyer("Yuelai", market.partner("Lianca"))
        if needs_approval:
            parties.set_approval_rule(SYSTEM, organization_ref=buyer.ref, threshold=1, currency="CNY", needed=1)
        placed = market.order(buyer, [(sku, 1) for sku in skus])
        if needs_approval:
            (waiting,) = people.approvals_waiting(buyer.colleague)
            parties.decide(buyer.colleague, str(waiting["ref"]), yes=True)
            drain()
        due = NOW + dt.timedelta(hours=settings.TRIVIUM["CONFIRM_HOURS"])
        parts = get_order(buyer.actor, placed.ref)["supplier_orders"]
        found = {part["supplier"]["ref"]: part["confirm_by"] for part in parts}
        assert found == {closed.ref: due + 7 * DAY, other.ref: due}
