"""What requests and answers are made of: the types and the shapes that several contexts share."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from trivium.core.errors import Refusal
from trivium.core.quantity import parse_quantity

T = TypeVar("T")


class Given(BaseModel):
    """What a caller sends: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)


class Shown(BaseModel):
    """What a caller gets: everything that is declared, and nothing else."""

    model_config = ConfigDict(extra="forbid")


def _refused(refusal: Refusal) -> PydanticCustomError:
    """A refusal as the validator carries it, so that the field's path is named beside it."""
    return PydanticCustomError("refused", "refused", {"refusal": refusal})


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number_type", "not a number")
    return value


def _quantity(value: Any) -> Any:
    try:
        return parse_quantity(_number(value))
    except Refusal as refusal:
        raise _refused(refusal) from None


def _counted(value: Any) -> Any:
    try:
        return parse_quantity(_number(value), zero=True)
    except Refusal as refusal:
        raise _refused(refusal) from None


def _decimal(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 24 and value.isascii():
        try:
            found = Decimal(value)
        except ArithmeticError:
            raise PydanticCustomError("decimal_parsing", "not a decimal") from None
    else:
        found = Decimal(_number(value))
    if not found.is_finite():
        raise PydanticCustomError("decimal_parsing", "not a decimal")
    return found


def _only_text(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 40:
        raise PydanticCustomError("string_type", "not a string")
    return value


_AMOUNT = r"^\d{1,15}(\.\d{1,3})?$"
_NUMBER = {"type": "number", "minimum": 0, "maximum": 999_999_999.999, "multipleOf": 0.001, "examples": [10]}

Ref = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)]
Currency = Annotated[str, StringConstraints(strict=True, pattern="^[A-Z]{3}$"), Field(examples=["CNY"])]
Short = Annotated[str, StringConstraints(strict=True, max_length=200)]
Long = Annotated[str, StringConstraints(strict=True, max_length=5_000)]
Reason = Annotated[str, StringConstraints(strict=True, max_length=500)]
Quantity = Annotated[Decimal, BeforeValidator(_quantity), WithJsonSchema({**_NUMBER, "exclusiveMinimum": 0})]
Counted = Annotated[Decimal, BeforeValidator(_counted), WithJsonSchema(_NUMBER)]
Amount = Annotated[
    str,
    StringConstraints(strict=True, pattern=_AMOUNT, max_length=20),
    Field(description="Major units of the currency beside it.", examples=["1017.99"]),
]
Price = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,6})?$", "examples": ["95.00"]}),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,4})?$"}),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Day = Annotated[dt.date, BeforeValidator(_only_text)]
Flag = StrictBool
Whole = StrictInt
Words = Annotated[
    dict[Annotated[str, StringConstraints(max_length=20)], Annotated[str, StringConstraints(strict=True)]],
    Field(
        description="The words by language.", examples=[{"en": "Desk lamp", "zh-hans": "台灯"}], max_length=12
    ),
]
GivenWords = Annotated[str, StringConstraints(strict=True)] | Words

# In answers: the same things on their way out.
Money = Annotated[
    str,
    Field(
        description="Major units of the currency beside it.", pattern=r"^-?\d+(\.\d+)?$", examples=["1017.99"]
    ),
]
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Digits = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]


class Refused(Shown):
    """Why something was refused: a code for programs, a sentence for people, the field it is about.

    `remedy_ref` is the reference of what to open so that it can be done, as of the agreement to sign.
    """

    code: str = Field(examples=["order.price_changed"])
    message: str
    field: str | None = Field(examples=["lines.0.quantity"])
    doc: str
    remedy_ref: str | None = None


class Problem(Shown):
    """The one shape of every refusal."""

    error: Refused


class Page(Shown, Generic[T]):
    """A part of a list. `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


class Items(Shown, Generic[T]):
    """A whole list."""

    items: list[T]


class Party(Shown):
    """A company."""

    ref: str
    name: str


class Made(Shown):
    """What came to be."""

    ref: str


class Done(Shown):
    """It was done; `changed` says how many things differ from before."""

    changed: int


class Why(Given):
    """The reason for an act, as the others will read it."""

    reason: Reason
