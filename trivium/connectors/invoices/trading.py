"""A day of invoices through the order flow: placed, confirmed, paid, shipped, signed, completed, stated."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings

from trivium.connectors.invoices import prices
from trivium.connectors.invoices.batches import Invoice, Lot, Memory, Sold, lots, not_yet, orders
from trivium.connectors.invoices.countries import country_code
from trivium.connectors.invoices.market import Goods, Market
from trivium.connectors.invoices.sorting import Kept, Line, Reason
from trivium.core import jobs
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Refusal
from trivium.core.time import SettableClock, business_day, month_after, month_start
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment import queries as shipments
from trivium.ordering import commands as ordering
from trivium.ordering import queries as standing
from trivium.ordering.queries import NumberedOrder
from trivium.ordering.rules import MAX_LINES, Address, PaymentMethod, Status, Wish
from trivium.settlement import commands as settlement
from trivium.settlement import queries as statements
from trivium.settlement.rules import Side

CARRIER = "Own delivery"
CLOSING = dt.time(18)
MONTH_CLOSING = dt.time(1, 7)
SWEEP = 500


@dataclass(slots=True)
class Traded:
    """What came of the lines. Amounts in minor units; `known` were in the books before this run."""

    lines: int = 0
    amount: int = 0
    orders: int = 0
    known_lines: int = 0
    known_amount: int = 0
    known_orders: int = 0
    completed: int = 0
    statements: int = 0
    refused: list[Kept] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """One order to be placed: its invoice, its buyer, its lots."""

    invoice: Invoice
    buyer: Actor
    lots: list[Lot]


@dataclass(frozen=True, slots=True)
class _Shipment:
    ref: str
    buyer: Actor


class Desk:
    """Where the days of a file are worked off one after the other, on a clock that follows them and never goes back."""

    def __init__(self, market: Market, clock: SettableClock) -> None:
        self._market, self._clock = market, clock
        self._memory = Memory()
        self._to_ship: list[tuple[str, Actor]] = []
        self._on_the_way: list[_Shipment] = []
        self._busy_until = clock.at
        self.traded = Traded()

    # -- a day --------------------------------------------------------------------------------------------

    def work(self, invoices: Sequence[Invoice]) -> None:
        """Trade one day's invoices, or a part of them; what they need and do not find is made first, in sets."""
        self._go_to(min(invoice.at for invoice in invoices))
        buyers = self._market.buyers(invoices)
        skus = self._market.goods(invoices)
        plans = self._plan(invoices, buyers)
        sold: Counter[str] = Counter()
        for plan in plans:
            sold.update({lot.code: lot.quantity for lot in plan.lots})
        if plans:
            self._market.receive(sold, skus)
        changes = prices.plan(
            [[(lot.code, lot.quantity, lot.unit_price) for lot in plan.lots] for plan in plans],
            self._market.steps(skus),
        )
        for place, plan in enumerate(plans):
            self._reach(plan.invoice.at)
            if place in changes:
                self._market.set_prices(changes[place], skus)
            self._trade(plan, skus)

    def _reach(self, at: dt.datetime) -> None:
        self._clock.at = max(self._clock.at, at)

    def _plan(self, invoices: Sequence[Invoice], buyers: dict[str, Actor]) -> list[Plan]:
        """The orders to be placed; what the books hold already is counted, and what lies there unfinished goes on."""
        found: dict[tuple[str, str], list[NumberedOrder]] = {}
        for order in standing.orders_by_po_number(self._market.supplier, [i.number for i in invoices]):
            found.setdefault((order.po_number, order.buyer_ref), []).append(order)
        plans: list[Plan] = []
        for invoice in invoices:
            buyer = buyers[invoice.customer]
            there = found.get((invoice.number, buyer.organization_ref), [])
            fresh = self._count_known(invoice, there, buyer)
            plans += [Plan(invoice, buyer, its) for its in orders(lots(fresh), most_lines=MAX_LINES)]
        return plans

    def _count_known(self, invoice: Invoice, there: Sequence[NumberedOrder], buyer: Actor) -> list[Line]:
        earlier = self._memory.before(invoice)
        if not there:
            return invoice.lines
        sold: Sold = Counter()
        for order in there:
            sold.update({key: int(quantity) for key, quantity in order.sold.items()})
            if not earlier:
                self._go_on(order, buyer)
        sold.subtract(earlier)
        fresh, known = not_yet(invoice.lines, sold)
        self.traded.known_lines += len(known)
        self.traded.known_amount += sum(line.amount for line in known)
        self.traded.known_orders += 0 if earlier else len(there)
        return fresh

    def _go_on(self, order: NumberedOrder, buyer: Actor) -> None:
        """An order of an earlier run that was broken off: take it up where it stands."""
        if order.status == Status.CONFIRMED or (order.status == Status.RELEASED and not order.is_shipped):
            self._to_ship.append((order.supplier_order_ref, buyer))
        elif order.status == Status.RELEASED:
            its = shipments.shipments_of(self._market.supplier, [order.supplier_order_ref])
            self._on_the_way += [
                _Shipment(s["ref"], buyer) for s in its[order.supplier_order_ref] if s["signed_at"] is None
            ]

    # -- an order -----------------------------------------------------------------------------------------

    def _trade(self, plan: Plan, skus: dict[str, Goods]) -> None:
        lines = [line for lot in plan.lots for line in lot.lines]
        try:
            self._sell(plan, skus)
        except Refusal as refusal:
            self.traded.refused += [Kept(line.row, (Reason.REFUSED,), line.amount, str(refusal)) for line in lines]
            return
        self.traded.orders += 1
        self.traded.lines += len(lines)
        self.traded.amount += sum(line.amount for line in lines)

    def _sell(self, plan: Plan, skus: dict[str, Goods]) -> None:
        self._to_ship.append((self._buy(plan, skus), plan.buyer))

    @act
    def _buy(self, plan: Plan, skus: dict[str, Goods]) -> str:
        """Place, confirm and pay an order, all or nothing: an invoice was all three. Returns the supplier order.

        The wishes insist on the invoice's unit prices, and the order on its sum.
        """
        invoice, market = plan.invoice, self._market
        total = sum(lot.amount for lot in plan.lots)
        placed = ordering.place_order(
            plan.buyer,
            [Wish(skus[lot.code].ref, Decimal(lot.quantity), lot.unit_price) for lot in plan.lots],
            ship_to=_address(invoice, market.region),
            delivery_method=market.delivery,
            payment_method=PaymentMethod.BANK_TRANSFER,
            po_number=invoice.number,
            expected_total=total,
        )
        (part_ref,) = placed.supplier_order_refs
        ordering.confirm_supply(market.supplier, part_ref, ship_date=business_day(self._clock.at))
        if not total:
            settlement.fund_decided(placed.ref)
        else:
            settlement.record_bank_transfer(market.operator, placed.ref, amount=total, reference=placed.number)
        return part_ref

    # -- the clock ----------------------------------------------------------------------------------------

    def _go_to(self, at: dt.datetime) -> None:
        """Move the clock on, over every closing time on the way, and every end of a month."""
        while (stop := self._next_stop()) < at:
            self._clock.at = stop
            if stop.time() == CLOSING:
                self._close_day()
            else:
                self._pass_deadlines()
                self._state()
        self._clock.at = max(self._clock.at, at)

    def _next_stop(self) -> dt.datetime:
        """The next closing time, as long as anything is open; the next end of a month in any case."""
        now = self._clock.at
        closing = dt.datetime.combine(now.date(), CLOSING, dt.UTC)
        if closing <= now:
            closing += dt.timedelta(days=1)
        month = dt.datetime.combine(month_after(month_start(now)), MONTH_CLOSING, dt.UTC)
        return min(closing, month) if self._to_ship or self._on_the_way or now <= self._busy_until else month

    def _close_day(self) -> None:
        """Run the jobs, sign for what was shipped a day ago, ship what was sold, pass deadlines."""
        jobs.drain()
        arrived, self._on_the_way = self._on_the_way, []
        for shipment in arrived:
            fulfilment.confirm_delivery(shipment.buyer, shipment.ref)
        for part_ref, buyer in self._to_ship:
            sent = fulfilment.dispatch(self._market.supplier, part_ref, carrier=CARRIER)
            self._on_the_way.append(_Shipment(sent.ref, buyer))
        self._to_ship = []
        if arrived:
            self._busy_until = self._clock.at + _return_window()
        self._pass_deadlines()

    def _pass_deadlines(self) -> None:
        while due := standing.due(self._clock.at, SWEEP):
            for kind, ref in due:
                ordering.pass_deadline(kind, ref)
            self.traded.completed += sum(kind == "complete" for kind, _ref in due)
            if len(due) < SWEEP:
                break
        jobs.drain()

    def _state(self) -> None:
        """State the month that has ended; both sides confirm."""
        market = self._market
        month = dt.datetime.combine(month_start(self._clock.at), dt.time(), dt.UTC)
        settlement.issue_statements(market.operator, until=month)
        for statement in statements.statements_of(market.supplier):
            if statement["status"] == "issued":
                given = {each["side"] for each in statement["confirmations"]}  # by a run that was killed in between
                for side, actor in ((Side.PARTY, market.supplier), (Side.OPERATOR, market.operator)):
                    if side not in given:
                        settlement.confirm_statement(actor, statement["ref"])
                self.traded.statements += 1
        jobs.drain()

    def finish(self) -> None:
        """Let time go on until the last goods have arrived, their return windows are over, and all is stated."""
        two_days = dt.timedelta(days=2)
        self._go_to(self._clock.at + two_days)
        self._go_to(max(self._clock.at, self._busy_until + two_days))
        next_month = month_after(month_start(self._clock.at))
        self._go_to(dt.datetime.combine(next_month, MONTH_CLOSING, dt.UTC) + dt.timedelta(minutes=1))


def _return_window() -> dt.timedelta:
    return dt.timedelta(days=settings.TRIVIUM["RETURN_WINDOW_DAYS"])


def _address(invoice: Invoice, region: str) -> Address:
    """The file says no more than the country; the rest says so."""
    country = invoice.country or "Unspecified"
    return Address(
        name=f"Customer {invoice.customer}",
        phone="",
        country=country_code(country),
        region=region,
        city=country,
        street="-",
    )
