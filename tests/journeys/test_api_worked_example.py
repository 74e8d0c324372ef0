"""The worked example of the domain through the API alone, in all three ways a partner earns, to the cent."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.market import Company, Market
from trivium.api.tests.caller import Caller
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.ordering.jobs import sweep_deadlines

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CNY = "CNY"
SHIP_TO = {
    "name": "Chen Wei", "phone": "+8613800138000", "country": "CN", "region": "440305", "city": "Shenzhen",
    "street": "1 Keyuan Road",
}  # fmt: skip
TERMS = {
    "commission": {"mode": "commission", "clauses": [{"bands": [{"from": 0, "percent": "8"}]}]},
    "service_fee": {"mode": "service_fee", "clauses": [{"bands": [{"from": 0, "percent": "5"}]}]},
    "markup": {"mode": "markup"},
}
# What each party ends with of the whole order, and what the buyer pays: the figures of domain.md, section 4, and
# of docs/algorithms/commission.md for the other two ways.
ENDS = {
    "commission": {"total": "1017.99", "s1": "849.39", "s2": "95.30", "partner": "72.40"},
    "service_fee": {"total": "1067.49", "s1": "849.39", "s2": "95.30", "partner": "39.50"},
    "markup": {"total": "1121.00", "s1": "923.91", "s2": "103.18", "partner": "93.01"},
}


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


def made(said: Any) -> Any:
    """The data of an answer that must have gone well."""
    assert said.status in (200, 201), said.data
    return said.data


class Programs:
    """The example's parties, each as a program; all they need is set up through the API."""

    def __init__(self, mode: str) -> None:
        self.market = market = Market()
        self.operator = Caller.of(market.operator.actor)
        self.colleague = Caller.of(market.operator.colleague)
        s1, s2 = market.join("Lvyuan Hardware", "supplier"), market.join("Hengtai Fasteners", "supplier")
        partner, buyer = market.join("Nanfang Channel", "partner"), market.join("Haiwen Engineering", "buyer")
        self.s1, self.s2, self.partner, self.buyer = (Caller.of(c.actor) for c in (s1, s2, partner, buyer))
        self.refs = {"s1": s1.ref, "s2": s2.ref, "partner": partner.ref, "buyer": buyer.ref}
        made(self.operator.post("/assignments", {"buyer_ref": buyer.ref, "partner_ref": partner.ref}))
        supplier_terms = {
            "fee_percent": "3",
            "share_percent": "8",
            "markup_band": {"min_percent": "0", "max_percent": "50"},
        }
        for company, caller in ((s1, self.s1), (s2, self.s2)):
            self.sign("operator_supplier", company, caller, supplier_terms)
        self.sign("operator_partner", partner, self.partner, TERMS[mode])
        self.a = self.sell(self.s1, "A", [(1, "100.00"), (10, "95.00")], "20.00")
        self.c = self.sell(self.s2, "C", [(1, "33.33")], "8.00")
        if mode == "markup":
            for supplier, sku, steps in (
                (s1, self.a, [(1, "110.00"), (10, "104.50")]),
                (s2, self.c, [(1, "36.00")]),
            ):
                prices = [{"sku_ref": sku, "from_quantity": q, "unit_price": p} for q, p in steps]
                own = {"name": "Own prices", "currency": CNY, "prices": prices, "supplier_ref": supplier.ref}
                made(self.partner.post("/price-lists", own))
        funders = [{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}]
        promotion = {"name": {"en": "Spend 1 000 save 50", "zh-hans": "满1000减50"}, "amount_off": "50.00"}
        made(
            self.operator.post(
                "/promotions", {**promotion, "threshold": "1000.00", "currency": CNY, "funders": funders}
            )
        )
        made(self.partner.post("/coupons", {"code": "TEN", "amount_off": "10.00", "currency": CNY}))

    def sign(self, kind: str, company: Company, caller: Caller, terms: dict[str, Any]) -> None:
        proposal = {"kind": kind, "terms": terms, "party_ref": company.ref}
        ref = made(self.operator.post("/share-contracts", proposal))["ref"]
        terms_hash = made(caller.get(f"/share-contracts/{ref}"))["terms_hash"]
        assert not made(self.operator.post(f"/share-contracts/{ref}/sign", {}))["is_complete"]
        assert made(caller.post(f"/share-contracts/{ref}/sign", {"terms_hash": terms_hash}))["is_complete"]

    def sell(self, caller: Caller, code: str, steps: list[tuple[int, str]], freight: str) -> str:
        product = {
            "name": f"Product {code}",
            "category_ref": self.market.category_ref,
            "skus": [{"code": code}],
        }
        sku = made(caller.post("/products", product))["sku_refs"][code]
        prices = [{"sku_ref": sku, "from_quantity": q, "unit_price": p} for q, p in steps]
        made(caller.post("/price-lists", {"name": "List", "currency": CNY, "prices": prices}))
        rate = {"delivery_method": "standard", "currency": CNY, "base": freight}
        made(caller.put("/freight-rates", {"rates": [rate]}))
        made(
            caller.post(
                "/stock/receipts", {"items": [{"sku_ref": sku, "quantity": 100}], "delivery": "first"}
            )
        )
        return str(sku)

    def place(self, payment_method: str) -> dict[str, Any]:
        order = {
            "lines": [{"sku_ref": self.a, "quantity": 10}, {"sku_ref": self.c, "quantity": 3}],
            "ship_to": SHIP_TO,
            "delivery_method": "standard",
            "payment_method": payment_method,
            "coupon_codes": ["TEN"],
            "po_number": "PO-7",
        }
        return dict(made(self.buyer.post("/orders", order)))

    def confirm(self, placed: dict[str, Any]) -> None:
        for part, supplier in zip(placed["supplier_order_refs"], (self.s1, self.s2), strict=True):
            made(supplier.post(f"/supplier-orders/{part}/confirm-supply", {"ship_date": "2026-03-03"}))
            made(self.partner.post(f"/supplier-orders/{part}/confirm-margin"))
        drain()

    def deliver(self, placed: dict[str, Any]) -> None:
        for part, supplier in zip(placed["supplier_order_refs"], (self.s1, self.s2), strict=True):
            sent = {"carrier": "SF Express", "tracking_numbers": [part[-12:]]}
            shipment = made(supplier.post(f"/supplier-orders/{part}/ship", sent))["ref"]
            event = {
                "tracking_number": part[-12:],
                "event_id": "1",
                "code": "picked_up",
                "at": "2026-03-02T17:30:00+08:00",
            }
            assert made(supplier.post(f"/shipments/{shipment}/events", {"events": [event]}))["changed"] == 1
            assert made(supplier.post(f"/shipments/{shipment}/events", {"events": [event]}))["changed"] == 0
            made(self.buyer.post(f"/shipments/{shipment}/sign"))
            (seen,) = made(self.buyer.get(f"/supplier-orders/{part}/shipments"))["items"]
            assert seen["signed_at"] and seen["parcels"][0]["status"] == "picked_up"
        drain()

    def complete(self, clock: SettableClock) -> None:
        clock.move(days=8)
        sweep_deadlines()
        drain()
        clock.move(hours=1)


