"""The people of a company: invited, joining, changing their job, leaving. Rights follow with the next request."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.events import publish
from trivium.core.ids import new_ref
from trivium.core.money import check_limit
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.approvals import do_without, reroute
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import (
    AlreadyHere,
    AlreadyInvited,
    BadMail,
    HasSignIn,
    InvitationOver,
    OnlyAdministrator,
    OtherPerson,
    TooManyInside,
    WeakPassword,
)
from trivium.parties.events import InvitationWithdrawn, PersonInvited, PersonJoined, PersonLeft, PlaceChanged
from trivium.parties.models import (
    ApiKey,
    CostCentre,
    Department,
    Deputy,
    Invitation,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from trivium.parties.rules import (
    DECIDING,
    INVITED_FOR,
    MAX_INSIDE,
    SHORTEST_PASSWORD,
    Job,
    Role,
    check_admin_stays,
    check_job,
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a person is in a company: job, department and cost centre by reference ("" for none), and how much (minor
    units of the company's currency) they may order without anybody's approval, at once and in a calendar month; None is
    no limit."""

    job: str = Job.STAFF
    department_ref: str = ""
    cost_centre_ref: str = ""
    spending_limit: int | None = None
    monthly_limit: int | None = None


@act
def invite_person(actor: Actor, *, email: str, place: Place, locale: str = "zh-hans") -> str:
    """Ask somebody by mail to work in this workspace; returns the invitation's reference. The mail follows.

    Refuses: Denied("party.edit"), BadMail, BadJob, BadAmount, NotFound (department, cost centre), AlreadyHere,
    AlreadyInvited, TooManyInside.
    """
    lock_own_company(actor, "party.edit")
    if actor.user_id is None:
        raise Denied(permission="party.edit")
    email = check_mail(email)
    values = _place(actor, place)
    here = {"organization_id": actor.organization_id, "role": actor.role}
    if Membership.objects.filter(**here, user__email__iexact=email, ends_at=None).exists():
        raise AlreadyHere(field="email")
    at = now()
    waiting = list(Invitation.objects.filter(**here, accepted_at=None, withdrawn_at=None).locked())
    for over in [each for each in waiting if each.email == email and each.expires_at <= at]:
        Invitation.objects.filter(pk=over.pk).update(withdrawn_at=at)
        waiting.remove(over)
    if any(each.email == email for each in waiting):
        raise AlreadyInvited(field="email")
    if len(waiting) >= MAX_INSIDE:
        raise TooManyInside(most=MAX_INSIDE, field="email")
    ref = new_ref("inv")
    Invitation.objects.create(
        **here,
        **values,
        ref=ref,
        email=email,
        locale=locale if locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        token_hash=queries.hash_token(queries.invitation_token(ref)),
        invited_by_id=actor.user_id,
        invited_at=at,
        expires_at=at + INVITED_FOR,
    )
    event = PersonInvited(subject=ref, audience=(actor.organization_ref,), role=actor.role, job=place.job)
    publish(event, actor=actor, at=at)
    return ref


@act
def withdraw_invitation(actor: Actor, ref: str) -> None:
    """Let an invitation of this workspace open nothing any more.

    Refuses: Denied("party.edit"), NotFound, InvitationOver (it was used).
    """
    actor.require("party.edit")
    mine = Invitation.objects.filter(ref=ref, organization_id=actor.organization_id or 0, role=actor.role)
    found = list(mine.locked())
    if not found:
        raise NotFound(what="invitation", ref=ref)
    if found[0].accepted_at or found[0].withdrawn_at:
        raise InvitationOver()
    at = now()
    mine.update(withdrawn_at=at)
    publish(InvitationWithdrawn(subject=ref, audience=(actor.organization_ref,)), actor=actor, at=at)


@act
def join(actor: Actor, token: str) -> tuple[str, str]:
    """Accept an invitation as the person who is signed in; returns the workspace, (organization, role).

    Refuses: NotFound (no such link), InvitationOver, OtherPerson, Denied (nobody is behind the actor).
    """
    invitation = _open_invitation(token)
    person = User.objects.filter(pk=actor.user_id or 0, is_active=True).first()
    if person is None:
        raise Denied(permission="party.join")
    if queries.person_by_mail(invitation.email) != person.pk:
        raise OtherPerson(permission="party.join")
    return _join(invitation, person)


@act
def join_new(token: str, *, name: str, password: str, locale: str) -> User:
    """Accept an invitation as somebody who is new here: the mail's owner, since only they have the link.

    Refuses: NotFound, InvitationOver, HasSignIn, Empty, TooLong, WeakPassword.
    """
    invitation = _open_invitation(token)
    if queries.person_by_mail(invitation.email) is not None:
        raise HasSignIn(field="name")
    person = User(
        email=invitation.email,
        name=clean_text(name, limit=120, field="name"),
        locale=locale if locale in dict(settings.LANGUAGES) else invitation.locale,
        created_at=now(),
    )
    try:
        validate_password(password[:200], person)
    except ValidationError:
        raise WeakPassword(least=SHORTEST_PASSWORD, field="password") from None
    person.password = make_password(password[:200])
    person.save(force_insert=True)
    # What stood there unconfirmed was somebody's guess: whoever has the link has the mailbox.
    EmailAddress.objects.filter(email__iexact=invitation.email, verified=False).delete()
    EmailAddress.objects.create(user=person, email=invitation.email, verified=True, primary=True)
    _join(invitation, person)
    return person


