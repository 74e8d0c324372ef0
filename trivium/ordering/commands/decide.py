"""When the last part of an order is answered, the buyer owes what was confirmed."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.events import publish
from trivium.core.time import add_business_days
from trivium.ordering import queries
from trivium.ordering.events import OrderDecided
from trivium.ordering.models import Order, SupplierOrder
from trivium.ordering.rules import PaymentMethod, Status, back_so_far


def settle_decision(actor: Actor, order: Order, parts: Sequence[SupplierOrder], at: dt.datetime) -> None:
    """When the last part is confirmed or has fallen away, fix what the buyer owes for each confirmed one.

    Prepaid and bank transfer get their deadline here. Runs under the order's lock; a second run changes nothing.
    """
    waiting = [part for part in parts if part.status == Status.SUBMITTED]
    confirmed = [part for part in parts if part.status == Status.CONFIRMED]
    if waiting or not confirmed or order.decided_at is not None:
        return
    owed = amounts_due(confirmed)
    for part in confirmed:
        part.due = owed[part.pk]
    SupplierOrder.objects.change(confirmed, ["due"])
    order.decided_at = at
    if order.payment_method != PaymentMethod.ON_ACCOUNT:
        order.pay_by = _pay_by(order.payment_method, at)
    order.save(update_fields=["decided_at", "pay_by"])
    buyer_ref, partner_ref = queries.refs_of([order.buyer_id, order.partner_id])
    publish(
        OrderDecided(subject=order.ref, audience=(buyer_ref, partner_ref), confirmed=len(confirmed)), actor=actor, at=at
    )


def amounts_due(parts: Sequence[SupplierOrder]) -> dict[int, int]:
    """What the buyer owes for each part: its lines less their shortfalls, its service fees, and its freight."""
    owed = {part.pk: part.freight for part in parts}
    for line in queries.lines_of(list(owed)):
        back = back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
        owed[line.supplier_order_id] += line.paid + line.service_fee - back.paid - back.service_fee
    return owed


def _pay_by(method: str, at: dt.datetime) -> dt.datetime:
    if method == PaymentMethod.PREPAID:
        return at + dt.timedelta(hours=settings.TRIVIUM["PAY_HOURS_PREPAID"])
    return add_business_days(at, settings.TRIVIUM["PAY_BUSINESS_DAYS_TRANSFER"])
