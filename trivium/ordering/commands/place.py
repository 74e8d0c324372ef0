"""Placing an order: price it, write it, take what it needs, and tell both sides — in one transaction."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from trivium.catalog.queries import TradableSku
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, clean_text
from trivium.core.events import publish
from trivium.core.money import to_text
from trivium.core.time import business_day, now
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Want
from trivium.ledger import commands as ledger
from trivium.ledger.errors import Overdrawn
from trivium.ledger.rules import NewHold
from trivium.ordering import queries
from trivium.ordering.commands.budget_periods import open_budget_period
from trivium.ordering.commands.wishes import check_wishes
from trivium.ordering.errors import (
    BadPaymentMethod,
    NoCredit,
    NoSuchBudget,
    PriceChanged,
)
from trivium.ordering.events import OrderPlaced, SupplierOrderSubmitted
from trivium.ordering.models import CartLine, Order, OrderLine, PriceStage, SupplierOrder
from trivium.ordering.rules import RECEIVER, Address, ApprovalState, PaymentMethod, Wish
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.errors import Suspended
from trivium.parties.queries import Booked, BudgetRow
from trivium.parties.rules import Route, TradingTerms
from trivium.pricing import commands as pricing_commands
from trivium.pricing import queries as pricing
from trivium.pricing.queries import Quote, QuotedLine

PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing gave: the order's reference and number, and its total in minor units.

    `approval` is the order's, or PASSED where its rules let it through because nobody else could decide.
    """

    ref: str
    number: str
    total: int
    currency: str
    approval: str
    supplier_order_refs: tuple[str, ...]


@act
def place_order(
    actor: Actor,
    wishes: Sequence[Wish],
    *,
    ship_to: Address,
    delivery_method: str,
    payment_method: str,
    coupon_codes: Sequence[str] = (),
    po_number: str = "",
    budget_code: str = "",
    cost_centre: str = "",
    accepts_substitutes: bool = False,
    expected_total: int | None = None,
    from_cart: bool = False,
) -> Placed:
    """Turn wishes, or the person's whole cart, into an order split per supplier, all or nothing.

    Prices are frozen with their trail, split and contract versions on the lines; stock, coupon, budget and, on
    account, credit are held for as long as the order waits. No money moves. Without an approval of the buyer's own
    company to wait for, the order stands in the worklists of supplier and partner when this commits.

    `expected_total` (minor units) is the total the buyer was shown; `cost_centre` is the code of one of the buyer's, ""
    is the person's own.

    Refuses: Denied, EmptyOrder, TooManyLines, DoubleSku, NotFound, NotOrderable, BelowMinimum, WrongMultiple,
    BadQuantity, NoPartner, Suspended, AgreementWanted, PriceChanged, BadPaymentMethod, OutOfStock, NoCredit,
    NoSuchBudget, BudgetNotNow, BudgetOfOthers, NoSuchCostCentre, TooLong, and what pricing refuses (NotPriced,
    NoContract, DeliveryUnavailable, CouponRefused).
    Source: docs/flows/order.md.
    """
    actor.require("order.place")
    if actor.organization_id is None:
        raise Denied(permission="order.place")
    at = now()
    if from_cart:
        wishes = queries.lock_cart(actor)
    skus = check_wishes(wishes)
    if payment_method not in set(PaymentMethod):
        raise BadPaymentMethod(method=payment_method[:20], known=", ".join(PaymentMethod), field="payment_method")
    terms = parties.trading_terms(actor.organization_id, at, held=True)
    if not terms.may_order:
        names = parties.suspended_among([terms.buyer_id, terms.partner_id])
        raise Suspended(name=", ".join(names))
    parties.refuse_unsigned(terms.unsigned)
    quote = pricing.quote(_request(wishes, skus, terms, at, coupon_codes, delivery_method, ship_to))
    _check_prices(wishes, quote, expected_total)

    budget_code = parties_commands.clean_budget_code(budget_code, field="budget_code", required=False)
    booked = parties.booked_on(terms, actor.user_id, cost_centre.strip())
    today, centre = business_day(at), booked.ref if booked else ""
    budget = parties.check_budget(terms.buyer_id, actor.user_id, budget_code, centre, today)
    goods = [(sku.category_path, line.split.paid) for sku, line in zip(skus, quote.lines, strict=True)]
    route = queries.asking_of(
        actor,
        terms,
        goods,
        total=quote.total,
        budget_code=budget_code,
        cost_centre_id=booked.id if booked else None,
        at=at,
        held=True,
    ).route
    waits = parties_commands.check_route(route, terms.buyer_id, actor.user_id)

    order, parts = _write_order(
        actor,
        terms,
        quote,
        wishes,
        skus,
        at=at,
        ship_to=ship_to,
        delivery_method=delivery_method,
        payment_method=payment_method,
        po_number=clean_text(po_number, limit=60, field="po_number", required=False),
        budget_code=budget_code,
        budget_period=budget.period(today) if budget else "",
        booked=booked,
        waits=waits,
        accepts_substitutes=accepts_substitutes,
    )
    lines = _write_lines(parts, quote, wishes, skus)
    if from_cart:
        owner = {"cart__organization_id": actor.organization_id or 0, "cart__user_id": actor.user_id or 0}
        CartLine.objects.filter(**owner).delete()
    _take(order, lines, quote, terms, budget, at)
    _tell(actor, order, parts, terms, len(lines), skus, at, route)
    approval = PASSED if route.asked and not waits else order.approval
    return Placed(order.ref, order.number, order.total, order.currency, approval, tuple(p.ref for p in parts.values()))


