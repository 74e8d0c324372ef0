"""A market with two of everything: one side's own, and another side's that is none of its business."""

import base64
import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.journeys.market import Company, Market
from trivium.api.tests import agreements
from trivium.api.tests.caller import Caller
from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewSku
from trivium.core.ids import new_ref
from trivium.core.jobs import drain
from trivium.core.tests.handed_in import pdf
from trivium.core.tests.test_pictures import made
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.integration import commands as integration
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.tests.applying import FACTS, GOOD_NUMBER, OTHER_NUMBER, add_licence, goods_there_are
from trivium.parties.tests.signing import drafted, published, signed
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.service import commands as service
from trivium.settlement import commands as settlement

CNY = "CNY"
NUMBERS = {"A": GOOD_NUMBER, "B": OTHER_NUMBER}
INVOICES = b"""InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,22423,CAKESTAND,2,2010-12-01 08:26,12.75,7,United Kingdom
C2,22423,CAKESTAND,-1,2010-12-01 09:26,12.75,7,United Kingdom
"""
SHIP_TO = {
    "name": "Chen Wei", "phone": "+8613800138000", "country": "CN", "region": "440305", "city": "Shenzhen",
    "street": "1 Keyuan Road",
}  # fmt: skip


@dataclass
class Side:
    """A supplier, a partner and a buyer that trade with each other, and references of all they have."""

    supplier: Company
    partner: Company
    buyer: Company
    refs: dict[str, str] = field(default_factory=dict)


