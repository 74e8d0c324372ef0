"""The word tables are complete in both languages, and nothing is called by one name twice."""

import re
from collections import Counter

import pytest

from demo import words
from demo.credit_code import DIGITS, credit_code, is_valid

HAN = re.compile(r"[\u4e00-\u9fff]")
TABLES = ("ranges", "syllables", "trades", "cities", "people", "sayings")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_words_in_both_languages(table):
    for row in words.rows(table):
        assert HAN.search(row["zh"]) and not HAN.search(row["en"]) and row["en"].strip(), row


def test_every_kind_of_goods_has_varieties_and_packs_in_both_languages():
    for good in words.goods():
        assert len(good.varieties) >= 3 and len(good.packs) >= 2, good.range
        for variety in good.varieties:
            assert HAN.search(variety.words.zh) and not HAN.search(variety.words.en), variety
        for pack in good.packs:
            assert not HAN.search(pack.words.en) and pack.grams > 0 and pack.price > 0, pack


def test_varieties_of_a_kind_have_names_of_their_own():
    for good in words.goods():
        for language in ("en", "zh"):
            names = [getattr(variety.words, language) for variety in good.varieties]
            assert len(set(names)) == len(names), names


def test_each_meaning_stands_once_and_every_range_is_known():
    meanings = Counter(meaning for good in words.goods() for meaning in good.means)
    assert [meaning for meaning, times in meanings.items() if times > 1] == []
    known = {each.code for each in words.ranges()}
    assert {good.range for good in words.goods()} <= known
    assert {each.parent for each in words.ranges()} - {""} <= known


def test_packs_are_read_with_what_they_come_in():
    soda = next(good for good in words.goods() if "SOFT DRINKS" in good.means)
    assert [pack.words.zh for pack in soda.packs][:3] == ["330 mL × 24 罐", "500 mL × 24 瓶", "2 L × 8 瓶"]
    eggs = next(good for good in words.goods() if good.range == "eggs")
    assert [(pack.words.en, pack.words.zh) for pack in eggs.packs][::2] == [
        ("30 pcs × 6", "30 枚 × 6 盒"), ("360 pcs", "360 枚"),
    ]  # fmt: skip


def test_company_names_differ_in_either_language():
    names = words.company_names()
    assert len(names) >= 250
    assert len({name.en for name in names}) == len({name.zh for name in names}) == len(names)


def test_places_of_the_trades_are_in_the_list_of_cities():
    for trade in words.trades("supplier").values():
        assert trade.places and set(trade.places) <= set(words.cities())


@pytest.mark.parametrize("code", ["914403001922038216", "9144030071526726XG", "91110108717743469K"])
def test_credit_codes_of_real_companies_are_valid(code):
    assert is_valid(code)


def test_credit_code_is_computed():
    assert credit_code("440300", 19220382) == "914403001922038216"


def test_a_wrong_digit_is_seen():
    code = credit_code("310000", 12345678)
    for place, digit in enumerate(code):
        other = DIGITS[(DIGITS.index(digit) + 1) % len(DIGITS)]
        assert not is_valid(code[:place] + other + code[place + 1 :]), place
    assert not is_valid(code[:-1]) and not is_valid("I" + code[1:])
