"""The catalog's rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.catalog import rules
from trivium.catalog.errors import BadCode, BadWeight, BadWords, BelowMinimum, OffStep, TooDeep
from trivium.catalog.rules import NewSku
from trivium.core.errors import BadText, Empty, Refusal, TooLong
from trivium.core.quantity import BadQuantity


def test_a_plain_name_is_english_and_languages_are_kept() -> None:
    assert rules.clean_words(" Desk lamp ", limit=20, field="name") == {"en": "Desk lamp"}
    assert rules.clean_words({"zh-Hans": "台灯 💡", "en": " "}, limit=20, field="name") == {
        "zh-hans": "台灯 💡"
    }


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("", Empty),
        ({}, Empty),
        ({"en": "  "}, Empty),
        ("x" * 10_000, TooLong),
        ({"en": 5}, BadWords),
        ({"x" * 10_000: "a"}, BadWords),
        ({"english!": "a"}, BadWords),
        ({f"a{chr(97 + i)}": "a" for i in range(13)}, BadWords),
        (7, BadWords),
        ("a\x00b", BadText),
        ("a\ud800b", BadText),
    ],
)
def test_words_that_cannot_be_kept_are_refused(value: object, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.clean_words(value, limit=200, field="name")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["", "  ", "x" * 65, "x" * 10_000, "a\nb", "a\x00", "\ud800", 5])
def test_a_sku_code_is_one_short_line(code: object) -> None:
    with pytest.raises(BadCode):
        rules.clean_sku_code(code)  # type: ignore[arg-type]


def test_a_sku_code_keeps_its_case() -> None:
    assert rules.clean_sku_code(" 85123A/红-b ") == "85123A/红-b"


@pytest.mark.parametrize("code", ["", "Tools", "a b", "a--b", "-a", "a/b", "工具", "x" * 65])
def test_a_category_code_can_stand_in_a_path(code: str) -> None:
    with pytest.raises(BadCode):
        rules.clean_category_code(code)


def test_categories_nest_to_the_limit_and_no_deeper() -> None:
    path = ""
    for _level in range(rules.DEPTH_LIMIT):
        path = rules.child_path(path, "a") if path else "a"
    assert path.count("/") == rules.DEPTH_LIMIT - 1
    with pytest.raises(TooDeep):
        rules.child_path(path, "a")


@pytest.mark.parametrize(
    ("sku", "refusal"),
    [
        (NewSku(code="A", moq=0), BadQuantity),
        (NewSku(code="A", moq="-1"), BadQuantity),
        (NewSku(code="A", moq="1e30"), BadQuantity),
        (NewSku(code="A", quantity_step="0.0001"), BadQuantity),
        (NewSku(code="A", moq=5, quantity_step=2), OffStep),
        (NewSku(code="A", weight_g=-1), BadWeight),
        (NewSku(code="A", weight_g=True), BadWeight),
        (NewSku(code="A", unit=""), Empty),
        (NewSku(code="A", unit="u" * 10_000), TooLong),
    ],
)
def test_a_bad_sku_is_refused_by_name(sku: NewSku, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.clean_sku(sku)


def test_buyers_take_the_minimum_or_more_in_whole_steps() -> None:
    terms = {"moq": Decimal(6), "quantity_step": Decimal("1.5")}
    rules.check_orderable("A", Decimal("7.5"), **terms)
    with pytest.raises(BelowMinimum):
        rules.check_orderable("A", Decimal("4.5"), **terms)
    with pytest.raises(OffStep):
        rules.check_orderable("A", Decimal(7), **terms)


@given(st.lists(st.sampled_from("abcd")))
def test_twice_names_each_double_once(codes: list[str]) -> None:
    assert sorted(rules.twice(codes)) == sorted({code for code in codes if codes.count(code) > 1})
