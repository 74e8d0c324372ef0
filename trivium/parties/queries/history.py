"""Who changed what about a company or a person, and the names behind the references the history keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.core.history import Change, amounts_in_words, changes_of
from trivium.parties.models import ApprovalRule, Organization, PartnerGrade
from trivium.parties.rules import Role

OF_A_COMPANY = ("organization", "company_role", "membership", "assignment", "bank_account", "contact", "paper",
                "department", "cost_centre", "approval_rule", "approval_step", "deputy")  # fmt: skip
_LIMITS = frozenset({"spending_limit", "monthly_limit"})
_PLACES = """(SELECT m.id, o.currency FROM parties_membership m
              JOIN parties_organization o ON o.id = m.organization_id)"""
_AMOUNTS = {
    "membership": (_PLACES, _LIMITS),
    "approval_rule": ("parties_approvalrule", {"threshold"}),
    "partner_grade": ("parties_partnergrade", {"from_volume"}),
}
OF_A_PERSON = ("person", "membership")


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did something, as far as the reader may know: a person by name only to colleagues and the operator.

    `way` says how: "web", "api", "entry", "system" (by rule), "" (behind the program's back).
    """

    person: str
    organization: str
    role: str
    way: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A change as its readers see it; references to companies and persons stand in `names`."""

    change: Change
    by: Doer


@dataclass(frozen=True, slots=True)
class History:
    """What was changed, newest first, and how the references in it are called."""

    rows: Sequence[HistoryRow]
    names: Mapping[str, str]


def company_history(
    actor: Actor, ref: str, *, language: str = "en", before_id: int | None = None, limit: int = 50
) -> History:
    """What was changed about a company, for its own people and the operator; partners do not see their buyers'.

    What a colleague may spend is told to whoever arranges the company, and to the colleague.
    Refuses: NotFound.
    """
    own = Organization.objects.visible_to(actor).filter(ref=ref)
    if not (actor.is_system or actor.is_role(Role.OPERATOR)):
        own = own.filter(pk=actor.organization_id)
    if not own.exists():
        raise NotFound(what="organization", ref=ref)
    rules = ApprovalRule.objects.filter(organization__ref=ref).order_by("pk").values_list("ref", flat=True)
    found = changes_of([ref, *rules], kinds=OF_A_COMPANY, before_id=before_id, limit=limit)
    shown = told(actor, amounts_in_words([each for each in found if _is_shown(actor, each)], _AMOUNTS))
    grades = {value for each in found if each.field == "grade_id" for value in (each.old, each.new) if value}
    if not grades:
        return shown
    names = PartnerGrade.objects.filter(ref__in=grades).values_list("ref", "name")
    return replace(shown, names={**shown.names, **{ref: translate(name, language) for ref, name in names}})


def _is_shown(actor: Actor, change: Change) -> bool:
    is_limit = change.kind == "membership" and change.field in _LIMITS
    return not is_limit or actor.is_system or actor.may("party.edit") or change.beside == actor.user_ref


def grade_history(actor: Actor, ref: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about a partner grade, for those who define grades.

    Refuses: NotFound.
    """
    if not actor.may("grade.edit") or not PartnerGrade.objects.filter(ref=ref).exists():
        raise NotFound(what="grade", ref=ref)
    found = changes_of([ref], kinds=["partner_grade"], before_id=before_id, limit=limit)
    return told(actor, amounts_in_words(found, _AMOUNTS))


def screening_history(actor: Actor, code: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about a screening rule, for those who review applications.

    Refuses: NotFound.
    """
    if not actor.may("application.review"):
        raise NotFound(what="screening rule", ref=code)
    return told(actor, changes_of([code], kinds=["screening_rule"], before_id=before_id, limit=limit))


def retention_history(actor: Actor, code: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about how long something is kept, for those who set it.

    Refuses: NotFound.
    """
    if not actor.may("privacy.edit"):
        raise NotFound(what="retention rule", ref=code)
    return told(actor, changes_of([code], kinds=["retention_rule"], before_id=before_id, limit=limit))


def person_history(actor: Actor, user_ref: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about a person, for the person itself and for those who admit people.

    Refuses: NotFound.
    """
    if actor.user_ref != user_ref and not actor.may("party.admit"):
        raise NotFound(what="person", ref=user_ref)
    found = changes_of([user_ref], kinds=OF_A_PERSON, before_id=before_id, limit=limit)
    return told(actor, amounts_in_words(found, _AMOUNTS))


_NAMES = """
SELECT ref, name FROM parties_organization WHERE ref = ANY(%(refs)s::text[])
UNION ALL SELECT ref, name FROM parties_user WHERE ref = ANY(%(refs)s::text[])
UNION ALL SELECT ref, name FROM parties_department WHERE ref = ANY(%(refs)s::text[])
UNION ALL SELECT ref, name FROM parties_costcentre WHERE ref = ANY(%(refs)s::text[])
UNION ALL SELECT ref, name FROM parties_approvalrule WHERE ref = ANY(%(refs)s::text[])
"""


def told(actor: Actor, changes: Sequence[Change]) -> History:
    """Changes with who made them, as far as the reader may know. One statement."""
    doers = {change.actor: _parts(change.actor) for change in changes}
    refs = {ref for parts in doers.values() for ref in parts[:2] if ref}
    for change in changes:
        refs |= {each for each in (change.subject, change.old, change.new) if isinstance(each, str) and "_" in each[:4]}
    names: dict[str, str] = dict(sql.rows(_NAMES, {"refs": list(refs)})) if refs else {}
    rows = [HistoryRow(change, _doer(actor, names, *doers[change.actor])) for change in changes]
    return History(rows, names)


def _parts(actor_ref: str) -> tuple[str, str, str, str]:
    """The person, company, role and way of "usr_…@org_…:buyer/web"; of "system:…", the way alone."""
    if actor_ref.startswith("system:"):
        return "", "", "", "system"
    person, _at, rest = actor_ref.partition("@")
    workspace, _slash, way = rest.partition("/")
    organization, _colon, role = workspace.partition(":")
    return person, organization, role, way.partition(":")[0]


def _doer(actor: Actor, names: Mapping[str, Any], person: str, organization: str, role: str, way: str) -> Doer:
    knows = actor.is_system or actor.is_role(Role.OPERATOR) or organization == actor.organization_ref
    shown = names.get(person, "") if knows or way == "entry" or person == actor.user_ref else ""
    return Doer(shown, names.get(organization, ""), role, way)
