"""A change an admitted company asks for is screened by the rules that concern it, and what they said is kept."""

import pytest
from django.db import IntegrityError, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.parties import commands, queries
from trivium.parties.errors import NotAdmissible, NumberTaken, WrongNumber
from trivium.parties.models import BankAccount, ChangeRequest, Organization, Screening, ScreeningResult
from trivium.parties.tests.applying import GOOD_NUMBER, OTHER_NUMBER, add_licence, apply, refused, stranger
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db
ACCOUNT = "6222021234567890123"


@pytest.fixture
def admin() -> Actor:
    return make_actor(make_organization("Chenguang", "supplier", legal_name="Chenguang Co., Ltd."), "supplier")


@pytest.fixture
def operator() -> Actor:
    return make_actor(make_organization("Platform", "operator"), "operator")


def ask(actor: Actor, kind: str, **wanted: str) -> str:
    return commands.ask_change(actor, kind, seen=queries.particulars(actor).version, reason="New licence", **wanted)


def kept(ref: str) -> list[tuple[str, str, int, bool]]:
    """What was kept of a change: for which act, which rule said what in which version."""
    rows = ScreeningResult.objects.filter(screening__change__ref=ref).order_by("id")
    return list(rows.values_list("screening__act", "rule", "version", "is_met"))


def change_rule(operator: Actor, code: str, strength: str) -> None:
    rule = next(each for each in queries.screening_rules(operator) if each.code == code)
    commands.change_rule(operator, code, strength=strength, is_on=True, settings=rule.settings, reason="Stricter")


def test_each_kind_of_change_is_looked_at_by_its_own_rules_when_asked_and_when_approved(admin, operator):
    name = ask(admin, "legal_name", legal_name="Chenguang Group")
    number = ask(admin, "number", number=GOOD_NUMBER)
    bank = ask(admin, "bank", holder="Chenguang", account=ACCOUNT)
    rules = {name: ("namesake", "blocklist"), number: ("checksum", "duplicate", "blocklist"),
             bank: ("account", "blocklist")}  # fmt: skip
    for ref, codes in rules.items():
        assert sorted(kept(ref)) == sorted(("ask", code, 1, True) for code in codes)
        commands.approve_change(operator, ref)
        assert kept(ref)[len(codes) :] == [("approve", *row[1:]) for row in kept(ref)[: len(codes)]]
    assert Screening.objects.filter(application=None).count() == 6


def test_a_number_that_is_wrong_or_anothers_is_not_even_asked_for(admin, operator):
    other = make_organization("Hengtai", "supplier")
    Organization.objects.filter(pk=other.pk).update(number=GOOD_NUMBER)
    with refused(NumberTaken, "number"):
        ask(admin, "number", number=GOOD_NUMBER)
    with refused(WrongNumber, "number"):
        ask(admin, "number", number="91110000600037341X")
    apply(stranger(), number=OTHER_NUMBER)  # who has applied with it counts as well
    with refused(NumberTaken, "number"):
        ask(admin, "number", number=OTHER_NUMBER)
    assert not ChangeRequest.objects.exists()


def test_a_number_somebody_else_has_got_meanwhile_cannot_be_approved(admin, operator):
    ref = ask(admin, "number", number=GOOD_NUMBER)
    other = make_organization("Hengtai", "supplier")
    Organization.objects.filter(pk=other.pk).update(number=GOOD_NUMBER)
    with refused(NotAdmissible):
        commands.approve_change(operator, ref)
    assert queries.particulars(admin).number == "" and {row[0] for row in kept(ref)} == {"ask"}
    commands.decline_change(operator, ref, answer="It is Hengtai’s")


