"""Deciding on applications: who may, what stops it, and what follows."""

import datetime as dt

import pytest

from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, WrongState
from trivium.core.time import SettableClock, now
from trivium.parties import commands, errors, queries
from trivium.parties.models import Application, Assignment, Membership, Organization, OrganizationRole, Paper, Territory
from trivium.parties.rules import Role
from trivium.parties.tests.applying import (
    FACTS,
    GOOD_NUMBER,
    OTHER_NUMBER,
    TODAY,
    add_licence,
    apply,
    events_of,
    goods_there_are,
    refused,
    stranger,
)
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("role", ["supplier", "partner", "buyer"])
def test_approving_admits_the_company_and_makes_its_applicant_an_administrator(reviewer: Actor, role: str) -> None:
    lin = stranger()
    ref = apply(lin, role)
    company = Organization.objects.get(ref=commands.approve_application(reviewer, ref, words="Welcome"))
    assert (company.number, company.industry, company.region, company.size) == (GOOD_NUMBER, "F", "440300", "small")
    actor = queries.actor_of(lin.user_id, company.ref, role)
    assert actor is not None and actor.may("apikey.manage")
    assert Paper.objects.get(organization=company).status == "in_force"
    assert OrganizationRole.objects.get(organization=company).is_active is (role != "partner")
    assert Territory.objects.filter(partner=company).count() == (role == "partner")
    assert Assignment.objects.filter(buyer=company).count() == (role == "buyer")
    view = queries.get_application(lin, ref)
    assert (view.row.status, view.organization_ref, view.may_edit) == ("approved", company.ref, False)
    name, told = events_of(ref)[-1]
    assert name == "ApplicationApproved" and {lin.user_ref, company.ref} < set(told)


