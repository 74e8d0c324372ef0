"""The two confirmations: the supplier for goods and date, the partner for its earnings. Two facts, in parallel."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from trivium.catalog import queries as catalog
from trivium.catalog.queries import TradableSku
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.quantity import parse_quantity, plain
from trivium.core.time import business_day, now
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Want
from trivium.ordering import queries
from trivium.ordering.commands.cancel import drop
from trivium.ordering.commands.decide import settle_decision
from trivium.ordering.errors import (
    AlreadyConfirmed,
    BadSubstitute,
    BothSides,
    NoObjection,
    NotSubmitted,
    OverConfirmed,
    SubstitutesRefused,
    UnknownLine,
    WrongState,
)
from trivium.ordering.events import (
    MarginConfirmed,
    MarginObjected,
    SupplierOrderConfirmed,
    SupplyConfirmed,
)
from trivium.ordering.models import Order, OrderLine, SupplierOrder
from trivium.ordering.rules import (
    SUPPLIER_ORDER,
    Status,
    SupplyAnswer,
    check_ship_date,
)
from trivium.pricing import commands as pricing


@act
def confirm_supply(
    actor: Actor, supplier_order_ref: str, *, ship_date: dt.date, answers: Sequence[SupplyAnswer] | None = None
) -> None:
    """Say what will be sent and when: everything, or line by line a smaller quantity or a substitute.

    A shortfall frees its stock and lowers what the buyer owes by that part of the line; it never changes the price of
    what remains. A substitute comes at the line's price, and only where the buyer takes substitutes. Lines that are
    not answered come whole. If nothing comes, this is a rejection.

    Refuses: Denied("order.confirm_supply"), NotFound, NotSubmitted, AlreadyConfirmed, WrongState, BadShipDate,
    UnknownLine, OverConfirmed, SubstitutesRefused, BadSubstitute, OutOfStock (substitute), BothSides (the same
    person has confirmed the margin).
    """
    actor.require("order.confirm_supply")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _may_answer(part)
    if part.supply_confirmed_at is not None:
        raise AlreadyConfirmed()
    _refuse_same_person(actor, part.margin_confirmed_by, part.objected_by)
    check_ship_date(ship_date, business_day(at))
    lines = queries.lock_lines(part)
    answered = _answer_lines(order, part, lines, answers or ())
    if all(line.to_ship == 0 for line in lines):  # no stock is touched before the coupon: that is drop's to do
        drop(actor, order, parts, [part], reason="nothing can be supplied", at=at)
        settle_decision(actor, order, parts, at)
        return
    if answered.short and queries.coupon_is_free(order.ref):  # before the stock: so the locks' steps go
        pricing.release_coupon(order.ref, at=at)
    answered.change_stock(at)
    part.supply_confirmed_at, part.supply_confirmed_by, part.ship_date = at, actor.ref, ship_date
    part.save(update_fields=["supply_confirmed_at", "supply_confirmed_by", "ship_date"])
    audience = queries.audience(part)
    publish(
        SupplyConfirmed(subject=part.ref, audience=audience, order_ref=order.ref, short_lines=answered.short),
        *_confirm_if_both(order, part, audience, at),
        actor=actor,
        at=at,
    )
    settle_decision(actor, order, parts, at)


@act
def reject_supply(actor: Actor, supplier_order_ref: str, *, reason: str) -> None:
    """Say that nothing will be sent: the supplier order is cancelled and frees what it held.

    Refuses: Denied("order.confirm_supply"), NotFound, NotSubmitted, AlreadyConfirmed, WrongState, BothSides (the same
    person has answered for the partner).
    """
    actor.require("order.confirm_supply")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _may_answer(part)
    if part.supply_confirmed_at is not None:
        raise AlreadyConfirmed()
    _refuse_same_person(actor, part.margin_confirmed_by, part.objected_by)
    drop(actor, order, parts, [part], reason=clean_text(reason, limit=500, field="reason"), at=at)
    settle_decision(actor, order, parts, at)


@act
def confirm_margin(actor: Actor, supplier_order_ref: str) -> None:
    """Stand by what this supplier order earns the partner; withdraws an objection made before.

    Refuses: Denied("order.confirm_margin"), NotFound, NotSubmitted, AlreadyConfirmed, WrongState, BothSides (the same
    person has confirmed the goods).
    """
    actor.require("order.confirm_margin")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _may_answer(part)
    if part.margin_confirmed_at is not None:
        raise AlreadyConfirmed()
    _confirm_margin(actor, order, parts, part, at)


@act
def object_to_margin(actor: Actor, supplier_order_ref: str, *, reason: str) -> None:
    """Object to the earnings: the operator decides before the deadline, else the objection stands and it is cancelled.

    The partner cannot change the buyer's price.
    Refuses: Denied("order.confirm_margin"), NotFound, NotSubmitted, AlreadyConfirmed, WrongState, BothSides (the same
    person has confirmed the goods).
    """
    actor.require("order.confirm_margin")
    order, _parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _may_answer(part)
    if part.margin_confirmed_at is not None or part.objected_at is not None:
        raise AlreadyConfirmed()
    _refuse_same_person(actor, part.supply_confirmed_by)
    part.objected_at, part.objected_by = at, actor.ref
    part.objection = clean_text(reason, limit=500, field="reason")
    part.save(update_fields=["objected_at", "objected_by", "objection"])
    audience = (*queries.audience(part), OPERATOR)
    publish(MarginObjected(subject=part.ref, audience=audience, order_ref=order.ref), actor=actor, at=at)


@act
def overrule_objection(actor: Actor, supplier_order_ref: str) -> None:
    """The operator decides against the partner's objection: the margin counts as confirmed, by the operator.

    Refuses: Denied("order.judge_objection"), NotFound, NoObjection, WrongState, BothSides (the same person has
    confirmed the goods, or objected).
    """
    actor.require("order.judge_objection")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _must_be_objected(part)
    _refuse_same_person(actor, part.objected_by)
    _confirm_margin(actor, order, parts, part, at)


@act
def uphold_objection(actor: Actor, supplier_order_ref: str) -> None:
    """The operator lets the partner's objection stand: the supplier order is cancelled and frees what it held.

    Refuses: Denied("order.judge_objection"), NotFound, NoObjection, WrongState, BothSides (the same person has
    confirmed the goods, or objected).
    """
    actor.require("order.judge_objection")
    order, parts, part = queries.lock_part(actor, supplier_order_ref)
    at = now()
    _must_be_objected(part)
    _refuse_same_person(actor, part.supply_confirmed_by, part.objected_by)
    drop(actor, order, parts, [part], reason="the partner's objection stands", at=at)
    settle_decision(actor, order, parts, at)


def _may_answer(part: SupplierOrder) -> None:
    if part.submitted_at is None:
        raise NotSubmitted()
    if part.status != Status.SUBMITTED:
        raise WrongState(state=part.status, act="confirm")


def _refuse_same_person(actor: Actor, *answered_by: str) -> None:
    """Nobody answers for two sides, whatever memberships they hold. Rules and imports are nobody."""
    if actor.user_ref and any(other.startswith(f"{actor.user_ref}@") for other in answered_by):
        raise BothSides(permission="order.confirm")


def _must_be_objected(part: SupplierOrder) -> None:
    _may_answer(part)
    if part.objected_at is None or part.margin_confirmed_at is not None:
        raise NoObjection()


def _confirm_margin(
    actor: Actor, order: Order, parts: Sequence[SupplierOrder], part: SupplierOrder, at: dt.datetime
) -> None:
    _refuse_same_person(actor, part.supply_confirmed_by)
    part.margin_confirmed_at, part.margin_confirmed_by = at, actor.ref
    part.save(update_fields=["margin_confirmed_at", "margin_confirmed_by"])
    audience = queries.audience(part)
    publish(
        MarginConfirmed(subject=part.ref, audience=audience, order_ref=order.ref),
        *_confirm_if_both(order, part, audience, at),
        actor=actor,
        at=at,
    )
    settle_decision(actor, order, parts, at)


def _confirm_if_both(
    order: Order, part: SupplierOrder, audience: tuple[str, ...], at: dt.datetime
) -> list[SupplierOrderConfirmed]:
    if part.supply_confirmed_at is None or part.margin_confirmed_at is None:
        return []
    part.status, part.confirmed_at, part.confirm_by = SUPPLIER_ORDER.next(part.status, "confirm"), at, None
    part.save(update_fields=["status", "confirmed_at", "confirm_by"])
    return [SupplierOrderConfirmed(subject=part.ref, audience=audience, order_ref=order.ref)]


@dataclass
class _Answered:
    """What the answers to a part's lines free and want of its stock."""

    free: dict[str, Decimal] = field(default_factory=dict)
    wants: list[Want] = field(default_factory=list)
    skus: list[int] = field(default_factory=list)
    short: int = 0

    def change_stock(self, at: dt.datetime) -> None:
        """Give back and take, in one statement each, however many lines were answered."""
        if self.wants:  # two steps on the same stock: lock what both will touch, in the order everybody locks it
            inventory.lock_stock([*self.skus, *(want.sku_id for want in self.wants)])
        inventory.release([*self.free, *(want.subject for want in self.wants)], quantities=self.free, at=at)
        inventory.reserve(self.wants, at=at)


