"""Something at every page: orders in each state, statements, payouts, contracts, keys, imports, money elsewhere."""

import datetime as dt
from decimal import Decimal

from tests.browser.conftest import all_done
from tests.browser.scene import CNY, WRITTEN, Scene
from tests.journeys.market import Company
from trivium.core.time import SettableClock, business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment.rules import CarrierEvent
from trivium.integration import commands as imports
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.rules import Address
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import NewOrderRule
from trivium.parties.rules import SCOPES, STARTERS, Role
from trivium.parties.tests.applying import apply, stranger
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewPrice
from trivium.service import commands as service
from trivium.service.rules import Notice, TicketKind
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.rules import RefundItem

TICKET = next(kind for kind in TicketKind if kind != TicketKind.FEEDBACK)
INVOICES = b"""InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,22423,CAKESTAND,2,2010-12-01 08:26,12.75,7,United Kingdom
C2,22423,CAKESTAND,-1,2010-12-01 09:26,12.75,7,United Kingdom
3,22423,CAKESTAND,1,2010-12-02 09:26,12.75,8,EIRE
"""
MARKET_PERSON = "Lin Yue"
IMPORTED = {"CAKESTAND", "United Kingdom"}


class Trade:
    """A scene after three weeks of trade."""

    def __init__(self, scene: Scene, clock: SettableClock) -> None:
        self.scene, self.clock = scene, clock
        self.suppliers = {company.ref: company for company in (scene.s1, scene.s2)}
        words = scene.words
        self.address = Address(
            name=scene.receiver, phone="+8613800138000", country="CN", region="440000", city=words["city"],
            street=words["street"],
        )  # fmt: skip
        scene.lend()
        self._discount()
        self._completed_and_stated()
        self._paid_too_much()
        self._on_its_way()
        self._waiting()
        self._beside_orders()
        self._agreements()
        self._entered()
        all_done()

    def order(self, *wishes: tuple[str, int], method: str = "bank_transfer", **more: object) -> ordering.Placed:
        """An order of the buyer's."""
        return self.scene.market.order(
            self.scene.buyer, wishes, payment_method=method, ship_to=self.address, po_number="PO-2026-118", **more
        )

    def confirm(self, placed: ordering.Placed) -> None:
        """By every supplier and the partner."""
        for part in orders.get_order(self.scene.operator.actor, placed.ref)["supplier_orders"]:
            supplier = self.suppliers[part["supplier"]["ref"]]
            ordering.confirm_supply(supplier.actor, part["ref"], ship_date=self.clock.at.date() + dt.timedelta(days=1))
            ordering.confirm_margin(self.scene.partner.actor, part["ref"])
        all_done()

    def _discount(self) -> None:
        both = [{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}]
        pricing.launch_promotion(
            self.scene.operator.actor, name={"en": "Spend 1,000, save 50", "zh-hans": "满 1,000 减 50"},
            amount_off=5000, threshold=100000, currency=CNY, funders=both,
        )  # fmt: skip
        self._partners_terms()

    def _partners_terms(self) -> None:
        """What the partner gives and asks, for its pages; no order here comes near it."""
        scene, partner = self.scene, self.scene.partner.actor
        pricing.launch_promotion(partner, name={"en": "Large orders, 5% off", "zh-hans": "大单 95 折"}, percent="5",
                                 threshold=10**9, currency=CNY)  # fmt: skip
        pricing.create_coupon(partner, code="LIANCA-5", percent="5", uses=20)
        pricing.publish_price_list(partner, name="DL-201", currency=CNY, supplier_ref=scene.s1.ref,
                                   prices=[NewPrice(scene.lamp, 2, "120.00")])  # fmt: skip
        pricing.agree_contract_price(partner, buyer_ref=scene.buyer.ref, sku_ref=scene.lamp, unit_price="118.00",
                                     currency=CNY)  # fmt: skip

    def _completed_and_stated(self) -> None:
        scene = self.scene
        placed = self.order((scene.lamp, 10), (scene.rail, 3), method="on_account")
        self.confirm(placed)
        for part in orders.get_order(scene.operator.actor, placed.ref)["supplier_orders"]:
            supplier = self.suppliers[part["supplier"]["ref"]]
            sent = fulfilment.dispatch(
                supplier.actor, part["ref"], carrier=scene.carrier, tracking_numbers=[f"SF{part['ref'][-8:]}"]
            )
            fulfilment.confirm_delivery(scene.buyer.actor, sent.ref)
            line = part["lines"][0]["ref"]
            settlement.refund(
                supplier.actor, part["ref"], [RefundItem(line, quantity=Decimal(1))], reason=scene.words["broken"]
            )
        self.clock.move(days=8)
        sweep_deadlines()
        all_done()
        (owed,) = books.open_accounts(scene.operator.actor)
        settlement.settle_account(
            scene.operator.actor, scene.buyer.ref, amount=owed["amount"], currency=CNY, reference="ICBC-7781"
        )
        self.clock.move(days=1)
        sides = {company.ref: company for company in (*self.suppliers.values(), scene.partner)}
        issued = settlement.issue_statements(scene.operator.actor, until=self.clock.at)
        assert len(issued) == 3
        for ref in issued[:2]:  # the third waits for both sides
            settlement.confirm_statement(scene.operator.actor, ref)
            party = books.get_statement(scene.operator.actor, ref)["party"]["ref"]
            settlement.confirm_statement(sides[party].actor, ref)
        first = people.approvals_waiting(scene.operator.actor)[0]
        for person in (scene.operator.actor, scene.operator.colleague):
            parties.decide(person, first["ref"], yes=True)
        all_done()

    def _paid_too_much(self) -> None:
        scene, operator = self.scene, self.scene.operator.actor
        placed = self.order((scene.rail, 4))
        self.confirm(placed)
        total = orders.get_order(operator, placed.ref)["total"]
        settlement.record_bank_transfer(operator, placed.ref, amount=total, reference="ICBC-8020")
        settlement.record_bank_transfer(operator, placed.ref, amount=9900, reference="ICBC-8021", to_send_back=True)
        prepaid = self.order((scene.spot, 2), method="prepaid")
        self.confirm(prepaid)
        settlement.start_payment(scene.buyer.actor, prepaid.ref)
        all_done()

    def _on_its_way(self) -> None:
        scene = self.scene
        placed = self.order((scene.lamp, 20), (scene.rail, 6), method="on_account")
        self.confirm(placed)
        part = orders.get_order(scene.operator.actor, placed.ref)["supplier_orders"][0]
        supplier = self.suppliers[part["supplier"]["ref"]]
        sent = fulfilment.dispatch(
            supplier.actor, part["ref"], carrier=scene.carrier, items=[(part["lines"][0]["ref"], Decimal(4))],
            tracking_numbers=["SF2201", "SF2202"],
        )  # fmt: skip
        told = [("SF2201", "picked_up", 1), ("SF2201", "in_transit", 5), ("SF2202", "picked_up", 2),
                ("SF2202", "exception", 6)]  # fmt: skip
        events = [
            CarrierEvent(number, f"{number}-{code}", code, self.clock.at + dt.timedelta(hours=hours),
                         scene.words["city"])
            for number, code, hours in told
        ]  # fmt: skip
        self.clock.move(hours=7)
        fulfilment.record_tracking(supplier.actor, sent.ref, events)
        self.clock.move(days=3)  # the other supplier is late

    def _waiting(self) -> None:
        scene = self.scene
        objected = self.order((scene.lamp, 4), (scene.rail, 2), accepts_substitutes=True)
        part = orders.get_order(scene.partner.actor, objected.ref)["supplier_orders"][0]["ref"]
        ordering.object_to_margin(scene.partner.actor, part, reason=scene.words["late"])
        rejected = self.order((scene.rail, 2))
        ordering.reject_supply(scene.s2.actor, rejected.supplier_order_refs[0], reason=scene.words["late"])
        self.confirm(self.order((scene.spot, 3)))
        self.confirm(self.order((scene.spot, 5), method="prepaid"))
        parties.set_approval_rule(
            scene.operator.actor, organization_ref=scene.buyer.ref, threshold=10000, currency=CNY, needed=1
        )
        self.order((scene.lamp, 6))
        ordering.add_to_cart(scene.buyer.actor, scene.lamp, Decimal(8))
        ordering.add_to_cart(scene.buyer.actor, scene.rail, Decimal(3))

    def _asked_and_called(self, said: dict[str, str]) -> None:
        """A poll with a vote, a meeting to come, and one that has minutes."""
        operator, at, roles = self.scene.operator.actor, self.clock.at, tuple(Role)
        options = {language: [written["city"], written["company"]] for language, written in WRITTEN.items()}
        poll = service.ask_poll(operator, question=said, options=options, voters="person", results_shown="voted",
                                closes_at=at + dt.timedelta(days=9), roles=roles)  # fmt: skip
        for company in (self.scene.operator, self.scene.s1, self.scene.buyer):
            service.vote(company.actor, poll, choices=[0])
        meetings = [
            service.call_meeting(
                operator, subject=said, agenda=said, roles=roles,
                when=service.When(at + dt.timedelta(hours=hours), at + dt.timedelta(hours=hours + 1),
                                  place=self.scene.words["street"]),
            )
            for hours in (1, 90)
        ]  # fmt: skip
        self.clock.move(hours=3)
        task = service.Point(said, self.scene.words["company"], at.date() + dt.timedelta(days=30))
        written = service.Written(said, {language: [text] for language, text in said.items()}, [task])
        service.publish_minutes(operator, meetings[0], written)

    def _agreements(self) -> None:
        """Each role has one that it has signed, and one to sign; and one is a draft."""
        spoken = self.scene.language
        desk, signers = self.scene.operator.actor, (self.scene.s1, self.scene.partner, self.scene.buyer)
        for starter, company in zip(STARTERS, signers, strict=True):
            for is_signed in (True, False):
                ref = parties.draft_agreement(desk, role=starter.role, title=starter.title, text=starter.text)
                seen = people.get_agreement(desk, ref).draft_hash
                binds = business_day(self.clock()) + dt.timedelta(days=3)
                parties.publish_agreement(desk, ref, seen=seen, binds_on=binds, valid_days=365)
                version = people.get_agreement(company.actor, ref).version()
                if is_signed:
                    parties.sign_agreement(company.actor, ref, number=1, language=spoken, address="203.0.113.9",
                                           text_hash=version.hashes[spoken])  # fmt: skip
        parties.draft_agreement(desk, role="buyer", title=STARTERS[2].title, text=STARTERS[2].text)

    def _entered(self) -> None:
        """The operator has been in each company's workspace, and has left it."""
        desk = self.scene.operator.actor
        for company in (self.scene.s1, self.scene.partner, self.scene.buyer):
            entry = parties.begin_entry(
                desk, company.ref, company.actor.role, minutes=15, acts=False, reason=self.scene.words["broken"]
            )
            parties.end_entry(desk, entry)

    def _beside_orders(self) -> None:
        scene, market = self.scene, self.scene.market
        everybody: tuple[Company, ...] = (scene.operator, scene.s1, scene.partner, scene.buyer)
        for company in everybody:
            parties.create_api_key(company.actor, label="ERP", scopes=SCOPES[:2])
            parties.keep_department(company.actor, name=scene.words["company"])
            service.open_ticket(company.actor, subject=scene.words["late"], text=scene.words["broken"], kind=TICKET)
        said = {language: written["late"] for language, written in WRITTEN.items()}
        for is_asked in (False, True):
            service.announce(scene.operator.actor, title=said, text=said, kind=Notice.POLICY, roles=tuple(Role),
                             must_acknowledge=is_asked)  # fmt: skip
        self._asked_and_called(said)
        apply(stranger(MARKET_PERSON), "partner", name=scene.words["company"], legal_name=scene.words["company"],
              contact_name=MARKET_PERSON, address=scene.words["street"])  # fmt: skip
        named = {language: written["company"] for language, written in WRITTEN.items()}
        parties.define_grade(scene.operator.actor, name=named, rank=1, rights=[])
        rule = NewOrderRule(name=scene.words["company"], threshold=900_000)
        parties.keep_order_rule(scene.buyer.actor, rule)
        until = parties.BudgetTerms(ends_on=business_day(now()) + dt.timedelta(days=60))
        settlement.keep_budget(scene.buyer.actor, scene.buyer.ref, "2026-Q1", until, amount=900_000, currency=CNY)
        terms = {"fee_percent": "3", "share_percent": "9"}
        pricing.propose_share_contract(
            market.operator.actor, kind="operator_supplier", terms=terms, party_ref=scene.s1.ref
        )
        pricing.propose_share_contract(
            market.operator.actor, kind="operator_partner", party_ref=scene.partner.ref,
            terms={"mode": "commission", "clauses": [{"bands": [{"from": 0, "percent": "9"}]}]},
        )  # fmt: skip
        done = imports.ask_import(scene.s1.actor, [INVOICES], file_name="invoices-2010.csv")
        imports.release_import(scene.operator.actor, done)
        all_done()
        imports.ask_import(scene.s1.actor, [INVOICES], file_name="invoices-2011.csv")
