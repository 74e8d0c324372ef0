"""What happens after both have confirmed: funded, shipped, signed, given back, completed. Higher steps call down."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.events import publish
from trivium.core.money import BadAmount, to_text
from trivium.core.quantity import parse_quantity, plain
from trivium.core.time import now
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Returned, Take
from trivium.ordering import queries
from trivium.ordering.commands.cancel import close_if_over, drop, still_open
from trivium.ordering.errors import (
    NotDue,
    NotReleased,
    OverRefunded,
    OverReturned,
    OverShipped,
    UnknownLine,
    UseCancel,
    WrongState,
)
from trivium.ordering.events import (
    LinesGivenBack,
    SupplierOrderCompleted,
    SupplierOrderReleased,
    SupplierOrderShipped,
    SupplierOrderSigned,
    SupplierOrderSubmitted,
)
from trivium.ordering.models import Order, OrderLine, SupplierOrder
from trivium.ordering.rules import SUPPLIER_ORDER, ApprovalState, GiveBack, Status, back_so_far
from trivium.parties import queries as parties
from trivium.parties.rules import ApprovalStatus
from trivium.pricing.rules import LineSplit


@dataclass(frozen=True, slots=True)
class Step:
    """What one giving-back changed on one line: every figure, the difference to the step before."""

    line_ref: str
    figures: LineSplit
    whole: bool


@act
def refresh_order(order_ref: str) -> None:
    """Look at the company's own approval as it is now, and submit or cancel what a waiting order still consists of.

    An order goes out only under signed agreements: one that is approved when one has lapsed waits for the signature.
    Any reaction may run it, any number of times; an order that is not waiting is left alone.
    """
    actor = Actor.system("approval")
    order, parts = queries.lock_order(actor, order_ref)
    at = now()
    approval = parties.approval_of(order.ref)
    if order.approval != ApprovalState.WAITING or approval is None or order.closed_at is not None:
        return
    if approval["status"] == ApprovalStatus.DECLINED:
        order.approval = ApprovalState.DECLINED
        order.save(update_fields=["approval"])
        drop(actor, order, parts, still_open(parts), reason="not approved", at=at)
    elif approval["status"] == ApprovalStatus.APPROVED and not parties.wanted_agreement(order.buyer_id, "buyer", at):
        _submit(actor, order, parts, at)


def _submit(actor: Actor, order: Order, parts: Sequence[SupplierOrder], at: dt.datetime) -> None:
    terms = parties.trading_terms(order.buyer_id, order.placed_at)
    order.approval, order.submitted_at, order.approve_by = ApprovalState.APPROVED, at, None
    order.save(update_fields=["approval", "submitted_at", "approve_by"])
    submitted = still_open(parts)
    due = at + dt.timedelta(hours=settings.TRIVIUM["CONFIRM_HOURS"])
    deadlines = stock.work_deadlines([part.supplier_id for part in submitted], at, due)
    for part in submitted:
        part.submitted_at, part.confirm_by = at, deadlines[part.supplier_id]
        if terms.partner_confirms_by_rule:
            part.margin_confirmed_at, part.margin_confirmed_by = at, "system:house rule"
    SupplierOrder.objects.change(
        submitted, ["submitted_at", "confirm_by", "margin_confirmed_at", "margin_confirmed_by"]
    )
    audiences = queries.audiences(submitted)
    publish(
        *(SupplierOrderSubmitted(subject=p.ref, audience=audiences[p.pk], order_ref=order.ref) for p in submitted),
        actor=actor,
        at=at,
    )


@act
def record_funded(actor: Actor, order_ref: str, *, at: dt.datetime) -> list[SupplierOrder]:
    """The buyer has paid, or owes on account: release every confirmed part of the order to be shipped.

    Called by settlement in the transaction that moves the money; returns the parts released. None the second time.
    """
    order, parts = queries.lock_order(Actor.system("settlement"), order_ref)
    released = [part for part in parts if part.status == Status.CONFIRMED and part.due is not None]
    if not released:
        return []
    for part in released:
        part.status = SUPPLIER_ORDER.next(part.status, "release")
        part.funded_at = part.released_at = at
    SupplierOrder.objects.change(released, ["status", "funded_at", "released_at"])
    order.pay_by = None
    order.save(update_fields=["pay_by"])
    audiences = queries.audiences(released)
    publish(
        *(SupplierOrderReleased(subject=p.ref, audience=audiences[p.pk], order_ref=order.ref) for p in released),
        actor=actor,
        at=at,
    )
    return released


@act
def record_shipped(
    actor: Actor, supplier_order_ref: str, items: Sequence[tuple[str, Decimal]], *, key: str
) -> dt.datetime:
    """Goods have left: lines (line_ref, quantity) are counted as shipped and their stock leaves the warehouse.

    Returns when, as the order counts it.
    Refuses: NotFound, NotReleased, UnknownLine, BadQuantity, OverShipped.
    """
    order, _parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    if part.status != Status.RELEASED:
        raise NotReleased()
    lines = _named_lines(part, [ref for ref, _quantity in items])
    for position, (ref, quantity) in enumerate(items):
        line = lines[ref]
        parse_quantity(quantity, field=f"lines.{position}.quantity")
        if quantity > line.to_ship:
            raise OverShipped(
                sku=line.code, open=plain(line.to_ship), asked=plain(quantity), field=f"lines.{position}.quantity"
            )
        line.shipped += quantity
    OrderLine.objects.change(lines.values(), ["shipped"])
    inventory.capture(
        [Take(subject=ref, quantity=quantity) for ref, quantity in items], at=at, key=key, actor_ref=actor.ref
    )
    if part.shipped_at is None:
        part.shipped_at = at
        part.save(update_fields=["shipped_at"])
    done = queries.has_all_left(part)
    publish(
        SupplierOrderShipped(subject=part.ref, audience=queries.audience(part), order_ref=order.ref, complete=done),
        actor=actor,
        at=at,
    )
    return at


@act
def record_signed(actor: Actor, supplier_order_ref: str, items: Sequence[tuple[str, Decimal]]) -> dt.datetime:
    """The buyer has signed for these quantities; when nothing more is to come, the return window begins.

    Returns when, as the order counts it.
    Refuses: NotFound, UnknownLine.
    """
    order, _parts, part = queries.lock_part(Actor.system("fulfilment"), supplier_order_ref)
    at = now()
    lines = _named_lines(part, [ref for ref, _quantity in items])
    for ref, quantity in items:
        lines[ref].signed += quantity
    OrderLine.objects.change(lines.values(), ["signed"])
    _sign_if_all_here(actor, order, part, at)
    return at


def _sign_if_all_here(actor: Actor, order: Order, part: SupplierOrder, at: dt.datetime) -> None:
    if part.status != Status.RELEASED or not queries.has_all_arrived(part):
        return
    part.status, part.signed_at = SUPPLIER_ORDER.next(part.status, "deliver"), at
    part.completes_at = at + dt.timedelta(days=settings.TRIVIUM["RETURN_WINDOW_DAYS"])
    part.save(update_fields=["status", "signed_at", "completes_at"])
    signed = SupplierOrderSigned(subject=part.ref, audience=queries.audience(part), order_ref=order.ref)
    publish(signed, actor=actor, at=at)


@act
def give_back(
    actor: Actor, supplier_order_ref: str, items: Sequence[GiveBack], *, key: str, restock: bool, at: dt.datetime
) -> list[Step]:
    """Take back goods or give up a price: what every line's figures change by, for settlement to move.

    Unshipped goods free their stock; returned ones go back on the shelf when `restock` is set. Cumulative: any order
    and any pieces end at the same figures, and the whole line gives back exactly everything.

    Refuses: Denied("order.give_back"), NotFound, WrongState, UnknownLine, OverReturned, OverRefunded, UseCancel.
    Source: domain.md section 4, Returns.
    """
    actor.require("order.give_back")
    order, _parts, part = queries.lock_part(actor, supplier_order_ref)
    if part.status not in (Status.RELEASED, Status.SIGNED, Status.COMPLETED):
        raise WrongState(state=part.status, act="refund")
    lines = _named_lines(part, [item.line_ref for item in items])
    steps = [
        _give_back_line(lines[item.line_ref], item, position, part.currency) for position, item in enumerate(items)
    ]
    OrderLine.objects.change(lines.values(), ["unshipped_back", "back_quantity", "back_amount", "chosen_back"])
    if part.shipped_at is None and queries.has_all_left(part):
        raise UseCancel()
    _move_goods(lines.values(), items, key=key, restock=restock, at=at, actor=actor)
    audience = queries.audience(part)
    publish(
        LinesGivenBack(subject=part.ref, audience=audience, order_ref=order.ref, lines=len(items)), actor=actor, at=at
    )
    _sign_if_all_here(actor, order, part, at)
    return steps


def _give_back_line(line: OrderLine, item: GiveBack, position: int, currency: str) -> Step:
    parse_quantity(item.quantity, field=f"lines.{position}.quantity", zero=True)
    if item.amount < 0:
        raise BadAmount(value=to_text(item.amount, currency), currency=currency, field=f"lines.{position}.amount")
    before = back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
    returned = line.back_quantity - line.unshipped_back
    left = line.to_ship if item.unshipped else line.shipped - returned
    if item.quantity > left:
        raise OverReturned(
            sku=line.code, open=plain(left), asked=plain(item.quantity), field=f"lines.{position}.quantity"
        )
    if item.amount > line.paid - before.paid:
        asked = to_text(item.amount, currency)
        raise OverRefunded(sku=line.code, asked=f"{asked} {currency}", field=f"lines.{position}.amount")
    line.back_quantity += item.quantity
    line.back_amount += item.amount
    if item.unshipped:
        line.unshipped_back += item.quantity
    elif item.by_choice:
        line.chosen_back += item.quantity
    after = back_so_far(line.split, line.quantity, line.back_quantity, line.back_amount)
    whole = line.back_quantity == line.quantity or after.paid == line.paid
    return Step(line.ref, after - before, whole)


def _move_goods(
    lines: Iterable[OrderLine], items: Sequence[GiveBack], *, key: str, restock: bool, at: dt.datetime, actor: Actor
) -> None:
    unshipped = [item for item in items if item.unshipped and item.quantity]
    returned = [item for item in items if not item.unshipped and item.quantity]
    sent = {line.ref: line.substitute_id or line.sku_id for line in lines}
    if unshipped and returned and restock:  # two steps on the same stock
        inventory.lock_stock(list(sent.values()))
    if unshipped:
        inventory.release(
            [i.line_ref for i in unshipped], quantities={i.line_ref: i.quantity for i in unshipped}, at=at
        )
    if returned and restock:
        inventory.take_back(
            [Returned(sku_id=sent[i.line_ref], quantity=i.quantity, subject=i.line_ref) for i in returned],
            at=at,
            key=key,
            actor_ref=actor.ref,
        )


@act
def hold_completion(actor: Actor, supplier_order_ref: str) -> None:
    """Keep a supplier order from completing (a return, a dispute); each hold needs its own lifting.

    Refuses: Denied("order.hold"), NotFound, WrongState once it is completed or cancelled.
    """
    _change_holds(actor, supplier_order_ref, +1)


@act
def lift_hold(actor: Actor, supplier_order_ref: str) -> None:
    """Lift one hold; the last one lets it complete when its window is over.

    Refuses: Denied("order.hold"), NotFound, WrongState if nothing holds it.
    """
    _change_holds(actor, supplier_order_ref, -1)


def _change_holds(actor: Actor, supplier_order_ref: str, by: int) -> None:
    actor.require("order.hold")
    _order, _parts, part = queries.lock_part(actor, supplier_order_ref)
    if part.status in SUPPLIER_ORDER.final or part.holds + by < 0:
        raise WrongState(state=part.status, act="hold" if by > 0 else "lift")
    part.holds += by
    part.save(update_fields=["holds"])


@act
def complete(actor: Actor, supplier_order_ref: str) -> None:
    """The return window is over and nothing holds it: done. Settlement pays out of escrow when it hears of it.

    Refuses: NotFound, WrongState, NotDue (window open, or held).
    """
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    after = SUPPLIER_ORDER.next(part.status, "complete")
    if part.completes_at is None or part.completes_at > at or part.holds:
        raise NotDue()
    part.status, part.completed_at = after, at
    part.save(update_fields=["status", "completed_at"])
    close_if_over(order, parts, at)
    audience = queries.audience(part)
    publish(SupplierOrderCompleted(subject=part.ref, audience=audience, order_ref=order.ref), actor=actor, at=at)


def _named_lines(part: SupplierOrder, refs: Sequence[str]) -> dict[str, OrderLine]:
    """The part's lines that are named, locked; every name must be one of them, and only once."""
    found = {line.ref: line for line in queries.lock_lines(part, refs)}
    counted: dict[str, int] = defaultdict(int)
    for position, ref in enumerate(refs):
        counted[ref] += 1
        if ref not in found or counted[ref] > 1:
            raise UnknownLine(line=str(ref)[:60], field=f"lines.{position}.line_ref")
    if not refs:
        raise UnknownLine(line="", field="lines")
    return found
