"""Money comes in: through a gateway, by bank transfer, or as a debt on account."""

import datetime as dt
from collections.abc import Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import publish
from trivium.core.ids import new_ref
from trivium.core.money import BadAmount, check_limit, to_text
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger.rules import NewEntry, Posting, move
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.queries import PartMoney
from trivium.ordering.rules import PaymentMethod, Status
from trivium.parties import queries as parties
from trivium.parties.rules import check_currency
from trivium.settlement import queries
from trivium.settlement.commands.bank import BANK, book_line
from trivium.settlement.commands.budgets import budget_accounts
from trivium.settlement.errors import AmountDiffers, NothingDue, OtherMethod, UnknownGateway
from trivium.settlement.events import PaymentFailed, PaymentReceived, PaymentStarted, SurplusReceived
from trivium.settlement.models import Funding, Payment, Receivable
from trivium.settlement.rules import PAYMENT, Charge, PaymentStatus, gateway_by_name, gateway_names


@act
def set_credit_limit(actor: Actor, buyer_ref: str, limit: int, currency: str) -> None:
    """How much a buyer may owe on account (minor units): the floor of its account, checked under its lock.

    Refuses: Denied("credit.set"), NotFound, BadAmount, BadCurrency.
    """
    actor.require("credit.set")
    check_limit(limit, check_currency(currency), field="limit")
    buyer = parties.get_organization(actor, buyer_ref)
    ledger.set_floor(f"buyer/{buyer.ref}/receivable", currency, -limit)


@act
def start_payment(actor: Actor, order_ref: str, *, gateway: str = "") -> Payment:
    """The buyer pays what is due for an order; a job asks the gateway, which answers by message.

    Asked twice while one is under way, it is the same payment.
    Refuses: Denied("payment.pay"), NotFound, NothingDue, OtherMethod, UnknownGateway.
    """
    actor.require("payment.pay")
    order, _parts = orders.lock_order(actor, order_ref)
    at = now()
    waiting = _waiting(order_ref)
    due = sum(part.due or 0 for part in waiting)
    if not waiting or not due:
        raise NothingDue()
    if order.payment_method != PaymentMethod.PREPAID:
        raise OtherMethod(method=order.payment_method)
    name = gateway or next(iter(gateway_names()), "")
    if gateway_by_name(name) is None:
        raise UnknownGateway(gateway=name[:40], field="gateway")
    under_way = Payment.objects.filter(order=order, status=PaymentStatus.PENDING, amount=due, gateway=name).first()
    if under_way is not None:
        return under_way
    payment = Payment.objects.create(
        order=order, gateway=name, gateway_ref="", amount=due, currency=order.currency, started_at=at
    )
    event = PaymentStarted(subject=payment.ref, audience=(actor.organization_ref,), order_ref=order.ref, gateway=name)
    publish(event, actor=actor, at=at)
    return payment


@act
def record_payment(charge: Charge, *, gateway: str) -> None:
    """What a gateway says of a payment; it may say it twice, late, or out of order.

    A success funds what still waits for it. What came too late, for parts that were cancelled meanwhile, goes back.
    Refuses: NotFound (no such payment), AmountDiffers (another currency), BadAmount.
    """
    actor = Actor.system(f"gateway:{gateway}")
    order_ref = queries.order_of_payment(charge.payment_ref)
    orders.lock_order(actor, order_ref)
    at = now()
    payment = next(iter(Payment.objects.filter(ref=charge.payment_ref, gateway=gateway).locked()), None)
    if payment is None:
        raise NotFound(what="payment", ref=charge.payment_ref)
    act = "receive" if charge.succeeded else "fail"
    if not PAYMENT.allows(payment.status, act):
        if charge.succeeded and charge.gateway_ref[:80] != payment.gateway_ref:
            _keep_second(actor, charge, payment, order_ref, at)
        return
    payment.status, payment.gateway_ref = PAYMENT.next(payment.status, act), charge.gateway_ref[:80]
    if not charge.succeeded:
        payment.save(update_fields=["status", "gateway_ref"])
        buyer_ref = orders.parts_of_order(order_ref)[0].buyer_ref
        publish(PaymentFailed(subject=payment.ref, audience=(buyer_ref,), order_ref=order_ref), actor=actor, at=at)
        return
    _check_charge(charge, payment)
    payment.amount, payment.received_at = charge.amount, at
    _fund_from(actor, payment, order_ref, f"psp/{gateway}", at)


