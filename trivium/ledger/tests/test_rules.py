"""Postings by themselves: nothing appears, nothing vanishes."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.ledger import rules
from trivium.ledger.rules import Posting, floor_of, move, net

accounts = st.sampled_from(["bank", "psp/x", "escrow/so_1", "supplier/s/payable", "operator/fees"])
units = st.sampled_from(["CNY", "EUR", "PTS"])
amounts = st.integers(min_value=1, max_value=10**15)
pairs = st.lists(accounts, min_size=2, max_size=2, unique=True)
postings = st.builds(
    lambda pair, amount, unit: Posting(pair[0], pair[1], amount, unit), pairs, amounts, units
)


@given(st.lists(postings, max_size=30))
def test_postings_balance_per_unit(made: list[Posting]) -> None:
    sums: dict[str, int] = defaultdict(int)
    for (_, unit), amount in net(made).items():
        sums[unit] += amount
    assert not any(sums.values())


@given(st.lists(postings, max_size=30))
def test_postings_and_their_reversal_cancel_out(made: list[Posting]) -> None:
    assert net([*made, *(posting.reversed() for posting in made)]) == {}


@given(pairs, st.integers(min_value=-(10**15), max_value=10**15), units)
def test_a_move_changes_both_accounts_by_the_signed_amount(pair: list[str], amount: int, unit: str) -> None:
    source, destination = pair
    expected = {(source, unit): -amount, (destination, unit): amount} if amount else {}
    assert net([move(source, destination, amount, unit)]) == expected


@pytest.mark.parametrize(
    ("source", "destination", "amount"), [("a", "a", 1), ("a", "b", 0), ("a", "b", -1), ("", "b", 1)]
)
def test_what_moves_nothing_is_no_posting(source: str, destination: str, amount: int) -> None:
    with pytest.raises(ValueError, match="not a posting"):
        Posting(source, destination, amount, "CNY")


def test_a_hold_is_of_a_positive_amount() -> None:
    with pytest.raises(ValueError, match="not a hold"):
        rules.NewHold("buyer/b/receivable", "CNY", 0, "ord_1")


@pytest.mark.parametrize(
    ("account", "floor"),
    [
        ("escrow/so_1", 0),
        ("supplier/org_1/payable", 0),
        ("partner/org_1/payable", 0),
        ("buyer/org_1/receivable", 0),
        ("buyer/org_1/budget/it", 0),
        ("supplier/org_1/pending", None),
        ("escrow/so_1/more", None),
        ("escrow", None),
        ("operator/fees", None),
        ("bank", None),
    ],
)
def test_floors_go_by_the_shape_of_the_path(account: str, floor: int | None) -> None:
    assert floor_of(account) == floor


def test_the_last_declaration_of_a_floor_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_floors", list(rules._floors))
    rules.declare_floor("escrow/a.b", -5)
    assert (floor_of("escrow/a.b"), floor_of("escrow/axb")) == (-5, 0)
