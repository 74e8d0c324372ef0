"""Which account gets what: pure."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.ledger.rules import net
from trivium.settlement.rules import (
    PAYMENT,
    PAYOUT,
    Shares,
    Source,
    completion_postings,
    is_closed,
    last_first,
    lost_step,
    oldest_first,
    place_losses,
    reversal_postings,
)

amounts = st.integers(0, 10**9)
shares = st.builds(
    Shares, operator_part=amounts, partner_part=amounts, supplier=amounts, partner=amounts, fee=amounts, freight=amounts
)
ACCOUNTS = ("operator/promotions", "partner/p/pending", "supplier/s/pending")
losses = st.dictionaries(st.sampled_from(ACCOUNTS), st.integers(0, 10**6))


@given(shares)
def test_completion_leaves_in_escrow_what_the_buyer_did_not_pay(its: Shares) -> None:
    moved = net(completion_postings("x", "s", "p", "CNY", its))
    assert moved.get(("escrow/x", "CNY"), 0) == -its.from_buyer
    assert sum(moved.values()) == 0


@given(shares)
def test_a_reversal_is_completion_backwards(its: Shares) -> None:
    there = net(completion_postings("x", "s", "p", "CNY", its))
    back = net(reversal_postings("x", "s", "p", "CNY", its))
    assert back == {account: -amount for account, amount in there.items()}


@given(st.lists(amounts, max_size=6), st.data())
def test_refunds_take_the_last_method_first_and_never_more_than_was_paid(left: list[int], data: st.DataObject) -> None:
    sources = [Source(i, f"psp/{i}", amount) for i, amount in enumerate(left)]
    amount = data.draw(st.integers(0, sum(left)))
    taken = last_first(sources, amount)
    assert sum(part for _source, part in taken) == amount
    assert all(0 < part <= source.left for source, part in taken)
    assert all(part == source.left for source, part in taken[:-1])
    assert [source.id for source, _part in taken] == sorted((s.id for s, _p in taken), reverse=True)
    with pytest.raises(ValueError, match="more to refund"):
        last_first(sources, sum(left) + 1)


@given(st.lists(amounts, max_size=6), st.data())
def test_money_on_account_settles_the_oldest_first(owed: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(owed)))
    parts = oldest_first(owed, amount)
    assert sum(parts) == amount
    touched = [i for i, (part, due) in enumerate(zip(parts, owed, strict=True)) if part < due]
    assert all(parts[i] == 0 for i in range(len(parts)) if touched and i > touched[0])


@given(losses, losses, amounts)
def test_no_refund_is_lowered_below_nothing(lost: dict[str, int], taken: dict[str, int], room: int) -> None:
    step = lost_step(lost, taken, room)
    assert sum(amount for amount in step.values() if amount > 0) <= room
    for account, amount in step.items():
        owed = lost.get(account, 0) - taken.get(account, 0)
        assert 0 < amount <= owed or amount == owed < 0


@given(losses, st.dictionaries(st.sampled_from(["sup_1", "sup_2", "sup_3"]), losses), amounts)
def test_a_loss_is_given_back_where_it_was_taken(lost: dict[str, int], taken: dict, room: int) -> None:
    in_all: Counter[str] = Counter()
    for its in taken.values():
        in_all.update(its)
    step = lost_step(lost, in_all, room)
    placed = place_losses(step, taken, "sup_1")
    total: Counter[str] = Counter()
    for ref, its in placed.items():
        total.update(its)
        assert all(amount >= -taken.get(ref, {}).get(account, 0) for account, amount in its.items())
        assert ref == "sup_1" or all(amount < 0 for amount in its.values())
    assert {account: amount for account, amount in total.items() if amount} == step


def test_a_statement_is_closed_by_both_sides_or_by_its_deadline() -> None:
    assert not is_closed([])
    assert not is_closed(["party"])
    assert not is_closed(["operator"])
    assert is_closed(["operator", "party"])
    assert is_closed(["deadline"])
    assert is_closed(["party", "deadline"])


@pytest.mark.parametrize("machine", [PAYMENT, PAYOUT])
def test_every_state_is_reached_and_only_final_ones_have_no_exit(machine) -> None:  # type: ignore[no-untyped-def]
    for state in machine.reachable():
        assert bool(machine.exits(state)) != (state in machine.final)


def test_a_failed_payment_may_still_arrive() -> None:
    assert PAYMENT.next("failed", "receive") == "received"
    assert not PAYMENT.allows("received", "fail")
