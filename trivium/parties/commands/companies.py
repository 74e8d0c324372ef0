"""Companies and their people: admit, assign, ask and decide."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.money import check_limit
from trivium.core.quantity import BadQuantity
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import (
    AlreadyAssigned,
    AlreadyDecided,
    BadRole,
    MailTaken,
    NotAnApprover,
    NotInRole,
    NotYetActive,
    OwnRequest,
)
from trivium.parties.events import ApprovalAsked, ApprovalDecided, BuyerAssigned, OrganizationAdmitted
from trivium.parties.models import (
    Approval,
    ApprovalRule,
    ApprovalVote,
    Assignment,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from trivium.parties.rules import (
    ApprovalStatus,
    Job,
    Role,
    check_country,
    check_currency,
    check_industry,
    check_job,
    check_size,
    compact_number,
    verdict,
)

MAX_APPROVALS = 99


@act
def admit_organization(
    actor: Actor,
    *,
    name: str,
    roles: tuple[str, ...],
    legal_name: str = "",
    country: str = "CN",
    region: str = "",
    currency: str = "CNY",
    level: str = "",
    is_house: bool = False,
    confirms_by_rule: bool = False,
    external_id: str = "",
    number: str = "",
    address: str = "",
    industry: str = "",
    size: str = "",
) -> Organization:
    """Let a company trade in one or more roles.

    Refuses: Denied("party.admit"), BadRole, BadCountry, BadCurrency, BadIndustry, BadSize, Empty and TooLong texts.
    """
    actor.require("party.admit")
    at = now()
    roles = tuple(dict.fromkeys(roles))
    for role in roles or ("",):
        if role not in set(Role):
            raise BadRole(role=role[:20], field="roles")
    organization = Organization.objects.create(
        name=clean_text(name, limit=120, field="name"),
        legal_name=clean_text(legal_name, limit=200, field="legal_name", required=False),
        country=check_country(country),
        region=clean_text(region, limit=20, field="region", required=False),
        currency=check_currency(currency),
        level=clean_text(level, limit=20, field="level", required=False),
        is_house=is_house,
        confirms_by_rule=confirms_by_rule,
        external_id=clean_text(external_id, limit=80, field="external_id", required=False),
        number=compact_number(clean_text(number, limit=40, field="number", required=False)),
        address=clean_text(address, limit=300, field="address", required=False),
        industry=check_industry(industry),
        size=check_size(size),
        created_at=at,
    )
    OrganizationRole.objects.bulk_create(OrganizationRole(organization=organization, role=r, since=at) for r in roles)
    audience = (organization.ref,)
    publish(
        *(OrganizationAdmitted(subject=organization.ref, audience=audience, role=r) for r in roles), actor=actor, at=at
    )
    return organization


@act
def admit_buyers(
    actor: Actor, buyers: list[tuple[str, str, str]], *, partner_ref: str, currency: str, level: str = ""
) -> None:
    """Admit many buyer companies at once, (name, external id, country), all under one partner; for imports.

    Those whose external id is known already are left as they are. Four statements for any number.
    Refuses: Denied("party.admit"), NotFound (partner).
    """
    actor.require("party.admit")
    partner = queries.get_organization(actor, partner_ref)
    at = now()
    known = queries.organizations_by_external_id([b[1] for b in buyers])
    fresh = [
        Organization(
            name=name, external_id=external_id, country=country, currency=currency, level=level, created_at=at
        )
        for name, external_id, country in buyers
        if external_id not in known
    ]
    made = Organization.objects.bulk_create(fresh)
    OrganizationRole.objects.bulk_create(OrganizationRole(organization=o, role=Role.BUYER, since=at) for o in made)
    Assignment.objects.bulk_create(Assignment(buyer=o, partner_id=partner.id, starts_at=at) for o in made)
    publish(
        *(OrganizationAdmitted(subject=o.ref, audience=(o.ref,), role=Role.BUYER) for o in made),
        *(BuyerAssigned(subject=o.ref, audience=(o.ref, partner.ref), partner_ref=partner.ref) for o in made),
        actor=actor,
        at=at,
    )


@act
def register_person(actor: Actor, *, email: str, name: str, password: str, locale: str = "zh-hans") -> User:
    """Give a person a sign-in.

    Refuses: Denied("party.admit"), MailTaken.
    """
    actor.require("party.admit")
    email = clean_text(email, limit=254, field="email").lower()
    if User.objects.filter(email=email).exists():
        raise MailTaken(field="email")
    person = User.objects.create(
        email=email,
        name=clean_text(name, limit=120, field="name"),
        locale=locale,
        created_at=now(),
        password=make_password(password),
    )
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


@act
def found_operator(*, company: str, currency: str) -> str:
    """Set the platform up: its operator and the house partner to whom direct buyers belong; returns the operator's
    reference. Where there is an operator already, it is that one and nothing changes.
    """
    founder = Actor.system("founding")
    existing = queries.operator()
    if existing is not None:
        return existing.ref
    operator = admit_organization(founder, name=company, roles=(Role.OPERATOR,), currency=currency)
    if queries.house_partner() is None:
        admit_organization(
            founder,
            name=f"{company} 自营",
            roles=(Role.PARTNER,),
            currency=currency,
            is_house=True,
            confirms_by_rule=True,
        )
    return operator.ref


@act
def found_person(organization_ref: str, *, name: str, email: str, password: str) -> User:
    """Let a person sign in for the operator with every right, before anybody else could have admitted them.

    Refuses: MailTaken, TooLong, Empty.
    """
    founder = Actor.system("founding")
    user = register_person(founder, email=email, name=name, password=password)
    grant_role(founder, email=user.email or "", organization_ref=organization_ref, role=Role.OPERATOR, job=Job.ADMIN)
    return user


@act
def grant_role(actor: Actor, *, email: str, organization_ref: str, role: str, job: str = Job.STAFF) -> Membership:
    """Give a person a place in an organization's workspace.

    Refuses: Denied("party.admit"), NotFound (person, organization), NotInRole if the organization has not that role, or
    the job is unknown.
    """
    actor.require("party.admit")
    organization = queries.get_organization(actor, organization_ref)
    check_job(job)
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFound(what="person", ref=email)
    if not OrganizationRole.objects.filter(organization_id=organization.id, role=role).exists():
        raise NotInRole(role=role[:20], field="role")
    membership, _created = Membership.objects.update_or_create(
        user=user, organization_id=organization.id, role=role, defaults={"job": job, "ends_at": None}
    )
    return membership


@act
def assign_buyer(actor: Actor, *, buyer_ref: str, partner_ref: str) -> None:
    """Let a buyer belong to a partner from now on; an assignment in force ends at the same moment.

    Orders placed before keep the partner they were placed under.
    Refuses: Denied("party.assign_buyer"), NotFound, NotInRole, NotYetActive (its share contract is not signed),
    AlreadyAssigned (to that very partner).
    """
    actor.require("party.assign_buyer")
    at = now()
    buyer, partner = queries.get_organization(actor, buyer_ref), queries.get_organization(actor, partner_ref)
    for party, role in ((buyer, Role.BUYER), (partner, Role.PARTNER)):
        is_active = OrganizationRole.objects.filter(organization_id=party.id, role=role).values_list("is_active")
        if not is_active:
            raise NotInRole(role=role, field=f"{role}_ref")
        if not is_active[0][0]:
            raise NotYetActive(name=party.name, field=f"{role}_ref")
    list(Organization.objects.filter(pk=buyer.id).locked())
    current = list(Assignment.objects.filter(buyer_id=buyer.id, ends_at=None).locked())
    if any(a.partner_id == partner.id for a in current):
        raise AlreadyAssigned(field="partner_ref")
    Assignment.objects.filter(pk__in=[a.pk for a in current]).update(ends_at=at)
    Assignment.objects.create(buyer_id=buyer.id, partner_id=partner.id, starts_at=at)
    event = BuyerAssigned(subject=buyer.ref, audience=(buyer.ref, partner.ref), partner_ref=partner.ref)
    publish(event, actor=actor, at=at)


@act
def set_approval_rule(actor: Actor, *, organization_ref: str, threshold: int, currency: str, needed: int = 1) -> None:
    """From which order total (minor units) the company's own people must approve before it goes out.

    A company's own administrators set it, or the operator for them; nobody else, not even its partner.
    Refuses: Denied("party.edit"), NotFound, BadAmount, BadCurrency, BadQuantity (of approvals).
    """
    actor.require("party.edit")
    organization = queries.get_organization(actor, organization_ref)
    if organization.id != actor.organization_id and not (actor.is_system or actor.is_role(Role.OPERATOR)):
        raise NotFound(what="organization", ref=organization_ref)
    check_limit(threshold, check_currency(currency), field="threshold")
    if not 0 < needed <= MAX_APPROVALS:
        raise BadQuantity(value=needed, max=MAX_APPROVALS + 1, field="needed")
    ApprovalRule.objects.update_or_create(
        organization_id=organization.id,
        act="order.place",
        currency=currency,
        defaults={"threshold": threshold, "needed": needed},
    )


@act
def ask_approval(
    actor: Actor, *, subject: str, act: str, organization_id: int, needed: int, asked_by_id: int | None = None
) -> Approval:
    """Ask the people of a company whether an act may go out. Asked once per subject.

    `asked_by_id` is the person whose act it is, if not the actor's; whoever it is does not decide.
    """
    at = now()
    approval, created = Approval.objects.get_or_create(
        subject=subject,
        defaults={
            "act": act,
            "organization_id": organization_id,
            "asked_by_id": actor.user_id or asked_by_id,
            "needed": needed,
            "asked_at": at,
        },
    )
    if created:
        own = actor.organization_id == organization_id
        told = actor.organization_ref if own else queries.names_of([organization_id])[organization_id].ref
        publish(ApprovalAsked(subject=subject, audience=(told,), approval_ref=approval.ref), actor=actor, at=at)
    return approval


@act
def decide(actor: Actor, approval_ref: str, *, yes: bool) -> ApprovalStatus:
    """Give one's word on an approval of one's own company. One no declines; enough yeses approve.

    Refuses: Denied("approval.decide"), NotFound, OwnRequest, AlreadyDecided.
    """
    found = list(Approval.objects.filter(ref=approval_ref, organization_id=actor.organization_id or 0).locked())
    at = now()
    if not found:
        raise NotFound(what="approval", ref=approval_ref)
    if not actor.may("approval.decide"):
        raise NotAnApprover(permission="approval.decide")
    approval = found[0]
    if approval.asked_by_id is not None and approval.asked_by_id == actor.user_id:
        raise OwnRequest(permission="approval.decide")
    if approval.status != ApprovalStatus.WAITING:
        raise AlreadyDecided()
    _vote(approval, actor, yes=yes)
    status = verdict(approval.needed, list(approval.votes.values_list("yes", flat=True)))
    if status != ApprovalStatus.WAITING:
        Approval.objects.filter(pk=approval.pk).update(status=status, decided_at=at)
        publish(
            ApprovalDecided(
                subject=approval.subject,
                audience=(actor.organization_ref,),
                approval_ref=approval.ref,
                approved=status == ApprovalStatus.APPROVED,
            ),
            actor=actor,
            at=at,
        )
    return status


@act
def withdraw_approval(subject: str, *, at: dt.datetime) -> None:
    """What an approval was asked for is no more: nobody has to decide it. One that was decided stays so."""
    Approval.objects.filter(subject=subject, status=ApprovalStatus.WAITING).update(
        status=ApprovalStatus.WITHDRAWN, decided_at=at
    )


def _vote(approval: Approval, actor: Actor, *, yes: bool) -> None:
    try:
        with transaction.atomic():
            ApprovalVote.objects.create(
                approval=approval, person_id=actor.user_id or 0, asked_by_id=approval.asked_by_id, yes=yes, at=now()
            )
    except IntegrityError as error:
        raise AlreadyDecided() from error
