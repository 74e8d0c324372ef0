"""Agreements: asked for by acts, lapsing, reminded of, and proved to the audit."""


import pytest
from django.db import connection

from trivium.core.errors import Denied
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.core.time import now
from trivium.parties import commands, jobs, queries
from trivium.parties.errors import (
    AgreementOver,
    AgreementWanted,
)
from trivium.parties.models import AgreementVersion, OrganizationRole
from trivium.parties.rules import STARTERS
from trivium.parties.tests.factories import make_actor, make_organization
from trivium.parties.tests.signing import BOTH, day, draft, publish, refused, sign, state, wanted

pytestmark = pytest.mark.django_db


# -- when one is wanted ------------------------------------------------------------------------------------------------


def test_acts_need_a_signature_from_the_day_it_binds(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref, binds_in=3)
    assert (wanted(buyer), state(signer)) == ("", "due")
    clock.move(days=3)
    assert (wanted(buyer), state(signer)) == (ref, "wanted")
    found = refused(AgreementWanted, queries.check_agreements, buyer.pk, "buyer", now())
    assert (found.remedy_ref, found.field, found.params["title"]) == (ref, "agreement", BOTH)
    sign(signer, ref)
    assert (wanted(buyer), state(signer)) == ("", "signed")
    assert wanted(make_organization("Newcomer", "buyer")) == ref
    assert wanted(make_organization("Yida", "supplier"), "supplier") == ""


def test_what_is_not_required_is_offered(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref, is_required=False)
    clock.move(days=30)
    assert (wanted(buyer), state(signer)) == ("", "offered")
    sign(signer, ref)
    assert state(signer) == "signed"


def test_a_signature_lapses_to_the_moment_and_is_renewed_in_time(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref, valid_days=365)
    first = sign(signer, ref)
    clock.move(days=300)
    assert (state(signer), sign(signer, ref)) == ("signed", first)
    clock.move(days=10)
    assert state(signer) == "due"
    clock.move(days=54, hours=23, minutes=59)
    assert wanted(buyer) == ""
    clock.move(minutes=1)
    assert (wanted(buyer), state(signer)) == (ref, "wanted")
    second = sign(signer, ref)
    assert second != first and sign(signer, ref) == second and wanted(buyer) == ""


def test_a_renewal_before_the_end_counts_once_and_on(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref, valid_days=10)
    first = sign(signer, ref)
    clock.move(days=4)
    assert sign(signer, ref) == first
    clock.move(days=2)
    second = sign(signer, ref)
    assert second != first and sign(signer, ref) == second
    clock.move(days=6)
    assert wanted(buyer) == ""


def test_a_new_version_asks_anew_and_the_old_signature_counts_until_its_day(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref)
    sign(signer, ref)
    publish(desk, ref, text="Two.", binds_in=7, old_until=day(20))
    clock.move(days=19)
    assert (wanted(buyer), state(signer)) == ("", "due")
    clock.move(days=1)
    assert wanted(buyer) == ref
    sign(signer, ref)
    assert wanted(buyer) == ""


def test_a_new_version_may_leave_old_signatures_alone(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref)
    sign(signer, ref)
    publish(desk, ref, text="Two.", asks_anew=False)
    clock.move(days=30)
    assert (wanted(buyer), state(signer)) == ("", "signed")
    assert wanted(make_organization("Newcomer", "buyer")) == ref


def test_an_agreement_that_has_ended_is_asked_of_nobody(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref)
    clock.move(days=2)
    assert wanted(buyer) == ref
    commands.end_agreement(desk, ref)
    commands.end_agreement(desk, ref)
    assert wanted(buyer) == "" and queries.agreements_of(signer) == []
    refused(AgreementOver, commands.change_draft, desk, ref, seen="", title=BOTH, text=BOTH)


def test_who_has_signed_and_who_has_not(desk, signer, buyer, clock):
    other = make_organization("Newcomer", "buyer")
    ref = draft(desk)
    publish(desk, ref)
    sign(signer, ref)
    clock.move(days=2)
    found = queries.standings_of(desk, ref, Wanted())
    assert [(row.company, row.state) for row in found.rows] == [("Hengtong", "signed"), ("Newcomer", "wanted")]
    (row,) = queries.standings_of(desk, ref, Wanted({"state": "unsigned"})).rows
    assert row.company_ref == other.ref
    assert queries.standings_of(desk, ref, Wanted(text="heng")).count == 1
    (listed,) = queries.agreements(desk)
    assert (listed.companies, listed.signed) == (2, 1)
    refused(Denied, queries.standings_of, signer, ref, Wanted())
    assert queries.signatures(make_actor(other, "buyer"), ref) == []


# -- partners ----------------------------------------------------------------------------------------------------------


