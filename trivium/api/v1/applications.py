"""Who wants to trade: applications, their papers, and the decision.

A program has a workspace, so it applies for a further role of its own company; strangers apply in the browser.
"""

import base64
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.access import check
from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import (
    Amount,
    Currency,
    Day,
    Flag,
    Given,
    Instant,
    Made,
    Page,
    Ref,
    Short,
    Shown,
    Whole,
)
from trivium.core.money import to_minor, to_text
from trivium.core.vault import last_four
from trivium.parties import commands, queries
from trivium.parties.queries import ApplicationRow, ApplicationView
from trivium.parties.rules import ApplicationStatus, Outcome, PaperKind
from trivium.pricing import commands as pricing

router = Router()
Code = Annotated[str, Field(max_length=80)]


class ApplicationsWanted(Window):
    """Which applications."""

    status: ApplicationStatus | None = None


class ApplicationLine(Shown):
    """An application as lists show it."""

    ref: str
    role: str
    status: str
    legal_name: str
    name: str
    country: str
    number: str
    region: str
    industry: str
    size: str
    submitted_at: Instant | None
    changed_at: Instant


class StepView(Shown):
    """One act on an application. `is_review` tells the operator's from the applicant's."""

    act: str
    status: str
    is_review: bool
    words: str
    at: Instant


class PaperView(Shown):
    """A paper without its file."""

    ref: str
    kind: str
    number: str
    expires_on: str | None
    status: str
    media: str
    size: int
    pages: int


class FindingView(Shown):
    """One thing a rule found: a refusal's code, its field, and its places."""

    code: str
    field: str
    params: dict[str, str | int]


class ResultView(Shown):
    """What one rule said, in which version and how strictly."""

    rule: str
    version: int
    strength: str
    is_met: bool
    findings: list[FindingView]


class OneApplication(ApplicationLine):
    """An application with all that its reader may see; the bank account only by its last digits."""

    version: int
    address: str
    currency: str
    contact_name: str
    phone: str
    email: str
    bank_account: str
    expected_monthly: str | None
    categories: list[str]
    territory: list[str]
    serves: str
    is_exclusive: bool
    organization_ref: str
    steps: list[StepView]
    papers: list[PaperView]
    results: list[ResultView]


class NewApplication(Given):
    """For which further role of one's own company."""

    role: Literal["supplier", "partner", "buyer"]


class GivenFacts(Given):
    """What is said anew; the rest stays. `expected_monthly` in major units of `currency`, which goes with it."""

    version: Whole
    legal_name: Short | None = None
    name: Short | None = None
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    number: str | None = Field(None, max_length=40)
    currency: Currency | None = None
    region: str | None = Field(None, max_length=6)
    address: str | None = Field(None, max_length=300)
    industry: str | None = Field(None, max_length=1)
    size: str | None = Field(None, max_length=10)
    contact_name: Short | None = None
    phone: str | None = Field(None, max_length=40)
    email: str | None = Field(None, max_length=254)
    bank_account: str | None = Field(None, max_length=40)
    expected_monthly: Amount | None = None
    categories: list[Code] | None = Field(None, max_length=40)
    territory: list[Code] | None = Field(None, max_length=60)
    serves: str | None = Field(None, max_length=1)
    is_exclusive: Flag | None = None


class Saved(Shown):
    """The version an application has now."""

    ref: str
    version: int


class ApplicationWords(Given):
    """What is written with an act."""

    words: Annotated[str, Field(max_length=2000)] = ""


class Approval(ApplicationWords):
    """Why it is admitted; and whose buyer it will be, if not the house partner's.

    With `contract_terms` a supplier's or partner's share contract is proposed in the same act; a partner is active once
    both sides have signed it. They need the scope `contracts:write`, too.
    """

    partner_ref: Ref | None = None
    contract_terms: dict[str, Any] | None = Field(None, max_length=20)


class Admitted(Shown):
    """The company that was admitted, and the contract that was proposed with it."""

    ref: str
    organization_ref: str
    contract_ref: str | None


class NewPaper(Given):
    """A paper; `content` is the file in base64."""

    kind: PaperKind
    content: Annotated[str, Field(max_length=20_000_000)]
    file_name: Short = ""
    number: str = Field("", max_length=60)
    expires_on: Day | None = None


@router.get("/applications", **reads(Page[ApplicationLine]))
def applications(request: Asked, wanted: Query[ApplicationsWanted]) -> HttpResponse:
    """Applications, newest first: all that were handed in for those who review them, else one's own company's."""
    status = wanted.status.value if wanted.status else ""
    rows = queries.applications(request.auth, status=status, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(rows, wanted, id_of=_id, show=_line))


def _id(row: ApplicationRow) -> int:
    return row.id


_LINE = ("ref", "role", "status", "legal_name", "name", "country", "number", "region", "industry", "size",
         "submitted_at", "changed_at")  # fmt: skip


def _line(row: ApplicationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _LINE}


