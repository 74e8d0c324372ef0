"""What is traded and what is not, and how lines become orders and prices: pure."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.connectors.invoices import prices
from trivium.connectors.invoices.batches import Lot, days, lots, not_yet, orders
from trivium.connectors.invoices.countries import country_code
from trivium.connectors.invoices.reader import RawRow
from trivium.connectors.invoices.sorting import Kept, Line, is_product, judge, read_time

GOOD = ("536365", "85123A", "WHITE HEART", "6", "2010-12-01 08:26:00", "2.55", "17850", "United Kingdom")
PLACES = dict(zip("invoice code name quantity at price customer country".split(), range(8), strict=True))


def row(number: int = 1, **changes: str) -> RawRow:
    values = list(GOOD)
    for name, value in changes.items():
        values[PLACES[name]] = value
    return RawRow(number, tuple(values))


def line(**changes: str) -> Line:
    found = judge(row(**changes))
    assert isinstance(found, Line)
    return found


def test_a_good_line_is_read_exactly():
    found = line(customer="17850.0", code=" 22423 ", price="0.001", quantity="500")
    assert (found.customer, found.code, found.unit_price, found.quantity) == ("17850", "22423", Decimal("0.001"), 500)
    assert (found.amount, found.at) == (50, dt.datetime(2010, 12, 1, 8, 26, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"invoice": "C536379", "quantity": "-1"}, ["credit_note", "write_off"]),
        ({"price": "-11062.06", "code": "B", "customer": ""}, ["negative_price", "not_a_product", "no_customer"]),
        ({"quantity": "-3", "price": "0"}, ["write_off", "zero_price"]),
        ({"quantity": "0"}, ["write_off"]),
        ({"name": "  "}, ["blank_description"]),
        ({"price": "0.0"}, ["zero_price"]),
        ({"code": "POST"}, ["not_a_product"]),
        ({"customer": " "}, ["no_customer"]),
        ({"quantity": "100001"}, ["absurd"]),
        ({"price": "100000.01"}, ["absurd"]),
        ({"invoice": ""}, ["malformed"]),
        ({"code": ""}, ["malformed"]),
        ({"quantity": "six"}, ["malformed"]),
        ({"quantity": "1.5"}, ["malformed"]),
        ({"quantity": "1" * 40}, ["malformed"]),
        ({"price": "nan"}, ["malformed"]),
        ({"price": "1.0000001"}, ["malformed"]),
        ({"price": "1_000"}, ["malformed"]),
        ({"price": "１"}, ["malformed"]),
        ({"at": "yesterday"}, ["malformed"]),
        ({"at": "0001-01-01"}, ["malformed"]),
        ({"name": "a\x00b"}, ["malformed"]),
        ({"invoice": "9" * 41}, ["malformed"]),
    ],
)
def test_each_way_of_being_dirty_has_its_reason(changes, reasons):
    found = judge(row(**changes))
    assert isinstance(found, Kept)
    assert list(found.reasons) == reasons
    assert bool(found.detail) == (reasons == ["malformed"])


def test_goods_have_article_numbers_and_fees_have_words():
    assert all(map(is_product, ("22423", "85123A", "15056BL", "47503J", "DCGS0076", "DCGSSGIRL")))
    words = "POST DOT M m D S B C2 PADS CRUK AMAZONFEE gift_0001_20 1234 2242３".split()
    assert not any(map(is_product, [*words, "BANK CHARGES", ""]))


def test_dates_are_iso_or_as_exported():
    at = dt.datetime(2010, 12, 1, 8, 26, tzinfo=dt.UTC)
    assert read_time("2010-12-01T08:26:00Z") == read_time("12/1/2010 8:26") == read_time("12/1/10 8:26") == at
    assert read_time("2010-12-01 10:26:00+02:00") == at


def test_countries_have_codes_and_unknown_ones_say_so():
    assert [country_code(name) for name in ("EIRE", "United Kingdom", "DE", "Unspecified", "")] == [
        "IE", "GB", "DE", "ZZ", "ZZ",
    ]  # fmt: skip


def test_days_keep_an_invoice_whole_and_are_bounded():
    lines = [
        line(invoice="1", at="2010-12-01 23:59"),
        line(invoice="2", at="2010-12-01 23:59"),
        line(invoice="1", code="22423", at="2010-12-01 23:59"),
        line(invoice="1", code="22424", at="2010-12-02 00:01"),
        line(invoice="3", at="2010-12-02 09:00"),
        line(invoice="4", at="2010-12-01 09:00"),
    ]
    found = list(days(lines))
    assert [[(i.number, len(i.lines)) for i in day] for day in found] == [[("1", 3), ("2", 1)], [("3", 1), ("4", 1)]]
    assert found[0][0].at == lines[0].at
    bounded = list(days(lines, most_lines=1))
    assert [[i.number for i in day] for day in bounded] == [["1"], ["2"], ["1"], ["3"], ["4"]]


def test_duplicates_are_summed_and_two_prices_need_two_orders():
    lines = [line(), line(), line(price="2.10"), line(code="22423"), line(code="85123a")]
    found = orders(lots(lines), most_lines=2)
    assert [[(lot.code, lot.quantity, lot.amount) for lot in order] for order in found] == [
        [("85123A", 12, 3060), ("22423", 6, 1530)],
        [("85123a", 6, 1530)],
        [("85123A", 6, 1260)],
    ]


def test_parts_of_a_penny_are_never_merged_away():
    lines = [line(price="0.005", quantity="1"), line(price="0.005", quantity="1")]
    assert [(lot.quantity, lot.amount) for lot in lots(lines)] == [(1, 1), (1, 1)]


def test_only_what_the_books_lack_is_left():
    lines = [line(), line(), line(code="22423")]
    sold = {("85123A", Decimal("2.550000")): 6, ("22423", Decimal("2.55")): 6}
    fresh, known = not_yet(lines, Counter(sold))
    assert (len(fresh), len(known)) == (1, 2)


@given(st.data())
def test_every_sale_finds_exactly_its_price(data):
    """Whatever was sold at whatever price, in whatever order: at its turn the list gives each line its price."""
    sale = st.tuples(st.sampled_from("AB"), st.integers(1, 5), st.integers(1, 4).map(Decimal))
    sales = data.draw(st.lists(st.lists(sale, max_size=2, unique_by=lambda each: each[0]), max_size=8))
    cut = data.draw(st.integers(0, len(sales)))
    listed: dict[str, prices.Steps] = {}
    planned: dict[str, prices.Steps] = {}
    for day in (sales[:cut], sales[cut:]):
        changes = prices.plan(day, planned)
        for place, order in enumerate(day):
            for code, start, unit_price in changes.pop(place, []):
                listed.setdefault(code, {})[start] = unit_price
            for code, pieces, unit_price in order:
                assert min(price for start, price in listed[code].items() if start <= pieces) == unit_price
        assert not changes
    assert listed == planned


def test_a_day_whose_prices_fall_with_the_quantity_needs_one_change():
    sales = [[("A", pieces, Decimal(100 - pieces))] for pieces in range(1, 30)]
    Random(7).shuffle(sales)
    assert list(prices.plan(sales, {})) == [0]


def test_a_lot_knows_its_lines():
    (lot,) = lots([line(), line()])
    assert isinstance(lot, Lot) and len(lot.lines) == 2
