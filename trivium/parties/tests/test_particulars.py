"""What a company changes about itself: most at once, what others rely on after a review; nothing is overwritten."""

import pytest
from django.db import transaction

from trivium.core import sql
from trivium.core.errors import Denied, Empty, NotFound, WrongState
from trivium.core.models import EventRecord
from trivium.parties import commands, queries
from trivium.parties.errors import (
    AlreadyAsked,
    BadAccount,
    BadIndustry,
    BadMail,
    BadPhone,
    ChangedMeanwhile,
    NothingToChange,
    NumberTaken,
    OwnChange,
    ValuesMoved,
    WrongNumber,
)
from trivium.parties.models import BankAccount, ChangeRequest, Contact, Organization
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db
ACCOUNT, PHONE = "6222021234567890123", "13800138000"
NUMBER = "91110000600037341L"


@pytest.fixture
def company():
    return make_organization("Chenguang", "supplier", legal_name="Chenguang Co., Ltd.")


@pytest.fixture
def admin(company):
    return make_actor(company, "supplier")


@pytest.fixture
def operator():
    return make_actor(make_organization("Platform", "operator"), "operator")


def seen(actor) -> int:
    return queries.particulars(actor).version


def refused(refusal, act):
    before = (EventRecord.objects.count(), ChangeRequest.objects.count(), Contact.objects.count())
    with pytest.raises(refusal) as caught, transaction.atomic():
        act()
    assert (EventRecord.objects.count(), ChangeRequest.objects.count(), Contact.objects.count()) == before
    return caught.value


def test_what_a_company_says_of_itself_is_changed_at_once(company, admin):
    given = {"name": "Chenguang", "address": "1 Keyuan Road", "size": "small"}
    changed = commands.change_particulars(admin, seen=seen(admin), **given)
    own = queries.particulars(admin)
    assert changed == ("address", "size") and (own.address, own.size) == ("1 Keyuan Road", "small")
    assert [row.change.field for row in queries.company_history(admin, company.ref).rows[:2]] == ["size", "address"]
    refused(BadIndustry, lambda: commands.change_particulars(admin, seen=own.version, industry="Z"))
    refused(Empty, lambda: commands.change_particulars(admin, seen=own.version, name=" "))
    staff = make_actor(company, "supplier", "staff")
    refused(Denied, lambda: commands.change_particulars(staff, seen=own.version, address="2"))


def test_what_a_colleague_has_changed_meanwhile_is_not_overwritten(company, admin):
    colleague, opened = make_actor(company, "supplier"), seen(admin)
    commands.change_particulars(colleague, seen=opened, address="1 Keyuan Road", region="440305")
    refusal = refused(ChangedMeanwhile, lambda: commands.change_particulars(admin, seen=opened, address="2"))
    assert refusal.params["changed"] == "address"
    assert queries.particulars(admin).address == "1 Keyuan Road"
    commands.change_particulars(admin, seen=opened, size="large")  # another field: nothing is lost
    commands.change_particulars(admin, seen=seen(admin), address="2")
    assert queries.particulars(admin).address == "2"


def test_contacts_are_kept_encrypted_and_their_history_tells_no_value(company, admin):
    ref = commands.add_contact(admin, name="Ouyang Li", phone=PHONE, email="ouyang@example.test", position="Finance")
    (contact,) = queries.particulars(admin).contacts
    assert (contact.phone, contact.position) == (f"+86{PHONE}", "Finance")
    assert Contact.objects.get(phone_print__of=f"+86{PHONE}").ref == ref
    opened = seen(admin)
    commands.change_contact(admin, ref, seen=opened, name="Ouyang Li", phone="021-62345678")
    refused(ChangedMeanwhile, lambda: commands.change_contact(admin, ref, seen=opened, name="Li", phone=PHONE))
    refused(ChangedMeanwhile, lambda: commands.remove_contact(admin, ref, seen=opened))
    ((dumped,),) = sql.rows("SELECT string_agg(c::text, ' ') FROM core_fieldchange c")
    assert not [each for each in ("Ouyang", "ouyang@", PHONE) if each in dumped]
    commands.remove_contact(admin, ref, seen=seen(admin))
    assert queries.particulars(admin).contacts == []


def test_contacts_that_cannot_be_reached_and_those_of_others_are_refused(company, admin):
    refused(BadPhone, lambda: commands.add_contact(admin, name="Li", phone="12"))
    refused(BadMail, lambda: commands.add_contact(admin, name="Li", email="li"))
    refused(Empty, lambda: commands.add_contact(admin, name=""))
    ref = commands.add_contact(admin, name="Li")
    other = make_actor(make_organization("Hengtai", "supplier"), "supplier")
    refused(NotFound, lambda: commands.change_contact(other, ref, seen=seen(admin), name="X"))
    refused(NotFound, lambda: commands.remove_contact(other, ref, seen=seen(admin)))


