"""Applications: one's own, those to be reviewed, and one with all that was said and found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Found, Wanted, cut
from trivium.core.time import business_day, now
from trivium.core.waiting import Waiting
from trivium.parties.models import Application, ApplicationStep, Membership, Screening
from trivium.parties.queries.papers import PaperRow, papers_of_application
from trivium.parties.queries.screening import case_of, facts_of, outcome_kept, outcomes_of
from trivium.parties.rules import EDITABLE, QUIET, ApplicationStatus, Facts, Outcome, Strength


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as lists show it."""

    id: int
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
    applicant: str
    submitted_at: dt.datetime | None
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One act on an application. `person` is empty for an applicant who reads of a reviewer: it was the operator."""

    act: str
    status: str
    is_review: bool
    person: str
    words: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application, cut to what the reader may see and do."""

    row: ApplicationRow
    version: int
    facts: Facts
    steps: Sequence[Step]
    papers: Sequence[PaperRow]
    outcomes: Sequence[Outcome]
    screened_at: dt.datetime | None
    organization_ref: str
    organization_name: str
    may_edit: bool
    may_withdraw: bool
    may_decide: bool
    is_own: bool
    is_reviewer: bool


_COLUMNS = ("id", "ref", "role", "status", "legal_name", "name", "country", "number", "region", "industry", "size",
            "applicant__name", "submitted_at", "changed_at")  # fmt: skip
_SORTS = {"name": "legal_name", "submitted": "submitted_at", "status": "status", "role": "role"}


def own_applications(actor: Actor) -> list[ApplicationRow]:
    """What this person, or the company whose administrator they are, has applied for; newest first. One statement."""
    rows = Application.objects.filed_by(actor).order_by("-id").values_list(*_COLUMNS)[:50]
    return [ApplicationRow(*row) for row in rows]


def application_list(actor: Actor, wanted: Wanted) -> Found:
    """All that were submitted, newest first. Filters: status, role. Text: name or number. Two statements.

    Refuses: Denied("application.review").
    """
    actor.require("application.review")
    rows = Application.objects.filter(submitted_at__isnull=False)
    for name in ("status", "role", "industry"):
        if value := wanted.filters.get(name):
            rows = rows.filter(**{name: value})
    if wanted.text:
        text = wanted.text
        rows = rows.filter(Q(legal_name__icontains=text) | Q(name__icontains=text) | Q(number__istartswith=text))
    found, count, is_more = cut(rows, wanted, _SORTS)
    return Found([ApplicationRow(*row) for row in found.values_list(*_COLUMNS)], count, is_more)


def applications(
    actor: Actor, *, status: str = "", before_id: int | None = None, limit: int = 50
) -> list[ApplicationRow]:
    """The same for programs: the reviewer's, or this company's own; newest first. One statement."""
    rows = Application.objects.visible_to(actor).order_by("-id")
    if status:
        rows = rows.filter(status=status)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [ApplicationRow(*row) for row in rows.values_list(*_COLUMNS)[:limit]]


APPLICATIONS_WAITING = Waiting(
    lambda actor: [Application.objects.filter(status=ApplicationStatus.SUBMITTED)], needs="application.review"
)
"""What wait for a reviewer."""


def get_application(actor: Actor, ref: str) -> ApplicationView:
    """One application with its steps, papers, and what screening said last.

    A draft shows its author what is still missing. Findings about other companies are for reviewers alone.
    Refuses: NotFound.
    """
    found = Application.objects.visible_to(actor).select_related("applicant", "organization").filter(ref=ref).first()
    if found is None:
        raise NotFound(what="application", ref=ref)
    is_own = is_on_its_side(actor, found)
    is_reviewer = actor.may("application.review") and found.submitted_at is not None
    outcomes, screened_at = _outcomes(found, is_live=found.status in EDITABLE and (is_own or not is_reviewer))
    shown = [found.applicant.name if name == "applicant__name" else getattr(found, name) for name in _COLUMNS]
    row = ApplicationRow(*shown)
    is_open = found.status in (*EDITABLE, ApplicationStatus.SUBMITTED)
    may_file = bool(Application.objects.filed_by(actor).filter(pk=found.pk).exists())
    return ApplicationView(
        row=row,
        version=found.version,
        facts=facts_of(found),
        steps=_steps(found, is_reviewer=is_reviewer),
        papers=papers_of_application(found.pk),
        outcomes=[each for each in outcomes if is_reviewer or each.rule not in QUIET],
        screened_at=screened_at,
        organization_ref=found.organization.ref if found.organization else "",
        organization_name=found.organization.name if found.organization else "",
        may_edit=may_file and found.status in EDITABLE,
        may_withdraw=may_file and is_open,
        may_decide=is_reviewer and not is_own and is_open,
        is_own=is_own,
        is_reviewer=is_reviewer,
    )


def is_on_its_side(actor: Actor, application: Application) -> bool:
    """Whether a person applies here themselves: made it, wrote in it, or belongs to the company it is for."""
    if actor.user_id is None:
        return False
    if application.applicant_id == actor.user_id:
        return True
    if ApplicationStep.objects.filter(application=application, person_id=actor.user_id, is_review=False).exists():
        return True
    same = Q(organization_id=application.organization_id or 0)
    if application.number:
        same |= Q(organization__country=application.country, organization__number=application.number)
    return bool(Membership.objects.filter(same, user_id=actor.user_id, ends_at=None).exists())


def _outcomes(found: Application, *, is_live: bool) -> tuple[list[Outcome], dt.datetime | None]:
    """To who can write in it: what the rules would say now. Else what they said last, in the versions of then."""
    if is_live:
        outcomes = outcomes_of(case_of(found, business_day(now()), only_own=True))
        return [each for each in outcomes if each.rule not in QUIET and each.strength == Strength.REFUSE], None
    last = Screening.objects.filter(application=found).order_by("-id").first()
    if last is None:
        return [], None
    rows = last.results.order_by("id").values_list("rule", "version", "strength", "is_met", "findings")
    return [outcome_kept(*row) for row in rows], last.at


def _steps(found: Application, *, is_reviewer: bool) -> list[Step]:
    rows = found.steps.order_by("id").values_list("act", "status", "is_review", "person__name", "words", "at")
    return [
        Step(act, status, review, "" if review and not is_reviewer else name or "", words, at)
        for act, status, review, name, words, at in rows
    ]


@dataclass(frozen=True, slots=True)
class PastScreening:
    """What was found when, for which act."""

    act: str
    at: dt.datetime
    outcomes: Sequence[Outcome]


def screenings_of(actor: Actor, ref: str) -> list[PastScreening]:
    """Every screening of an application, newest first. Two statements.

    Refuses: Denied("application.review").
    """
    actor.require("application.review")
    rows = Screening.objects.filter(application__ref=ref).order_by("-id").prefetch_related("results")
    return [
        PastScreening(each.act, each.at, [
            outcome_kept(r.rule, r.version, r.strength, r.is_met, r.findings)
            for r in sorted(each.results.all(), key=lambda result: result.pk)
        ])
        for each in rows
    ]  # fmt: skip


def application_names(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """The companies' names on visible applications, by reference; in one statement, for notices."""
    seen = Application.objects.visible_to(actor).filter(ref__in=list(refs))
    rows = seen.values_list("ref", "legal_name", "name")
    return {ref: legal or name for ref, legal, name in rows}
