"""Applying: drafts, papers, handing in, questions and answers, decisions; every refusal leaves all as it was."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from trivium.core import papers as core_papers
from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, Refusal, WrongState
from trivium.core.lists import Wanted
from trivium.core.tests.handed_in import pdf
from trivium.parties import commands, errors, queries
from trivium.parties.models import Organization, Paper, Screening, ScreeningResult
from trivium.parties.tests.applying import (
    FACTS,
    GOOD_NUMBER,
    OTHER_NUMBER,
    TODAY,
    add_licence,
    apply,
    events_of,
    refused,
    stranger,
)
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# -- drafts ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_begun_once_and_gone_on_with() -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    assert commands.start_application(lin, "supplier") == ref != commands.start_application(lin, "buyer")
    view = queries.get_application(lin, ref)
    assert (view.facts.contact_name, view.row.status, view.may_edit) == ("Lin Yue", "draft", True)
    assert "@example.test" in view.facts.email


def test_what_is_written_is_there_again_and_the_rest_stays() -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    assert commands.save_application(lin, ref, version=1, facts={"name": "云启", "phone": "138 0013 8000"}) == 2
    assert commands.save_application(lin, ref, version=2, facts={"number": "9111"}) == 3
    facts = queries.get_application(lin, ref).facts
    assert (facts.name, facts.phone, facts.number) == ("云启", "+8613800138000", "9111")


def test_a_second_tab_cannot_overwrite_what_it_has_not_seen() -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    commands.save_application(lin, ref, version=1, facts={"name": "One"})
    with refused(errors.ApplicationChanged):
        commands.save_application(lin, ref, version=1, facts={"name": "Two"})
    with refused(errors.ApplicationChanged):
        commands.submit_application(lin, ref, version=1)


def test_nobody_else_finds_a_draft(reviewer: Actor) -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    for other in (stranger(), reviewer):
        with refused(NotFound):
            commands.save_application(other, ref, version=1, facts={"name": "Mine"})
        with pytest.raises(NotFound):
            queries.get_application(other, ref)
        with refused(NotFound):
            add_licence(other, ref)
    assert queries.application_list(reviewer, Wanted()).rows == []


def test_a_program_of_nobody_cannot_apply() -> None:
    with refused(Denied):
        commands.start_application(SYSTEM, "supplier")


# -- papers ------------------------------------------------------------------------------------------------------------


def test_a_paper_is_kept_encrypted_and_opened_by_those_who_may(reviewer: Actor) -> None:
    lin, content = stranger(), pdf(text="secret licence")
    ref = apply(lin, submit=False, papers=False)
    paper = commands.add_paper(lin, ref, kind="business_licence", file=[content], file_name="C:\\a\\licence.exe.pdf")
    assert queries.paper_file(lin, paper).content == content
    row = Paper.objects.get(ref=paper)
    assert (row.file_name, row.media, row.pages) == ("licence.exe.pdf", "pdf", 1)
    for other in (stranger(), reviewer):
        with pytest.raises(NotFound):
            queries.paper_file(other, paper)
    commands.submit_application(lin, ref)
    assert queries.paper_file(reviewer, paper).content == content
    staff = make_actor(Organization.objects.get(name="Sanhui"), "operator", "finance")
    with pytest.raises(NotFound):
        queries.paper_file(staff, paper)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", core_papers.EmptyPaper),
        (b"MZ" + bytes(9000), core_papers.NotAPaper),
        (bytes(10_000_001), core_papers.PaperTooLarge),
        (pdf(password="x"), core_papers.LockedPaper),
        (pdf(text=""), core_papers.BlankPaper),
    ],
)
def test_what_is_no_paper_is_not_kept(content: bytes, refusal: type[Refusal]) -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    with refused(refusal, "file"):
        commands.add_paper(lin, ref, kind="business_licence", file=[content], file_name="licence.pdf")


def test_the_same_file_twice_an_unknown_kind_and_a_twenty_first_paper_are_refused() -> None:
    lin, content = stranger(), pdf()
    ref = commands.start_application(lin, "supplier")
    commands.add_paper(lin, ref, kind="business_licence", file=[content])
    with refused(errors.SamePaper, "file"):
        commands.add_paper(lin, ref, kind="other", file=[content])
    with refused(errors.BadPaperKind, "kind"):
        commands.add_paper(lin, ref, kind="passport", file=[pdf()])
    for _ in range(19):
        add_licence(lin, ref, "other")
    with refused(errors.TooManyPapers):
        add_licence(lin, ref, "other")


def test_a_paper_can_be_taken_off_while_the_application_can_be_written_in() -> None:
    lin = stranger()
    ref = apply(lin, submit=False)
    paper = queries.get_application(lin, ref).papers[0].ref
    with refused(NotFound):
        commands.remove_paper(stranger(), paper)
    commands.remove_paper(lin, paper)
    with refused(errors.PaperMissing, "papers"):
        commands.submit_application(lin, ref)
    add_licence(lin, ref)
    commands.submit_application(lin, ref)
    with refused(WrongState):
        commands.remove_paper(lin, queries.get_application(lin, ref).papers[0].ref)
    with refused(WrongState):
        add_licence(lin, ref)


# -- handing in --------------------------------------------------------------------------------------------------------


def test_what_every_rule_said_is_kept_with_its_version(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    kept = ScreeningResult.objects.filter(screening__application__ref=ref)
    assert {(each.rule, each.version, each.is_met) for each in kept} == {
        (rule.code, 1, True) for rule in queries.rules_in_force()
    }
    (screening,) = Screening.objects.filter(application__ref=ref)
    assert screening.facts["legal_name"] == FACTS["legal_name"] and len(screening.papers) == 1
    assert not {"phone", "email", "contact_name", "bank_account"} & set(screening.facts)
    (told,) = events_of(ref)
    assert told == ("ApplicationSubmitted", [lin.user_ref, "operator"])


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"number": GOOD_NUMBER[:-1] + "0"}, errors.WrongNumber, "number"),
        ({"number": ""}, errors.FactMissing, "number"),
        ({"legal_name": ""}, errors.FactMissing, "legal_name"),
        ({"phone": "12"}, errors.BadPhone, "phone"),
        ({"email": "nobody"}, errors.BadMail, "email"),
        ({"categories": ["fresh"]}, errors.CertificateMissing, "papers"),
    ],
)
def test_what_a_rule_refuses_is_not_taken(facts: dict, refusal: type[Refusal], field: str) -> None:
    lin = stranger()
    ref = apply(lin, submit=False, **facts)
    with refused(refusal, field):
        commands.submit_application(lin, ref)


def test_an_expired_licence_is_refused_by_its_day() -> None:
    lin = stranger()
    ref = apply(lin, submit=False, papers=False)
    add_licence(lin, ref, expires_on=TODAY - dt.timedelta(days=1))
    with refused(errors.PaperExpired, "papers"):
        commands.submit_application(lin, ref)


def test_a_company_that_is_here_or_has_applied_is_refused() -> None:
    first, second = stranger(), stranger()
    apply(first)
    ref = apply(second, submit=False)
    with refused(errors.NumberTaken, "number"):
        commands.submit_application(second, ref)
    make_organization("云启", "buyer", number=OTHER_NUMBER)
    commands.save_application(second, ref, version=2, facts={"number": OTHER_NUMBER})
    with refused(errors.NumberTaken, "number"):
        commands.submit_application(second, ref)


def flagged(ref: str) -> list[str]:
    found = ScreeningResult.objects.filter(screening__application__ref=ref, is_met=False)
    return sorted(found.values_list("rule", flat=True))


def test_a_bank_account_a_company_is_paid_at_is_flagged_however_it_came_to_it(reviewer: Actor) -> None:
    company = make_organization("Yunqi Paper", "supplier")
    boss = make_actor(company, "supplier")
    for account, answer in (("6222021234567890123", []), ("6222021234567890456", ["account"])):
        asked = commands.ask_change(boss, "bank", seen=10**9, reason="a new bank", holder="Yunqi", account=account)
        commands.approve_change(reviewer, asked)
        lin = stranger()
        ref = apply(lin, bank_account="6222 0212 3456 7890 456")
        assert flagged(ref) == answer
        commands.withdraw_application(lin, ref, words="for now")


def test_territory_others_have_or_have_applied_for_is_flagged(reviewer: Actor) -> None:
    lianca = {"number": OTHER_NUMBER, "name": "Lianca", "legal_name": "Lianca Trading", "address": "1 Far Road"}
    first = apply(stranger(), "partner", **lianca, bank_account="6222021234567890456", is_exclusive=True)
    lin = stranger()
    for territory, answer in (("110000", []), ("440300", ["territory"])):
        ref = apply(lin, "partner", territory=[territory])
        assert flagged(ref) == answer
        commands.withdraw_application(lin, ref, words="for now")
    commands.approve_application(reviewer, first, words="fine")
    assert flagged(apply(lin, "partner", territory=["440300"])) == ["territory"]


def test_saving_and_handing_in_is_one_act() -> None:
    lin = stranger()
    ref = commands.start_application(lin, "buyer")
    add_licence(lin, ref)
    with refused(errors.WrongNumber, "number"):
        commands.submit_application(lin, ref, version=1, facts={**FACTS, "number": "1"})
    commands.submit_application(lin, ref, version=1, facts=FACTS)
    with refused(WrongState):
        commands.submit_application(lin, ref)
    with refused(WrongState):
        commands.save_application(lin, ref, version=3, facts={"name": "Later"})


def test_phones_and_accounts_stand_in_no_table_in_clear() -> None:
    apply(stranger())
    with connection.cursor() as cursor:
        for table in ("application", "screening", "screeningresult", "applicationstep"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM parties_{table} t")
            text = cursor.fetchone()[0]
            for secret in ("13800138000", FACTS["bank_account"]):
                assert secret not in text and secret.encode().hex() not in text, table


def test_steps_screenings_and_rules_are_append_only() -> None:
    apply(stranger())
    for table in ("applicationstep", "screening", "screeningresult"):
        for change in ("UPDATE parties_{} SET id = id", "DELETE FROM parties_{}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change.format(table))


# -- questions ---------------------------------------------------------------------------------------------------------


def test_a_question_is_told_answered_and_looked_at_again(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    with refused(Empty, "words"):
        commands.ask_applicant(reviewer, ref, words=" ")
    commands.ask_applicant(reviewer, ref, words="Which warehouse?")
    with refused(Empty, "words"):
        commands.submit_application(lin, ref)
    version = queries.get_application(lin, ref).version
    commands.submit_application(lin, ref, version=version, facts={"address": "深圳市福田区 1 号"}, words="Our own.")
    view = queries.get_application(reviewer, ref)
    assert [(s.act, s.words) for s in view.steps] == [
        ("submit", ""), ("ask", "Which warehouse?"), ("answer", "Our own."),
    ]  # fmt: skip
    assert [name for name, _told in events_of(ref)] == [
        "ApplicationSubmitted", "ApplicationAsked", "ApplicationAnswered",
    ]  # fmt: skip
    assert Screening.objects.filter(application__ref=ref).count() == 2
    assert [s.person for s in queries.get_application(lin, ref).steps] == ["Lin Yue", "", "Lin Yue"]


def test_an_application_is_taken_back_and_another_one_begun(reviewer: Actor) -> None:
    lin = stranger()
    ref = apply(lin)
    with refused(NotFound):
        commands.withdraw_application(stranger(), ref)
    commands.withdraw_application(lin, ref, words="Later")
    with refused(WrongState):
        commands.withdraw_application(lin, ref)
    with refused(WrongState):
        commands.approve_application(reviewer, ref, words="ok")
    assert commands.start_application(lin, "supplier") != ref


def test_a_draft_nobody_saw_is_withdrawn_without_a_word(reviewer: Actor) -> None:
    lin = stranger()
    ref = commands.start_application(lin, "supplier")
    commands.withdraw_application(lin, ref)
    assert events_of(ref) == []
    assert queries.application_list(reviewer, Wanted()).rows == []