def test_the_figures_every_reader_gets(clock: SettableClock) -> None:
    programs = Programs("commission")
    placed = programs.place("prepaid")
    assert placed["total"] == "1017.99"
    order = made(programs.operator.get(f"/orders/{placed['number']}"))
    a, c = (part["lines"][0]["figures"] for part in order["supplier_orders"])
    assert (a["gross"], c["gross"]) == ("950.00", "99.99")
    assert (a["operator_part"], a["supplier_part"], a["partner_part"]) == ("27.14", "18.10", "9.05")
    assert (a["paid"], c["paid"]) == ("895.71", "94.28")
    assert (a["base"], c["base"]) == ("931.90", "98.09")
    assert (a["fee"], c["fee"]) == ("27.96", "2.94")
    assert (a["commission"], c["commission"]) == ("74.55", "7.85")
    assert (a["supplier_net"], c["supplier_net"]) == ("829.39", "87.30")

    seen = made(programs.s1.get(f"/orders/{placed['ref']}"))
    (own,) = seen["supplier_orders"]
    assert "total" not in seen
    assert set(own["lines"][0]["figures"]) == {"gross", "supplier_part", "base", "deduction", "supplier_net"}
    assert own["lines"][0]["figures"]["deduction"] == "102.51"  # fee and commission in one figure
    line = own["lines"][0]["ref"]
    for caller, other in (
        (programs.buyer, "commission"),
        (programs.partner, "fee"),
        (programs.s1, "commission"),
    ):
        explained = made(caller.get(f"/lines/{line}/explain"))
        assert other not in explained["figures"]
    assert made(programs.buyer.get("/worklist"))["items"] == []
    assert [work["act"] for work in made(programs.s1.get("/worklist"))["items"]] == ["confirm_supply"]


