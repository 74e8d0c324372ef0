"""Figures with the sign of their currency."""

from decimal import Decimal

MINUS = "−"
SIGNS = {"CNY": "¥", "GBP": "£", "EUR": "€", "USD": "$", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}


def with_sign(digits: str, currency: str) -> str:
    """Digits as people read an amount: ¥1,234.50; a currency without a sign of its own by its code, CHF 1.00."""
    minus, digits = (MINUS, digits[1:]) if digits.startswith("-") else ("", digits)
    whole, dot, rest = digits.partition(".")
    return f"{minus}{SIGNS.get(currency, f'{currency} ')}{int(whole):,}{dot}{rest}"


def price_with_sign(price: Decimal, currency: str) -> str:
    """The price of one unit: two decimals, or as many as it has."""
    text = f"{price.normalize():f}"
    _whole, _dot, places = text.partition(".")
    return with_sign(f"{price:.2f}" if len(places) < 2 else text, currency)
