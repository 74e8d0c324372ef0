"""Companies and their people: admit, assign, ask and decide."""


from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import BadRole, MailTaken, NotInRole
from trivium.parties.events import BuyerAssigned, OrganizationAdmitted
from trivium.parties.models import (
    Assignment,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from trivium.parties.rules import (
    Job,
    Role,
    check_admin_stays,
    check_country,
    check_currency,
    check_industry,
    check_job,
    check_region,
    check_size,
    compact_number,
)


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
    """Let a company trade in one or more roles; a partner from the day its share contract is signed.

    The system's own acts (imports, demonstration markets) admit partners that are active at once: their contract is
    part of the same work. So is the house partner, whose terms are the operator's own.
    Refuses: Denied("party.admit"), BadRole, BadCountry, BadCurrency, BadRegion, BadIndustry, BadSize, Empty and TooLong
    texts.
    """
    actor.require("party.admit")
    at = now()
    roles = tuple(dict.fromkeys(roles))
    for role in roles or ("",):
        if role not in set(Role):
            raise BadRole(role=role[:20], field="roles")
    region = clean_text(region, limit=20, field="region", required=False)
    if region and check_country(country) == "CN":
        check_region(region)
    organization = Organization.objects.create(
        name=clean_text(name, limit=120, field="name"),
        legal_name=clean_text(legal_name, limit=200, field="legal_name", required=False),
        country=check_country(country),
        region=region,
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
    waits = not (actor.is_system or is_house)
    OrganizationRole.objects.bulk_create(
        OrganizationRole(organization=organization, role=r, since=at, is_active=not (waits and r == Role.PARTNER))
        for r in roles
    )
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
    """Give a person a sign-in. Whom somebody enters here reads the privacy notice first, and agrees.

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
        is_to_agree=not actor.is_system,
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
    the job is unknown, LastAdmin (of that workspace, who would be one no more).
    """
    actor.require("party.admit")
    organization = queries.get_organization(actor, organization_ref)
    check_job(job)
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise NotFound(what="person", ref=email)
    if not OrganizationRole.objects.filter(organization_id=organization.id, role=role).exists():
        raise NotInRole(role=role[:20], field="role")
    here = Membership.objects.filter(organization_id=organization.id, role=role, ends_at=None)
    check_admin_stays([each.user_id for each in here.filter(job=Job.ADMIN).locked()], user.pk, job)
    values: dict[str, object] = {"job": job, "ends_at": None}
    if not here.filter(user=user).exists():
        values["since"] = now()
    membership, _created = Membership.objects.update_or_create(
        user=user, organization_id=organization.id, role=role, defaults=values
    )
    return membership


def lock_own_company(actor: Actor, permission: str) -> Organization:
    """The company somebody acts for, locked: what is changed about it comes one after the other.

    Refuses: Denied.
    """
    actor.require(permission)
    found = list(Organization.objects.filter(pk=actor.organization_id or 0).locked())
    if not found:
        raise Denied(permission=permission)
    company: Organization = found[0]
    return company
