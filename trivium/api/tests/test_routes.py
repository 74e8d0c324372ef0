"""Every route does what it says, once through the whole trade; and each answer is what the document declares."""

from typing import Any

import pytest
from django.test import Client

from trivium.api.tests import agreements, exchange, particulars, service
from trivium.api.tests.applying import tell_of_applications
from trivium.api.tests.caller import SUCCEEDED, Caller, Said, routes
from trivium.api.tests.companies import belonging, grades, inside
from trivium.api.tests.scene import CNY, INVOICES, Scene, body_of, complete_what_is_due, order_body, path_of
from trivium.core.jobs import drain
from trivium.core.tests.test_pictures import made
from trivium.core.time import SettableClock, business_day, now, use_clock

pytestmark = pytest.mark.django_db


class Story:
    """The scene, and a way to say what shall go well."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.refs = self.scene.mine.refs

    def ask(self, role: str, method: str, path: str, body: Any = None, **refs: str) -> Any:
        """Ask as a role for a route in the table's words; the answer must be good."""
        known = self.refs | refs
        address = path_of(path, known) if "{" in path else path
        caller = self.scene.callers[role]
        body = body_of(method, path, known) if body is None else body
        said = caller.get(address) if method == "GET" else caller.write(method, address, body)
        assert said.status in (200, 201), (method, address, said.data)
        return said.data

    def place(self, quantity: int = 1, **more: Any) -> tuple[str, str]:
        """An order of the one sku: its reference and its part's."""
        body = order_body(self.refs["sku"], **more)
        body["lines"][0]["quantity"] = quantity
        placed = self.ask("buyer", "POST", "/orders", body)
        return placed["ref"], placed["supplier_order_refs"][0]

    def confirm(self, part: str) -> None:
        """Both sides confirm."""
        self.ask("supplier", "POST", "/supplier-orders/{ref}/confirm-supply", part=part)
        self.ask("partner", "POST", "/supplier-orders/{ref}/confirm-margin", part=part)
        drain()