def test_a_legal_name_is_in_force_only_once_it_is_approved(company, admin, operator):
    ref = commands.ask_change(admin, "legal_name", seen=seen(admin), reason="New licence", legal_name="Chenguang Group")
    assert queries.particulars(admin).legal_name == "Chenguang Co., Ltd."
    assert queries.changes_waiting(operator) == 1 and queries.changes_waiting(admin) == 0
    refused(AlreadyAsked, lambda: commands.ask_change(
        admin, "legal_name", seen=seen(admin), reason="again", legal_name="Other"))  # fmt: skip
    commands.approve_change(operator, ref)
    assert queries.particulars(admin).legal_name == "Chenguang Group"
    row = queries.company_history(admin, company.ref).rows[0]
    assert (row.change.field, row.change.old, row.change.actor) == ("legal_name", "Chenguang Co., Ltd.", operator.ref)
    refused(WrongState, lambda: commands.approve_change(operator, ref))
    told = list(EventRecord.objects.filter(subject=company.ref).order_by("id").values_list("name", flat=True))
    assert told[-2:] == ["ChangeAsked", "ChangeDecided"]


def test_a_bank_account_is_replaced_and_shown_by_its_last_digits(company, admin, operator):
    wanted = {"holder": "Chenguang", "account": ACCOUNT}
    ref = commands.ask_change(admin, "bank", seen=seen(admin), reason="Account opened", **wanted)
    assert [row.wanted["account"] for row in queries.changes_asked(operator)] == [ACCOUNT]
    assert [row.wanted["account"] for row in queries.changes_asked(admin)] == ["•••• 0123"]
    commands.approve_change(operator, ref, answer="as the bank wrote")
    assert queries.particulars(admin).account == "•••• 0123"
    wanted = {"holder": "Chenguang", "account": "DE89 3704 0044 0532 0130 00"}
    second = commands.ask_change(admin, "bank", seen=seen(admin), reason="Another bank", **wanted)
    commands.approve_change(operator, second)
    assert BankAccount.objects.filter(ended_at=None).count() == 1 and BankAccount.objects.count() == 2
    assert queries.changes_asked(operator)[0].wanted["account"] == "•••• 3000"  # once decided, masked for all
    for table in ("parties_bankaccount", "parties_changerequest", "core_fieldchange", "core_event"):
        ((dumped,),) = sql.rows(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        assert ACCOUNT not in dumped and ACCOUNT.encode().hex() not in dumped and "DE89" not in dumped, table


def test_bad_wishes_are_refused(company, admin):
    def ask(kind, **wanted):
        return lambda: commands.ask_change(admin, kind, seen=seen(admin), reason="why", **wanted)

    refused(NotFound, ask("everything", name="x"))
    refused(BadAccount, ask("bank", holder="x", account="12"))
    refused(BadAccount, ask("bank", holder="x", account="DE00370400440532013000"))
    refused(WrongNumber, ask("number", number="91110000600037341X"))
    refused(NothingToChange, ask("legal_name", legal_name="Chenguang Co., Ltd."))
    refused(Empty, ask("legal_name", legal_name=""))
    refused(Empty, lambda: commands.ask_change(admin, "legal_name", seen=seen(admin), reason="", legal_name="New"))
    other = make_organization("Hengtai", "supplier")
    Organization.objects.filter(pk=other.pk).update(number=NUMBER)
    refused(NumberTaken, ask("number", number=NUMBER))


def test_nobody_decides_on_a_company_they_work_in_or_without_the_right(company, admin, operator):
    ref = commands.ask_change(admin, "legal_name", seen=seen(admin), reason="New licence", legal_name="Group")
    refused(Denied, lambda: commands.approve_change(admin, ref))
    mail = "both@example.test"
    commands.register_person(operator, email=mail, name="Both", password="correct horse 9")
    for organization_ref, role in ((operator.organization_ref, "operator"), (company.ref, "supplier")):
        commands.grant_role(operator, email=mail, organization_ref=organization_ref, role=role, job="admin")
    user = queries.people_of(operator, company.ref)
    assert "Both" in [row.name for row in user]
    both = sql.rows("SELECT id FROM parties_user WHERE email = %s", [mail])[0][0]
    reviewer = queries.actor_of(both, operator.organization_ref, "operator")
    assert reviewer is not None
    refused(OwnChange, lambda: commands.approve_change(reviewer, ref))
    refused(OwnChange, lambda: commands.decline_change(reviewer, ref, answer="no"))
    refused(Empty, lambda: commands.decline_change(operator, ref, answer=" "))
    commands.decline_change(operator, ref, answer="The licence is missing")
    assert queries.particulars(admin).legal_name == "Chenguang Co., Ltd."
    (row,) = queries.changes_asked(admin)
    assert (row.status, row.answer) == ("declined", "The licence is missing")


def test_a_request_is_withdrawn_by_its_company_and_stale_ones_are_not_approved(company, admin, operator):
    first = commands.ask_change(admin, "legal_name", seen=seen(admin), reason="New licence", legal_name="Group")
    other = make_actor(make_organization("Hengtai", "supplier"), "supplier")
    refused(NotFound, lambda: commands.withdraw_change(other, first))
    commands.withdraw_change(admin, first)
    refused(WrongState, lambda: commands.approve_change(operator, first))
    second = commands.ask_change(admin, "legal_name", seen=seen(admin), reason="New licence", legal_name="Group")
    Organization.objects.filter(pk=company.pk).update(legal_name="Moved on")
    refused(ValuesMoved, lambda: commands.approve_change(operator, second))
