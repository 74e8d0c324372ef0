"""Partner grades: defined and given by the operator; rights follow with the next request."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import publish
from trivium.core.money import check_limit
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import BadRank, BadSize, GradeInUse, NotInRole, OwnCompany, RankTaken
from trivium.parties.events import GradeAssigned, GradeDefined
from trivium.parties.models import Membership, Organization, OrganizationRole, PartnerGrade
from trivium.parties.rules import MAX_RANK, Role, Size, check_currency, check_rights, check_words

NAME = 40


@act
def define_grade(
    actor: Actor,
    *,
    name: Mapping[str, str],
    rank: int,
    rights: Sequence[str],
    from_size: str = Size.MICRO,
    from_volume: int = 0,
    currency: str = "CNY",
    grade_ref: str = "",
) -> str:
    """Define a partner grade, or with `grade_ref` change it for all partners that have it; returns its reference.

    `name` is by language; `from_volume` (minor units a year) and `from_size` say to whom it is suggested.
    Refuses: Denied("grade.edit"), Empty, TooLong, BadText and BadLanguage (name), BadGrade, BadRank, RankTaken,
    BadSize, BadAmount, BadCurrency, NotFound.
    """
    actor.require("grade.edit")
    values = {
        "name": check_words(name, dict(settings.LANGUAGES), limit=NAME, field="name"),
        "rank": rank,
        "rights": check_rights(rights),
        "from_size": from_size,
        "from_volume": from_volume,
        "currency": check_currency(currency),
    }
    if not 1 <= rank <= MAX_RANK:
        raise BadRank(most=MAX_RANK, field="rank")
    if from_size not in set(Size):
        raise BadSize(value=from_size[:20], field="from_size")
    check_limit(from_volume, currency, field="from_volume")
    grades = list(PartnerGrade.objects.filter(ended_at=None).locked())
    if any(grade.rank == rank and grade.ref != grade_ref for grade in grades):
        raise RankTaken(rank=rank, field="rank")
    at = now()
    if grade_ref:
        grade = next((each for each in grades if each.ref == grade_ref), None)
        if grade is None:
            raise NotFound(what="grade", ref=grade_ref)
        PartnerGrade.objects.filter(pk=grade.pk).update(**values, changed_at=at)
    else:
        grade = PartnerGrade.objects.create(**values, changed_at=at)
    audience = tuple(_holders(grade.pk))
    publish(GradeDefined(subject=grade.ref, audience=audience, rank=rank, rights=len(set(rights))), actor=actor, at=at)
    return str(grade.ref)


@act
def end_grade(actor: Actor, grade_ref: str) -> None:
    """Give a grade to nobody any more.

    Refuses: Denied("grade.edit"), NotFound, GradeInUse.
    """
    actor.require("grade.edit")
    found = list(PartnerGrade.objects.filter(ref=grade_ref, ended_at=None).locked())
    if not found:
        raise NotFound(what="grade", ref=grade_ref)
    (grade,) = found
    holders = _holders(grade.pk)
    if holders:
        raise GradeInUse(count=len(holders))
    at = now()
    PartnerGrade.objects.filter(pk=grade.pk).update(ended_at=at, changed_at=at)
    event = GradeDefined(subject=grade.ref, rank=grade.rank, rights=len(grade.rights), ended=True)
    publish(event, actor=actor, at=at)


@act
def assign_grade(actor: Actor, partner_ref: str, grade_ref: str) -> None:
    """Give a partner a grade; "" takes it away, and the partner has all rights of its role again.

    Nobody grades a company they work in, but for the platform's own house partner.
    Refuses: Denied("grade.edit"), NotFound (partner, grade), NotInRole, OwnCompany.
    """
    actor.require("grade.edit")
    partner = queries.get_organization(actor, partner_ref)
    mine = Membership.objects.filter(user_id=actor.user_id or 0, organization_id=partner.id, ends_at=None)
    if mine.exists() and not Organization.objects.filter(pk=partner.id, is_house=True).exists():
        raise OwnCompany(permission="grade.edit")
    # The grade before the role, as everywhere: ending a grade looks for its holders under the same lock.
    grades = list(PartnerGrade.objects.filter(ref=grade_ref, ended_at=None).locked()) if grade_ref else []
    if grade_ref and not grades:
        raise NotFound(what="grade", ref=grade_ref, field="grade_ref")
    roles = list(OrganizationRole.objects.filter(organization_id=partner.id, role=Role.PARTNER).locked())
    if not roles:
        raise NotInRole(role=Role.PARTNER, field="partner_ref")
    grade_id = grades[0].pk if grades else None
    if roles[0].grade_id == grade_id:
        return
    at = now()
    OrganizationRole.objects.filter(pk=roles[0].pk).update(grade_id=grade_id)
    event = GradeAssigned(subject=partner.ref, audience=(partner.ref,), grade_ref=grade_ref)
    publish(event, actor=actor, at=at)


def _holders(grade_id: int) -> list[str]:
    """The partners that have a grade."""
    found = OrganizationRole.objects.filter(grade_id=grade_id).order_by("organization_id")
    return list(found.values_list("organization__ref", flat=True))
