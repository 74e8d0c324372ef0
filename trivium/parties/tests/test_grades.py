"""Partner grades: the rule of the suggestion, defining and giving them, and what rights follow."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.core.permissions import permissions_of
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.errors import (
    BadCurrency,
    BadGrade,
    BadLanguage,
    BadRank,
    BadSize,
    GradeInUse,
    NotInRole,
    OwnCompany,
    RankTaken,
)
from trivium.parties.models import OrganizationRole, PartnerGrade
from trivium.parties.rules import GRADED, GRADED_RIGHTS, GradeBar, Size, graded, rights_of, suggest_grade
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

CNY = "CNY"
BARS = (
    GradeBar("plain", 1, "micro", 0, CNY),
    GradeBar("silver", 2, "small", 50_000, CNY),
    GradeBar("gold", 3, "medium", 200_000, CNY),
)


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "volume", "currency", "fits"),
    [
        ("micro", 0, CNY, "plain"),
        ("micro", 10**12, CNY, "plain"),
        ("small", 49_999, CNY, "plain"),
        ("small", 50_000, CNY, "silver"),
        ("large", 199_999, CNY, "silver"),
        ("medium", 200_000, CNY, "gold"),
        ("large", 10**12, "EUR", "plain"),
    ],
)
def test_the_highest_grade_whose_bar_is_taken_in_both_is_suggested(
    size: str, volume: int, currency: str, fits: str
) -> None:
    assert suggest_grade(BARS, size=size, volume=volume, currency=currency) == fits


def test_who_takes_no_bar_is_suggested_none() -> None:
    assert suggest_grade(BARS[1:], size="micro", volume=10**9, currency=CNY) is None
    assert suggest_grade((), size="large", volume=10**9, currency=CNY) is None


@given(st.sampled_from(list(Size)), st.integers(0, 10**9), st.integers(0, 10**9))
def test_growing_never_lowers_the_suggestion(size: Size, volume: int, more: int) -> None:
    rank = {bar.ref: bar.rank for bar in BARS}
    ranks = [
        rank[suggest_grade(BARS, size=each, volume=sum_, currency=CNY) or "plain"]
        for each in list(Size)[list(Size).index(size) :]
        for sum_ in (volume, volume + more)
    ]
    assert ranks[0] == min(ranks)


def test_a_grade_takes_away_only_what_is_up_to_grades() -> None:
    every = permissions_of("partner")
    assert set(GRADED_RIGHTS) <= every
    assert graded(every, None) == every
    assert graded(every, ()) == every - set(GRADED_RIGHTS)
    assert graded(every, GRADED["prices"][1]) == every - set(GRADED_RIGHTS) | {"price.view", "price.edit"}
    assert rights_of("partner", "requester", ("price.edit",)) < rights_of("partner", "requester")
    assert rights_of("supplier", "admin", ()) == rights_of("supplier", "admin")


# -- commands ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def operator(db: None) -> Actor:
    return make_actor(make_organization("Sanhui", "operator"), "operator")


def define(actor: Actor, **values: object) -> str:
    given_: dict = {"name": {"en": "Silver"}, "rank": 1, "rights": ["price.view"], **values}
    return commands.define_grade(actor, **given_)


def test_a_grade_is_defined_changed_and_ended(operator: Actor) -> None:
    ref = define(operator, rights=["price.edit", "product.view", "product.view"], from_volume=900, from_size="small")
    assert PartnerGrade.objects.get(ref=ref).rights == ["product.view", "price.edit"]
    define(operator, grade_ref=ref, name={"en": "Gold", "zh-hans": "金牌"}, rank=5, rights=[])
    (row,) = queries.grades(operator)
    assert (row.ref, row.name, row.rank, row.rights, row.from_volume) == (
        ref, {"en": "Gold", "zh-hans": "金牌"}, 5, (), 0)  # fmt: skip
    assert queries.suggested_grade(size="micro", volume=0, currency=CNY) == ref
    commands.end_grade(operator, ref)
    assert queries.grades(operator) == []
    assert queries.suggested_grade(size="micro", volume=0, currency=CNY) is None
    told = EventRecord.objects.filter(subject=ref, name="GradeDefined").order_by("id")
    assert [(event.data["rank"], event.data["rights"], event.data["ended"]) for event in told] == [
        (1, 2, False), (5, 0, False), (5, 0, True)]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": {}}, Empty),
        ({"name": {"en": "  "}}, Empty),
        ({"name": {"en": "x" * 41}}, TooLong),
        ({"name": {"tlh": "Qapla"}}, BadLanguage),
        ({"rank": 0}, BadRank),
        ({"rank": 100}, BadRank),
        ({"rank": 7}, RankTaken),
        ({"rights": ["order.place"]}, BadGrade),
        ({"rights": ["statement.confirm"]}, BadGrade),
        ({"from_size": "vast"}, BadSize),
        ({"from_volume": -1}, BadAmount),
        ({"currency": "yuan"}, BadCurrency),
        ({"grade_ref": "grd_nothing"}, NotFound),
    ],
)
def test_a_grade_that_makes_no_sense_is_refused(operator: Actor, values: dict, refusal: type[Refusal]) -> None:
    define(operator, rank=7)
    before = PartnerGrade.objects.count(), EventRecord.objects.count()
    with pytest.raises(refusal), transaction.atomic():
        define(operator, **values)
    assert (PartnerGrade.objects.count(), EventRecord.objects.count()) == before


def test_only_the_operators_administrators_grade(operator: Actor) -> None:
    ref, partner = define(operator), make_organization("Lianca", "partner")
    others = [make_actor(make_organization("Other", "operator"), "operator", job) for job in ("staff", "finance")]
    for actor in (*others, make_actor(partner, "partner")):
        for act in (
            lambda actor=actor: define(actor, rank=2),
            lambda actor=actor: commands.end_grade(actor, ref),
            lambda actor=actor: commands.assign_grade(actor, partner.ref, ref),
            lambda actor=actor: queries.grades(actor),
            lambda actor=actor: queries.partners_of_grade(actor, ref),
        ):
            with pytest.raises(Denied), transaction.atomic():
                act()
    assert OrganizationRole.objects.get(organization=partner).grade_id is None


def test_a_partner_is_given_a_grade_and_it_is_taken_away(operator: Actor) -> None:
    ref, partner = define(operator), make_organization("Lianca", "partner", "buyer")
    for grade in (ref, ref, ""):
        commands.assign_grade(operator, partner.ref, grade)
    told = EventRecord.objects.filter(subject=partner.ref, name="GradeAssigned").order_by("id")
    assert [event.data["grade_ref"] for event in told] == [ref, ""]
    commands.assign_grade(operator, partner.ref, ref)
    assert [row.name for row in queries.partners_of_grade(operator, ref)] == ["Lianca"]
    with pytest.raises(GradeInUse), transaction.atomic():
        commands.end_grade(operator, ref)
    assert queries.grades(operator)[0].partners == 1


def test_what_cannot_be_graded_is_refused(operator: Actor) -> None:
    ref, ended = define(operator), define(operator, rank=2)
    commands.end_grade(operator, ended)
    partner, supplier = make_organization("Lianca", "partner"), make_organization("Hengtai", "supplier")
    for whom, grade, refusal in (
        (supplier.ref, ref, NotInRole),
        ("org_nobody", ref, NotFound),
        (partner.ref, "grd_nothing", NotFound),
        (partner.ref, ended, NotFound),
    ):
        with pytest.raises(refusal), transaction.atomic():
            commands.assign_grade(operator, whom, grade)
    assert not OrganizationRole.objects.exclude(grade_id=None).exists()


def test_nobody_grades_the_company_they_work_in(operator: Actor) -> None:
    ref = define(operator)
    friends, house = make_organization("Friends", "partner"), make_organization("House", "partner", is_house=True)
    mail = str(queries.person(operator.user_id or 0).email)
    for company in (friends, house):
        commands.grant_role(SYSTEM, email=mail, organization_ref=company.ref, role="partner")
    with pytest.raises(OwnCompany), transaction.atomic():
        commands.assign_grade(operator, friends.ref, ref)
    commands.assign_grade(operator, house.ref, ref)


def test_rights_follow_the_grade_wherever_a_workspace_is_opened(operator: Actor) -> None:
    partner = make_organization("Lianca", "partner", "buyer")
    person = make_actor(partner, "partner")
    _ref, secret = commands.create_api_key(person, label="erp")
    before = person.permissions

    def rights() -> set[frozenset[str]]:
        (workspace,) = [each for each in queries.workspaces_of(person.user_id or 0) if each.role == "partner"]
        opened, named = queries.opened_by(secret, now()), queries.actor_of(person.user_id or 0, partner.ref, "partner")
        assert opened and named
        page = queries.actor_in(person.user_id or 0, person.user_ref, workspace)
        return {opened.actor.permissions, named.permissions, page.permissions}

    assert rights() == {before}
    ref = define(operator, rights=["product.view"])
    commands.assign_grade(operator, partner.ref, ref)
    assert rights() == {before - set(GRADED_RIGHTS) | {"product.view"}}
    define(operator, rights=[], grade_ref=ref)
    assert rights() == {before - set(GRADED_RIGHTS)}
    commands.assign_grade(operator, partner.ref, "")
    assert rights() == {before}


def test_a_buyer_of_the_same_company_keeps_its_rights(operator: Actor) -> None:
    company = make_organization("Lianca", "partner", "buyer")
    commands.assign_grade(operator, company.ref, define(operator, rights=[]))
    assert make_actor(company, "buyer").permissions == rights_of("buyer", "admin")
