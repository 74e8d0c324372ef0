"""The screening rules and the blocklist, for those who keep them."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Flag, Given, Instant, Items, Made, Reason, Short, Shown
from trivium.core.lists import Wanted
from trivium.parties import commands, queries
from trivium.parties.rules import Strength

router = Router()


class RuleView(Shown):
    """A screening rule in the version that holds."""

    code: str
    version: int
    strength: str
    is_on: bool
    settings: dict[str, Any]


class RuleChange(Given):
    """How a rule holds from now on. Settings that are not named stay as they were delivered."""

    strength: Strength
    is_on: Flag
    settings: dict[str, Any] = Field({}, max_length=12)
    reason: Reason


class Versioned(Shown):
    """The version that holds now."""

    code: str
    version: int


class BlockView(Shown):
    """An entry of the blocklist as it stands."""

    kind: str
    value: str
    is_blocked: bool
    version: int
    reason: str
    at: Instant


class NewBlock(Given):
    """Something to block, or no longer to."""

    kind: Literal["number", "name", "mail"]
    value: Short
    is_blocked: Flag = True
    reason: Reason


@router.get("/screening-rules", **reads(Items[RuleView]))
def screening_rules(request: Asked) -> HttpResponse:
    """The screening rules in force."""
    names = tuple(RuleView.model_fields)
    return answer({"items": [{n: getattr(r, n) for n in names} for r in queries.screening_rules(request.auth)]})


@router.put("/screening-rules/{code}", **writes(Versioned))
@once
def change_rule(request: Asked, code: str, given: RuleChange) -> HttpResponse:
    """Let a rule hold in a new version; what was decided keeps the version it was decided under."""
    version = commands.change_rule(
        request.auth, code, strength=given.strength, is_on=given.is_on, settings=given.settings, reason=given.reason
    )
    return answer({"code": code, "version": version})


@router.get("/blocklist", **reads(Items[BlockView]))
def blocklist(request: Asked) -> HttpResponse:
    """The newest entries of the blocklist; what was taken off is there too."""
    rows = queries.blocklist(request.auth, Wanted(limit=100)).rows
    names = ("kind", "is_blocked", "version", "reason", "at")
    return answer({"items": [{**{n: getattr(r, n) for n in names}, "value": r.written} for r in rows]})


@router.post("/blocklist", **writes(Made))
@once
def set_block(request: Asked, given: NewBlock) -> HttpResponse:
    """Put a company number, a name or a mail domain on the blocklist, or take it off."""
    commands.set_block(
        request.auth, kind=given.kind, value=given.value, is_blocked=given.is_blocked, reason=given.reason
    )
    return answer({"ref": given.value})

