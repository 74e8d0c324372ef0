"""Column types that carry their unit in the type."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from trivium.core.ids import REF_LENGTH, new_ref

_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)


class AmountField(models.BigIntegerField[_Set, _Get]):
    """An amount in minor units of the row's `currency`."""


class QuantityField(models.DecimalField[Any, Any]):
    """A quantity of goods: at most a thousand million, three decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class UnitPriceField(models.DecimalField[Any, Any]):
    """A price of one unit in major units, six decimals: it is no amount until it is multiplied and rounded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField[str, str]):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


class RefField(models.CharField[str, str]):
    """The public reference of a row, made when the row is: RefField("ord") gives "ord_7k2m9q…"."""

    def __init__(self, prefix: str = "", *args: Any, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.update(max_length=len(prefix) + 1 + REF_LENGTH, unique=True, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_length", "unique", "editable"):
            kwargs.pop(derived, None)
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        """varchar by its long name: Django adds a second, LIKE index to what it reads as "varchar"."""
        return f"character varying({self.max_length})"

    def get_default(self) -> str:
        return new_ref(self.prefix)

    def has_default(self) -> bool:
        return True

    def get_prep_value(self, value: Any) -> Any:
        """What cannot be a reference is looked up as the empty one, which nothing has: not found, and no error."""
        return plain_or_empty(super().get_prep_value(value))


def is_plain(text: str) -> bool:
    """Whether a text could be a reference: the database takes no NUL, the wire no lone surrogates."""
    return text.isascii() and "\x00" not in text


def plain_or_empty(value: Any) -> Any:
    """A value as it is looked up: a text that cannot be a reference as the empty one, which nothing has."""
    return "" if isinstance(value, str) and not is_plain(value) else value


class TranslatedField(models.JSONField):
    """Words a trader writes, by language: {"en": "Desk lamp", "zh-hans": "台灯"}."""


def translate(value: Mapping[str, str] | None, language: str) -> str:
    """The words in the reader's language; else English; else whatever there is.

    Falls back from a dialect to its base ("zh-hans" to "zh") before English.
    """
    if not value:
        return ""
    for candidate in (language, language.split("-")[0], "en"):
        if value.get(candidate):
            return value[candidate]
    return next((text for text in value.values() if text), "")
