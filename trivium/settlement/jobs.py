"""What workers run for settlement."""

import datetime as dt

from procrastinate.contrib.django import app

from trivium.core.actor import Actor
from trivium.core.events import AGAIN_LATER, AGAIN_SOON, on
from trivium.core.jobs import carry_out
from trivium.core.time import month_start, now
from trivium.ordering.events import OrderDecided, SupplierOrderCancelled, SupplierOrderCompleted
from trivium.parties.events import ApprovalDecided
from trivium.settlement import commands, queries
from trivium.settlement.events import PaymentStarted, RefundGranted, SurplusReceived
from trivium.settlement.rules import gateway_by_name

BATCH = 500


@on(OrderDecided)
def fund_decided(event: OrderDecided) -> None:
    """On account, or with nothing due, a decided order is funded at once."""
    commands.fund_decided(event.subject)


@on(SupplierOrderCompleted)
def release_escrow(event: SupplierOrderCompleted) -> None:
    """A completed supplier order pays out."""
    commands.release_escrow(event.subject)


@on(SupplierOrderCancelled)
def refund_cancelled(event: SupplierOrderCancelled) -> None:
    """A cancelled supplier order that was funded goes back to the buyer; what the rest now owes may be nothing."""
    commands.refund_cancelled(event.subject)
    commands.fund_decided(event.order_ref)


@on(PaymentStarted)
def charge(event: PaymentStarted) -> None:
    """Ask the gateway for the money, outside any transaction, and book its answer, unless that comes by message."""
    payment = queries.payment_to_charge(event.subject)
    gateway = gateway_by_name(event.gateway)
    if payment is None or gateway is None:
        return
    answer = gateway.charge(payment.ref, payment.amount, payment.currency)
    if answer is not None:
        commands.record_payment(answer, gateway=gateway.name)


@on(RefundGranted)
def send_refund(event: RefundGranted) -> None:
    """Let the gateways send back what came through them; our reference makes a repetition harmless."""
    for name, gateway_ref, amount, currency in queries.gateway_refunds(event.subject):
        gateway = gateway_by_name(name)
        if gateway is not None:
            gateway.refund(gateway_ref, event.subject, amount, currency)


@on(SurplusReceived)
def send_surplus(event: SurplusReceived) -> None:
    """Let the gateway send back what came too much, then book it. What came to the bank, a person sends back."""
    payment = queries.surplus_to_return(event.subject)
    gateway = gateway_by_name(payment.gateway) if payment is not None else None
    if payment is None or gateway is None:
        return
    gateway.refund(payment.gateway_ref, f"{payment.ref}:surplus", payment.surplus, payment.currency)
    commands.return_surplus(payment.ref)


@on(ApprovalDecided)
def finish_payout(event: ApprovalDecided) -> None:
    """Two people have approved a payout, or one declined it."""
    if event.subject.startswith("pyo_"):
        commands.finish_payout(event.subject)


@app.periodic(cron="7 1 1 * *")
@app.task(name="settlement.issue_statements", queue="schedules", retry=AGAIN_LATER)
def issue_statements(timestamp: int = 0) -> int:
    """On the first of the month: state the month that has ended."""
    until = dt.datetime.combine(month_start(now()), dt.time(), tzinfo=dt.UTC)
    return len(commands.issue_statements(Actor.system("schedule"), until=until))


@app.periodic(cron="23 * * * *")
@app.task(name="settlement.close_overdue", queue="schedules", retry=AGAIN_SOON)
def close_overdue(timestamp: int = 0) -> int:
    """Each hour: statements whose deadline has passed count as confirmed."""
    return carry_out(queries.overdue_statements(now(), BATCH), commands.close_overdue)