def _open_invitation(token: str) -> Invitation:
    found = list(Invitation.objects.filter(token_hash=queries.hash_token(token)).locked())
    if not found:
        raise NotFound(what="invitation", ref=token[:8])
    (invitation,) = found
    still = OrganizationRole.objects.filter(organization_id=invitation.organization_id, role=invitation.role)
    over = invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now() or not still.exists()
    if over:
        raise InvitationOver()
    return invitation


def _join(invitation: Invitation, person: User) -> tuple[str, str]:
    at = now()
    organization = Organization.objects.get(pk=invitation.organization_id)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at, accepted_by_id=person.pk)
    place = {
        "job": invitation.job,
        "department_id": invitation.department_id,
        "cost_centre_id": invitation.cost_centre_id,
        "spending_limit": invitation.spending_limit,
        "monthly_limit": invitation.monthly_limit,
        "since": at,
        "ends_at": None,
    }
    here: dict[str, Any] = {"user_id": person.pk, "organization_id": organization.pk, "role": invitation.role}
    if not Membership.objects.filter(**here, ends_at=None).exists():
        Membership.objects.update_or_create(**here, defaults=place)
    joined = PersonJoined(
        subject=person.ref,
        audience=(organization.ref,),
        organization_ref=organization.ref,
        role=invitation.role,
        job=invitation.job,
        invitation_ref=invitation.ref,
    )
    who = Actor(person.pk, person.ref, organization.pk, organization.ref, invitation.role)
    publish(joined, actor=who, at=at)
    return organization.ref, invitation.role


@act
def change_place(actor: Actor, person_ref: str, place: Place) -> None:
    """Give a colleague in this workspace another job, department, cost centre or limits.

    Refuses: Denied("party.edit"), NotFound (person, department, cost centre), BadJob, BadAmount, LastAdmin.
    """
    actor.require("party.edit")
    values = _place(actor, place)
    here = {"organization_id": actor.organization_id or 0, "role": actor.role}
    members = _locked(**here)
    member = next((each for each in members if each.user.ref == person_ref), None)
    if member is None:
        raise NotFound(what="person", ref=person_ref)
    check_admin_stays([each.user_id for each in members if each.job == Job.ADMIN], member.user_id, place.job)
    Membership.objects.filter(pk=member.pk).update(**values)
    own, at = actor.organization_ref, now()
    if actor.is_role(Role.BUYER) and member.job in DECIDING and place.job not in DECIDING:
        do_without(actor, member.organization, member.user_id, at)
    changed = PlaceChanged(
        subject=person_ref, audience=(own,), organization_ref=own, role=actor.role, job_before=member.job, job=place.job
    )
    publish(changed, actor=actor, at=at)


@act
def remove_person(actor: Actor, person_ref: str, *, to_ref: str = "") -> None:
    """End all places of a person in this company, at once: sessions, keys and live pages open it no more.

    What they had begun goes to `to_ref`, a colleague in the same workspace; else to whoever removes them, or to the
    longest-serving administrator. What a buyer had begun goes to one who buys too, in that order, whichever workspace
    they are removed from. Everybody may leave; only an administrator removes another.
    Refuses: Denied("party.edit"), NotFound (person, colleague), LastAdmin (in any role of the company).
    """
    if person_ref != actor.user_ref:
        actor.require("party.edit")
    own = actor.organization_id or 0
    members = _locked(organization_id=own)
    gone = [each for each in members if each.user.ref == person_ref]
    if not gone:
        raise NotFound(what="person", ref=person_ref)
    for place in gone:
        admins = [each.user_id for each in members if each.role == place.role and each.job == Job.ADMIN]
        check_admin_stays(admins, place.user_id, None)
    stay = [each for each in members if each.user.ref != person_ref]
    _end_places(actor, gone, _heir(actor, gone, stay, to_ref), now())


def leave_everywhere(actor: Actor, person: User) -> tuple[str, ...]:
    """End every place of a person who is forgotten; returns the companies. A part of `erase_person`.

    What they had begun goes to the longest-serving administrator of each company. Whoever works there alone may go.
    Refuses: OnlyAdministrator, where others would be left without one.
    """
    companies = Membership.objects.filter(user=person, ends_at=None).values_list("organization_id", flat=True)
    members = _locked(organization_id__in=list(companies))
    at = now()
    places: dict[int, list[Membership]] = {}
    for place in [each for each in members if each.user_id == person.pk]:
        others = _beside(place, members)
        is_left_alone = bool(others) or place.role == Role.OPERATOR
        if place.job == Job.ADMIN and is_left_alone and not any(each.job == Job.ADMIN for each in others):
            raise OnlyAdministrator(name=place.organization.name)
        places.setdefault(place.organization_id, []).append(place)
    for gone in places.values():
        begun = next((each for each in gone if each.role == Role.BUYER), gone[0])
        admins = [each for each in _beside(begun, members) if each.job == Job.ADMIN]
        _end_places(actor, gone, next(iter(admins), None), at)
    return tuple(gone[0].organization.ref for gone in places.values())