def _request(
    wishes: Sequence[Wish],
    skus: Sequence[TradableSku],
    terms: TradingTerms,
    at: dt.datetime,
    coupon_codes: Sequence[str],
    delivery_method: str,
    ship_to: Address,
) -> pricing.QuoteRequest:
    return pricing.QuoteRequest(
        buyer_id=terms.buyer_id,
        buyer_level=terms.buyer_level,
        partner_id=terms.partner_id,
        currency=terms.currency,
        at=at,
        lines=tuple(
            pricing.WantedLine(
                sku_id=sku.id,
                sku_ref=sku.ref,
                supplier_id=sku.supplier_id,
                category_id=sku.category_id,
                category_path=sku.category_path,
                quantity=wish.quantity,
                weight_g=sku.weight_g,
            )
            for wish, sku in zip(wishes, skus, strict=True)
        ),
        coupon_codes=tuple(coupon_codes),
        delivery_method=delivery_method,
        country=ship_to.country,
        region=ship_to.region,
    )


def _check_prices(wishes: Sequence[Wish], quote: Quote, expected_total: int | None) -> None:
    for position, (wish, line) in enumerate(zip(wishes, quote.lines, strict=True)):
        if wish.unit_price is not None and wish.unit_price != line.unit_price:
            raise PriceChanged(
                before=wish.unit_price,
                now=line.unit_price,
                currency=quote.currency,
                field=f"lines.{position}.unit_price",
            )
    if expected_total is not None and expected_total != quote.total:
        raise PriceChanged(
            before=to_text(expected_total, quote.currency),
            now=to_text(quote.total, quote.currency),
            currency=quote.currency,
            field="expected_total",
        )


def _write_order(
    actor: Actor,
    terms: TradingTerms,
    quote: Quote,
    wishes: Sequence[Wish],
    skus: Sequence[TradableSku],
    *,
    at: dt.datetime,
    ship_to: Address,
    delivery_method: str,
    payment_method: str,
    po_number: str,
    budget_code: str,
    budget_period: str,
    booked: Booked | None,
    waits: bool,
    accepts_substitutes: bool,
) -> tuple[Order, dict[int, SupplierOrder]]:
    """The order and one part per supplier, in the order suppliers first appear on the lines."""
    due = at + dt.timedelta(hours=settings.TRIVIUM["CONFIRM_HOURS"])
    goods = sum(line.split.paid for line in quote.lines)
    fees = sum(line.split.service_fee for line in quote.lines)
    freight = sum(quote.freight.values())
    order = Order(
        buyer_id=terms.buyer_id,
        partner_id=terms.partner_id,
        placed_by_id=actor.user_id,
        currency=quote.currency,
        mode=quote.mode or "commission",
        payment_method=payment_method,
        delivery_method=delivery_method,
        ship_to={"country": ship_to.country, "region": ship_to.region, "city": ship_to.city},
        receiver=json.dumps({name: getattr(ship_to, name) for name in RECEIVER}, ensure_ascii=False),
        po_number=po_number,
        budget_code=budget_code,
        budget_period=budget_period,
        cost_centre_id=booked.id if booked else None,
        cost_centre_code=booked.code if booked else "",
        accepts_substitutes=accepts_substitutes,
        placed_at=at,
        approval=ApprovalState.WAITING if waits else ApprovalState.NOT_NEEDED,
        approve_by=at + dt.timedelta(hours=settings.TRIVIUM["APPROVE_HOURS"]) if waits else None,
        submitted_at=None if waits else at,
        goods=goods,
        freight=freight,
        service_fee=fees,
        total=goods + freight + fees,
    )
    Order.objects.insert([order])
    by_rule = terms.partner_confirms_by_rule
    of_supplier: dict[int, list[QuotedLine]] = {}
    for line in quote.lines:
        of_supplier.setdefault(line.supplier_id, []).append(line)
    deadlines = {} if waits else stock.work_deadlines(list(of_supplier), at, due)
    parts = [
        SupplierOrder(
            order_id=order.pk,
            supplier_id=supplier_id,
            buyer_id=terms.buyer_id,
            partner_id=terms.partner_id,
            currency=quote.currency,
            goods=sum(line.split.paid for line in its),
            freight=quote.freight.get(supplier_id, 0),
            service_fee=sum(line.split.service_fee for line in its),
            submitted_at=order.submitted_at,
            payable=quote.payable[supplier_id],
            confirm_by=deadlines.get(supplier_id),
            margin_confirmed_at=at if by_rule else None,
            margin_confirmed_by="system:house rule" if by_rule else "",
        )
        for supplier_id, its in of_supplier.items()
    ]
    SupplierOrder.objects.insert(parts)
    return order, {part.supplier_id: part for part in parts}


