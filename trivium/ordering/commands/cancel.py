"""Cancelling, wherever it is still allowed: before anything has shipped."""

import datetime as dt
from collections.abc import Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.inventory import commands as inventory
from trivium.ledger import commands as ledger
from trivium.ordering import queries
from trivium.ordering.commands.decide import settle_decision
from trivium.ordering.errors import AlreadyShipped, WrongState
from trivium.ordering.events import SupplierOrderCancelled
from trivium.ordering.models import Order, OrderLine, SupplierOrder
from trivium.ordering.rules import SUPPLIER_ORDER, ApprovalState, Status
from trivium.parties import commands as parties
from trivium.pricing import commands as pricing


@act
def cancel_order(actor: Actor, order_ref: str, *, reason: str) -> None:
    """Cancel an order of which nothing has shipped, and give back all it was holding.

    Frees stock, coupon, budget and credit. Money already received is refunded by settlement, which reacts to
    SupplierOrderCancelled.

    Refuses: Denied("order.cancel"), NotFound, AlreadyShipped, WrongState (when there is nothing left to cancel).
    Source: docs/flows/order.md.
    """
    actor.require("order.cancel")
    order, parts = queries.lock_order(actor, order_ref)
    at = now()
    open_parts = still_open(parts)
    if any(part.shipped_at for part in parts):
        raise AlreadyShipped()
    if not open_parts:
        raise WrongState(state=parts[0].status, act="cancel")
    drop(actor, order, parts, open_parts, reason=clean_text(reason, limit=500, field="reason"), at=at)


@act
def cancel_supplier_order(actor: Actor, supplier_order_ref: str, *, reason: str) -> None:
    """Cancel one supplier's part before anything of it has shipped; the other parts go on.

    The supplier may do so when it cannot deliver after all; buyer and operator may as well.
    Refuses: Denied("order.cancel_part"), NotFound, AlreadyShipped, WrongState.
    """
    actor.require("order.cancel_part")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    if part.shipped_at:
        raise AlreadyShipped()
    drop(actor, order, parts, [part], reason=clean_text(reason, limit=500, field="reason"), at=at)
    settle_decision(actor, order, parts, at)


def drop(
    actor: Actor,
    order: Order,
    parts: Sequence[SupplierOrder],
    dropped: Sequence[SupplierOrder],
    *,
    reason: str,
    at: dt.datetime,
) -> None:
    """Cancel these parts of a locked order and free what they held; the last one frees what the order held.

    Locks go down the steps: parts, approval, coupon, stock, balances.
    """
    for part in dropped:
        part.status = SUPPLIER_ORDER.next(part.status, "cancel")
        part.cancelled_at, part.cancelled_by, part.cancel_reason, part.confirm_by = at, actor.ref, reason, None
    SupplierOrder.objects.change(dropped, ["status", "cancelled_at", "cancelled_by", "cancel_reason", "confirm_by"])
    line_refs = list(OrderLine.objects.filter(supplier_order__in=dropped).order_by("pk").values_list("ref", flat=True))
    gone = all(part.status == Status.CANCELLED for part in parts)
    if gone and order.approval == ApprovalState.WAITING:
        parties.withdraw_approval(order.ref, at=at)
    if gone:
        pricing.release_coupon(order.ref, at=at)
    inventory.release(line_refs, at=at)
    if gone:
        ledger.release_many([order.ref, f"{order.ref}:budget"], at=at)
    close_if_over(order, parts, at)
    audiences = queries.audiences(dropped)
    publish(
        *(
            SupplierOrderCancelled(
                subject=part.ref,
                # Partner and supplier never heard of what was not submitted to them.
                audience=audiences[part.pk] if part.submitted_at else audiences[part.pk][:1],
                order_ref=order.ref,
                reason=_code(reason),
            )
            for part in dropped
        ),
        actor=actor,
        at=at,
    )


def still_open(parts: Sequence[SupplierOrder]) -> list[SupplierOrder]:
    """The parts that are neither completed nor cancelled."""
    return [part for part in parts if part.status not in SUPPLIER_ORDER.final]


@act
def return_coupon(order_ref: str) -> None:
    """Give the coupons of an order back when every line they touched has come back, or was cancelled.

    Looks again under the order's lock; a second run changes nothing.
    """
    order, _parts = queries.lock_order(Actor.system("coupon"), order_ref)
    if queries.coupon_is_free(order.ref):
        pricing.release_coupon(order.ref, at=now())


def close_if_over(order: Order, parts: Sequence[SupplierOrder], at: dt.datetime) -> None:
    """Close an order whose parts are all completed or cancelled; coupons of one that was delivered are used up."""
    if any(part.status not in SUPPLIER_ORDER.final for part in parts):
        return
    order.closed_at, order.pay_by = at, None
    order.save(update_fields=["closed_at", "pay_by"])
    if any(part.status == Status.COMPLETED for part in parts):
        pricing.spend_coupons([order.ref], at=at)


def _code(reason: str) -> str:
    """Events carry codes, never a person's words: the words stand on the supplier order."""
    return reason if reason in _BY_RULE else "stated"


_BY_RULE = frozenset(
    {
        "nothing can be supplied",
        "the partner's objection stands",
        "not confirmed in time",
        "not paid in time",
        "not approved in time",
        "not approved",
    }
)