class Scene:
    """Two sides under one operator, each with a placed, a shipped and a stated order."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.operator = Caller.of(market.operator.actor)
        self.grades: list[str] = []
        self.agreement = published(market.operator.actor, "buyer", is_required=False)
        self.mine, self.theirs = (self._side(name) for name in ("A", "B"))
        self.callers = {
            "operator": self.operator,
            "supplier": Caller.of(self.mine.supplier.actor),
            "partner": Caller.of(self.mine.partner.actor),
            "buyer": Caller.of(self.mine.buyer.actor),
        }

    def _side(self, name: str) -> Side:
        market = self.market
        supplier = market.supplier(f"Supplier {name}", markup_band={"min_percent": "0", "max_percent": "50"})
        partner = market.partner(f"Partner {name}")
        side = Side(supplier, partner, market.buyer(f"Buyer {name}", partner))
        sku = market.sku(supplier, name, [(1, "10.00"), (10, "9.00")])
        hidden = catalog.create_product(
            supplier.actor,
            name=f"Hidden {name}",
            category_ref=market.category_ref,
            skus=[NewSku(code=f"H{name}")],
        )
        catalog.delist_product(supplier.actor, hidden.ref)
        (price_list,) = prices.price_lists(supplier.actor)
        side.refs |= {"sku": sku, "product": hidden.ref, "hidden_sku": hidden.sku_refs[f"H{name}"]}
        (side.refs["picture"],) = catalog.add_pictures(supplier.actor, hidden.ref, [[made()]])
        side.refs |= {"price_list": price_list.ref, "location": stock.locations_of(supplier.actor)[0].ref}
        side.refs["promotion"] = pricing.launch_promotion(
            partner.actor, name="Ten off", amount_off=10, threshold=10**9, currency=CNY
        )
        side.refs["coupon"] = pricing.create_coupon(
            partner.actor, code=f"TEN{name}", amount_off=10, currency=CNY
        )
        side.refs["contract"] = pricing.propose_share_contract(
            supplier.actor, kind="operator_supplier", terms={"fee_percent": "2", "share_percent": "8"}
        )
        side.refs["holiday"] = inventory.set_holiday(supplier.actor, begins=later(10), ends=later(12))
        side.refs["person"] = supplier.actor.user_ref
        side.refs["contact"] = parties.add_contact(supplier.actor, name="Li")
        side.refs["change"] = parties.ask_change(
            supplier.actor, "legal_name", seen=10**9, reason="new licence", legal_name=f"Group {name}"
        )
        side.refs["company_paper"] = parties.hand_in_paper(
            supplier.actor, kind="other", file=[pdf(text=new_ref("L"))]
        )
        side.refs["key"] = parties.create_api_key(supplier.actor, label="other")[0]
        side.refs["import"] = integration.ask_import(supplier.actor, [INVOICES], file_name="old.csv")
        side.refs["application"] = ref = parties.start_application(supplier.actor, "buyer", for_company=True)
        goods_there_are()
        parties.save_application(supplier.actor, ref, version=1, facts={**FACTS, "number": NUMBERS[name]})
        side.refs["paper"] = add_licence(supplier.actor, ref)
        side.refs["rule"] = "expiry"
        side.refs["term"] = "left-pipl"
        self._trade(side)
        asked = {"subject": "Lamps", "text": "Are they in?", "kind": "question"}
        side.refs["ticket"] = service.open_ticket(side.buyer.actor, **asked)
        both = {"en": "Rules", "zh-hans": "守则"}
        named = [each.ref for each in (supplier, partner, side.buyer)]
        side.refs["announcement"] = service.announce(
            market.operator.actor, title=both, text=both, kind="policy", companies=named, must_acknowledge=True
        )
        side.refs["agreement"] = drafted(market.operator.actor, "buyer")
        side.refs["signature"] = signed(side.buyer.actor, self.agreement)
        side.refs["poll"] = service.ask_poll(
            market.operator.actor, question=both, options={"en": ["Yes", "No"], "zh-hans": ["是", "否"]},
            voters="company", results_shown="voted", closes_at=now() + dt.timedelta(days=30), companies=named,
        )  # fmt: skip
        side.refs["meeting"] = service.call_meeting(
            market.operator.actor, subject=both, agenda=both, companies=named,
            when=service.When(now() + dt.timedelta(days=30), now() + dt.timedelta(days=31), place="Room 3"),
        )  # fmt: skip
        return side

    def _trade(self, side: Side) -> None:
        """A stated order, a shipped one, and one that has just been placed; an approval waits."""
        stated, shipped = (self.market.order(side.buyer, [(side.refs["sku"], 3)]) for _ in range(2))
        for placed in (stated, shipped):
            self.confirm(side, placed)
            payment = settlement.record_bank_transfer(
                self.market.operator.actor, placed.ref, amount=placed.total, reference=placed.number
            )
            drain()
        side.refs |= {"payment": payment.ref, "gateway": "sandbox"}
        side.refs["shipment"] = self.ship(side, shipped)
        fulfilment.confirm_delivery(side.buyer.actor, self.ship(side, stated))
        (part,) = stated.supplier_order_refs
        ordering.hold_completion(self.market.operator.actor, part)
        ordering.lift_hold(self.market.operator.actor, part)
        placed = self.market.order(side.buyer, [(side.refs["sku"], 2)])
        side.refs |= {"order": placed.ref, "number": placed.number, "part": placed.supplier_order_refs[0]}
        line = orders.get_order(side.buyer.actor, placed.ref)["supplier_orders"][0]["lines"][0]
        side.refs["line"] = line["ref"]
        parties.set_approval_rule(
            side.buyer.actor, organization_ref=side.buyer.ref, threshold=10000, currency=CNY, needed=1
        )
        self.market.order(side.buyer, [(side.refs["sku"], 20)])
        side.refs["approval"] = str(people.approvals_waiting(side.buyer.actor)[0]["ref"])
        side.refs |= {"organization": side.supplier.ref, "buyer": side.buyer.ref, "partner": side.partner.ref}
        side.refs["category"] = self.market.category_ref
        side.refs["grade"] = parties.define_grade(
            self.market.operator.actor, name={"en": side.partner.ref}, rank=len(self.grades) + 10, rights=[]
        )
        self.grades.append(side.refs["grade"])
        side.refs["cutover"] = parties.assign_buyer(
            self.market.operator.actor, buyer_ref=side.buyer.ref, partner_ref=self.market.house.ref,
            from_day=later(100), reason="territory",
        )  # fmt: skip
        side.refs["entry"] = parties.begin_entry(
            self.market.operator.actor, side.supplier.ref, "supplier", minutes=60, acts=False, reason="asked by phone"
        )
        admin = side.supplier.actor
        mail = f"invited-{side.supplier.id}@example.test"
        side.refs["invitation"] = parties.invite_person(admin, email=mail, place=parties.Place())
        side.refs["department"] = parties.keep_department(admin, name="Sales")
        side.refs["cost_centre"] = parties.keep_cost_centre(admin, code="100", name="Sales")
        rule = parties.NewOrderRule("Large", 10**9, approvers=((side.buyer.colleague.user_ref, ""),))
        side.refs["order_rule"] = parties.keep_order_rule(side.buyer.actor, rule)
        named = {"deputy_ref": side.buyer.colleague.user_ref, "starts_on": later(300), "ends_on": later(301)}
        side.refs["stand_in"] = side.buyer.colleague.user_ref
        side.refs["deputy"] = parties.name_deputy(side.buyer.actor, **named)
        side.refs["colleague"] = side.supplier.colleague.user_ref

    def confirm(self, side: Side, placed: ordering.Placed) -> None:
        """Both sides confirm an order."""
        for part in placed.supplier_order_refs:
            ordering.confirm_supply(side.supplier.actor, part, ship_date=business_day(now()))
            ordering.confirm_margin(side.partner.actor, part)
        drain()

    def ship(self, side: Side, placed: ordering.Placed) -> str:
        """The supplier sends all of it."""
        (part,) = placed.supplier_order_refs
        return fulfilment.dispatch(side.supplier.actor, part, carrier="SF", tracking_numbers=[part[-12:]]).ref


@contextlib.contextmanager
def standing(folders: pytest.TempPathFactory) -> Iterator[Scene]:
    """A scene for all tests of a file, with a folder of its own for its papers; it is undone at the end."""
    with override_settings(MEDIA_ROOT=folders.mktemp("files")), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


def later(days: int) -> dt.date:
    """So many days from today."""
    return business_day(now()) + dt.timedelta(days=days)


def complete_what_is_due() -> None:
    """What the sweep does at each deadline, and the jobs that follow."""
    for kind, ref in orders.due(now(), 1_000):
        ordering.pass_deadline(kind, ref)
    drain()


def order_body(*skus: str, **more: Any) -> dict[str, Any]:
    """An order that can be placed."""
    return {
        "lines": [{"sku_ref": sku, "quantity": 1} for sku in skus],
        "ship_to": SHIP_TO,
        "delivery_method": "standard",
        "payment_method": "bank_transfer",
        **more,
    }


def path_of(path: str, refs: dict[str, str]) -> str:
    """An address with one side's references in it: what stands before the place says which."""
    kinds = {
        "/orders/": "order", "/supplier-orders/": "part", "/lines/": "line", "/shipments/": "shipment",
        "/statements/": "statement", "/approvals/": "approval", "/price-lists/": "price_list",
        "/products/": "product", "/skus/": "sku", "/stock/": "hidden_sku", "/cart/lines/": "hidden_sku",
        "/share-contracts/": "contract", "/promotions/": "promotion", "/coupons/": "coupon", "/api-keys/": "key",
        "/contacts/": "contact", "/change-requests/": "change", "/persons/": "person",
        "/company-papers/": "company_paper",
        "/organizations/": "organization", "/imports/": "import", "/accounts/": "buyer",
        "/payments/": "payment", "/gateways/": "gateway", "/tickets/": "ticket",
        "/announcements/": "announcement", "/polls/": "poll", "/meetings/": "meeting", "/holidays/": "holiday",
        "/applications/": "application", "/papers/": "paper", "/screening-rules/": "rule", "/retention-rules/": "term",
        "/partner-grades/": "grade", "/cutovers/": "cutover", "/entries/": "entry",
        "/agreements/": "agreement", "/agreement-signatures/": "signature",
        "/people/invitations/": "invitation", "/people/": "colleague", "/departments/": "department",
        "/order-rules/": "order_rule", "/deputies/": "deputy",
        "/cost-centres/": "cost_centre",
    }  # fmt: skip
    kind = next(kind for start, kind in kinds.items() if path.startswith(start))
    return (
        path.replace("{ref}", refs[kind])
        .replace("{sku_ref}", refs[kind])
        .replace("{buyer_ref}", refs[kind])
        .replace("{name}", refs[kind])
        .replace("{code}", refs[kind] if kind in ("rule", "term") else "Q1")
        .replace("{picture_ref}", refs.get("picture", "pic_none"))
    )


