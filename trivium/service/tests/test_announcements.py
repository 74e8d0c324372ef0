"""Announcing, opening, acknowledging, and who has not."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound, TooLong
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.core.time import business_day
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.service import commands, queries
from trivium.service.errors import (
    AlreadyOver,
    BadAnnouncement,
    BadGroup,
    LacksLanguage,
    NobodyAddressed,
    NothingToAcknowledge,
    TooManyCompanies,
    UnknownCompany,
    UnknownStep,
)
from trivium.service.models import Announcement, AnnouncementReceipt, StepDone
from trivium.service.rules import CHECKLIST, LETTER, TEMPLATES

BOTH = {"en": "Rules", "zh-hans": "守则"}


def tell(desk, **given):
    return commands.announce(
        desk.operator.actor, **{"title": BOTH, "text": BOTH, "kind": "policy", "roles": ["buyer"], **given}
    )


def waiting(actor):
    return [row.ref for row in queries.announcements_waiting(actor)]


def readers(desk, ref, state="", text=""):
    found = queries.readers_of(desk.operator.actor, ref, Wanted({"state": state}, text))
    return found.count, [(row.company, bool(row.opened_at), bool(row.acknowledged_at)) for row in found.rows]


def test_a_role_is_told_and_others_do_not_see_it(desk):
    ref = tell(desk)
    assert waiting(desk.buyer.actor) == waiting(desk.stranger.colleague) == [ref]
    assert waiting(desk.supplier.actor) == waiting(desk.operator.actor) == []
    with pytest.raises(NotFound):
        queries.get_announcement(desk.supplier.actor, ref)
    (event,) = EventRecord.objects.filter(name="AnnouncementPublished")
    assert set(event.audience) == {desk.buyer.ref, desk.stranger.ref}
    assert event.data == {"kind": "policy", "must_acknowledge": False}


def test_named_companies_are_told_by_name_or_reference_each_once(desk):
    ref = tell(desk, roles=[], companies=["Yuelai Hotel", desk.supplier.ref, desk.buyer.ref])
    assert waiting(desk.buyer.actor) == waiting(desk.supplier.actor) == [ref]
    assert waiting(desk.stranger.actor) == []
    page = queries.get_announcement(desk.operator.actor, ref)
    assert page.companies == ["Chenguang Lighting", "Yuelai Hotel"]
    assert queries.get_announcement(desk.buyer.actor, ref).companies == ()


def test_it_stands_on_homes_until_it_was_read_or_acknowledged(desk):
    news, policy = tell(desk), tell(desk, must_acknowledge=True)
    me = desk.buyer.actor
    assert waiting(me) == [policy, news]
    commands.open_announcement(me, news)
    commands.open_announcement(me, policy)
    assert waiting(me) == [policy] and waiting(desk.buyer.colleague) == [policy, news]
    commands.acknowledge(me, policy)
    assert waiting(me) == []


def test_receipts_are_kept_once_for_each_person_and_stay(desk, clock):
    ref = tell(desk, must_acknowledge=True)
    first = clock.at
    for _again in range(2):
        commands.acknowledge(desk.buyer.actor, ref)
        commands.open_announcement(desk.buyer.actor, ref)
        clock.move(hours=1)
    kept = AnnouncementReceipt.objects.order_by("act").values_list("act", "at")
    assert list(kept) == [("acknowledged", first), ("opened", first)]
    assert EventRecord.objects.filter(name="AnnouncementAcknowledged").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnouncementReceipt.objects.update(act="opened")


def test_the_operator_sees_who_has_not(desk):
    ref = tell(desk, must_acknowledge=True)
    commands.acknowledge(desk.buyer.actor, ref)
    commands.open_announcement(desk.stranger.actor, ref)
    assert readers(desk, ref, "acknowledged") == (1, [("Yuelai Hotel", True, True)])
    assert readers(desk, ref, "unopened")[0] == 2 and readers(desk, ref, "unacknowledged")[0] == 3
    assert readers(desk, ref, text="yunqi")[0] == 2 and readers(desk, ref)[0] == 4
    with pytest.raises(Denied):
        queries.readers_of(desk.buyer.actor, ref, Wanted())


def test_a_wildcard_in_a_search_is_a_letter(desk):
    ref = tell(desk)
    assert readers(desk, ref, text="Yue")[0] > 0 == readers(desk, ref, text="%")[0] == readers(desk, ref, text="_")[0]


def test_who_joins_later_is_a_reader_and_who_leaves_is_none(desk):
    ref = tell(desk, must_acknowledge=True)
    newcomer = desk.market.person(desk.buyer.ref, "buyer", "staff")
    assert waiting(newcomer) == [ref] and readers(desk, ref)[0] == 5


def test_a_person_in_two_workspaces_is_one_reader(desk):
    ref = tell(desk, roles=["buyer", "supplier"])
    email = people.person(desk.buyer.actor.user_id).email
    before = readers(desk, ref)[0]
    parties.grant_role(desk.operator.actor, email=email, organization_ref=desk.supplier.ref, role="supplier")
    assert readers(desk, ref)[0] == before
    commands.open_announcement(desk.buyer.actor, ref)
    other = people.actor_of(desk.buyer.actor.user_id, desk.supplier.ref, "supplier")
    assert waiting(other) == []


def test_after_its_day_it_leaves_homes_and_stays_in_the_list(desk, clock):
    ref = tell(desk, until=business_day(clock.at))
    assert waiting(desk.buyer.actor) == [ref]
    clock.move(days=1)
    assert waiting(desk.buyer.actor) == []
    assert [row.ref for row in queries.announcement_list(desk.buyer.actor, Wanted()).rows] == [ref]


def test_what_was_taken_back_is_gone_for_readers_and_its_receipts_stay(desk):
    ref = tell(desk, must_acknowledge=True)
    commands.acknowledge(desk.buyer.actor, ref)
    for _again in range(2):
        commands.withdraw_announcement(desk.operator.actor, ref)
    for act in (commands.open_announcement, commands.acknowledge):
        with pytest.raises(NotFound), transaction.atomic():
            act(desk.stranger.actor, ref)
    assert queries.announcement_list(desk.buyer.actor, Wanted()).count == 0
    assert readers(desk, ref, "acknowledged")[0] == 1
    assert EventRecord.objects.filter(name="AnnouncementWithdrawn").count() == 1


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"kind": "gossip"}, BadAnnouncement, "kind"),
        ({"roles": ["everybody"]}, BadGroup, "roles"),
        ({"roles": []}, NobodyAddressed, "roles"),
        ({"companies": ["Nobody & Sons"]}, UnknownCompany, "companies"),
        ({"companies": ["x"] * 201}, TooManyCompanies, "companies"),
        ({"title": {"en": "Rules"}}, LacksLanguage, "title.zh-hans"),
        ({"text": {"zh-hans": "守则"}}, LacksLanguage, "text.en"),
        ({"text": {**BOTH, "en": "x" * (LETTER + 1)}}, TooLong, "text.en"),
        ({"until": dt.date(2026, 3, 1)}, AlreadyOver, "until"),
    ],
)
def test_what_an_announcement_cannot_be(desk, given, refusal, field):
    with pytest.raises(refusal) as raised, transaction.atomic():
        tell(desk, **given)
    assert raised.value.field == field
    assert Announcement.objects.count() == EventRecord.objects.filter(name__startswith="Announcement").count() == 0


def test_a_name_that_two_companies_have_names_neither(desk):
    desk.market.buyer("Yuelai Hotel", desk.partner)
    with pytest.raises(UnknownCompany), transaction.atomic():
        tell(desk, roles=[], companies=["Yuelai Hotel"])


def test_only_the_operator_announces_and_withdraws(desk):
    ref = tell(desk)
    for actor in (desk.buyer.actor, desk.supplier.actor, desk.partner.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.announce(actor, title=BOTH, text=BOTH, kind="news", roles=["buyer"])
        with pytest.raises(Denied), transaction.atomic():
            commands.withdraw_announcement(actor, ref)
    for act in (commands.open_announcement, commands.acknowledge):
        with pytest.raises(NotFound), transaction.atomic():
            act(desk.supplier.actor, ref)


def test_what_asks_for_nothing_is_not_acknowledged(desk):
    ref = tell(desk)
    with pytest.raises(NothingToAcknowledge), transaction.atomic():
        commands.acknowledge(desk.buyer.actor, ref)
    with pytest.raises(Denied), transaction.atomic():
        commands.open_announcement(Actor.system("tests"), ref)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.code)
def test_every_paper_can_be_published_as_it_comes(desk, template):
    given = {"title": template.title, "text": template.text, "kind": template.kind, "roles": template.roles}
    ref = tell(desk, **given, must_acknowledge=True)
    assert queries.get_announcement(desk.operator.actor, ref).text == template.text


def test_first_steps_are_ticked_once_for_the_whole_company(desk, clock):
    assert set(CHECKLIST) == {"operator", "supplier", "partner", "buyer"}
    for _again in range(2):
        commands.tick_step(desk.buyer.actor, "shelf")
        clock.move(hours=1)
    commands.tick_step(desk.buyer.colleague, "shelf")
    done = {each.step.code: each.by for each in queries.first_steps(desk.buyer.colleague) if each.at}
    assert done == {"shelf": "Lin Yue"} and StepDone.objects.count() == 1
    assert not any(each.at for each in queries.first_steps(desk.stranger.actor))
    with pytest.raises(UnknownStep), transaction.atomic():
        commands.tick_step(desk.buyer.actor, "goods")
