"""What each side reads of shipments."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import NotFound
from trivium.fulfilment import queries
from trivium.fulfilment.tests.factories import Released

pytestmark = pytest.mark.django_db


def test_all_three_see_the_shipments_and_nobody_else() -> None:
    released = Released()
    shipment = released.ship((0, 6), tracking=("SF1",))
    for company in (released.buyer, released.partner, released.supplier, released.market.operator):
        (view,) = queries.shipments_of(company.actor, [released.part])[released.part]
        assert (view["ref"], view["signed_at"]) == (shipment.ref, None)
        assert view["lines"] == [{"line_ref": released.lines[0], "quantity": 6}]
        assert queries.supplier_order_of(company.actor, shipment.ref) == released.part
    for stranger in (released.market.supplier("Hengtai"), released.market.buyer("Rival", released.partner)):
        with pytest.raises(NotFound):
            queries.shipments_of(stranger.actor, [released.part])
        with pytest.raises(NotFound):
            queries.supplier_order_of(stranger.actor, shipment.ref)


def test_many_supplier_orders_take_as_many_statements_as_one() -> None:
    released = Released()
    parts = [released.part]
    released.ship((0, 1), tracking=("SF1",))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as statements:
            found = queries.shipments_of(released.buyer.actor, parts)
        counts.append(len(statements))
        assert set(found) == set(parts)
        parts.append(released.another())
    assert counts[0] == counts[1] <= 5
