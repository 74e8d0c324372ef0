"""The worked example and its twin on account, in each way a partner earns: every figure, to the cent, to the end.

The figures are worked out by hand in docs/algorithms/commission.md; those of the twin (four of A back before
completion, C wholly after) are half-up(figure × 4/10), the supplier bearing the rest:

|             | commission | service fee | markup |
|-------------|-----------:|------------:|-------:|
| paid        |     358.28 |      358.28 | 396.25 |
| service fee |          — |       17.92 |      — |
| operator    |      10.86 |       10.86 |  10.88 |
| partner     |       3.62 |        3.62 |   3.62 |
| fee         |      11.18 |       41.00 |  11.18 |
| commission  |      29.82 |           — |  38.00 |
| supplier    |     331.76 |      331.76 | 361.57 |
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.journeys.books import audit_faults, misplaced_money
from tests.journeys.market import Company
from tests.journeys.test_worked_example import Example
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.ledger.queries import balance
from trivium.ordering.commands import Placed
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewPrice
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db

CNY = "CNY"
PERCENT = {"commission": "8", "service_fee": "5", "markup": ""}


@dataclass(frozen=True)
class Ends:
    """Where everybody ends, minor units: suppliers with freight, partner, fees, promotions."""

    total: int
    first: int
    second: int
    partner: int
    fees: int
    promotions: int


WHOLE = {
    "commission": Ends(101799, 82939 + 2000, 8730 + 800, 6550 + 690, 2796 + 294, -2714 - 286),
    "service_fee": Ends(106749, 82939 + 2000, 8730 + 800, 3574 + 376, 10251 + 1079, -2714 - 286),
    "markup": Ends(112100, 90391 + 2000, 9518 + 800, 8594 + 707, 2796 + 294, -2719 - 281),
}
# After four of A and all of C came back. `total` is what the buyer still owes.
TWIN = {
    "commission": Ends(101799 - 35828 - 9428 - 800, 82939 - 33176 + 2000, 0, 7455 - 2982 - 905 + 362, 1678, -1628),
    "service_fee": Ends(
        106749 - (35828 + 1792) - (9428 + 471) - 800, 82939 - 33176 + 2000, 0, 4479 - 1792 - 905 + 362, 6151, -1628
    ),
    "markup": Ends(112100 - 39625 - 10238 - 800, 90391 - 36157 + 2000, 0, 9500 - 3800 - 906 + 362, 1678, -1631),
}
MODES = list(WHOLE)


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


def example_under(mode: str) -> Example:
    """The example's parties under a way of earning; under markup the partner has its own prices."""
    example = Example(mode=mode, percent=PERCENT[mode])
    if mode == "markup":
        own = [
            (example.s1, [NewPrice(example.a, 1, "110.00"), NewPrice(example.a, 10, "104.50")]),
            (example.s2, [NewPrice(example.c, 1, "36.00")]),
        ]
        for supplier, prices in own:
            pricing.publish_price_list(
                example.partner.actor, name="Own", currency=CNY, prices=prices, supplier_ref=supplier.ref
            )
    return example


def assert_ends(example: Example, placed: Placed, ends: Ends) -> None:
    """Every account of the example, and nothing left in escrow."""
    wanted = {
        f"supplier/{example.s1.ref}/pending": ends.first,
        f"supplier/{example.s2.ref}/pending": ends.second,
        f"partner/{example.partner.ref}/pending": ends.partner,
        "operator/fees": ends.fees,
        "operator/promotions": ends.promotions,
        **{f"escrow/{ref}": 0 for ref in placed.supplier_order_refs},
    }
    assert {account: balance(account, CNY) for account in wanted} == wanted
    assert sum(wanted.values()) == ends.total
    assert misplaced_money() == []
    assert audit_faults() == []


