"""A small database that has been used: orders in every state, on every way of paying, with returns and statements."""

import datetime as dt
from decimal import Decimal

from tests.journeys.market import Company, Market
from trivium.core.jobs import drain
from trivium.core.tests.handed_in import pdf
from trivium.core.time import SettableClock, business_day, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.ledger.commands import take_snapshot
from trivium.ordering import commands as ordering
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.queries import get_order
from trivium.ordering.rules import SupplyAnswer
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.rules import STARTERS
from trivium.parties.tests.applying import OTHER_NUMBER, apply, stranger
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewPrice
from trivium.service import commands as service
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.jobs import close_overdue
from trivium.settlement.rules import Charge, RefundItem

CNY = "CNY"
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class Used:
    """The companies of a market, and its orders by the state they were left in (attributes of type `Placed`)."""

    def __init__(self) -> None:
        self.clock = SettableClock(START)
        with use_clock(self.clock):
            self._open()
            self._complete_and_pay_out()
            self._give_back_on_account()
            self._carry_a_minus_over()
            self._earn_in_other_ways()
            self._lose_a_discount()
            self._pay_too_late()
            self._leave_some_waiting()
            self._cancel_some()
            self._ask_the_operator()
            self._change_the_partner()
            self._admit_by_application()
            self._sign_an_agreement()
            self._ask_and_meet()
            drain()

    def _open(self) -> None:
        self.market = market = Market()
        self.operator = market.operator
        self.s1 = market.supplier("Lvyuan Hardware", freight=2000)
        self.s2 = market.supplier("Hengtai Fasteners", freight=800, payable="at_completion")
        self.partner = market.partner("Nanfang Channel")
        self.buyer = market.buyer("Haiwen Engineering", self.partner)
        self.direct = market.buyer("Xingchen Works", market.house)
        self.a = market.sku(self.s1, "A", [(1, "100.00"), (10, "95.00")])
        self.c = market.sku(self.s2, "C", [(1, "33.33")])
        self.d = market.sku(self.s2, "D", [(1, "33.33")])
        pricing.launch_promotion(
            self.operator.actor,
            name="Spend 1 000 save 50",
            amount_off=5000,
            threshold=100000,
            currency=CNY,
            funders=[{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}],
        )
        for code in ("TEN", "TWENTY"):
            pricing.create_coupon(self.partner.actor, code=code, amount_off=1000, currency=CNY, per_buyer=5)
        settlement.set_credit_limit(self.operator.actor, self.buyer.ref, 1_000_000, CNY)
        settlement.set_budget(self.buyer.actor, self.buyer.ref, "TOOLS", 500_000, CNY)

    def _ask_the_operator(self) -> None:
        self.ticket = service.open_ticket(self.buyer.actor, subject="Delivery", text="When?", kind="question")
        service.answer(self.operator.actor, self.ticket, text="Tomorrow.")

    def _sign_an_agreement(self) -> None:
        """The buyer signs what binds buyers from tomorrow on; nobody has ordered since."""
        desk, signer = self.operator.actor, self.buyer.actor
        starter = next(each for each in STARTERS if each.role == "buyer")
        self.agreement = parties.draft_agreement(desk, role="buyer", title=starter.title, text=starter.text)
        seen = people.get_agreement(desk, self.agreement).draft_hash
        binds = business_day(self.clock()) + dt.timedelta(days=1)
        parties.publish_agreement(desk, self.agreement, seen=seen, binds_on=binds)
        text = people.get_agreement(signer, self.agreement).version().hashes["en"]
        self.signature = parties.sign_agreement(
            signer, self.agreement, number=1, language="en", address="203.0.113.9", text_hash=text
        )

    def _ask_and_meet(self) -> None:
        """A poll in which somebody changed their mind, and a meeting whose minutes were corrected."""
        desk, said = self.operator.actor, {"en": "Prices", "zh-hans": "价格"}
        self.poll = service.ask_poll(
            desk, question=said, options={"en": ["Up", "Down"], "zh-hans": ["涨", "跌"]}, voters="person",
            results_shown="voted", closes_at=self.clock() + dt.timedelta(days=9), roles=["buyer"],
        )  # fmt: skip
        for choice in (0, 1):
            service.vote(self.buyer.actor, self.poll, choices=[choice])
        when = service.When(self.clock() + dt.timedelta(hours=1), self.clock() + dt.timedelta(hours=2), place="Room 3")
        self.meeting = service.call_meeting(desk, subject=said, agenda=said, when=when, roles=["buyer"])
        self.clock.move(hours=3)
        for text in ("We met.", "We met and agreed."):
            written = service.Written({"en": text, "zh-hans": "已开会。"}, {"en": [], "zh-hans": []}, [])
            service.publish_minutes(desk, self.meeting, written)

    def _admit_by_application(self) -> None:
        """A stranger is admitted, renews the licence and changes the name; another one is rejected."""
        lin, other = stranger(), stranger("Wang Fang")
        self.applied = apply(lin)
        company = parties.approve_application(self.operator.actor, self.applied, words="As the registry says.")
        self.rejected = apply(other, number=OTHER_NUMBER, bank_account="6222021234567890999")
        parties.reject_application(self.operator.actor, self.rejected, words="No shop at this address.")
        admin = people.actor_of(lin.user_id or 0, company, "supplier")
        assert admin is not None
        (licence,) = people.own_papers(admin)
        content = [pdf(text="renewed licence")]
        self.renewed = parties.hand_in_paper(admin, kind=licence.kind, file=content, replaces=licence.ref)
        parties.approve_paper(self.operator.actor, self.renewed)
        seen = people.particulars(admin).version
        self.renamed = parties.ask_change(admin, "legal_name", seen=seen, reason="Merged", legal_name="云启集团")
        parties.approve_change(self.operator.actor, self.renamed)

    # -- acts --------------------------------------------------------------------------------------------------------

    def place(
        self, payment_method: str = "bank_transfer", *, buyer: Company | None = None, **kwargs: object
    ) -> ordering.Placed:
        return self.market.order(
            buyer or self.buyer, [(self.a, 10), (self.c, 3)], payment_method=payment_method, **kwargs
        )

    def supplier_of(self, placed: ordering.Placed, part: int) -> Company:
        return (self.s1, self.s2)[part]

    def confirm(self, placed: ordering.Placed, *parts: int) -> None:
        for part in parts or (0, 1):
            ref = placed.supplier_order_refs[part]
            ordering.confirm_supply(self.supplier_of(placed, part).actor, ref, ship_date=business_day(self.clock.at))
            if get_order(self.operator.actor, placed.ref)["supplier_orders"][part]["status"] == "submitted":
                ordering.confirm_margin(self.partner.actor, ref)
        drain()

    def pay(self, placed: ordering.Placed, amount: int) -> None:
        settlement.record_bank_transfer(self.operator.actor, placed.ref, amount=amount, reference=f"BOC {placed.ref}")
        drain()

    def deliver(self, placed: ordering.Placed, *parts: int, buyer: Company | None = None) -> None:
        for part in parts or (0, 1):
            ref = placed.supplier_order_refs[part]
            shipment = fulfilment.dispatch(
                self.supplier_of(placed, part).actor, ref, carrier="SF Express", tracking_numbers=[ref[-12:]]
            )
            fulfilment.confirm_delivery((buyer or self.buyer).actor, shipment.ref)
        drain()

    def wait(self, **by: float) -> None:
        self.clock.move(**by)
        sweep_deadlines()
        drain()
        self.clock.move(hours=1)

    def line(self, placed: ordering.Placed, part: int) -> str:
        view = get_order(self.operator.actor, placed.ref)
        return str(view["supplier_orders"][part]["lines"][0]["ref"])

    def state(self) -> list[str]:
        """Issue statements and let both sides confirm them."""
        parties_by_ref = {c.ref: c for c in (self.s1, self.s2, self.partner)}
        issued = settlement.issue_statements(self.operator.actor, until=self.clock.at)
        for ref in issued:
            party = parties_by_ref[books.get_statement(self.operator.actor, ref)["party"]["ref"]]
            settlement.confirm_statement(party.actor, ref)
            settlement.confirm_statement(self.operator.actor, ref)
        return issued

    def pay_out(self) -> None:
        for approval in people.approvals_waiting(self.operator.actor):
            for person in (self.operator.actor, self.operator.colleague):
                parties.decide(person, str(approval["ref"]), yes=True)
        drain()

    # -- the story ---------------------------------------------------------------------------------------------------

    def _complete_and_pay_out(self) -> None:
        self.paid_out = self.place(coupon_codes=["TEN"])
        self.confirm(self.paid_out)
        self.pay(self.paid_out, self.paid_out.total)
        self.deliver(self.paid_out)
        self.wait(days=8)
        self.state()
        self.pay_out()
        take_snapshot(self.clock.at)

    def _give_back_on_account(self) -> None:
        self.returned = self.place("on_account")
        self.confirm(self.returned)
        self.deliver(self.returned)
        first, second = self.returned.supplier_order_refs
        settlement.refund(
            self.s1.actor, first, [RefundItem(self.line(self.returned, 0), quantity=Decimal(4))], reason="wrong size"
        )
        self.wait(days=8)
        settlement.settle_account(
            self.operator.actor, self.buyer.ref, amount=50000, currency=CNY, reference="BOC on account"
        )
        settlement.refund(
            self.operator.actor,
            second,
            [RefundItem(self.line(self.returned, 1), quantity=Decimal(1))],
            freight=800,
            reason="broken",
        )
        drain()
        take_snapshot(self.clock.at)

    def _carry_a_minus_over(self) -> None:
        """A return after the statement leaves the parties a minus, and the next statement begins with it."""
        first, _second = self.paid_out.supplier_order_refs
        settlement.refund(
            self.operator.actor, first, [RefundItem(self.line(self.paid_out, 0), quantity=Decimal(5))], reason="faulty"
        )
        drain()
        self.clock.move(hours=1)
        self.state()
        self.small = self.market.order(self.buyer, [(self.a, 1)])
        self.confirm(self.small, 0)
        self.pay(self.small, self.small.total)
        self.deliver(self.small, 0)
        self.wait(days=8)
        self.state()
        big = self.market.order(self.direct, [(self.a, 100)])
        self.confirm(big, 0)
        self.pay(big, big.total)
        self.deliver(big, 0, buyer=self.direct)
        self.wait(days=8)
        self.state()

    def _earn_in_other_ways(self) -> None:
        """An order under a partner that earns a service fee, one under a partner that sells at its own prices."""
        market, self.others = self.market, []
        service = market.partner("Dongfang Service", "service_fee", "5")
        markup = market.partner("Beifang Trading", "markup")
        for supplier, sku, price in ((self.s1, self.a, "120.00"), (self.s2, self.c, "40.00")):
            own = [NewPrice(sku, 1, price)]
            pricing.publish_price_list(
                markup.actor, name="Own", currency=CNY, prices=own, supplier_ref=supplier.ref
            )
        for partner in (service, markup):
            buyer = market.buyer(f"Buyer of {partner.ref[-4:]}", partner)
            placed = self.place(buyer=buyer)
            for part, supplier in zip(placed.supplier_order_refs, (self.s1, self.s2), strict=True):
                ordering.confirm_supply(supplier.actor, part, ship_date=business_day(self.clock.at))
                ordering.confirm_margin(partner.actor, part)
            drain()
            self.pay(placed, placed.total)
            self.deliver(placed, buyer=buyer)
            self.wait(days=8)
            settlement.refund(
                self.operator.actor,
                placed.supplier_order_refs[0],
                [RefundItem(self.line(placed, 0), amount=777)],
                reason="scratched",
            )
            self.others.append(placed)
        self.clock.move(days=6)
        settlement.issue_statements(self.operator.actor, until=self.clock.at)
        self.clock.move(days=6)
        close_overdue()
        drain()

    def _lose_a_discount(self) -> None:
        """Two orders under a discount that a chosen return loses: one returned before completion, one after."""
        promotion = pricing.launch_promotion(
            self.operator.actor,
            name="Spend 900 save 10 %",
            percent="10",
            threshold=90000,
            currency=CNY,
            funders=[{"party": "operator", "weight": 1}, {"party": "supplier", "weight": 1}],
            recheck_on_return=True,
        )
        self.lost = [self.place("on_account"), self.place("on_account")]
        pricing.end_promotion(self.operator.actor, promotion)
        for placed in self.lost:
            self.confirm(placed)
            self.deliver(placed)
        self._choose_to_return(self.lost[0])
        self.wait(days=8)
        self._choose_to_return(self.lost[1])
        drain()

    def _choose_to_return(self, placed: ordering.Placed) -> None:
        settlement.refund(
            self.operator.actor,
            placed.supplier_order_refs[0],
            [RefundItem(self.line(placed, 0), quantity=Decimal(3), by_choice=True)],
            reason="not needed",
        )

    def _pay_too_late(self) -> None:
        """Paid through the gateway; paid after it was cancelled, so that all of it is a surplus that goes back."""
        self.prepaid = self.place("prepaid")
        self.late = self.place("prepaid", coupon_codes=["TWENTY"])
        for placed in (self.prepaid, self.late):
            self.confirm(placed)
        settlement.start_payment(self.buyer.actor, self.prepaid.ref, gateway="sandbox")
        late = settlement.start_payment(self.buyer.actor, self.late.ref, gateway="sandbox")
        ordering.cancel_order(self.buyer.actor, self.late.ref, reason="changed our mind")
        assert late.amount == self.late.total
        message = Charge(f"sbx_{late.ref}", late.ref, succeeded=True, amount=late.amount, currency=late.currency)
        settlement.record_payment(message, gateway="sandbox")
        drain()
        settlement.record_gateway_payout(
            self.operator.actor, "sandbox", amount=1000, fee=6, currency=CNY, reference="BOC sandbox"
        )
        drain()
        self.expired = self.place("prepaid")
        self.confirm(self.expired)
        self.wait(days=2)

    def _leave_some_waiting(self) -> None:
        self.submitted = self.place("on_account", coupon_codes=["TWENTY"], budget_code="TOOLS")
        self.half = self.place()
        self.confirm(self.half, 0)
        self.unpaid = self.place()
        self.confirm(self.unpaid)
        self.short = self.place("on_account", accepts_substitutes=True)
        short, swapped = self.short.supplier_order_refs
        ordering.confirm_supply(
            self.s1.actor,
            short,
            ship_date=business_day(self.clock.at),
            answers=[SupplyAnswer(self.line(self.short, 0), Decimal(7))],
        )
        ordering.confirm_supply(
            self.s2.actor,
            swapped,
            ship_date=business_day(self.clock.at),
            answers=[SupplyAnswer(self.line(self.short, 1), Decimal(3), self.d)],
        )
        for ref in self.short.supplier_order_refs:
            ordering.confirm_margin(self.partner.actor, ref)
        drain()
        fulfilment.dispatch(self.s1.actor, short, carrier="SF Express", items=[(self.line(self.short, 0), Decimal(2))])
        self.signed = self.place("on_account")
        self.confirm(self.signed)
        self.deliver(self.signed)
        parties.set_approval_rule(
            self.buyer.actor, organization_ref=self.buyer.ref, threshold=5_000_000, currency=CNY, needed=1
        )
        settlement.set_credit_limit(self.operator.actor, self.buyer.ref, 100_000_000, CNY)
        self.unapproved = self.market.order(self.buyer, [(self.a, 600)], payment_method="on_account")

    def _change_the_partner(self) -> None:
        """A buyer goes to another partner, and a change of another that was planned is withdrawn."""
        self.rival = self.market.partner("Xibei Channel")
        moved, stays = (self.market.buyer(name, self.partner) for name in ("Jinhe Tools", "Qinghe Tools"))
        self.before_move = self.market.order(moved, [(self.a, 1)])
        self.clock.move(hours=1)
        given = {"partner_ref": self.rival.ref, "reason": "territory"}
        self.moved = parties.assign_buyer(self.operator.actor, buyer_ref=moved.ref, **given)
        self.after_move = self.market.order(moved, [(self.a, 1)])
        day = business_day(self.clock.at) + dt.timedelta(days=3)
        planned = parties.assign_buyer(self.operator.actor, buyer_ref=stays.ref, from_day=day, **given)
        parties.withdraw_cutover(self.operator.actor, planned)
        drain()

    def _cancel_some(self) -> None:
        self.dropped = self.place("on_account", coupon_codes=["TWENTY"], budget_code="TOOLS")
        ordering.cancel_order(self.buyer.actor, self.dropped.ref, reason="ordered twice")
        self.refunded = self.place(budget_code="TOOLS")
        self.confirm(self.refunded)
        self.pay(self.refunded, self.refunded.total)
        ordering.cancel_order(self.buyer.actor, self.refunded.ref, reason="project stopped")
        drain()
