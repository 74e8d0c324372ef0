"""What is held on the person behind the key, what they agreed to, and how long it is kept."""

from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Done, Given, Instant, Items, Short, Shown, Whole
from trivium.parties import commands, queries
from trivium.parties.rules import Rule
from trivium.service import queries as service

router = Router()


class OwnData(Shown):
    """Everything held on a person: own data and own feedback in full, rows of trade by reference, no secrets."""

    person: dict[str, Any]
    jurisdiction: str
    places: list[dict[str, Any]]
    settings: list[dict[str, Any]]
    keys: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    ways_to_sign_in: dict[str, list[dict[str, Any]]]
    feedback: list[dict[str, Any]]
    named_in: list[dict[str, Any]]
    acts: list[dict[str, Any]]
    changes: list[dict[str, Any]]


class ConsentView(Shown):
    """A consent; `via` is where it was given, one that was taken back says when."""

    purpose: str
    version: int
    jurisdiction: str
    via: str
    given_at: Instant
    withdrawn_at: Instant | None


class NewConsent(Given):
    """What is agreed to, in the version whose words were read."""

    purpose: str = Field(max_length=20, examples=["processing"])
    version: Whole = Field(ge=1, le=1000)


class TakenBack(Given):
    """What is no longer agreed to."""

    purpose: str = Field(max_length=20)


class RetentionRule(Shown):
    """How many days something is kept under a law, and between how many it may be set.

    What is not swept, that law keeps. Send `version` back as `seen` with a change.
    """

    code: str
    version: int
    kept: str
    jurisdiction: str
    days: int
    law: str
    is_swept: bool
    least: int
    most: int


class NewTerm(Given):
    """How long something is kept from now on, and why."""

    seen: Whole = Field(ge=1, le=2**31 - 1)
    days: Whole = Field(ge=0, le=100_000)
    law: str = Field("", max_length=120)
    reason: Short


class TermKept(Shown):
    """A retention rule in the version it has now."""

    code: str
    version: int


class Erasure(Given):
    """Why a person is erased: what they asked for, and where that is kept."""

    reason: Short


@router.get("/me/data", **reads(OwnData))
def own_data(request: Asked) -> HttpResponse:
    """Everything that is held on the person behind the key."""
    return answer({**queries.held_on(request.auth), "feedback": service.said_for_themselves(request.auth)})


@router.get("/me/consents", **reads(Items[ConsentView]))
def consents(request: Asked) -> HttpResponse:
    """What the person behind the key has agreed to, newest first."""
    names = ("purpose", "version", "jurisdiction", "via", "given_at", "withdrawn_at")
    rows = queries.consents_of(request.auth)
    return answer({"items": [{name: getattr(row, name) for name in names} for row in rows]})


@router.post("/me/consents", **writes(Done))
@once
def give_consent(request: Asked, given: NewConsent) -> HttpResponse:
    """Agree to a purpose."""
    commands.give_consent(request.auth, given.purpose, version=given.version)
    return answer({"changed": 1})


@router.post("/me/consents/withdraw", **writes(Done))
@once
def withdraw_consent(request: Asked, given: TakenBack) -> HttpResponse:
    """Take a consent back."""
    commands.withdraw_consent(request.auth, given.purpose)
    return answer({"changed": 1})


@router.get("/retention-rules", **reads(Items[RetentionRule]))
def retention_rules(request: Asked) -> HttpResponse:
    """How long what is held on persons is kept, by jurisdiction."""
    return answer({"items": [_term(rule) for rule in queries.retention_rules()]})


def _term(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in RetentionRule.model_fields}


@router.put("/retention-rules/{code}", **writes(TermKept))
@once
def change_retention(request: Asked, code: str, given: NewTerm) -> HttpResponse:
    """Let something be kept for another time, in a new version; never shorter than a law asks for."""
    return answer({"code": code, "version": commands.change_retention(request.auth, code, **given.model_dump())})


@router.post("/persons/{ref}/erase", **writes(Done))
@once
def erase_person(request: Asked, ref: str, given: Erasure) -> HttpResponse:
    """Forget a person who has asked for it: what the law requires stays under a number instead of their name."""
    commands.erase_person(request.auth, ref, reason=given.reason)
    return answer({"changed": 1})