@pytest.mark.parametrize("mode", MODES)
def test_from_placing_to_payout(clock: SettableClock, mode: str) -> None:
    example, ends = example_under(mode), WHOLE[mode]
    boss = example.market.operator
    placed = example.place("bank_transfer")
    assert placed.total == ends.total
    example.confirm(placed)
    settlement.record_bank_transfer(boss.actor, placed.ref, amount=ends.total, reference="BOC-1")
    drain()
    example.deliver(placed)
    example.complete(clock)
    assert_ends(example, placed, ends)

    settle_up(example, clock)
    assert balance("bank", CNY) == -ends.fees - ends.promotions
    paid_out = sorted(payout["amount"] for payout in books.payouts_of(boss.actor))
    assert paid_out == sorted([ends.first, ends.second, ends.partner])
    assert audit_faults() == []


def settle_up(example: Example, clock: SettableClock) -> None:
    """Statements are issued and confirmed by both, and payouts approved by two people."""
    boss = example.market.operator
    sides: dict[str, Company] = {c.ref: c for c in (example.s1, example.s2, example.partner)}
    for ref in settlement.issue_statements(boss.actor, until=clock.at):
        party = books.get_statement(boss.actor, ref)["party"]["ref"]
        settlement.confirm_statement(sides[party].actor, ref)
        assert settlement.confirm_statement(boss.actor, ref)
    for approval in people.approvals_waiting(boss.actor):
        for person in (boss.actor, boss.colleague):
            parties.decide(person, str(approval["ref"]), yes=True)
    drain()


@pytest.mark.parametrize("mode", MODES)
def test_on_account_with_returns_before_and_after_completion(clock: SettableClock, mode: str) -> None:
    example, ends = example_under(mode), TWIN[mode]
    boss, buyer = example.market.operator, example.buyer
    settlement.set_credit_limit(boss.actor, buyer.ref, 200000, CNY)
    placed = example.place("on_account")
    example.confirm(placed)
    example.deliver(placed)
    first, second = placed.supplier_order_refs
    a, c = (example.line(boss, placed, part)["ref"] for part in (0, 1))
    settlement.refund(example.s1.actor, first, [RefundItem(a, quantity=Decimal(4))], reason="the wrong size")
    example.complete(clock)
    settlement.refund(boss.actor, second, [RefundItem(c, quantity=Decimal(3))], freight=800, reason="all defective")
    drain()
    assert_ends(example, placed, ends)
    owed = f"buyer/{buyer.ref}/receivable"
    assert balance(owed, CNY) == -ends.total

    assert settlement.issue_statements(boss.actor, until=clock.at) == []
    settlement.settle_account(boss.actor, buyer.ref, amount=ends.total, currency=CNY, reference="BOC-2")
    assert balance(owed, CNY) == 0
    clock.move(hours=1)
    settle_up(example, clock)
    assert balance("bank", CNY) == -ends.fees - ends.promotions
    assert audit_faults() == []


@pytest.mark.parametrize("mode", MODES)
def test_everything_back_in_any_pieces_gives_everything_back(clock: SettableClock, mode: str) -> None:
    """Before, around and after completion, piece by piece: at the end it is as if nothing had been sold."""
    example = example_under(mode)
    boss = example.market.operator.actor
    placed = example.place("bank_transfer")
    example.confirm(placed)
    settlement.record_bank_transfer(boss, placed.ref, amount=WHOLE[mode].total, reference="BOC-3")
    drain()
    example.deliver(placed)
    first, second = placed.supplier_order_refs
    a, c = (example.line(example.market.operator, placed, part)["ref"] for part in (0, 1))
    for pieces in (3, 1):
        settlement.refund(boss, first, [RefundItem(a, quantity=Decimal(pieces))], reason="back")
    settlement.refund(boss, second, [RefundItem(c, quantity=Decimal(1))], reason="back")
    example.complete(clock)
    for pieces in (1, 5):
        settlement.refund(boss, first, [RefundItem(a, quantity=Decimal(pieces))], reason="back")
    settlement.refund(boss, first, [], freight=2000, reason="late")
    settlement.refund(boss, second, [RefundItem(c, quantity=Decimal(2))], freight=800, reason="back")
    drain()
    assert_ends(example, placed, Ends(0, 0, 0, 0, 0, 0))
    assert balance("bank", CNY) == 0
