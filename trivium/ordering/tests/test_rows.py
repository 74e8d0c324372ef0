"""Rows in and out by the short statements of hot paths: the same rows the ORM would read and write."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.core.models import IdempotencyRecord
from trivium.core.time import SettableClock
from trivium.ordering.models import Order
from trivium.ordering.tests.factories import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(clock: SettableClock) -> Order:
    found: Order = Order.objects.get(ref=market_of(Trade, clock).order().ref)
    return found


def test_what_is_read_is_what_the_orm_reads(order: Order) -> None:
    (found,) = Order.objects.read("WHERE t.ref = %(ref)s", {"ref": order.ref})
    for field in Order._meta.concrete_fields:
        ours, theirs = getattr(found, field.attname), getattr(order, field.attname)
        assert (ours, type(ours)) == (theirs, type(theirs)), field.name
    assert found == order
    assert not found._state.adding


def test_a_column_left_out_is_read_when_it_is_asked_for(order: Order) -> None:
    (found,) = Order.objects.read("WHERE t.id = %(id)s", {"id": order.pk}, without=("ship_to",))
    with CaptureQueriesContext(connection) as seen:
        assert found.ship_to == order.ship_to
    assert len(seen) == 1


def test_named_columns_are_written_in_one_statement_and_no_others(order: Order) -> None:
    order.ship_to, order.po_number = {"city": "广州"}, "kept back"
    with CaptureQueriesContext(connection) as seen:
        order.save(update_fields=["ship_to"])
    assert len(seen) == 1
    stored = Order.objects.get(pk=order.pk)
    assert (stored.ship_to, stored.po_number) == ({"city": "广州"}, "")


def test_a_row_that_is_gone_is_not_changed_in_silence(order: Order) -> None:
    order.pk = 10**9
    with pytest.raises(DatabaseError):
        order.save(update_fields=["po_number"])


def test_constraints_hold_for_written_rows(order: Order) -> None:
    order.total += 1
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save(update_fields=["total"])


def test_bytes_are_written_by_the_orm(order: Order) -> None:
    """They do not travel as JSON."""
    kept = IdempotencyRecord.objects.create(
        scope="s", key="k", fingerprint=b"\x00\xff", status=200, body="one", at=order.placed_at
    )
    kept.body, kept.fingerprint = "other", b"\xfe"
    kept.save(update_fields=["body", "fingerprint"])
    stored = IdempotencyRecord.objects.get(pk=kept.pk)
    assert (bytes(stored.fingerprint), stored.body) == (b"\xfe", "other")


def test_what_the_vault_keeps_is_encrypted_on_the_short_ways_too(order: Order) -> None:
    assert order.receiver and "receiver" in {field.name for field in Order._meta.concrete_fields}
    order.receiver = "林悦 +8613800138000"
    with CaptureQueriesContext(connection) as seen:
        order.save(update_fields=["receiver"])
    assert len(seen) == 1 and "13800138000" not in seen.captured_queries[0]["sql"]
    assert Order.objects.get(pk=order.pk).receiver == "林悦 +8613800138000"
    order.receiver = ""
    order.save(update_fields=["receiver"])
    assert Order.objects.get(pk=order.pk).receiver == ""


def test_no_receiver_stands_in_clear(order: Order) -> None:
    order.ship_to = {**order.ship_to, "phone": "+8613800138000"}
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save(update_fields=["ship_to"])