def body_of(method: str, path: str, refs: dict[str, str]) -> dict[str, Any] | None:
    """A body a write would accept."""

    def r(kind: str) -> str:
        return refs.get(kind, "xxx_" + "0" * 20)

    why = {"reason": "not needed any more"}
    begins = now() + dt.timedelta(days=3)
    meeting = {"begins_at": begins.isoformat(), "ends_at": (begins + dt.timedelta(hours=1)).isoformat(),
               "place": "Room 3"}  # fmt: skip
    words = {"words": "as we agreed"}
    item = {"sku_ref": r("sku"), "quantity": 1}
    price = {"sku_ref": r("sku"), "from_quantity": 1, "unit_price": "10.00"}
    sku = {"code": "NEW-1"}
    terms = {"fee_percent": "3", "share_percent": "8"}
    event = {"tracking_number": "1", "event_id": "1", "code": "delivered", "at": now().isoformat()}
    back = {"line_ref": r("line"), "quantity": 1}
    agreed = {"buyer_ref": r("buyer"), "sku_ref": r("sku"), "unit_price": "8.00"}
    off = {"amount_off": "5.00", "threshold": "10000.00"}
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("POST", "/organizations"): {"name": "New company", "roles": ["buyer"]},
        ("POST", "/organizations/{ref}/suspend"): why,
        ("POST", "/organizations/{ref}/reinstate"): why,
        ("POST", "/applications"): {"role": "partner"},
        ("PATCH", "/applications/{ref}"): {"version": 2, "name": "Renamed"},
        ("POST", "/applications/{ref}/papers"): {"kind": "other", "content": base64.b64encode(pdf()).decode()},
        ("POST", "/applications/{ref}/submit"): words,
        ("POST", "/applications/{ref}/withdraw"): words,
        ("POST", "/applications/{ref}/ask"): words,
        ("POST", "/applications/{ref}/approve"): words,
        ("POST", "/applications/{ref}/reject"): words,
        ("PUT", "/screening-rules/{code}"): {"strength": "flag", "is_on": True, "reason": "Lenient for a while"},
        ("POST", "/blocklist"): {"kind": "mail", "value": "fraud.example", "reason": "Fraud"},
        ("POST", "/persons"): {"email": "new@example.test", "name": "Lin Yue", "password": "correct horse 9"},
        ("PATCH", "/company"): {"seen": 10**9, "address": "1 Keyuan Road"},
        ("POST", "/contacts"): {"name": "Li Na", "phone": "+8613800138000"},
        ("PUT", "/contacts/{ref}"): {"seen": 10**9, "name": "Li Na"},
        ("POST", "/contacts/{ref}/remove"): {"seen": 10**9},
        ("POST", "/change-requests"): {
            "seen": 10**9, "kind": "bank", "reason": "new", "holder": "A", "account": "6222021234567890123",
        },
        ("POST", "/change-requests/{ref}/decline"): {"answer": "no"},
        ("POST", "/change-requests/{ref}/approve"): {},
        ("POST", "/company-papers"): {"kind": "other", "content": base64.b64encode(pdf(text=new_ref("L"))).decode()},
        ("POST", "/company-papers/{ref}/approve"): {},
        ("POST", "/company-papers/{ref}/decline"): words,
        ("POST", "/persons/{ref}/erase"): {"reason": "asked for by letter of 2 March"},
        ("PUT", "/retention-rules/{code}"): {"seen": 1, "days": 400, "reason": "As our lawyers say"},
        ("POST", "/me/consents"): {"purpose": "news", "version": 1},
        ("POST", "/me/consents/withdraw"): {"purpose": "news"},
        ("POST", "/roles"): {"email": "new@example.test", "organization_ref": r("organization"), "role": "supplier"},
        ("POST", "/partner-grades"): {"name": "Silver", "rank": 2, "rights": ["price.view"]},
        ("PUT", "/partner-grades/{ref}"): {"name": {"en": "Gold"}, "rank": 3, "rights": []},
        ("PUT", "/organizations/{ref}/grade"): {"grade_ref": None},
        ("PUT", "/people/{ref}"): {"job": "finance", "spending_limit": "100.00"},
        ("POST", "/people/{ref}/remove"): {},
        ("POST", "/people/invitations"): {"email": "somebody@example.test"},
        ("POST", "/order-rules"): {"name": "Tools", "threshold": "900000.00", "category_ref": r("category")},
        ("PUT", "/order-rules/{ref}"): {"name": "Huge", "threshold": "9000000.00", "if_nobody": "wait"},
        ("POST", "/deputies"): {"deputy_ref": r("stand_in"), "starts_on": later(200).isoformat()},
        ("POST", "/departments"): {"name": "Purchasing"},
        ("PUT", "/departments/{ref}"): {"name": "Buying"},
        ("POST", "/cost-centres"): {"code": "200", "name": "Head office"},
        ("PUT", "/cost-centres/{ref}"): {"code": "201", "name": "Head office"},
        ("POST", "/assignments"): {"buyer_ref": r("buyer"), "partner_ref": r("partner")},
        ("PUT", "/approval-rules"): {"organization_ref": r("buyer"), "threshold": "500.00", "currency": CNY},
        ("POST", "/approvals/{ref}/decide"): {"yes": True},
        ("POST", "/api-keys"): {"label": "program"},
        ("POST", "/categories"): {"code": "new", "name": "New"},
        ("POST", "/products"): {"name": "New", "category_ref": r("category"), "skus": [sku]},
        ("PATCH", "/products/{ref}"): {"name": {"en": "Renamed"}},
        ("POST", "/products/{ref}/skus"): {"code": "NEW-2"},
        ("PUT", "/products/{ref}/pictures"): {"picture_refs": [r("picture")]},
        ("PATCH", "/skus/{ref}"): {"weight_g": 12},
        ("POST", "/stock/receipts"): {"items": [item]},
        ("POST", "/stock/counts"): {"items": [item]},
        ("POST", "/stock/moves"): {"items": [item], "source_ref": r("location"), "destination_ref": r("second")},
        ("POST", "/stock/write-offs"): {"items": [item], "location_ref": r("location")},
        ("POST", "/stock/backorder"): {"sku_refs": [r("sku")], "is_allowed": False},
        ("POST", "/locations"): {"name": "Second warehouse"},
        ("POST", "/holidays"): {"begins": later(20).isoformat(), "ends": later(22).isoformat(), "words": "Fair"},
        ("POST", "/price-lists"): {"name": "New", "currency": CNY, "prices": [price]},
        ("POST", "/price-lists/{ref}/prices"): {"prices": [price]},
        ("POST", "/price-lists/{ref}/remove"): {"sku_refs": [r("sku")]},
        ("POST", "/contract-prices"): {**agreed, "currency": CNY},
        ("PUT", "/freight-rates"): {"rates": [{"delivery_method": "standard", "currency": CNY, "base": "0.00"}]},
        ("POST", "/promotions"): {"name": "Five off", **off, "currency": CNY},
        ("POST", "/coupons"): {"code": "NEWCODE", "percent": "5"},
        ("POST", "/share-contracts"): {"kind": "operator_supplier", "terms": terms},
        ("POST", "/share-contracts/{ref}/sign"): {},
        ("POST", "/orders"): order_body(r("sku")),
        ("POST", "/orders/{ref}/cancel"): why,
        ("POST", "/cart/lines"): item,
        ("PUT", "/cart/lines/{sku_ref}"): {"quantity": 1},
        ("POST", "/cart/place"): {name: value for name, value in order_body().items() if name != "lines"},
        ("POST", "/supplier-orders/{ref}/confirm-supply"): {"ship_date": business_day(now()).isoformat()},
        ("POST", "/supplier-orders/{ref}/reject"): why,
        ("POST", "/supplier-orders/{ref}/object"): why,
        ("POST", "/supplier-orders/{ref}/cancel"): why,
        ("POST", "/supplier-orders/{ref}/hold"): {"held": True},
        ("POST", "/supplier-orders/{ref}/ship"): {"carrier": "SF"},
        ("POST", "/shipments/{ref}/events"): {"events": [event]},
        ("POST", "/orders/{ref}/pay"): {"gateway": "sandbox"},
        ("POST", "/orders/{ref}/bank-transfer"): {"amount": "20.00", "reference": "BOC-77"},
        ("POST", "/supplier-orders/{ref}/refunds"): {"lines": [back], "reason": "broken"},
        ("POST", "/statements"): {},
        ("POST", "/payments/{ref}/return"): {"reference": "BOC-79"},
        ("POST", "/gateways/{name}/payouts"): {
            "amount": "29.80", "fee": "0.20", "currency": CNY, "reference": "BOC-80"},
        ("POST", "/accounts/{buyer_ref}/settle"): {"amount": "1.00", "currency": CNY, "reference": "BOC-78"},
        ("PUT", "/accounts/{buyer_ref}/credit-limit"): {"limit": "1000.00", "currency": CNY},
        ("PUT", "/accounts/{buyer_ref}/budgets/{code}"): {"amount": "1000.00", "currency": CNY},
        ("POST", "/tickets"): {"subject": "Lamps", "text": "Are they in stock?", "about": r("order")},
        ("POST", "/feedback"): {"text": "The list is long.", "page": "/buyer/orders/"},
        ("POST", "/tickets/{ref}/reply"): {"text": "One thing more."},
        ("POST", "/tickets/{ref}/answer"): {"text": "They are."},
        ("POST", "/tickets/{ref}/close"): {"outcome": "solved"},
        ("POST", "/tickets/{ref}/reopen"): {"text": "It is not."},
        ("POST", "/announcements"): {"title": {"en": "Rules", "zh-hans": "守则"},
                                     "text": {"en": "Be fair.", "zh-hans": "诚信合作。"}, "roles": ["buyer"]},
        **agreements.BODIES,
        ("POST", "/first-steps"): {"step": "papers"},
        ("POST", "/polls"): {"question": {"en": "Which day?", "zh-hans": "哪天？"}, "roles": ["buyer"],
                             "options": {"en": ["Monday", "Friday"], "zh-hans": ["周一", "周五"]},
                             "closes_at": (now() + dt.timedelta(days=3)).isoformat()},
        ("POST", "/polls/{ref}/vote"): {"choices": [0]},
        ("POST", "/meetings"): {"subject": {"en": "Goods", "zh-hans": "商品"}, "roles": ["buyer"],
                                "agenda": {"en": "Prices", "zh-hans": "价格"}, **meeting},
        ("POST", "/meetings/{ref}/move"): meeting,
        ("POST", "/meetings/{ref}/answer"): {"answer": "yes", "guests": "Li"},
        ("POST", "/meetings/{ref}/minutes"): {"text": {"en": "We met.", "zh-hans": "已开会。"}, "tasks": [
            {"words": {"en": "Send", "zh-hans": "寄样"}, "who": "Li", "until": "2027-01-31"}]},
        ("POST", "/notices/read"): {"event_id": 1},
    }  # fmt: skip
    return bodies.get((method, path))