def _beside(place: Membership, members: list[Membership]) -> list[Membership]:
    """The others in the workspace of a place."""
    here = (place.organization_id, place.role)
    others = [each for each in members if each.user_id != place.user_id and each.user.is_active]
    return [each for each in others if (each.organization_id, each.role) == here]


def _end_places(actor: Actor, gone: list[Membership], heir: Membership | None, at: dt.datetime) -> None:
    """End the places of one person in one company, whose rows are locked, with all that hangs on them."""
    person, company = gone[0].user, gone[0].organization
    Membership.objects.filter(pk__in=[each.pk for each in gone]).update(ends_at=at)
    moved = reroute(actor, company, person.pk, heir.user_id if heir else None, at)
    theirs = Deputy.objects.filter(Q(approver=person) | Q(deputy=person), organization=company, ended_at=None)
    theirs.update(ended_at=at)
    if any(each.role == Role.BUYER and each.job in DECIDING for each in gone):
        do_without(actor, company, person.pk, at)
    _withdraw_links(actor, person, company, at)
    keys = ApiKey.objects.filter(user=person, organization=company, revoked_at=None).update(revoked_at=at)
    left = PersonLeft(
        subject=person.ref,
        audience=(company.ref,),
        organization_ref=company.ref,
        to_ref=heir.user.ref if heir else "",
        keys=keys,
        approvals=moved,
    )
    publish(left, actor=actor, at=at)


def _withdraw_links(actor: Actor, person: User, company: Organization, at: dt.datetime) -> None:
    """Let no invitation that still lies in a leaver's mailbox bring them back."""
    mails = set(EmailAddress.objects.filter(user=person).values_list("email", flat=True)) | {person.email or ""}
    waiting = Invitation.objects.filter(organization=company, accepted_at=None, withdrawn_at=None)
    found = list(waiting.filter(email__in={each.lower() for each in mails if each}).locked())
    Invitation.objects.filter(pk__in=[each.pk for each in found]).update(withdrawn_at=at)
    publish(*(InvitationWithdrawn(subject=each.ref, audience=(company.ref,)) for each in found), actor=actor, at=at)


def _locked(**here: object) -> list[Membership]:
    """Everybody's places here, locked in one order: who comes second counts the administrators anew."""
    found = Membership.objects.filter(**here, ends_at=None).select_related("user", "organization").order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _heir(actor: Actor, gone: list[Membership], stay: list[Membership], to_ref: str) -> Membership | None:
    """Who takes over what somebody had begun: a cart and approvals are the buyer's, and nobody else can go on there.

    Refuses: NotFound (`to_ref` does not work in the workspace they are removed from).
    """
    named = next((each for each in stay if (each.user.ref, each.role) == (to_ref, actor.role)), None)
    if to_ref and named is None:
        raise NotFound(what="person", ref=to_ref, field="to_ref")
    role = Role.BUYER if any(each.role == Role.BUYER for each in gone) else actor.role
    able = {each.user_id: each for each in stay if each.role == role}
    wanted = [named.user_id if named else None, actor.user_id]
    admins = [each.user_id for each in able.values() if each.job == Job.ADMIN]
    return next((able[each] for each in (*wanted, *admins) if each in able), None)


def _place(actor: Actor, place: Place) -> dict[str, object]:
    check_job(place.job)
    limits = {"spending_limit": place.spending_limit, "monthly_limit": place.monthly_limit}
    if any(limit is not None for limit in limits.values()):
        currency = queries.get_organization(actor, actor.organization_ref).currency
        for name, limit in limits.items():
            check_limit(limit or 0, currency, field=name)
    return {
        "job": place.job,
        "department_id": _inside(actor, Department, place.department_ref, "department"),
        "cost_centre_id": _inside(actor, CostCentre, place.cost_centre_ref, "cost centre"),
        **limits,
    }


def _inside(actor: Actor, kind: type[Department | CostCentre], ref: str, what: str) -> int | None:
    """The department or cost centre of this company behind a reference, held against being ended meanwhile."""
    if not ref:
        return None
    own = kind.objects.filter(organization_id=actor.organization_id or 0, ref=ref, ended_at=None)
    found = list(own.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not found:
        raise NotFound(what=what, ref=ref, field=f"{what.replace(' ', '_')}_ref")
    return int(found[0])


def check_mail(email: str) -> str:
    """A mail address as it is kept.

    Refuses: BadMail, TooLong, Empty.
    """
    email = clean_text(email, limit=254, field="email").lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadMail(value=email[:60], field="email") from None
    return email


