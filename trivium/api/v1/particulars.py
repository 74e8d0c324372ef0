"""What a company says of itself: changed at once, or asked for and looked at by the operator first."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.applications import ResultView, result_of
from trivium.api.v1.shapes import Done, Given, Instant, Made, Page, Short, Shown, Whole
from trivium.parties import commands, queries
from trivium.parties.rules import ChangeKind, ChangeStatus

router = Router()


class ContactView(Shown):
    """Somebody who can be called."""

    ref: str
    name: str
    position: str
    phone: str
    email: str


class CompanyView(Shown):
    """The own company. Send `version` back as `seen` with a change; `account` is the last four digits."""

    ref: str
    name: str
    legal_name: str
    number: str
    country: str
    region: str
    address: str
    industry: str
    size: str
    currency: str
    holder: str
    bank: str
    account: str
    contacts: list[ContactView]
    version: int


class SeenVersion(Given):
    """Which version was looked at: what others have changed since is not overwritten."""

    seen: Whole = Field(ge=0, le=2**62)


class CompanyChange(SeenVersion):
    """What is to be different at once."""

    name: Short | None = None
    address: str | None = Field(None, max_length=300)
    region: str | None = Field(None, max_length=20)
    industry: str | None = Field(None, max_length=1)
    size: str | None = Field(None, max_length=10)


class NewContact(Given):
    """Somebody who can be called."""

    name: Short
    position: str = Field("", max_length=60)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)


class ContactChange(NewContact, SeenVersion):
    """A contact as it shall be."""


class WantedChange(SeenVersion):
    """A change the operator looks at first, with the fields of its kind."""

    kind: ChangeKind
    reason: Short
    legal_name: str = Field("", max_length=200)
    number: str = Field("", max_length=40)
    holder: str = Field("", max_length=200)
    bank: str = Field("", max_length=120)
    account: str = Field("", max_length=60)


class ChangeRequestView(Shown):
    """A change that was asked for. Accounts show their last four digits, except to whoever reviews them.

    `results` are what each screening rule said of it last, for whoever reviews it.
    """

    ref: str
    organization_ref: str
    kind: str
    status: str
    was: dict[str, str]
    wanted: dict[str, str]
    reason: str
    asked_at: Instant
    decided_at: Instant | None
    answer: str
    results: list[ResultView]


class ChangeRequestsWanted(Window):
    """Which changes."""

    status: ChangeStatus | None = None


class ChangeAnswer(Given):
    """What the company is told."""

    answer: str = Field("", max_length=500)


@router.get("/company", **reads(CompanyView))
def own_company(request: Asked) -> HttpResponse:
    """The own company, its contacts and its bank account."""
    return answer(asdict(queries.particulars(request.auth)))


@router.patch("/company", **writes(Done))
@once
def change_company(request: Asked, given: CompanyChange) -> HttpResponse:
    """Change name, address, region, industry or size at once."""
    values = {name: value for name, value in given.model_dump(exclude={"seen"}).items() if value is not None}
    return answer({"changed": len(commands.change_particulars(request.auth, seen=given.seen, **values))})


@router.post("/contacts", **writes(Made, 201))
@once
def add_contact(request: Asked, given: NewContact) -> HttpResponse:
    """Add a contact."""
    return answer({"ref": commands.add_contact(request.auth, **given.model_dump())}, 201)


@router.put("/contacts/{ref}", **writes(Made))
@once
def change_contact(request: Asked, ref: str, given: ContactChange) -> HttpResponse:
    """Change a contact."""
    commands.change_contact(request.auth, ref, **given.model_dump())
    return answer({"ref": ref})


@router.post("/contacts/{ref}/remove", **writes(Done))
@once
def remove_contact(request: Asked, ref: str, given: SeenVersion) -> HttpResponse:
    """Remove a contact."""
    commands.remove_contact(request.auth, ref, seen=given.seen)
    return answer({"changed": 1})


@router.get("/change-requests", **reads(Page[ChangeRequestView]))
def change_requests(request: Asked, wanted: Query[ChangeRequestsWanted]) -> HttpResponse:
    """What the own company has asked for, newest first; for reviewers, what every company has."""
    status = wanted.status.value if wanted.status else ""
    rows = queries.changes_asked(request.auth, status=status, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(rows, wanted, id_of=lambda row: row.id, show=_shown))


def _shown(row: queries.ChangeRow) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ChangeRequestView.model_fields if name != "results"}
    return {**shown, "results": [result_of(each) for each in row.outcomes]}


@router.post("/change-requests", **writes(Made, 201))
@once
def ask_change(request: Asked, given: WantedChange) -> HttpResponse:
    """Ask for another legal name, company number or bank account; the old one stays in force until it is approved."""
    values = given.model_dump(exclude={"kind", "seen", "reason"})
    ref = commands.ask_change(request.auth, given.kind, seen=given.seen, reason=given.reason, **values)
    return answer({"ref": ref}, 201)


@router.post("/change-requests/{ref}/withdraw", **writes(Made))
@once
def withdraw_change(request: Asked, ref: str) -> HttpResponse:
    """Take a request back."""
    commands.withdraw_change(request.auth, ref)
    return answer({"ref": ref})


@router.post("/change-requests/{ref}/approve", **writes(Made))
@once
def approve_change(request: Asked, ref: str, given: ChangeAnswer) -> HttpResponse:
    """Put a change in force."""
    commands.approve_change(request.auth, ref, answer=given.answer)
    return answer({"ref": ref})


@router.post("/change-requests/{ref}/decline", **writes(Made))
@once
def decline_change(request: Asked, ref: str, given: ChangeAnswer) -> HttpResponse:
    """Leave things as they are, with the reason."""
    commands.decline_change(request.auth, ref, answer=given.answer)
    return answer({"ref": ref})