def waiting_partner(name="Channel"):
    partner = make_organization(name, "partner")
    OrganizationRole.objects.filter(organization=partner).update(is_active=False)
    return partner


def is_active(partner):
    return OrganizationRole.objects.get(organization=partner).is_active


def test_a_partner_begins_when_contract_and_agreement_are_signed_in_either_order(desk, clock):
    ref = draft(desk, "partner")
    publish(desk, ref)
    clock.move(days=2)
    first, second = waiting_partner(), waiting_partner("Other")
    assert not commands.activate_partner(desk, first.pk) and not is_active(first)
    sign(make_actor(first, "partner"), ref)
    assert is_active(first) and not is_active(second)
    sign(make_actor(second, "partner"), ref)
    assert not is_active(second)
    assert commands.activate_partner(desk, second.pk) and is_active(second)
    assert EventRecord.objects.filter(name="PartnerActivated").count() == 2


def test_a_partner_waits_no_longer_for_what_is_asked_no_more(desk, clock):
    ref = draft(desk, "partner")
    publish(desk, ref)
    clock.move(days=2)
    partner = waiting_partner()
    commands.activate_partner(desk, partner.pk)
    commands.end_agreement(desk, ref)
    assert is_active(partner)


# -- reminders ---------------------------------------------------------------------------------------------------------


def reminders():
    found = EventRecord.objects.filter(name="AgreementLapses").order_by("id")
    return [(event.audience, event.data["days"]) for event in found]


def test_a_company_is_reminded_sixty_thirty_and_seven_days_before_once_each(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref, valid_days=365)
    sign(signer, ref)
    for days, expected in ((300, []), (6, [60]), (1, [60]), (29, [60, 30]), (23, [60, 30, 7]), (1, [60, 30, 7])):
        clock.move(days=days)
        jobs.remind_of_agreements()
        jobs.remind_of_agreements()
        assert [days for _told, days in reminders()] == expected
    assert all(told == [buyer.ref] for told, _days in reminders())
    sign(signer, ref)
    clock.move(days=1)
    jobs.remind_of_agreements()
    assert len(reminders()) == 3


def test_a_new_version_reminds_before_it_binds_and_a_late_sweep_tells_the_latest_alone(desk, signer, buyer, clock):
    ref = draft(desk)
    publish(desk, ref)
    sign(signer, ref)
    publish(desk, ref, text="Two.", binds_in=40)
    clock.move(days=35)
    jobs.remind_of_agreements()
    assert [days for _told, days in reminders()] == [7]


def test_nobody_is_reminded_of_what_they_need_not_sign(desk, signer, clock):
    ref = draft(desk)
    publish(desk, ref, is_required=False, valid_days=30)
    sign(signer, ref)
    clock.move(days=25)
    jobs.remind_of_agreements()
    assert reminders() == []


# -- starters and the audit --------------------------------------------------------------------------------------------


def test_there_is_a_starter_for_every_role_in_both_languages(desk):
    assert {each.role for each in STARTERS} == {"supplier", "partner", "buyer"}
    for each in STARTERS:
        ref = commands.draft_agreement(desk, role=each.role, title=each.title, text=each.text)
        assert queries.get_agreement(desk, ref).title == each.title
    assert not AgreementVersion.objects.exists()


def unguarded(statement, *params):
    """Change what the database guards, as somebody could who owns it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET session_replication_role = origin")


def faults():
    return [fault.subject.split()[0] for fault in queries.faults()]


@pytest.mark.parametrize(
    ("statement", "subjects"),
    [
        ("UPDATE parties_agreementversion SET text = jsonb_set(text, '{en}', '\"One or two.\"')", ["agreement"]),
        ("UPDATE parties_agreementversion SET hash_zh = repeat('0', 64)", ["agreement", "signature"]),
        ("UPDATE parties_agreementsignature SET text_hash = repeat('0', 64)", ["signature"]),
        ("UPDATE parties_agreementsignature SET hash_all = repeat('0', 64)", ["signature"]),
        ("UPDATE parties_membership SET role = 'supplier'", ["signature"]),
        ("DELETE FROM parties_membership", ["signature"]),
    ],
)
def test_the_audit_finds_what_was_changed_behind_its_back(desk, signer, statement, subjects):
    ref = draft(desk)
    publish(desk, ref)
    given = sign(signer, ref)
    assert faults() == []
    unguarded(statement)
    assert faults() == subjects
    its_words_or_mark = "SET text" in statement or "agreementsignature" in statement
    assert queries.get_signature(signer, given).is_intact is not its_words_or_mark


def test_the_audit_finds_a_partner_who_waits_for_nothing(desk, clock):
    partner = waiting_partner()
    OrganizationRole.objects.filter(organization=partner).update(contracted_at=now())
    assert faults() == []
    clock.move(days=3)
    assert faults() == ["partner"]
