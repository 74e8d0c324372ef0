"""The sandbox: what it decides, what it signs, and messages that come twice, late, out of order or from strangers."""

import json

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.journeys.market import Market
from trivium.connectors.sandbox import client
from trivium.connectors.sandbox.adapter import SandboxGateway, signed_message
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.errors import BadSignature
from trivium.settlement.rules import gateway_by_name

CNY = "CNY"
URL = "/gateways/sandbox/messages"


class Bought:
    """One confirmed prepaid order of a given price whose payment has been started."""

    def __init__(self, price: str) -> None:
        self.market = market = Market()
        supplier = market.supplier("Lvyuan Hardware")
        partner = market.partner("Nanfang Channel")
        self.buyer = market.buyer("Haiwen Engineering", partner)
        sku = market.sku(supplier, "A", [(1, price)])
        self.placed = market.order(self.buyer, [(sku, 1)], payment_method="prepaid")
        (part,) = self.placed.supplier_order_refs
        ordering.confirm_supply(supplier.actor, part, ship_date=business_day(now()))
        ordering.confirm_margin(partner.actor, part)
        self.part = part
        drain()
        self.payment = settlement.start_payment(self.buyer.actor, self.placed.ref, gateway="sandbox")
        drain()

    @property
    def status(self) -> str:
        return str(books.payments_of(self.buyer.actor, self.placed.ref)[0]["status"])

    def say(self, *, succeeded: bool, caller: Client | None = None) -> int:
        body, signature = signed_message(self.payment.ref, self.placed.total, CNY, succeeded=succeeded)
        answer = (caller or Client()).post(URL, body, "application/json", headers={"Sandbox-Signature": signature})
        return answer.status_code


@pytest.mark.parametrize(
    ("amount", "status"), [(10000, "succeeded"), (10013, "declined"), (10037, "pending"), (13, "declined")]
)
def test_the_last_two_digits_decide(amount, status):
    assert client.charge("pay_1", amount, CNY).status == status


def test_a_reference_is_one_charge():
    assert client.charge("pay_1", 10000, CNY) == client.charge("pay_1", 10000, CNY)
    assert client.charge_id("pay_1") != client.charge_id("pay_2")


def test_it_is_registered():
    assert isinstance(gateway_by_name("sandbox"), SandboxGateway)


def test_a_message_is_read_only_with_its_signature():
    body, signature = signed_message("pay_1", 10037, CNY, succeeded=True)
    gateway = SandboxGateway()
    assert gateway.read_message(body, signature).succeeded
    wrong = [
        (body.replace(b"10037", b"10038"), signature),
        (body, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
        (body, ""),
        (body, "t=,v1="),
        (body, "t=٣,v1=x"),
        (body, client.sign(body, int(now().timestamp()) - 301, settings.SANDBOX_SECRET)),
        (body, client.sign(body, int(now().timestamp()) + 301, settings.SANDBOX_SECRET)),
        (body, client.sign(body, int(now().timestamp()), "another secret")),
        (b"[]", client.sign(b"[]", int(now().timestamp()), settings.SANDBOX_SECRET)),
    ]
    for altered, signed in wrong:
        with pytest.raises(BadSignature):
            gateway.read_message(altered, signed)


@pytest.mark.django_db
def test_most_amounts_are_paid_at_once():
    bought = Bought("100.00")
    assert bought.status == "received"
    assert balance(f"escrow/{bought.part}", CNY) == 10000
    assert balance("psp/sandbox", CNY) == -10000


@pytest.mark.django_db
def test_a_declined_payment_funds_nothing():
    bought = Bought("100.13")
    assert bought.status == "failed"
    assert balance(f"escrow/{bought.part}", CNY) == 0


@pytest.mark.django_db
def test_a_pending_payment_waits_for_its_message_and_takes_it_once():
    bought = Bought("100.37")
    assert bought.status == "pending"
    assert [ref for ref, _amount, _currency in books.payments_pending("sandbox")] == [bought.payment.ref]
    assert [bought.say(succeeded=True) for _ in range(3)] == [200, 200, 200]
    assert bought.status == "received"
    assert balance(f"escrow/{bought.part}", CNY) == 10037
    assert books.payments_pending("sandbox") == []


@pytest.mark.django_db
def test_messages_out_of_order_end_the_same():
    bought = Bought("100.37")
    assert bought.say(succeeded=False) == 200
    assert bought.status == "failed"
    assert bought.say(succeeded=True) == 200
    assert bought.say(succeeded=False) == 200
    assert bought.status == "received"
    assert balance(f"escrow/{bought.part}", CNY) == 10037


@pytest.mark.django_db
def test_a_message_after_the_order_was_cancelled_goes_back():
    bought = Bought("100.37")
    ordering.cancel_order(bought.buyer.actor, bought.placed.ref, reason="no longer needed")
    drain()
    assert bought.say(succeeded=True) == 200
    drain()
    assert balance(f"escrow/{bought.part}", CNY) == 0
    assert balance("psp/sandbox", CNY) == 0


@pytest.mark.django_db
def test_strangers_are_refused():
    bought = Bought("100.37")
    body, signature = signed_message(bought.payment.ref, 10037, CNY, succeeded=True)
    door = Client(enforce_csrf_checks=True)
    assert door.post(URL, body, "application/json").status_code == 422
    unsigned = door.post(URL, body, "application/json", headers={"Sandbox-Signature": "t=1,v1=abc"})
    assert unsigned.json()["error"]["code"] == "payment.bad_signature"
    body, signature = signed_message("pay_00000000000000000000", 10037, CNY, succeeded=True)
    with transaction.atomic():
        unknown = door.post(URL, body, "application/json", headers={"Sandbox-Signature": signature})
        assert unknown.status_code == 404
        transaction.set_rollback(True)  # what a refused act leaves behind where a test has a transaction around it
    assert door.post(URL, b"x" * 20_000, "application/json").status_code == 413
    assert door.get(URL).status_code == 405
    assert bought.status == "pending"


@pytest.mark.django_db
def test_only_developers_and_those_who_book_payments_choose_an_outcome(settings):
    bought = Bought("100.37")
    door = Client()
    assert door.get("/gateways/sandbox/").status_code == 404
    assert door.post("/gateways/sandbox/send", {"payment": bought.payment.ref}).status_code == 404
    door.force_login(_person(bought.buyer.actor.user_id))
    assert door.get("/gateways/sandbox/").status_code == 404
    door.force_login(_person(bought.market.operator.actor.user_id))
    assert bought.payment.ref in door.get("/gateways/sandbox/").content.decode()
    sent = door.post("/gateways/sandbox/send", {"payment": bought.payment.ref, "outcome": "succeeded"})
    assert sent.status_code == 302
    assert bought.status == "received"
    assert json.loads(door.post("/gateways/sandbox/send", {"payment": "pay_x"}).content)["error"]["code"] == "not_found"
    settings.DEBUG = True
    assert Client().get("/gateways/sandbox/").status_code == 200


def _person(user_id):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(pk=user_id)
