"""Ninety days of trade on a clock that ends now: every order through the same commands the portals use."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from demo import words
from demo.accounts import Accounts
from demo.fates import ACCOUNT, NEVER, PAYING_DAYS, PREPAID, OrderFate, PartFate
from demo.ground import COUPON, Company, Ground
from trivium.core import jobs, sql
from trivium.core.time import SettableClock, business_day
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment.rules import CarrierEvent, Tracking
from trivium.notices import commands as reading
from trivium.notices import queries as notices
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.rules import Address, Status, SupplyAnswer, Wish
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = dt.time(9), dt.time(18)
CLOSINGS = (dt.time(11), dt.time(14), dt.time(17), dt.time(18, 30))
CARRIERS = (("捷安物流 Jiean Logistics", "JA"), ("远航冷链 Yuanhang Cold Chain", "YH"))
SWEEP = 500
HOUR = dt.timedelta(hours=1)
Act = Callable[[], None]


@dataclass(slots=True)
class Part:
    """A supplier order under way."""

    ref: str
    supplier: Company
    fate: PartFate
    is_answered: bool = False
    is_margin_answered: bool = False
    ship_date: dt.date = dt.date.min
    first_line: str = ""
    first_quantity: Decimal = Decimal(0)


@dataclass(slots=True)
class Deal:
    """An order under way."""

    ref: str
    number: str
    buyer: Company
    partner: Company
    fate: OrderFate
    parts: list[Part] = field(default_factory=list)

    @property
    def is_decided(self) -> bool:
        """Whether supplier and partner have answered for every part."""
        return all(part.is_answered and part.is_margin_answered for part in self.parts)


READ_DAYS = 1.5  # up to then people have read what they were told
ANALYZED_DAYS = (88, 80, 60, 30)  # before the end: the planner has seen an empty database


class Story:
    """Lets time pass from act to act, and between them runs the jobs and deadlines as a worker would."""

    def __init__(self, ground: Ground, clock: SettableClock, end: dt.datetime, random: Random) -> None:
        self.ground, self.clock, self.end, self.random = ground, clock, end, random
        self.accounts = Accounts(ground, random, self.at_work)
        self._agenda: list[tuple[dt.datetime, int, Act]] = []
        self._turn = count()
        self._coupons: Counter[str] = Counter()
        self._placed = 0
        self._restless = True

    def run(self, tell: Callable[[dt.datetime, float], None]) -> None:
        """Live through it, up to now. `tell` hears the time, and which part of the orders has been placed."""
        self._write_agenda()
        while self._agenda and self._agenda[0][0] <= self.end:
            at, _turn, act = heappop(self._agenda)
            self.clock.at = max(self.clock.at, at)
            act()
            self._restless |= act not in (self._drain, self._close)
            tell(self.clock.at, self._placed / len(self.ground.plan.orders))
        self.clock.at = self.end
        jobs.drain()

    def later(self, at: dt.datetime, act: Act) -> None:
        """Do this then, if then is not after the end."""
        if at <= self.end:
            heappush(self._agenda, (at, next(self._turn), act))

    def _write_agenda(self) -> None:
        for place, order in enumerate(self.ground.plan.orders):
            self.later(self.placed_at(order.fate.days_ago), partial(self._place, place))
        day = self.clock.at.astimezone(ZONE).date()
        while day <= self.end.astimezone(ZONE).date():
            for closing in CLOSINGS:
                act = self._close if closing == CLOSINGS[-1] else self._drain
                self.later(dt.datetime.combine(day, closing, ZONE), act)
            day += dt.timedelta(days=1)
        self.later(self.end - READ_DAYS * dt.timedelta(days=1), self._read_notices)
        for days in ANALYZED_DAYS:
            self.later(self.end - dt.timedelta(days=days), _analyze)
        for at, act in self.accounts.agenda(self.end):
            self.later(at, act)

    def _drain(self) -> None:
        """Run the jobs, if anybody has done anything that could have left some."""
        if self._restless:
            jobs.drain()
            self._restless = False

    def _close(self) -> None:
        self._drain()
        while due := orders.due(self.clock.at, SWEEP):
            for kind, ref in due:
                ordering.pass_deadline(kind, ref)
                self._restless = True
        self._drain()
        self.accounts.close_overdue(self.clock.at)

    def _read_notices(self) -> None:
        ground = self.ground
        for company in (ground.operator, *ground.suppliers, *ground.partners, *ground.buyers):
            for notice in notices.inbox(company.boss, self.clock.at, limit=1):
                reading.mark_read(company.boss, notice.event_id)

    # -- the hours people work ----------------------------------------------------------------------------

    def placed_at(self, days_ago: float) -> dt.datetime:
        """A moment of a working day, never after the end."""
        local = (self.end - dt.timedelta(days=days_ago)).astimezone(ZONE)
        since = local - dt.datetime.combine(local.date(), dt.time(), ZONE)
        opened = dt.datetime.combine(local.date(), OPENS, ZONE)
        moment = opened + since * (9 / 24)
        return moment if moment < self.end else moment - dt.timedelta(days=1)

    def at_work(self, at: dt.datetime) -> dt.datetime:
        """The moment itself, or the next in which people work."""
        local = at.astimezone(ZONE)
        if local.time() < OPENS:
            return dt.datetime.combine(local.date(), OPENS, ZONE) + dt.timedelta(minutes=local.minute + local.second)
        if local.time() >= CLOSES:
            tomorrow = local.date() + dt.timedelta(days=1)
            return dt.datetime.combine(tomorrow, OPENS, ZONE) + dt.timedelta(minutes=local.minute + local.second)
        return local

    def _after(self, hours: float) -> dt.datetime:
        return self.at_work(self.clock.at + hours * HOUR) if hours < NEVER else self.end + HOUR

    # -- an order -----------------------------------------------------------------------------------------

    def _place(self, place: int) -> None:
        ground, order = self.ground, self.ground.plan.orders[place]
        planned, buyer = ground.plan.buyers[order.buyer], ground.buyers[order.buyer]
        placed = ordering.place_order(
            buyer.colleague,
            [Wish(ground.sku_refs[sku], Decimal(cartons)) for sku, cartons in order.lines],
            ship_to=address(planned.city, planned.people[-1], place),
            delivery_method="standard",
            payment_method=order.fate.payment,
            coupon_codes=self._coupon(place),
            po_number=f"PO-{place + 1:04d}",
            accepts_substitutes=place % 5 == 0,
        )
        self._placed += 1
        deal = Deal(placed.ref, placed.number, buyer, ground.partners[planned.partner], order.fate)
        by_ref = {ground.suppliers[part.supplier].ref: part for part in order.fate.parts}
        for money in orders.parts_of_order(placed.ref):
            fate = by_ref[money.supplier_ref]
            deal.parts.append(Part(money.ref, ground.suppliers[fate.supplier], fate))
        if order.fate.cancelled:
            self.later(self._after(0.5), partial(self._cancel, deal))
        elif placed.approval == "waiting":
            self.later(self._after(order.fate.approve_hours), partial(self._approve, deal))
        else:
            self._await_answers(deal)

    def _coupon(self, place: int) -> tuple[str, ...]:
        """The welcome coupon, where the order is big enough and the buyer has not used it up."""
        order, skus = self.ground.plan.orders[place], self.ground.plan.skus
        value = sum(skus[sku].price * cartons for sku, cartons in order.lines)
        buyer = self.ground.buyers[order.buyer].ref
        if not order.fate.coupon or value < 4_000 or self._coupons[buyer] >= 3:
            return ()
        self._coupons[buyer] += 1
        return (COUPON,)

    def _cancel(self, deal: Deal) -> None:
        reason = self.saying("cancelled")
        ordering.cancel_order(deal.buyer.colleague, deal.ref, reason=reason)

    def _approve(self, deal: Deal) -> None:
        waiting = people.approvals_waiting(deal.buyer.boss, limit=500)
        (ref,) = [str(each["ref"]) for each in waiting if each["subject"] == deal.ref]
        parties.decide(deal.buyer.boss, ref, yes=True)
        jobs.drain()
        self._await_answers(deal)

    def _await_answers(self, deal: Deal) -> None:
        for part in deal.parts:
            self.later(self._after(part.fate.supply_hours), partial(self._answer_supply, deal, part))
            self.later(self._after(part.fate.margin_hours), partial(self._answer_margin, deal, part))

    def _answer_supply(self, deal: Deal, part: Part) -> None:
        if not self._stands(deal, part, Status.SUBMITTED):
            return
        actor, fate = part.supplier.boss, part.fate
        part.is_answered = True
        if fate.outcome == "rejected":
            part.is_margin_answered = True
            ordering.reject_supply(actor, part.ref, reason=self.saying("rejected"))
        else:
            part.ship_date = business_day(self.clock.at) + dt.timedelta(days=fate.days_to_ship + PAYING_DAYS)
            answers = None
            if fate.outcome == "short":
                first = orders.left_to_ship(actor, part.ref)[0]
                answers = [SupplyAnswer(first.line_ref, (first.quantity / 2).to_integral_value())]
            ordering.confirm_supply(actor, part.ref, ship_date=part.ship_date, answers=answers)
        self._settle_if_decided(deal)

    def _answer_margin(self, deal: Deal, part: Part) -> None:
        if not self._stands(deal, part, Status.SUBMITTED):
            return
        partner, outcome = deal.partner.boss, part.fate.outcome
        if outcome in ("upheld", "overruled", "objected"):
            ordering.object_to_margin(partner, part.ref, reason=self.saying("objected"))
            if outcome != "objected":
                self.later(self._after(6), partial(self._judge, deal, part))
            return
        part.is_margin_answered = True
        ordering.confirm_margin(partner, part.ref)
        self._settle_if_decided(deal)

    def _judge(self, deal: Deal, part: Part) -> None:
        if not self._stands(deal, part, Status.SUBMITTED):
            return
        judge = self.ground.operator.boss
        part.is_margin_answered = True
        if part.fate.outcome == "upheld":
            part.is_answered = True
            ordering.uphold_objection(judge, part.ref)
        else:
            ordering.overrule_objection(judge, part.ref)
        self._settle_if_decided(deal)

    def _stands(self, deal: Deal, part: Part, *states: str) -> bool:
        return any(each.ref == part.ref and each.status in states for each in orders.parts_of_order(deal.ref))

    # -- money and goods ----------------------------------------------------------------------------------

    def _settle_if_decided(self, deal: Deal) -> None:
        if not deal.is_decided:
            return
        hours = 0.1 if deal.fate.payment == ACCOUNT else deal.fate.pay_hours
        self.later(self._after(hours), partial(self._pay, deal))

    def _pay(self, deal: Deal) -> None:
        due = sum(part.due or 0 for part in orders.parts_of_order(deal.ref) if part.status == Status.CONFIRMED)
        if due and deal.fate.payment == PREPAID:
            settlement.start_payment(deal.buyer.colleague, deal.ref)
        elif due and deal.fate.payment != ACCOUNT:
            settlement.record_bank_transfer(
                self.ground.operator.boss, deal.ref, amount=due, reference=f"B{self.clock.at:%y%m%d}-{deal.number}"
            )
        jobs.drain()
        released = {part.ref for part in orders.parts_of_order(deal.ref) if part.status == Status.RELEASED}
        for part in deal.parts:
            if part.ref in released:
                self.later(self._ships_at(part), partial(self._dispatch, deal, part))

    def _ships_at(self, part: Part) -> dt.datetime:
        """In good time before the promised date, or some days after it."""
        day = part.ship_date + dt.timedelta(days=part.fate.late_days or -1)
        planned = dt.datetime.combine(day, dt.time(15), ZONE)
        return max(planned, self._after(1.5))

    def _dispatch(self, deal: Deal, part: Part) -> None:
        carrier, letters = CARRIERS[part.fate.supplier % len(CARRIERS)]
        number = f"{letters}{self.clock.at:%y%m%d}{self.random.randrange(10**6):06d}{next(self._turn) % 100:02d}"
        items = [(left.line_ref, left.quantity) for left in orders.left_to_ship(part.supplier.boss, part.ref)]
        part.first_line, part.first_quantity = items[0]
        shipment = fulfilment.dispatch(
            part.supplier.boss, part.ref, carrier=carrier, items=items, tracking_numbers=[number]
        )
        left = self.clock.at
        here = self.at_work(left + part.fate.transit_hours * HOUR)
        way = tuple(Tracking)[: list(Tracking).index(Tracking.DELIVERED) + 1]
        if here > self.end:  # still under way; of what has arrived the carrier has told everything at once
            self.later(self.at_work(left + 4 * HOUR), partial(self._track, part, shipment.ref, number, way[:2]))
        self.later(here, partial(self._track, part, shipment.ref, number, way))
        if part.fate.sign_hours < NEVER:
            signs = self.at_work(here + part.fate.sign_hours * HOUR)
            self.later(signs, partial(self._sign, deal, part, shipment.ref))

    def _track(self, part: Part, shipment_ref: str, number: str, codes: tuple[Tracking, ...]) -> None:
        events = [
            CarrierEvent(number, f"{number}-{code}", code, self.clock.at - (len(codes) - 1 - place) * 3 * HOUR)
            for place, code in enumerate(codes)
        ]
        fulfilment.record_tracking(part.supplier.boss, shipment_ref, events)

    def _sign(self, deal: Deal, part: Part, shipment_ref: str) -> None:
        fulfilment.confirm_delivery(deal.buyer.colleague, shipment_ref)
        if part.fate.returned:
            self.later(self._after(part.fate.return_hours), partial(self._give_back, deal, part))

    def _give_back(self, deal: Deal, part: Part) -> None:
        """Goods came back: some of the first line, by choice or because something was wrong with them."""
        if not self._stands(deal, part, Status.SIGNED, Status.COMPLETED):
            return
        some = max(Decimal(1), (part.first_quantity / 3).to_integral_value())
        unwanted = part.fate.returned == "unwanted"
        settlement.refund(
            self.ground.operator.boss, part.ref, [RefundItem(part.first_line, quantity=some, by_choice=unwanted)],
            reason=self.saying(part.fate.returned),
        )  # fmt: skip
        jobs.drain()

    def saying(self, about: str) -> str:
        """What a person writes about a matter."""
        word = self.random.choice(words.pieces("sayings", "about", about))
        return f"{word.zh} ({word.en})"


def _analyze() -> None:
    sql.execute("ANALYZE")


def address(city: words.City, person: words.Word, place: int) -> Address:
    """Where goods go. In a city that is its own province, the district stands where others write the city."""
    district, of_district, road = city.roads[place % len(city.roads)].partition("区")
    if not city.code.endswith("0000"):
        district, of_district, road = city.words.zh, "", district + of_district + road
    return Address(
        name=f"{person.zh} {person.en}",
        phone=f"+86 400 000 {1000 + place:04d}",
        country="CN",
        region=city.code,
        city=f"{district}{of_district} {city.words.en}",
        street=f"{road} {8 + place * 7 % 290} 号",
    )