@pytest.mark.parametrize("mode", list(ENDS))
def test_from_placing_to_payout(clock: SettableClock, mode: str) -> None:
    programs, ends = Programs(mode), ENDS[mode]
    placed = programs.place("prepaid")
    assert placed["total"] == ends["total"]
    programs.confirm(placed)
    made(programs.buyer.post(f"/orders/{placed['number']}/pay", {"gateway": "sandbox"}))
    drain()
    (payment,) = made(programs.buyer.get(f"/orders/{placed['ref']}/payments"))["items"]
    assert (payment["status"], payment["amount"]) == ("received", ends["total"])
    programs.deliver(placed)
    programs.complete(clock)
    order = made(programs.buyer.get(f"/orders/{placed['ref']}"))
    assert {part["status"] for part in order["supplier_orders"]} == {"completed"}

    issued = made(programs.operator.post("/statements", {}))["statement_refs"]
    stated = {}
    callers = {
        programs.refs["s1"]: programs.s1,
        programs.refs["s2"]: programs.s2,
        programs.refs["partner"]: programs.partner,
    }
    for ref in issued:
        statement = made(programs.operator.get(f"/statements/{ref}"))
        party = statement["party"]["ref"]
        stated[party] = statement["total"]
        assert not made(callers[party].post(f"/statements/{ref}/confirm"))["closed"]
        assert made(programs.operator.post(f"/statements/{ref}/confirm"))["closed"]
    assert stated == {programs.refs[name]: ends[name] for name in ("s1", "s2", "partner")}
    for approval in made(programs.operator.get("/approvals"))["items"]:
        assert (
            made(programs.operator.post(f"/approvals/{approval['ref']}/decide", {"yes": True}))["status"]
            == "waiting"
        )
        assert (
            made(programs.colleague.post(f"/approvals/{approval['ref']}/decide", {"yes": True}))["status"]
            == "approved"
        )
    drain()
    for name, caller in (("s1", programs.s1), ("s2", programs.s2), ("partner", programs.partner)):
        (payout,) = made(caller.get("/payouts"))["items"]
        assert (payout["status"], payout["amount"]) == ("sent", ends[name])


def test_on_account_with_returns_before_and_after_completion(clock: SettableClock) -> None:
    programs = Programs("commission")
    buyer_ref = programs.refs["buyer"]
    made(programs.operator.put(f"/accounts/{buyer_ref}/credit-limit", {"limit": "2000.00", "currency": CNY}))
    placed = programs.place("on_account")
    first, second = placed["supplier_order_refs"]
    programs.confirm(placed)
    programs.deliver(placed)
    order = made(programs.operator.get(f"/orders/{placed['ref']}"))
    a, c = (part["lines"][0]["ref"] for part in order["supplier_orders"])

    back = {"lines": [{"line_ref": a, "quantity": 4}], "reason": "four were the wrong size"}
    assert "amount" not in made(programs.s1.post(f"/supplier-orders/{first}/refunds", back))
    (seen,) = made(programs.buyer.get(f"/supplier-orders/{first}/refunds"))["items"]
    assert seen["amount"] == "358.28"  # half-up(895.71 × 4/10)
    programs.complete(clock)
    back = {"lines": [{"line_ref": c, "quantity": 3}], "freight": "8.00", "reason": "all defective"}
    assert made(programs.operator.post(f"/supplier-orders/{second}/refunds", back))["amount"] == "102.28"
    drain()

    owed = Decimal("1017.99") - Decimal("358.28") - Decimal("102.28")
    receipt = {"amount": str(owed), "currency": CNY, "reference": "BOC-2"}
    too_much = programs.operator.post(
        f"/accounts/{buyer_ref}/settle", {**receipt, "amount": str(owed + Decimal("0.01"))}
    )
    assert (too_much.status, too_much.code) == (409, "account.pays_too_much")
    made(programs.operator.post(f"/accounts/{buyer_ref}/settle", receipt))
    clock.move(hours=1)
    issued = made(programs.operator.post("/statements", {}))["statement_refs"]
    statements = [made(programs.operator.get(f"/statements/{ref}")) for ref in issued]
    totals = {statement["party"]["ref"]: statement["total"] for statement in statements}
    # A stands at 6/10: the supplier keeps 829.39 less what it bears of the return, and its freight.
    borne = sum(map(Decimal, ("358.28", "10.86", "3.62", "-29.82", "-11.18")))
    assert totals[programs.refs["s1"]] == str(Decimal("829.39") - borne + Decimal("20.00"))
    assert totals[programs.refs["s2"]] == "0.00"
    assert totals[programs.refs["partner"]] == str(
        Decimal("74.55") - Decimal("29.82") - (Decimal("9.05") - Decimal("3.62"))
    )
