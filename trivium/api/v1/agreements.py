"""Agreements between companies and the operator: what they say, who has signed, and what proves it."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Day, Done, Flag, Given, Instant, Items, Made, Shown, Words
from trivium.core.limits import address_of
from trivium.core.lists import Wanted
from trivium.parties import commands, queries
from trivium.parties.rules import LONGEST_DAYS

router = Router()
Mark = Annotated[str, StringConstraints(strict=True, max_length=64)]


class Draft(Given):
    """What the next version will say, in Chinese and in English."""

    title: Words
    text: Words


class NewAgreement(Draft):
    """A new agreement for companies in a role."""

    role: Literal["supplier", "partner", "buyer"]


class ChangedDraft(Draft):
    """A draft in other words; `seen` is the `draft_hash` of the one that was read."""

    seen: Mark


class Publication(Given):
    """How the draft binds as the next version; `seen` is its `draft_hash`.

    Without `valid_days` a signature is valid for good. With `asks_anew` signatures on earlier versions count until
    `old_until`, else until the new one binds.
    """

    seen: Mark
    binds_on: Day
    is_required: Flag = True
    valid_days: Annotated[int, Field(strict=True, ge=1, le=LONGEST_DAYS)] | None = None
    asks_anew: Flag = True
    old_until: Day | None = None


class SignedText(Given):
    """What was read and is signed: the number of the newest version, the language, and its fingerprint in it."""

    version: Annotated[int, Field(strict=True, ge=1, le=32767)]
    language: Literal["en", "zh-hans"]
    text_hash: Mark


class Published(Shown):
    """That a version is published."""

    version: int


class AgreementItem(Shown):
    """An agreement. For a company `state` says how it stands to it: wanted, due, offered, signed or ended; for the
    operator it is draft, published or ended, and `companies` and `signed` count those it binds."""

    ref: str
    role: str
    title: dict[str, str]
    version: int
    state: str
    due_at: Instant | None = None
    may_sign: bool = False
    signature_ref: str | None = None
    signed_version: int | None = None
    signed_at: Instant | None = None
    counts_until: Instant | None = None
    companies: int | None = None
    signed: int | None = None


class VersionShape(Shown):
    """A published version. Each of `hashes` is SHA-256 over title, an empty line and text in that language; `hash_all`
    is over the two of them, a line each, English first."""

    version: int
    title: dict[str, str]
    text: dict[str, str]
    hashes: dict[str, str]
    hash_all: str
    is_required: bool
    binds_from: Instant
    valid_days: int | None
    replaces_at: Instant | None
    published_at: Instant


class AgreementShape(Shown):
    """An agreement with its versions, newest first; `draft` and `draft_hash` are for those who write it."""

    ref: str
    role: str
    ended_at: Instant | None
    versions: list[VersionShape]
    draft: dict[str, dict[str, str]] | None
    draft_hash: str | None


class StandingView(Shown):
    """How a company stands to an agreement."""

    company_ref: str
    company: str
    state: str
    due_at: Instant | None
    signature_ref: str | None
    signed_version: int | None
    signed_at: Instant | None
    signed_by: str
    counts_until: Instant | None


class SignersWanted(BaseModel):
    """Which companies, and from which place of the list on."""

    state: Literal["", "unsigned", "wanted", "due", "offered", "signed", "ended"] = ""
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=100)


class SignatureShape(Shown):
    """A signature with the text it stands under. `hash_now` and `hash_all_now` are reckoned anew from the text that is
    kept; `is_intact` says that they are those that were signed."""

    ref: str
    agreement_ref: str
    version: int
    company: str
    signed_by: str
    language: str
    text_hash: str
    hash_all: str
    network: str
    via: str
    signed_at: Instant
    valid_until: Instant | None
    words: str
    hash_now: str
    hash_all_now: str
    is_intact: bool


@router.get("/agreements", **reads(Items[AgreementItem]))
def agreements(request: Asked) -> HttpResponse:
    """What the own company has to sign and has signed; for the operator every agreement."""
    actor = request.auth
    if actor.role == "operator":
        return answer({"items": [_written(row) for row in queries.agreements(actor)]})
    return answer({"items": [_own(actor.role, row) for row in queries.agreements_of(actor)]})


def _written(row: queries.AgreementRow) -> dict[str, Any]:
    state = "ended" if row.ended_at else "published" if row.number else "draft"
    return {"ref": row.ref, "role": row.role, "title": row.title, "version": row.number, "state": state,
            "companies": row.companies, "signed": row.signed}  # fmt: skip


def _own(role: str, row: queries.Standing) -> dict[str, Any]:
    return {"ref": row.ref, "role": role, "title": row.title, "version": row.number, "state": row.state,
            "due_at": row.due_at, "may_sign": row.may_sign, "signature_ref": row.signature_ref or None,
            "signed_version": row.signed_number, "signed_at": row.signed_at,
            "counts_until": row.counts_until}  # fmt: skip


@router.get("/agreements/{ref}", **reads(AgreementShape))
def agreement(request: Asked, ref: str) -> HttpResponse:
    """An agreement with the text of every version."""
    view, writes_it = queries.get_agreement(request.auth, ref), request.auth.may("agreement.edit")
    return answer({
        "ref": view.ref, "role": view.role, "ended_at": view.ended_at,
        "versions": [_version(each) for each in view.versions],
        "draft": {"title": view.title, "text": view.text} if writes_it else None,
        "draft_hash": view.draft_hash if writes_it else None,
    })  # fmt: skip


def _version(each: queries.VersionView) -> dict[str, Any]:
    names = [name for name in VersionShape.model_fields if name != "version"]
    return {"version": each.number, **{name: getattr(each, name) for name in names}}


@router.post("/agreements", **writes(Made, 201))
@once
def draft_agreement(request: Asked, given: NewAgreement) -> HttpResponse:
    """Write a new agreement; it binds nobody before it is published."""
    return answer({"ref": commands.draft_agreement(request.auth, **given.model_dump())}, 201)


@router.put("/agreements/{ref}", **writes(Done))
@once
def change_draft(request: Asked, ref: str, given: ChangedDraft) -> HttpResponse:
    """Change what the next version will say."""
    commands.change_draft(request.auth, ref, **given.model_dump())
    return answer({"changed": 1})


@router.post("/agreements/{ref}/publish", **writes(Published, 201))
@once
def publish_agreement(request: Asked, ref: str, given: Publication) -> HttpResponse:
    """Publish the draft as the next version, for good."""
    return answer({"version": commands.publish_agreement(request.auth, ref, **given.model_dump())}, 201)


@router.post("/agreements/{ref}/end", **writes(Done))
@once
def end_agreement(request: Asked, ref: str) -> HttpResponse:
    """Ask nobody for an agreement any more."""
    commands.end_agreement(request.auth, ref)
    return answer({"changed": 1})


@router.post("/agreements/{ref}/sign", **writes(Made, 201))
@once
def sign_agreement(request: Asked, ref: str, given: SignedText) -> HttpResponse:
    """Sign the newest version for the own company, as the key's person; twice is once."""
    made = commands.sign_agreement(
        request.auth, ref, number=given.version, language=given.language, text_hash=given.text_hash,
        address=address_of(request.META),
    )  # fmt: skip
    return answer({"ref": made}, 201)


@router.get("/agreements/{ref}/companies", **reads(Items[StandingView]))
def companies(request: Asked, ref: str, wanted: Query[SignersWanted]) -> HttpResponse:
    """How every company in its role stands to an agreement: who has signed and who has not."""
    asked = Wanted({"state": wanted.state}, offset=wanted.offset, limit=wanted.limit)
    queries.get_agreement(request.auth, ref)
    rows = queries.standings_of(request.auth, ref, asked).rows
    return answer({"items": [{
        "company_ref": row.company_ref, "company": row.company, "state": row.state, "due_at": row.due_at,
        "signature_ref": row.signature_ref or None, "signed_version": row.signed_number, "signed_at": row.signed_at,
        "signed_by": row.signed_by, "counts_until": row.counts_until,
    } for row in rows]})  # fmt: skip


@router.get("/agreement-signatures/{ref}", **reads(SignatureShape))
def signature(request: Asked, ref: str) -> HttpResponse:
    """A signature with the text it stands under, and its fingerprint reckoned anew."""
    found = queries.get_signature(request.auth, ref)
    names = [name for name in SignatureShape.model_fields if name != "version"]
    return answer({"version": found.number, **{name: getattr(found, name) for name in names}})
