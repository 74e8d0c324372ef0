"""Who trades: workspaces, companies, people, rights, keys, inner approvals."""

import base64
import hmac
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked, idempotency_key
from trivium.api.idempotency import once, scope
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import (
    Amount,
    Currency,
    Done,
    Flag,
    Given,
    Instant,
    Items,
    Made,
    Moment,
    Page,
    Ref,
    Short,
    Shown,
    Whole,
    Why,
)
from trivium.core.idempotency import KeyReused
from trivium.core.money import to_minor
from trivium.parties import commands, queries
from trivium.parties.rules import DEFAULT_SCOPES, SCOPES, Job, Role
from trivium.settlement import commands as settlement

router = Router()
Scope = Annotated[str, Field(max_length=40, examples=["orders:read"])]


class Company(Shown):
    """A company."""

    ref: str
    name: str
    currency: str


class CompanyRow(Company):
    """A company as the operator's list shows it."""

    legal_name: str
    country: str
    roles: list[str]
    partner_name: str
    is_house: bool
    suspended_at: Instant | None
    created_at: Instant


class CompaniesWanted(Window):
    """Which companies."""

    role: Role | None = None


class Me(Shown):
    """The workspace behind the key."""

    organization: Company
    role: str
    user_ref: str
    permissions: list[str]
    via: str


class NewOrganization(Given):
    """A company that may trade."""

    name: Short
    roles: list[Role] = Field(min_length=1, max_length=4)
    legal_name: Short = ""
    country: str = Field("CN", pattern="^[A-Z]{2}$")
    region: str = Field("", max_length=20)
    currency: Currency = "CNY"
    level: str = Field("", max_length=20)
    is_house: Flag = False
    confirms_by_rule: Flag = False
    external_id: str = Field("", max_length=40)


class NewPerson(Given):
    """A person who may sign in."""

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    name: Short
    password: str = Field(min_length=10, max_length=200)
    locale: str = Field("zh-hans", pattern="^(en|zh-hans)$")


class NewMembership(Given):
    """A person's place in a company's workspace."""

    email: str = Field(max_length=254)
    organization_ref: Ref
    role: Role
    job: Job = Job.STAFF


class NewRule(Given):
    """From which order total a company's own people must approve."""

    organization_ref: Ref
    threshold: Amount
    currency: Currency
    needed: Whole = Field(1, ge=1, le=20)


class NewKey(Given):
    """A key for one program."""

    label: Short
    job: Job = Job.ADMIN
    scopes: list[Scope] = Field(list(DEFAULT_SCOPES), min_length=1, max_length=len(SCOPES))
    expires_at: Moment | None = None


class KeyMade(Made):
    """A new key. The secret is given to whoever made it and is kept nowhere."""

    secret: str


class Decision(Given):
    """Yes or no."""

    yes: Flag


class Decided(Shown):
    """How the approval stands now."""

    ref: str
    status: str


class ApprovalView(Shown):
    """What waits for a decision; `mine` says the key's person asked for it and so cannot decide, `is_turn` that they
    are asked now. `why` names the rules that ask."""

    ref: str
    act: str
    subject: str
    needed: int
    asked_at: Instant
    mine: bool
    is_turn: bool
    why: str


class KeyView(Shown):
    """A key of this workspace."""

    ref: str
    label: str
    job: str
    scopes: list[str]
    made_by: str
    created_at: Instant
    expires_at: Instant | None
    used_at: Instant | None


@router.get("/me", **reads(Me))
def me(request: Asked) -> HttpResponse:
    """Which workspace the key opens, and what it may do."""
    actor = request.auth
    own = queries.get_organization(actor, actor.organization_ref)
    return answer(
        {
            "organization": {"ref": own.ref, "name": own.name, "currency": own.currency},
            "role": actor.role,
            "user_ref": actor.user_ref,
            "permissions": sorted(actor.permissions),
            "via": actor.via,
        }
    )


@router.get("/organizations", **reads(Page[CompanyRow]))
def organizations(request: Asked, wanted: Query[CompaniesWanted]) -> HttpResponse:
    """All companies, newest first, for those who admit them."""
    role = wanted.role.value if wanted.role else ""
    found = queries.organizations(request.auth, role=role, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_company_row))


def _id(row: queries.OrganizationRow) -> int:
    return row.id


_ROW = (
    "ref",
    "name",
    "currency",
    "legal_name",
    "country",
    "roles",
    "partner_name",
    "is_house",
    "suspended_at",
    "created_at",
)


def _company_row(row: queries.OrganizationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _ROW}


@router.get("/organizations/{ref}", **reads(Company))
def organization(request: Asked, ref: str) -> HttpResponse:
    """A company this workspace may see."""
    found = queries.get_organization(request.auth, ref)
    return answer({"ref": found.ref, "name": found.name, "currency": found.currency})


