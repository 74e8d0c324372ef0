"""Amounts, quantities, names, tables and time: pure."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trivium.core import permissions
from trivium.core.actor import Actor
from trivium.core.errors import BadText, Denied, Empty, TooLong, WrongState, clean_text
from trivium.core.ids import business_number, new_ref, number_to_id
from trivium.core.money import (
    MAX_MINOR,
    BadAmount,
    Money,
    NoShares,
    allocate,
    check_limit,
    half_up,
    line_minor,
    share,
    to_minor,
    to_text,
)
from trivium.core.permissions import declare
from trivium.core.quantity import BadQuantity, parse_quantity, plain
from trivium.core.states import Machine
from trivium.core.time import (
    UTC,
    SettableClock,
    add_business_days,
    business_day,
    month_after,
    month_start,
    now,
    use_clock,
)

CURRENCIES = ("CNY", "JPY", "KWD")

# -- amounts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exact", "whole"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("2.4999", 2), ("-2.4999", -2), ("0", 0)],
)
def test_halves_go_away_from_zero(exact: str, whole: int) -> None:
    assert half_up(Decimal(exact)) == half_up(Fraction(exact)) == whole


@given(st.fractions(max_denominator=10**6))
def test_rounding_is_never_off_by_more_than_a_half_and_has_no_sign(value: Fraction) -> None:
    assert abs(half_up(value) - value) <= Fraction(1, 2)
    assert half_up(-value) == -half_up(value)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_sum_to_the_whole_and_are_off_by_less_than_one(total: int, weights: list[int]) -> None:
    assume(sum(weights))
    parts = allocate(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or part == 0


def test_a_tie_goes_to_the_earlier_part() -> None:
    assert allocate(1, [1, 1]) == [1, 0]
    assert allocate(-1, [1, 1]) == [-1, 0]
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]


def test_nothing_is_divided_by_nothing_but_nothing() -> None:
    assert allocate(0, [0, 0]) == [0, 0]
    with pytest.raises(NoShares):
        allocate(1, [0, 0])


@given(st.integers(-MAX_MINOR + 1, MAX_MINOR - 1), st.sampled_from(CURRENCIES))
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str) -> None:
    assert to_minor(to_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1017.99", "CNY", 101799), ("5", "CNY", 500), ("-0.07", "CNY", -7), ("1.000", "CNY", 100), ("12", "JPY", 12)],
)
def test_amounts_are_plain_decimals(text: str, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1,5",
        "1.234",
        "1e3",
        " 1",
        "1 ",
        "+1",
        "0x10",
        ".5",
        "5.",
        "--1",
        "NaN",
        "1_000",
        "9" * 16,
        "١٢",
        "1\n",
    ],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(BadAmount):
        to_minor(text, "CNY")
    with pytest.raises(BadAmount):
        to_minor("1.5", "JPY")


def test_currencies_do_not_mix() -> None:
    ours, theirs = Money.parse("12.30", "CNY"), Money.parse("12", "JPY")
    for mix in (lambda: ours + theirs, lambda: ours - theirs, lambda: ours < theirs, lambda: ours <= theirs):
        with pytest.raises(TypeError):
            mix()
    assert str(ours + ours) == "24.60"
    assert str(-ours.share(Decimal(50))) == "-6.15"
    assert not ours - ours
    assert [str(part) for part in ours.allocate([2, 1])] == ["8.20", "4.10"]


def test_lines_and_shares_round_once() -> None:
    assert line_minor(Decimal("33.33"), Decimal(3), "CNY") == 9999
    assert line_minor(Decimal("0.005"), Decimal(1), "CNY") == 1
    assert line_minor(Decimal("10.5"), Decimal(1), "JPY") == 11
    assert share(93190, Decimal(8)) == 7455


def test_a_limit_is_neither_negative_nor_endless() -> None:
    check_limit(0, "CNY", field="limit")
    check_limit(MAX_MINOR, "CNY", field="limit")
    for minor in (-1, MAX_MINOR + 1, 10**30):
        with pytest.raises(BadAmount):
            check_limit(minor, "CNY", field="limit")


# -- quantities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "quantity"), [(3, "3"), (0.1, "0.1"), ("2.500", "2.5"), (Decimal("999999999.999"), "999999999.999")]
)
def test_a_quantity_has_at_most_three_places(value: object, quantity: str) -> None:
    assert parse_quantity(value) == Decimal(quantity)


@pytest.mark.parametrize(
    "value",
    [0, -1, "0", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "0.0001", 10**9, "1e9", 1e-7, True, None, "", "abc",
     "１", "1" * 21, [], b"1", float("nan"), float("inf"), pytest.param(10**5000, id="endless"), "1_000"],
)  # fmt: skip
def test_anything_else_is_no_quantity(value: object) -> None:
    with pytest.raises(BadQuantity):
        parse_quantity(value)


def test_nothing_may_be_counted_but_not_bought() -> None:
    assert parse_quantity("0", zero=True) == 0
    with pytest.raises(BadQuantity):
        parse_quantity("-0.001", zero=True)


def test_whole_quantities_are_read_as_integers() -> None:
    assert plain(Decimal("10.000")) == 10
    assert isinstance(plain(Decimal("10.000")), int)
    assert str(plain(Decimal("2.500"))) == "2.5"


# -- names -------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**45))
def test_a_number_leads_back_to_its_row_and_to_no_other(row_id: int) -> None:
    number = business_number("O", row_id)
    assert number_to_id(number) == number_to_id(number.lower()) == row_id


@given(st.integers(0, 2**40), st.integers(1, 1000))
def test_two_rows_never_share_a_number(row_id: int, apart: int) -> None:
    assert business_number("O", row_id) != business_number("O", row_id + apart)


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=6, max_size=12))
def test_every_number_is_the_only_one_of_its_row(digits: str) -> None:
    row_id = number_to_id(f"O-{digits}")
    assert row_id is None or business_number("O", row_id) == f"O-{digits}"


def test_letters_that_look_like_digits_are_read_as_them() -> None:
    number = business_number("O", 1)
    letter, _dash, digits = number.partition("-")
    assert number_to_id(f" {letter}-{digits.replace('0', 'O').replace('1', 'l')} ") == 1


@pytest.mark.parametrize(
    "text", ["", "O", "O-", "O-ABC", "O-7K2M9!", "OO-7K2M9Q", "7K2M9Q", "O-" + "Z" * 13, "O-UUUUUU"]
)
def test_what_is_no_number_leads_nowhere(text: str) -> None:
    assert number_to_id(text) is None


def test_references_are_long_and_differ() -> None:
    refs = {new_ref("ord") for _ in range(1000)}
    assert len(refs) == 1000
    assert all(ref.startswith("ord_") and len(ref) == 24 and set(ref[4:]).isdisjoint("ilou") for ref in refs)


# -- tables, rights and words ------------------------------------------------------------------------------------------


class Light(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


LIGHT = Machine(
    start=Light.OFF,
    final={Light.BROKEN},
    moves={(Light.OFF, "press"): Light.ON, (Light.ON, "press"): Light.OFF, (Light.ON, "drop"): Light.BROKEN},
)


def test_a_machine_moves_as_its_table_says_and_refuses_the_rest() -> None:
    assert LIGHT.next("off", "press") is Light.ON
    assert LIGHT.allows("on", "drop")
    assert LIGHT.reachable() == set(Light)
    assert LIGHT.exits(Light.ON) == {"press", "drop"}
    assert "on --> broken: drop" in LIGHT.mermaid()
    for state, act in [("off", "drop"), ("broken", "press"), ("nowhere", "press")]:
        assert not LIGHT.allows(state, act)
        with pytest.raises(WrongState):
            LIGHT.next(state, act)


def test_a_final_state_has_no_exit() -> None:
    with pytest.raises(ValueError, match="final"):
        Machine(start=Light.OFF, final={Light.OFF}, moves={(Light.OFF, "press"): Light.ON})


def test_a_right_belongs_to_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "_declared", {})
    declare({"tests.light": ("operator",)})
    declare({"tests.light": ("operator",)})
    with pytest.raises(ValueError, match="twice"):
        declare({"tests.light": ("buyer",)})


def test_the_system_may_everything_and_a_person_what_is_theirs() -> None:
    person = Actor(1, "usr_1", 2, "org_2", "buyer", frozenset({"order.place"}))
    person.require("order.place")
    with pytest.raises(Denied):
        person.require("credit.set")
    assert Actor.system("deadline").may("credit.set")
    assert (person.ref, Actor.system("deadline").ref) == ("usr_1@org_2:buyer/web", "system:deadline")


def test_words_are_trimmed_bounded_and_storable() -> None:
    assert clean_text("  陈伟 🚚 ", limit=10, field="name") == "陈伟 🚚"
    assert clean_text(" ", limit=10, field="name", required=False) == ""
    refusals: list[tuple[str, type[Exception]]] = [
        ("x" * 11, TooLong),
        (" ", Empty),
        ("a\x00b", BadText),
        ("\ud800", BadText),
    ]
    for text, refusal in refusals:
        with pytest.raises(refusal):
            clean_text(text, limit=10, field="name")


# -- time --------------------------------------------------------------------------------------------------------------


def test_another_clock_lasts_as_long_as_its_block() -> None:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=UTC))
    with use_clock(clock):
        before = now()
        clock.move(days=2)
        assert now() - before == dt.timedelta(days=2)
    assert now() > dt.datetime(2026, 3, 5, tzinfo=UTC)


def test_a_business_day_is_the_one_where_the_business_is() -> None:
    late = dt.datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert business_day(late) == dt.date(2026, 3, 3)
    assert business_day(late, "UTC") == dt.date(2026, 3, 2)


def test_business_days_leave_out_the_weekend() -> None:
    friday = dt.datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert add_business_days(friday, 0) == friday
    assert add_business_days(friday, 1) == friday + dt.timedelta(days=3)
    assert add_business_days(friday, 6) == friday + dt.timedelta(days=10)


def test_months_follow_each_other() -> None:
    assert month_start(dt.datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == dt.date(2026, 12, 1)
    assert month_after(dt.date(2026, 12, 1)) == dt.date(2027, 1, 1)
    assert month_after(dt.date(2026, 1, 1)) == dt.date(2026, 2, 1)
