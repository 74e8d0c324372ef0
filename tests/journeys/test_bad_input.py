"""Whatever nonsense is given to a command: a refusal with a name, in the trader's terms, and nothing has changed."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.gateway import NAME, install
from tests.journeys.ground import Ground, sweep_the_floor
from tests.journeys.market import ADDRESS, Market
from tests.journeys.strangers import Scene
from tests.journeys.watch import Watch
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment.rules import CarrierEvent
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.rules import SupplyAnswer, Wish, read_address
from trivium.parties import commands as parties
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.rules import RefundItem

CNY = "CNY"
Case = tuple[str, Callable[[], Any]]

NO_QUANTITY = [Decimal(text) for text in ("0", "-1", "-0.001", "NaN", "sNaN", "Infinity", "-Infinity", "0.0001")]
TOO_MUCH = [Decimal(text) for text in ("1000000000", "1E+30", "999999999", "123456789.123")]
NO_TEXT = ["", "   ", "x" * 10_240, "😀" * 5_000, "a\x00b", "\x00", "a\ud800b"]
ODD_TEXT = ["'; DROP TABLE ordering_order; --", "%s %(x)s {0} \\", "😀 你好", "<script>alert(1)</script>", "‮drow"]
NO_REF = [*NO_TEXT, *ODD_TEXT, "ord_", "ord_00000000000000000000", "O-7K2M9Q", "O-" + "Z" * 30, "0", "null", "-1"]


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    sweep_the_floor()
    install()
    market = Market()
    supplier, partner = market.supplier("Lvyuan", freight=1000), market.partner("Nanfang")
    buyer = market.buyer("Haiwen", partner)
    sku = market.sku(supplier, "A", [(1, "100.00")], stock=100)
    settlement.set_credit_limit(market.operator.actor, buyer.ref, 10_000_00, CNY)
    placed = [market.order(buyer, [(sku, 4)]) for _ in range(4)]
    waiting, *others = placed
    for order in others:
        ordering.confirm_supply(supplier.actor, order.supplier_order_refs[0], ship_date=business_day(now()))
        ordering.confirm_margin(partner.actor, order.supplier_order_refs[0])
    drain()
    for order in others[1:]:
        settlement.record_bank_transfer(market.operator.actor, order.ref, amount=41000, reference=order.ref)
    sent = others[2]
    shipment = fulfilment.dispatch(
        supplier.actor, sent.supplier_order_refs[0], carrier="SF", items=[(_line(market, sent), Decimal(2))],
        tracking_numbers=["SF1"],
    )  # fmt: skip
    drain()
    strangers = {
        "buyer": market.buyer("Fremd", market.partner("Other")).actor,
        "partner": market.partner("Another").actor,
        "supplier": market.supplier("Third").actor,
    }
    ground = Ground()
    try:
        yield Scene(
            market, supplier, partner, buyer, sku, *placed, shipment.ref, "", strangers, Watch()
        )  # fmt: skip
    finally:
        ground.drop()


def _line(market: Market, placed: ordering.Placed) -> str:
    return str(orders.get_order(market.operator.actor, placed.ref)["supplier_orders"][0]["lines"][0]["ref"])


def place(scene: Scene, sku: str, quantity: Decimal = Decimal(1), **kwargs: Any) -> ordering.Placed:
    """An order of one line, with anything else as given."""
    given = {"delivery_method": "standard", "payment_method": "bank_transfer", "ship_to": ADDRESS, **kwargs}
    return ordering.place_order(scene.buyer.actor, [Wish(sku, quantity)], **given)


def test_quantities(scene: Scene) -> None:
    supplier, part = scene.supplier.actor, scene.released.supplier_order_refs[0]
    line, sent = scene.line(scene.released), scene.line(scene.sent)
    waiting, today = scene.waiting.supplier_order_refs[0], business_day(now())
    cases: list[Case] = []
    for q in [*NO_QUANTITY, *TOO_MUCH]:
        cases += [
            (f"place {q}", lambda q=q: place(scene, scene.sku, q)),
            (f"dispatch {q}", lambda q=q: fulfilment.dispatch(supplier, part, carrier="SF", items=[(line, q)])),
            (
                f"refund {q}",
                lambda q=q: settlement.refund(
                    scene.boss, scene.sent.supplier_order_refs[0], [RefundItem(sent, quantity=q)], reason="x"
                ),
            ),
            (
                f"refund unshipped {q}",
                lambda q=q: settlement.refund(
                    scene.boss, scene.sent.supplier_order_refs[0], [RefundItem(sent, quantity=q, unshipped=True)],
                    reason="x",
                ),
            ),
        ]  # fmt: skip
        if str(q) != "0":
            answer = SupplyAnswer(scene.line(scene.waiting), q)
            cases.append(
                (
                    f"confirm {q}",
                    lambda a=answer: ordering.confirm_supply(supplier, waiting, ship_date=today, answers=[a]),
                )
            )
    for q in NO_QUANTITY:
        cases.append((f"receive {q}", lambda q=q: inventory.receive(supplier, [Item(scene.sku, q)], key=f"k{q}")))
        if str(q) != "0":
            cases.append((f"cart {q}", lambda q=q: ordering.add_to_cart(scene.buyer.actor, scene.sku, q)))
    scene.all_refuse(cases)


def test_amounts(scene: Scene) -> None:
    boss, part, line = scene.boss, scene.sent.supplier_order_refs[0], scene.line(scene.sent)
    cases: list[Case] = []
    for amount in (-1, -(10**12), 10**12, 10**18):
        cases += [
            (
                f"refund {amount}",
                lambda a=amount: settlement.refund(boss, part, [RefundItem(line, amount=a)], freight=1000, reason="x"),
            ),
            (f"freight {amount}", lambda a=amount: settlement.refund(boss, part, [], freight=a, reason="x")),
            (
                f"transfer {amount}",
                lambda a=amount: settlement.record_bank_transfer(boss, scene.unpaid.ref, amount=a, reference="r"),
            ),
            (
                f"settle {amount}",
                lambda a=amount: settlement.settle_account(
                    boss, scene.buyer.ref, amount=a, currency=CNY, reference="r"
                ),
            ),
            (f"expected {amount}", lambda a=amount: place(scene, scene.sku, expected_total=a)),
        ]
    scene.all_refuse(cases)


def by_ref(scene: Scene, who: dict[str, Actor]) -> list[tuple[str, Callable[[str], Any]]]:
    """Every act that takes a reference, carried out by these people."""
    buyer, supplier, partner, boss = (who[role] for role in ("buyer", "supplier", "partner", "operator"))
    today = business_day(now())
    item = [RefundItem(scene.line(scene.sent), quantity=Decimal(1))]
    return [
        ("cancel order", lambda r: ordering.cancel_order(buyer, r, reason="x")),
        ("cancel part", lambda r: ordering.cancel_supplier_order(supplier, r, reason="x")),
        ("start payment", lambda r: settlement.start_payment(buyer, r, gateway=NAME)),
        ("confirm supply", lambda r: ordering.confirm_supply(supplier, r, ship_date=today)),
        ("reject", lambda r: ordering.reject_supply(supplier, r, reason="x")),
        ("confirm margin", lambda r: ordering.confirm_margin(partner, r)),
        ("object", lambda r: ordering.object_to_margin(partner, r, reason="x")),
        ("overrule", lambda r: ordering.overrule_objection(boss, r)),
        ("uphold", lambda r: ordering.uphold_objection(boss, r)),
        ("hold", lambda r: ordering.hold_completion(boss, r)),
        ("lift", lambda r: ordering.lift_hold(boss, r)),
        ("dispatch", lambda r: fulfilment.dispatch(supplier, r, carrier="SF")),
        ("track", lambda r: fulfilment.record_tracking(supplier, r, [])),
        ("sign", lambda r: fulfilment.confirm_delivery(buyer, r)),
        ("refund", lambda r: settlement.refund(supplier, r, item, reason="x")),
        ("transfer", lambda r: settlement.record_bank_transfer(boss, r, amount=1, reference="r")),
        ("settle", lambda r: settlement.settle_account(boss, r, amount=1, currency=CNY, reference="r")),
        ("credit", lambda r: settlement.set_credit_limit(boss, r, 1, CNY)),
        ("budget", lambda r: settlement.set_budget(boss, r, "main", 1, CNY)),
        ("statement", lambda r: settlement.confirm_statement(supplier, r)),
        ("decide", lambda r: parties.decide(buyer, r, yes=True)),
        ("place", lambda r: place(scene, r)),
        ("cart", lambda r: ordering.add_to_cart(buyer, r, Decimal(1))),
        ("set cart", lambda r: ordering.set_cart_line(buyer, r, Decimal(1))),
        ("receive", lambda r: inventory.receive(supplier, [Item(r, 1)], key="k")),
        ("get order", lambda r: orders.get_order(buyer, r)),
        ("get statement", lambda r: books.get_statement(supplier, r)),
        ("explain", lambda r: books.explain_line(supplier, r)),
    ]


def own_people(scene: Scene) -> dict[str, Actor]:
    """Those who trade in the scene."""
    companies = {"buyer": scene.buyer, "supplier": scene.supplier, "partner": scene.partner}
    return {"operator": scene.boss, **{role: company.actor for role, company in companies.items()}}


def test_references_that_are_none(scene: Scene) -> None:
    cases = [
        (f"{name} {ref[:40]!r}", lambda act=act, ref=ref: act(ref))
        for name, act in by_ref(scene, own_people(scene))
        for ref in NO_REF
    ]
    scene.all_refuse(cases, NotFound)


def test_what_is_another_partys_is_not_found(scene: Scene) -> None:
    strangers = {**scene.strangers, "operator": scene.boss}
    known = {
        "order": scene.released.ref,
        "part": scene.released.supplier_order_refs[0],
        "waiting": scene.waiting.supplier_order_refs[0],
        "shipment": scene.shipment,
        "line": scene.line(scene.sent),
    }
    acts = dict(by_ref(scene, strangers))
    theirs = {
        "order": ("cancel order", "start payment", "get order"),
        "part": ("cancel part", "dispatch", "refund"),
        "waiting": ("confirm supply", "reject", "confirm margin", "object"),
        "shipment": ("track", "sign"),
        "line": ("explain",),
    }
    cases = [
        (f"{name} of another", lambda act=acts[name], ref=known[what]: act(ref))
        for what, names in theirs.items()
        for name in names
    ]
    cases.append(("number of another", lambda: acts["get order"](scene.released.number)))
    stock = lambda: inventory.receive(strangers["supplier"], [Item(scene.sku, 1)], key="k")  # noqa: E731
    scene.all_refuse([*cases, ("stock of another", stock)], NotFound)


def test_lines_of_another_order(scene: Scene) -> None:
    supplier, sent = scene.supplier.actor, scene.sent.supplier_order_refs[0]
    foreign, today = scene.line(scene.released), business_day(now())
    one = Decimal(1)
    cases: list[Case] = []
    for ref in [foreign, *NO_REF]:
        cases += [
            (f"ship {ref[:30]!r}", lambda r=ref: fulfilment.dispatch(supplier, sent, carrier="SF", items=[(r, one)])),
            (
                f"refund {ref[:30]!r}",
                lambda r=ref: settlement.refund(supplier, sent, [RefundItem(r, quantity=one)], reason="x"),
            ),
            (
                f"answer {ref[:30]!r}",
                lambda r=ref: ordering.confirm_supply(
                    supplier, scene.waiting.supplier_order_refs[0], ship_date=today, answers=[SupplyAnswer(r, one)]
                ),
            ),
        ]
    own = scene.line(scene.sent)
    twice = [(own, one), (own, one)]
    cases += [
        ("ship twice", lambda: fulfilment.dispatch(supplier, sent, carrier="SF", items=twice)),
        ("ship nothing", lambda: fulfilment.dispatch(supplier, sent, carrier="SF", items=[])),
        ("refund nothing", lambda: settlement.refund(supplier, sent, [], reason="x")),
        (
            "refund twice",
            lambda: settlement.refund(supplier, sent, [RefundItem(own, quantity=one)] * 2, reason="x"),
        ),
    ]
    scene.all_refuse(cases)


def test_words(scene: Scene) -> None:
    supplier, partner, boss = scene.supplier.actor, scene.partner.actor, scene.boss
    waiting, sent = scene.waiting.supplier_order_refs[0], scene.sent.supplier_order_refs[0]
    cases: list[Case] = []
    for text in NO_TEXT:
        shown = repr(text[:12])
        event = CarrierEvent("SF1", text, "picked_up", now())
        cases += [
            (f"reject {shown}", lambda t=text: ordering.reject_supply(supplier, waiting, reason=t)),
            (f"object {shown}", lambda t=text: ordering.object_to_margin(partner, waiting, reason=t)),
            (f"cancel {shown}", lambda t=text: ordering.cancel_order(scene.buyer.actor, scene.waiting.ref, reason=t)),
            (f"refund {shown}", lambda t=text: settlement.refund(boss, sent, [], freight=1, reason=t)),
            (f"carrier {shown}", lambda t=text: fulfilment.dispatch(supplier, sent, carrier=t)),
            (
                f"parcel {shown}",
                lambda t=text: fulfilment.dispatch(supplier, sent, carrier="SF", tracking_numbers=[t]),
            ),
            (f"event {shown}", lambda e=event: fulfilment.record_tracking(supplier, scene.shipment, [e])),
            (
                f"bank {shown}",
                lambda t=text: settlement.record_bank_transfer(boss, scene.unpaid.ref, amount=41000, reference=t),
            ),
            (f"budget {shown}", lambda t=text: settlement.set_budget(boss, scene.buyer.ref, t, 1, CNY)),
            (f"key {shown}", lambda t=text: inventory.receive(supplier, [Item(scene.sku, 1)], key=t)),
        ]
        if text.strip():
            cases += [
                (f"po {shown}", lambda t=text: place(scene, scene.sku, po_number=t)),
                (f"budget code {shown}", lambda t=text: place(scene, scene.sku, budget_code=t)),
            ]
        cases += [
            (f"method {shown}", lambda t=text: place(scene, scene.sku, payment_method=t)),
            (f"delivery {shown}", lambda t=text: place(scene, scene.sku, delivery_method=t)),
            (f"coupon {shown}", lambda t=text: place(scene, scene.sku, coupon_codes=[t])),
            (f"address {shown}", lambda t=text: read_address(_address(street=t))),
        ]
    unpaid, buyer = scene.unpaid.ref, scene.buyer.actor
    for text in ODD_TEXT:
        shown = repr(text[:12])
        cases += [
            (f"method {shown}", lambda t=text: place(scene, scene.sku, payment_method=t)),
            (f"delivery {shown}", lambda t=text: place(scene, scene.sku, delivery_method=t)),
            (f"coupon {shown}", lambda t=text: place(scene, scene.sku, coupon_codes=[t])),
            (f"budget code {shown}", lambda t=text: place(scene, scene.sku, budget_code=t)),
            (f"gateway {shown}", lambda t=text: settlement.start_payment(buyer, unpaid, gateway=t)),
        ]
    scene.all_refuse(cases)


def _address(**changed: str) -> dict[str, str]:
    fields = ("name", "phone", "country", "region", "city", "street", "postcode")
    return {**{name: getattr(ADDRESS, name) for name in fields}, **changed}


def test_odd_words_are_kept_as_they_are(scene: Scene) -> None:
    for text in ODD_TEXT:
        placed = place(scene, scene.sku, po_number=text[:60])
        ordering.cancel_order(scene.buyer.actor, placed.ref, reason=text)
        shown = orders.get_order(scene.boss, placed.ref)
        assert shown["po_number"] == text[:60].strip()
        assert shown["supplier_orders"][0]["cancel_reason"] == text.strip()


def test_orders(scene: Scene) -> None:
    buyer = scene.buyer.actor
    given = {"delivery_method": "standard", "payment_method": "bank_transfer", "ship_to": ADDRESS}
    wish = Wish(scene.sku, Decimal(1))

    def order(*wishes: Wish, who: Actor = buyer) -> ordering.Placed:
        return ordering.place_order(who, wishes, **given)

    foreign = {role: actor for role, actor in own_people(scene).items() if role != "buyer"}
    scene.all_refuse(
        [
            ("nothing", order),
            ("twice the same sku", lambda: order(wish, wish)),
            ("stale price", lambda: order(Wish(scene.sku, Decimal(1), Decimal("99.99")))),
            ("absurd price", lambda: order(Wish(scene.sku, Decimal(1), Decimal("NaN")))),
            ("stale total", lambda: place(scene, scene.sku, expected_total=10999)),
            ("empty cart", lambda: ordering.place_order(buyer, [], from_cart=True, **given)),
            ("too many lines", lambda: order(*[wish] * 2001)),
            ("by the system", lambda: order(wish, who=Actor.system("nobody"))),
            *((f"by the {role}", lambda actor=actor: order(wish, who=actor)) for role, actor in foreign.items()),
        ]
    )


def test_submitted_twice(scene: Scene) -> None:
    supplier, partner, today = scene.supplier.actor, scene.partner.actor, business_day(now())
    unpaid, sent = scene.unpaid.supplier_order_refs[0], scene.sent.supplier_order_refs[0]
    fulfilment.confirm_delivery(scene.buyer.actor, scene.shipment)
    boss, paid = scene.boss, scene.released.ref
    scene.all_refuse(
        [
            ("confirm supply", lambda: ordering.confirm_supply(supplier, unpaid, ship_date=today)),
            ("confirm margin", lambda: ordering.confirm_margin(partner, unpaid)),
            ("object after all", lambda: ordering.object_to_margin(partner, unpaid, reason="x")),
            ("transfer", lambda: settlement.record_bank_transfer(boss, paid, amount=41000, reference="again")),
            (
                "same reference",
                lambda: settlement.record_bank_transfer(boss, scene.unpaid.ref, amount=41000, reference=paid),
            ),
            ("sign", lambda: fulfilment.confirm_delivery(scene.buyer.actor, scene.shipment)),
            ("cancel what is sent", lambda: ordering.cancel_supplier_order(supplier, sent, reason="x")),
            ("parcel", lambda: fulfilment.dispatch(supplier, sent, carrier="SF", tracking_numbers=["SF1"])),
            ("complete too soon", lambda: ordering.complete(boss, sent)),
        ]
    )
