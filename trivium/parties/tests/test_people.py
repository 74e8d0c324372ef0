"""The people of a company: inviting, joining, changing places, leaving; departments and cost centres."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.core.time import SettableClock, now, use_clock
from trivium.parties import commands, queries
from trivium.parties.commands import Place
from trivium.parties.errors import (
    AlreadyHere,
    AlreadyInvited,
    BadJob,
    BadMail,
    HasSignIn,
    InvitationOver,
    LastAdmin,
    NameTaken,
    OtherPerson,
    StillUsed,
    WeakPassword,
)
from trivium.parties.models import ApiKey, Invitation, Membership, User
from trivium.parties.rules import check_admin_stays
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 9"
MAIL = "wang.fang@example.test"


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture
def admin(clock: SettableClock) -> Actor:
    return make_actor(make_organization("Yuelai", "buyer"), "buyer")


def colleague(admin: Actor, job: str = "staff", role: str = "buyer") -> Actor:
    mail = f"p{User.objects.count()}@example.test"
    user = commands.register_person(SYSTEM, email=mail, name=f"Person {mail}", password=PASSWORD)
    commands.grant_role(SYSTEM, email=mail, organization_ref=admin.organization_ref, role=role, job=job)
    found = queries.actor_of(user.pk, admin.organization_ref, role)
    assert found
    return found


def token_of(ref: str) -> str:
    return queries.invitation_token(ref)


def works(actor: Actor) -> bool:
    return queries.actor_of(actor.user_id or 0, actor.organization_ref, actor.role) is not None


# -- the last administrator --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("admins", "person", "job", "stays"),
    [
        ([1], 1, None, False),
        ([1], 1, "staff", False),
        ([1], 1, "admin", True),
        ([1], 2, None, True),
        ([1, 2], 1, None, True),
        ([], 1, None, True),
    ],
)
def test_somebody_has_to_stay_administrator(admins: list[int], person: int, job: str | None, stays: bool) -> None:
    if stays:
        check_admin_stays(admins, person, job)
    else:
        with pytest.raises(LastAdmin):
            check_admin_stays(admins, person, job)


def test_the_last_administrator_neither_leaves_nor_is_demoted(admin: Actor) -> None:
    colleague(admin)
    own_mail = str(queries.person(admin.user_id or 0).email)
    for act in (
        lambda: commands.remove_person(admin, admin.user_ref),
        lambda: commands.change_place(admin, admin.user_ref, Place(job="staff")),
        lambda: commands.grant_role(
            SYSTEM, email=own_mail, organization_ref=admin.organization_ref, role="buyer", job="finance"
        ),
    ):
        with pytest.raises(LastAdmin), transaction.atomic():
            act()
    assert works(admin)
    second = colleague(admin, "admin")
    commands.change_place(second, admin.user_ref, Place(job="finance"))
    with pytest.raises(LastAdmin), transaction.atomic():
        commands.remove_person(second, second.user_ref)
    commands.remove_person(admin, admin.user_ref)
    assert not works(admin)


def test_somebody_who_administrates_alone_in_another_role_stays(admin: Actor) -> None:
    company = queries.get_organization(admin, admin.organization_ref)
    two = make_organization("Both", "buyer", "supplier")
    buyer = make_actor(two, "buyer")
    seller = colleague(buyer, "staff")
    mail = str(queries.person(seller.user_id or 0).email)
    commands.grant_role(SYSTEM, email=mail, organization_ref=two.ref, role="supplier", job="admin")
    with pytest.raises(LastAdmin), transaction.atomic():
        commands.remove_person(buyer, seller.user_ref)
    assert works(seller) and company.name == "Yuelai"


# -- inviting ----------------------------------------------------------------------------------------------------------


def test_somebody_new_joins_by_the_link_once(admin: Actor) -> None:
    department = commands.keep_department(admin, name="Kitchen")
    place = Place("approver", department, commands.keep_cost_centre(admin, code="10", name="Food"), 50_000)
    ref = commands.invite_person(admin, email=f" {MAIL.upper()} ", place=place, locale="en")
    letter = queries.invitation_letter(ref, now())
    assert letter and (letter.email, letter.locale, letter.token) == (MAIL, "en", token_of(ref))
    assert bytes(Invitation.objects.get().token_hash) == queries.hash_token(letter.token)
    seen = queries.invited(letter.token, now())
    assert (seen.email, seen.is_open, seen.person_id, seen.job) == (MAIL, True, None, "approver")
    person = commands.join_new(letter.token, name="Wang Fang", password=PASSWORD, locale="en")
    (_admin, row) = queries.colleagues(admin)
    assert (row.name, row.job, row.department, row.cost_centre, row.spending_limit, row.since) == (
        "Wang Fang", "approver", "Kitchen", "10 Food", 50_000, now())  # fmt: skip
    assert person.check_password(PASSWORD) and queries.person_by_mail(MAIL.upper()) == person.pk
    assert queries.invitations(admin) == [] and queries.invitation_letter(ref, now()) is None
    for again in (
        lambda: commands.join_new(letter.token, name="Wang Fang", password=PASSWORD, locale="en"),
        lambda: commands.join(Actor(person.pk, person.ref, None, "", "person"), letter.token),
    ):
        with pytest.raises(InvitationOver), transaction.atomic():
            again()
    told = EventRecord.objects.filter(name__in=["PersonInvited", "PersonJoined"]).order_by("id")
    assert [event.subject for event in told] == [ref, person.ref]
    assert MAIL not in str([event.data for event in told])


def test_somebody_with_a_sign_in_joins_as_themselves(admin: Actor) -> None:
    person = commands.register_person(SYSTEM, email=MAIL, name="Wang Fang", password=PASSWORD)
    other = commands.register_person(SYSTEM, email="other@example.test", name="Other", password=PASSWORD)
    token = token_of(commands.invite_person(admin, email=MAIL, place=Place()))
    assert queries.invited(token, now()).person_id == person.pk
    with pytest.raises(HasSignIn), transaction.atomic():
        commands.join_new(token, name="Thief", password=PASSWORD, locale="en")
    with pytest.raises(OtherPerson), transaction.atomic():
        commands.join(Actor(other.pk, other.ref, None, "", "person"), token)
    assert commands.join(Actor(person.pk, person.ref, None, "", "person"), token) == (admin.organization_ref, "buyer")
    assert [place.role for place in queries.workspaces_of(person.pk)] == ["buyer"]
    assert queries.workspaces_of(other.pk) == []


def test_a_leaver_can_be_invited_back(admin: Actor) -> None:
    gone = colleague(admin)
    mail = str(queries.person(gone.user_id or 0).email)
    commands.remove_person(admin, gone.user_ref)
    token = token_of(commands.invite_person(admin, email=mail, place=Place("finance")))
    commands.join(gone, token)
    assert queries.get_colleague(admin, gone.user_ref).job == "finance"


def test_a_link_ends_by_itself_by_withdrawal_and_not_by_guessing(admin: Actor, clock: SettableClock) -> None:
    ref = commands.invite_person(admin, email=MAIL, place=Place())
    with pytest.raises(AlreadyInvited), transaction.atomic():
        commands.invite_person(admin, email=MAIL, place=Place())
    clock.move(days=7)
    with pytest.raises(InvitationOver), transaction.atomic():
        commands.join_new(token_of(ref), name="Wang Fang", password=PASSWORD, locale="en")
    second = commands.invite_person(admin, email=MAIL, place=Place())
    commands.withdraw_invitation(admin, second)
    with pytest.raises(InvitationOver), transaction.atomic():
        commands.join_new(token_of(second), name="Wang Fang", password=PASSWORD, locale="en")
    with pytest.raises(InvitationOver), transaction.atomic():
        commands.withdraw_invitation(admin, second)
    for guess in ("", "x" * 32, ref, "\x00"):
        with pytest.raises(NotFound), transaction.atomic():
            commands.join_new(guess, name="Wang Fang", password=PASSWORD, locale="en")
    assert not User.objects.filter(email=MAIL).exists()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"email": "nobody"}, BadMail),
        ({"email": "a@b@c.test"}, BadMail),
        ({"email": ""}, Empty),
        ({"email": "x" * 250 + "@a.test"}, TooLong),
        ({"place": Place("king")}, BadJob),
        ({"place": Place(spending_limit=-1)}, BadAmount),
        ({"place": Place(department_ref="dep_nothing")}, NotFound),
        ({"place": Place(cost_centre_ref="cct_nothing")}, NotFound),
    ],
)
def test_an_invitation_that_cannot_be_sent_is_refused(admin: Actor, values: dict, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal), transaction.atomic():
        commands.invite_person(admin, **{"email": MAIL, "place": Place(), **values})
    assert not Invitation.objects.exists() and not EventRecord.objects.filter(name="PersonInvited").exists()


def test_who_works_here_is_not_invited_again(admin: Actor) -> None:
    mail = str(queries.person(colleague(admin).user_id or 0).email)
    with pytest.raises(AlreadyHere), transaction.atomic():
        commands.invite_person(admin, email=mail.upper(), place=Place())


def test_a_person_needs_a_name_and_a_password_of_some_length(admin: Actor) -> None:
    token = token_of(commands.invite_person(admin, email=MAIL, place=Place()))
    for values, refusal in (
        ({"name": " ", "password": PASSWORD}, Empty),
        ({"name": "Wang", "password": "short"}, WeakPassword),
        ({"name": "Wang", "password": "password123"}, WeakPassword),
    ):
        with pytest.raises(refusal), transaction.atomic():
            commands.join_new(token, **values, locale="en")
    assert queries.invited(token, now()).is_open


# -- places ------------------------------------------------------------------------------------------------------------


def test_only_administrators_arrange_people(admin: Actor) -> None:
    other = colleague(admin)
    ref = commands.invite_person(admin, email=MAIL, place=Place())
    for job in ("staff", "approver", "finance", "requester"):
        actor = colleague(admin, job)
        for act in (
            lambda actor=actor: commands.invite_person(actor, email="x@example.test", place=Place()),
            lambda actor=actor: commands.withdraw_invitation(actor, ref),
            lambda actor=actor: commands.change_place(actor, actor.user_ref, Place("admin")),
            lambda actor=actor: commands.remove_person(actor, other.user_ref),
            lambda actor=actor: commands.keep_department(actor, name="Mine"),
            lambda actor=actor: commands.keep_cost_centre(actor, code="1", name="Mine"),
            lambda actor=actor: queries.invitations(actor),
            lambda actor=actor: queries.people_history(actor),
        ):
            with pytest.raises(Denied), transaction.atomic():
                act()
        assert {row.email for row in queries.colleagues(actor)} == {None}


def test_another_companys_people_are_not_found(admin: Actor) -> None:
    stranger = make_actor(make_organization("Other", "buyer"), "buyer")
    theirs = colleague(admin)
    ref = commands.invite_person(admin, email=MAIL, place=Place())
    department = commands.keep_department(admin, name="Kitchen")
    for act in (
        lambda: commands.change_place(stranger, theirs.user_ref, Place("admin")),
        lambda: commands.remove_person(stranger, theirs.user_ref),
        lambda: commands.remove_person(stranger, stranger.user_ref, to_ref=theirs.user_ref),
        lambda: commands.withdraw_invitation(stranger, ref),
        lambda: commands.keep_department(stranger, name="Mine", ref=department),
        lambda: commands.end_department(stranger, department),
        lambda: commands.invite_person(stranger, email=MAIL, place=Place(department_ref=department)),
    ):
        with pytest.raises((NotFound, LastAdmin)), transaction.atomic():
            act()
    assert works(theirs) and works(stranger)


def test_a_changed_job_acts_on_the_next_request_of_sessions_and_keys(admin: Actor) -> None:
    second = colleague(admin, "admin")
    _ref, secret = commands.create_api_key(second, label="erp")
    commands.change_place(admin, second.user_ref, Place("requester"))
    opened = queries.opened_by(secret, now())
    again = queries.actor_of(second.user_id or 0, second.organization_ref, "buyer")
    assert opened and again and opened.actor.permissions == again.permissions
    assert not again.may("party.edit") and not again.may("approval.decide") and again.may("order.place")


def test_a_leaver_is_out_at_once_with_every_key_in_every_role() -> None:
    company = make_organization("Both", "buyer", "supplier")
    admin = make_actor(company, "buyer")
    make_actor(company, "supplier")
    leaver = colleague(admin, "admin")
    mail = str(queries.person(leaver.user_id or 0).email)
    elsewhere = make_organization("Elsewhere", "buyer")
    for where, role in ((company, "supplier"), (elsewhere, "buyer")):
        commands.grant_role(SYSTEM, email=mail, organization_ref=where.ref, role=role, job="admin")
    places = [queries.actor_of(leaver.user_id or 0, *place) for place in
              ((company.ref, "buyer"), (company.ref, "supplier"), (elsewhere.ref, "buyer"))]  # fmt: skip
    secrets = [commands.create_api_key(place, label="erp")[1] for place in places if place]
    commands.remove_person(admin, leaver.user_ref)
    assert [queries.opened_by(secret, now()) is None for secret in secrets] == [True, True, False]
    assert [works(place) for place in places if place] == [False, False, True]
    assert ApiKey.objects.exclude(revoked_at=None).count() == 2
    left = EventRecord.objects.get(name="PersonLeft")
    assert (left.subject, left.data["keys"], left.data["to_ref"]) == (leaver.user_ref, 2, admin.user_ref)
    assert queries.people_history(admin)[0].name == "PersonLeft"


def test_a_key_made_behind_a_leavers_back_opens_nothing(admin: Actor) -> None:
    leaver = colleague(admin, "admin")
    commands.remove_person(admin, leaver.user_ref)
    _ref, secret = commands.create_api_key(leaver, label="late")
    assert queries.opened_by(secret, now()) is None


@pytest.mark.parametrize("chosen", [True, False])
def test_what_a_leaver_had_begun_goes_to_a_colleague(admin: Actor, chosen: bool) -> None:
    leaver, heir = colleague(admin), colleague(admin)
    if chosen:
        commands.remove_person(admin, leaver.user_ref, to_ref=heir.user_ref)
    else:
        commands.remove_person(leaver, leaver.user_ref)
    to_ref = EventRecord.objects.get(name="PersonLeft").data["to_ref"]
    assert to_ref == (heir if chosen else admin).user_ref


def test_an_older_link_in_a_leavers_mailbox_does_not_bring_them_back(admin: Actor) -> None:
    ref = commands.invite_person(admin, email=MAIL, place=Place("admin"))
    user = commands.register_person(SYSTEM, email=MAIL, name="Wang Fang", password=PASSWORD)
    commands.grant_role(SYSTEM, email=MAIL, organization_ref=admin.organization_ref, role="buyer")
    other = commands.invite_person(admin, email="li@example.test", place=Place())
    commands.remove_person(admin, user.ref)
    person = Actor(user.pk, user.ref, None, "", "")
    with pytest.raises(InvitationOver), transaction.atomic():
        commands.join(person, token_of(ref))
    assert not Membership.objects.filter(user=user, ends_at=None).exists()
    withdrawn = Invitation.objects.exclude(withdrawn_at=None).values_list("ref", flat=True)
    assert list(withdrawn) == [ref] and queries.invitation_letter(other, now()) is not None
    again = commands.invite_person(admin, email=MAIL, place=Place())
    commands.join(person, token_of(again))


def test_nobody_leaves_twice(admin: Actor) -> None:
    leaver = colleague(admin)
    commands.remove_person(admin, leaver.user_ref)
    for actor in (admin, leaver):
        with pytest.raises(NotFound), transaction.atomic():
            commands.remove_person(actor, leaver.user_ref)
    assert Membership.objects.filter(ends_at=None).count() == 1


# -- departments and cost centres --------------------------------------------------------------------------------------


def test_departments_and_cost_centres_are_kept_and_closed(admin: Actor) -> None:
    kitchen = commands.keep_department(admin, name="Kitchen")
    commands.keep_department(admin, name="Rooms", ref=kitchen)
    commands.keep_cost_centre(admin, code="20", name="Rooms")
    assert [(row.ref, row.name, row.people) for row in queries.departments(admin)] == [(kitchen, "Rooms", 0)]
    with pytest.raises(NameTaken), transaction.atomic():
        commands.keep_department(admin, name="ROOMS")
    with pytest.raises(NameTaken), transaction.atomic():
        commands.keep_cost_centre(admin, code="20", name="Other")
    commands.change_place(admin, admin.user_ref, Place("admin", kitchen))
    with pytest.raises(StillUsed), transaction.atomic():
        commands.end_department(admin, kitchen)
    commands.change_place(admin, admin.user_ref, Place("admin"))
    commands.invite_person(admin, email=MAIL, place=Place(department_ref=kitchen))
    with pytest.raises(StillUsed), transaction.atomic():
        commands.end_department(admin, kitchen)
    commands.withdraw_invitation(admin, queries.invitations(admin)[0].ref)
    commands.end_department(admin, kitchen)
    assert queries.departments(admin) == []
    assert commands.keep_department(admin, name="Rooms") != kitchen
    with pytest.raises(NotFound), transaction.atomic():
        commands.end_department(admin, kitchen)
