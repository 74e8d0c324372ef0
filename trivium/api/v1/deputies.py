"""Who decides in an approver's stead, and on which days."""

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Day, Given, Items, Made, Ref, Shown
from trivium.parties import commands, queries

router = Router()


class NewDeputy(Given):
    """Who decides in an approver's stead, both days included; without a last day, until it is taken back.

    The approver is the key's person, or with `approver_ref` a colleague, which is for administrators.
    """

    deputy_ref: Ref
    starts_on: Day
    ends_on: Day | None = None
    approver_ref: Ref | None = None


class DeputyView(Shown):
    """A deputy of an approver, from a day to a day, both included."""

    ref: str
    approver_ref: str
    approver: str
    deputy_ref: str
    deputy: str
    starts_on: str = Field(examples=["2026-03-02"])
    ends_on: str | None


@router.get("/deputies", **reads(Items[DeputyView]))
def deputies(request: Asked) -> HttpResponse:
    """The deputies of the key's person and of those it stands in for, past ones too; an administrator's are all."""
    rows = [
        {
            **{name: getattr(row, name) for name in ("ref", "approver_ref", "approver", "deputy_ref", "deputy")},
            "starts_on": str(row.starts_on),
            "ends_on": str(row.ends_on) if row.ends_on else None,
        }
        for row in queries.deputies(request.auth)
    ]
    return answer({"items": rows})


@router.post("/deputies", **writes(Made, 201))
@once
def name_deputy(request: Asked, given: NewDeputy) -> HttpResponse:
    """Let a colleague decide in an approver's stead on some days."""
    ref = commands.name_deputy(
        request.auth,
        deputy_ref=given.deputy_ref,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        approver_ref=given.approver_ref or "",
    )
    return answer({"ref": ref}, 201)


@router.post("/deputies/{ref}/end", **writes(Made))
@once
def take_deputy_back(request: Asked, ref: str) -> HttpResponse:
    """Let a deputy decide no more."""
    commands.take_deputy_back(request.auth, ref)
    return answer({"ref": ref})
