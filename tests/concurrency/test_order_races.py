"""The order flow under several connections: whoever comes second sees what the first has done, and nothing is twice.

Where a race could take more than there is, it is shown first with a naive copy of the step, which looks and then
takes; then the command is shown to stop it.
"""

import random
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.concurrency.sessions import Act, all_at_once, one_after_the_other
from tests.journeys.books import audit_faults, misplaced_money
from tests.journeys.gateway import NAME, FakeGateway, install
from tests.journeys.ground import sweep_the_floor
from tests.journeys.market import Market
from trivium.core import sql
from trivium.core.errors import Conflict, Denied, Refusal, WrongState
from trivium.core.idempotency import Answer, InFlight, run_once
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.inventory.errors import OutOfStock
from trivium.ledger import queries as ledger
from trivium.ledger.rules import NewHold
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.commands import place
from trivium.ordering.errors import AlreadyConfirmed, NoCredit, OverReturned
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import AlreadyDecided
from trivium.pricing import commands as pricing
from trivium.pricing.errors import CouponRefused
from trivium.settlement import commands as settlement
from trivium.settlement.rules import Charge, RefundItem

pytestmark = pytest.mark.django_db(transaction=True)

CNY = "CNY"
CROWD = 16


class Shop:
    """Two suppliers, a partner, a buyer, a sku each, and the acts of one order."""

    def __init__(self) -> None:
        self.gateway: FakeGateway = install()
        self.market = market = Market()
        self.boss, self.other_boss = market.operator.actor, market.operator.colleague
        self.suppliers = [market.supplier("Lvyuan", freight=1000), market.supplier("Hengtai")]
        self.partner = market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.skus = [market.sku(s, f"S{n}", [(1, "100.00")], stock=400) for n, s in enumerate(self.suppliers)]
        settlement.set_credit_limit(self.boss, self.buyer.ref, 100_000_00, CNY)
        self.placed: ordering.Placed | None = None

    def place(self, quantity: int = 4, *, lines: int = 1, **kwargs: Any) -> ordering.Placed:
        """An order of the first sku, or of both."""
        wishes = [(sku, quantity) for sku in self.skus[:lines]]
        self.placed = self.market.order(self.buyer, wishes, **kwargs)
        drain()
        return self.placed

    @property
    def order(self) -> str:
        """The order's reference."""
        assert self.placed is not None
        return self.placed.ref

    @property
    def part(self) -> str:
        """The reference of its first part."""
        assert self.placed is not None
        return self.placed.supplier_order_refs[0]

    @property
    def line(self) -> str:
        """The reference of that part's line."""
        return str(orders.get_order(self.boss, self.order)["supplier_orders"][0]["lines"][0]["ref"])

    def supply(self, part: int = 0) -> None:
        """The supplier confirms all."""
        assert self.placed is not None
        ref = self.placed.supplier_order_refs[part]
        ordering.confirm_supply(self.suppliers[part].actor, ref, ship_date=business_day(now()))

    def margin(self, part: int = 0) -> None:
        """The partner confirms."""
        assert self.placed is not None
        ordering.confirm_margin(self.partner.actor, self.placed.supplier_order_refs[part])

    def confirm(self) -> None:
        """Both confirm; jobs run."""
        self.supply()
        self.margin()
        drain()

    def transfer(self) -> None:
        """The money arrives at the bank."""
        due = sum(p.due or 0 for p in orders.parts_of_order(self.order))
        settlement.record_bank_transfer(self.boss, self.order, amount=due, reference=self.order)

    def fund(self) -> None:
        """Confirmed and paid."""
        self.confirm()
        self.transfer()
        drain()

    def ship(self) -> str:
        """All of it leaves; the shipment's reference."""
        return fulfilment.dispatch(self.suppliers[0].actor, self.part, carrier="SF Express").ref

    def sign(self) -> None:
        """Sent and signed for."""
        fulfilment.confirm_delivery(self.buyer.actor, self.ship())
        drain()

    def complete(self) -> None:
        """The window is over; no job has run yet."""
        sql.execute("UPDATE ordering_supplierorder SET completes_at = %s WHERE ref = %s", [now(), self.part])
        ordering.complete(self.boss, self.part)

    def refund(self, quantity: int) -> Any:
        """Goods come back."""
        items = [RefundItem(self.line, quantity=Decimal(quantity))]
        return settlement.refund(self.boss, self.part, items, reason="wrong size")

    def cancel(self) -> None:
        """The buyer withdraws."""
        ordering.cancel_order(self.buyer.actor, self.order, reason="no need")

    def status(self) -> str:
        """How the first part stands."""
        return orders.parts_of_order(self.order)[0].status

    def count(self, event: str) -> int:
        """How often something was published."""
        return int(sql.rows("SELECT count(*) FROM core_event WHERE name = %s", [event])[0][0])


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    sweep_the_floor()
    made = Shop()
    drain()
    yield made
    drain()
    assert misplaced_money() == []
    assert audit_faults() == []