def _write_lines(
    parts: dict[int, SupplierOrder], quote: Quote, wishes: Sequence[Wish], skus: Sequence[TradableSku]
) -> list[OrderLine]:
    lines = [
        OrderLine(
            supplier_order_id=parts[sku.supplier_id].pk,
            position=position,
            sku_id=sku.id,
            code=sku.code,
            name=sku.name,
            unit=sku.unit,
            quantity=wish.quantity,
            unit_price=line.unit_price,
            gross=line.split.gross,
            paid=line.split.paid,
            tax=line.split.tax,
            service_fee=line.split.service_fee,
            operator_part=line.split.operator_part,
            partner_part=line.split.partner_part,
            supplier_part=line.split.supplier_part,
            base=line.split.base,
            fee=line.split.fee,
            commission=line.split.commission,
            supplier_net=line.split.supplier,
            supply=line.split.supply,
            supplier_contract_id=line.supplier_contract_id,
            partner_contract_id=line.partner_contract_id,
            facts=line.facts.to_json(),
        )
        for position, (wish, sku, line) in enumerate(zip(wishes, skus, quote.lines, strict=True))
    ]
    OrderLine.objects.insert(lines)
    PriceStage.objects.insert(
        [
            PriceStage(
                line_id=line.pk,
                position=position,
                kind=stage.kind,
                source=stage.source,
                label=stage.label[:200],
                amount=stage.amount,
                operator=stage.operator,
                partner=stage.partner,
                supplier=stage.supplier,
                recheck_below=stage.recheck_below,
            )
            for line, quoted in zip(lines, quote.lines, strict=True)
            for position, stage in enumerate(quoted.stages)
        ]
    )
    return lines


def _take(
    order: Order,
    lines: Sequence[OrderLine],
    quote: Quote,
    terms: TradingTerms,
    budget: BudgetRow | None,
    at: dt.datetime,
) -> None:
    """Take coupon, stock, credit and budget, in the order of the steps: whoever takes two of them, takes them so."""
    if quote.coupon_ids:
        pricing_commands.redeem_coupon(quote.coupon_ids, buyer_id=terms.buyer_id, subject=order.ref, at=at)
    inventory.reserve([Want(sku_id=line.sku_id, quantity=line.quantity, subject=line.ref) for line in lines], at=at)
    holds = []
    if order.payment_method == PaymentMethod.ON_ACCOUNT and order.total:
        holds.append(NewHold(f"buyer/{terms.buyer_ref}/receivable", order.currency, order.total, order.ref))
    if order.budget_code and order.total:
        path = open_budget_period(terms.buyer_ref, budget, order.currency, at) if budget else order.budget_code
        account = queries.budget_account(terms.buyer_ref, path)
        holds.append(NewHold(account, order.currency, order.total, f"{order.ref}:budget"))
    if holds:
        _hold(holds, order, at)


def _hold(holds: Sequence[NewHold], order: Order, at: dt.datetime) -> None:
    try:
        ledger.hold_many(holds, at=at)
    except Overdrawn as refused:
        if "/budget/" in str(refused.params.get("account")):
            raise NoSuchBudget(code=order.budget_code, currency=order.currency, field="budget_code") from refused
        raise NoCredit(field="payment_method") from refused


def _tell(
    actor: Actor,
    order: Order,
    parts: dict[int, SupplierOrder],
    terms: TradingTerms,
    lines: int,
    skus: Sequence[TradableSku],
    at: dt.datetime,
    route: Route,
) -> None:
    placed = OrderPlaced(
        subject=order.ref,
        audience=(terms.buyer_ref, terms.partner_ref) if order.submitted_at else (terms.buyer_ref,),
        lines=lines,
        suppliers=len(parts),
    )
    if order.submitted_at is None:
        parties_commands.ask_approval(
            actor,
            subject=order.ref,
            act="order.place",
            organization_id=terms.buyer_id,
            needed=len(route.asked),
            route=route,
        )
        publish(placed, actor=actor, at=at)
        return
    supplier_refs = {sku.supplier_id: sku.supplier_ref for sku in skus}
    submitted = [
        SupplierOrderSubmitted(subject=part.ref, audience=(supplier_refs[part.supplier_id],), order_ref=order.ref)
        for part in parts.values()
    ]
    publish(placed, *submitted, actor=actor, at=at)
