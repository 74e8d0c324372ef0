"""Partner grades: what each lets its partners do, who has which, and which one fits."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import amount, answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import (
    Amount,
    Currency,
    Given,
    GivenWords,
    Instant,
    Items,
    Made,
    Money,
    Ref,
    Shown,
    Whole,
)
from trivium.core.money import to_minor
from trivium.parties import commands, queries
from trivium.parties.queries import GradeRow
from trivium.parties.rules import GRADED_RIGHTS, MAX_RANK, Size

router = Router()
Right = Annotated[str, Field(max_length=40, examples=["order.confirm_margin"])]


class GradeView(Shown):
    """A grade: of the graded rights its partners have these and no other. `partners` is how many have it."""

    ref: str
    name: dict[str, str]
    rank: int
    rights: list[str]
    from_size: str
    from_volume: Money
    currency: str
    changed_at: Instant
    partners: int


class NewGrade(Given):
    """A grade as it shall be; it is suggested to partners from a size and an expected volume a year on."""

    name: GivenWords
    rank: Whole = Field(ge=1, le=MAX_RANK)
    rights: list[Right] = Field(max_length=len(GRADED_RIGHTS))
    from_size: Size = Size.MICRO
    from_volume: Amount = "0"
    currency: Currency = "CNY"


class GradeGiven(Given):
    """Which grade a partner has from now on; null is none, and all rights of the role."""

    grade_ref: Ref | None


class GradeFitWanted(Given):
    """A partner's size, and what it expects to bring in a year."""

    size: Size
    volume: Amount = "0"
    currency: Currency = "CNY"


class GradeFit(Shown):
    """Which grade fits; null if the partner takes the bar of none."""

    grade_ref: str | None


def _shown(row: GradeRow) -> dict[str, Any]:
    names = ("ref", "name", "rank", "rights", "from_size", "currency", "changed_at", "partners")
    return {**{name: getattr(row, name) for name in names}, "from_volume": amount(row.from_volume, row.currency)}


@router.get("/partner-grades", **reads(Items[GradeView]))
def grades(request: Asked) -> HttpResponse:
    """The grades that are given, the highest first."""
    return answer({"items": [_shown(row) for row in queries.grades(request.auth)]})


@router.get("/partner-grades/suggestion", **reads(GradeFit))
def suggestion(request: Asked, wanted: Query[GradeFitWanted]) -> HttpResponse:
    """Which grade fits a partner of this size and expected volume."""
    volume = to_minor(wanted.volume, wanted.currency, field="volume")
    found = queries.suggested_grade(size=wanted.size, volume=volume, currency=wanted.currency)
    return answer({"grade_ref": found})


@router.post("/partner-grades", **writes(Made, 201))
@once
def define_grade(request: Asked, given: NewGrade) -> HttpResponse:
    """Define a grade."""
    return answer({"ref": _define(request, given)}, 201)


@router.put("/partner-grades/{ref}", **writes(Made))
@once
def change_grade(request: Asked, ref: str, given: NewGrade) -> HttpResponse:
    """Change a grade for all that have it; it acts on their next request."""
    return answer({"ref": _define(request, given, ref)})


def _define(request: Asked, given: NewGrade, ref: str = "") -> str:
    name = {"en": given.name} if isinstance(given.name, str) else given.name
    return commands.define_grade(
        request.auth,
        name={language.lower(): words for language, words in name.items()},
        rank=given.rank,
        rights=given.rights,
        from_size=given.from_size,
        from_volume=to_minor(given.from_volume, given.currency, field="from_volume"),
        currency=given.currency,
        grade_ref=ref,
    )


@router.post("/partner-grades/{ref}/end", **writes(Made))
@once
def end_grade(request: Asked, ref: str) -> HttpResponse:
    """Give a grade to nobody any more; refused while a partner has it."""
    commands.end_grade(request.auth, ref)
    return answer({"ref": ref})


@router.put("/organizations/{ref}/grade", **writes(Made))
@once
def assign_grade(request: Asked, ref: str, given: GradeGiven) -> HttpResponse:
    """Give a partner a grade, or take it away; its rights follow with its next request."""
    commands.assign_grade(request.auth, ref, given.grade_ref or "")
    return answer({"ref": ref})
