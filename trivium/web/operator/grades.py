"""Partner grades: what each lets its partners do, and which one fits a partner."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.errors import Refusal
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.core.money import to_text
from trivium.parties import commands, queries
from trivium.parties.queries import GradeRow, OrganizationRow, Party
from trivium.parties.rules import GRADED, GRADED_RIGHTS, Size
from trivium.web.operator.companies import CURRENCIES
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, Row
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.refusals import text_of
from trivium.web.shared.workspace import WorkspaceRequest


@page
def grades(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The grades, the highest first; and which of them fits a partner of a size and an expected volume."""
    rows = queries.grades(request.actor)

    def fetch(wanted: Wanted) -> Found:
        return among(rows, wanted, SORTS, lambda row: " ".join(row.name.values()))

    context = {"acts": [_form(None)], "fit": _fit(request, rows)}
    empty = Empty(gettext("No grade yet: every partner has all rights of its role."),
                  gettext("Define one above, and give it to partners on their pages."))  # fmt: skip
    listing = Listing("grades", gettext("Partner grades"), _columns(), fetch, empty, (), gettext("Name"), icon="tag",
                      context=context,
                      help=gettext("A grade says what its partners may do; a change acts on their next request."))
    return show_list(request, listing, "operator/grades.html")  # fmt: skip


SORTS = {
    "rank": lambda row: row.rank,
    "name": lambda row: said(row).casefold(),
    "partners": lambda row: row.partners,
    "volume": lambda row: row.from_volume,
}


def said(row: GradeRow) -> str:
    """A grade's name in the reader's language."""
    return translate(row.name, get_language() or "en")


def _columns() -> list[Column]:
    def rights(row: GradeRow) -> Cell:
        return Cell(chips=[("", words.word("right", right)) for right in row.rights])

    return [
        Column("rank", gettext("Rank"), lambda row: Cell(row.rank), "quantity", "rank"),
        Column("name", gettext("Name"), lambda row: Cell(said(row), url=reverse("operator:grade", args=[row.ref])),
               sort="name", is_kept=True),
        Column("rights", gettext("Its partners may"), rights, "tags"),
        Column("partners", gettext("Partners"), lambda row: Cell(row.partners), "quantity", "partners"),
        Column("size", gettext("Suggested from size"), lambda row: Cell(words.word("size", row.from_size))),
        Column("volume", gettext("Suggested from volume a year"),
               lambda row: Cell(row.from_volume, currency=row.currency), "money", "volume"),
    ]  # fmt: skip


