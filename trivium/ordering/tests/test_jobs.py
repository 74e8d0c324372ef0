"""Deadlines: what silence means, once, and without holding back anybody else's."""

import datetime as dt

import pytest
from django.conf import settings

from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.ledger import queries as books
from trivium.ordering import commands, queries
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.models import Order, SupplierOrder
from trivium.ordering.tests.factories import Trade
from trivium.parties import commands as parties
from trivium.parties import queries as people

pytestmark = pytest.mark.django_db

MOMENT = dt.timedelta(microseconds=1)


def confirm_by(placed: commands.Placed) -> dt.datetime:
    found = SupplierOrder.objects.get(ref=placed.supplier_order_refs[0]).confirm_by
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("supplier", "partner", "ends"),
    [
        ("cancel", "confirm", "cancelled"),
        ("confirm", "confirm", "released"),
        ("confirm", "cancel", "cancelled"),
    ],
)
def test_silence_has_its_configured_meaning(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, supplier: str, partner: str, ends: str
) -> None:
    monkeypatch.setitem(settings.TRIVIUM, "SUPPLIER_SILENCE", supplier)
    monkeypatch.setitem(settings.TRIVIUM, "PARTNER_SILENCE", partner)
    placed = trade.order((trade.a, 1))
    trade.clock.at = confirm_by(placed) - MOMENT
    assert sweep_deadlines() == 0
    trade.clock.at += MOMENT
    assert sweep_deadlines() == 1
    drain()
    assert trade.status(placed) == [ends]
    assert sweep_deadlines() == 0


@pytest.mark.parametrize(
    ("yes", "late", "ends", "reason"),
    [
        (True, False, "submitted", ""),
        (False, False, "cancelled", "not approved"),
        (True, True, "cancelled", "not approved in time"),
    ],
)
def test_what_was_decided_in_time_stands_though_its_job_comes_after_the_deadline(
    trade: Trade, yes: bool, late: bool, ends: str, reason: str
) -> None:
    """The workers were away from before the word until after the deadline, and the sweep comes first."""
    buyer = trade.buyer
    parties.set_approval_rule(buyer.actor, organization_ref=buyer.ref, threshold=1, currency="CNY")
    placed = trade.order((trade.a, 1))
    (approval,) = people.approvals_waiting(buyer.colleague)
    deadline = Order.objects.get(ref=placed.ref).approve_by
    assert deadline is not None
    trade.clock.at = deadline + (MOMENT if late else -MOMENT)
    parties.decide(buyer.colleague, str(approval["ref"]), yes=yes)
    trade.clock.at = deadline + MOMENT
    assert sweep_deadlines() == 1
    assert (trade.status(placed), SupplierOrder.objects.get().cancel_reason) == ([ends], reason)
    drain()
    assert trade.status(placed) == [ends]
    assert list(queries.faults()) == list(people.faults()) == []


def test_a_silent_partner_confirms_what_its_supplier_confirmed(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    trade.supply(trade.part(placed))
    trade.clock.at = confirm_by(placed)
    sweep_deadlines()
    drain()
    assert trade.status(placed) == ["released"]
    assert SupplierOrder.objects.get().margin_confirmed_by == "system:deadline"


def test_an_objection_stands_when_nobody_judges_it(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    trade.supply(trade.part(placed))
    commands.object_to_margin(trade.partner.actor, trade.part(placed), reason="too little")
    trade.clock.at = confirm_by(placed)
    sweep_deadlines()
    assert trade.status(placed) == ["cancelled"]
    event = EventRecord.objects.get(name="SupplierOrderCancelled")
    assert event.data["reason"] == "the partner's objection stands"


def test_what_is_not_paid_in_time_is_cancelled_and_frees_everything(trade: Trade) -> None:
    placed = trade.order(payment_method="bank_transfer")
    for part in placed.supplier_order_refs:
        trade.supply(part)
        commands.confirm_margin(trade.partner.actor, part)
    drain()
    due = Order.objects.get().pay_by
    assert due is not None
    trade.clock.at = due - MOMENT
    assert sweep_deadlines() == 0
    trade.clock.at = due
    assert sweep_deadlines() == 1
    assert trade.status(placed) == ["cancelled", "cancelled"]
    assert books.open_hold_subjects() == []
    commands.pass_deadline("pay", placed.ref)
    assert EventRecord.objects.filter(name="SupplierOrderCancelled").count() == 2


def test_a_deadline_answered_meanwhile_is_left_alone(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    part = trade.part(placed)
    late = confirm_by(placed)
    trade.supply(part)
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    trade.clock.at = late
    for kind, ref in [("confirm", part), ("approve", placed.ref), ("pay", placed.ref), ("complete", part)]:
        commands.pass_deadline(kind, ref)
    assert trade.status(placed) == ["released"]


def test_one_deadline_that_fails_does_not_hold_back_the_others(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = trade.order((trade.a, 1)), trade.order((trade.a, 1))
    trade.clock.at = confirm_by(broken)
    carry_out = commands.pass_deadline

    def fails_once(kind: str, ref: str) -> None:
        if ref == trade.part(broken):
            raise RuntimeError("as if the database had said no")
        carry_out(kind, ref)

    with monkeypatch.context() as patch:
        patch.setattr(commands, "pass_deadline", fails_once)
        with pytest.raises(ExceptionGroup):
            sweep_deadlines()
    assert (trade.status(broken), trade.status(sound)) == (["submitted"], ["cancelled"])
    assert sweep_deadlines() == 1
    assert trade.status(broken) == ["cancelled"]


def test_a_sweep_of_what_cannot_move_ends(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    trade.order((trade.a, 1))
    monkeypatch.setattr("trivium.ordering.jobs.SWEEP_BATCH", 1)
    monkeypatch.setattr(queries, "due", lambda _at, _limit: [("confirm", "sup_gone")])
    monkeypatch.setattr(commands, "pass_deadline", lambda _kind, _ref: None)
    assert sweep_deadlines() == 1