def _keep_second(actor: Actor, charge: Charge, first: Payment, order_ref: str, at: dt.datetime) -> None:
    """A gateway took the money of one payment twice: the second is kept as a payment of its own, to be sent back."""
    known = Payment.objects.filter(gateway=first.gateway, gateway_ref=charge.gateway_ref[:80]).exists()
    if known or not charge.gateway_ref:
        return
    _check_charge(charge, first)
    second = Payment.objects.create(
        order_id=first.order_id,
        gateway=first.gateway,
        gateway_ref=charge.gateway_ref[:80],
        amount=charge.amount,
        surplus=charge.amount,
        currency=first.currency,
        status=PaymentStatus.RECEIVED,
        started_at=at,
        received_at=at,
    )
    buyer_ref = orders.parts_of_order(order_ref)[0].buyer_ref
    ledger.post_many([_surplus(second, f"psp/{first.gateway}", buyer_ref)], at=at, actor_ref=actor.ref)
    publish(
        *(
            kind(subject=second.ref, audience=(buyer_ref,), order_ref=order_ref)
            for kind in (PaymentReceived, SurplusReceived)
        ),
        actor=actor,
        at=at,
    )


def _surplus(payment: Payment, account: str, buyer_ref: str) -> NewEntry:
    posting = Posting(account, f"buyer/{buyer_ref}/surplus", payment.surplus, payment.currency)
    return NewEntry(f"surplus:{payment.ref}", payment.ref, "surplus", [posting])


def _check_charge(charge: Charge, payment: Payment) -> None:
    """Money of another currency is no money for this order."""
    if charge.currency != payment.currency:
        raise AmountDiffers(
            due=to_text(payment.amount, payment.currency),
            currency=payment.currency,
            given=f"{to_text(charge.amount, charge.currency)} {charge.currency}",
        )
    if charge.amount <= 0:
        raise BadAmount(value=charge.amount, currency=charge.currency)


@act
def record_bank_transfer(
    actor: Actor, order_ref: str, *, amount: int, reference: str, to_send_back: bool = False
) -> Payment:
    """A bank transfer for an order has arrived: exactly what is due (minor units), under the bank's own reference.

    Money that came for an order of which nothing is due (it was cancelled meanwhile, or paid twice) is booked
    `to_send_back`: it is kept for the buyer until `return_transfer`.
    Refuses: Denied("payment.record"), NotFound, NothingDue, OtherMethod, AmountDiffers, BadAmount, ReferenceUsed.
    """
    actor.require("payment.record")
    order, _parts = orders.lock_order(actor, order_ref)
    at = now()
    due = sum(part.due or 0 for part in _waiting(order_ref))
    if order.payment_method != PaymentMethod.BANK_TRANSFER:
        raise OtherMethod(method=order.payment_method)
    if not due and not to_send_back:
        raise NothingDue()
    if due and amount != due:
        raise AmountDiffers(
            due=to_text(due, order.currency),
            given=to_text(amount, order.currency),
            currency=order.currency,
            field="amount",
        )
    check_limit(amount, order.currency, field="amount")
    if not amount:
        raise BadAmount(value=amount, currency=order.currency, field="amount")
    payment_ref = new_ref("pay")
    reference = book_line(reference, payment_ref, at)
    payment = Payment(
        ref=payment_ref,
        order=order,
        gateway=BANK,
        gateway_ref=reference,
        amount=amount,
        currency=order.currency,
        started_at=at,
        received_at=at,
        status=PaymentStatus.RECEIVED,
    )
    payment.save(force_insert=True)
    _fund_from(actor, payment, order_ref, BANK, at)
    return payment


def _waiting(order_ref: str) -> list[PartMoney]:
    """The parts of an order that are confirmed and not yet funded."""
    return _unfunded(orders.parts_of_order(order_ref))


def _unfunded(parts: Sequence[PartMoney]) -> list[PartMoney]:
    return [part for part in parts if part.status == Status.CONFIRMED and part.due is not None]


def _fund_from(actor: Actor, payment: Payment, order_ref: str, account: str, at: dt.datetime) -> None:
    """Fund what waits with a received payment; what is too much, or too little, is kept to be sent back."""
    parts = orders.parts_of_order(order_ref)
    waiting = _unfunded(parts)
    due = sum(part.due or 0 for part in waiting)
    fits = bool(waiting) and payment.amount >= due
    payment.surplus = payment.amount - due if fits else payment.amount
    payment.save(update_fields=["status", "gateway_ref", "amount", "received_at", "surplus"])
    buyer_ref = parts[0].buyer_ref
    entries = _funding_entries(waiting, account) if fits else []
    if payment.surplus:
        entries.append(_surplus(payment, account, buyer_ref))
    if fits:
        ordering.record_funded(actor, order_ref, at=at)
        _note_funding(waiting, account, payment, at)
    _post(entries, waiting if fits else [], order_ref, [], actor, at)
    events = [PaymentReceived(subject=payment.ref, audience=(buyer_ref,), order_ref=order_ref)]
    surplus = (
        [SurplusReceived(subject=payment.ref, audience=(buyer_ref,), order_ref=order_ref)] if payment.surplus else []
    )
    publish(*events, *surplus, actor=actor, at=at)