def refusals(results: list[Any]) -> list[Any]:
    """Those that were refused."""
    return [result for result in results if isinstance(result, Refusal)]


# -- two acts on one order -------------------------------------------------------------------------------------------


def test_the_same_order_confirmed_twice_at_once(shop: Shop) -> None:
    shop.place()
    _done, second = one_after_the_other(shop.supply, shop.supply)
    assert isinstance(second, AlreadyConfirmed)
    assert shop.count("SupplyConfirmed") == 1


def test_both_sides_confirm_at_once(shop: Shop) -> None:
    shop.place()
    one_after_the_other(shop.supply, shop.margin)
    assert (shop.status(), shop.count("OrderDecided")) == ("confirmed", 1)


def test_the_last_two_parts_are_decided_once(shop: Shop) -> None:
    shop.place(lines=2)
    shop.supply(0)
    shop.supply(1)
    one_after_the_other(partial(shop.margin, 0), partial(shop.margin, 1))
    assert shop.count("OrderDecided") == 1
    assert sum(p.due or 0 for p in orders.parts_of_order(shop.order)) == 81000


def test_cancelled_after_it_was_confirmed(shop: Shop) -> None:
    shop.place()
    shop.margin()
    one_after_the_other(shop.supply, shop.cancel)
    assert (shop.status(), shop.count("SupplierOrderConfirmed")) == ("cancelled", 1)


def test_confirmed_after_it_was_cancelled(shop: Shop) -> None:
    shop.place()
    _done, second = one_after_the_other(shop.cancel, shop.supply)
    assert isinstance(second, WrongState)
    assert (shop.status(), shop.count("SupplyConfirmed")) == ("cancelled", 0)


def missed(shop: Shop) -> Act:
    """The sweep finds the order unpaid after its deadline."""
    sql.execute("UPDATE ordering_order SET pay_by = %s WHERE ref = %s", [now(), shop.order])
    return partial(ordering.pass_deadline, "pay", shop.order)


