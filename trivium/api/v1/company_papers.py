"""Licences and certificates of admitted companies: renewed by the company, looked at by the operator."""

import base64
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.applications import NewPaper, content_of
from trivium.api.v1.shapes import Given, Instant, Made, Page, Ref, Shown
from trivium.parties import commands, queries
from trivium.parties.rules import PaperStatus

router = Router()


class CompanyPaperView(Shown):
    """A paper of a company. `days_left` is until its last day, negative once it has lapsed; null without one."""

    ref: str
    organization_ref: str
    kind: str
    number: str
    expires_on: str | None
    days_left: int | None
    status: str
    replaces_ref: str
    note: str
    filed_at: Instant
    decided_at: Instant | None
    reason: str
    media: str
    size: int
    pages: int


class CompanyPapersWanted(Window):
    """Which papers."""

    status: PaperStatus | None = None


class NewCompanyPaper(NewPaper):
    """A paper of the own company; `replaces_ref` is the paper in force that it renews."""

    replaces_ref: Ref | None = None
    note: str = Field("", max_length=500)


class PaperWords(Given):
    """What the company is told."""

    words: Annotated[str, Field(max_length=500)] = ""


class PaperContent(Shown):
    """A paper's file; `content` is in base64."""

    media_type: str
    name: str
    content: str


@router.get("/company-papers", **reads(Page[CompanyPaperView]))
def company_papers(request: Asked, wanted: Query[CompanyPapersWanted]) -> HttpResponse:
    """The own company's papers for its administrators, newest first; for reviewers, those of every company."""
    status = wanted.status.value if wanted.status else ""
    rows = queries.company_papers(request.auth, status=status, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(rows, wanted, id_of=lambda row: row.id, show=_shown))


def _shown(row: queries.CompanyPaper) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CompanyPaperView.model_fields}


@router.post("/company-papers", **writes(Made, 201))
@once
def hand_in_paper(request: Asked, given: NewCompanyPaper) -> HttpResponse:
    """Hand in a renewed or further paper; what it replaces stays in force until the operator has approved it."""
    made = commands.hand_in_paper(
        request.auth, kind=given.kind, file=[content_of(given)], file_name=given.file_name, number=given.number,
        expires_on=given.expires_on, replaces=given.replaces_ref or "", note=given.note,
    )  # fmt: skip
    return answer({"ref": made}, 201)


@router.get("/company-papers/{ref}/file", **reads(PaperContent))
def paper_file(request: Asked, ref: str) -> HttpResponse:
    """A paper's file, for the company's administrators and for reviewers."""
    found = queries.paper_file(request.auth, ref)
    content = base64.b64encode(found.content).decode()
    return answer({"media_type": found.media_type, "name": found.name, "content": content})


@router.post("/company-papers/{ref}/withdraw", **writes(Made))
@once
def withdraw_paper(request: Asked, ref: str) -> HttpResponse:
    """Take back a paper nobody has decided on."""
    commands.withdraw_paper(request.auth, ref)
    return answer({"ref": ref})


@router.post("/company-papers/{ref}/approve", **writes(Made))
@once
def approve_paper(request: Asked, ref: str, given: PaperWords) -> HttpResponse:
    """Put a paper in force; what it replaces is in force no more."""
    commands.approve_paper(request.auth, ref, words=given.words)
    return answer({"ref": ref})


@router.post("/company-papers/{ref}/decline", **writes(Made))
@once
def decline_paper(request: Asked, ref: str, given: PaperWords) -> HttpResponse:
    """Refuse a paper, with the reason; what is in force stays so."""
    commands.decline_paper(request.auth, ref, words=given.words)
    return answer({"ref": ref})
