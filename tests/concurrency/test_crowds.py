"""More buyers than there is: shown first with a naive copy that looks and then takes, then stopped by the command."""

import random
import threading
from functools import partial
from typing import Any

import pytest

from tests.concurrency.sessions import all_at_once
from tests.concurrency.shop import CNY, CROWD, Shop, refusals, shown
from trivium.core import sql
from trivium.core.idempotency import Answer, InFlight, run_once
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.inventory.errors import OutOfStock
from trivium.ledger import queries as ledger
from trivium.ledger.rules import NewHold
from trivium.ordering import commands as ordering
from trivium.ordering.commands import place
from trivium.ordering.errors import NoCredit
from trivium.pricing import commands as pricing
from trivium.pricing.errors import CouponRefused
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_looking_at_a_coupon_and_then_using_it_uses_it_too_often(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
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
