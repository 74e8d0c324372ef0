"""The history of master data: the database writes it with the change, whoever changes what and however."""

import pytest
from django.db import DatabaseError, transaction

from trivium.core import sql
from trivium.core.errors import NotFound
from trivium.core.history import changes_of, version_of
from trivium.parties import commands, queries
from trivium.parties.errors import SuspendedAlready
from trivium.parties.models import Membership, Organization, OrganizationRole, User
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make_actor(make_organization("Platform", "operator"), "operator")


def test_a_change_stands_there_with_who_when_before_and_after(operator):
    company = make_organization("Chenguang", "supplier")
    before = version_of(company.ref)
    commands.suspend(operator, company.ref, reason="Fraud")
    (change,) = changes_of([company.ref], kinds=["organization"])
    assert (change.field, change.old, change.is_masked) == ("suspended_at", None, False)
    assert change.new is not None and change.actor == operator.ref and change.id == version_of(company.ref) > before
    with pytest.raises(SuspendedAlready), transaction.atomic():
        commands.suspend(operator, company.ref, reason="Fraud")  # once more changes nothing
    assert len(changes_of([company.ref], kinds=["organization"])) == 1


def test_a_place_in_a_company_is_found_under_both(operator):
    company = make_organization("Chenguang", "supplier")
    person = make_actor(company, "supplier", "staff")
    user = User.objects.get(pk=person.user_id)
    commands.grant_role(operator, email=user.email, organization_ref=company.ref, role="supplier", job="admin")
    (change, *_given) = queries.company_history(operator, company.ref).rows
    assert (change.change.field, change.change.old, change.change.new) == ("job", "staff", "admin")
    assert change.by.person == "Lin Yue"
    assert {row.change.field for row in queries.person_history(person, person.user_ref).rows} == {"role", "job"}


def test_what_identifies_a_person_is_told_without_its_values():
    person = make_actor(make_organization("Chenguang", "supplier"), "supplier")
    User.objects.filter(pk=person.user_id).update(name="Another Name", email="new@example.test")
    told = changes_of([person.user_ref], kinds=["person"])
    assert {(change.field, change.old, change.new, change.is_masked) for change in told} == {
        ("name", None, None, True), ("email", None, None, True),
    }  # fmt: skip
    ((dumped,),) = sql.rows("SELECT string_agg(c::text, ' ') FROM core_fieldchange c")
    assert "new@example.test" not in dumped and "Another Name" not in dumped


def test_a_change_behind_the_programs_back_is_told_without_anybody(operator):
    company = make_organization("Chenguang", "supplier")
    sql.execute("SELECT set_config('trivium.actor', '', true)")
    sql.execute("UPDATE parties_organization SET legal_name = 'Forged Ltd' WHERE id = %s", [company.pk])
    (row, *_) = queries.company_history(operator, company.ref).rows
    assert (row.change.new, row.change.actor, row.by.way) == ("Forged Ltd", "", "")


def test_the_outer_act_says_whose_it_is(operator):
    company = make_organization("Chenguang", "supplier")
    with transaction.atomic():
        commands.suspend(operator, company.ref, reason="Fraud")
        commands.reinstate(SYSTEM, company.ref, reason="Cleared")
    told = [change.actor for change in changes_of([company.ref], kinds=["organization"])]
    assert told == [SYSTEM.ref, operator.ref]


def test_it_cannot_be_changed_afterwards(operator):
    company = make_organization("Chenguang", "supplier")
    commands.suspend(operator, company.ref, reason="Fraud")
    for statement in ("UPDATE core_fieldchange SET actor = 'x'", "DELETE FROM core_fieldchange"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql.execute(statement)


def test_a_company_reads_its_own_and_nobody_elses(operator):
    partner = make_organization("Lianca", "partner")
    buyer = make_buyer("Yuelai", partner)
    commands.suspend(operator, buyer.ref, reason="Fraud")
    own, of_partner = make_actor(buyer, "buyer"), make_actor(partner, "partner")
    row = next(row for row in queries.company_history(own, buyer.ref).rows if row.change.kind == "organization")
    assert (row.by.person, row.by.organization, row.by.role) == ("", "Platform", "operator")
    for reader, ref in ((of_partner, buyer.ref), (own, partner.ref)):
        with pytest.raises(NotFound):
            queries.company_history(reader, ref)
    with pytest.raises(NotFound):
        queries.person_history(own, of_partner.user_ref)


def test_many_rows_at_once_are_all_told(operator):
    companies = [make_organization(f"Company {n}", "buyer") for n in range(3)]
    Organization.objects.filter(pk__in=[company.pk for company in companies]).update(level="gold")
    assert all(changes_of([company.ref])[0].new == "gold" for company in companies)


def test_a_companys_roles_are_told_from_being_admitted_to_being_active(operator):
    company = commands.admit_organization(operator, name="Nanfang", roles=("partner",))
    commands.activate_partner(SYSTEM, company.pk)
    rows = [row for row in queries.company_history(operator, company.ref).rows if row.change.kind == "company_role"]
    told = [(row.change.field, row.change.old, row.change.new, row.by.way) for row in rows]
    assert ("role", None, "partner", "web") in told and ("is_active", None, False, "web") in told
    assert ("is_active", False, True, "system") in told
    OrganizationRole.objects.filter(organization=company).update(is_active=False)
    assert queries.company_history(operator, company.ref).rows[0].change.new is False


def test_the_grade_of_a_partner_is_told_by_its_name(operator):
    company = commands.admit_organization(operator, name="Nanfang", roles=("partner",))
    grade = commands.define_grade(operator, name={"en": "Gold", "zh-hans": "金牌"}, rank=1, rights=[])
    commands.assign_grade(operator, company.ref, grade)
    found = queries.company_history(operator, company.ref, language="zh-hans")
    change = next(each.change for each in found.rows if each.change.field == "grade_id")
    assert (change.old, change.new, found.names[grade]) == (None, grade, "金牌")


def test_what_somebody_may_spend_is_told_to_who_arranges_it_and_to_themselves(operator):
    buyer = make_organization("Yuelai", "buyer")
    boss, staff, other = (make_actor(buyer, "buyer", job) for job in ("admin", "staff", "staff"))
    place = Membership.objects.get(user_id=staff.user_id)
    place.spending_limit, place.monthly_limit = 50_000, 200_000
    place.save(update_fields=["spending_limit", "monthly_limit"])
    place.monthly_limit = None
    place.save(update_fields=["monthly_limit"])

    def limits(found):
        changes = [row.change for row in found.rows if "limit" in row.change.field]
        return [(each.field, each.old, each.new) for each in changes]

    told = [("monthly_limit", "2000.00 CNY", None), ("monthly_limit", None, "2000.00 CNY"),
            ("spending_limit", None, "500.00 CNY")]  # fmt: skip
    for reader in (boss, staff, operator):
        assert limits(queries.company_history(reader, buyer.ref)) == told
    assert limits(queries.person_history(staff, staff.user_ref)) == told
    assert limits(queries.company_history(other, buyer.ref)) == []
    elsewhere = make_actor(make_organization("Lvyuan", "supplier"), "supplier")
    with pytest.raises(NotFound):
        queries.company_history(elsewhere, buyer.ref)