def _fit(request: WorkspaceRequest, rows: Sequence[GradeRow]) -> dict[str, object]:
    """What was asked of the suggestion, and what it says."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:30] for name in ("size", "volume", "currency")}
    fields = (
        Field("size", gettext("Size"), "select", asked["size"], choices=_sizes(), is_narrow=True,
              help=gettext("How large the partner is.")),
        Field("volume", gettext("Expected volume a year"), "number", asked["volume"], is_narrow=True,
              help=gettext("What its buyers are expected to order in a year.")),
        Field("currency", gettext("Currency"), "select", asked["currency"] or CURRENCIES[0],
              choices=[(c, c) for c in CURRENCIES], is_narrow=True, help=gettext("Of the volume.")),
    )  # fmt: skip
    answer, grade = "", None
    if asked["size"]:
        try:
            currency = forms.choice(asked, "currency", CURRENCIES)
            volume = forms.amount(asked, "volume", currency, empty=0)
            ref = queries.suggested_grade(size=asked["size"], volume=volume, currency=currency)
            grade = next((row for row in rows if row.ref == ref), None)
            answer = said(grade) if grade else gettext("None: it takes the bar of no grade.")
        except Refusal as refusal:
            answer = text_of(refusal)
    return {"fields": fields, "answer": answer, "ref": grade.ref if grade else ""}


@page
def grade(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """One grade: what it gives, and who has it."""
    row = queries.get_grade(request.actor, ref)
    partners = queries.partners_of_grade(request.actor, ref)

    def fetch(wanted: Wanted) -> Found:
        return among(partners, wanted, {"name": lambda each: each.name.casefold()}, lambda each: each.name)

    def name(each: Party) -> Cell:
        return Cell(each.name, url=reverse("operator:company", args=[each.ref]))

    columns = [Column("name", gettext("Partner"), name, sort="name", is_kept=True)]
    empty = Empty(gettext("No partner has this grade."), gettext("Give it to a partner on its page."))
    found_forms = [_form(row)] if partners else [_form(row), _end_form(row)]
    context = {"grade": row, "said": said(row), "forms": found_forms}
    listing = Listing("grade-partners", gettext("Who has it"), columns, fetch, empty, (), gettext("Partner"),
                      icon="users", context=context)  # fmt: skip
    return show_list(request, listing, "operator/grade.html")


def _sizes() -> list[tuple[str, str]]:
    return [(size.value, words.word("size", size)) for size in Size]


def _form(row: GradeRow | None) -> Form:
    name: Mapping[str, str] = row.name if row else {}
    given = row.rights if row else GRADED_RIGHTS
    names = {
        "zh-hans": Field("name", gettext("Name in Chinese"), value=name.get("zh-hans", ""), limit=40, required=False,
                         help=gettext("What people who read Chinese see; one of the two names is needed.")),
        "en": Field("name_en", gettext("Name in English"), value=name.get("en", ""), limit=40, required=False,
                    help=gettext("What everybody else sees.")),
    }  # fmt: skip
    fields = (
        *(names[language] for language in words.readers_first(names)),
        Field("rank", gettext("Rank"), "number", str(row.rank) if row else "", is_narrow=True,
              help=gettext("A whole number; the higher grade has the higher rank.")),
        Field("from_size", gettext("Suggested from size"), "select", row.from_size if row else Size.MICRO,
              choices=_sizes(), is_narrow=True, help=gettext("It is suggested to partners at least this large.")),
        Field("from_volume", gettext("Suggested from volume a year"), "number",
              to_text(row.from_volume, row.currency) if row else "0", is_narrow=True,
              help=gettext("And only if they expect to bring at least this much a year.")),
        Field("currency", gettext("Currency"), "select", row.currency if row else CURRENCIES[0],
              choices=[(c, c) for c in CURRENCIES], is_narrow=True, help=gettext("Of the volume.")),
    )  # fmt: skip
    rows = tuple(
        Row(gettext(area), "", tuple(_right_field(right, right in given) for right in rights))
        for area, rights in GRADED.values()
    )
    if row is None:
        said_ = gettext("Define a grade")
        return Form("define-grade", reverse("operator:define_grade"), said_, fields, rows, summary=said_,
                    rows_last=True)  # fmt: skip
    note = gettext("What you change acts on the next request of every partner that has this grade.")
    return Form("change-grade", reverse("operator:change_grade", args=[row.ref]), gettext("Change grade"), fields, rows,
                summary=gettext("Change this grade"), note=note, rows_last=True)  # fmt: skip


def _right_field(right: str, is_given: bool) -> Field:
    return Field(f"right.{right}", words.word("right", right), "checkbox", "1" if is_given else "",
                 help=words.word("right_help", right))  # fmt: skip


def _end_form(row: GradeRow) -> Form:
    url, told = reverse("operator:end_grade", args=[row.ref]), gettext("Give this grade no more")
    return Form("end-grade", url, told, tone="danger", summary=told, note=gettext("It goes from the list of grades."))


@act
def define_grade(request: WorkspaceRequest) -> str:
    """Define a grade."""
    return reverse("operator:grade", args=[_define(request)])


@act
def change_grade(request: WorkspaceRequest, ref: str) -> None:
    """Change a grade for all that have it."""
    _define(request, ref)


def _define(request: WorkspaceRequest, ref: str = "") -> str:
    values = request.POST
    currency = forms.choice(values, "currency", CURRENCIES)
    rank = forms.plain_number(values.get("rank", ""))
    return commands.define_grade(
        request.actor,
        name={"zh-hans": values.get("name", ""), "en": values.get("name_en", "")},
        rank=int(rank) if rank.isascii() and rank.isdigit() else 0,
        rights=[right for right in GRADED_RIGHTS if values.get(f"right.{right}")],
        from_size=values.get("from_size", ""),
        from_volume=forms.amount(values, "from_volume", currency, empty=0),
        currency=currency,
        grade_ref=ref,
    )


@act
def end_grade(request: WorkspaceRequest, ref: str) -> str:
    """Give a grade to nobody any more."""
    commands.end_grade(request.actor, ref)
    return reverse("operator:grades")


def assign_form(found: OrganizationRow, rows: Sequence[GradeRow], now: GradeRow | None) -> Form:
    """Which grade a partner has, on its page."""
    choices = [("", gettext("None: all rights of a partner")), *((row.ref, said(row)) for row in rows)]
    fields = (
        Field("grade_ref", gettext("Partner grade"), "select", now.ref if now else "", choices=choices,
              help=gettext("Acts on its next request, open pages and API keys included.")),
    )  # fmt: skip
    told = gettext("Set the grade")
    return Form("grade", reverse("operator:assign_grade", args=[found.ref]), told, fields, summary=told)


@act
def assign_grade(request: WorkspaceRequest, ref: str) -> None:
    """Give a partner a grade, or take it away."""
    commands.assign_grade(request.actor, ref, request.POST.get("grade_ref", ""))
