"""The applicant's acts: begin, write, hand in, answer, take back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, WrongState, clean_text
from trivium.core.events import OPERATOR, Event, publish
from trivium.core.time import business_day, now
from trivium.parties import queries
from trivium.parties.commands.screening import keep_outcomes
from trivium.parties.errors import ApplicationChanged, HasRole
from trivium.parties.events import ApplicationAnswered, ApplicationSubmitted, ApplicationWithdrawn
from trivium.parties.models import (
    Application,
    ApplicationStep,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from trivium.parties.rules import (
    APPLICATION,
    EDITABLE,
    FACTS,
    OPEN,
    ApplicationStatus,
    Job,
    Outcome,
    PaperStatus,
    Strength,
    check_applied_for,
    clean_facts,
    refusal_of,
)

WORDS = 2000


@act
def start_application(actor: Actor, role: str, *, for_company: bool = False) -> str:
    """Begin to apply for a role; returns the reference. One that is open already is gone on with.

    A person applies for a company that is new here; with `for_company` an administrator applies for a further role of
    the company they are at work in, and finds written what is known of it.
    Refuses: Denied, BadRole, HasRole.
    """
    check_applied_for(role)
    if actor.user_id is None:
        raise Denied(permission="application.file")
    if for_company:
        actor.require("application.file")
    company_id = actor.organization_id if for_company else None
    if company_id and OrganizationRole.objects.filter(organization_id=company_id, role=role).exists():
        raise HasRole(role=role, field="role")
    whose: dict[str, Any] = {"organization_id": company_id} if company_id else {
        "applicant_id": actor.user_id, "organization": None}  # fmt: skip
    there = Application.objects.filter(**whose, role=role, status__in=OPEN).values_list("ref", flat=True).first()
    if there is not None:
        return str(there)
    at = now()
    known = _known_of(company_id) if company_id else _known_of_person(actor.user_id)
    made = Application.objects.create(
        role=role, applicant_id=actor.user_id, organization_id=company_id, created_at=at, changed_at=at, **known
    )
    return str(made.ref)


def _known_of(company_id: int) -> dict[str, Any]:
    """What an admitted company has said before, and what stands in its record."""
    last = Application.objects.filter(organization_id=company_id).order_by("-id").first()
    said = {name: getattr(last, name) for name in FACTS} if last else {}
    record = Organization.objects.get(pk=company_id)
    names = ("legal_name", "name", "country", "number", "currency", "region", "address", "industry", "size")
    return {**said, **{name: getattr(record, name) for name in names if getattr(record, name)}}


def _known_of_person(user_id: int) -> dict[str, Any]:
    email, name = User.objects.filter(pk=user_id).values_list("email", "name").get()
    return {"contact_name": name or "", "email": email or ""}


@act
def save_application(actor: Actor, ref: str, *, version: int, facts: Mapping[str, Any]) -> int:
    """Keep what has been written so far, complete or not; returns the new version.

    `version` is the one the writer has seen.
    Refuses: NotFound, ApplicationChanged, WrongState (handed in already), and whatever cannot be kept.
    """
    application = lock_own(actor, ref)
    return _save(application, version, facts)


def _save(application: Application, version: int | None, facts: Mapping[str, Any]) -> int:
    if version is not None and application.version != version:
        raise ApplicationChanged()
    if application.status not in EDITABLE:
        raise WrongState(state=application.status, act="save")
    after = clean_facts(queries.facts_of(application), facts)
    if "categories" in facts:
        queries.check_scopes_exist(after.categories, field="categories")
    for name in FACTS:
        value = getattr(after, name)
        setattr(application, name, list(value) if isinstance(value, tuple) else value)
    application.version += 1
    application.changed_at = now()
    application.save()
    return application.version


@act
def submit_application(
    actor: Actor, ref: str, *, version: int | None = None, facts: Mapping[str, Any] | None = None, words: str = ""
) -> None:
    """Hand an application in, with `facts` saving them first; if something was asked, this is the answer.

    It is screened by the rules in force; what they said is kept with it.
    Refuses: NotFound, ApplicationChanged, WrongState, Empty (words, to an answer), and in its own words whatever a
    rule refuses: FactMissing, PaperMissing, WrongNumber, BadPhone, BadMail, PaperExpired, CertificateMissing,
    NumberTaken.
    """
    application = lock_own(actor, ref)
    is_answer = application.status == ApplicationStatus.ASKED
    doing = "answer" if is_answer else "submit"
    after = APPLICATION.next(application.status, doing)
    if facts is not None:
        _save(application, version, facts)
    elif version is not None and application.version != version:
        raise ApplicationChanged()
    said = clean_text(words, limit=WORDS, field="words", required=is_answer)
    at = now()
    outcomes = queries.outcomes_of(queries.case_of(application, business_day(at)))
    if refused := queries.first_refused(outcomes, Strength.REFUSE):
        raise refusal_of(refused.findings[0])
    application.submitted_at = application.submitted_at or at
    move(application, after, at)
    keep_screening(application, doing, outcomes, at)
    take_step(application, actor, doing, said, at)
    event: type[Event] = ApplicationAnswered if is_answer else ApplicationSubmitted
    carried = {} if is_answer else {"role": application.role}
    publish(event(subject=application.ref, audience=told(application), **carried), actor=actor, at=at)


@act
def withdraw_application(actor: Actor, ref: str, *, words: str = "") -> None:
    """Take an application back; it stays to be read.

    Refuses: NotFound, WrongState (decided already).
    """
    application = lock_own(actor, ref)
    after = APPLICATION.next(application.status, "withdraw")
    said = clean_text(words, limit=WORDS, field="words", required=False)
    at = now()
    application.decided_at = at
    move(application, after, at)
    take_step(application, actor, "withdraw", said, at)
    if application.submitted_at is not None:
        publish(ApplicationWithdrawn(subject=application.ref, audience=told(application)), actor=actor, at=at)


def lock_own(actor: Actor, ref: str) -> Application:
    """One's own application, locked.

    Refuses: NotFound.
    """
    found = list(Application.objects.filed_by(actor).filter(ref=ref).locked())
    if not found or actor.user_id is None:
        raise NotFound(what="application", ref=ref)
    application: Application = found[0]
    return application


def move(application: Application, after: ApplicationStatus, at: dt.datetime) -> None:
    """Bring an application into its next state."""
    application.status, application.changed_at = after, at
    application.version += 1
    application.save()


def take_step(
    application: Application, actor: Actor, doing: str, words: str, at: dt.datetime, *, is_review: bool = False
) -> None:
    """Write down who did what with an application."""
    ApplicationStep.objects.create(
        application=application, act=doing, status=application.status, person_id=actor.user_id, is_review=is_review,
        words=words, at=at,
    )  # fmt: skip


def keep_screening(application: Application, doing: str, outcomes: list[Outcome], at: dt.datetime) -> None:
    """Keep what every rule said, in the version it has now, of the application as it is now."""
    papers = application.papers.filter(status=PaperStatus.FILED).order_by("id")
    kept = [
        {"ref": each.ref, "kind": each.kind, "number": each.number, "sha256": each.sha256,
         "expires_on": each.expires_on.isoformat() if each.expires_on else None}
        for each in papers
    ]  # fmt: skip
    keep_outcomes(
        outcomes, at, doing=doing, facts=queries.facts_of(application), papers=kept, application=application
    )


def told(application: Application) -> tuple[str, ...]:
    """Whom an event on an application may be told to: its applicant, its company if there is one, and the operator."""
    company = queries.names_of([application.organization_id]) if application.organization_id else {}
    applicant = User.objects.filter(pk=application.applicant_id)
    if company:  # whoever has left it is told no more
        runs = Membership.objects.filter(organization_id__in=list(company), job=Job.ADMIN, ends_at=None)
        applicant = applicant.filter(pk__in=runs.values("user_id"))
    refs = applicant.values_list("ref", flat=True)
    return (*refs, *(party.ref for party in company.values()), OPERATOR)
