"""The reviewer's acts: ask, approve, reject. Nobody decides on what they apply for themselves."""

import datetime as dt

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import business_day, now
from trivium.parties import queries
from trivium.parties.commands.agreements import activate_ready
from trivium.parties.commands.applications import WORDS, keep_screening, move, take_step, told
from trivium.parties.commands.assigning import assign_buyer
from trivium.parties.commands.companies import admit_organization
from trivium.parties.commands.particulars import put_bank_account
from trivium.parties.errors import FactMissing, HasRole, NotAdmissible, OwnApplication
from trivium.parties.events import (
    ApplicationApproved,
    ApplicationAsked,
    ApplicationRejected,
    OrganizationAdmitted,
)
from trivium.parties.models import (
    Application,
    BankAccount,
    Contact,
    Membership,
    Organization,
    OrganizationRole,
    Paper,
    Territory,
)
from trivium.parties.rules import APPLICATION, Facts, Job, PaperStatus, Role, Strength, clean_account, lacking


@act
def ask_applicant(actor: Actor, ref: str, *, words: str) -> None:
    """Ask the applicant something; they may change the application and answer.

    Refuses: Denied("application.review"), NotFound, OwnApplication, WrongState, Empty.
    """
    application = _to_review(actor, ref)
    after = APPLICATION.next(application.status, "ask")
    said = clean_text(words, limit=WORDS, field="words")
    at = now()
    move(application, after, at)
    take_step(application, actor, "ask", said, at, is_review=True)
    publish(ApplicationAsked(subject=application.ref, audience=told(application)), actor=actor, at=at)


@act
def reject_application(actor: Actor, ref: str, *, words: str) -> None:
    """Say no, with the reason the applicant is told.

    Refuses: Denied("application.review"), NotFound, OwnApplication, WrongState, Empty.
    """
    application = _to_review(actor, ref)
    after = APPLICATION.next(application.status, "reject")
    said = clean_text(words, limit=WORDS, field="words")
    at = now()
    application.decided_at = at
    move(application, after, at)
    take_step(application, actor, "reject", said, at, is_review=True)
    publish(ApplicationRejected(subject=application.ref, audience=told(application)), actor=actor, at=at)


