"""Orders at the last money of a budget's period: it opens once, and only one of them gets it."""

from functools import partial

import pytest

from tests.concurrency.sessions import all_at_once, one_after_the_other
from tests.concurrency.shop import Shop
from trivium.core.time import business_day, now
from trivium.ledger import queries as ledger
from trivium.ordering.errors import NoSuchBudget
from trivium.parties import commands as parties
from trivium.parties.commands import BudgetTerms
from trivium.settlement import commands as settlement

pytestmark = pytest.mark.django_db(transaction=True)
AMOUNT = 500_00


def keep(shop: Shop, amount: int) -> None:
    """A budget of so much a month; each order here is 400.00."""
    terms = BudgetTerms(renews="month")
    settlement.keep_budget(shop.buyer.actor, shop.buyer.ref, "IT", terms, amount=amount, currency="CNY")


def order(shop: Shop, sku: int) -> str:
    """An order on the budget; the two skus share no stock, no supplier and no credit."""
    return shop.market.order(shop.buyer, [(shop.skus[sku], 4)], budget_code="IT").ref


def account(shop: Shop) -> str:
    return f"buyer/{shop.buyer.ref}/budget/IT/{business_day(now()):%Y-%m}"


def test_of_eight_orders_at_once_in_a_fresh_period_one_gets_the_money(shop: Shop) -> None:
    terms = BudgetTerms(renews="month")
    parties.arrange_budget(shop.buyer.actor, shop.buyer.ref, "IT", terms, amount=AMOUNT, currency="CNY")
    assert not ledger.balances_below(account(shop), "CNY")
    results = all_at_once([partial(order, shop, n % 2) for n in range(8)])
    assert sum(isinstance(each, NoSuchBudget) for each in results) == 7
    assert ledger.balances([account(shop)], "CNY")[account(shop)] == AMOUNT


def test_the_second_of_two_orders_waits_for_the_first_and_finds_nothing_left(shop: Shop) -> None:
    keep(shop, AMOUNT)
    first, second = one_after_the_other(partial(order, shop, 0), partial(order, shop, 1))
    assert isinstance(first, str) and isinstance(second, NoSuchBudget)


def test_an_amount_that_is_changed_meanwhile_holds_and_nobody_waits_in_a_ring(shop: Shop) -> None:
    keep(shop, AMOUNT)
    lower = partial(keep, shop, 100_00)
    assert isinstance(one_after_the_other(lower, partial(order, shop, 0))[1], NoSuchBudget)
    keep(shop, AMOUNT)
    first, second = one_after_the_other(partial(order, shop, 0), partial(keep, shop, 900_00))
    assert isinstance(first, str) and second is None
    assert ledger.balances([account(shop)], "CNY")[account(shop)] == 900_00