@pytest.mark.parametrize(
    ("kind", "blocked", "wanted"),
    [
        ("legal_name", ("name", "Wanli Trading Ltd"), {"legal_name": "Wanli Trading Co., Ltd."}),
        ("number", ("number", GOOD_NUMBER), {"number": GOOD_NUMBER}),
        ("bank", ("name", "Wanli Trading Ltd"), {"holder": "Wanli Trading", "account": ACCOUNT}),
    ],
)
def test_what_is_blocked_waits_unseen_by_the_company_and_cannot_be_approved(admin, operator, kind, blocked, wanted):
    commands.set_block(operator, kind=blocked[0], value=blocked[1], is_blocked=True, reason="Court order")
    ref = ask(admin, kind, **wanted)
    (row,) = queries.changes_asked(operator)
    assert [(each.rule, each.strength) for each in row.outcomes if not each.is_met] == [("blocklist", "stop")]
    assert [each.outcomes for each in queries.changes_asked(admin)] == [()]
    with refused(NotAdmissible):
        commands.approve_change(operator, ref)
    commands.set_block(operator, kind=blocked[0], value=blocked[1], is_blocked=False, reason="Lifted")
    commands.approve_change(operator, ref)
    (row,) = queries.changes_asked(operator)
    assert all(each.is_met for each in row.outcomes)  # what was found last


def test_a_namesake_and_an_account_of_another_are_shown_to_whoever_decides_and_stop_nothing(admin, operator):
    other = make_organization("Hengtai", "supplier", legal_name="Hengtai Hardware Co., Ltd.")
    commands.particulars.put_bank_account(other, at=other.created_at, account=ACCOUNT, holder="Hengtai")
    name = ask(admin, "legal_name", legal_name="Heng Tai Hardware Ltd")
    bank = ask(admin, "bank", holder="Chenguang", account=ACCOUNT)
    found = {row.ref: [(each.rule, each.findings[0].params["other"]) for each in row.outcomes if not each.is_met]
             for row in queries.changes_asked(operator)}  # fmt: skip
    assert found == {name: [("namesake", other.legal_name)], bank: [("account", other.legal_name)]}
    for ref in (name, bank):
        commands.approve_change(operator, ref)
    assert BankAccount.objects.filter(ended_at=None).count() == 2


def test_a_rule_made_stricter_holds_from_then_on_and_says_nothing_of_before(admin, operator):
    other = make_organization("Hengtai", "supplier")
    commands.particulars.put_bank_account(other, at=other.created_at, account=ACCOUNT, holder="Hengtai")
    ref = ask(admin, "bank", holder="Chenguang", account=ACCOUNT)
    before = kept(ref)
    change_rule(operator, "account", "stop")
    assert kept(ref) == before
    with refused(NotAdmissible):
        commands.approve_change(operator, ref)
    commands.withdraw_change(admin, ref)
    again = ask(admin, "bank", holder="Chenguang", account=ACCOUNT)
    assert ("ask", "account", 2, False) in kept(again)


def test_what_a_company_itself_has_applied_with_is_no_finding(admin, operator):
    person = stranger()
    application = apply(person)
    company = commands.approve_application(operator, application, words="As the registry says.")
    own = queries.actor_of(person.user_id or 0, company, "supplier")
    assert own is not None
    further = commands.start_application(own, "buyer", for_company=True)
    commands.save_application(own, further, version=1, facts={"bank_account": "6222021234567890999"})
    add_licence(own, further)
    commands.submit_application(own, further)
    ask(own, "bank", holder="云启家居", account="6222021234567890999")
    (row,) = queries.changes_asked(operator, status="waiting")
    assert [each.rule for each in row.outcomes if not each.is_met] == []


def test_a_screening_is_of_one_thing_append_only_and_tells_no_account(admin, operator):
    ask(admin, "bank", holder="Ouyang Li", account=ACCOUNT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Screening.objects.create(act="ask", facts={}, papers=[], at="2026-03-02T09:00Z")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE parties_screening SET act = 'x'")
    for table in ("parties_screening", "parties_screeningresult"):
        ((dumped,),) = sql.rows(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        assert ACCOUNT not in dumped and "Ouyang" not in dumped, table