@act
def fund_decided(order_ref: str) -> None:
    """An order has been decided: on account, turn its credit hold into a debt and release it; nothing due, release it.

    Prepaid and bank transfer with something due wait for the money. Looks again; a second run changes nothing.
    """
    actor = Actor.system("decided")
    order, _parts = orders.lock_order(actor, order_ref)
    at = now()
    waiting = _waiting(order_ref)
    due = sum(part.due or 0 for part in waiting)
    on_account = order.payment_method == PaymentMethod.ON_ACCOUNT
    if not waiting or (due and not on_account):
        return
    account = f"buyer/{waiting[0].buyer_ref}/receivable"
    ordering.record_funded(actor, order_ref, at=at)
    if on_account:
        Receivable.objects.create(order=order, buyer_id=order.buyer_id, currency=order.currency, amount=due, at=at)
    _note_funding(waiting, account, None, at)
    held = [order_ref] if on_account and order.total else []
    _post(_funding_entries(waiting, account), waiting, order_ref, held, actor, at)


def _funding_entries(parts: Sequence[PartMoney], account: str) -> list[NewEntry]:
    return [
        NewEntry(f"funded:{p.ref}", p.ref, "funded", [move(account, f"escrow/{p.ref}", p.due or 0, p.currency)])
        for p in parts
    ]


def _note_funding(parts: Sequence[PartMoney], account: str, payment: Payment | None, at: dt.datetime) -> None:
    keys = queries.part_keys([part.ref for part in parts])
    Funding.objects.bulk_create(
        Funding(
            supplier_order_id=keys[part.ref],
            payment=payment,
            account=account,
            amount=part.due,
            currency=part.currency,
            at=at,
        )
        for part in parts
        if part.due
    )


def _post(
    entries: list[NewEntry], parts: Sequence[PartMoney], order_ref: str, held: list[str], actor: Actor, at: dt.datetime
) -> None:
    """Post the funding; the credit and budget held for the order end in the same step, the budget as spent."""
    path, due = (parts[0].budget, sum(part.due or 0 for part in parts)) if parts else ("", 0)
    if path and not due:
        ledger.release(f"{order_ref}:budget", at=at)
    elif path:
        _granted, left, spent = budget_accounts(parts[0].buyer_ref, path)
        posting = move(left, spent, due, parts[0].currency)
        entries = [*entries, NewEntry(f"budget:{order_ref}", order_ref, "budget", [posting])]
        held = [*held, f"{order_ref}:budget"]
    if held:
        ledger.capture_many(held, entries, at=at, actor_ref=actor.ref)
    else:
        ledger.post_many(entries, at=at, actor_ref=actor.ref)


@act
def return_surplus(payment_ref: str, *, actor_ref: str = "system:surplus") -> Payment | None:
    """Book what a late or double payment brought too much as sent back; the caller has sent it.

    Returns None when there is nothing (more) to send.
    """
    list(Payment.objects.filter(ref=payment_ref).locked())
    at = now()
    payment = queries.surplus_to_return(payment_ref)
    if payment is None:
        return None
    buyer_ref = orders.parts_of_order(queries.order_of_payment(payment_ref))[0].buyer_ref
    account = BANK if payment.gateway == BANK else f"psp/{payment.gateway}"
    ledger.post(
        key=f"surplus-returned:{payment.ref}",
        subject=payment.ref,
        purpose="surplus_returned",
        at=at,
        postings=[Posting(f"buyer/{buyer_ref}/surplus", account, payment.surplus, payment.currency)],
        actor_ref=actor_ref,
    )
    return payment


@act
def return_transfer(actor: Actor, payment_ref: str, *, reference: str) -> Payment:
    """The operator has sent a transfer that came too much back to its buyer, under the bank's own reference.

    Refuses: Denied("payment.record"), NotFound (no such transfer waits to be sent back), ReferenceUsed.
    """
    actor.require("payment.record")
    payment = queries.surplus_to_return(payment_ref[:40])
    if payment is None or payment.gateway != BANK:
        raise NotFound(what="payment", ref=payment_ref)
    book_line(reference, f"{payment.ref}:surplus", now())
    returned = return_surplus(payment.ref, actor_ref=actor.ref)
    if returned is None:
        raise NotFound(what="payment", ref=payment_ref)
    return returned
