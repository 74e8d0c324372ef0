"""The ledger's schedule: run again, it finds nothing new."""

import pytest

from trivium.ledger import jobs, queries
from trivium.ledger.models import Snapshot
from trivium.ledger.tests.factories import pay


@pytest.mark.django_db
def test_the_nightly_snapshot_run_twice_is_taken_once() -> None:
    pay("bank", "operator/fees", 5, key="in")
    jobs.snapshot(0)
    taken = list(Snapshot.objects.order_by("account").values_list("account", "amount"))
    assert taken == [("bank", -5), ("operator/fees", 5)]
    jobs.snapshot(0)
    assert Snapshot.objects.count() == 2
    assert not list(queries.faults())