@act
def approve_application(actor: Actor, ref: str, *, words: str, partner_ref: str = "") -> str:
    """Admit the company in the role, with the applicant as its administrator; returns the company's reference.

    The bank account and the contact of the application are the company's from then on, unless it has its own already.

    It is screened once more: what has expired or been blocked since stops it. A buyer belongs to the partner named,
    else to the house partner. A partner is approved and not yet active: its share contract activates it.
    Refuses: Denied("application.review"), NotFound, OwnApplication, WrongState, Empty, FactMissing, NotAdmissible,
    BadAccount.
    """
    application = _to_review(actor, ref)
    after = APPLICATION.next(application.status, "approve")
    said = clean_text(words, limit=WORDS, field="words")
    facts = queries.facts_of(application)
    if missing := lacking(facts):
        raise FactMissing(fact=missing[0])
    at = now()
    outcomes = queries.outcomes_of(queries.case_of(application, business_day(at)))
    if stopped := queries.first_refused(outcomes, Strength.REFUSE, Strength.STOP):
        raise NotAdmissible(rule=stopped.rule)
    keep_screening(application, "approve", outcomes, at)
    application.organization_id = organization_id = _admit(actor, application, facts, at)
    application.decided_at = at
    move(application, after, at)
    take_step(application, actor, "approve", said, at, is_review=True)
    _hand_over_papers(application, actor, at)
    _take_over(organization_id, facts, at)
    company = queries.names_of([organization_id])[organization_id]
    if application.role == Role.BUYER:
        _assign(actor, company.ref, partner_ref)
    publish(
        ApplicationApproved(
            subject=application.ref, audience=told(application), role=application.role, organization_ref=company.ref
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return company.ref


def _to_review(actor: Actor, ref: str) -> Application:
    actor.require("application.review")
    found = list(Application.objects.filter(ref=ref, submitted_at__isnull=False).locked())
    if not found:
        raise NotFound(what="application", ref=ref)
    application: Application = found[0]
    if queries.is_on_its_side(actor, application):
        raise OwnApplication(permission="application.review")
    return application


def _admit(actor: Actor, application: Application, facts: Facts, at: dt.datetime) -> int:
    """Give the company the role, and make its applicant an administrator in it. Returns its key."""
    role, own = application.role, queries.own_company(application)
    if own is None:
        own = admit_organization(
            actor, name=facts.name, legal_name=facts.legal_name, roles=(role,), country=facts.country,
            region=facts.region, currency=facts.currency, number=facts.number, address=facts.address,
            industry=facts.industry, size=facts.size,
        ).pk  # fmt: skip
    else:
        _give_role(actor, own, role, at)
        _fill_in(own, facts)
    if role == Role.PARTNER:
        OrganizationRole.objects.filter(organization_id=own, role=role).update(is_active=False)
        Territory.objects.bulk_create(
            Territory(partner_id=own, region=region, serves=facts.serves, is_exclusive=facts.is_exclusive, starts_at=at)
            for region in facts.territory
        )
    for user_id in _administrators(application, int(own)):
        Membership.objects.update_or_create(
            user_id=user_id, organization_id=own, role=role, defaults={"job": Job.ADMIN, "ends_at": None}
        )
    return int(own)


def _administrators(application: Application, organization_id: int) -> list[int]:
    """Who runs the new workspace: the applicant; or, if they have left a company that was here, who runs it now."""
    admins = Membership.objects.filter(organization_id=organization_id, job=Job.ADMIN, ends_at=None)
    running = list(admins.order_by("user_id").values_list("user_id", flat=True).distinct())
    if application.organization_id is None or application.applicant_id in running:
        return [application.applicant_id]
    return running


def _give_role(actor: Actor, organization_id: int, role: str, at: dt.datetime) -> None:
    company = next(iter(Organization.objects.filter(pk=organization_id).locked()))
    if OrganizationRole.objects.filter(organization_id=organization_id, role=role).exists():
        raise HasRole(role=role)
    OrganizationRole.objects.create(organization_id=organization_id, role=role, since=at)
    publish(OrganizationAdmitted(subject=company.ref, audience=(company.ref,), role=role), actor=actor, at=at)


def _fill_in(organization_id: int, facts: Facts) -> None:
    """What was not known of the company is now; what was known stays until it is changed under review."""
    company = Organization.objects.get(pk=organization_id)
    empty = [name for name in ("legal_name", "number", "address", "industry", "size", "region")
             if not getattr(company, name) and getattr(facts, name)]  # fmt: skip
    if empty:
        Organization.objects.filter(pk=organization_id).update(**{name: getattr(facts, name) for name in empty})


def _take_over(organization_id: int, facts: Facts, at: dt.datetime) -> None:
    """Where the company is paid and whom to call, as approved; what it has in force already stays until it asks."""
    company = Organization.objects.get(pk=organization_id)
    if facts.bank_account and not BankAccount.objects.filter(organization=company, ended_at=None).exists():
        account = clean_account(facts.bank_account, field="bank_account")
        put_bank_account(company, at=at, account=account, holder=facts.legal_name)
    if not Contact.objects.filter(organization=company).exists():
        Contact.objects.create(
            organization=company, name=facts.contact_name, phone=facts.phone, email=facts.email, created_at=at
        )


def _hand_over_papers(application: Application, actor: Actor, at: dt.datetime) -> None:
    """The application's papers are the company's from now on; newer ones take the place of older ones of a kind."""
    filed = application.papers.filter(status=PaperStatus.FILED)
    kinds = set(filed.values_list("kind", flat=True))
    own = {"organization_id": application.organization_id}
    Paper.objects.filter(**own, status=PaperStatus.IN_FORCE, kind__in=kinds).update(status=PaperStatus.REPLACED)
    filed.update(**own, status=PaperStatus.IN_FORCE, decided_at=at, decided_by_id=actor.user_id)


def _assign(actor: Actor, buyer_ref: str, partner_ref: str) -> None:
    house = queries.house_partner()
    if ref := partner_ref or (house.ref if house else ""):
        assign_buyer(actor, buyer_ref=buyer_ref, partner_ref=ref)


@act
def activate_partner(actor: Actor, organization_id: int) -> bool:
    """The partner's share contract is in force: it is active from now on. Returns whether it was not before.

    Where it has an agreement to sign, it is active from that signature on. Called by pricing when both sides have
    signed.
    """
    at = now()
    waiting = OrganizationRole.objects.filter(organization_id=organization_id, role=Role.PARTNER, is_active=False)
    waiting.filter(contracted_at=None).update(contracted_at=at)
    return activate_ready(actor, at, organization_id) > 0
