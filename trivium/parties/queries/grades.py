"""Partner grades: what there is, who has which, and which one fits."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.parties.errors import BadSize
from trivium.parties.models import OrganizationRole
from trivium.parties.queries.companies import Party
from trivium.parties.rules import GradeBar, Role, Size, check_currency, suggest_grade


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A grade as the operator sees it; `name` is by language, `partners` is how many have it."""

    ref: str
    name: Mapping[str, str]
    rank: int
    rights: tuple[str, ...]
    from_size: str
    from_volume: int
    currency: str
    changed_at: dt.datetime
    partners: int


_GRADES = """
SELECT g.ref, g.name::text, g.rank, g.rights, g.from_size, g.from_volume, g.currency, g.changed_at,
       (SELECT count(*) FROM parties_organizationrole r WHERE r.grade_id = g.id)
FROM parties_partnergrade g WHERE g.ended_at IS NULL ORDER BY g.rank DESC
"""


def grades(actor: Actor) -> list[GradeRow]:
    """The grades that are given, the highest first. One statement. Refuses: Denied("grade.edit")."""
    actor.require("grade.edit")
    return [GradeRow(row[0], json.loads(row[1]), row[2], tuple(row[3]), *row[4:]) for row in sql.rows(_GRADES)]


def get_grade(actor: Actor, ref: str) -> GradeRow:
    """One grade that is given. Refuses: Denied("grade.edit"), NotFound."""
    found = next((grade for grade in grades(actor) if grade.ref == ref), None)
    if found is None:
        raise NotFound(what="grade", ref=ref)
    return found


def partners_of_grade(actor: Actor, ref: str) -> list[Party]:
    """The partners that have a grade, by name. One statement. Refuses: Denied("grade.edit")."""
    actor.require("grade.edit")
    found = OrganizationRole.objects.filter(grade__ref=ref).order_by("organization__name", "id")
    names = ("organization_id", "organization__ref", "organization__name", "organization__currency")
    return [Party(*row) for row in found.values_list(*names)]


def grade_of(partner_ref: str) -> GradeRow | None:
    """The grade a partner has, for pages whose reader may see that partner; None if it has none."""
    statement = _GRADES.replace(
        "WHERE g.ended_at IS NULL",
        "JOIN parties_organizationrole h ON h.grade_id = g.id"
        " JOIN parties_organization o ON o.id = h.organization_id WHERE o.ref = %s",
    )
    found = sql.rows(statement, [partner_ref[:40]])
    return next((GradeRow(r[0], json.loads(r[1]), r[2], tuple(r[3]), *r[4:]) for r in found), None)


def own_grade(actor: Actor) -> GradeRow | None:
    """The grade of the reader's own company, in its workspace as a partner; None if it has none."""
    return grade_of(actor.organization_ref) if actor.is_role(Role.PARTNER) else None


def suggested_grade(*, size: str, volume: int, currency: str) -> str | None:
    """Which grade fits a partner of this size that expects to bring this much a year (minor units), its reference.

    None if it takes the bar of no grade. One statement. Refuses: BadSize, BadCurrency.
    """
    if size not in set(Size):
        raise BadSize(value=size[:20], field="size")
    statement = "SELECT ref, rank, from_size, from_volume, currency FROM parties_partnergrade WHERE ended_at IS NULL"
    bars = [GradeBar(*row) for row in sql.rows(statement)]
    return suggest_grade(bars, size=size, volume=volume, currency=check_currency(currency))