@router.get("/applications/{ref}", **reads(OneApplication))
def application(request: Asked, ref: str) -> HttpResponse:
    """One application with its steps, papers, and what every rule said of it last."""
    return answer(_one(queries.get_application(request.auth, ref)))


def _one(view: ApplicationView) -> dict[str, Any]:
    facts = view.facts
    plain = ("address", "currency", "contact_name", "phone", "email", "categories", "territory", "serves",
             "is_exclusive")  # fmt: skip
    expected = facts.expected_monthly
    return {
        **_line(view.row),
        **{name: getattr(facts, name) for name in plain},
        "version": view.version,
        "bank_account": last_four(facts.bank_account) if facts.bank_account else "",
        "expected_monthly": None if expected is None else to_text(expected, facts.currency),
        "organization_ref": view.organization_ref,
        "steps": [{name: getattr(step, name) for name in StepView.model_fields} for step in view.steps],
        "papers": [{name: getattr(paper, name) for name in PaperView.model_fields} for paper in view.papers],
        "results": [result_of(each) for each in view.outcomes],
    }


def result_of(each: Outcome) -> dict[str, Any]:
    """What one rule said, as it is answered."""
    findings = [{"code": f.code, "field": f.field, "params": dict(f.params)} for f in each.findings]
    return {"rule": each.rule, "version": each.version, "strength": each.strength, "is_met": each.is_met,
            "findings": findings}  # fmt: skip


@router.post("/applications", **writes(Made, 201))
@once
def start(request: Asked, given: NewApplication) -> HttpResponse:
    """Begin to apply for a further role of one's own company, or find the application that is open."""
    return answer({"ref": commands.start_application(request.auth, given.role, for_company=True)}, 201)


@router.patch("/applications/{ref}", **writes(Saved))
@once
def save(request: Asked, ref: str, given: GivenFacts) -> HttpResponse:
    """Write in an application that can be written in."""
    facts = given.model_dump(exclude={"version", "expected_monthly"}, exclude_none=True)
    if given.expected_monthly is not None:
        currency = given.currency or queries.get_application(request.auth, ref).facts.currency
        facts["expected_monthly"] = to_minor(given.expected_monthly, currency, field="expected_monthly")
    version = commands.save_application(request.auth, ref, version=given.version, facts=facts)
    return answer({"ref": ref, "version": version})


@router.post("/applications/{ref}/papers", **writes(Made, 201))
@once
def add_paper(request: Asked, ref: str, given: NewPaper) -> HttpResponse:
    """Put a paper to an application. What the file is, its content says."""
    made = commands.add_paper(
        request.auth, ref, kind=given.kind, file=[content_of(given)], file_name=given.file_name, number=given.number,
        expires_on=given.expires_on,
    )  # fmt: skip
    return answer({"ref": made}, 201)


def content_of(given: NewPaper) -> bytes:
    """The file that was sent; what is no base64 is no paper either, and refused as such."""
    try:
        return base64.b64decode(given.content, validate=True)
    except ValueError:
        return b"?"


@router.post("/papers/{ref}/remove", **writes(Made))
@once
def remove_paper(request: Asked, ref: str) -> HttpResponse:
    """Take a paper off an application that can be written in."""
    commands.remove_paper(request.auth, ref)
    return answer({"ref": ref})


@router.post("/applications/{ref}/submit", **writes(Made))
@once
def submit(request: Asked, ref: str, given: ApplicationWords) -> HttpResponse:
    """Hand an application in, or answer what was asked. It is screened by the rules in force."""
    commands.submit_application(request.auth, ref, words=given.words)
    return answer({"ref": ref})


@router.post("/applications/{ref}/withdraw", **writes(Made))
@once
def withdraw(request: Asked, ref: str, given: ApplicationWords) -> HttpResponse:
    """Take an application back."""
    commands.withdraw_application(request.auth, ref, words=given.words)
    return answer({"ref": ref})


@router.post("/applications/{ref}/ask", **writes(Made))
@once
def ask(request: Asked, ref: str, given: ApplicationWords) -> HttpResponse:
    """Ask the applicant something."""
    commands.ask_applicant(request.auth, ref, words=given.words)
    return answer({"ref": ref})


@router.post("/applications/{ref}/approve", **writes(Admitted))
@once
def approve(request: Asked, ref: str, given: Approval) -> HttpResponse:
    """Admit the company in the role, with its applicant as administrator."""
    actor = request.auth
    contract: str | None = None
    if given.contract_terms is None:
        admitted = commands.approve_application(actor, ref, words=given.words, partner_ref=given.partner_ref or "")
    else:
        check(actor, "POST", "/share-contracts")
        admitted, contract = pricing.approve_with_contract(actor, ref, words=given.words, terms=given.contract_terms)
    return answer({"ref": ref, "organization_ref": admitted, "contract_ref": contract})


@router.post("/applications/{ref}/reject", **writes(Made))
@once
def reject(request: Asked, ref: str, given: ApplicationWords) -> HttpResponse:
    """Say no, with the reason the applicant reads."""
    commands.reject_application(request.auth, ref, words=given.words)
    return answer({"ref": ref})