def test_paid_just_before_the_deadline(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    one_after_the_other(shop.transfer, missed(shop))
    assert (shop.status(), shop.count("SupplierOrderCancelled")) == ("released", 0)


def test_paid_just_after_the_deadline(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    _done, second = one_after_the_other(missed(shop), shop.transfer)
    assert isinstance(second, Conflict)
    assert (shop.status(), ledger.balance("bank", CNY)) == ("cancelled", 0)


def charge(shop: Shop) -> Charge:
    """A payment under way, and what the gateway will say of it."""
    payment = settlement.start_payment(shop.buyer.actor, shop.order, gateway=NAME)
    return shop.gateway.charge(payment.ref, payment.amount, CNY)


def test_a_payment_that_comes_after_the_deadline_goes_back(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    message = partial(settlement.record_payment, charge(shop), gateway=NAME)
    one_after_the_other(missed(shop), message)
    assert shop.status() == "cancelled"
    drain()
    assert ledger.balance(f"psp/{NAME}", CNY) == 0
    assert [amount for _ref, amount in shop.gateway.refunds.values()] == [41000]


def test_the_same_message_twice_at_once(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    message = partial(settlement.record_payment, charge(shop), gateway=NAME)
    one_after_the_other(message, message)
    assert (shop.status(), shop.count("PaymentReceived")) == ("released", 1)
    assert ledger.balance(f"psp/{NAME}", CNY) == -41000


def test_two_payments_at_once_fund_it_once(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    charges = [charge(shop)]
    sql.execute("UPDATE settlement_payment SET status = 'failed'")
    charges.append(charge(shop))
    first, second = (partial(settlement.record_payment, c, gateway=NAME) for c in charges)
    one_after_the_other(first, second)
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 41000
    drain()
    assert ledger.balance(f"psp/{NAME}", CNY) == -41000
    assert len(shop.gateway.refunds) == 1


def test_on_account_funded_twice_at_once(shop: Shop) -> None:
    shop.place(payment_method="on_account")
    shop.supply()
    shop.margin()
    again = partial(settlement.fund_decided, shop.order)
    one_after_the_other(again, again)
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == -41000


def test_sent_twice_at_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.ship, shop.ship)
    assert isinstance(second, Refusal)
    assert shop.count("ShipmentDispatched") == 1


def test_sent_just_before_it_is_cancelled(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.ship, shop.cancel)
    assert isinstance(second, Conflict)
    assert shop.status() == "released"


def test_cancelled_just_before_it_is_sent(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.cancel, shop.ship)
    assert isinstance(second, Refusal)
    drain()
    assert (shop.status(), ledger.balance("bank", CNY)) == ("cancelled", 0)


def test_signed_twice_at_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    signed = partial(fulfilment.confirm_delivery, shop.buyer.actor, shop.ship())
    _done, second = one_after_the_other(signed, signed)
    assert isinstance(second, Refusal)
    assert (shop.status(), shop.count("SupplierOrderSigned")) == ("signed", 1)


# -- money out -------------------------------------------------------------------------------------------------------


def test_a_refund_just_before_the_escrow_is_paid_out(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    one_after_the_other(partial(shop.refund, 1), partial(settlement.release_escrow, shop.part))
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 0
    assert ledger.balance("bank", CNY) == -31000


def test_a_refund_just_after_the_escrow_was_paid_out(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    one_after_the_other(partial(settlement.release_escrow, shop.part), partial(shop.refund, 1))
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 0
    assert ledger.balance("bank", CNY) == -31000


def test_an_escrow_is_paid_out_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    release = partial(settlement.release_escrow, shop.part)
    one_after_the_other(release, release)
    assert shop.count("EscrowReleased") == 1


def test_two_refunds_of_the_last_pieces(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    _done, second = one_after_the_other(partial(shop.refund, 3), partial(shop.refund, 2))
    assert isinstance(second, OverReturned)
    assert ledger.balance("bank", CNY) == -11000


def test_a_refund_and_a_settled_account_at_once(shop: Shop) -> None:
    shop.place(payment_method="on_account")
    shop.confirm()
    shop.sign()
    pay = partial(settlement.settle_account, shop.boss, shop.buyer.ref, amount=41000, currency=CNY, reference="BOC-1")
    _done, second = one_after_the_other(partial(shop.refund, 1), pay)
    assert isinstance(second, Conflict), "after the refund less is owed"
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == -31000
    one_after_the_other(
        partial(settlement.settle_account, shop.boss, shop.buyer.ref, amount=31000, currency=CNY, reference="BOC-2"),
        partial(shop.refund, 1),
    )
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == 0
    assert ledger.balance("bank", CNY) == -21000


def proposed_payout(shop: Shop) -> str:
    """A statement both sides have confirmed: its payout's approval."""
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    drain()
    for ref in settlement.issue_statements(shop.boss, until=now()):
        if books_of(ref) == shop.suppliers[0].ref:
            one_after_the_other(
                partial(settlement.confirm_statement, shop.suppliers[0].actor, ref),
                partial(settlement.confirm_statement, shop.boss, ref),
            )
    drain()
    return str(people.approvals_waiting(shop.boss)[0]["ref"])


def books_of(statement: str) -> str:
    """Whose a statement is."""
    found = sql.rows(
        "SELECT o.ref FROM settlement_statement s JOIN parties_organization o ON o.id = s.party_id WHERE s.ref = %s",
        [statement],
    )
    return str(found[0][0])


def test_both_sides_confirm_a_statement_at_once(shop: Shop) -> None:
    proposed_payout(shop)
    assert (shop.count("StatementClosed"), shop.count("PayoutProposed")) == (1, 1)


def test_two_people_approve_a_payout_at_once(shop: Shop) -> None:
    approval = proposed_payout(shop)
    yes = [partial(parties.decide, person, approval, yes=True) for person in (shop.boss, shop.other_boss)]
    one_after_the_other(*yes)
    assert shop.count("ApprovalDecided") == 1
    ref = sql.rows("SELECT ref FROM settlement_payout")[0][0]
    finish = partial(settlement.finish_payout, ref)
    one_after_the_other(finish, finish)
    assert ledger.balance(f"supplier/{shop.suppliers[0].ref}/payable", CNY) == 0
    assert shop.count("PayoutSent") == 1


def test_one_person_does_not_count_twice(shop: Shop) -> None:
    approval = proposed_payout(shop)
    yes = partial(parties.decide, shop.boss, approval, yes=True)
    _done, second = one_after_the_other(yes, yes)
    assert isinstance(second, AlreadyDecided | Denied)
    assert shop.count("ApprovalDecided") == 0


# -- more than there is ----------------------------------------------------------------------------------------------


def crowd_places(shop: Shop, **kwargs: Any) -> list[Any]:
    """A crowd orders one piece each, at once."""
    return all_at_once([partial(shop.market.order, shop.buyer, [(shop.skus[0], 1)], **kwargs)] * CROWD)


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """A step left out, whose locks would put the crowd in a line."""


def test_looking_and_then_taking_oversells(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    sql.execute("CREATE TABLE naive_stock AS SELECT 5 AS free")
    everybody_has_looked = threading.Barrier(CROWD)

    def naive(wants: Any, *, at: Any) -> None:
        enough = sql.rows("SELECT free FROM naive_stock")[0][0] >= 1
        everybody_has_looked.wait(60)
        if not enough:
            raise OutOfStock([])
        sql.execute("UPDATE naive_stock SET free = free - 1")

    with monkeypatch.context() as patch:
        patch.setattr(place.inventory, "reserve", naive)
        placed = crowd_places(shop)
    sold = CROWD - len(refusals(placed))
    left = sql.rows("SELECT free FROM naive_stock")[0][0]
    sql.execute("DROP TABLE naive_stock")
    assert (sold, left) == (CROWD, 5 - CROWD)
    sql.execute("TRUNCATE ordering_order, core_event, procrastinate_jobs CASCADE")


def test_the_last_pieces_are_sold_once(shop: Shop) -> None:
    shop.skus[0] = shop.market.sku(shop.suppliers[0], "LAST", [(1, "1.00")], stock=5)
    refused = refusals(crowd_places(shop))
    assert [type(r) for r in refused] == [OutOfStock] * (CROWD - 5)
    found = sql.rows("SELECT reserved, on_hand FROM inventory_stocklevel ORDER BY id DESC LIMIT 1")
    assert found == [(5, 5)]


def test_looking_at_the_credit_and_then_taking_it_overdraws(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    account = f"buyer/{shop.buyer.ref}/receivable"
    settlement.set_credit_limit(shop.boss, shop.buyer.ref, 55000, CNY)  # 5 orders of 110.00
    everybody_has_looked = threading.Barrier(CROWD)

    def naive(holds: list[NewHold], *, at: Any) -> None:
        enough = ledger.available(account, CNY) >= holds[0].amount
        everybody_has_looked.wait(60)
        if not enough:
            raise NoCredit()
        sql.execute("UPDATE ledger_balance SET held = held + %s WHERE account = %s", [holds[0].amount, account])

    sql.execute("ALTER TABLE ledger_balance DISABLE TRIGGER ledger_balance_floor")
    try:
        with monkeypatch.context() as patch:
            patch.setattr(place.inventory, "reserve", nothing)
            patch.setattr(place.ledger, "hold_many", naive)
            placed = crowd_places(shop, payment_method="on_account")
        assert refusals(placed) == []
        assert ledger.available(account, CNY) == 55000 - CROWD * 11000
        sql.execute("UPDATE ledger_balance SET held = 0")
    finally:
        sql.execute("ALTER TABLE ledger_balance ENABLE TRIGGER ledger_balance_floor")
    sql.execute("TRUNCATE ordering_order, core_event, procrastinate_jobs CASCADE")


def test_a_credit_limit_holds_against_a_crowd(shop: Shop) -> None:
    settlement.set_credit_limit(shop.boss, shop.buyer.ref, 55000, CNY)
    refused = refusals(crowd_places(shop, payment_method="on_account"))
    assert [type(r) for r in refused] == [NoCredit] * (CROWD - 5)
    assert ledger.available(f"buyer/{shop.buyer.ref}/receivable", CNY) == 0


def test_looking_at_a_coupon_and_then_using_it_uses_it_too_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql.execute("CREATE TABLE naive_coupon AS SELECT 3 AS left")
    pricing.create_coupon(shop.boss, code="TEN", percent="10", per_buyer=None)
    everybody_has_looked = threading.Barrier(CROWD)

    def naive(ids: Any, **kwargs: Any) -> None:
        enough = sql.rows('SELECT "left" FROM naive_coupon')[0][0] >= 1
        everybody_has_looked.wait(60)
        assert enough
        sql.execute('UPDATE naive_coupon SET "left" = "left" - 1')

    with monkeypatch.context() as patch:
        patch.setattr(place.inventory, "reserve", nothing)
        patch.setattr(place.pricing_commands, "redeem_coupon", naive)
        assert refusals(crowd_places(shop, coupon_codes=["TEN"])) == []
    assert sql.rows('SELECT "left" FROM naive_coupon')[0][0] == 3 - CROWD
    sql.execute("DROP TABLE naive_coupon")
    sql.execute("TRUNCATE ordering_order, core_event, procrastinate_jobs CASCADE")


def test_a_coupons_last_uses_are_used_once(shop: Shop) -> None:
    pricing.create_coupon(shop.boss, code="TEN", percent="10", uses=3, per_buyer=None)
    pricing.create_coupon(shop.boss, code="EACH", percent="10", uses=None, per_buyer=2)
    for code, uses in (("TEN", 3), ("EACH", 2)):
        refused = refusals(crowd_places(shop, coupon_codes=[code]))
        assert [type(r) for r in refused] == [CouponRefused] * (CROWD - uses)


def test_coupons_given_back_at_once_are_all_there_again(shop: Shop) -> None:
    pricing.create_coupon(shop.boss, code="TEN", percent="10", uses=6, per_buyer=6)
    placed = [shop.place(1, coupon_codes=["TEN"]).ref for _ in range(6)]
    cancels = [partial(ordering.cancel_order, shop.buyer.actor, ref, reason="no need") for ref in placed]
    assert refusals(all_at_once(cancels)) == []
    assert sql.rows("SELECT uses_left FROM pricing_coupon WHERE code = 'TEN'") == [(6,)]
    assert sql.rows("SELECT used FROM pricing_couponallowance") == [(0,)]


# -- the same request twice ------------------------------------------------------------------------------------------


def test_the_same_post_twice_at_once(shop: Shop) -> None:
    def post() -> Answer:
        def order() -> Answer:
            return Answer(201, shop.market.order(shop.buyer, [(shop.skus[0], 1)]).ref.encode())

        return run_once("buyer", "key-1", b"one piece", order)

    both = all_at_once([post, post, post])
    told = [answer for answer in both if isinstance(answer, Answer)]
    assert {type(answer) for answer in both} <= {Answer, InFlight}
    assert len({answer.body for answer in told}) == 1
    assert post().body == told[0].body
    assert shop.count("OrderPlaced") == 1


def test_while_the_first_is_under_way_the_second_is_told_so(shop: Shop) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> Answer:
        inside.set()
        assert go_on.wait(60)
        return Answer(201, b"done")

    def second() -> Any:
        assert inside.wait(60)
        try:
            return run_once("buyer", "key-2", b"x", slow)
        finally:
            go_on.set()

    first_told, second_told = all_at_once([partial(run_once, "buyer", "key-2", b"x", slow), second])
    assert first_told == Answer(201, b"done")
    assert isinstance(second_told, InFlight)


# -- no two wait for each other --------------------------------------------------------------------------------------


def test_crossed_orders_do_not_deadlock(shop: Shop) -> None:
    pricing.create_coupon(shop.boss, code="TEN", percent="10", uses=1000, per_buyer=1000)
    settlement.set_budget(shop.boss, shop.buyer.ref, "main", 50_000_00, CNY)
    rounds, crowd = 6, 8

    def trade(number: int) -> None:
        dice = random.Random(number)
        for turn in range(rounds):
            wishes = [(sku, dice.randint(1, 3)) for sku in (shop.skus if (number + turn) % 2 else shop.skus[::-1])]
            try:
                placed = shop.market.order(
                    shop.buyer, wishes, coupon_codes=["TEN"], payment_method="on_account", budget_code="main"
                )
            except (OutOfStock, NoCredit, CouponRefused):
                continue
            _live(shop, placed, dice)

    assert all_at_once([partial(trade, number) for number in range(crowd)]) == [None] * crowd


def _live(shop: Shop, placed: ordering.Placed, dice: random.Random) -> None:
    """Cancelled at once, or confirmed, funded, sent, signed and given back, while others do the same."""
    if dice.random() < 0.3:
        ordering.cancel_order(shop.buyer.actor, placed.ref, reason="no need")
        return
    by_supplier = {part["supplier"]["ref"]: part for part in shown(shop, placed.ref)}
    for supplier in shop.suppliers:
        ref = by_supplier[supplier.ref]["ref"]
        ordering.confirm_supply(supplier.actor, ref, ship_date=business_day(now()))
        ordering.confirm_margin(shop.partner.actor, ref)
    settlement.fund_decided(placed.ref)
    for supplier in shop.suppliers:
        part = by_supplier[supplier.ref]
        shipment = fulfilment.dispatch(supplier.actor, part["ref"], carrier="SF Express")
        fulfilment.confirm_delivery(shop.buyer.actor, shipment.ref)
        items = [RefundItem(line["ref"], quantity=line["quantity"]) for line in part["lines"]]
        settlement.refund(shop.boss, part["ref"], items, reason="all back")
        ordering.return_coupon(placed.ref)


def shown(shop: Shop, order: str) -> list[dict[str, Any]]:
    """The parts of an order as the operator sees them."""
    with transaction.atomic():
        parts: list[dict[str, Any]] = orders.get_order(shop.boss, order)["supplier_orders"]
    return parts


