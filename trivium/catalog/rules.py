"""What a product, a sku and a category may look like. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog.errors import (
    BadCode,
    BadWeight,
    BadWords,
    BelowMinimum,
    NoSkus,
    OffStep,
    OtherPictures,
    TooDeep,
    TooMany,
    TooManyPictures,
)
from trivium.core.errors import clean_text
from trivium.core.permissions import declare
from trivium.core.quantity import parse_quantity

Words = str | Mapping[str, str]

PERMISSIONS = declare(
    {
        "product.view": ("operator", "supplier", "partner", "buyer"),
        "product.edit": ("operator", "supplier"),
        "category.edit": ("operator",),
    }
)

NAME_LIMIT = 200
DESCRIPTION_LIMIT = 5_000
CODE_LIMIT = 64
UNIT_LIMIT = 16
LANGUAGES_LIMIT = 12
DEPTH_LIMIT = 8
WEIGHT_LIMIT_G = 100_000_000
SET_LIMIT = 10_000
PICTURES_LIMIT = 8
PICTURE_SIZES = (160, 480, 1200)  # the longer side, in pixels: beside a line, on a card, on the product's page
PICTURE_LEAST = 120

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}")
_CATEGORY_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSku:
    """A sku as a supplier writes it. `code` is the supplier's own; without a name it is called like its product."""

    code: str
    name: Words = ""
    unit: str = "pcs"
    moq: Decimal | int | str = 1
    quantity_step: Decimal | int | str = 1
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product as a supplier writes it, with at least one sku."""

    name: Words
    category_ref: str
    skus: Sequence[NewSku]
    description: Words = ""


@dataclass(frozen=True, slots=True)
class CleanSku:
    """A sku that was read and found good."""

    code: str
    name: dict[str, str]
    unit: str
    moq: Decimal
    quantity_step: Decimal
    weight_g: int


def clean_words(value: Words, *, limit: int, field: str, required: bool = True) -> dict[str, str]:
    """Words a trader writes, by language. A plain text counts as English; empty languages are left out.

    Refuses: BadWords, TooLong, Empty, BadText.
    """
    given = {"en": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or len(given) > LANGUAGES_LIMIT:
        raise BadWords(field=field, limit=LANGUAGES_LIMIT)
    words: dict[str, str] = {}
    for language, text in given.items():
        if (
            not isinstance(language, str)
            or not isinstance(text, str)
            or not _LANGUAGE.fullmatch(language.lower())
        ):
            raise BadWords(field=field, limit=LANGUAGES_LIMIT)
        cleaned = clean_text(text, limit=limit, field=field, required=False)
        if cleaned:
            words[language.lower()] = cleaned
    if required and not words:
        clean_text("", limit=limit, field=field)
    return words


def clean_sku_code(code: str, *, field: str = "code") -> str:
    """A supplier's own code: kept as written, trimmed, one line of printable characters.

    Refuses: BadCode.
    """
    refusal = BadCode(field=field, value=str(code)[:40], limit=CODE_LIMIT, allowed="A–Z, 0–9, - . / _")
    if (
        not isinstance(code, str)
        or not code.strip()
        or len(code) > CODE_LIMIT
        or not code.strip().isprintable()
    ):
        raise refusal
    return code.strip()


def clean_category_code(code: str, *, field: str = "code") -> str:
    """A category's code, a part of its path: small letters, digits and single hyphens.

    Refuses: BadCode.
    """
    if not isinstance(code, str) or len(code) > CODE_LIMIT or not _CATEGORY_CODE.fullmatch(code):
        raise BadCode(field=field, value=str(code)[:40], limit=CODE_LIMIT, allowed="a–z, 0–9, -")
    return code


def child_path(parent_path: str, code: str) -> str:
    """The path of a category below another: "tools/hand-tools"; at the top it is the code alone.

    Refuses: TooDeep.
    """
    if parent_path.count("/") + 2 > DEPTH_LIMIT:
        raise TooDeep(field="parent_ref", limit=DEPTH_LIMIT)
    return f"{parent_path}/{code}" if parent_path else code


def clean_weight(value: object, *, field: str = "weight_g") -> int:
    """A weight in whole grams.

    Refuses: BadWeight.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= WEIGHT_LIMIT_G:
        raise BadWeight(field=field, value=str(value)[:40], limit=WEIGHT_LIMIT_G)
    return value


def clean_steps(moq: object, quantity_step: object, *, code: str) -> tuple[Decimal, Decimal]:
    """Smallest quantity and step, the first being made of whole steps of the second.

    Refuses: BadQuantity, OffStep.
    """
    least = parse_quantity(moq, field="moq")
    step = parse_quantity(quantity_step, field="quantity_step")
    if least % step:
        raise OffStep(field="moq", quantity=least, code=code, step=step)
    return least, step


def clean_sku(sku: NewSku) -> CleanSku:
    """Read a new sku.

    Refuses: BadCode, BadWords, TooLong, Empty, BadQuantity, OffStep, BadWeight.
    """
    code = clean_sku_code(sku.code)
    moq, step = clean_steps(sku.moq, sku.quantity_step, code=code)
    return CleanSku(
        code=code,
        name=clean_words(sku.name, limit=NAME_LIMIT, field="name", required=False),
        unit=clean_text(sku.unit, limit=UNIT_LIMIT, field="unit"),
        moq=moq,
        quantity_step=step,
        weight_g=clean_weight(sku.weight_g),
    )


def check_set(size: int, *, limit: int = SET_LIMIT) -> None:
    """One act takes so many things at once and no more.

    Refuses: TooMany.
    """
    if size > limit:
        raise TooMany(count=size, limit=limit)


def check_has_skus(skus: Sequence[NewSku]) -> None:
    """A product without skus cannot be sold.

    Refuses: NoSkus.
    """
    if not skus:
        raise NoSkus(field="skus")


def twice(codes: Sequence[str]) -> list[str]:
    """The codes that stand more than once in a list, each named once, in order."""
    seen: set[str] = set()
    doubled: dict[str, None] = {}
    for code in codes:
        if code in seen:
            doubled[code] = None
        seen.add(code)
    return list(doubled)


def check_orderable(code: str, quantity: Decimal, *, moq: Decimal, quantity_step: Decimal) -> None:
    """A buyer takes at least the minimum, in whole steps.

    Refuses: BelowMinimum, OffStep.
    """
    if quantity < moq:
        raise BelowMinimum(field="quantity", quantity=quantity, code=code, moq=moq)
    if quantity % quantity_step:
        raise OffStep(field="quantity", quantity=quantity, code=code, step=quantity_step)


def check_pictures(count: int) -> None:
    """A product has so many pictures and no more.

    Refuses: TooManyPictures.
    """
    if count > PICTURES_LIMIT:
        raise TooManyPictures(field="pictures", limit=PICTURES_LIMIT)


def check_order(named: Sequence[str], there: Sequence[str]) -> None:
    """A new order names every picture that is there, each once.

    Refuses: OtherPictures.
    """
    if sorted(named) != sorted(there):
        raise OtherPictures(field="pictures", count=len(there))
