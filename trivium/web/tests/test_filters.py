"""How money, dates and quantities are written."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from trivium.core.time import SettableClock, use_clock
from trivium.pricing.errors import DeliveryUnavailable
from trivium.web.errors import BadDate
from trivium.web.shared import filters, forms

AT = dt.datetime(2026, 11, 22, 6, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(123450, "CNY", "¥1,234.50"), (-5, "GBP", "−£0.05"), (1200, "JPY", "JP¥1,200"), (100, "CHF", "CHF 1.00"),
     (0, "CNY", "¥0.00"), (None, "CNY", "–")],
)  # fmt: skip
def test_money(minor, currency, text):
    assert filters.money(minor, currency) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [("100.000000", "¥100.00"), ("28.615000", "¥28.615"), ("0.5", "¥0.50"), ("1234", "¥1,234.00")],
)
def test_unit_price(price, text):
    assert filters.unit_price(Decimal(price), "CNY") == text


def test_dates_are_local():
    assert ">2026-11-22 14:05<" in filters.when(AT)
    assert filters.day(AT + dt.timedelta(hours=12)) == "2026-11-23"
    assert filters.day(dt.date(2026, 11, 22)) == "2026-11-22"


def test_a_period_is_named_by_its_days():
    start, end = filters.day_begins(dt.date(2026, 11, 14)), filters.day_begins(dt.date(2026, 11, 29))
    assert filters.period(start, end) == "2026-11-14 – 2026-11-28"
    assert filters.period(None, end) == "Up to 2026-11-28"


def test_quantities_and_percentages():
    assert [filters.qty(Decimal(q)) for q in ("1200.000", "2.500", "0")] == ["1,200", "2.5", "0"]
    assert [filters.percent(p) for p in ("8", "7.5", "2.125")] == ["8.0%", "7.5%", "2.125%"]


def test_deadlines_are_counted():
    with use_clock(SettableClock(AT)):
        assert "45 hours left" in filters.due(AT + dt.timedelta(hours=45))
        assert "3 days late" in filters.due(AT - dt.timedelta(days=3))
        with translation.override("zh-hans"):
            assert "剩余 45 小时" in filters.due(AT + dt.timedelta(hours=45))


def test_a_notice_never_breaks_its_number_and_cannot_smuggle_markup():
    assert filters.sentence("Order %(number)s was placed.", "<O-1>") == (
        'Order <span class="number">&lt;O-1&gt;</span> was placed.'
    )


def test_numbers_are_read_as_people_type_them():
    values = {"a": "１，２５０．５０", "b": " ¥1,250.50 ", "d": "2026/11/22"}
    assert forms.amount(values, "a", "CNY") == forms.amount(values, "b", "CNY") == 125050
    assert forms.date(values, "d") == dt.date(2026, 11, 22)
    assert forms.tokens({"t": "SF1，SF2\nSF3 SF4"}, "t") == ["SF1", "SF2", "SF3", "SF4"]
    with pytest.raises(BadDate):
        forms.date({"d": "22.11.2026"}, "d")


def test_weights_and_periods():
    assert [filters.weight(grams) for grams in (350, 1000, 5250)] == ["350 g", "1 kg", "5.25 kg"]
    until = dt.datetime(2026, 3, 10, 16, tzinfo=dt.UTC)  # midnight in Shanghai
    assert filters.period(None, until) == "Up to 2026-03-10"
    assert filters.period(until - dt.timedelta(days=5), until) == "2026-03-06 – 2026-03-10"


def test_a_refusal_names_a_place_as_people_do():
    refusal = DeliveryUnavailable(supplier="S", method="express", country="CN", region="440000", currency="CNY")
    assert "by “Express delivery” to China Guangdong in CNY" in filters.refusal_text(refusal)
    with translation.override("zh-hans"):
        assert "中国 广东省" in filters.refusal_text(refusal)