def test_every_route_works_and_answers_as_declared(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    SUCCEEDED.clear()
    story = Story()
    acts = (_people, _goods, _stock, _prices, _contracts, _answers, _buying, _selling, _books, _lists, _imports)
    told = (exchange.tell_of_first_steps, exchange.tell_of_polls, exchange.tell_of_meetings, agreements.told)
    for act in (*acts, service.told, *told, tell_of_applications, particulars.told):
        act(story)
    assert sorted(set(routes()) - SUCCEEDED) == []


def _people(story: Story) -> None:
    ask = story.ask
    assert ask("operator", "GET", "/me")["role"] == "operator"
    made = ask("operator", "POST", "/organizations", {"name": "Xinda", "roles": ["supplier", "buyer"]})["ref"]
    assert ask("operator", "GET", "/organizations/{ref}", organization=made)["name"] == "Xinda"
    newest = ask("operator", "GET", "/organizations")["items"][0]
    assert (newest["ref"], newest["roles"]) == (made, ["supplier", "buyer"])
    person = ask("operator", "POST", "/persons")["ref"]
    ask("operator", "POST", "/roles", organization=made)
    ask("operator", "POST", "/organizations/{ref}/suspend", organization=made)
    ask("operator", "POST", "/organizations/{ref}/reinstate", organization=made)
    ask("operator", "POST", "/persons/{ref}/erase", person=person)
    ask("buyer", "POST", "/me/consents")
    ask("buyer", "POST", "/me/consents/withdraw")
    (consent,) = ask("buyer", "GET", "/me/consents")["items"]
    assert (consent["purpose"], consent["withdrawn_at"] is None) == ("news", False)
    assert ask("buyer", "GET", "/me/data")["consents"][0]["purpose"] == "news"
    assert ask("operator", "PUT", "/retention-rules/{code}", term="left-pipl") == {"code": "left-pipl", "version": 2}
    terms = {rule["code"]: rule for rule in ask("buyer", "GET", "/retention-rules")["items"]}
    assert len(terms) == 24 and terms["books-pipl"]["least"] == terms["books-pipl"]["days"] == 10950
    assert (terms["left-pipl"]["days"], terms["left-pipl"]["version"]) == (400, 2)
    changes = ask("operator", "GET", "/organizations/{ref}/history", organization=made)["items"]
    assert ("suspended_at", None) in [(change["field"], change["new"]) for change in changes]
    ask("operator", "POST", "/assignments", buyer=made)
    belonging(story)
    grades(story)
    inside(story)
    ask("operator", "PUT", "/approval-rules", buyer=made)
    (waiting,) = ask("buyer", "GET", "/approvals")["items"]
    assert waiting["mine"]
    colleague = Caller.of(story.scene.mine.buyer.colleague)
    decided = colleague.post(f"/approvals/{waiting['ref']}/decide", {"yes": True})
    assert decided.data["status"] == "approved"
    key = ask("supplier", "POST", "/api-keys")
    assert key["ref"] in [row["ref"] for row in ask("supplier", "GET", "/api-keys")["items"]]
    ask("supplier", "POST", "/api-keys/{ref}/revoke", key=key["ref"])
    (first, *_rest) = ask("buyer", "GET", "/notices")["items"]
    ask("buyer", "POST", "/notices/read", {"event_id": first["event_id"]})
    assert ask("buyer", "GET", "/notices")["items"][0]["is_read"]


def _goods(story: Story) -> None:
    ask = story.ask
    category = ask(
        "operator", "POST", "/categories", {"code": "lamps", "name": {"en": "Lamps", "zh-hans": "灯具"}}
    )
    assert category["ref"] in [row["ref"] for row in ask("buyer", "GET", "/categories")["items"]]
    lamp = {"code": "L1", "moq": 5, "quantity_step": 0.5, "weight_g": 900}
    new = {"name": "Desk lamp", "category_ref": category["ref"], "skus": [lamp]}
    product = ask("supplier", "POST", "/products", new)
    ask(
        "supplier",
        "PATCH",
        "/products/{ref}",
        {"name": {"en": "Desk lamp", "zh-hans": "台灯"}},
        product=product["ref"],
    )
    (change,) = ask("supplier", "GET", "/products/{ref}/history", product=product["ref"])["items"]
    assert (change["field"], change["new"]["zh-hans"], change["person"] != "") == ("name", "台灯", True)
    sku = ask("supplier", "POST", "/products/{ref}/skus", product=product["ref"])["ref"]
    ask("supplier", "PATCH", "/skus/{ref}", {"moq": 2, "weight_g": 12}, sku=sku)
    assert ask("supplier", "POST", "/skus/{ref}/delist", sku=sku)["changed"] == 1
    assert ask("supplier", "POST", "/skus/{ref}/list", sku=sku)["changed"] == 1
    ask("supplier", "POST", "/products/{ref}/delist", product=product["ref"])
    assert story.scene.callers["buyer"].get(f"/products/{product['ref']}").status == 404
    ask("supplier", "POST", "/products/{ref}/list", product=product["ref"])
    shown = ask("buyer", "GET", "/products/{ref}", product=product["ref"])
    assert [(each["code"], each["moq"], each["quantity_step"]) for each in shown["skus"]] == [
        ("L1", 5, 0.5),
        ("NEW-2", 2, 1),
    ]
    _pictures(story, product["ref"])
    zh = Caller(story.scene.callers["buyer"].key, language="zh-hans").get("/products", text="台灯")
    assert {each["name"] for each in zh.data["items"]} == {"台灯"}
    assert {each["sku_ref"] for each in zh.data["items"]} >= {sku}


def _pictures(story: Story, product: str) -> None:
    ask, path = story.ask, "/products/{ref}/pictures"
    first, second = (ask("supplier", "POST", path, made("PNG", (300 + n, 200)), product=product)["ref"] for n in (0, 1))
    said = story.scene.callers["supplier"].post(f"/products/{product}/pictures", b"MZ no picture")
    assert (said.status, said.data["error"]["code"]) == (422, "picture.not_a_picture")
    ask("supplier", "PUT", path, {"picture_refs": [second, first]}, product=product)
    shown = ask("buyer", "GET", path, product=product)["items"]
    assert [each["ref"] for each in shown] == [second, first] and set(shown[0]["urls"]) == {"160", "480", "1200"}
    assert Client().get(shown[0]["urls"]["480"]).status_code == 200
    ask("supplier", "POST", path + "/{picture_ref}/remove", product=product, picture=second)
    assert [each["ref"] for each in ask("buyer", "GET", path, product=product)["items"]] == [first]


def _stock(story: Story) -> None:
    ask, sku = story.ask, story.refs["sku"]
    second = ask("supplier", "POST", "/locations")["ref"]
    assert [row["name"] for row in ask("supplier", "GET", "/locations")["items"]] == [
        "Main warehouse",
        "Second warehouse",
    ]
    item = [{"sku_ref": sku, "quantity": 7.5}]
    delivery = {"items": item, "delivery": "D-1", "location_ref": second}
    assert ask("supplier", "POST", "/stock/receipts", delivery)["changed"] == 1
    assert ask("supplier", "POST", "/stock/receipts", delivery)["changed"] == 0
    ask(
        "supplier",
        "POST",
        "/stock/moves",
        {"items": item, "source_ref": second, "destination_ref": story.refs["location"]},
    )
    spoilt = [{"sku_ref": sku, "quantity": 0.5}]
    ask("supplier", "POST", "/stock/write-offs", {"items": spoilt, "location_ref": story.refs["location"]})
    counted = {"items": [{"sku_ref": sku, "quantity": 0}], "location_ref": second}
    assert ask("supplier", "POST", "/stock/counts", counted)["changed"] == 0
    ask("supplier", "POST", "/stock/backorder")
    levels = {row["location_name"]: row["on_hand"] for row in ask("supplier", "GET", "/stock")["items"]}
    assert levels == {"Main warehouse": 1000 - 6 + 7, "Second warehouse": 0}
    moved = ask("supplier", "GET", "/stock/{sku_ref}/movements", hidden_sku=sku)["items"]
    assert [row["quantity"] for row in moved][:4] == [1000, 3, 3, 7.5]
    closed = ask("supplier", "POST", "/holidays")["ref"]
    (row,) = [row for row in ask("supplier", "GET", "/holidays")["items"] if row["ref"] == closed]
    assert row["words"] == {"en": "Fair"}
    ask("supplier", "POST", "/holidays/{ref}/remove", holiday=closed)


def _prices(story: Story) -> None:
    ask, sku = story.ask, story.refs["sku"]
    ref = ask("supplier", "POST", "/price-lists")["ref"]
    assert ask("supplier", "POST", "/price-lists/{ref}/prices", price_list=ref)["changed"] == 1
    (row,) = ask("supplier", "GET", "/price-lists/{ref}/prices", price_list=ref)["items"]
    assert (row["sku_ref"], row["from_quantity"], row["unit_price"]) == (sku, 1, "10.00")
    assert ask("supplier", "POST", "/price-lists/{ref}/remove", price_list=ref)["changed"] == 1
    ask("supplier", "POST", "/price-lists/{ref}/end", price_list=ref)
    told = story.scene.callers["supplier"].get("/changes", ref=ref).data["items"]
    assert ("unit_price", "10", None) in [(each["field"], each["old"], each["new"]) for each in told]
    assert story.scene.callers["partner"].get("/changes", ref=ref).status == 404
    place = story.scene.callers["supplier"].get("/locations").data["items"][0]["ref"]
    for caller, of, fields in (
        ("supplier", place, {"name", "priority"}), ("operator", "left-pipl", {"days", "reason"}),
        ("operator", "expiry", set()), ("buyer", story.scene.mine.refs["category"], {"code", "name", "path"}),
    ):  # fmt: skip
        items = story.scene.callers[caller].get("/changes", ref=of).data["items"]
        assert {each["field"] for each in items} >= fields, of
    for of in (place, "left-pipl", "expiry"):
        assert story.scene.callers["buyer"].get("/changes", ref=of).status == 404
    assert len(ask("supplier", "GET", "/price-lists")["items"]) == 2
    agreed = {
        "buyer_ref": story.refs["buyer"],
        "sku_ref": sku,
        "unit_price": "8.125",
        "currency": CNY,
        "from_quantity": 50,
    }
    ask("supplier", "POST", "/contract-prices", agreed)
    (own,) = ask("buyer", "GET", "/contract-prices")["items"]
    assert (own["unit_price"], own["from_quantity"]) == ("8.125", 50)
    assert ask("supplier", "PUT", "/freight-rates")["changed"] == 1
    assert ask("supplier", "GET", "/freight-rates")["items"][0]["base"] == "0.00"
    coupon = {"code": "NEWCODE", "amount_off": "5.00", "min_spend": "10.00", "currency": CNY}
    for what, body in (("promotions", None), ("coupons", coupon)):
        ref = ask("partner", "POST", f"/{what}", body)["ref"]
        assert len(ask("partner", "GET", f"/{what}")["items"]) == 2
        ask("partner", "POST", f"/{what}/{{ref}}/end", **{what[:-1]: ref})
        assert not ask("partner", "GET", f"/{what}")["items"][-1]["is_active"]
    offered = ask("buyer", "GET", "/products")["items"]
    assert next(each for each in offered if each["sku_ref"] == sku)["unit_price"] == "10.00"


def _contracts(story: Story) -> None:
    ask = story.ask
    ref = ask("supplier", "POST", "/share-contracts")["ref"]
    seen = ask("supplier", "GET", "/share-contracts/{ref}", contract=ref)
    assert seen["signed"] == {} and seen["version"] == 3
    assert "Version 3" in ask("supplier", "GET", "/share-contracts/{ref}/document.pdf", contract=ref)
    read = {"terms_hash": seen["terms_hash"]}
    assert not ask("supplier", "POST", "/share-contracts/{ref}/sign", read, contract=ref)["is_complete"]
    assert ask("operator", "POST", "/share-contracts/{ref}/sign", contract=ref)["is_complete"]
    assert [row["is_complete"] for row in ask("supplier", "GET", "/share-contracts")["items"]] == [
        True,
        False,
        True,
    ]


def _answers(story: Story) -> None:
    ask = story.ask
    ref, part = story.place()
    answered = ask("supplier", "POST", "/supplier-orders/{ref}/reject", part=part)
    assert answered["supplier_orders"][0]["status"] == "cancelled"
    for judged, status in (("overrule", "submitted"), ("uphold", "cancelled")):
        ref, part = story.place()
        ask("partner", "POST", "/supplier-orders/{ref}/object", part=part)
        assert "objection" not in ask("buyer", "GET", "/orders/{ref}", order=ref)["supplier_orders"][0]
        answered = ask("operator", "POST", f"/supplier-orders/{{ref}}/{judged}", part=part)
        assert answered["supplier_orders"][0]["status"] == status
    ref, part = story.place()
    ask("buyer", "POST", "/supplier-orders/{ref}/cancel", part=part)
    ref, part = story.place(quantity=4)
    line = ask("supplier", "GET", "/orders/{ref}", order=ref)["supplier_orders"][0]["lines"][0]["ref"]
    short = {"ship_date": business_day(now()).isoformat(), "lines": [{"line_ref": line, "quantity": 1.5}]}
    answered = ask("supplier", "POST", "/supplier-orders/{ref}/confirm-supply", short, part=part)
    assert answered["supplier_orders"][0]["lines"][0]["confirmed"] == 1.5
    assert ask("buyer", "POST", "/orders/{ref}/cancel", order=ref)["closed_at"]


def _buying(story: Story) -> None:
    ask, sku = story.ask, story.refs["sku"]
    ask("buyer", "POST", "/cart/lines", {"sku_ref": sku, "quantity": 2})
    ask("buyer", "PUT", "/cart/lines/{sku_ref}", {"quantity": 3}, hidden_sku=sku)
    assert ask("buyer", "GET", "/cart")["lines"] == [{"sku_ref": sku, "quantity": 3}]
    how = {name: value for name, value in order_body(payment_method="prepaid").items() if name != "lines"}
    placed = ask("buyer", "POST", "/cart/place", {**how, "expected_total": "30.00"})
    assert placed["total"] == "30.00" and ask("buyer", "GET", "/cart")["lines"] == []
    story.confirm(placed["supplier_order_refs"][0])
    paid = ask("buyer", "POST", "/orders/{ref}/pay", order=placed["number"])
    drain()
    assert paid["status"] == "pending"
    (payment,) = ask("buyer", "GET", "/orders/{ref}/payments", order=placed["ref"])["items"]
    assert payment["status"] == "received"
    assert ask("operator", "GET", "/gateways")["items"] == [{"gateway": "sandbox", "currency": CNY, "held": "30.00"}]
    ask("operator", "POST", "/gateways/{name}/payouts", gateway="sandbox")
    assert ask("operator", "GET", "/gateways")["items"][0]["held"] == "0.00"
    ref, part = story.place(quantity=2)
    story.confirm(part)
    due = {"amount": "20.00", "reference": "BOC-77"}
    ask("operator", "POST", "/orders/{ref}/bank-transfer", due, order=ref)
    twice = {"amount": "20.00", "reference": "BOC-81", "to_send_back": True}
    payment = ask("operator", "POST", "/orders/{ref}/bank-transfer", twice, order=ref)["ref"]
    (waiting,) = ask("operator", "GET", "/transfers-to-return")["items"]
    assert (waiting["ref"], waiting["amount"], waiting["order_ref"]) == (payment, "20.00", ref)
    ask("operator", "POST", "/payments/{ref}/return", payment=payment)
    assert ask("operator", "GET", "/transfers-to-return")["items"] == []
    ask("operator", "PUT", "/accounts/{buyer_ref}/credit-limit")
    ask("buyer", "PUT", "/accounts/{buyer_ref}/budgets/{code}")
    assert ask("buyer", "GET", "/accounts/{buyer_ref}/budgets")["items"][0]["left"] == "1000.00"
    ref, part = story.place(quantity=5, payment_method="on_account", budget_code="Q1")
    story.confirm(part)
    (owed,) = ask("buyer", "GET", "/accounts")["items"]
    assert (owed["buyer_ref"], owed["amount"], owed["orders"]) == (story.refs["buyer"], "50.00", 1)
    ask("operator", "POST", "/accounts/{buyer_ref}/settle")


def _selling(story: Story) -> None:
    ask = story.ask
    waiting = [work for work in ask("supplier", "GET", "/worklist")["items"] if work["act"] == "ship"]
    for position, work in enumerate(waiting):
        part = work["supplier_order_ref"]
        sent = {"carrier": "SF", "tracking_numbers": [f"SF{position}"]}
        shipment = ask("supplier", "POST", "/supplier-orders/{ref}/ship", sent, part=part)["ref"]
        event = {"tracking_number": f"SF{position}", "event_id": "1", "code": "delivered", "at": now().isoformat()}
        ask("supplier", "POST", "/shipments/{ref}/events", {"events": [event]}, shipment=shipment)
        ask("buyer", "POST", "/shipments/{ref}/sign", shipment=shipment)
        (seen,) = ask("partner", "GET", "/supplier-orders/{ref}/shipments", part=part)["items"]
        assert seen["number"] in ask("buyer", "GET", "/shipments/{ref}/packing-list.pdf", shipment=shipment)
        assert seen["parcels"][0]["status"] == "delivered"
        ask("operator", "POST", "/supplier-orders/{ref}/hold", {"held": True}, part=part)
        ask("operator", "POST", "/supplier-orders/{ref}/hold", {"held": False}, part=part)
    order = ask("supplier", "GET", "/orders/{ref}", order=waiting[-1]["order_ref"])
    assert order["number"] in ask("supplier", "GET", "/orders/{ref}/document.pdf", order=order["number"])
    part, line = order["supplier_orders"][0]["ref"], order["supplier_orders"][0]["lines"][0]["ref"]
    back = {"lines": [{"line_ref": line, "amount": "1.00"}], "reason": "scratched"}
    ask("operator", "POST", "/supplier-orders/{ref}/refunds", back, part=part)
    assert [
        row["amount"] for row in ask("buyer", "GET", "/supplier-orders/{ref}/refunds", part=part)["items"]
    ] == ["1.00"]
    explained = ask("operator", "GET", "/lines/{ref}/explain", line=line)
    assert {entry["purpose"] for entry in explained["books"]} == {"funded", "refund"}


def _books(story: Story) -> None:
    clock = SettableClock(now())
    with use_clock(clock):
        clock.move(days=8)
        complete_what_is_due()
        clock.move(hours=1)
        assert story.ask("operator", "POST", "/statements")["statement_refs"]
        (mine,) = story.ask("supplier", "GET", "/statements")["items"]
        whole = story.ask("supplier", "GET", "/statements/{ref}", statement=mine["ref"])
        assert len(whole["lines"]) > 1
        assert whole["number"] in story.ask("supplier", "GET", "/statements/{ref}/document.pdf", statement=mine["ref"])
        story.ask("supplier", "POST", "/statements/{ref}/confirm", statement=mine["ref"])
        story.ask("operator", "POST", "/statements/{ref}/confirm", statement=mine["ref"])
        (payout,) = story.ask("supplier", "GET", "/payouts")["items"]
        assert (payout["amount"], payout["status"]) == (mine["total"], "proposed")
        waiting = story.ask("operator", "GET", "/approvals")["items"]
        story.ask("operator", "POST", "/approvals/{ref}/decide", {"yes": False}, approval=waiting[0]["ref"])
        drain()
        again = story.ask("operator", "POST", "/statements/{ref}/payout", statement=mine["ref"])["ref"]
        assert [row["status"] for row in story.ask("supplier", "GET", "/payouts")["items"]] == ["proposed", "declined"]
        assert story.ask("supplier", "GET", "/statements/{ref}", statement=mine["ref"])["payout"]["ref"] == again


def _lists(story: Story) -> None:
    """A list read page by page is the list."""
    buyer = story.scene.callers["buyer"]
    for path in ("/orders", "/products"):
        whole = buyer.get(path, limit=100).data["items"]
        assert len(whole) > 3
        paged: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            said: Said = buyer.get(path, limit=2, **cursor)
            paged += said.data["items"]
            if said.data["next_cursor"] is None:
                break
            cursor = {"cursor": said.data["next_cursor"]}
        assert paged == whole
    cancelled = buyer.get("/orders", status="cancelled").data["items"]
    assert cancelled and all("cancelled" in {p["status"] for p in o["supplier_orders"]} for o in cancelled)
    own = buyer.get(
        "/products", supplier=story.scene.mine.supplier.ref, category=story.refs["category"]
    ).data["items"]
    assert {each["supplier_ref"] for each in own} == {story.scene.mine.supplier.ref}


def _imports(story: Story) -> None:
    ask = story.ask
    ref = ask("supplier", "POST", "/imports?name=old.csv", INVOICES)["ref"]
    ask("operator", "POST", "/imports/{ref}/release", **{"import": ref})
    drain()
    done = ask("supplier", "GET", "/imports/{ref}", **{"import": ref})
    assert (done["status"], done["rows"], done["traded_amount"], done["kept_amount"]) == ("done", 2, "25.50", "-12.75")
    assert "C2,22423" in ask("supplier", "GET", "/imports/{ref}/quarantine", **{"import": ref})
    assert ref in [row["ref"] for row in ask("operator", "GET", "/imports")["items"]]
    sheet = ask("supplier", "POST", "/imports?name=goods.csv&kind=goods", b"code,stock\nA,12\n")["ref"]
    drain()
    done = ask("supplier", "GET", "/imports/{ref}", **{"import": sheet})
    assert (done["kind"], done["status"], done["rows"], done["traded_lines"]) == ("goods", "done", 1, 1)
    ask("operator", "POST", "/imports/{ref}/decline")