def test_a_rejection_says_why(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    with refused(Empty, "words"):
        commands.reject_application(reviewer, ref, words="")
    commands.reject_application(reviewer, ref, words="Goods we do not carry")
    assert queries.get_application(lin, ref).steps[-1].words == "Goods we do not carry"
    for act in (commands.approve_application, commands.reject_application, commands.ask_applicant):
        with refused(WrongState):
            act(reviewer, ref, words="Again")


def test_who_has_asked_still_reads_all_that_screening_found(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    found = queries.get_application(reviewer, ref)
    commands.ask_applicant(reviewer, ref, words="Whose warehouse is it?")
    asked = queries.get_application(reviewer, ref)
    assert (asked.outcomes, asked.screened_at) == (found.outcomes, found.screened_at) and len(found.outcomes) == 10
    assert len(queries.get_application(lin, ref).outcomes) < 10


def test_only_reviewers_decide(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    staff = make_actor(Organization.objects.get(name="Sanhui"), "operator", "finance")
    supplier = make_actor(make_organization("S", "supplier"), "supplier")
    for other in (lin, staff, supplier, stranger()):
        for act in (commands.approve_application, commands.reject_application, commands.ask_applicant):
            with refused(Denied):
                act(other, ref, words="Mine")


def test_nobody_decides_on_what_they_applied_for_or_a_company_of_theirs(reviewer: Actor) -> None:
    own = apply(reviewer, "buyer")
    with refused(errors.OwnApplication):
        commands.approve_application(reviewer, own, words="Mine")
    colleague = make_actor(Organization.objects.get(name="Sanhui"), "operator")
    company = make_organization("Yunqi", "buyer", number=OTHER_NUMBER)
    boss = make_actor(company, "buyer")
    ref = commands.start_application(boss, "supplier", for_company=True)
    goods_there_are()
    commands.save_application(boss, ref, version=1, facts={**FACTS, "number": OTHER_NUMBER})
    add_licence(boss, ref)
    commands.submit_application(boss, ref)
    mail = queries.person(colleague.user_id).email
    commands.grant_role(SYSTEM, email=mail, organization_ref=company.ref, role="buyer")
    for act in (commands.approve_application, commands.reject_application, commands.ask_applicant):
        with refused(errors.OwnApplication):
            act(colleague, ref, words="Ours")
    assert not queries.get_application(colleague, ref).may_decide
    commands.approve_application(reviewer, ref, words="Good")


def test_an_incomplete_file_cannot_be_approved_whatever_the_rules_say(reviewer: Actor) -> None:
    ref = apply(stranger())
    Application.objects.filter(ref=ref).update(number="")
    for is_on in (True, False):
        commands.change_rule(reviewer, "completeness", strength="flag", is_on=is_on, settings={}, reason="Lax")
        with refused(errors.FactMissing):
            commands.approve_application(reviewer, ref, words="Anyway")


def test_what_expired_or_was_blocked_or_lost_its_paper_since_stops_the_approval(
    reviewer: Actor, clock: SettableClock
) -> None:
    lin = stranger()
    ref = apply(lin, papers=False, submit=False)
    add_licence(lin, ref, expires_on=TODAY + dt.timedelta(days=3))
    commands.submit_application(lin, ref)
    commands.set_block(reviewer, kind="number", value=GOOD_NUMBER, is_blocked=True, reason="Fraud")
    with refused(errors.NotAdmissible):
        commands.approve_application(reviewer, ref, words="ok")
    commands.set_block(reviewer, kind="number", value=GOOD_NUMBER, is_blocked=False, reason="Mistaken")
    clock.move(days=5)
    with refused(errors.NotAdmissible):
        commands.approve_application(reviewer, ref, words="ok")


def test_of_two_with_one_number_the_second_is_not_admitted(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    make_organization("Sooner", "buyer", number=GOOD_NUMBER)
    with refused(errors.NotAdmissible):
        commands.approve_application(reviewer, ref, words="ok")


def test_a_further_role_is_the_same_company_with_the_same_people(reviewer: Actor) -> None:
    lin = stranger()
    company = commands.approve_application(reviewer, apply(lin, "supplier"), words="Welcome")
    boss = queries.actor_of(lin.user_id, company, "supplier")
    with refused(errors.HasRole):
        commands.start_application(boss, "supplier", for_company=True)
    ref = commands.start_application(boss, "buyer", for_company=True)
    view = queries.get_application(boss, ref)
    assert (view.facts.number, view.facts.phone, view.facts.industry) == (GOOD_NUMBER, FACTS["phone"], "F")
    add_licence(boss, ref)
    commands.submit_application(boss, ref)
    assert commands.approve_application(reviewer, ref, words="Also") == company
    assert {w.role for w in queries.workspaces_of(lin.user_id)} == {"supplier", "buyer"}
    assert Organization.objects.filter(number=GOOD_NUMBER).count() == 1


def test_staff_and_other_companies_do_not_apply_for_a_company() -> None:
    company = make_organization("Yunqi", "buyer")
    with refused(Denied):
        commands.start_application(make_actor(company, "buyer", "requester"), "supplier", for_company=True)
    boss, other = make_actor(company, "buyer"), make_actor(make_organization("Other", "buyer"), "buyer")
    ref = commands.start_application(boss, "supplier", for_company=True)
    assert commands.start_application(make_actor(company, "buyer"), "supplier", for_company=True) == ref
    with pytest.raises(NotFound):
        queries.get_application(other, ref)


def test_a_partner_gets_no_buyers_before_its_contract_is_in_force(reviewer: Actor) -> None:
    company = commands.approve_application(reviewer, apply(stranger(), "partner"), words="Welcome")
    buyer = make_organization("Yuelai", "buyer")
    with refused(errors.NotYetActive, "partner_ref"):
        commands.assign_buyer(reviewer, buyer_ref=buyer.ref, partner_ref=company)
    key = Organization.objects.get(ref=company).pk
    assert commands.activate_partner(reviewer, key) and not commands.activate_partner(reviewer, key)
    commands.assign_buyer(reviewer, buyer_ref=buyer.ref, partner_ref=company)
    assert [name for name, _told in events_of(company)].count("PartnerActivated") == 1


def test_a_buyer_belongs_to_the_partner_named(reviewer: Actor) -> None:
    partner = make_organization("Lianca", "partner")
    buyer = commands.approve_application(reviewer, apply(stranger(), Role.BUYER), words="ok", partner_ref=partner.ref)
    assert Assignment.objects.get(buyer__ref=buyer).partner_id == partner.pk


def test_the_approved_account_and_contact_are_the_companys(reviewer: Actor) -> None:
    lin = stranger()
    company = commands.approve_application(reviewer, apply(lin), words="fine")
    own = queries.particulars(queries.actor_of(lin.user_id, company, "supplier"))
    assert (own.account, own.holder) == ("•••• 0123", FACTS["legal_name"])
    assert [(row.name, row.phone) for row in own.contacts] == [(FACTS["contact_name"], FACTS["phone"])]


def test_who_has_left_a_company_reads_its_application_no_more_and_is_let_in_by_none(reviewer: Actor) -> None:
    lin = stranger()
    company = commands.approve_application(reviewer, ref := apply(lin), words="fine")
    colleague = make_actor(Organization.objects.get(ref=company), "supplier")
    admin = queries.actor_of(lin.user_id, company, "supplier")
    further = commands.start_application(admin, "buyer", for_company=True)
    add_licence(admin, further)
    commands.submit_application(admin, further)
    Membership.objects.filter(user_id=lin.user_id).update(ends_at=now())
    for each in (ref, further):
        with refused(NotFound):
            queries.get_application(lin, each)
    with refused(NotFound):
        commands.withdraw_application(lin, further)
    assert queries.get_application(colleague, further).may_withdraw
    commands.approve_application(reviewer, further, words="fine")
    there = Membership.objects.filter(organization__ref=company, role="buyer", ends_at=None)
    assert list(there.values_list("user_id", flat=True)) == [colleague.user_id]