@router.post("/organizations", **writes(Made, 201))
@once
def admit(request: Asked, given: NewOrganization) -> HttpResponse:
    """Let a company trade in one or more roles."""
    values = given.model_dump(exclude={"roles"})
    made = commands.admit_organization(request.auth, roles=tuple(given.roles), **values)
    return answer({"ref": made.ref}, 201)


@router.post("/organizations/{ref}/suspend", **writes(Made))
@once
def suspend(request: Asked, ref: str, given: Why) -> HttpResponse:
    """Stop a company's new orders; its earlier ones go on."""
    commands.suspend(request.auth, ref, reason=given.reason)
    return answer({"ref": ref})


@router.post("/organizations/{ref}/reinstate", **writes(Made))
@once
def reinstate(request: Asked, ref: str, given: Why) -> HttpResponse:
    """Let a suspended company order again."""
    commands.reinstate(request.auth, ref, reason=given.reason)
    return answer({"ref": ref})


@router.post("/persons", **writes(Made, 201))
@once
def register_person(request: Asked, given: NewPerson) -> HttpResponse:
    """Give a person a sign-in."""
    user = commands.register_person(
        request.auth, email=given.email, name=given.name, password=given.password, locale=given.locale
    )
    return answer({"ref": user.ref}, 201)


@router.post("/roles", **writes(Done))
@once
def grant_role(request: Asked, given: NewMembership) -> HttpResponse:
    """Give a person a place in a company's workspace."""
    commands.grant_role(
        request.auth,
        email=given.email,
        organization_ref=given.organization_ref,
        role=given.role,
        job=given.job,
    )
    return answer({"changed": 1})


# -- inner approvals ---------------------------------------------------------------------------------------------------


@router.put("/approval-rules", **writes(Done))
@once
def set_approval_rule(request: Asked, given: NewRule) -> HttpResponse:
    """From which order total a company's own people must approve before it goes out."""
    commands.set_approval_rule(
        request.auth,
        organization_ref=given.organization_ref,
        threshold=to_minor(given.threshold, given.currency, field="threshold"),
        currency=given.currency,
        needed=given.needed,
    )
    return answer({"changed": 1})


@router.get("/approvals", **reads(Items[ApprovalView]))
def approvals(request: Asked) -> HttpResponse:
    """What waits for a decision of this company, oldest first."""
    names = ("ref", "act", "subject", "needed", "asked_at", "mine", "is_turn", "why")
    rows = queries.approvals_waiting(request.auth, limit=100)
    return answer({"items": [{name: row[name] for name in names} for row in rows]})


@router.post("/approvals/{ref}/decide", **writes(Decided))
@once
def decide(request: Asked, ref: str, given: Decision) -> HttpResponse:
    """Give one's word: one no declines, enough yeses approve. A payout only to the account it was proposed to."""
    return answer({"ref": ref, "status": settlement.decide(request.auth, ref, yes=given.yes)})


# -- keys --------------------------------------------------------------------------------------------------------------


@router.get("/api-keys", **reads(Items[KeyView]))
def api_keys(request: Asked) -> HttpResponse:
    """The keys of this workspace that open it."""
    names = ("ref", "label", "job", "scopes", "made_by", "created_at", "expires_at", "used_at")
    rows = queries.api_keys_of(request.auth)
    return answer({"items": [{name: getattr(row, name) for name in names} for row in rows]})


@router.post("/api-keys", **writes(KeyMade, 201))
def create_api_key(request: Asked, given: NewKey) -> HttpResponse:
    """Make a key to this workspace. Its secret is shown to its maker only."""
    response = _make_key(request, given=given)
    if response.status_code != 201:
        return response
    made = msgspec.json.decode(response.content)
    secret = _cross(request, base64.b64decode(made["secret"]))
    if not secret.startswith(b"tvm_"):  # repeated under another key of the workspace, which cannot read it
        raise KeyReused(field="Idempotency-Key")
    return answer({**made, "secret": secret.decode()}, 201)


@once
def _make_key(request: Asked, given: NewKey) -> HttpResponse:
    ref, secret = commands.create_api_key(
        request.auth, label=given.label, job=given.job, scopes=given.scopes, expires_at=given.expires_at
    )
    return answer({"ref": ref, "secret": base64.b64encode(_cross(request, secret.encode())).decode()}, 201)


def _cross(request: Asked, secret: bytes) -> bytes:
    """Hide a new key's secret in the answer that is kept for a retry, and find it again: a one-time pad.

    The pad is made from the caller's own key, which is stored nowhere, and used once per Idempotency-Key.
    """
    own = f"{request.headers['Authorization']}\n{scope(request)}\n{idempotency_key(request)}"
    pad = hmac.digest(settings.SECRET_KEY.encode(), own.encode(), "sha512")
    return bytes(a ^ b for a, b in zip(secret, pad[: len(secret)], strict=True))


@router.post("/api-keys/{ref}/revoke", **writes(Made))
@once
def revoke_api_key(request: Asked, ref: str) -> HttpResponse:
    """Close a key of this workspace at once."""
    commands.revoke_api_key(request.auth, ref)
    return answer({"ref": ref})
