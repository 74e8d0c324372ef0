"""Forms as data: a view says what is asked, one template draws it, and a refusal stands beside its field.

A field's name is the command's own path ("lines.0.quantity", "ship_to.city"), so that the field a refusal names is
found without a table in between.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from trivium.core import money
from trivium.core.errors import Refusal
from trivium.core.quantity import parse_quantity, plain
from trivium.service.rules import check_zone
from trivium.web.errors import BadChoice, BadDate, BadTime
from trivium.web.shared.refusals import remedy_of, text_of

Kind = Literal[
    "text", "number", "date", "time", "select", "radio", "checkbox", "textarea", "hidden", "password", "email", "file"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `name` is what the form sends, `choices` are (value, words).

    What is seldom needed is folded away until it is opened; `data` is for the page's script. Boxes to tick that follow
    each other under the same `group` stand together below these words.
    """

    name: str
    label: str = ""
    kind: Kind = "text"
    value: str = ""
    help: str = ""
    required: bool = True
    choices: Sequence[tuple[str, str]] = ()
    limit: int = 0
    autocomplete: str = ""
    suffix: str = ""
    is_narrow: bool = False
    is_seldom: bool = False
    data: tuple[tuple[str, str], ...] = ()
    group: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an order inside a form: what it is, and what is asked of it."""

    head: str
    note: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Second:
    """Another button of a form: what it says, the name it sends, and where to, if not where the first one does."""

    words: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """An act a person can do here. With `summary` it is folded away until it is asked for."""

    id: str
    url: str
    button: str
    fields: tuple[Field, ...] = ()
    rows: tuple[Row, ...] = ()
    tone: Literal["primary", "quiet", "danger"] = "primary"
    summary: str = ""
    note: str = ""
    is_inline: bool = False
    is_open: bool = False
    rows_last: bool = False
    second: Second | None = None
    error: str = ""

    @property
    def asked(self) -> tuple[Field, ...]:
        """What is asked at once."""
        return tuple(each for each in self.fields if not each.is_seldom)

    @property
    def seldom(self) -> tuple[Field, ...]:
        """What is asked only of those who open it."""
        return tuple(each for each in self.fields if each.is_seldom)

    @property
    def takes_files(self) -> bool:
        """Whether files are sent with it."""
        return any(each.kind == "file" for each in self.fields)

    @property
    def row_help(self) -> list[tuple[str, str]]:
        """What the fields of the rows ask, said once above them."""
        return list({f.label: f.help for row in self.rows for f in row.fields if f.help}.items())

    @property
    def opens_seldom(self) -> bool:
        """Whether the form came back with something in the folded part."""
        return self.is_open and any(each.value or each.error for each in self.seldom)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that came back: what it was, what was written in it, and why not (None: it was only looked at)."""

    form: str
    values: Mapping[str, str]
    refusal: Refusal | None
    status: int

    @property
    def text(self) -> str:
        """Why not, in the reader's language."""
        return text_of(self.refusal) if self.refusal else ""

    @property
    def remedy(self) -> str:
        """Where a supplier mends it; "" if that is no page."""
        return remedy_of(self.refusal) if self.refusal else ""


def filled(form: Form, refused: Refused | None) -> Form:
    """The form as it came back: with what was written, and the refusal at its field or above the button."""
    if refused is None or refused.form != form.id:
        return form
    place = (refused.refusal.field if refused.refusal else None) or ""
    fields = tuple(_filled(each, refused, place) for each in form.fields)
    rows = tuple(replace(row, fields=tuple(_filled(f, refused, place) for f in row.fields)) for row in form.rows)
    placed = any(f.error for f in (*fields, *(f for row in rows for f in row.fields)))
    return replace(form, fields=fields, rows=rows, is_open=True, error="" if placed else refused.text or form.error)


def _filled(each: Field, refused: Refused, place: str) -> Field:
    error = refused.text if each.name == place and each.kind != "hidden" else ""
    if each.kind in ("hidden", "password", "file"):
        return replace(each, error=error)
    return replace(each, value=refused.values.get(each.name, ""), error=error)


# -- reading what was sent -------------------------------------------------------------------------------------------


def plain_number(text: str) -> str:
    """A number as people type it: full-width digits, thousands separators, a currency sign and spaces are fine."""
    return "".join(c for c in unicodedata.normalize("NFKC", text[:40]) if c not in ",¥£$€  \t")


def quantity(values: Mapping[str, str], name: str, *, zero: bool = False) -> Decimal:
    """The quantity in a field.

    Refuses: BadQuantity.
    """
    return parse_quantity(plain_number(values.get(name, "")), field=name, zero=zero)


def amount(values: Mapping[str, str], name: str, currency: str, *, empty: int | None = None) -> int:
    """The amount in a field, as minor units; `empty` is what an empty field means, if it may be empty.

    Refuses: BadAmount.
    """
    text = plain_number(values.get(name, ""))
    if not text and empty is not None:
        return empty
    return money.to_minor(text, currency, field=name)


def date(values: Mapping[str, str], name: str) -> dt.date:
    """The date in a field.

    Refuses: BadDate.
    """
    text = unicodedata.normalize("NFKC", values.get(name, "")[:40]).strip().replace("/", "-").replace(".", "-")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadDate(value=text, field=name) from None


def moment(values: Mapping[str, str], name: str, zone: str) -> dt.datetime:
    """The moment in two fields, <name> with the date and <name>.time, by the clock of a zone.

    Refuses: BadDate, BadTime, BadZone.
    """
    day = date(values, name)
    text = unicodedata.normalize("NFKC", values.get(f"{name}.time", "")[:40]).strip()
    try:
        clock = dt.time.fromisoformat(text)
    except ValueError:
        raise BadTime(value=text, field=f"{name}.time") from None
    if clock.tzinfo is not None:
        raise BadTime(value=text, field=f"{name}.time")
    return dt.datetime.combine(day, clock, ZoneInfo(check_zone(zone))).astimezone(dt.UTC)


def choice(values: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """The choice in a field.

    Refuses: BadChoice.
    """
    value = values.get(name, "")
    if value not in known:
        raise BadChoice(value=value[:40], field=name)
    return value


def tokens(values: Mapping[str, str], name: str) -> list[str]:
    """Several words in a field, separated by spaces, commas or new lines in either script."""
    text = unicodedata.normalize("NFKC", values.get(name, "")[:8000])
    for separator in ",;、，；":
        text = text.replace(separator, " ")
    return text.split()


def page_of(values: Mapping[str, str]) -> str:
    """The page a form stood on, without its filters."""
    return values.get("on", "").partition("?")[0]


def numbered(values: Mapping[str, str], name: str, *, limit: int = 2000) -> list[int]:
    """The positions of the rows a form sent: those i for which lines.<i>.<name> is there."""
    return [i for i in range(limit) if f"lines.{i}.{name}" in values]


def written(value: Decimal) -> str:
    """A quantity as it stands in a field."""
    return f"{plain(value)}"
