"""States, addresses, quantities and figures: pure."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.core.errors import TooLong, WrongState
from trivium.ordering.errors import BadAddress, BadShipDate, BelowMinimum, WrongMultiple
from trivium.ordering.rules import (
    SUPPLIER_ORDER,
    Status,
    back_so_far,
    buyer_word,
    check_quantity,
    check_ship_date,
    figures,
    part_given_back,
    read_address,
    visible_figures,
)
from trivium.pricing.rules import LineSplit

SPLIT = LineSplit(
    gross=95000,
    paid=89571,
    tax=0,
    service_fee=0,
    operator_part=2714,
    partner_part=905,
    supplier_part=1810,
    base=93190,
    fee=2796,
    commission=7455,
    supplier=82939,
    supply=95000,
)
WHOLE = {"name": "Chen Wei", "country": "CN", "city": "Shenzhen", "street": "1 Keyuan Road"}


def test_every_state_is_reached_and_only_final_ones_have_no_exit() -> None:
    assert SUPPLIER_ORDER.reachable() == set(Status)
    for state in Status:
        assert bool(SUPPLIER_ORDER.exits(state)) != (state in SUPPLIER_ORDER.final)


@given(st.lists(st.sampled_from(sorted({act for _state, act in SUPPLIER_ORDER.moves})), max_size=12))
def test_no_walk_releases_before_confirmation_or_leaves_an_end(acts: list[str]) -> None:
    state, seen = SUPPLIER_ORDER.start, [SUPPLIER_ORDER.start]
    for act in acts:
        if SUPPLIER_ORDER.allows(state, act):
            assert state not in SUPPLIER_ORDER.final
            state = SUPPLIER_ORDER.next(state, act)
            seen.append(state)
        else:
            with pytest.raises(WrongState):
                SUPPLIER_ORDER.next(state, act)
    assert Status.RELEASED not in seen or Status.CONFIRMED in seen
    assert Status.COMPLETED not in seen or Status.SIGNED in seen


@pytest.mark.parametrize("missing", ["name", "country", "city", "street"])
def test_an_address_names_what_it_lacks(missing: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_address({**WHOLE, missing: "  "})
    assert refused.value.field == f"ship_to.{missing}"


def test_an_address_is_trimmed_and_bounded() -> None:
    assert read_address({**WHOLE, "name": "  陈伟 🚚 ", "more": "ignored"}).name == "陈伟 🚚"
    with pytest.raises(TooLong):
        read_address({**WHOLE, "street": "x" * 10_000})
    with pytest.raises(BadAddress):
        read_address({**WHOLE, "country": "China"})


@pytest.mark.parametrize(
    ("quantity", "refusal"),
    [("4", BelowMinimum), ("5", None), ("7", WrongMultiple), ("7.5", None), ("7.501", WrongMultiple)],
)
def test_a_quantity_is_sold_from_the_minimum_in_whole_steps(quantity: str, refusal: type | None) -> None:
    def check() -> None:
        check_quantity("A", Decimal(quantity), moq=Decimal(5), step=Decimal("2.5"), unit="kg", field="quantity")

    if refusal is None:
        check()
    else:
        with pytest.raises(refusal):
            check()


def test_a_ship_date_is_today_at_the_earliest_and_not_absurdly_far() -> None:
    today = dt.date(2026, 3, 2)
    check_ship_date(today, today)
    for day in (today - dt.timedelta(days=1), today + dt.timedelta(days=367)):
        with pytest.raises(BadShipDate):
            check_ship_date(day, today)


@given(st.lists(st.integers(1, 10), max_size=10))
def test_pieces_in_any_order_give_back_exactly_everything(pieces: list[int]) -> None:
    quantity = Decimal(sum(pieces)) or Decimal(1)
    so_far, before = Decimal(0), back_so_far(SPLIT, quantity, Decimal(0), 0)
    steps = []
    for piece in pieces or [1]:
        so_far += piece
        after = back_so_far(SPLIT, quantity, so_far, 0)
        steps.append(after - before)
        before = after
    assert before == SPLIT
    assert sum(step.paid for step in steps) == SPLIT.paid
    assert all(step.is_balanced for step in steps)


def test_money_without_goods_counts_by_its_part_of_the_price() -> None:
    assert part_given_back(SPLIT, Decimal(10), Decimal(4), 0) == Fraction(4, 10)
    assert part_given_back(SPLIT, Decimal(10), Decimal(4), 10000) == Fraction(4, 10) + Fraction(10000, 89571)
    assert part_given_back(SPLIT, Decimal(10), Decimal(9), 89571) == 1
    assert back_so_far(SPLIT, Decimal(10), Decimal(0), 12345).paid == 12345


def test_each_role_sees_its_own_figures_and_no_other() -> None:
    seen = {role: set(visible_figures(role, "commission")) for role in ("buyer", "partner", "supplier", "operator")}
    assert seen["buyer"].isdisjoint({"commission", "fee", "deduction", "supplier_net", "supply", "base"})
    assert seen["partner"].isdisjoint({"fee", "deduction", "supplier_net", "supply", "operator_part"})
    assert seen["supplier"].isdisjoint({"paid", "commission", "fee", "operator_part", "partner_part", "discount"})
    assert seen["operator"] >= set(figures(SPLIT, "commission"))
    assert "unit_price" not in visible_figures("supplier", "markup")
    assert "gross" not in visible_figures("supplier", "markup")
    assert "supply" in visible_figures("partner", "markup")
    assert visible_figures("stranger", "commission") == ()


def test_a_supplier_reads_fee_and_commission_as_one_deduction() -> None:
    assert figures(SPLIT, "commission")["deduction"] == 2796 + 7455
    assert figures(SPLIT, "markup")["deduction"] == 2796


def test_the_buyer_reads_one_word_for_a_part() -> None:
    words = [buyer_word(status, shipped=False) for status in Status]
    assert words == ["submitted", "confirmed", "confirmed", "signed", "completed", "cancelled"]
    assert buyer_word("released", shipped=True) == "shipped"
