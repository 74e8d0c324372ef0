"""Column types that carry in the type what the value is: its unit, its reference, that it is secret."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models.lookups import In

from trivium.core import vault
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


class EncryptedTextField(models.BinaryField[_Set, _Get]):
    """A text that stands encrypted in the table: a bank account, a phone, an identity number.

    It reads and writes as a plain str; the table cannot be searched or sorted by it. With `found_by` (a purpose, such
    as "phone": what is to be compared has the same one) it carries a fingerprint, and a `FingerprintField` beside it
    finds equals. An empty text is stored empty.
    """

    def __init__(self, *args: Any, found_by: str | None = None, **kwargs: Any) -> None:
        self.found_by = found_by
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "found_by": self.found_by} if self.found_by else kwargs

    @property
    def use(self) -> str:
        """Where it is stored: what is copied into another column cannot be opened there."""
        return f"{self.model._meta.db_table}.{self.column}"

    def db_check(self, connection: Any) -> str:
        """The database keeps nothing here that the vault has not written."""
        return f"substring(\"{self.column}\" FROM 1 FOR 1) IN ('\\x'::bytea, '\\x01'::bytea, '\\x02'::bytea)"

    def get_default(self) -> Any:
        return models.Field.get_default(self) if self.has_default() else None if self.null else ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = vault.encrypt(value.encode(), self.use, found_by=self.found_by) if value else b""
        return super().get_db_prep_value(value, connection, prepared)

    def as_json(self, value: str | None) -> str | None:
        """What `QuerySet.insert` and `change` send for it: encrypted, as PostgreSQL reads bytes."""
        if value is None:
            return None
        return "\\x" + vault.encrypt(value.encode(), self.use, found_by=self.found_by).hex() if value else ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """The text, or None; Unreadable if its key is gone or somebody changed it."""
        return None if value is None else vault.decrypt(bytes(value), self.use).decode() if value else ""

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.use} is not written in clear")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.use} is encrypted: look it up by its fingerprint")
        return super().get_lookup(lookup_name)


class FingerprintField(models.GeneratedField):
    """By what an encrypted column beside it is found: filter(phone_print__of="+8613…"). The database keeps it true.

    FingerprintField("phone") belongs to phone = EncryptedTextField(found_by="phone"). It is null where the text is
    empty, so a unique constraint lets any number of rows have none.
    """

    def __init__(self, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.of, self.purpose = of, purpose or of
        kwargs.update(expression=_Print(of), output_field=_PrintField(self.purpose), db_persist=True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kept = {k: v for k, v in kwargs.items() if k not in ("expression", "output_field", "db_persist")}
        return name, path, [], {**kept, "of": self.of, "purpose": self.purpose}


class _Print(models.Func):
    arity = 1
    output_field = models.BinaryField()
    _taken = f"FROM {vault.FINGERPRINT_AT + 1} FOR {vault.FINGERPRINT}"
    template = f"NULLIF(substring(%(expressions)s {_taken}), '\\x'::bytea)"


class _PrintField(models.BinaryField[_Set, _Get]):
    def __init__(self, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(**{**kwargs, "null": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}


@_PrintField.register_lookup
class _Of(In):
    """Has the fingerprint of this text, under whichever search key it was written; an empty one finds nothing."""

    lookup_name = "of"

    def get_prep_lookup(self) -> Any:
        text = str(self.rhs)
        self.rhs = vault.fingerprints(text.encode(), self.lhs.output_field.purpose) if text else []
        return super().get_prep_lookup()


class PrivateFileField(models.CharField[_Set, _Get]):
    """The name of a private paper (`core.private_files`); empty where there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=40, blank=True)
        super().__init__(*args, **kwargs)


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