def _answer_lines(
    order: Order, part: SupplierOrder, lines: Sequence[OrderLine], answers: Sequence[SupplyAnswer]
) -> _Answered:
    """Write shortfalls and substitutes to the lines; what that means for stock is returned."""
    by_ref = {line.ref: line for line in lines}
    if len({a.line_ref for a in answers}) < len(answers):
        raise UnknownLine(line=answers[0].line_ref, field="lines")
    offered = catalog.tradable(refs) if (refs := [a.substitute_sku_ref for a in answers if _is_swap(a)]) else {}
    answered = _Answered()
    for position, answer in enumerate(answers):
        line = by_ref.get(answer.line_ref)
        if line is None:
            raise UnknownLine(line=answer.line_ref[:60], field=f"lines.{position}.line_ref")
        parse_quantity(answer.quantity, field=f"lines.{position}.quantity", zero=True)
        if answer.quantity > line.quantity:
            raise OverConfirmed(sku=line.code, ordered=plain(line.quantity), field=f"lines.{position}.quantity")
        missing = line.quantity - answer.quantity
        line.shortfall = line.unshipped_back = line.back_quantity = missing
        answered.skus.append(line.sku_id)
        answered.short += missing > 0
        if _is_swap(answer):
            given = offered.get(answer.substitute_sku_ref)
            sku = _substitute(order, part, line, given, answer, field=f"lines.{position}.substitute_sku_ref")
            line.substitute_id = sku.id
            answered.wants.append(Want(sku_id=sku.id, quantity=answer.quantity, subject=line.ref))
        elif missing:
            answered.free[line.ref] = missing
    changed = [by_ref[a.line_ref] for a in answers]
    OrderLine.objects.change(changed, ["shortfall", "unshipped_back", "back_quantity", "substitute_id"])
    return answered


def _is_swap(answer: SupplyAnswer) -> bool:
    return bool(answer.substitute_sku_ref and answer.quantity)


def _substitute(
    order: Order, part: SupplierOrder, line: OrderLine, sku: TradableSku | None, answer: SupplyAnswer, *, field: str
) -> TradableSku:
    if not order.accepts_substitutes:
        raise SubstitutesRefused(field=field)
    fits = sku is not None and sku.is_listed and sku.id != line.sku_id and sku.unit == line.unit
    if sku is None or not fits or sku.supplier_id != part.supplier_id:
        raise BadSubstitute(sku=answer.substitute_sku_ref[:60], field=field)
    return sku
